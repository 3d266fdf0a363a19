"""Nests that are deep, but not too deep for CPython."""
x = 1
a = ((((((((((((((((((((((((((((((((((((((((((((((((((x))))))))))))))))))))))))))))))))))))))))))))))))))
b = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
c = not not not not not not not not not not not not not not not not not not not not not not not not not x
d = - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - x
e = print.__call__.__call__.__call__.__call__.__call__.__call__.__call__.__call__.__call__.__call__.__call__()
f = (lambda: lambda: lambda: lambda: lambda: lambda: lambda: lambda: lambda: x)()()()()()()()()()
g = [[[[y for y in z] for z in w] for w in v] for v in [[[[1]]]]]
h = x if x else x if x else x if x else x if x else x if x else x if x else x if x else x if x else x if x else x
i = x and (x or (x and (x or (x and (x or (x and (x or (x and (x or (x and (x or (x and (x or x)))))))))))))
j = {1: {2: {3: {4: {5: {6: {7: {8: {9: {10: {11: {12: {13: {14: {15: x}}}}}}}}}}}}}}}
k = f'{f'{f'{f'{f'{x}'}'}'}'}'
l = x + (x - (x * (x + (x - (x * (x + (x - (x * (x + (x - (x * (x + (x - (x * x))))))))))))))
m = x ** x ** x ** x ** x ** x ** x ** x ** x ** x
n = 1 ** 1 ** 1 ** 1 ** 1 ** 1
o = (1, (2, (3, (4, (5, (6, (7, (8, (9, (10,))))))))))
