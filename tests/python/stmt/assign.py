"""Assignment, augmented assignment and del, to every kind of target, in every scope."""
a = b = c = d = 1
a, b = b, a
[a, [b, *c]] = 1, (2, 3, 4)
(a, (b, (c, *d))) = e = 1, (2, (3, 4, 5))
*a, = 'ab'
() = []
x = y = z = [0] * 9
x[0] = x[1:2] = x[a[0]:] = x[:2] = x[::2] = x[:, 1] = y
x[0], x[b:c].attr, x[b:c][d] = 1, 2, 3
a \
    .b \
    .c = 1
del a, (b, [c]), x[0], x[1:2], x[b:c], x[b::c], x.y.z
del ()
del (a)


def targets(o, i, j):
    global g
    g = o
    o.attr += 1
    o[i] -= 1
    o[1] *= 1
    o[i:j] @= 1
    o[:j] /= 1
    o[i:] //= 1
    o[:] %= 1
    o[1:2] **= 1
    o[i:j:2] <<= 1
    o[i, j:] >>= 1
    i &= j
    g |= i
    j ^= (
        i)
    o.a.b[i](j).c += 1
    (o
     .long_name
     .other_name) += i
    o[i
      :j] += (
        1)
    del o[i:j], o.attr, g, i

    def inner():
        nonlocal j
        j += 1
        j = o, *o
        del j
    return inner


class Targets:
    a = b = 1
    a += b
    a, *b = a, b
    __private = 1
    __private += 1
    self.__attr = __private
    self.__attr += 2
    del __private, self.__attr

    def method(self, value):
        self.a = self.__b = value
        self.c, [self.d, *self.e] = value
        self.f += 1
        del self.a, self.__b


async def coroutine(o):
    o[await o] = await o
    o[await o:await o] += await o
    o.x += await o
    del o[await o]
