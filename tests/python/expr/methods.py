"""Method calls and attributes, on one line and over several; super()."""
import os
import os.path as path
from sys import argv as args, stdin


def methods(o, a, b):
    o.m()
    o.m(a)
    o.m(a, b, k=a)
    o.m(*a)
    o.m(k=a, **b)
    o.m().n().p(a).q(k=b)
    o.a.b.c.m(a)
    o[a].m(b)
    o().m(a)
    (o.m)(a)
    (o.m)
    'x'.join(a)
    [].append(a)
    (1).bit_length()
    1.5.hex()
    {}.get(a)
    f'{a}'.strip()
    (lambda: o).m()
    (a + b).m(a)
    os.getcwd()
    os.path.join(a, b)
    path.join(a)
    args.append(a)
    stdin.read(k=1)
    methods.attr()
    o.m
    o.m.n
    return o.m(a).n


def attributes(o):
    o.a = 1
    o.a.b = o.c
    o.a, o.b = o.c
    o.a = o.b = 2
    o.a += 1
    del o.a
    del o.a.b, o.c
    for o.x in o.y:
        pass
    with o.a as o.b:
        pass
    o.a: int = 1
    o.a.b: int
    [o.a, *o.b] = o
    return o.a


def multi_line(o, a):
    o.first(
        a
    ).second(
        a).third(a,
                 k=a
                 )
    (o
     .first
     .second(a)
     .third
     )
    (o
     .first(a)
     .second(k=a)
     .third(*a)
     ).x = (
        o
        .y
    )
    (o
     .x).y += 1
    (o.
     x).y(a
          )
    del (o
         .x)
    x = (o .
         x . y
         )
    return (o
            .a
            .b(
                a)
            )


def names(o):
    o.é = o.ñ(1)
    (o
     .日本語(1))
    (o
     .ﬁ)
    (o
     .ﬃ())
    o._x = o.__x = o.__x__
    return o.print(print)


class Base:
    def __init__(self, a):
        self.a = a
        self.__b = a
        self.c, self.d = a
        self.e: int = a
        self.f += a
        self.g.h = a
        for self.i in a:
            pass
        with a as self.j:
            pass
        a.k = 1
        (self.l) = 1
        [self.m for self.m in a]
        def inner(self):
            self.n = 1
        del self.o

    @classmethod
    def make(cls):
        cls.x = 1
        return cls(1)

    @staticmethod
    def static(self):
        self.static_x = 1

    self = 1
    self.y = 2


class Derived(Base):
    def __init__(self, a):
        super().__init__(a)
        super().x
        super().x.y(a)
        super().__init__(a, k=1)
        super().__init__(*a)
        super().__init__(**a)
        super().__class__
        super(Derived, self).m(a)
        super(Derived, self).x
        super(Derived, self).m(k=a)
        super(*a).m()
        super(self).m()
        super(Derived, self, a).m()
        super(k=1).m()
        super().x = 1
        super().x += 1
        del super().x
        super()[a]
        super()
        super
        super().__m()
        (super()
         .m)
        (super()
         .m(a))
        (super(Derived,
               self)
         .m(
             a
         ))
        lambda: super().m()
        lambda x: super().m()
        [super().m(x) for x in a]
        [super(Derived, self).m(x) for x in a]
        (super().m(x) for x in a)
        def inner():
            return super().m()
        def inner2(this):
            return super().m(this), super().x
        return __class__

    def no_args():
        return super().m

    def star(*args):
        return super().m

    def posonly(self, /):
        return super().m()

    def kwonly(*, self):
        return super().m()

    def cell(self):
        lambda: self
        return super().m()

    async def coroutine(self):
        await super().m()
        return [await super().m() for x in self]

    def shadowed(self, super):
        return super().m()

    def assigned(self):
        super = self
        return super().m()

    x = super().y
    @property
    def p(self):
        return super(__class__, self).p


def not_a_class(self):
    return super().m()


class Outer:
    def f(self):
        class Inner(super().x):
            def g(self):
                return super().g()
        return Inner
