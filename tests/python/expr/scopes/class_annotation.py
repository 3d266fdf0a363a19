def f(a, b):
 class C:
  c = a
  x: [a and b or not c]
  def f(self, x: [a and b or not c]) -> a: pass
  x: [a if b else c]
  def f(self, x: [a if b else c]) -> a: pass
  x: [a < b <= c != a]
  def f(self, x: [a < b <= c != a]) -> a: pass
  x: [a is not b, a in b, a not in c]
  def f(self, x: [a is not b, a in b, a not in c]) -> a: pass
  x: [-a + +b * ~c]
  def f(self, x: [-a + +b * ~c]) -> a: pass
  x: [a @ b // c % a ** b << c >> a | b ^ c & a]
  def f(self, x: [a @ b // c % a ** b << c >> a | b ^ c & a]) -> a: pass
  x: [lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)]
  def f(self, x: [lambda x, /, y=a, *z, w=b, **v: (x, y, z, w, v, a)]) -> a: pass
  x: [{a: b, **c}]
  def f(self, x: [{a: b, **c}]) -> a: pass
  x: [{a, *b}]
  def f(self, x: [{a, *b}]) -> a: pass
  x: [[a, *b]]
  def f(self, x: [[a, *b]]) -> a: pass
  x: [(a, *b)]
  def f(self, x: [(a, *b)]) -> a: pass
  x: [[x for x in a if b]]
  def f(self, x: [[x for x in a if b]]) -> a: pass
  x: [{x for x in a for y in b}]
  def f(self, x: [{x for x in a for y in b}]) -> a: pass
  x: [{x: y for x, y in a}]
  def f(self, x: [{x: y for x, y in a}]) -> a: pass
  x: [list(x for x in a if x if b)]
  def f(self, x: [list(x for x in a if x if b)]) -> a: pass
  x: [tuple(x for x in a)]
  def f(self, x: [tuple(x for x in a)]) -> a: pass
  x: [all(x for x in a)]
  def f(self, x: [all(x for x in a)]) -> a: pass
  x: [f'{a!r:>{b}}{c=}']
  def f(self, x: [f'{a!r:>{b}}{c=}']) -> a: pass
  x: [t'{a!r:>{b}}{c=}']
  def f(self, x: [t'{a!r:>{b}}{c=}']) -> a: pass
  x: ['%s: %r' % (a, b)]
  def f(self, x: ['%s: %r' % (a, b)]) -> a: pass
  x: [a(b, *c, k=a, **b)]
  def f(self, x: [a(b, *c, k=a, **b)]) -> a: pass
  x: [a(b, k=c)]
  def f(self, x: [a(b, k=c)]) -> a: pass
  x: [a.b.c(a).d]
  def f(self, x: [a.b.c(a).d]) -> a: pass
  x: [a.__private]
  def f(self, x: [a.__private]) -> a: pass
  x: [__private_name]
  def f(self, x: [__private_name]) -> a: pass
  x: [a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]]
  def f(self, x: [a[b], a[b:c], a[1:2], a[::], a[b, 1:c:2]]) -> a: pass
  x: [1, 1.5, 2j, 'x', b'x', None, ..., True]
  def f(self, x: [1, 1.5, 2j, 'x', b'x', None, ..., True]) -> a: pass
  x: [__debug__]
  def f(self, x: [__debug__]) -> a: pass
  x: [print(a)]
  def f(self, x: [print(a)]) -> a: pass
  x: [super]
  def f(self, x: [super]) -> a: pass
  x: [[[y for y in x] for x in a]]
  def f(self, x: [[[y for y in x] for x in a]]) -> a: pass
  x: [[lambda: (x, a) for x in b]]
  def f(self, x: [[lambda: (x, a) for x in b]]) -> a: pass
  x: [[x for x in a if [z for z in x if z == b]]]
  def f(self, x: [[x for x in a if [z for z in x if z == b]]]) -> a: pass
  x: [{(lambda: x)() for x in (y for y in a)}]
  def f(self, x: [{(lambda: x)() for x in (y for y in a)}]) -> a: pass
  x: [(lambda: [x for x in a if x in b])()]
  def f(self, x: [(lambda: [x for x in a if x in b])()]) -> a: pass
