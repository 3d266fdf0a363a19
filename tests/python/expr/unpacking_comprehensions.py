"""Unpacking in comprehensions and generator expressions (3.15)."""
[*a for a in b]
{*a for a in b}
{**a for a in b}
(*a for a in b)
[*a for a in b if c for d in a if d if e]
[*(a if b else c) for a in b]
{*a.b for a in b for c in [a]}
{**a | b for a in c}
{**a[0] for a in c if a}
f(*a for a in b)
f(c, (*a for a in b), *d)
all(*a for a in b)
tuple(*a for a in b)
list(*a for a in b)
set(*a for a in b)
list(a for a in b)
set(a.c for a in b if a)
list(a for a in b if a for c in a)
[[*a for a in b] for b in c]
[*[*a for a in b] for b in c]
[
    *a
    for a
    in b
    if c
]
{
    **
    a
    for a
    in b
}


def function(xs):
    def inner():
        return xs, [*x for x in xs], {**x for x in xs}
    yield from (*x for x in xs)
    return [*x for x in xs if (y := x)], {**y for x in xs if (lambda: x)()}


class Class:
    a = [*x for x in y]
    b = {**x for x in y}
    c = (*x for x in a)
    d = [*__class__ for x in y]


async def coroutine(xs):
    [*x async for x in xs]
    {*x async for x in xs if await x}
    {**x async for x in xs for y in x}
    (*x async for x in xs)
    (*await x for x in xs)
    [*[y async for y in x] for x in xs]
    async for x in (*x for x in xs):
        return list(*y async for y in x)
