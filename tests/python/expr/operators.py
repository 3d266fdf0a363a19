"""Unary, binary and augmented operators; folding of constants."""

def binary(a, b):
    return (a + b, a - b, a * b, a @ b, a / b, a % b, a ** b, a << b, a >> b, a | b, a ^ b, a & b, a // b)


def unary(a):
    return +a, -a, ~a, not a, - - a, +-~a, not -a


def augmented(a, b, o, i):
    a += b
    a -= b
    a *= b
    a @= b
    a /= b
    a %= b
    a **= b
    a <<= b
    a >>= b
    a |= b
    a ^= b
    a &= b
    a //= b
    o.x += b
    o.x.y -= b
    o[i] *= b
    o[i:b] /= b
    o[:] += b
    o[1:2] += b
    o[i:] += b
    o[i:b:2] |= b
    o[i, b] += b
    o[i].x[b] += b
    (o
     .x
     .y) += b
    a += b + 1
    a += 1 if b else 2
    return a


def precedence(a, b, c):
    return (
        a + b * c, (a + b) * c, a ** b ** c, (a ** b) ** c, -a ** b, (-a) ** b, a ** -b, a << b + c, a | b ^ c & a,
        a - b - c, a - (b - c), a // b / c % a, ~a + b, not a + b, a @ b @ c, a if b + c else a * b)


def folded():
    return (
        1 + 2, 3 - 5, 2 * 3, 7 / 2, 7 // 2, -7 // 2, 7 % 3, -7 % 3, 2 ** 10, 2 ** 100, 2 ** -1, 1 << 10, 1024 >> 3,
        1 | 2, 3 ^ 1, 7 & 2, -1, -1.0, -0.0, +1, ~5, not 1, 1 + 2j, 1j * 1j, -1j, -0j, +True, -True, ~True, True + True,
        'a' + 'b', 'a' * 3, 3 * 'ab', b'a' + b'b', b'x' * 2, (1, 2) + (3,), (1,) * 3, 'abc'[1], (1, 2, 3)[1], 'abc'[-1],
        b'abc'[0], 'a' * 0, () + (), 0.1 + 0.2, 1e308 * 10, 1 / 3, 3.0 // 2, 1.5 ** 2, 5 % 2.5, 10 ** 20, 2 ** 63,
        2 ** 64, -2 ** 63, -(2 ** 63), 9223372036854775807, 9223372036854775808, -9223372036854775808, 0xFFFFFFFFFFFF,
        1_000_000, 0o17, 0b101, 1 - 1j, 'é' + 'ü', 'a' 'b' + 'c')


def not_folded(a):
    try:
        return (
            1 / 0, 1 // 0, 1 % 0, 0 ** -1, 'a' + 1, 1 << -1, 1 << 1000, 2 ** 1000, 'x' * 5000, (1, 2) * 300, 'abc'[5],
            (1, 2)[2], -'a', ~1.5, 1 @ 2, 10 ** 1000, '%s' % 1, '%d' % (1,), [1] + [2], {1} | {2}, a + 1 + 2,
            1 + 2 + a, a * (2 * 3), 'a' + 'b' + a, a + 'a' + 'b', 1.0 << 1, None + 1, ... * 2, True / False)
    except Exception:
        return -a + +a


long_chain = 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + 13 + 14 + 15 + 16 + 17 + 18 + 19 + 20
names = long_chain + long_chain - long_chain * long_chain
names += 1
names = -names
names = (
    long_chain
    + names
    * long_chain
    - (
        names
        / 2
    )
)
class C:
    a = 1
    a += 1
    b = a + names
    b **= -a
