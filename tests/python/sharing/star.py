# A star that no import has made an identifier.
y = '*', ('*',)
def f(a): return a in {'*', '+'}
