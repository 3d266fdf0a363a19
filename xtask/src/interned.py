"""Prints which of the strings on standard input (a line each) this interpreter has interned when py_compile is imported.

    PYTHON -I -S interned.py <CANDIDATES

What this script spells out is interned because of it: its own names are none that a program would have.
"""
import py_compile
import sys

_0 = set(sys.stdin.buffer.read().decode("utf-8", "surrogatepass").split("\n"))
for _1 in list(sys.modules.values()):
    for _2 in [_1, *_1.__dict__.values()]:
        _0.update(dir(_2))
for _1 in sorted(_0):
    # A new object, or the one that the interpreter has for a single character.
    _2 = _1[:1] + _1[1:]
    if _1 and not _1.startswith(("_0", "_1", "_2")) and sys.intern(_2) is not _2:
        sys.stdout.buffer.write(_1.encode("utf-8") + b"\n")
