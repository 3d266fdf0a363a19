"""Expression statements of constants, and constants in odd places."""
1
'text'
None
...
(1, 2)
1; 2; x = 3; 4
def f():
    1
    'not a docstring: it comes second'
    None
    ...
def g():
    ...
def h(): pass; 'not a docstring'
def i(): return None
def j(): return 1
def k():
    return (1,
            2)
def l(a):
    if a: return 1
    elif not a: return None
    else: return ...
def m():
    try:
        return 1
    finally:
        2
def n():
    return -1, (-1), +1, not 1
def o(a):
    a; a.b; a[b]; (a, a); [a]; {a}; -a
class C:
    1
    'x'
class D: ...
class E: 'doc'; 1
if 1: 2
while 0: 3
for x in 1, 2: 4
with x: 5
True
False
(((1)))
((1), (2))
1 if x else 2
