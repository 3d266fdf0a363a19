"""Comparison operators, chains, identity and membership."""

def single(a, b):
    return (a == b, a != b, a < b, a <= b, a > b, a >= b, a is b, a is not b, a in b, a not in b)


def chains(a, b, c, d):
    x = a < b < c
    x = a <= b == c != d
    x = a is b is not c
    x = a in b in c
    x = a not in b not in c
    x = a < b < c < d < a
    x = (a < b) < c
    x = a < (b < c)
    x = a() < b.c < c[d]
    if a < b < c:
        return 1
    if not a < b < c:
        return 2
    while a > b >= c is d:
        a = b
    return a < b < c and c < d < a or not a == b == c


def constants(a):
    x = a in (1, 2, 3)
    x = a in [1, 2, 3]
    x = a in {1, 2, 3}
    x = a not in {'a', 'b', None}
    x = a in [a, 1]
    x = a in {a, 1}
    x = a in (a, 1)
    x = a in ()
    x = a in []
    x = a in {1: 2}
    x = a == (1, 2)
    x = a == [1, 2]
    x = 1 < 2 < 3
    x = 1 == 1
    x = 'a' in 'abc'
    for y in {1, 2, 3}:
        pass
    for y in [1, 2, 3]:
        pass
    for y in [a, 2]:
        pass
    if a in {"x", "y"} or a not in ["z"]:
        pass
    if a is None or a is not None or None is a:
        pass
    if a is not None:
        x = 1
    if a is None:
        x = 2
    while a is not None:
        a = None
    if a is None and x is not None:
        x = 3
    if not a is None:
        x = 4
    if (a is None) == (x is None):
        x = 5
    return x


def big_sets(a):
    return (
        a in {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
              30, 31, 32},
        a in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
              30, 31, 32],
        a in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
              30, 31, 32),
        a in {-1, 1.5, 2j, b'b', 'c', ..., None, True, (1, (2, 3)), -0.0, 10 ** 30},
    )


def multi_line(a, b, c):
    if (a
            < b
            < c):
        pass
    return (a
            is not
            b) in (
        c,
    )


x = 1 < 2
y = x == x != x
class C:
    z = x < y < x
    w = [x < q < y for q in z]
