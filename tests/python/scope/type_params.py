"""Type parameters and aliases."""


def f[T](x: T) -> T: return x


def g[T: int, *Ts, **P](a: T = 1, *args: *Ts, k: P = 2, **kw: P.kwargs) -> T:
    """Docstring."""
    return T, Ts, P


def h[T: (int, str) = bool, *Ts = *tuple[int], **P = [int, str]](only=1): pass


def i[T](*, k=1): pass


@decorator
async def j[T](x=T): return lambda: T


type A = int
type B[T] = list[T]
type C[T: A, *Ts = *B, **P = [T]] = tuple[T, *Ts, lambda: P]


def outer(x):
    type Local[T: x] = [T, x]

    def inner[U: Local = x](a: U): return a, x, U

    class K[V: x]:
        type W[X] = [v for v in V]

        def m[Y: X](self, p: V, q: x = V) -> Y:
            return __class__, Y, V

    return inner, K


class L[T]:
    a = T
    b: T
    c = [T for _ in ()]
    type M = T
    type N[T] = [T, (lambda: T), {T: T for T in T}]

    def o[T](self, p: T = T): return T
