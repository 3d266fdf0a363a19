"""The order of a function's annotations, and the names of the functions that evaluate them."""


def function(a: 1, b: 2, /, c: 3, d: 4 = 5, *e: 6, f: 7, g: 8 = 9, **h: 10) -> 11:
    def inner(x: a, /, y: b): pass

    class Inner:
        z: int

        def method(self, x: a, /, y: b) -> c: pass

        def __private(self, x: a): pass

        async def asynchronous(self, *x: a): pass

        def generic[T](self, x: T, /, y: T): pass
    global outside

    def outside(x: a): pass

    def outside[T](x: T): pass


def generic[T](x: T, /, y: T) -> T: pass


class Class[T]:
    x: T

    def method[U](self, x: T, /, y: U): pass

    def __private(self, x: T): pass


lambda: (yield)
lambda x: [(yield x)]
