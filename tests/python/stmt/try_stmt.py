"""try, except, else and finally, and every way out of each part."""
try: a
except: b
try: a
finally: b
try:
    a
except A: b
except (B, C) as c: d
except D.E as f:
    g
    del f
except:
    h
else:
    i
finally:
    j
try:
    a
except A, B:
    b
try:
    try:
        a
    except A:
        raise
    else:
        b
except B as b:
    raise C from b
else:
    pass
finally:
    try:
        c
    finally:
        d


def ways_out(a, b):
    try:
        return a
    finally:
        b()
    try:
        return 1
    finally:
        return 2
    try:
        return
    except A as e:
        return e
    except B:
        return 3
    else:
        return a
    finally:
        if a:
            return b
    try:
        try:
            return a
        finally:
            a()
    finally:
        try:
            b()
        except A as e:
            return e.x
        finally:
            return


def in_loops(a, b):
    while a:
        try:
            if a: break
            if b: continue
            x
        except A as e:
            if a: break
            if b: continue
            raise e
        else:
            if a: break
            if b: continue
        finally:
            y
    for a in b:
        try:
            a
        finally:
            if b: break
            if a: continue
            z
    while a:
        try:
            try:
                break
            except A:
                continue
        finally:
            while b:
                break


def generator():
    try:
        x = yield 1
    except A as e:
        yield e
        return
    finally:
        yield x
    try:
        return (yield 2)
    finally:
        yield from x


async def coroutine(a):
    try:
        await a
        return await a
    except await a as e:
        await e
    finally:
        await a
    raise a from await a


class Class:
    try:
        x = a
    except A as e:
        x = e
    finally:
        y = 1

    def method(self, e):
        global x
        try: raise
        except A as x: x
        try: raise E
        except B as e: raise E from None

        def inner():
            nonlocal e
            try: a
            except A as e: return e
        try: a
        except A as __private: self.__private
        return inner
