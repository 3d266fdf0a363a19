"""Prints all strings of a library's code objects, a line each.

    PYTHON -I -S interned_candidates.py LIBRARY
"""
import os
import sys
import warnings

FIELDS = "co_consts", "co_names", "co_varnames", "co_cellvars", "co_freevars", "co_name", "co_qualname"
SKIPPED = "test", "tests", "site-packages", "__pycache__"


def strings(value, found):
    if isinstance(value, str):
        found.add(value)
    elif isinstance(value, (tuple, frozenset)):
        for item in value:
            strings(item, found)
    elif hasattr(value, "co_code"):
        for field in FIELDS:
            strings(getattr(value, field), found)


def main():
    warnings.simplefilter("ignore")
    found = set(chr(number) for number in range(256))
    for folder, folders, names in os.walk(sys.argv[1]):
        folders[:] = [name for name in folders if name not in SKIPPED]
        for path in (os.path.join(folder, name) for name in names if name.endswith(".py")):
            try:
                with open(path, "rb") as source:
                    strings(compile(source.read(), path, "exec", dont_inherit=True), found)
            except (SyntaxError, ValueError, OSError):
                pass
    for text in sorted(found):
        if "\n" not in text:
            sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\n")


main()
