"""Writes what this interpreter's `dis` makes of example-3.X.pyc beside this file: dis-3.X.txt without options, and from
3.13 on dis-3.X-all.txt with all that it has. Addresses become `0x...`. Run with PYTHONHASHSEED=0.
"""
import dis
import inspect
import io
import marshal
import os
import re
import sys

folder = os.path.dirname(os.path.abspath(__file__))
version = "3.%d" % sys.version_info[1]
with open(os.path.join(folder, "example-%s.pyc" % version), "rb") as file:
    code = marshal.loads(file.read()[16:])


def write(name, **options):
    out = io.StringIO()
    dis.dis(code, file=out, **options)
    text = re.sub("at 0x[0-9a-f]+", "at 0x...", out.getvalue())
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


write("dis-%s.txt" % version)
names = ("show_caches", "show_offsets", "show_positions", "adaptive")
known = inspect.signature(dis.dis).parameters
if sys.version_info >= (3, 13):
    options = {name: True for name in names if name in known}
    if "show_positions" not in known:
        del options["adaptive"]  # `python3.13 -m dis` does not have it
    write("dis-%s-all.txt" % version, **options)
