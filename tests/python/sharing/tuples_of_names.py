# Tuples of strings that are equal to co_names and co_varnames.
def f(a, b): return a, b
x = ('a', 'b')
y = ('f', 'x', 'y')
from m import (a, b)
f(1, a=2, b=3)
def g(a, b): return ('a', 'b')
