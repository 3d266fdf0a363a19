"""Classes: cells, static attributes, annotations that may not run, type parameters."""


class Empty: pass


class Documented(Base, metaclass=Meta, **options):
    """    Margin
      here.
    """


class Cells:
    def f(self):
        return __class__

    def g(self):
        return super().g()

    x: int


class Static:
    def __init__(self):
        self.zebra = 1
        self.apple: int = 2
        self.__private = 3
        self.apple += 1
        (self.a, *self.b), self.c.d = 1, 2
        for self.loop in ():
            pass
        with x as self.entered:
            pass
        del self.deleted
        other.attribute = 1

        def nested():
            self.nested = 1

        class Inner:
            self.inner_body = 1

            def m(self):
                self.inner = 1

        [0 for self.comprehension in ()]
        lambda: [0 for self.in_lambda in ()]

    self.body = 1


class Annotated:
    a: int
    b: str = "x"
    __c: float
    (d): int
    e.f: g = 1
    e.h: i
    e[j]: k
    e[l:m, n:]: o
    if a:
        p: q
        for r in s:
            t: u = v
    else:
        try:
            w: [x for x in a]
        finally:
            y: lambda: a


def closure(free, other):
    class Free:
        a: free
        if other:
            b: other
        c = free
        free = c

        def method(self, p: free = other):
            return free, p

        class Inner[T: free](other):
            d: T
            e: free

    return Free


class Generic[T, *Ts, **P](Base[T], metaclass=Meta):
    """Docstring."""

    x: T

    def method[U: T](self, arg: U = T) -> Generic[T]:
        self.y = arg
        return super().method

    type Alias[V] = tuple[T, V]


@decorator
@other
class Decorated[T = int]:
    __slots__ = ()


class _Mangled__:
    def __f(self, __a, *, __k=1):
        global __g
        import __m.__n
        __x = self.__y = __a.__b__.__c
        return {__x: __k}, lambda __p: __p

    class __Inner[__T: __x]:
        __y: __T

    type __A[__U] = __U


class __:
    __not_mangled = 1
