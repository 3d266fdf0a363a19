"""Classes: `__class__`, private names, hidden cells."""


class Base(meta.base, metaclass=Meta, **extra):
    """Docstring."""

    attr = __private = 1

    def method(self, __arg):
        self.__attr = __arg, __private, self.__dunder__, _Base__private
        return super().method(__class__)

    def plain(self):
        return super

    @decorator(attr)
    def decorated(self, default=attr):
        def nested():
            return __class__

        class __Local:
            __x = __x

            def __f(self):
                import __pkg.mod
                import __other as __alias
                from . import __name

                return __x, __pkg

    [super() for i in j]
    [lambda: super() for i in j]
    (super() for i in j)
    lambda self: __class__


class __Under__:
    __x = __y

    class ___:
        __z = __y

    global __g
    __g = 1


def function():
    x = 1
    y = 2

    class C:
        x = x
        z = y
        [x for _ in y]

        def f(self):
            return x, y, z

    class D:
        nonlocal x
        x = 2
        [x for _ in y]

    class E:
        global x
        x = 3

        def f(self):
            return x

    class F:
        def f(self):
            return __class__, __classdict__, __conditional_annotations__

        __class__ = 1
        [(__class__, __classdict__, lambda: __classdict__) for a in b]
