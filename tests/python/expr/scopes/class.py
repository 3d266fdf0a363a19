a = b = c = print
class C:
    b = a
    x = a and b or not c
    a and b or not c
    x = a if b else c
    a if b else c
    x = a < b <= c != a
    a < b <= c != a
    x = a is not b, a in b, a not in c
    a is not b, a in b, a not in c
    x = -a + +b * ~c
    -a + +b * ~c
    x = a @ b // c % a ** b << c >> a | b ^ c & a
    a @ b // c % a ** b << c >> a | b ^ c & a
    x = lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)
    lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)
    x = {a: b, **c}
    {a: b, **c}
    x = {a, *b}
    {a, *b}
    x = [a, *b]
    [a, *b]
    x = (a, *b)
    (a, *b)
    x = [x for x in a if b]
    [x for x in a if b]
    x = {x for x in a for y in b}
    {x for x in a for y in b}
    x = {x: y for x, y in a}
    {x: y for x, y in a}
    x = list(x for x in a if x if b)
    list(x for x in a if x if b)
    x = tuple(x for x in a)
    tuple(x for x in a)
    x = all(x for x in a)
    all(x for x in a)
    x = f'{a!r:>{b}}{c=}'
    f'{a!r:>{b}}{c=}'
    x = t'{a!r:>{b}}{c=}'
    t'{a!r:>{b}}{c=}'
    x = '%s: %r' % (a, b)
    '%s: %r' % (a, b)
    x = a(b, *c, k=a, **b)
    a(b, *c, k=a, **b)
    x = a(b, k=c)
    a(b, k=c)
    x = a.b.c(a).d
    a.b.c(a).d
    x = a.__private
    a.__private
    x = __private_name
    __private_name
    x = a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]
    a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]
    x = 1, 1.5, 2j, 'x', b'x', None, ..., True
    1, 1.5, 2j, 'x', b'x', None, ..., True
    x = __debug__
    __debug__
    x = print(a)
    print(a)
    x = super
    super
    x = [[y for y in x] for x in a]
    [[y for y in x] for x in a]
    x = [lambda: (x, a) for x in b]
    [lambda: (x, a) for x in b]
    x = [x for x in a if [z for z in x if z == b]]
    [x for x in a if [z for z in x if z == b]]
    x = {(lambda: x)() for x in (y for y in a)}
    {(lambda: x)() for x in (y for y in a)}
    x = (lambda: [x for x in a if x in b])()
    (lambda: [x for x in a if x in b])()
