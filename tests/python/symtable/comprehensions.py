"""Comprehensions, inlined or not, and assignment expressions in them."""
[x for x in range(3)]
{x: y for x, y in pairs if x if y for z in x}
{x for [x, *y] in z}
(x for x in x)
[[x for x in x] for x in x]
[lambda: x for x in y]
print(any((last := n) for n in numbers), [total := total + v for v in values])


def function(a, b):
    [a for _ in b]
    [lambda: a for _ in b]
    [(lambda: b) for b in b]
    [[(lambda: c) for c in d] for d in c]
    {i: (k := i) for i in b}
    print(k)

    def inner():
        nonlocal k
        [k for _ in b]
        [(k := k) for _ in b]
        [lambda: k for _ in b]
        return (a for a in b if (m := a))

    def declared():
        global g
        return [(g := i) for i in b]

    return [p for p in [q for q in b]], {p for p in (q for q in p)}


class Class:
    attr = 1
    names = [attr for attr in attr]
    other = [(attr, names) for i in names]
    third = [lambda: attr for i in names]
    fourth = [[i for i in attr] for j in i]
    fifth = (attr for i in attr)


lambda: [(w := i) for i in j]
lambda: (yield)


async def asynchronous():
    x = [i async for i in a]
    y = (i async for i in a)
    z = [await i for i in a]
    return {i: [j async for j in i] for i in a}, [[k for k in await j] async for j in i]
