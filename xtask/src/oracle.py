# Answers questions about the stages of this interpreter's compiler, by `_testinternalcapi` where it has that. Questions come on
# standard input and answers go to standard output, a line of JSON each; sources are text of one character a byte.
import _symtable
import gc


def source_of(question):
    return question["source"].encode("latin-1")


def nested(sequence):
    """Inner sequences before the one around them."""
    if not AS_LIST:
        for inner in sequence.get_nested():
            yield from nested(inner)
    yield sequence


def codegen(question):
    """The instructions of all units that the function shows."""
    tree = ast.parse(source_of(question), question["filename"])
    sequence, metadata = internals.compiler_codegen(tree, question["filename"], question["level"])
    return {"units": [instructions_of(unit) for unit in nested(sequence)], "nested": not AS_LIST}


def optimize(unit):
    constants = to_constants(unit["consts"])
    result = internals.optimize_cfg(sequence_of(unit["instrs"]), constants, unit["nlocals"])
    return {"instrs": instructions_of(result), "consts": from_constants(constants)}


def assemble(unit):
    """The code object, marshalled."""
    metadata = {name: unit[name] for name in NUMBERS_AND_NAMES}
    # Equal constants may differ: each is the second of a pair, as in the compiler's own table.
    constants = enumerate(to_constants(unit["consts"]))
    metadata["consts"] = {pair: pair[0] for pair in constants}
    first_free = len(unit["cellvars"])
    for table, first in ("names", 0), ("varnames", 0), ("cellvars", 0), ("freevars", first_free):
        metadata[table] = {name: index for index, name in enumerate(unit[table], first)}
    metadata["fasthidden"] = {name: True for name in unit["hidden"]}
    code = internals.assemble_code_object(unit["filename"], sequence_of(unit["instrs"]), metadata)
    return marshal.dumps(code).hex()


NUMBERS_AND_NAMES = "name", "qualname", "firstlineno", "argcount", "posonlyargcount", "kwonlyargcount"


def units(question):
    """What a function makes of each of a module's units."""
    work = {"optimize": optimize, "assemble": assemble}[question["work"]]
    return [guarded(work, unit) for unit in question["units"]]


def tree(question):
    parsed = ast.parse(source_of(question), question["filename"], type_comments=True)  # as `python -m ast` does
    return ast.dump(parsed, indent=3, include_attributes=True)


def symbols(question):
    """The symbol table as text: each scope below the one around it, with its names."""
    table = _symtable.symtable(source_of(question), question["filename"], "exec")
    return "".join(line + "\n" for line in scope_lines(table, ""))


def scope_lines(scope, indent):
    nested = ", nested" if scope.nested else ""
    parameters = " (%s)" % ", ".join(scope.varnames) if scope.varnames else ""
    yield "%s%s %s, line %d%s%s" % (indent, SCOPE_KINDS[scope.type], scope.name.strip("<>"), scope.lineno, nested, parameters)
    indent += "    "
    for name, bits in scope.symbols.items():
        words = " ".join(word for bit, word in SYMBOL_FLAGS if bits & bit)
        yield indent + name + ": " + BINDINGS[bits >> _symtable.SCOPE_OFF] + (words and ", " + words)
    for child in scope.children:
        yield from scope_lines(child, indent)


# Numbers differ by version, and not all have names.
SCOPE_KINDS = {0: "function", 1: "class", 2: "module", 3: "annotation"}
for name, kind in (("TYPE_TYPE_ALIAS", "type alias"), ("TYPE_TYPE_PARAM", "type parameters"), ("TYPE_TYPE_PARAMETERS", "type parameters"),
                   ("TYPE_TYPE_VAR_BOUND", "type variable"), ("TYPE_TYPE_VARIABLE", "type variable")):
    SCOPE_KINDS[getattr(_symtable, name, None)] = kind
BINDINGS = ["unknown", "local", "explicit global", "implicit global", "free", "cell"]
SYMBOL_FLAGS = [(1, "global"), (2, "bound"), (4, "param"), (8, "nonlocal"), (16, "used"), (64, "free_class"), (128, "import"),
                (256, "annotated"), (512, "comp_iter"), (1024, "type_param"), (2048, "comp_cell")]
SYMBOL_FLAGS = [flag for flag in SYMBOL_FLAGS if flag[0] < 1 << _symtable.SCOPE_OFF]


def offers(question):
    """Whether there are the functions, and whether they keep the targets of block pushes."""
    return {"functions": hasattr(internals, "assemble_code_object"), "block_pushes": not AS_LIST}


def guarded(work, *arguments):
    try:
        return {"value": work(*arguments)}
    except Exception as error:
        # MemoryError too: CPython's parser says so of a source that nests too deep.
        record = {"type": type(error).__name__, "msg": getattr(error, "msg", None) or str(error)}
        record["line"] = getattr(error, "lineno", None)
        return {"error": record}


WORK = {"offers": offers, "symbols": symbols, "codegen": codegen, "tree": tree, "units": units}


def main():
    warnings.simplefilter("ignore")
    gc.disable()  # answers are short-lived trees without cycles
    answers = io.open(1, "w", encoding="ascii", newline="\n", closefd=False)
    for line in io.open(0, encoding="utf-8", closefd=False):
        question = json.loads(line)
        json.dump(guarded(WORK[question["do"]], question), answers, separators=(",", ":"))
        answers.write("\n")
        answers.flush()


main()
