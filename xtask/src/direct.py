# Runs CPython's own tests of single compiler stages, with another compiler's stages in place of this interpreter's: the tests'
# assertions judge that one. Each call is made here as well, for what it returns to be compared in full. Questions go to standard
# output and answers come on standard input, a line of JSON each; the last line is the report.
import importlib
import os
import unittest

MODULES = "test.test_peepholer", "test.test_compiler_codegen", "test.test_compiler_assemble"
CALLS = {}
DIFFERENT = []

warnings.simplefilter("ignore")
questions = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
answers = os.fdopen(os.dup(0), encoding="utf-8")
os.dup2(2, 1)

originals = {name: getattr(internals, name) for name in ("compiler_codegen", "optimize_cfg", "assemble_code_object")}
parse = ast.parse
sources = {}


def remember(source, *arguments, **keywords):
    """ast.parse, for code generation to know the text of a tree."""
    tree = parse(source, *arguments, **keywords)
    sources[id(tree)] = tree, source
    return tree


def ask(do, **question):
    CALLS[do] = CALLS.get(do, 0) + 1
    json.dump({"do": do, **question}, questions)
    questions.write("\n")
    questions.flush()
    answer = json.loads(answers.readline())
    if answer.get("place") is not None:
        line, offset, end_line, end_offset = answer["place"]
        # The text is read from a file, and there is none.
        raise SyntaxError(answer["error"], (question["filename"], line, offset, None, end_line, end_offset))
    if answer.get("error") is not None:
        raise ValueError(answer["error"])
    return answer["value"]


def in_both(do, original, ours):
    """Both sides' results; the original's errors about the arguments' types are not our subject."""
    try:
        theirs, error = original(), None
    except TypeError:
        raise
    except Exception as raised:
        theirs, error = None, raised
    result = ours()
    # What raises in both has left here with our error.
    if error is not None:
        DIFFERENT.append("%s accepts what raises %r" % (do, error))
    return theirs, result


def compared(do, ours, theirs):
    if ours != theirs:
        at = next((index for index, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1]), -1)
        DIFFERENT.append("%s, item %d: ours\n%r\nCPython's\n%r" % (do, at, ours, theirs))


def optimize_cfg(instructions, constants, nlocals):
    do = "optimize_cfg"
    theirs_constants = list(constants) if isinstance(constants, list) else constants
    given = {"instrs": instructions_of(instructions), "nlocals": nlocals}
    if isinstance(constants, list):
        given["consts"] = from_constants(constants)
    theirs, ours = in_both(do, lambda: originals[do](instructions, theirs_constants, nlocals), lambda: ask(do, **given))
    constants[:] = to_constants(ours["consts"])
    result = sequence_of(ours["instrs"])
    if theirs is not None:
        compared(do, instructions_of(result), instructions_of(theirs))
        compared(do, [repr(value) for value in constants], [repr(value) for value in theirs_constants])
    return result


def units_of(sequence, depth=0):
    if not AS_LIST:
        for inner in sequence.get_nested():
            yield from units_of(inner, depth + 1)
    yield depth, instructions_of(sequence)


def compiler_codegen(tree, filename, optimize, compile_mode=0):
    do = "compiler_codegen"
    source = sources[id(tree)][1]
    text = (source if isinstance(source, bytes) else source.encode()).decode("latin-1")
    (theirs, metadata), ours = in_both(
        do, lambda: originals[do](tree, filename, optimize), lambda: ask(do, source=text, filename=filename, level=optimize))
    compared(do, [(depth, instrs) for depth, instrs in ours_units(ours)], list(units_of(theirs)))
    if isinstance(metadata.get("consts"), list):
        compared(do, len(ours["consts"]["values"]) and [kind(value) for value in to_constants(ours["consts"])],
                 [kind(value) for value in metadata["consts"]])
        metadata = {**metadata, "consts": to_constants(ours["consts"])}
    return built(ours), metadata


def kind(value):
    return value.co_name if hasattr(value, "co_code") else repr(value)


def ours_units(answer):
    units = [(unit["depth"], [tuple(item) for item in unit["instrs"]]) for unit in answer["units"]]
    return units[-1:] if AS_LIST else units


def built(answer):
    """The sequences in one another."""
    waiting = {}
    for depth, instrs in ours_units(answer):
        sequence = sequence_of(instrs)
        for inner in waiting.pop(depth + 1, []):
            sequence.add_nested(inner)
        waiting.setdefault(depth, []).append(sequence)
    return waiting[0][0]


FIELDS = ("co_argcount co_posonlyargcount co_kwonlyargcount co_nlocals co_stacksize co_flags co_code co_names co_varnames "
          "co_filename co_name co_qualname co_firstlineno co_linetable co_exceptiontable co_freevars co_cellvars").split()


def assemble_code_object(filename, instructions, metadata):
    do = "assemble_code_object"
    constants = [key[1] if isinstance(key, tuple) else key for key in metadata["consts"]]
    given = {**metadata, "filename": filename, "instrs": instructions_of(instructions), "consts": from_constants(constants)}
    for table in "names", "varnames", "cellvars", "freevars":
        given[table] = list(metadata[table])
    given["hidden"] = [name for name, is_hidden in metadata["fasthidden"].items() if is_hidden]
    theirs, ours = in_both(do, lambda: originals[do](filename, instructions, metadata), lambda: ask(do, **given))
    code = marshal.loads(bytes.fromhex(ours))
    compared(do, [value if isinstance(value, str) else kind(value) for value in code.co_consts],
             ["code " + kind(value) if hasattr(value, "co_code") else kind(value) for value in constants])
    code = code.replace(co_consts=tuple(constants))
    if theirs is not None:
        compared(do, [(name, getattr(code, name)) for name in FIELDS], [(name, getattr(theirs, name)) for name in FIELDS])
        compared(do, [kind(value) for value in code.co_consts], [kind(value) for value in theirs.co_consts])
    return code


def run(module):
    """The tests of stages in a module; the others compile whole sources."""
    try:
        module = importlib.import_module(module)
    except ImportError as error:
        return {"module": module, "missing": str(error)}
    from test.support import bytecode_helper
    cases = [case for case in vars(module).values()
             if isinstance(case, type) and issubclass(case, bytecode_helper.CompilationStepTestCase)
             and case.__module__ == module.__name__]
    suite = unittest.TestSuite(map(unittest.defaultTestLoader.loadTestsFromTestCase, cases))
    result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
    failed = [[test.id(), text] for test, text in result.failures + result.errors]
    report = {"module": module.__name__, "run": result.testsRun, "failed": failed, "skipped": len(result.skipped),
              "calls": dict(CALLS), "different": list(DIFFERENT)}
    CALLS.clear()
    DIFFERENT.clear()
    return report


ast.parse = remember
for name in originals:
    setattr(internals, name, globals()[name])
json.dump({"do": "report", "modules": [run(module) for module in MODULES]}, questions)
questions.write("\n")
questions.flush()
