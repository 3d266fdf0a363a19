"""Writes the expected symbol tables beside the programs of this directory, and the expected errors of errors.txt.

Run with CPython 3.14: python3.14 -I -S golden.py
The text is that of `pycsmith_compiler::symtable::dump`. Names that a scope only passes on to inner ones are sorted,
because CPython keeps them in the order of a set.
"""

import _symtable
import pathlib
import warnings

warnings.simplefilter("ignore")
KINDS = ["function", "class", "module", "annotation", "type alias", "type parameters", "type variable"]
SCOPES = ["unknown", "local", "explicit global", "implicit global", "free", "cell"]
FLAGS = {
    1: "global", 2: "bound", 4: "param", 8: "nonlocal", 16: "used", 64: "free_class", 128: "import",
    256: "annotated", 512: "comp_iter", 1024: "type_param", 2048: "comp_cell",
}


def dump(entry, indent=""):
    nested = ", nested" if entry.nested else ""
    parameters = f" ({', '.join(entry.varnames)})" if entry.varnames else ""
    yield f"{indent}{KINDS[entry.type]} {entry.name}, line {entry.lineno}{nested}{parameters}"
    indent += "    "
    lines = []
    passed_on = 0
    for name, bits in entry.symbols.items():
        flags = " ".join(text for flag, text in FLAGS.items() if bits & flag)
        lines.append(f"{indent}{name}: {SCOPES[bits >> 12]}{', ' if flags else ''}{flags}")
        if bits & 0xFBF:
            passed_on = len(lines)
    yield from lines[:passed_on] + sorted(lines[passed_on:])
    for child in entry.children:
        yield from dump(child, indent)


def error(source):
    try:
        compile(source, "f.py", "exec", dont_inherit=True)
    except SyntaxError as e:
        return f"{e.lineno}:{e.offset}-{e.end_lineno}:{e.end_offset} {e.msg}"
    return "none"


here = pathlib.Path(__file__).parent
for path in here.glob("*.py"):
    if path.name != "golden.py":
        table = _symtable.symtable(path.read_text(encoding="utf-8"), path.name, "exec")
        path.with_suffix(".symtable").write_text("\n".join(dump(table)) + "\n", encoding="utf-8")
sources = (here / "errors.txt").read_text(encoding="utf-8").split("---\n")
(here / "errors.expected").write_text("\n".join(map(error, sources)) + "\n", encoding="utf-8")
