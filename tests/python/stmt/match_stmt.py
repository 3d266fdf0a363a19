"""match: every pattern, in every scope."""
match a:
    case 1: pass
match a:
    case _: b
match a:
    case b: c
match a, b:
    case 1, 2: c
    case [x, y]: d
    case _: e
match a, *b:
    case 'text' | b'bytes' | "joined" 'text' | 1.5 | -2 | 3j | -4j | 1+2j | -1.5-2.5j | 0-0j | -0+0j: x
    case None | True | False: y
    case a.b | a.b.c: z
    case 99999999999999999999 | -99999999999999999999 | -9223372036854775808: z
    case 99999999999999999999+1j: z
match a:
    case [] | (): x
    case [_]: x
    case [_, _]: x
    case [*_]: x
    case [_, *_]: x
    case [*_, _, _]: x
    case [b]: x
    case [b, *_]: x
    case [*_, b]: x
    case [b, *_, c, _, d]: x
    case [1, _, *_, [b, *_], 2]: x
    case [*b]: x
    case [b, *c]: x
    case [*b, c]: x
    case b, *c, d: x
    case (b, [c, (d, *e)], *f): x
match a:
    case {}: x
    case {**rest}: x
    case {1: b}: x
    case {'k': b, -1: c, None: _, True: d, a.b: e, 1+1j: f, b'': _}: x
    case {'k': b, **rest}: x
    case {'k': {'l': [b, *c]}, 2: d, **rest}: x
match a:
    case A(): x
    case A(1): x
    case A(_, _): x
    case A(b, c): x
    case A(b=1): x
    case A(b=b, c=_, d=c): x
    case a.B(1, b, c=[d, _], e={'k': f}): x
    case A(B(C(b), c), d=D(e=f)): x
match a:
    case 1 as b: x
    case (1 | 2) as b: x
    case [b, c] as d: x
    case [1 as b, (2 | 3) as c] as d: x
    case {'k': (int() | str()) as b} as c: x
    case A(b=(_ as c)): x
match a:
    case [b, c] | [c, b, _]: x
    case [b, c, d] | A(d, b, c) | {'k': c, 'l': d, 'm': b} | (d, (c, b)): x
    case [b, (1 | [2, _]) as c, d, e] | [e, d, c, b, _] | [d, b, e, c, _, _]: x
    case [0, b, c] | [c, b] if False: x
match a:
    case b if b: x
    case b if b > 1 and not c or d: x
    case [b, *c] if (d := b): x
    case _ if a: x
    case _: y
match a:
    case _ if b: x
match (
    a
):
    case (
        [
            1,
            b,
        ]
        | {
            'k': b
        }
    ) if (
        b
    ):
        x
    case [
        b
    ]:
        y


def function(a, b):
    match a:
        case 1: return 1
        case [x, y]: return x + y
        case {'k': v, **kw}: return v, kw
        case A(p, q=q): return p
        case [1 | 2 as n, *rest]:
            for i in rest:
                match i:
                    case 1: break
                    case 2: continue
                    case _: return i
        case str() as s if s: return s
        case b: return b
    match a:
        case 1: x = 1
        case 2: x = 2
    match a:
        case [1, [2, [3, *_], *_], *_]: return x
    while a:
        match a:
            case 1: break
            case 2: continue
            case _: pass
    try:
        match a:
            case 1: return 1
    finally:
        match b:
            case 2: return 2

    def inner():
        nonlocal x
        match v:
            case [x, {'k': x.y}]: return lambda: x
    return inner


def globals_():
    global g, h
    match a:
        case [g, h]: pass
        case g: pass


async def coroutine(a):
    match await a:
        case [x] if await x:
            await x
        case A(y):
            async with y: return y


class Class:
    match a:
        case [__private, b]: x = __private
        case A(__attr=b, __dunder__=c): y = b
        case {**__rest}: z = __rest


match = case = 1
match.x, case[0] = match(case), match[case]
type = _ = match
