"""Assignment expressions in all places."""

def local(a, b):
    (x := a)
    if (x := a) and (y := b):
        pass
    while x := a.read():
        print(x)
    print(y := a, z := b)
    print((x := 1), k=(x := 2))
    x = (y := (z := 3))
    a[x := 1] = 2
    a[(x := 1):(y := 2)]
    [x := 1, y := 2]
    {x := 1, (y := 2)}
    {(x := 1): (y := 2)}
    f'{(x := 1)}'
    lambda: (x := 1)
    assert (x := a), (y := b)
    return (x := a)


def comprehensions(a):
    total = 0
    b = [total := total + v for v in a]
    c = [last := v for v in a if (w := v)]
    d = {(k := 1): (v2 := 2) for k2 in a}
    e = (gen := v for v in a)
    f = [[inner := y for y in x] for x in a]
    g = [(lambda: (no := 1)) for x in a]
    return total, b, c, last, w, d, e, gen, f, inner, g


def cells(a):
    (captured := a)
    def inner():
        nonlocal captured
        (captured := 1)
        global m
        (m := 2)
        return [captured := x for x in a], [m := x for x in a]
    return inner


(m := 1)
n = [p := x for x in (1, 2)]
if (q := 1) > 2:
    pass
class C:
    (a := 1)
    b = (c := a)
    def f(self, x=(y := 1)) :
        return (self := x)
def g(a, b=(s := 2)):
    global t
    [t := x for x in a]
@(u := g)
def h(): pass
async def i(a):
    return [(w := await x) async for x in a], [v := x async for x in a]
