"""String formatting by %, which may become an f-string."""

def simple(a, b, c):
    return (
        '%s' % (a,), '%r' % (a,), '%a' % (a,), 'x%sy' % (a,), '%s %s' % (a, b), '%s%r%a' % (a, b, c), '%%' % (),
        '' % (), 'text' % (), '%%%s%%' % (a,), '100%%' % (), '%s%%' % (a,), '%%%%' % (), 'é%sü' % (a,),
        '%5s' % (a,), '%-5s' % (a,), '%05s' % (a,), '%+s' % (a,), '% s' % (a,), '%#s' % (a,), '%-+ #05r' % (a,),
        '%.3s' % (a,), '%.s' % (a,), '%5.3s' % (a,), '%-5.3r' % (a,), '%.0a' % (a,), '%10.10s' % (a,), '%99s' % (a,),
        '%0s' % (a,), '%00s' % (a,), '%-s' % (a,), '%-.2s' % (a,), '%.02s' % (a,), '%.00s' % (a,), '%1s' % (a,))


def not_simple(a, b):
    return (
        '%d' % (a,), '%s' % a, '%s %s' % (a,), '%s' % (a, b), '%s' % (*a,), '%100s' % (a,), '%.100s' % (a,),
        '%*s' % (a, b), '%(x)s' % (a,), '%ls' % (a,), '%' % (a,), 'x%' % (a,), '%s%' % (a,), '%5' % (a,), '%.' % (a,),
        '%-' % (a,), '%é' % (a,), '%s%d' % (a, b), b'%s' % (a,), '%s' % [a], '%s' % (), '%S' % (a,), '%c' % (a,),
        a % (b,), '%999s' % (a,), '%.999s' % (a,), '%s %% %i' % (a, b))


def values(a, b):
    return (
        '%s' % (a + b,), '%s' % (a.x,), '%s' % (a(),), '%s' % ('x',), '%r' % (1,), '%s %s' % (a if b else 1, [a]),
        '%s' % ('%s' % (a,),), '%s' % ((a, b),), '%s' % (f'{a}',), '%s' % (lambda: a,), ('%s' % (a,)) % b,
        '%s' % (a,) + b, a + '%s' % (b,), '%s' % (a,) % (b,), -('%s' % (a,)), '%s%s' % (a, b) * 2)


def big(a):
    return '%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s' % (
        a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a)


def multi_line(a, b):
    return ('%s: '
            '%r' % (
                a
                .b,
                b))


x = '%s' % (simple,)
'%s' % (x,)
'%s' % ()
class C:
    '%s' % (x,)
    y = '%r' % (x,)
def f():
    'doc%s' % (1,)
    '%%' % ()
def g():
    '%%' % ()
x %= (1,)
async def h(a):
    return '%s' % (await a,)
def i(a):
    return '%s' % ((yield a),)
