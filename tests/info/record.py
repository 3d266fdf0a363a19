"""Prints the attributes of the code objects of a source: what `pycsmith info --json` must say of them.

    python3.14 tests/info/record.py tests/info/program.py > tests/info/3.14.10.json
"""

import json
import sys


def attributes(code):
    yield {
        "qualname": code.co_qualname,
        "name": code.co_name,
        "firstlineno": code.co_firstlineno,
        "argcount": code.co_argcount,
        "posonlyargcount": code.co_posonlyargcount,
        "kwonlyargcount": code.co_kwonlyargcount,
        "nlocals": code.co_nlocals,
        "stacksize": code.co_stacksize,
        "flags": code.co_flags,
        # Code objects have addresses, sets no order.
        "consts": [None if "<" in repr(c) or "{" in repr(c) else repr(c) for c in code.co_consts],
        "names": code.co_names,
        "varnames": code.co_varnames,
        "cellvars": code.co_cellvars,
        "freevars": code.co_freevars,
        "code_size": len(code.co_code),
        "linetable_size": len(code.co_linetable),
        "exceptiontable_size": len(code.co_exceptiontable),
    }
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            yield from attributes(constant)


with open(sys.argv[1], "rb") as file:
    module = compile(file.read(), "program.py", "exec", dont_inherit=True, optimize=0)
print(json.dumps(list(attributes(module)), indent=1))
