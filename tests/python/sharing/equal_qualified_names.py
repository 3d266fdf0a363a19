# Classes with one qualified name, and strings that spell it.
class A:
    class B: pass
    class B: pass
class A:
    class B:
        x = 'A.B'
    def f(self): return 'A.B', 'A.f'
    def f(self): return 'A.B', 'A.f'
