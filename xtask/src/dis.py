"""Prints what `python -m dis` prints for each of many sources, with each of several sets of options.

    PYTHON -S dis.py ROOT LIST OPTIONS...     LIST names the sources, relative to ROOT, a line each

OPTIONS are words as `-CO`, or `-` for none. For each source and each of them a line with the length of the text in
bytes (-1: an error), and the text. Each source has a process of its own, so that no string is interned because an
earlier source has it, on which the order of a set may depend.
"""
import dis
import io
import os
import sys
import warnings


def listing(source, options):
    sys.argv = ["dis", source] if options == "-" else ["dis", options, source]
    out, sys.stdout = sys.stdout, io.StringIO()
    try:
        dis.main()
        return sys.stdout.getvalue().encode("utf-8", "backslashreplace")
    except (Exception, SystemExit):
        return None
    finally:
        sys.stdout = out


def listings(source, options):
    pipe = sys.stdout.buffer
    for word in options:
        text = listing(source, word)
        pipe.write(b"%d\n" % (-1 if text is None else len(text)))
        pipe.write(text or b"")
    pipe.flush()


def main():
    root, names, options = sys.argv[1], sys.argv[2], sys.argv[3:]
    with open(names, encoding="utf-8") as file:
        sources = [line for line in file.read().split("\n") if line]
    sys.path[:] = [folder for folder in sys.path if folder]  # nothing is imported from the tree
    os.chdir(root)
    warnings.simplefilter("ignore")
    for source in sources:
        child = os.fork()
        if child == 0:
            try:
                listings(source, options)
            finally:
                os._exit(0)
        os.waitpid(child, 0)


main()
