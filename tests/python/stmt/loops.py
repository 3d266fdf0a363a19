"""for and async for: targets, else, break, continue and return on every way out."""
for a in b:
    pass
for a, (b, *c), d.e, f[0], g[h:i] in j:
    k
else:
    l
for a in b, c: break
for a in (1, 2, 3):
    for b in [4, 5]:
        if a: continue
        if b: break
    else:
        continue
    break
for (
    a
) in (
    b
):
    for c in a:
        try:
            continue
        finally:
            d


def function(xs, o):
    for x in xs:
        return x
    for x in xs:
        return
    for x in xs:
        return 1
    for x in xs:
        for y in x:
            with o:
                return y
    for x in xs:
        with o as p, o:
            if x:
                break
            continue
    for x in xs:
        try:
            if x: break
            if y: continue
            return y
        except E as e:
            if x: break
            if y: continue
            return e
        except F:
            if x: break
            if y: continue
            return 5
        finally:
            for z in x:
                if z: break
                continue
    for x in xs:
        try:
            pass
        finally:
            return x
    for i in range(3): yield i
    else: yield from xs


async def coroutine(xs, o):
    async for x in xs:
        await x
    async for x, *y in await xs:
        if x: break
        if y: continue
        return x
    else:
        await o
    async for o.attr in xs:
        async with o as p:
            if p: break
            if o: continue
            return
    async for o[0] in xs:
        for y in x:
            return 1


async def generator(xs):
    async for x in xs:
        yield x
        if x: return
    for x in xs:
        async for y in x:
            yield
            break


class Class:
    for x in range(3):
        locals()[x] = x
        if x: break
        continue
    else:
        y = x
