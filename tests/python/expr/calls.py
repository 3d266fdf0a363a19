"""Calls of functions: positional, keyword, unpacked and many arguments."""

def plain(f, a, b, c):
    f()
    f(a)
    f(a, b, c)
    f(a, b, c,)
    f(a)(b)(c)
    f(f(a), f(b))
    f(k=a)
    f(a, k=b)
    f(a, b, k=c, m=a)
    f(k=f(m=a))
    (f)(a)
    (lambda x: x)(a)
    (a if b else f)(c)
    f[a](b)
    [f][0](a)
    (yield_ := f)(a)
    f((a, b))
    f([a], {b}, {c: a})
    f(None, True, 1, 'x')
    return f(a)


def unpacking(f, a, b, c):
    f(*a)
    f(*a, b)
    f(a, *b)
    f(*a, *b)
    f(a, *b, c, *a)
    f(*a, k=b)
    f(a, *b, k=c)
    f(**a)
    f(a, **b)
    f(*a, **b)
    f(a, *b, k=c, **a)
    f(k=a, **b)
    f(k=a, m=b, **c)
    f(**a, k=b)
    f(**a, **b)
    f(**a, k=b, **c, m=a, n=b)
    f(a, k=b, *c)
    f(k=a, *b, m=c, **a)
    f(*(a, b))
    f(*[a, b], *{c})
    f(**{'k': a}, **{})
    f(*a or b)
    f(*(x for x in a))
    f(**a or b)
    f(*())
    return f(*a, **b)


def generators(f, a):
    f(x for x in a)
    f((x for x in a), 1)
    f(k=(x for x in a))
    f(x async for x in a) if 0 else f([x for x in a])
    return f(x for x in a if x)


def many(f, a, o):
    f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
    f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, a)
    f(a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10, k=11, l=12, m=13, n=14, o=15)
    f(a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10, k=11, l=12, m=13, n=14, o=15, p=16)
    f(a, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10, k=11, l=12, m=13, n=14, o=15, p=16, **a)
    f(a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, k=a)
    f(*a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
    f(**a, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10, k=11, l=12, m=13, n=14, o=15, p=16, q=17)
    o.m(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
    o.m(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
    o.m(a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10, k=11, l=12, m=13, n=14, o=15)
    o.m(a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10, k=11, l=12, m=13, n=14, o=15, p=16, q=17, r=18, s=19, t=20,
        u=21, v=22, w=23, x=24, y=25, z=26, aa=27, ab=28)
    o.m(a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10, k=11, l=12, m=13, n=14, o=15, p=16, q=17, r=18, s=19, t=20,
        u=21, v=22, w=23, x=24, y=25, z=26, aa=27, ab=28, ac=29)


def multi_line(f, a, b):
    f(
        a,
        b,
    )
    f(a,
      k=b,
      **a
      )
    (f
     )(a)
    f(
        *a,
        *b
    )(
        a
    )
    return f(
        a, k=
        b)


print(plain, end='')
print(*plain(print, 1, 2, 3))
class C(plain(1, 2, 3, 4), metaclass=unpacking(k=1)):
    x = print(plain, k=1)
    y = print(*x, **x)
@plain(1)
@plain(k=1, *(1, 2))
def decorated(a=plain(1), *, b=plain(k=2)):
    pass
lambda f: f(f, f=f)(*f, **f)
[f(f) for f in plain() if f(*f)]
