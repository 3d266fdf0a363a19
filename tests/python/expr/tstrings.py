"""Template strings."""

def fields(a, b):
    return (
        t'', t'text', t'{a}', t'{a}{b}', t'x{a}y{b}z', t'{a!r}', t'{a!s:>5}', t'{a!a}', t'{a:{b}}', t'{a:x{b!r}y}',
        t'{a=}', t'{a = }', t'{ a + b =!r}', t'{a=:>10}', t'{{}}', t'{{{a}}}', t'{a, b}', t'{*a,}', t'{lambda_}',
        t'{(lambda: a)}', T'{a}', rt'\n{a}', tr'\{a}', Rt'{a}', t'{a:}', t'{  a  }', t'{a  !r}')


def joined(a):
    return (t'{a}' t'{a}', t'x' t'y', t'x' t'{a}' t'y', t'{a}' t'x' t'y' t'{a}', t'' t'', rt'\n' t'\n', t'a' t'b{a}c' t'd')


def nested(a):
    return t'{t'{a}'}', f'{t'{a}'}', t'{f'{a}'}', t'{a:{t'{a}'}}', t"{a['k']}", t'''{
        a
    }
    {a
       :>{a}}'''


lambda_ = lambda a: t'{a}'
x = t'{lambda_}{lambda_!r:{lambda_}}'
class C:
    t'not a docstring'
    a = 1
    b = t'{a}'
def f():
    t'not a docstring'
    return t'{x}{[y for y in x]}'
async def g():
    return t'{await x}'
