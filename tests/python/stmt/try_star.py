"""except*: groups, names, nesting with loops and finally."""
try: a
except* A: b
try:
    a
except* A as e:
    b
except* (B, C):
    c
except* D as e:
    e
    del e
else:
    d
finally:
    f
try:
    a
except* A:
    try:
        b
    except* B as c:
        raise
    except* C:
        raise d from c
    finally:
        e


def function(a, b):
    try:
        if a:
            return a
        return 1
    except* A as e:
        for x in e:
            if x: break
            continue
        while a:
            try:
                if a: break
            finally:
                continue

        def inner():
            return e
    except* B:
        with b: pass
    else:
        return 2
    finally:
        return b


def in_loop(a):
    for x in a:
        try:
            if x: break
            continue
        except* A:
            pass
        else:
            continue
        finally:
            break


async def coroutine(a):
    try:
        await a
    except* A as e:
        await e
        async for x in e:
            break
    yield a


class Class:
    try:
        x = 1
    except* A as x:
        y = x
