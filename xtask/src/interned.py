"""Prints which of the strings on standard input (a line each) this interpreter has interned when py_compile is imported.

    PYTHON -I -S interned.py <CANDIDATES
"""
import os
import py_compile
import sys
import warnings


def main():
    candidates = set(sys.stdin.buffer.read().decode("utf-8").split("\n"))
    for module in list(sys.modules.values()):
        for value in [module, *vars(module).values()]:
            candidates.update(dir(value))
    for text in sorted(candidates):
        copy = text[:1] + text[1:]
        if len(text) > 1 and sys.intern(copy) is not copy:
            sys.stdout.buffer.write(text.encode("utf-8") + b"\n")


main()
