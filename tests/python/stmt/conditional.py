"""if, while, assert and pass: conditions of every shape."""
if a:
    pass
if a: b
elif c: d
elif e:
    f
else: g
if not a and (b or not c) or d if e else f:
    x = 1
else:
    if a < b < c:
        x = 2
if 1:
    x = 3
if __debug__:
    x = 4
else:
    x = 5
if "": x = 6
while True:
    if a:
        break
    if b:
        continue
    c
else:
    d
while not a < b < c or d:
    e
else:
    f
while 0:
    never
while (a :=
       b):
    pass
assert a
assert a, b
assert (a
        and b), (
    c)
assert not a
assert True
assert __debug__, 'text'
assert (a, b)


def function(a, b, c):
    while a:
        while b:
            if c:
                break
            elif a:
                continue
            else:
                return
        else:
            continue
        break
    else:
        return a if b else c
    if a:
        if b:
            if c:
                return 1
            return 2
    elif b:
        return 3
    else:
        pass
    assert a if b else c, f'{a}'
    if (yield a):
        return (yield b)
    while (yield):
        ...


class Class:
    if a:
        x = 1
    elif b:
        def x(self): pass
    while x:
        break
    assert x


def chain(x):
    if x == 0: return 'zero'
    elif x == 1: return 'one'
    elif x == 2: y = 'two'
    elif x == 3:
        y = 'three'
    elif x is None or x is not y: return
    elif x in y and x not in y: y = x
    return y
