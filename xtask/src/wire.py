# What goes between this interpreter and the tool that started it: instructions are lists of six numbers (opcode, operand, line,
# end line, column, end column; the operand of a jump is the index of the instruction jumped to), constants a marshalled tuple, in
# hexadecimal digits, with None for each code object, whose names stand beside it. Other scripts go on behind this text.
import ast
import dis
import io
import json
import marshal
import sys
import warnings

try:
    import _testinternalcapi as internals
except ImportError:
    internals = None

AS_LIST = not hasattr(internals, "new_instruction_sequence")  # 3.12
TARGETS = {*dis.hasjrel, *dis.hasjabs, *getattr(dis, "hasexc", ())}
WITH_ARGUMENT = TARGETS.union(getattr(dis, "hasarg", ()))


def code_named(name):
    """Stands for the code object of another unit."""
    return compile("", "", "exec").replace(co_name=name)


def to_constants(record):
    constants = list(marshal.loads(bytes.fromhex(record["values"])))
    for index, name in record["codes"].items():
        constants[int(index)] = code_named(name)
    return constants


def from_constants(constants):
    codes = {index: value.co_name for index, value in enumerate(constants) if hasattr(value, "co_code")}
    values = tuple(None if index in codes else value for index, value in enumerate(constants))
    return {"values": marshal.dumps(values).hex(), "codes": codes}


def instructions_of(sequence):
    items = sequence if AS_LIST else sequence.get_instructions()
    return [(op, arg if op in WITH_ARGUMENT else 0, *location) for op, arg, *location in items]


def sequence_of(instructions):
    if AS_LIST:
        return [tuple(item) for item in instructions]
    sequence = internals.new_instruction_sequence()
    places = {arg for op, arg, *_ in instructions if op in TARGETS}
    for index, (op, arg, *location) in enumerate(instructions):
        if index in places:
            sequence.use_label(index)
        sequence.addop(op, arg, *location)
    return sequence


