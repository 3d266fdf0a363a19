# Compiles what it is asked for: three lines in, the path and the file name in hexadecimal and the level; a line out, empty or what
# is wrong. The .pyc file goes to the path that is the only argument. Nothing else is imported: what a process has imported can show
# in what it writes.
import py_compile
import sys
import warnings


def attempt(path, filename, level):
    try:
        py_compile.compile(path, sys.argv[1], filename, True, level, py_compile.PycInvalidationMode.UNCHECKED_HASH)
    except py_compile.PyCompileError as failure:
        return "%s: %s" % (failure.exc_type_name, failure.exc_value)
    except BaseException as error:
        return "%s: %s" % (type(error).__name__, error)
    return ""


def main():
    warnings.simplefilter("ignore")
    while True:
        path, filename, level = (sys.stdin.readline() for _ in range(3))
        if not level:
            break
        answer = attempt(bytes.fromhex(path).decode("utf-8", "surrogateescape"), bytes.fromhex(filename).decode(), int(level))
        sys.stdout.write(ascii(answer)[1:-1] + "\n")
        sys.stdout.flush()


main()
