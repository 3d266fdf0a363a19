"""String and bytes literals: prefixes, escapes, concatenation, interning."""

plain = 'a', "b", '''c''', """d""", u'e', U'f', r'\g', R"\h"
empty = '', "", b'', r'', u'', ''''''
escapes = '\n\r\t\\\'\"\a\b\f\v\0\1\12\123\x41\u00e9\U0001f600\N{LATIN SMALL LETTER E WITH ACUTE}\N{SNOWMAN}'
continued = 'a\
b'
multi = """line one
line two
    indented
"""
joined = 'a' 'b' "c" '''d'''
joined_lines = ('first '
                'second '
                "third")
raw = r'\n\t\x41\u0041' if 0 else r'\''
not_ascii = 'é', 'ü' 'ß', '日本語', '\u65e5\u672c', '😀', '\ud800', '\udfff', '\ud83d\ude00', 'a\ud800b'
data = b'abc', b'\x00\xff', br'\x', Rb'\y', b'a' b'b', b'\'\"', b'\101', B'x'
identifiers = 'name', 'Name_1', '_', '__x__', 'with space', 'with-dash', 'dotted.name', '1', '1a', 'name'
same = 'name', 'name', 'with space', 'with space', 'é', 'é', b'name', b'name'
escaped_newline = 'a\
' 'b'
quotes = "it's", 'say "x"', '''both ' and " here''', 'tab	inside'
null = '\0', '\x00', b'\0', '\0null\0'
braces = '{', '}', '{}', '%', '%%', '{{}}'
long_text = ('0123456789' '0123456789' '0123456789' '0123456789' '0123456789' '0123456789' '0123456789' '0123456789'
             '0123456789' '0123456789' '0123456789' '0123456789' '0123456789' '0123456789' '0123456789' '0123456789'
             '0123456789' '0123456789' '0123456789' '0123456789' '0123456789' '0123456789' '0123456789' '0123456789'
             '0123456789' '0123456789' '0123456789')


def f(name=plain, *, é='é', **kwargs):
    'a docstring'
    x = 'name', 'é', 'kwargs', 'f'
    'a string that does nothing'
    b'bytes that do nothing'
    name.name = 'name'
    name.é = é
    f(é='é', name='name')
    return x[0] + 'name'


class C:
    """A docstring
        with lines

    \tand tabs
    """
    name = 'name'
    C = 'C'

    def g(self):
        """
        Indented docstring.

            More.
        """

    def h(self): "one line"; return 'one line'
