# The names of lambdas and comprehensions, and strings that spell them.
x = lambda: 0
y = lambda: '<lambda>'
z = [lambda: i for i in x]
w = '<lambda>', '<module>', '<listcomp>', '<genexpr>'
v = (i for i in '<genexpr>')
u = {i: (j for j in i) for i in x}
t = {i for i in x}
def f():
    return [[a for a in b] for b in f], (lambda: (lambda: 1))
