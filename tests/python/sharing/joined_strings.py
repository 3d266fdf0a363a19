# Strings that the compiler joins, repeats and cuts.
x = 'a' 'b'
y = 'ab', '' 'a', 'é' '', 'a' + 'b', 'é' * 1, 'abc'[0], 'é à'[0], 'a b' + '', ('a b' 'c d')
z = 'a b' * 2, b'a' * 3, b'abc'[1], b'a' b'', 'a bc d'
