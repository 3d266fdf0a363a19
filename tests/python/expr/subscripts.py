"""Subscripts and slices, loaded, stored and deleted."""

def load2(x, a, b, c):
    return (
        x[a], x[0], x[-1], x['k'], x[a, b], x[a, b, c], x[1, 2], x[()], x[a,], x[a:b], x[a:], x[:b], x[:], x[::],
        x[a:b:c], x[a::c], x[:b:c], x[::c], x[1:2], x[1:], x[:2], x[1:2:3], x[::-1], x[::2], x[-1:], x[:-1], x[1:-1:2],
        x[a:2], x[1:b], x[None:None], x[None:], x[1:None:2], x['a':'b'], x[1.5:2j], x[b'':...], x[True:False],
        x[__debug__:1], x[1:__debug__:a], x[(1):(2)], x[(1, 2):], x[1 + 1:2], x[not 1:],
        x[a:b, c], x[1:2, 3:4], x[1:2, a], x[:, None], x[..., a], x[a, :], x[a:b, ::c, 1:2:3], x[(a, b)], x[[a]])


def load3(x, a, b, c):
    return (
        x[a][b][c], x[x[a]], x[a:b][c], x[a][b:c], x[a := b], x[*a], x[*a, b], x[a, *b], x[*a, *b], x[1, *a, 2:3],
        x[lambda: a], x[a if b else c], x[not a], x[a]()[b], x().y[a], x[a].y[b].z, 'abc'[a], [1, 2][a], (1, 2)[a],
        {1: 2}[a], 'abc'[1], 'abc'[1:2], (1, 2, 3)[0], [1, 2, 3][0], (a, b)[0], 'abc'[a:b], (lambda: x)()[a])


def store(x, a, b, c):
    x[a] = 1
    x[0] = x[1] = 2
    x[a, b] = 3
    x[a:b] = 4
    x[:] = 5
    x[a:] = x[:b] = 6
    x[a:b:c] = 7
    x[1:2] = 8
    x[1:2:3] = 9
    x[a:b, c] = 10
    x[a], x[b:c] = x[b:c], x[a]
    x[a][b:c] = 11
    x.y[a] = 12
    x[*a] = 13
    x[*a, b] = 14
    x[a]: int = 15
    x[a:b]: int
    x[a, b:c]: int
    for x[a] in b:
        pass
    for x[a:b] in c:
        pass
    with a as x[b], c as x[a:b]:
        pass
    (x[a], *x[b]) = c


def augmented(x, a, b, c):
    x[a] += 1
    x[0] -= 1
    x[a:b] *= 2
    x[1:2] *= 2
    x[:] += x[:]
    x[a:] += x[:b]
    x[a:b:c] += 1
    x[a, b] += 1
    x[*a] += 1
    x[a][b] += 1
    x[a][b:c] += 1
    x[a[b]] += c[a]


def delete(x, a, b, c):
    del x[a]
    del x[a:b], x[:], x[a:], x[:b]
    del x[1:2]
    del x[a:b:c]
    del x[a, b]
    del (x[a], [x[b], x[c:a]])
    del x[a][b]
    del x[*a]


def multi_line(x, a, b):
    x[
        a
    ]
    x[a:
      b]
    x[
        a:
        b
    ] = (x
         [a]
         [
             b])
    x[1:
      2]
    x[
        a
    ] += (
        b
    )
    return (x
            [a,
             b])


x = {}
x[1] = x
x[1][1:x] = x[x:1]
del x[1]
class C:
    y = x[1]
    z = y[1:y]
    y[z] = 1
    y: x[1] = z[1:]
    y[z]: x[1]
def f(a: x[1:2], *b: *x[1]) -> x[1][a:2]:
    pass
lambda: x[1:2]
[y[1] for y[1] in x[1:] if y[1:y]]
