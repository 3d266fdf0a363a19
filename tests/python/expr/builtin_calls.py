"""all, any and tuple of generator expressions, and calls that look like them."""

def optimized(a, b):
    x = all(c for c in a)
    x = any(c for c in a)
    x = tuple(c for c in a)
    x = all(c.x(b) for c in a if c for d in c if d)
    x = any(not c for c in a)
    x = tuple((c, b) for c in a)
    x = all((c for c in a))
    x = all(all(d for d in c) for c in a)
    x = any(any(d for d in c) for c in tuple(c for c in a))
    all(c for c in a)
    any(c for c in a)
    tuple(c for c in a)
    if all(c for c in a) and not any(c for c in b):
        pass
    while any(c for c in a):
        pass
    assert all(c for c in a), any(c for c in a)
    x = all(c for c in a) or any(c for c in a)
    x = f'{tuple(c for c in a)}'
    x = all(
        c
        for c
        in a
    )
    for c in tuple(c for c in a):
        pass
    x = all(c for c in a)(b)
    x = tuple(c for c in a)[0]
    x = tuple(c for c in a).count(1)
    return any(c for c in a)


def not_optimized(a, b):
    x = list(c for c in a)
    x = set(c for c in a)
    x = sum(c for c in a)
    x = all([c for c in a])
    x = all(a)
    x = all((c for c in a), b)
    x = all(*(c for c in a))
    x = all(k=(c for c in a))
    x = all(**a)
    x = all()
    x = b.all(c for c in a)
    x = (all)(c for c in a)
    return x


def shadowed(a, all):
    any = a
    return all(c for c in a), any(c for c in a)


def nested(a):
    def inner():
        return all(a for c in a)
    return lambda: any(c for c in a)


async def coroutine(a):
    x = all(c for c in await a)
    x = all(await c for c in a)
    x = any(c async for c in a)
    x = tuple(c async for c in a)
    x = tuple([d async for d in c] for c in a)
    x = all(c for c in [d async for d in a])
    return any([await d for d in c] for c in a)


x = all(c for c in [1, 2])
y = tuple(c for c in x)
class C:
    z = any(c for c in x)
    w = tuple(z for c in y)
    def f(self, a=all(c for c in x)):
        return tuple(self.__x for c in a)
[all(c for c in d) for d in x]
(all(c for c in d) for d in x)
