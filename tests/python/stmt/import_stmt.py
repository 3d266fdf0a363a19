"""Imports of every shape, in every scope."""
from __future__ import division, annotations as notes
import a
import a.b.c
import a as b, c.d as e, f.g.h.i as j, k.l
from a import b
from a.b import c as d, e, f as g
from a import (
    b,
    c as d,
)
from . import a
from .. import a as b
from .a import b
from ...a.b import c
from .... import d
from a import *
from . import *
import __a, __a.__b, __a.__b as c


def function():
    import a, b.c, d.e as f
    from a import b, c as g
    from . import d
    return lambda: (a, b, f, g)


def scopes():
    global x
    y = 1
    import x, x.y
    from x import x as x

    def inner():
        nonlocal y
        import y.z as y
        from y import y
    return inner


class Class:
    import a, a.b as c
    from a import b
    import __private, __private.__name as __other
    from __private import __name, b as __c
    from .__pack import __d__


async def coroutine():
    import a.b.c.d as e
    from a import b
    return e
