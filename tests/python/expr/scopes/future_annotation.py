from __future__ import annotations
def f(x: (a and b or not c), *y: [a and b or not c]) -> a: pass
x: [a and b or not c]
def f(x: (a if b else c), *y: [a if b else c]) -> a: pass
x: [a if b else c]
def f(x: (a < b <= c != a), *y: [a < b <= c != a]) -> a: pass
x: [a < b <= c != a]
def f(x: (a is not b, a in b, a not in c), *y: [a is not b, a in b, a not in c]) -> a: pass
x: [a is not b, a in b, a not in c]
def f(x: (-a + +b * ~c), *y: [-a + +b * ~c]) -> a: pass
x: [-a + +b * ~c]
def f(x: (a @ b // c % a ** b << c >> a | b ^ c & a), *y: [a @ b // c % a ** b << c >> a | b ^ c & a]) -> a: pass
x: [a @ b // c % a ** b << c >> a | b ^ c & a]
def f(x: (lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)), *y: [lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)]) -> a: pass
x: [lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)]
def f(x: ({a: b, **c}), *y: [{a: b, **c}]) -> a: pass
x: [{a: b, **c}]
def f(x: ({a, *b}), *y: [{a, *b}]) -> a: pass
x: [{a, *b}]
def f(x: ([a, *b]), *y: [[a, *b]]) -> a: pass
x: [[a, *b]]
def f(x: ((a, *b)), *y: [(a, *b)]) -> a: pass
x: [(a, *b)]
def f(x: ([x for x in a if b]), *y: [[x for x in a if b]]) -> a: pass
x: [[x for x in a if b]]
def f(x: ({x for x in a for y in b}), *y: [{x for x in a for y in b}]) -> a: pass
x: [{x for x in a for y in b}]
def f(x: ({x: y for x, y in a}), *y: [{x: y for x, y in a}]) -> a: pass
x: [{x: y for x, y in a}]
def f(x: (list(x for x in a if x if b)), *y: [list(x for x in a if x if b)]) -> a: pass
x: [list(x for x in a if x if b)]
def f(x: (tuple(x for x in a)), *y: [tuple(x for x in a)]) -> a: pass
x: [tuple(x for x in a)]
def f(x: (all(x for x in a)), *y: [all(x for x in a)]) -> a: pass
x: [all(x for x in a)]
def f(x: (f'{a!r:>{b}}{c=}'), *y: [f'{a!r:>{b}}{c=}']) -> a: pass
x: [f'{a!r:>{b}}{c=}']
def f(x: (t'{a!r:>{b}}{c=}'), *y: [t'{a!r:>{b}}{c=}']) -> a: pass
x: [t'{a!r:>{b}}{c=}']
def f(x: ('%s: %r' % (a, b)), *y: ['%s: %r' % (a, b)]) -> a: pass
x: ['%s: %r' % (a, b)]
def f(x: (a(b, *c, k=a, **b)), *y: [a(b, *c, k=a, **b)]) -> a: pass
x: [a(b, *c, k=a, **b)]
def f(x: (a(b, k=c)), *y: [a(b, k=c)]) -> a: pass
x: [a(b, k=c)]
def f(x: (a.b.c(a).d), *y: [a.b.c(a).d]) -> a: pass
x: [a.b.c(a).d]
def f(x: (a.__private), *y: [a.__private]) -> a: pass
x: [a.__private]
def f(x: (__private_name), *y: [__private_name]) -> a: pass
x: [__private_name]
def f(x: (a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]), *y: [a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]]) -> a: pass
x: [a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]]
def f(x: (1, 1.5, 2j, 'x', b'x', None, ..., True), *y: [1, 1.5, 2j, 'x', b'x', None, ..., True]) -> a: pass
x: [1, 1.5, 2j, 'x', b'x', None, ..., True]
def f(x: (__debug__), *y: [__debug__]) -> a: pass
x: [__debug__]
def f(x: (print(a)), *y: [print(a)]) -> a: pass
x: [print(a)]
def f(x: (super), *y: [super]) -> a: pass
x: [super]
def f(x: ([[y for y in x] for x in a]), *y: [[[y for y in x] for x in a]]) -> a: pass
x: [[[y for y in x] for x in a]]
def f(x: ([lambda: (x, a) for x in b]), *y: [[lambda: (x, a) for x in b]]) -> a: pass
x: [[lambda: (x, a) for x in b]]
def f(x: ([x for x in a if [z for z in x if z == b]]), *y: [[x for x in a if [z for z in x if z == b]]]) -> a: pass
x: [[x for x in a if [z for z in x if z == b]]]
def f(x: ({(lambda: x)() for x in (y for y in a)}), *y: [{(lambda: x)() for x in (y for y in a)}]) -> a: pass
x: [{(lambda: x)() for x in (y for y in a)}]
def f(x: ((lambda: [x for x in a if x in b])()), *y: [(lambda: [x for x in a if x in b])()]) -> a: pass
x: [(lambda: [x for x in a if x in b])()]
