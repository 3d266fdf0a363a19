def f(a, b, c):
    if (a and b or not c): pass
    while not ((a and b or not c)): break
    if (a if b else c): pass
    while not ((a if b else c)): break
    if (a < b <= c != a): pass
    while not ((a < b <= c != a)): break
    if (a is not b, a in b, a not in c): pass
    while not ((a is not b, a in b, a not in c)): break
    if (-a + +b * ~c): pass
    while not ((-a + +b * ~c)): break
    if (a @ b // c % a ** b << c >> a | b ^ c & a): pass
    while not ((a @ b // c % a ** b << c >> a | b ^ c & a)): break
    if (lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)): pass
    while not ((lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a))): break
    if ({a: b, **c}): pass
    while not (({a: b, **c})): break
    if ({a, *b}): pass
    while not (({a, *b})): break
    if ([a, *b]): pass
    while not (([a, *b])): break
    if ((a, *b)): pass
    while not (((a, *b))): break
    if ([x for x in a if b]): pass
    while not (([x for x in a if b])): break
    if ({x for x in a for y in b}): pass
    while not (({x for x in a for y in b})): break
    if ({x: y for x, y in a}): pass
    while not (({x: y for x, y in a})): break
    if (list(x for x in a if x if b)): pass
    while not ((list(x for x in a if x if b))): break
    if (tuple(x for x in a)): pass
    while not ((tuple(x for x in a))): break
    if (all(x for x in a)): pass
    while not ((all(x for x in a))): break
    if (f'{a!r:>{b}}{c=}'): pass
    while not ((f'{a!r:>{b}}{c=}')): break
    if (t'{a!r:>{b}}{c=}'): pass
    while not ((t'{a!r:>{b}}{c=}')): break
    if ('%s: %r' % (a, b)): pass
    while not (('%s: %r' % (a, b))): break
    if (a(b, *c, k=a, **b)): pass
    while not ((a(b, *c, k=a, **b))): break
    if (a(b, k=c)): pass
    while not ((a(b, k=c))): break
    if (a.b.c(a).d): pass
    while not ((a.b.c(a).d)): break
    if (a.__private): pass
    while not ((a.__private)): break
    if (__private_name): pass
    while not ((__private_name)): break
    if (a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]): pass
    while not ((a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2])): break
    if ((a := b)): pass
    while not (((a := b))): break
    if (1, 1.5, 2j, 'x', b'x', None, ..., True): pass
    while not ((1, 1.5, 2j, 'x', b'x', None, ..., True)): break
    if (__debug__): pass
    while not ((__debug__)): break
    if (print(a)): pass
    while not ((print(a))): break
    if (super): pass
    while not ((super)): break
    if ([[y for y in x] for x in a]): pass
    while not (([[y for y in x] for x in a])): break
    if ([lambda: (x, a) for x in b]): pass
    while not (([lambda: (x, a) for x in b])): break
    if ([x for x in a if [z for z in x if z == b]]): pass
    while not (([x for x in a if [z for z in x if z == b]])): break
    if ({(lambda: x)() for x in (y for y in a)}): pass
    while not (({(lambda: x)() for x in (y for y in a)})): break
    if ((lambda: [x for x in a if x in b])()): pass
    while not (((lambda: [x for x in a if x in b])())): break
    if ([(p := x) for x in a]): pass
    while not (([(p := x) for x in a])): break
