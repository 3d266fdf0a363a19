"""return, raise, expression statements, global and nonlocal."""
"docstring"
'not a docstring'
1
...
None
__debug__
f'{a}'
f''
(a)
a; b; c;
-1
[a, b]
raise
raise a
raise a from b
raise a(
    b
) from (
    c
)


def returns(a, b):
    if a: return
    if a: return a
    if a: return 1
    if a: return -1
    if a: return 1, 2
    if a: return (
        None)
    if a: return (
        a)
    if a: return __debug__
    if a: return 'x' 'y'
    if a: return (
        'x'
        'y')
    if a: return a, *b
    if a: return lambda: a
    if a: return a if b else 1
    if a: return not a
    if a: return a and b
    return [
        a,
        b,
    ]


def empty(): pass
def docstring(): 'doc'
def constant(): 1
def ellipsis(): ...
def expression(): a()
def raises(): raise
def one_line(): return 1
def semicolons(): a; b; return c
def names():
    global g
    h = 1

    def inner():
        nonlocal h
        global k
        g; h; k
        return g, h, k
    return inner


def generator():
    return 1
    yield


async def async_generator():
    yield 1
    return


async def coroutine():
    return await a


class Class:
    'doc'
    'no doc'
    a
    global g
    g = 1
    raise g

    def method(self):
        return self


class Empty: pass
class Doc: 'doc'
