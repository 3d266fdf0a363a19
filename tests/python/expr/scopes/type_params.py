a = b = c = print
def f[T: (a and b or not c), *U = (a and b or not c)](x: T = a) -> U: pass
class C[T = (a and b or not c)]: pass
def f[T: (a if b else c), *U = (a if b else c)](x: T = a) -> U: pass
class C[T = (a if b else c)]: pass
def f[T: (a < b <= c != a), *U = (a < b <= c != a)](x: T = a) -> U: pass
class C[T = (a < b <= c != a)]: pass
def f[T: (a is not b, a in b, a not in c), *U = (a is not b, a in b, a not in c)](x: T = a) -> U: pass
class C[T = (a is not b, a in b, a not in c)]: pass
def f[T: (-a + +b * ~c), *U = (-a + +b * ~c)](x: T = a) -> U: pass
class C[T = (-a + +b * ~c)]: pass
def f[T: (a @ b // c % a ** b << c >> a | b ^ c & a), *U = (a @ b // c % a ** b << c >> a | b ^ c & a)](x: T = a) -> U: pass
class C[T = (a @ b // c % a ** b << c >> a | b ^ c & a)]: pass
def f[T: (lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)), *U = (lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a))](x: T = a) -> U: pass
class C[T = (lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a))]: pass
def f[T: ({a: b, **c}), *U = ({a: b, **c})](x: T = a) -> U: pass
class C[T = ({a: b, **c})]: pass
def f[T: ({a, *b}), *U = ({a, *b})](x: T = a) -> U: pass
class C[T = ({a, *b})]: pass
def f[T: ([a, *b]), *U = ([a, *b])](x: T = a) -> U: pass
class C[T = ([a, *b])]: pass
def f[T: ((a, *b)), *U = ((a, *b))](x: T = a) -> U: pass
class C[T = ((a, *b))]: pass
def f[T: ([x for x in a if b]), *U = ([x for x in a if b])](x: T = a) -> U: pass
class C[T = ([x for x in a if b])]: pass
def f[T: ({x for x in a for y in b}), *U = ({x for x in a for y in b})](x: T = a) -> U: pass
class C[T = ({x for x in a for y in b})]: pass
def f[T: ({x: y for x, y in a}), *U = ({x: y for x, y in a})](x: T = a) -> U: pass
class C[T = ({x: y for x, y in a})]: pass
def f[T: (list(x for x in a if x if b)), *U = (list(x for x in a if x if b))](x: T = a) -> U: pass
class C[T = (list(x for x in a if x if b))]: pass
def f[T: (tuple(x for x in a)), *U = (tuple(x for x in a))](x: T = a) -> U: pass
class C[T = (tuple(x for x in a))]: pass
def f[T: (all(x for x in a)), *U = (all(x for x in a))](x: T = a) -> U: pass
class C[T = (all(x for x in a))]: pass
def f[T: (f'{a!r:>{b}}{c=}'), *U = (f'{a!r:>{b}}{c=}')](x: T = a) -> U: pass
class C[T = (f'{a!r:>{b}}{c=}')]: pass
def f[T: (t'{a!r:>{b}}{c=}'), *U = (t'{a!r:>{b}}{c=}')](x: T = a) -> U: pass
class C[T = (t'{a!r:>{b}}{c=}')]: pass
def f[T: ('%s: %r' % (a, b)), *U = ('%s: %r' % (a, b))](x: T = a) -> U: pass
class C[T = ('%s: %r' % (a, b))]: pass
def f[T: (a(b, *c, k=a, **b)), *U = (a(b, *c, k=a, **b))](x: T = a) -> U: pass
class C[T = (a(b, *c, k=a, **b))]: pass
def f[T: (a(b, k=c)), *U = (a(b, k=c))](x: T = a) -> U: pass
class C[T = (a(b, k=c))]: pass
def f[T: (a.b.c(a).d), *U = (a.b.c(a).d)](x: T = a) -> U: pass
class C[T = (a.b.c(a).d)]: pass
def f[T: (a.__private), *U = (a.__private)](x: T = a) -> U: pass
class C[T = (a.__private)]: pass
def f[T: (__private_name), *U = (__private_name)](x: T = a) -> U: pass
class C[T = (__private_name)]: pass
def f[T: (a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]), *U = (a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2])](x: T = a) -> U: pass
class C[T = (a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2])]: pass
def f[T: (1, 1.5, 2j, 'x', b'x', None, ..., True), *U = (1, 1.5, 2j, 'x', b'x', None, ..., True)](x: T = a) -> U: pass
class C[T = (1, 1.5, 2j, 'x', b'x', None, ..., True)]: pass
def f[T: (__debug__), *U = (__debug__)](x: T = a) -> U: pass
class C[T = (__debug__)]: pass
def f[T: (print(a)), *U = (print(a))](x: T = a) -> U: pass
class C[T = (print(a))]: pass
def f[T: (super), *U = (super)](x: T = a) -> U: pass
class C[T = (super)]: pass
def f[T: ([[y for y in x] for x in a]), *U = ([[y for y in x] for x in a])](x: T = a) -> U: pass
class C[T = ([[y for y in x] for x in a])]: pass
def f[T: ([lambda: (x, a) for x in b]), *U = ([lambda: (x, a) for x in b])](x: T = a) -> U: pass
class C[T = ([lambda: (x, a) for x in b])]: pass
def f[T: ([x for x in a if [z for z in x if z == b]]), *U = ([x for x in a if [z for z in x if z == b]])](x: T = a) -> U: pass
class C[T = ([x for x in a if [z for z in x if z == b]])]: pass
def f[T: ({(lambda: x)() for x in (y for y in a)}), *U = ({(lambda: x)() for x in (y for y in a)})](x: T = a) -> U: pass
class C[T = ({(lambda: x)() for x in (y for y in a)})]: pass
def f[T: ((lambda: [x for x in a if x in b])()), *U = ((lambda: [x for x in a if x in b])())](x: T = a) -> U: pass
class C[T = ((lambda: [x for x in a if x in b])())]: pass
