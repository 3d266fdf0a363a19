# Sets of strings that the interpreter has interned at its start.
def f(x):
    return x in {'append', 'list'}
def g(y):
    return y in {'append', 'list'}
def h(y): return y in {'list', 'append'}
