async def f(a, b, c):
    x = yield a and b or not c
    a and b or not c
    x = yield a if b else c
    a if b else c
    x = yield a < b <= c != a
    a < b <= c != a
    x = yield a is not b, a in b, a not in c
    a is not b, a in b, a not in c
    x = yield -a + +b * ~c
    -a + +b * ~c
    x = yield a @ b // c % a ** b << c >> a | b ^ c & a
    a @ b // c % a ** b << c >> a | b ^ c & a
    x = yield lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)
    lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)
    x = yield {a: b, **c}
    {a: b, **c}
    x = yield {a, *b}
    {a, *b}
    x = yield [a, *b]
    [a, *b]
    x = yield (a, *b)
    (a, *b)
    x = yield [x for x in a if b]
    [x for x in a if b]
    x = yield {x for x in a for y in b}
    {x for x in a for y in b}
    x = yield {x: y for x, y in a}
    {x: y for x, y in a}
    x = yield list(x for x in a if x if b)
    list(x for x in a if x if b)
    x = yield tuple(x for x in a)
    tuple(x for x in a)
    x = yield all(x for x in a)
    all(x for x in a)
    x = yield f'{a!r:>{b}}{c=}'
    f'{a!r:>{b}}{c=}'
    x = yield t'{a!r:>{b}}{c=}'
    t'{a!r:>{b}}{c=}'
    x = yield '%s: %r' % (a, b)
    '%s: %r' % (a, b)
    x = yield a(b, *c, k=a, **b)
    a(b, *c, k=a, **b)
    x = yield a(b, k=c)
    a(b, k=c)
    x = yield a.b.c(a).d
    a.b.c(a).d
    x = yield a.__private
    a.__private
    x = yield __private_name
    __private_name
    x = yield a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]
    a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]
    x = yield (a := b)
    (a := b)
    x = yield 1, 1.5, 2j, 'x', b'x', None, ..., True
    1, 1.5, 2j, 'x', b'x', None, ..., True
    x = yield __debug__
    __debug__
    x = yield print(a)
    print(a)
    x = yield super
    super
    x = yield [[y for y in x] for x in a]
    [[y for y in x] for x in a]
    x = yield [lambda: (x, a) for x in b]
    [lambda: (x, a) for x in b]
    x = yield [x for x in a if [z for z in x if z == b]]
    [x for x in a if [z for z in x if z == b]]
    x = yield {(lambda: x)() for x in (y for y in a)}
    {(lambda: x)() for x in (y for y in a)}
    x = yield (lambda: [x for x in a if x in b])()
    (lambda: [x for x in a if x in b])()
    x = yield [(p := x) for x in a]
    [(p := x) for x in a]
