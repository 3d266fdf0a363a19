# Names and qualified names beyond ASCII.
class Ünï:
    '''doc'''
    class Ünï: 'Ünï.Ünï'
    def m(self): return 'Ünï.m', 'Ünï'
class Ünï: pass
