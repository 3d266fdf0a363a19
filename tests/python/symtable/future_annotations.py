"""Annotations that stay text (PEP 563)."""
from __future__ import annotations
x: int
y: List[int] = []
(z): skipped = 1
(w): skipped_too
o.attr: attribute = 2
o[i]: lambda: x = 3
c: [j for j in k]

if x:
    conditional: str


def function(a: A, b: "B" = default, /, c: C = 1, *args: D, e: E, f: F = 2, **kwargs: G) -> H:
    local: unevaluated = a
    other: [local for local in never]
    third: lambda p: (p, a)
    (fourth): unevaluated = 5
    g.x: unevaluated

    def inner(x: local) -> other: ...

    class Inner:
        member: local
        local: other

        def method(self: Inner, other: local) -> member: ...


class Class:
    attr: int
    text: attr = attr

    def method(self, a: attr, b: __class__ = 1) -> super: ...

    lambda: attr
    c: [attr for attr in attr]
    d: lambda: (attr, __class__)


class Conditional:
    first: int
    for i in j:
        second: int
        [__conditional_annotations__ for i in j]
        [lambda: __conditional_annotations__ for i in j]
    with i:
        third: [__class__ for _ in i]
    match i:
        case _:
            fourth: __conditional_annotations__


class Globals:
    global shared
    shared = 1
    member: shared

    def method(self, a: shared, b: member): ...


class Generic[T: x](y):
    a: T

    def method[U](self, a: T, b: U) -> T:
        c: U = 1
        return b
