class C:
    a = b = c = 1
    [(a and b or not c) for q in a]
    {q: (a and b or not c) for q in b}
    [(a if b else c) for q in a]
    {q: (a if b else c) for q in b}
    [(a < b <= c != a) for q in a]
    {q: (a < b <= c != a) for q in b}
    [(a is not b, a in b, a not in c) for q in a]
    {q: (a is not b, a in b, a not in c) for q in b}
    [(-a + +b * ~c) for q in a]
    {q: (-a + +b * ~c) for q in b}
    [(a @ b // c % a ** b << c >> a | b ^ c & a) for q in a]
    {q: (a @ b // c % a ** b << c >> a | b ^ c & a) for q in b}
    [(lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)) for q in a]
    {q: (lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)) for q in b}
    [({a: b, **c}) for q in a]
    {q: ({a: b, **c}) for q in b}
    [({a, *b}) for q in a]
    {q: ({a, *b}) for q in b}
    [([a, *b]) for q in a]
    {q: ([a, *b]) for q in b}
    [((a, *b)) for q in a]
    {q: ((a, *b)) for q in b}
    [([x for x in a if b]) for q in a]
    {q: ([x for x in a if b]) for q in b}
    [({x for x in a for y in b}) for q in a]
    {q: ({x for x in a for y in b}) for q in b}
    [({x: y for x, y in a}) for q in a]
    {q: ({x: y for x, y in a}) for q in b}
    [(list(x for x in a if x if b)) for q in a]
    {q: (list(x for x in a if x if b)) for q in b}
    [(tuple(x for x in a)) for q in a]
    {q: (tuple(x for x in a)) for q in b}
    [(all(x for x in a)) for q in a]
    {q: (all(x for x in a)) for q in b}
    [(f'{a!r:>{b}}{c=}') for q in a]
    {q: (f'{a!r:>{b}}{c=}') for q in b}
    [(t'{a!r:>{b}}{c=}') for q in a]
    {q: (t'{a!r:>{b}}{c=}') for q in b}
    [('%s: %r' % (a, b)) for q in a]
    {q: ('%s: %r' % (a, b)) for q in b}
    [(a(b, *c, k=a, **b)) for q in a]
    {q: (a(b, *c, k=a, **b)) for q in b}
    [(a(b, k=c)) for q in a]
    {q: (a(b, k=c)) for q in b}
    [(a.b.c(a).d) for q in a]
    {q: (a.b.c(a).d) for q in b}
    [(a.__private) for q in a]
    {q: (a.__private) for q in b}
    [(__private_name) for q in a]
    {q: (__private_name) for q in b}
    [(a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]) for q in a]
    {q: (a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]) for q in b}
    [(1, 1.5, 2j, 'x', b'x', None, ..., True) for q in a]
    {q: (1, 1.5, 2j, 'x', b'x', None, ..., True) for q in b}
    [(__debug__) for q in a]
    {q: (__debug__) for q in b}
    [(print(a)) for q in a]
    {q: (print(a)) for q in b}
    [(super) for q in a]
    {q: (super) for q in b}
    [([[y for y in x] for x in a]) for q in a]
    {q: ([[y for y in x] for x in a]) for q in b}
    [([lambda: (x, a) for x in b]) for q in a]
    {q: ([lambda: (x, a) for x in b]) for q in b}
    [([x for x in a if [z for z in x if z == b]]) for q in a]
    {q: ([x for x in a if [z for z in x if z == b]]) for q in b}
    [({(lambda: x)() for x in (y for y in a)}) for q in a]
    {q: ({(lambda: x)() for x in (y for y in a)}) for q in b}
    [((lambda: [x for x in a if x in b])()) for q in a]
    {q: ((lambda: [x for x in a if x in b])()) for q in b}
