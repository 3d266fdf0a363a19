"""Writes goldens.txt: hashes of what CPython 3.14's code generation makes of the programs in tests/python.

Run from the workspace with CPython 3.14.10 (its _testinternalcapi is needed):

    python3.14 -S compiler/tests/data/codegen/make_goldens.py

A file for which _testinternalcapi.compiler_codegen dies (3.14 does where a module has conditional annotations) gets no
golden.
"""
import ast
import opcode
import pathlib
import subprocess
import sys
import warnings

HERE = pathlib.Path(__file__).parent
PROGRAMS = HERE.parents[3] / 'tests' / 'python'


def text(sequence):
    """One line an instruction, inner units before outer ones."""
    for nested in sequence.get_nested():
        yield from text(nested)
    yield 'code\n'
    for op, arg, line, end_line, col, end_col in sequence.get_instructions():
        yield f'{opcode.opname[op]} {arg or 0} {line} {end_line} {col} {end_col}\n'


def fnv_1a(data):
    value = 0xcbf29ce484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 % 2 ** 64
    return value


def one(path, level):
    import _testinternalcapi
    warnings.simplefilter('ignore')
    try:
        sequence, _ = _testinternalcapi.compiler_codegen(ast.parse(path.read_bytes()), str(path), level)
    except SyntaxError:
        print('rejected')
    else:
        print(f'{fnv_1a(''.join(text(sequence)).encode()):016x}')


def main():
    lines = []
    for path in sorted(PROGRAMS.rglob('*.py')):
        for level in (0, 1, 2):
            done = subprocess.run([sys.executable, '-S', __file__, str(path), str(level)], capture_output=True, text=True)
            if done.returncode == 0:
                lines.append(f'{level} {done.stdout.strip()} {path.relative_to(PROGRAMS).as_posix()}\n')
    (HERE / 'goldens.txt').write_text(''.join(lines))


if len(sys.argv) == 3:
    one(pathlib.Path(sys.argv[1]), int(sys.argv[2]))
else:
    main()
