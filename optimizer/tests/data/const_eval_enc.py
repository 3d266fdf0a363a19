"""How the truth files spell constants."""
import struct

bits = lambda x: struct.pack('>d', x).hex()
def enc(x):
    if x is None: return 'N'
    if x is ...: return 'E'
    if x is True: return 'T'
    if x is False: return 'F'
    k = type(x)
    if k is int: return 'i%x' % x if x >= 0 else 'i-%x' % -x
    if k is float: return 'f' + bits(x)
    if k is complex: return 'c' + bits(x.real) + bits(x.imag)
    if k is str: return 's' + x.encode('utf8','surrogatepass').hex()
    if k is bytes: return 'b' + x.hex()
    if k is tuple: return '(' + ','.join(map(enc, x)) + ')'
    if k is slice: return '[' + ','.join(map(enc, (x.start, x.stop, x.step))) + ']'
    raise TypeError(k)
