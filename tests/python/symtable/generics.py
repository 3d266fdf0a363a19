"""Type parameters: scopes of their own, bounds, defaults, private names."""
from __future__ import generator_stop

type Plain = int | Later
type Alias[T, *Ts = *tuple[T], **P = [T]] = dict[T, Callable[P, Ts]] | [T for T in Ts]


def bare[T]():
    return T


def function[T: int, U: (T, str) = T](a: T, *args: U, b: T = b, **kwargs: U) -> [U for U in T]:
    x: T = a

    def inner[V](v: V) -> T:
        return T, V

    return lambda: U


async def asynchronous[T](*, a, b=1):
    await T


class Generic[T: lambda: T, __P, *Q](Base[T], __P, key=[T for _ in Q], *rest, **__kw):
    field: T
    __private: __P

    def method[S: (T, __P)](self, s: S | T | __P, default=field) -> S:
        return super().method(s, __class__)

    type Inner[W: field = W] = tuple[T, W, field, lambda: field, [field for field in W]]
    type Simple = field

    class Nested[T](Generic[T]):
        x = T
        __y: __P


class Hidden[__T: __U, __U = __T](__T, object[__U, __other]):
    __T


def nested():
    field = 1

    class C:
        field = 2

        def method[T: field](self, x: field): ...

        class D[T: field, U = lambda: field]:
            type A[V: field] = (field, V, T)
            y: field


def defaults[T](a=b, *, c=d, e): ...
