"""Annotations of a module, evaluated lazily."""
a: int
b: str = "x"
(c): float
d.e: f
d[g]: h = 1
if a:
    i: j
while b:
    k: [x for x in y]
    l: lambda: z
for m in n:
    o: p
with q as r:
    s: t = 1
try:
    u: v
except w:
    x: y
match a:
    case 1:
        z: 1


def function():
    aa: bb
    cc: dd = 1
    (ee): ff
    gg.hh: ii
    gg[jj]: kk


[lambda: comp for comp in a]
