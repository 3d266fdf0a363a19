# Sets of strings that are identifiers of the source, and of ones that are none.
def f(x):
    return x in {'x', 'f'}
def g(y):
    return y in {'x', 'f'}
def h(y): return y in {'zzzq1', 'zzzq2'}
def h2(y): return y in {'zzzq1', 'zzzq2'}
