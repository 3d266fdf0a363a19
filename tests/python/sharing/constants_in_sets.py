# Constants of all kinds in sets, alone and shared.
def f(x):
    return x in {1, 1000, 1.5, 'a b', 'ab', b'', b'a', b'abc', 2j, None, ..., True, (1, 'a b'), (1000, (1000,)), -1, 10**20}
def g(x):
    for i in {1000, 'a b', (1000, 'a b')}: pass
    return 1000, 'a b', (1000, 'a b'), b'abc'
