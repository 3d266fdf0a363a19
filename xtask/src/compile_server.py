# Compiles source after source as py_compile would, each in a process of its own (it imports what reference.py imports, so that
# the interpreter's state is the same); the argument is a folder for it to write to. Standard input: a line "LEVEL LENGTH NAME" and the source, for each; standard output: a line
# "KIND LENGTH" and as many bytes: a .pyc with an unchecked hash (ok), the error's type, line and words, a line each (no), or
# nothing (died).
import os
import py_compile
import sys
import warnings


def compiled(source, name, level):
    warnings.simplefilter("ignore")
    path = os.path.join(sys.argv[1], "source")
    with open(path, "wb") as file:
        file.write(source)
    py_compile.compile(path, cfile=path + "c", dfile=name, doraise=True, optimize=level,
                       invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    with open(path + "c", "rb") as file:
        return file.read()


def answer(source, name, level):
    try:
        return b"ok", compiled(source, name, level)
    except Exception as failure:
        error = getattr(failure, "exc_value", failure)  # of a PyCompileError
        words = type(error).__name__, getattr(error, "lineno", None), getattr(error, "msg", None) or error
        return b"no", "\n".join(map(str, words)).encode("utf-8", "backslashreplace")


def in_child(source, name, level):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        kind, data = answer(source, name, level)
        with os.fdopen(write, "wb") as end:
            end.write(kind + data)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as end:
        found = end.read()
    os.waitpid(child, 0)
    return found


def main():
    questions, answers = os.fdopen(0, "rb", closefd=False), os.fdopen(1, "wb", closefd=False)
    while True:
        line = questions.readline().decode()
        if not line:
            return
        level, length, name = line.rstrip("\n").split(" ", 2)
        found = in_child(questions.read(int(length)), name, int(level))
        kind, data = (found[:2], found[2:]) if found else (b"died", b"")
        answers.write(b"%s %d\n" % (kind, len(data)) + data)
        answers.flush()


main()
