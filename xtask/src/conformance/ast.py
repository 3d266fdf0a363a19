"""What `python -m ast -a` prints for each source: a hash of it, or the text itself.

    PYTHON -I -S ast.py OUT ROOT MODE LIST     LIST names the sources, relative to ROOT, a line each

Adds a line to OUT for each source: its hash (16 digits, `importlib.util.source_hash`), `rejected` or `crash`, then its
name. With MODE `text`, writes OUT/<source>.ast instead.
"""
import ast
import importlib.util
import io
import os
import sys
import warnings


def printed(source):
    before = sys.argv, sys.stdout
    sys.argv, sys.stdout = ["ast", "-a", source], io.StringIO()
    try:
        ast.main()
        return sys.stdout.getvalue()
    finally:
        sys.argv, sys.stdout = before


def main():
    out, root, mode = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3]
    with open(sys.argv[4], encoding="utf-8") as file:
        sources = [line for line in file.read().split("\n") if line]
    os.environ["NO_COLOR"] = "1"
    os.chdir(root)
    warnings.simplefilter("ignore")
    for source in sources:
        try:
            text = printed(source)
        except (SyntaxError, ValueError):
            text = None
        except (RecursionError, MemoryError):
            text = "crash"
        if mode == "text":
            path = os.path.join(out, source + ".ast")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
                file.write(text or "rejected")
            continue
        if text is None or text == "crash":
            found = text or "rejected"
        else:
            data = text.encode("utf-8", "surrogatepass")
            found = "%016x" % int.from_bytes(importlib.util.source_hash(data), "little")
        with open(out, "a", encoding="utf-8", newline="") as file:
            file.write("%s %s\n" % (found, source))


main()
