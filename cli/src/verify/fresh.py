# Compiles what it is asked for as py_compile does: a line of JSON with path, filename and level in; the length of the marshalled
# code in decimal, a line end and the code out, or a negative length and a message.
import importlib._bootstrap_external as external
import importlib.machinery
import json
import sys
import warnings


def compiled(request):
    loader = importlib.machinery.SourceFileLoader("<py_compile>", request["path"])
    source = loader.get_data(request["path"])
    code = loader.source_to_code(source, request["filename"], _optimize=request["level"])
    return bytes(external._code_to_timestamp_pyc(code)[16:])


def main():
    warnings.simplefilter("ignore")
    output = sys.stdout.buffer
    for line in sys.stdin.buffer:
        try:
            answer, sign = compiled(json.loads(line)), ""
        except BaseException as error:
            text = "%s: %s" % (type(error).__name__, error)
            answer, sign = text.encode("utf-8", "backslashreplace"), "-"
        output.write(b"%s%d\n" % (sign.encode(), len(answer)))
        output.write(answer)
        output.flush()


main()
