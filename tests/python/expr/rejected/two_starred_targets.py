def f(x):
    a, *b, [c, *d, *e] = x
