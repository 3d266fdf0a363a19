# Single characters in sets: the interpreter has each once, some of them interned.
def f(x):
    return x in {'a','%','é','*',' ','n','_','B'}
def g(x):
    return x in {'a','%','é','*',' ','n','_','B'}
