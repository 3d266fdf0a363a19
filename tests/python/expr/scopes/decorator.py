a = b = c = print
@a((a and b or not c))
@b([(a and b or not c)])
def f(): pass
@a((a if b else c))
@b([(a if b else c)])
def f(): pass
@a((a < b <= c != a))
@b([(a < b <= c != a)])
def f(): pass
@a((a is not b, a in b, a not in c))
@b([(a is not b, a in b, a not in c)])
def f(): pass
@a((-a + +b * ~c))
@b([(-a + +b * ~c)])
def f(): pass
@a((a @ b // c % a ** b << c >> a | b ^ c & a))
@b([(a @ b // c % a ** b << c >> a | b ^ c & a)])
def f(): pass
@a((lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)))
@b([(lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a))])
def f(): pass
@a(({a: b, **c}))
@b([({a: b, **c})])
def f(): pass
@a(({a, *b}))
@b([({a, *b})])
def f(): pass
@a(([a, *b]))
@b([([a, *b])])
def f(): pass
@a(((a, *b)))
@b([((a, *b))])
def f(): pass
@a(([x for x in a if b]))
@b([([x for x in a if b])])
def f(): pass
@a(({x for x in a for y in b}))
@b([({x for x in a for y in b})])
def f(): pass
@a(({x: y for x, y in a}))
@b([({x: y for x, y in a})])
def f(): pass
@a((list(x for x in a if x if b)))
@b([(list(x for x in a if x if b))])
def f(): pass
@a((tuple(x for x in a)))
@b([(tuple(x for x in a))])
def f(): pass
@a((all(x for x in a)))
@b([(all(x for x in a))])
def f(): pass
@a((f'{a!r:>{b}}{c=}'))
@b([(f'{a!r:>{b}}{c=}')])
def f(): pass
@a((t'{a!r:>{b}}{c=}'))
@b([(t'{a!r:>{b}}{c=}')])
def f(): pass
@a(('%s: %r' % (a, b)))
@b([('%s: %r' % (a, b))])
def f(): pass
@a((a(b, *c, k=a, **b)))
@b([(a(b, *c, k=a, **b))])
def f(): pass
@a((a(b, k=c)))
@b([(a(b, k=c))])
def f(): pass
@a((a.b.c(a).d))
@b([(a.b.c(a).d)])
def f(): pass
@a((a.__private))
@b([(a.__private)])
def f(): pass
@a((__private_name))
@b([(__private_name)])
def f(): pass
@a((a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]))
@b([(a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2])])
def f(): pass
@a(((a := b)))
@b([((a := b))])
def f(): pass
@a((1, 1.5, 2j, 'x', b'x', None, ..., True))
@b([(1, 1.5, 2j, 'x', b'x', None, ..., True)])
def f(): pass
@a((__debug__))
@b([(__debug__)])
def f(): pass
@a((print(a)))
@b([(print(a))])
def f(): pass
@a((super))
@b([(super)])
def f(): pass
@a(([[y for y in x] for x in a]))
@b([([[y for y in x] for x in a])])
def f(): pass
@a(([lambda: (x, a) for x in b]))
@b([([lambda: (x, a) for x in b])])
def f(): pass
@a(([x for x in a if [z for z in x if z == b]]))
@b([([x for x in a if [z for z in x if z == b]])])
def f(): pass
@a(({(lambda: x)() for x in (y for y in a)}))
@b([({(lambda: x)() for x in (y for y in a)})])
def f(): pass
@a(((lambda: [x for x in a if x in b])()))
@b([((lambda: [x for x in a if x in b])())])
def f(): pass
@a(([(p := x) for x in a]))
@b([([(p := x) for x in a])])
def f(): pass
