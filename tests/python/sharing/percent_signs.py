# A percent sign from a format, and a string of one.
def f(a):
    return '%%%s' % (a,)
x = '%'
def g(a): return a in {'%', 'a'}
