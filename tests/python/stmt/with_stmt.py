"""with and async with: items, targets, and every way out."""
with a:
    pass
with a as b: c
with a as b, c as (d, *e), f as g.h, i as j[k], l as m[n:o], p:
    q
with (a, b): pass
with (a as b, c): pass
with (
    a as b,
    c(
        d
    ) as e,
):
    f
with a:
    with b:
        with c as d:
            raise d


def function(a, b):
    with a:
        return 1
    with a as x, b as y:
        return x, y
    with a:
        with b:
            return
    while a:
        with a:
            with b as y:
                if y:
                    break
                continue
    with a:
        try:
            return a
        finally:
            b
    try:
        with a:
            return b
    except E:
        with b:
            return a
    finally:
        with a, b:
            x
    with a as x:
        yield x
    with (yield a) as b: return (
        b)


async def coroutine(a, b):
    async with a:
        return 1
    async with a as x, b as y:
        return await x
    async with (a as (x, y), b): pass
    for x in a:
        async with b:
            with a:
                if x:
                    break
                elif y:
                    continue
                return x
    with a:
        async with b:
            await a
    try:
        async with a:
            return
    finally:
        async with b:
            await b


async def generator(a):
    async with a as b:
        yield b
        return
    with a as c:
        yield


class Class:
    with a as x, b:
        y = x

    def method(self):
        with self.lock as self.held:
            self.n += 1
