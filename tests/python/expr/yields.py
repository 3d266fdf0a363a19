"""yield, yield from, await and asynchronous generators as expressions."""

def generator(a, b):
    yield
    yield a
    yield a, b
    yield *a, b
    x = yield
    x = yield a
    x = (yield a) + (yield b)
    x = yield a, b
    x += yield a
    x = y = yield
    x = [(yield), (yield a)]
    x = {(yield): (yield a)}
    print((yield), k=(yield))
    x[(yield)] = (yield)
    x[(yield):(yield)]
    (yield).y = 1
    (yield a).m((yield b))
    if (yield):
        pass
    while (yield a):
        pass
    for y in (yield):
        pass
    with (yield) as y:
        pass
    assert (yield), (yield)
    x = lambda: (yield)
    x = (yield) if (yield) else (yield)
    x = (yield) and (yield) or not (yield)
    x = (yield) < (yield) < (yield)
    x = f'{(yield)}'
    x: (yield_) = yield
    raise (yield) from (yield)


def delegating(a):
    yield from a
    x = yield from a
    x = yield from a()
    x = (yield from a) + (yield from a)
    x += yield from a
    print((yield from a))
    x = yield (yield from (yield))
    return (yield from a)


def generator_returns(a):
    try:
        x = yield
        yield x
    except ValueError as e:
        yield e
        return
    finally:
        yield a
    return a


def never():
    return
    yield


async def coroutine(a, b):
    await a
    x = await a
    x = await a()
    x = await a + await b
    x = (await a)(await b)
    x = (await a).m(await b, k=await a)
    x = [await a, await b]
    x = {await a: await b}
    x = await a if await b else await a
    x = await a and await b
    x = await a < await b < await a
    x[await a] = await b
    x[await a:await b] += await a
    x = -await a ** await b
    x = f'{await a}'
    x = lambda: a
    x = [await c for c in a], {await c for c in a}, {await c: await c for c in a}
    x = [c async for c in a], {c async for c in a}, {c: c async for c in a}
    x = (await c for c in a)
    x = (c async for c in a)
    x = [c async for c in a if await c if not await b]
    x = [c for d in a async for c in d for e in await c]
    x = [[c async for c in d] for d in a]
    x = [[c async for c in d] async for d in await a]
    assert await a, await b
    if await a:
        return await b
    while await a:
        await b
    async for c in await a:
        await c
    async with await a as b, b as x[await a]:
        await x
    raise await a from await b


async def async_generator(a):
    yield
    yield a
    x = yield await a
    x = await (yield a)
    yield [c async for c in a]
    async for c in a:
        yield c
    async with a as b:
        yield b
        return
    await x
