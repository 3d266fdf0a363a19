"""F-strings: fields, conversions, format specifications, nesting, many parts."""

def fields(a, b, c, d):
    return (
        f'', f'text', f'{a}', f'{a}{b}', f'x{a}y{b}z', f"{a!r}", f"{a!s}", f"{a!a}", f'{a:>10}', f'{a!r:^{b}}',
        f'{a:{b}.{c}}', f'{a:{b}{c!r}x{d:{a}}}', f'{{', f'}}', f'{{}}', f'{{{a}}}', f'{a:}', f'{a!r:}', f'{a + b}',
        f'{a.b(c)[d]}', f'{a if b else c}', f'{(lambda: a)()}', f'{[x for x in b]}', f'{ {1: 2}[1] }', f'{a,}',
        f'{a, b}', f'{*a, *b}', f'{(a := b)}', f'{a:=5}', f'{"str"}', f'{1}', f'{None}', f'{1.5:.2f}')


def debug(a, b):
    return (
        f'{a=}', f'{a = }', f'{ a = }', f'{a=!r}', f'{a=!s:>10}', f'{a=:{b}}', f'x{a + b=}y', f'{a=}{b=}',
        f'{a == b=}', f'{  a.b   =   }', f'{a["k"]=}')


def quoting(a):
    return (
        f'{a['k']}', f"{a["k"]}", f'{f'{f'{a}'}'}', f"""{a
        + 1}""", f'''
{a}
    {a:
    }''', f'\n{a}\t', rf'\n{a}\t', fr'\{a}', F'{a}', Rf'{a}', f'\x41{a}\u00e9\N{SNOWMAN}', f'é{a}ü',
        f'{a!r}' 'plain' f'{a}' "more", 'before' f'{a}', f'{a}' 'after', 'a' 'b' f'' 'c', f'{a}' r'\n' '\n',
        f'{'\n'.join(a)}', f'{a:\n}', f'{a:\x41}', rf'{a:\d}', f'{a:{{}}}' if 0 else f'{a:%H:%M}')


def many(a):
    return (
        f'{a}1{a}2{a}3{a}4{a}5{a}6{a}7{a}8{a}9{a}10{a}11{a}12{a}13{a}14{a}15',
        f'{a}1{a}2{a}3{a}4{a}5{a}6{a}7{a}8{a}9{a}10{a}11{a}12{a}13{a}14{a}15{a}',
        f'{a}1{a}2{a}3{a}4{a}5{a}6{a}7{a}8{a}9{a}10{a}11{a}12{a}13{a}14{a}15{a!r:x}{a}{a}{a}{a}{a}{a}',
        f'{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}',
        f'{a:{a}1{a}2{a}3{a}4{a}5{a}6{a}7{a}8{a}9{a}10{a}11{a}12{a}13{a}14{a}15{a}16}')


def statements(a):
    f'{a}'
    f'text'
    f''
    f'{a()}'
    'text' f''
    if f'{a}':
        pass
    x = f'{a}'
    x += f'{a!r}'
    return f'{x}'


def f():
    f'not a docstring'


class C:
    f'not a docstring {1}'
    x = f'{__name__}'
    y = f'{x!r:{x}}'

    def m(self, x=f'{x}'):
        return f'{self.__x}{__class__}{self!r:{self.__y}}'


x = f'{fields}'
async def g(a):
    return f'{await a}{[await x async for x in a]}'
def h(a):
    return f'{(yield)}{(yield a)!r}{(yield from a):{(yield)}}'
def nested_scopes(a):
    def inner():
        return f'{a}{[a for b in a]}{(lambda c: f'{a}{c}')(a)}{ {a for a in a} }'
    return inner
print(f'''{
    x
    # a comment
    !r
    :>{
        x
    }
}''')
