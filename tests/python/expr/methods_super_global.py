"""super() where the module binds the name: no shortcut."""
class C:
    def f(self):
        return super().f(), super().x, super(C, self).x
super = C
import sys as imported
def g(a):
    global g
    import local
    imported.f(a)
    local.f(a)
    g.f(a)
    return [imported.f(x) for x in a]
imported = imported.x
imported.f(1)
