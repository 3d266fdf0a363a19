def f(a, b, c):
    x = yield a and b or not c
    yield from [a and b or not c]
    x = yield a if b else c
    yield from [a if b else c]
    x = yield a < b <= c != a
    yield from [a < b <= c != a]
    x = yield a is not b, a in b, a not in c
    yield from [a is not b, a in b, a not in c]
    x = yield -a + +b * ~c
    yield from [-a + +b * ~c]
    x = yield a @ b // c % a ** b << c >> a | b ^ c & a
    yield from [a @ b // c % a ** b << c >> a | b ^ c & a]
    x = yield lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)
    yield from [lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)]
    x = yield {a: b, **c}
    yield from [{a: b, **c}]
    x = yield {a, *b}
    yield from [{a, *b}]
    x = yield [a, *b]
    yield from [[a, *b]]
    x = yield (a, *b)
    yield from [(a, *b)]
    x = yield [x for x in a if b]
    yield from [[x for x in a if b]]
    x = yield {x for x in a for y in b}
    yield from [{x for x in a for y in b}]
    x = yield {x: y for x, y in a}
    yield from [{x: y for x, y in a}]
    x = yield list(x for x in a if x if b)
    yield from [list(x for x in a if x if b)]
    x = yield tuple(x for x in a)
    yield from [tuple(x for x in a)]
    x = yield all(x for x in a)
    yield from [all(x for x in a)]
    x = yield f'{a!r:>{b}}{c=}'
    yield from [f'{a!r:>{b}}{c=}']
    x = yield t'{a!r:>{b}}{c=}'
    yield from [t'{a!r:>{b}}{c=}']
    x = yield '%s: %r' % (a, b)
    yield from ['%s: %r' % (a, b)]
    x = yield a(b, *c, k=a, **b)
    yield from [a(b, *c, k=a, **b)]
    x = yield a(b, k=c)
    yield from [a(b, k=c)]
    x = yield a.b.c(a).d
    yield from [a.b.c(a).d]
    x = yield a.__private
    yield from [a.__private]
    x = yield __private_name
    yield from [__private_name]
    x = yield a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]
    yield from [a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]]
    x = yield (a := b)
    yield from [(a := b)]
    x = yield 1, 1.5, 2j, 'x', b'x', None, ..., True
    yield from [1, 1.5, 2j, 'x', b'x', None, ..., True]
    x = yield __debug__
    yield from [__debug__]
    x = yield print(a)
    yield from [print(a)]
    x = yield super
    yield from [super]
    x = yield [[y for y in x] for x in a]
    yield from [[[y for y in x] for x in a]]
    x = yield [lambda: (x, a) for x in b]
    yield from [[lambda: (x, a) for x in b]]
    x = yield [x for x in a if [z for z in x if z == b]]
    yield from [[x for x in a if [z for z in x if z == b]]]
    x = yield {(lambda: x)() for x in (y for y in a)}
    yield from [{(lambda: x)() for x in (y for y in a)}]
    x = yield (lambda: [x for x in a if x in b])()
    yield from [(lambda: [x for x in a if x in b])()]
    x = yield [(p := x) for x in a]
    yield from [[(p := x) for x in a]]
