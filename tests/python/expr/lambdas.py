"""Lambdas: all kinds of parameters, closures, defaults, yields."""

def kinds(a):
    return (
        lambda: None, lambda: a, lambda x: x, lambda x, y: x + y, lambda x=1: x, lambda x, y=a: y, lambda *x: x,
        lambda **x: x, lambda *x, **y: (x, y), lambda *, x: x, lambda *, x=1: x, lambda *, x, y=a: x, lambda x, /: x,
        lambda x, /, y: x, lambda x=1, /, y=2, *z, w, v=3, **u: (x, y, z, w, v, u), lambda: (lambda: a),
        lambda x: lambda y: x + y + a, lambda: (yield), lambda: (yield a), lambda: (yield from a), lambda: (x := 1),
        lambda x: (x, x), lambda: {}, lambda: [b for b in a], lambda: (b for b in a), lambda x: x if x else a,
        lambda: 'text', lambda: f'{a}', lambda x: x.y(x), lambda x: not x, lambda x: x and a, lambda: ..., lambda:())


def nested(a):
    f = lambda b: lambda c: lambda d: (a, b, c, d)
    g = lambda a: lambda: a
    h = lambda: a
    a = 1
    def inner(i=lambda: a, *, j=lambda: h):
        nonlocal a
        a = lambda: a
        return lambda: (i, j, f, g)
    return inner


def multi_line(a):
    f = lambda x, y=(
        a): (
            x +
            y
    )
    return lambda: [
        a
    ]


m = lambda: m
n = lambda x=m: x
class C:
    a = lambda: a
    b = lambda self, a=a: (self, a, __class__, super().b)
    __c = lambda self: self.__c
    d = [lambda: x for x in b]
    e = (lambda x: x)(a)
@lambda f: f
def decorated(): pass
lambda: (lambda: (lambda: (lambda: m)))
sorted(m, key=lambda x: (x[0], -x[1]), reverse=True)
