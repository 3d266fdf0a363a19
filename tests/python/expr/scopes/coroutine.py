async def f(a, b, c):
    x = await (a and b or not c)
    a and b or not c
    x = await (a if b else c)
    a if b else c
    x = await (a < b <= c != a)
    a < b <= c != a
    x = await (a is not b, a in b, a not in c)
    a is not b, a in b, a not in c
    x = await (-a + +b * ~c)
    -a + +b * ~c
    x = await (a @ b // c % a ** b << c >> a | b ^ c & a)
    a @ b // c % a ** b << c >> a | b ^ c & a
    x = await (lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a))
    lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)
    x = await ({a: b, **c})
    {a: b, **c}
    x = await ({a, *b})
    {a, *b}
    x = await ([a, *b])
    [a, *b]
    x = await ((a, *b))
    (a, *b)
    x = await ([x for x in a if b])
    [x for x in a if b]
    x = await ({x for x in a for y in b})
    {x for x in a for y in b}
    x = await ({x: y for x, y in a})
    {x: y for x, y in a}
    x = await (list(x for x in a if x if b))
    list(x for x in a if x if b)
    x = await (tuple(x for x in a))
    tuple(x for x in a)
    x = await (all(x for x in a))
    all(x for x in a)
    x = await (f'{a!r:>{b}}{c=}')
    f'{a!r:>{b}}{c=}'
    x = await (t'{a!r:>{b}}{c=}')
    t'{a!r:>{b}}{c=}'
    x = await ('%s: %r' % (a, b))
    '%s: %r' % (a, b)
    x = await (a(b, *c, k=a, **b))
    a(b, *c, k=a, **b)
    x = await (a(b, k=c))
    a(b, k=c)
    x = await (a.b.c(a).d)
    a.b.c(a).d
    x = await (a.__private)
    a.__private
    x = await (__private_name)
    __private_name
    x = await (a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2])
    a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]
    x = await ((a := b))
    (a := b)
    x = await (1, 1.5, 2j, 'x', b'x', None, ..., True)
    1, 1.5, 2j, 'x', b'x', None, ..., True
    x = await (__debug__)
    __debug__
    x = await (print(a))
    print(a)
    x = await (super)
    super
    x = await ([[y for y in x] for x in a])
    [[y for y in x] for x in a]
    x = await ([lambda: (x, a) for x in b])
    [lambda: (x, a) for x in b]
    x = await ([x for x in a if [z for z in x if z == b]])
    [x for x in a if [z for z in x if z == b]]
    x = await ({(lambda: x)() for x in (y for y in a)})
    {(lambda: x)() for x in (y for y in a)}
    x = await ((lambda: [x for x in a if x in b])())
    (lambda: [x for x in a if x in b])()
    x = await ([(p := x) for x in a])
    [(p := x) for x in a]
