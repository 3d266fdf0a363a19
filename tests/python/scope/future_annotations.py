"""Annotations as text."""
from __future__ import annotations

a: int
b: list[str] = []
(c): d
e.f: g
e[h]: i
if a:
    j: "text"


def function(x: a.b[c:d, ...], /, *args: *Ts, y: lambda *z: (z, 1) = 1, **kw: {**k}) -> not -x ** 2:
    local: 1 + 2


class Class[T: a]:
    """Docstring."""

    __x: f"{a!r:>{b}}" f"{{}}" 'c'
    y: T

    def method(self, __p: __q) -> __class__: pass


async def g(a: (b)): pass
