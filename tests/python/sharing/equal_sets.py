# Equal sets in several functions.
def f(x):
    return x in {1000, 'a b'}
def g(x):
    return x in {1000, 'a b'}
def h(x): return x in {'a b', 1000}
