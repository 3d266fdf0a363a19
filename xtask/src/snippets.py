"""Collects the source snippets that CPython's own tests hand to compile(), exec() and eval().

    PYTHON snippets.py OUT [TEST_MODULE ...]

Runs the named modules of the interpreter's `test` package (default: those about syntax, compilation and
the language) with the three builtins wrapped, and writes every distinct module-level source, valid or not,
to OUT/<test module>/<number>.py: as bytes if it was bytes, else as UTF-8 (a string with lone surrogates
is left out). Failures of the tests themselves do not matter here.
"""
import ast
import builtins
import doctest
import hashlib
import importlib
import io
import os
import signal
import sys
import unittest

DEFAULT = """test_syntax test_exceptions test_fstring test_tstring test_grammar test_named_expressions test_patma
test_positional_only_arg test_string_literals test_strtod test_unicode_identifiers test_generators test_genexps
test_scope test_global test_future_stmt.test_future test_future test___future__ test_type_params test_type_aliases
test_type_annotations test_annotationlib test_eof test_unpack_ex test_unpack test_extcall test_setcomps test_dictcomps
test_listcomps test_coroutines test_asyncgen test_except_star test_exception_group test_keywordonlyarg test_codeop
test_compile test_peepholer test_dis test_code test_flufl test_with test_complex test_int test_float test_bytes
test_unparse test_ast test_ast.test_ast test_source_encoding test_tokenize test_raise test_super test_class test_funcattrs
test_decorators test_ternary test_if test_while test_for 
test_lazy_import test_import.test_lazy_imports test_subclassinit test_metaclass test_augassign test_binop
test_bool test_baseexception test_print test_pep646_syntax test_long test_contains test_builtin test_symtable 
test_typing test_dataclasses test_opcodes test__opcode
test_warnings test_yield_from test_nested_scopes test_module""".split()

SECONDS_PER_MODULE = 40
real_compile, real_exec, real_eval, real_parse = compile, exec, eval, ast.parse
sources = {}
current = "unknown"


def note(source, mode="exec"):
    if isinstance(source, str):
        try:
            source = source.encode("utf-8")
        except UnicodeEncodeError:
            return
    elif isinstance(source, (bytes, bytearray)):
        source = bytes(source)
    else:
        return
    if mode == "eval":
        source = source.strip()
    if len(source) < 200000:
        sources.setdefault(source, current)


def recording_compile(source, filename="<string>", mode="exec", *args, **kwargs):
    note(source, mode)
    return real_compile(source, filename, mode, *args, **kwargs)


def namespaces(scopes):
    frame = sys._getframe(2)
    if not scopes or scopes[0] is None:
        return (frame.f_globals, frame.f_locals) + tuple(scopes[1:])[1:]
    return scopes


def recording_exec(source, *scopes, **kwargs):
    note(source)
    return real_exec(source, *namespaces(scopes), **kwargs)


def recording_eval(source, *scopes, **kwargs):
    note(source, "eval")
    return real_eval(source, *namespaces(scopes), **kwargs)


def recording_parse(source, *args, **kwargs):
    note(source, kwargs.get("mode", "exec"))
    return real_parse(source, *args, **kwargs)


def doctest_sources(module):
    for test in doctest.DocTestFinder(exclude_empty=True).find(module):
        for example in test.examples:
            note(example.source, "single")


def give_up(signum, frame):
    raise KeyboardInterrupt("more than %d s" % SECONDS_PER_MODULE)


def main():
    signal.signal(signal.SIGALRM, give_up)
    out, names = sys.argv[1], sys.argv[2:] or DEFAULT
    builtins.compile, builtins.exec, builtins.eval, ast.parse = recording_compile, recording_exec, recording_eval, recording_parse
    global current
    for name in names:
        current = name
        signal.alarm(SECONDS_PER_MODULE)
        try:
            module = importlib.import_module("test." + name)
        except (Exception, KeyboardInterrupt):
            continue
        try:
            doctest_sources(module)
            for value in getattr(module, "__test__", {}).values():
                if isinstance(value, str):
                    for example in doctest.DocTestParser().get_examples(value):
                        note(example.source, "single")
            suite = unittest.defaultTestLoader.loadTestsFromModule(module)
            unittest.TextTestRunner(stream=io.StringIO(), verbosity=0).run(suite)
        except BaseException as error:
            sys.stderr.write("%s: %r\n" % (name, error))
    signal.alarm(0)
    builtins.compile, builtins.exec, builtins.eval, ast.parse = real_compile, real_exec, real_eval, real_parse
    for source, name in sources.items():
        folder = os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, hashlib.sha1(source).hexdigest()[:12] + ".py"), "wb") as file:
            file.write(source)
    print("%d snippets" % len(sources))


if __name__ == "__main__":
    main()
