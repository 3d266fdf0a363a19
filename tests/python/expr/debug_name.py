"""__debug__ is a constant."""

def f(a):
    x = __debug__
    __debug__
    if __debug__:
        x = 1
    if not __debug__:
        x = 2
    if __debug__ and a:
        x = 3
    if not __debug__ or a:
        x = 4
    while __debug__:
        break
    while not __debug__:
        x = 5
    assert __debug__, __debug__
    x = a if __debug__ else 1
    x = __debug__ + 1
    x = [__debug__, 1], (__debug__, 1), {__debug__, 1}
    x = -__debug__
    x = __debug__.real
    x = __debug__()
    x = f'{__debug__}'
    x = a[__debug__], a[__debug__:], a[1:__debug__]
    x = lambda: __debug__
    x = [__debug__ for __debug in a if __debug__]
    for x in __debug__:
        pass
    print(__debug__, k=__debug__)
    yield __debug__
    return __debug__


if __debug__:
    x = 1
else:
    x = 2
x = __debug__
__debug__
class C:
    __debug__
    x = __debug__
def g():
    return __debug__
def h():
    __debug__
async def i():
    await __debug__
@__debug__
def j(a=__debug__) -> __debug__: pass
