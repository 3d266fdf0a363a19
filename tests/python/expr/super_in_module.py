"""super as a global name that the module mentions itself."""
class C:
    def f(self):
        return super().f(), super().x, super(C, self).x
print(super)
