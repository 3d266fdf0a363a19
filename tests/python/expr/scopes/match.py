def f(a, b, c):
    match (a and b or not c):
        case x if (a and b or not c): (a and b or not c)
    match (a if b else c):
        case x if (a if b else c): (a if b else c)
    match (a < b <= c != a):
        case x if (a < b <= c != a): (a < b <= c != a)
    match (a is not b, a in b, a not in c):
        case x if (a is not b, a in b, a not in c): (a is not b, a in b, a not in c)
    match (-a + +b * ~c):
        case x if (-a + +b * ~c): (-a + +b * ~c)
    match (a @ b // c % a ** b << c >> a | b ^ c & a):
        case x if (a @ b // c % a ** b << c >> a | b ^ c & a): (a @ b // c % a ** b << c >> a | b ^ c & a)
    match (lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)):
        case x if (lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)): (lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a))
    match ({a: b, **c}):
        case x if ({a: b, **c}): ({a: b, **c})
    match ({a, *b}):
        case x if ({a, *b}): ({a, *b})
    match ([a, *b]):
        case x if ([a, *b]): ([a, *b])
    match ((a, *b)):
        case x if ((a, *b)): ((a, *b))
    match ([x for x in a if b]):
        case x if ([x for x in a if b]): ([x for x in a if b])
    match ({x for x in a for y in b}):
        case x if ({x for x in a for y in b}): ({x for x in a for y in b})
    match ({x: y for x, y in a}):
        case x if ({x: y for x, y in a}): ({x: y for x, y in a})
    match (list(x for x in a if x if b)):
        case x if (list(x for x in a if x if b)): (list(x for x in a if x if b))
    match (tuple(x for x in a)):
        case x if (tuple(x for x in a)): (tuple(x for x in a))
    match (all(x for x in a)):
        case x if (all(x for x in a)): (all(x for x in a))
    match (f'{a!r:>{b}}{c=}'):
        case x if (f'{a!r:>{b}}{c=}'): (f'{a!r:>{b}}{c=}')
    match (t'{a!r:>{b}}{c=}'):
        case x if (t'{a!r:>{b}}{c=}'): (t'{a!r:>{b}}{c=}')
    match ('%s: %r' % (a, b)):
        case x if ('%s: %r' % (a, b)): ('%s: %r' % (a, b))
    match (a(b, *c, k=a, **b)):
        case x if (a(b, *c, k=a, **b)): (a(b, *c, k=a, **b))
    match (a(b, k=c)):
        case x if (a(b, k=c)): (a(b, k=c))
    match (a.b.c(a).d):
        case x if (a.b.c(a).d): (a.b.c(a).d)
    match (a.__private):
        case x if (a.__private): (a.__private)
    match (__private_name):
        case x if (__private_name): (__private_name)
    match (a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]):
        case x if (a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]): (a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2])
    match ((a := b)):
        case x if ((a := b)): ((a := b))
    match (1, 1.5, 2j, 'x', b'x', None, ..., True):
        case x if (1, 1.5, 2j, 'x', b'x', None, ..., True): (1, 1.5, 2j, 'x', b'x', None, ..., True)
    match (__debug__):
        case x if (__debug__): (__debug__)
    match (print(a)):
        case x if (print(a)): (print(a))
    match (super):
        case x if (super): (super)
    match ([[y for y in x] for x in a]):
        case x if ([[y for y in x] for x in a]): ([[y for y in x] for x in a])
    match ([lambda: (x, a) for x in b]):
        case x if ([lambda: (x, a) for x in b]): ([lambda: (x, a) for x in b])
    match ([x for x in a if [z for z in x if z == b]]):
        case x if ([x for x in a if [z for z in x if z == b]]): ([x for x in a if [z for z in x if z == b]])
    match ({(lambda: x)() for x in (y for y in a)}):
        case x if ({(lambda: x)() for x in (y for y in a)}): ({(lambda: x)() for x in (y for y in a)})
    match ((lambda: [x for x in a if x in b])()):
        case x if ((lambda: [x for x in a if x in b])()): ((lambda: [x for x in a if x in b])())
    match ([(p := x) for x in a]):
        case x if ([(p := x) for x in a]): ([(p := x) for x in a])
