"""and, or, not, conditional expressions, as values and as conditions."""

def values(a, b, c, d):
    x = a and b
    x = a or b
    x = a and b or c and d
    x = (a or b) and (c or d)
    x = not a
    x = not (a and not b)
    x = not not a
    x = a and b and c and d
    x = a or b or c or d
    x = a if b else c
    x = a if b and c else d
    x = a if b or not c else d
    x = (a if b else c) if (b if c else d) else (c if d else a)
    x = a if not b else c
    x = a if b < c < d else d
    x = a and (b if c else d) or a
    x = None or a
    x = 0 and a
    x = 1 or a
    x = a and 0 or 1
    x = '' or a or 'default'
    return x


def conditions(a, b, c, d):
    if a and b:
        pass
    if a or b:
        x = 1
    if not a:
        x = 2
    elif not (a or b):
        x = 3
    elif a and (b or c) and not d:
        x = 4
    elif (a if b else c):
        x = 5
    elif not (a if not b else not c):
        x = 6
    elif a < b < c:
        x = 7
    elif not a < b <= c != d:
        x = 8
    elif a < b < c or b > c > d:
        x = 9
    else:
        x = 10
    while a and not b or c:
        a = b
        if d or (a and
                 b and
                 c):
            continue
        if not (a
                or b):
            break
    else:
        x = 11
    assert a or b, c and d
    assert not (a and b)
    assert a if b else c
    assert a < b < c, "message"
    return x


def constants(a):
    if 0:
        a = 1
    if 1:
        a = 2
    if "" or a:
        a = 3
    if "x" and a:
        a = 4
    if None:
        a = 5
    elif ():
        a = 6
    elif not 0:
        a = 7
    if __debug__ and a:
        a = 8
    if not __debug__ or a:
        a = 9
    while 0:
        a = 10
    while 1:
        if a:
            break
    x = 1 if 0 else 2
    x = a if True else x
    x = a if False else x
    x = a if () else x
    return 1 and 2, 0 or "", not 1, not None, x


m = 1
n = 2 if m else 3
o = m and n or not m
p = m if n and o else n if o else m
print(m and n, m or n, not m)
lambda: m and n
[m or n for m in o if m and n or not m if not n]


def multi_line(a, b, c):
    return (
        a
        and b
        or
        c
    ) if (
        a
        or not
        b
    ) else (
        b
        if c
        else a
    )
