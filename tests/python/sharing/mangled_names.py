# Mangled names as constants.
class Ü:
    __x: int = 1
    __é: int = 2
    def f(self, __a: int, __é: str = 1, *, __b=2, __ü=3): return '_Ü__a', '_Ü__é', '__é', ('_Ü__ü', '_Ü__b')
    def g(self, *, __b=2, __ü=3): return self.__é, '_Ü__é'
    def h(x): return x in {'_Ü__é', '__a'}
    import __é as __ö
    from é import __é
    f(__é=1)
class A:
    __x: int = 1
    def f(self, __a: int, *, __b=2): return '_A__a', '_A__x'
    def h(x): return x in {'_A__a', '__a'}
    def i(x): return x in {'_A__a', '__a'}
