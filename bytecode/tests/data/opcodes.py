"""Writes what an interpreter itself says of its opcodes, for tests/opcodes.rs:

    for v in 3.11 3.12 3.13 3.14 3.15; do python$v -I -S opcodes.py > opcodes-$v.txt; done

One line an operation: number, name, caches, kinds of operand, then `dis.stack_effect` for each of ARGS without and with
the jump (`-` where it refuses).
"""
import opcode
import sys

ARGS = (0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 255, 256, 257, 511, 512, 65537)
KINDS = ("hasarg", "hasconst", "hasname", "haslocal", "hasfree", "hasjrel", "hasexc")
RUN_TIME_ONLY = ("INSTRUMENTED_", "<")


def caches(name, number):
    entries = opcode._inline_cache_entries
    if hasattr(entries, "get"):
        return entries.get(name, 0)
    return entries[number] if number < 256 else 0


def effect(number, arg, jump):
    for given in (arg, None):  # an operation without operand refuses one
        try:
            return str(opcode.stack_effect(number, given, jump=jump))
        except ValueError:
            pass
    return "-"


print("#", sys.version.split()[0], "arguments", *ARGS)
for name, number in sorted(opcode.opmap.items(), key=lambda item: item[1]):
    if name.startswith(RUN_TIME_ONLY):
        continue
    kinds = [kind for kind in KINDS if number in getattr(opcode, kind, ())]
    effects = [effect(number, arg, jump) for jump in (False, True) for arg in ARGS]
    print(number, name, caches(name, number), ",".join(kinds) or "-", *effects)
