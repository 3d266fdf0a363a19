"""Compiles every source of a tree as this interpreter's py_compile would, one fresh process a file.

    PYTHON -I -S reference.py LEVEL ROOT OUT LIST     LIST names the sources, relative to ROOT, a line each

OUT/<source>c is the .pyc with an unchecked-hash header and the relative path as co_filename; where the source is
rejected OUT/<source>.error holds the exception as JSON instead. Where there are no processes (WebAssembly) this one
compiles all.
"""
import os
import py_compile
import sys
import warnings


def compile_one(source, out, level):
    target = os.path.join(out, source + "c")
    warnings.simplefilter("ignore")
    try:
        py_compile.compile(source, cfile=target, doraise=True, optimize=level,
                           invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    except py_compile.PyCompileError as failure:
        report(os.path.join(out, source + ".error"), failure.exc_value)
    except (RecursionError, MemoryError) as error:
        report(os.path.join(out, source + ".error"), error)


def report(path, error):
    import json
    fields = ("msg", "lineno", "offset", "end_lineno", "end_offset", "text")
    record = {name: getattr(error, name, None) for name in fields}
    record["type"] = type(error).__name__
    record["msg"] = record["msg"] or str(error)
    with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
        json.dump(record, file)


def attempt(source, out, level):
    try:
        compile_one(source, out, level)
    except Exception as error:
        sys.stderr.write("%s: %r\n" % (source, error))


def main():
    level, root, out = int(sys.argv[1]), sys.argv[2], os.path.abspath(sys.argv[3])
    with open(sys.argv[4], encoding="utf-8") as file:
        sources = [line for line in file.read().split("\n") if line]
    sys.path[:] = [folder for folder in sys.path if folder]  # nothing is imported from the tree
    os.chdir(root)
    for source in sources:
        os.makedirs(os.path.dirname(os.path.join(out, source)), exist_ok=True)
        if sys.platform == "emscripten":
            attempt(source, out, level)
            continue
        child = os.fork()
        if child == 0:
            try:
                attempt(source, out, level)
            finally:
                sys.stderr.flush()
                os._exit(0)
        os.waitpid(child, 0)


main()
