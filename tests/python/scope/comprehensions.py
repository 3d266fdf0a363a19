"""Comprehensions: inlined or not, in every scope; isolated variables, cells, nested and asynchronous ones."""

[a for a in b]
{a for a in b if a if c}
{a: b for a, b in c}
(a for a in b)
[lambda: a for a in b]
[[lambda: (a, c) for a in b] for c in d]
[a for a in b for c in [a] for d in (c,) for e in [*f] if d if not e]
{**{a: b for a in c}, **{b: a for b in d}}
d[{a for b in c}] = {x for y in z}
[(last := a) for a in b]
print([a for a in [a for a in b]])
a = [b.c for b.c in d]


def function(p, q):
    [p for p in q]
    [lambda: p for q in p]
    {p: q for p, q in p}
    [(r := q) for q in p]
    [[p for p in q] for q in p for p in q]
    [lambda: [q for q in p] for p in q]
    del q
    any(p for p in q)
    all(p for p in q if p)
    tuple(p for p in q)
    list(p for p in q)
    try:
        return [p for p in q if p]
    finally:
        [q for q in p]


def free(x):
    def inner():
        [x for _ in x]
        [y for y in x for z in y]
        [lambda: (x, y) for y in x]
        [x for x in x]

    return inner


def nonlocal_target():
    total = 0

    def inner(values):
        nonlocal total
        global everything
        return [(total := total + v, everything := v) for v in values]

    return inner


class Class:
    x = [y for y in range(3)]
    z = [x for _ in range(3)]
    w = [[x for x in y] for y in x]
    [lambda: x for x in w]
    {__private: v for v in w}
    (x for x in x)
    [__class__ for x in x]

    def method(self):
        [self.__a for __a in self.__b]
        [__class__ for _ in super().x]

    def annotated(self, a: [x for x in w] = [x for x in w]): pass


async def coroutine(a, b):
    [c async for c in a]
    {c async for c in a if await c}
    {c: d async for c in a for d in b}
    (c async for c in a)
    [await c for c in b]
    (await c for c in b)
    [[d async for d in c] for c in b]
    [c for c in [d async for d in a]]
    {c async for d in a async for c in d if d}
    return [lambda: c async for c in a]


async def async_generator(a):
    yield [b async for b in a]
    yield (b for b in a)


lambda x: [x for y in x]
lambda: (yield [z for z in (yield)])
