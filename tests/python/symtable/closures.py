"""Free, cell and global names through functions and lambdas."""
import os, os.path as path, sys.flags
from math import *
from re import compile as rx

total = 0


def outer(a, /, b, *args, c=total, d, **kwargs):
    global total, fresh
    total += a
    fresh = 1
    local = b

    def middle(x=local):
        nonlocal local
        local = x, a

        def inner():
            return local, c, unknown, os

        return lambda y, *z, k=a: (y, z, k, kwargs)

    class Inside:
        local = local
        d = d

        def method(self):
            return d, local

    def shadow():
        global local
        local = 2

        def deeper():
            return local

    del d
    return middle


def generator():
    value = yield
    yield from value
    return value


async def coroutine():
    async with total as t, t.x as t.y, t[0]:
        async for i, *j in t:
            await i
    return [k async for k in t if await k]


try:
    (lambda: (yield))()
except (A, B) as error:
    raise error from None
except C:
    raise
else:
    assert total, "message"
finally:
    for i in range(3):
        break
    else:
        while i:
            continue
with open(path) as f, f:
    f"{total!r:>{i}} {f=}"
    t"{total!r:>{i}} {f=}"
a.b, (c[d], *e) = x[1:y, ::z] = not -w if v else {**u, s: r}
