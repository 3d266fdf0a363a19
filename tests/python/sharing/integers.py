# Integers that the interpreter has once, and others.
x = -5, -6, 256, 257, 1024, 1025, 0, 10**30, 2**31, 2**31-1, -2**31, -2**31-1, 2**63
def f(): return -5, -6, 256, 257, 1024, 1025, 10**30, 2**63
def g(a): return a in {256,257,1024,1025}, a in (10**30, 257)
