"""lazy imports (3.15), and where an ordinary import must not become lazy."""
from __future__ import annotations
lazy import a
lazy import a.b, c.d as e, f.g.h as i
lazy from j import k, l as m
lazy from . import n
lazy from ..o.p import (q, r as s,)
import t
import t.u as v
from w import x
from w import *
if y:
    lazy import a1
    import a2
for z in y:
    lazy from b1 import b2
    import b3
else:
    import b4
while y:
    import b5
with y as z:
    lazy import c1
    import c2
match y:
    case 1:
        lazy import d1
        import d2
try:
    import e1
    with y: import e2
except A:
    import e3
    from e4 import e5
except B as error:
    import e6
else:
    import e7
try:
    import f1
except* C:
    import f2
else:
    import f3
try:
    import g1
except D:
    pass
else:
    import g2
finally:
    import g3
try:
    for z in y:
        import h1
finally:
    from h2 import h3
try: pass
finally:
    import i1
    if i1: import i2
import j1


def function():
    import a
    from b import c
    try:
        import d
    finally:
        import e


async def coroutine():
    import a
    async with b:
        import c


class Class:
    import a
    from b import c as d

    def method(self):
        import e


lazy = 1
lazy.attribute
lazy[0]
lazy(lazy)
print(lazy)
lazy: int = 2
