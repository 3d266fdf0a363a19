def f(a, b, c):
    with (a and b or not c) as x:
        for x in (a and b or not c): return (a and b or not c)
    with (a if b else c) as x:
        for x in (a if b else c): return (a if b else c)
    with (a < b <= c != a) as x:
        for x in (a < b <= c != a): return (a < b <= c != a)
    with (a is not b, a in b, a not in c) as x:
        for x in (a is not b, a in b, a not in c): return (a is not b, a in b, a not in c)
    with (-a + +b * ~c) as x:
        for x in (-a + +b * ~c): return (-a + +b * ~c)
    with (a @ b // c % a ** b << c >> a | b ^ c & a) as x:
        for x in (a @ b // c % a ** b << c >> a | b ^ c & a): return (a @ b // c % a ** b << c >> a | b ^ c & a)
    with (lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)) as x:
        for x in (lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)): return (lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a))
    with ({a: b, **c}) as x:
        for x in ({a: b, **c}): return ({a: b, **c})
    with ({a, *b}) as x:
        for x in ({a, *b}): return ({a, *b})
    with ([a, *b]) as x:
        for x in ([a, *b]): return ([a, *b])
    with ((a, *b)) as x:
        for x in ((a, *b)): return ((a, *b))
    with ([x for x in a if b]) as x:
        for x in ([x for x in a if b]): return ([x for x in a if b])
    with ({x for x in a for y in b}) as x:
        for x in ({x for x in a for y in b}): return ({x for x in a for y in b})
    with ({x: y for x, y in a}) as x:
        for x in ({x: y for x, y in a}): return ({x: y for x, y in a})
    with (list(x for x in a if x if b)) as x:
        for x in (list(x for x in a if x if b)): return (list(x for x in a if x if b))
    with (tuple(x for x in a)) as x:
        for x in (tuple(x for x in a)): return (tuple(x for x in a))
    with (all(x for x in a)) as x:
        for x in (all(x for x in a)): return (all(x for x in a))
    with (f'{a!r:>{b}}{c=}') as x:
        for x in (f'{a!r:>{b}}{c=}'): return (f'{a!r:>{b}}{c=}')
    with (t'{a!r:>{b}}{c=}') as x:
        for x in (t'{a!r:>{b}}{c=}'): return (t'{a!r:>{b}}{c=}')
    with ('%s: %r' % (a, b)) as x:
        for x in ('%s: %r' % (a, b)): return ('%s: %r' % (a, b))
    with (a(b, *c, k=a, **b)) as x:
        for x in (a(b, *c, k=a, **b)): return (a(b, *c, k=a, **b))
    with (a(b, k=c)) as x:
        for x in (a(b, k=c)): return (a(b, k=c))
    with (a.b.c(a).d) as x:
        for x in (a.b.c(a).d): return (a.b.c(a).d)
    with (a.__private) as x:
        for x in (a.__private): return (a.__private)
    with (__private_name) as x:
        for x in (__private_name): return (__private_name)
    with (a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]) as x:
        for x in (a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]): return (a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2])
    with ((a := b)) as x:
        for x in ((a := b)): return ((a := b))
    with (1, 1.5, 2j, 'x', b'x', None, ..., True) as x:
        for x in (1, 1.5, 2j, 'x', b'x', None, ..., True): return (1, 1.5, 2j, 'x', b'x', None, ..., True)
    with (__debug__) as x:
        for x in (__debug__): return (__debug__)
    with (print(a)) as x:
        for x in (print(a)): return (print(a))
    with (super) as x:
        for x in (super): return (super)
    with ([[y for y in x] for x in a]) as x:
        for x in ([[y for y in x] for x in a]): return ([[y for y in x] for x in a])
    with ([lambda: (x, a) for x in b]) as x:
        for x in ([lambda: (x, a) for x in b]): return ([lambda: (x, a) for x in b])
    with ([x for x in a if [z for z in x if z == b]]) as x:
        for x in ([x for x in a if [z for z in x if z == b]]): return ([x for x in a if [z for z in x if z == b]])
    with ({(lambda: x)() for x in (y for y in a)}) as x:
        for x in ({(lambda: x)() for x in (y for y in a)}): return ({(lambda: x)() for x in (y for y in a)})
    with ((lambda: [x for x in a if x in b])()) as x:
        for x in ((lambda: [x for x in a if x in b])()): return ((lambda: [x for x in a if x in b])())
    with ([(p := x) for x in a]) as x:
        for x in ([(p := x) for x in a]): return ([(p := x) for x in a])
