# Empty and short bytes.
x = b'', b'a', b'ab', b'\x80', (b'', b'a'), b'ab'
def f(x): return x in {b'', b'a', b'ab', b'\x80'}
