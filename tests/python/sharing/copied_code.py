# Code objects of a finally block, which is compiled twice.
def f():
    try:
        g()
    finally:
        x = lambda: 'hello world'
        y = [i for i in x if i in {1000, 'a b'}]
        class C:
            def m(self): return 'a b', 1000
