# Names of the scopes of type parameters.
def f[T](x: T) -> T: return x
class C[T: int, *Ts, **P]:
    def g[U](self): return 'C.g', '<generic parameters of g>'
    class D[V]: pass
type A[T] = list[T]
type B = int
def h():
    def i[T](): pass
    type X[Z] = Z
    class E[Q]: pass
