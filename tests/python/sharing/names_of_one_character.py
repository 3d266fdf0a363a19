# Identifiers and strings of one character beyond ASCII.
é = 1
x = 'é'
y = ('é', 'µ', 'è')
def f(è): return 'è', 'ª'
