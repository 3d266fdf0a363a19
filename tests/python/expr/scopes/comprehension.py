def f(a, b, c):
    [(a and b or not c) for q in a]
    {(a and b or not c) for q in b if q}
    [(a if b else c) for q in a]
    {(a if b else c) for q in b if q}
    [(a < b <= c != a) for q in a]
    {(a < b <= c != a) for q in b if q}
    [(a is not b, a in b, a not in c) for q in a]
    {(a is not b, a in b, a not in c) for q in b if q}
    [(-a + +b * ~c) for q in a]
    {(-a + +b * ~c) for q in b if q}
    [(a @ b // c % a ** b << c >> a | b ^ c & a) for q in a]
    {(a @ b // c % a ** b << c >> a | b ^ c & a) for q in b if q}
    [(lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)) for q in a]
    {(lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)) for q in b if q}
    [({a: b, **c}) for q in a]
    {({a: b, **c}) for q in b if q}
    [({a, *b}) for q in a]
    {({a, *b}) for q in b if q}
    [([a, *b]) for q in a]
    {([a, *b]) for q in b if q}
    [((a, *b)) for q in a]
    {((a, *b)) for q in b if q}
    [([x for x in a if b]) for q in a]
    {([x for x in a if b]) for q in b if q}
    [({x for x in a for y in b}) for q in a]
    {({x for x in a for y in b}) for q in b if q}
    [({x: y for x, y in a}) for q in a]
    {({x: y for x, y in a}) for q in b if q}
    [(list(x for x in a if x if b)) for q in a]
    {(list(x for x in a if x if b)) for q in b if q}
    [(tuple(x for x in a)) for q in a]
    {(tuple(x for x in a)) for q in b if q}
    [(all(x for x in a)) for q in a]
    {(all(x for x in a)) for q in b if q}
    [(f'{a!r:>{b}}{c=}') for q in a]
    {(f'{a!r:>{b}}{c=}') for q in b if q}
    [(t'{a!r:>{b}}{c=}') for q in a]
    {(t'{a!r:>{b}}{c=}') for q in b if q}
    [('%s: %r' % (a, b)) for q in a]
    {('%s: %r' % (a, b)) for q in b if q}
    [(a(b, *c, k=a, **b)) for q in a]
    {(a(b, *c, k=a, **b)) for q in b if q}
    [(a(b, k=c)) for q in a]
    {(a(b, k=c)) for q in b if q}
    [(a.b.c(a).d) for q in a]
    {(a.b.c(a).d) for q in b if q}
    [(a.__private) for q in a]
    {(a.__private) for q in b if q}
    [(__private_name) for q in a]
    {(__private_name) for q in b if q}
    [(a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]) for q in a]
    {(a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]) for q in b if q}
    [(1, 1.5, 2j, 'x', b'x', None, ..., True) for q in a]
    {(1, 1.5, 2j, 'x', b'x', None, ..., True) for q in b if q}
    [(__debug__) for q in a]
    {(__debug__) for q in b if q}
    [(print(a)) for q in a]
    {(print(a)) for q in b if q}
    [(super) for q in a]
    {(super) for q in b if q}
    [([[y for y in x] for x in a]) for q in a]
    {([[y for y in x] for x in a]) for q in b if q}
    [([lambda: (x, a) for x in b]) for q in a]
    {([lambda: (x, a) for x in b]) for q in b if q}
    [([x for x in a if [z for z in x if z == b]]) for q in a]
    {([x for x in a if [z for z in x if z == b]]) for q in b if q}
    [({(lambda: x)() for x in (y for y in a)}) for q in a]
    {({(lambda: x)() for x in (y for y in a)}) for q in b if q}
    [((lambda: [x for x in a if x in b])()) for q in a]
    {((lambda: [x for x in a if x in b])()) for q in b if q}
