a = b = c = print
class C((a and b or not c), k=(a and b or not c)): pass
class C((a if b else c), k=(a if b else c)): pass
class C((a < b <= c != a), k=(a < b <= c != a)): pass
class C((a is not b, a in b, a not in c), k=(a is not b, a in b, a not in c)): pass
class C((-a + +b * ~c), k=(-a + +b * ~c)): pass
class C((a @ b // c % a ** b << c >> a | b ^ c & a), k=(a @ b // c % a ** b << c >> a | b ^ c & a)): pass
class C((lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)), k=(lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a))): pass
class C(({a: b, **c}), k=({a: b, **c})): pass
class C(({a, *b}), k=({a, *b})): pass
class C(([a, *b]), k=([a, *b])): pass
class C(((a, *b)), k=((a, *b))): pass
class C(([x for x in a if b]), k=([x for x in a if b])): pass
class C(({x for x in a for y in b}), k=({x for x in a for y in b})): pass
class C(({x: y for x, y in a}), k=({x: y for x, y in a})): pass
class C((list(x for x in a if x if b)), k=(list(x for x in a if x if b))): pass
class C((tuple(x for x in a)), k=(tuple(x for x in a))): pass
class C((all(x for x in a)), k=(all(x for x in a))): pass
class C((f'{a!r:>{b}}{c=}'), k=(f'{a!r:>{b}}{c=}')): pass
class C((t'{a!r:>{b}}{c=}'), k=(t'{a!r:>{b}}{c=}')): pass
class C(('%s: %r' % (a, b)), k=('%s: %r' % (a, b))): pass
class C((a(b, *c, k=a, **b)), k=(a(b, *c, k=a, **b))): pass
class C((a(b, k=c)), k=(a(b, k=c))): pass
class C((a.b.c(a).d), k=(a.b.c(a).d)): pass
class C((a.__private), k=(a.__private)): pass
class C((__private_name), k=(__private_name)): pass
class C((a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]), k=(a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2])): pass
class C(((a := b)), k=((a := b))): pass
class C((1, 1.5, 2j, 'x', b'x', None, ..., True), k=(1, 1.5, 2j, 'x', b'x', None, ..., True)): pass
class C((__debug__), k=(__debug__)): pass
class C((print(a)), k=(print(a))): pass
class C((super), k=(super)): pass
class C(([[y for y in x] for x in a]), k=([[y for y in x] for x in a])): pass
class C(([lambda: (x, a) for x in b]), k=([lambda: (x, a) for x in b])): pass
class C(([x for x in a if [z for z in x if z == b]]), k=([x for x in a if [z for z in x if z == b]])): pass
class C(({(lambda: x)() for x in (y for y in a)}), k=({(lambda: x)() for x in (y for y in a)})): pass
class C(((lambda: [x for x in a if x in b])()), k=((lambda: [x for x in a if x in b])())): pass
class C(([(p := x) for x in a]), k=([(p := x) for x in a])): pass
