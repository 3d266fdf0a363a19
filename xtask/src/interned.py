"""Prints which of the strings on standard input (a line each) this interpreter has interned when py_compile is imported.

    PYTHON -I -S interned.py <CANDIDATES

What this script spells out is interned because of it: its own names are none that a program would have. They are local,
since to read a global that is a lazy import imports the module.
"""
import py_compile
import sys


def _0():
    _1 = set(sys.stdin.buffer.read().decode("utf-8", "surrogatepass").split("\n"))
    for _2 in list(sys.modules.values()):
        for _3 in [_2, *_2.__dict__.values()]:
            _1.update(dir(_3))
    for _2 in sorted(_1):
        # A new object, or the one that the interpreter has for a single character.
        _3 = _2[:1] + _2[1:]
        if _2 and _2 not in ("_0", "_1", "_2", "_3") and sys.intern(_3) is not _3:
            sys.stdout.buffer.write(_2.encode("utf-8") + b"\n")


_0()
