# The same beyond ASCII.
def f(é, à): return é, à
x = ('é', 'à')
f(é=1, à=2)
f(à=1)
from m import é, à
from . import éé
z = ('éé',)
