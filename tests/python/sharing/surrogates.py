# Lone surrogates.
x = '\ud800', ('\ud800', 'é\udfff'), '\ud800'
def f(a): return a in {'\ud800', '\U0001f600'}
