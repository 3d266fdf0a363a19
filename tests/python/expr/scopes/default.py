a = b = c = print
def f(x=(a and b or not c), *, y=[(a and b or not c)]): pass
def f(x=(a if b else c), *, y=[(a if b else c)]): pass
def f(x=(a < b <= c != a), *, y=[(a < b <= c != a)]): pass
def f(x=(a is not b, a in b, a not in c), *, y=[(a is not b, a in b, a not in c)]): pass
def f(x=(-a + +b * ~c), *, y=[(-a + +b * ~c)]): pass
def f(x=(a @ b // c % a ** b << c >> a | b ^ c & a), *, y=[(a @ b // c % a ** b << c >> a | b ^ c & a)]): pass
def f(x=(lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)), *, y=[(lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a))]): pass
def f(x=({a: b, **c}), *, y=[({a: b, **c})]): pass
def f(x=({a, *b}), *, y=[({a, *b})]): pass
def f(x=([a, *b]), *, y=[([a, *b])]): pass
def f(x=((a, *b)), *, y=[((a, *b))]): pass
def f(x=([x for x in a if b]), *, y=[([x for x in a if b])]): pass
def f(x=({x for x in a for y in b}), *, y=[({x for x in a for y in b})]): pass
def f(x=({x: y for x, y in a}), *, y=[({x: y for x, y in a})]): pass
def f(x=(list(x for x in a if x if b)), *, y=[(list(x for x in a if x if b))]): pass
def f(x=(tuple(x for x in a)), *, y=[(tuple(x for x in a))]): pass
def f(x=(all(x for x in a)), *, y=[(all(x for x in a))]): pass
def f(x=(f'{a!r:>{b}}{c=}'), *, y=[(f'{a!r:>{b}}{c=}')]): pass
def f(x=(t'{a!r:>{b}}{c=}'), *, y=[(t'{a!r:>{b}}{c=}')]): pass
def f(x=('%s: %r' % (a, b)), *, y=[('%s: %r' % (a, b))]): pass
def f(x=(a(b, *c, k=a, **b)), *, y=[(a(b, *c, k=a, **b))]): pass
def f(x=(a(b, k=c)), *, y=[(a(b, k=c))]): pass
def f(x=(a.b.c(a).d), *, y=[(a.b.c(a).d)]): pass
def f(x=(a.__private), *, y=[(a.__private)]): pass
def f(x=(__private_name), *, y=[(__private_name)]): pass
def f(x=(a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]), *, y=[(a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2])]): pass
def f(x=((a := b)), *, y=[((a := b))]): pass
def f(x=(1, 1.5, 2j, 'x', b'x', None, ..., True), *, y=[(1, 1.5, 2j, 'x', b'x', None, ..., True)]): pass
def f(x=(__debug__), *, y=[(__debug__)]): pass
def f(x=(print(a)), *, y=[(print(a))]): pass
def f(x=(super), *, y=[(super)]): pass
def f(x=([[y for y in x] for x in a]), *, y=[([[y for y in x] for x in a])]): pass
def f(x=([lambda: (x, a) for x in b]), *, y=[([lambda: (x, a) for x in b])]): pass
def f(x=([x for x in a if [z for z in x if z == b]]), *, y=[([x for x in a if [z for z in x if z == b]])]): pass
def f(x=({(lambda: x)() for x in (y for y in a)}), *, y=[({(lambda: x)() for x in (y for y in a)})]): pass
def f(x=((lambda: [x for x in a if x in b])()), *, y=[((lambda: [x for x in a if x in b])())]): pass
def f(x=([(p := x) for x in a]), *, y=[([(p := x) for x in a])]): pass
