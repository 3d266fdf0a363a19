"""Names: global, nonlocal, free, cell, deleted, in every scope."""
import a.b.c
import d.e as f
from g import h as i, j
from . import k
from .l import *

global m
m = n
del m, n


def function():
    global o
    nonlocal_ = o
    o = p = 1
    del o, p

    def inner():
        nonlocal nonlocal_
        nonlocal_ += 1
        del nonlocal_

        def innermost():
            return nonlocal_, o, a

        return innermost

    q = 1
    del q
    return q, inner


class Class:
    global r
    r = s = t
    del s
    s

    def f(self):
        return s, r

    try:
        u
    except v as w:
        w

    class Inner:
        nonlocal_ = s


def conditional(x):
    if x:
        y = 1
    z = y
    del x
    return x, lambda: z


def exec_like():
    locals()
    __debug__
    return __debug__, __name__, __class__, __doc__
