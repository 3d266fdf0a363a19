"""Records tracebacks with the instruction at which each frame stood, for `tests/traceback.rs`.

    cd tests/traceback; python3.14 record.py > 3.14.10.json
"""

import json
import sys
import traceback

FILE = "program.py"
# Frames of one place that are shown before "[Previous line repeated ...]".
SHOWN = 3


def frames(error):
    """The frames of our file, in the order in which they are printed."""
    if error.__cause__ is not None:
        yield from frames(error.__cause__)
    elif error.__context__ is not None and not error.__suppress_context__:
        yield from frames(error.__context__)
    last, count = None, 0
    for frame, line in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        place = code.co_filename, line, code.co_name
        count = count + 1 if place == last else 1
        last = place
        if code.co_filename == FILE and count <= SHOWN:
            yield frame, line, error.__traceback__
    for inner in getattr(error, "exceptions", ()):
        yield from frames(inner)


def lasti(frame, line, traceback):
    """The offset of a frame's instruction; a frame may be in a traceback several times only if it is in several tracebacks."""
    while traceback is not None:
        if traceback.tb_frame is frame and traceback.tb_lineno == line:
            return traceback.tb_lasti
        traceback = traceback.tb_next


with open(FILE, "rb") as file:
    module = compile(file.read(), FILE, "exec", dont_inherit=True, optimize=0)
namespace = {"__name__": "program"}
exec(module, namespace)
cases = []
for name, function in list(namespace.items()):
    if not name.startswith("case_"):
        continue
    try:
        function()
    except Exception as error:
        error.__traceback__ = error.__traceback__.tb_next
        cases.append({
            "case": name,
            "text": "".join(traceback.format_exception(error)),
            "frames": [
                {"qualname": it[0].f_code.co_qualname, "lineno": it[1], "lasti": lasti(*it)}
                for it in frames(error)
            ],
        })
    else:
        sys.exit(f"{name} raises nothing")
json.dump(cases, sys.stdout, indent=1)
