# Qualified names of local classes, and strings that spell them.
def f():
    class C:
        class D: pass
        def g(self): return 'f.<locals>.C'
    return 'f.<locals>.C.D', C
def f():
    class C: pass
