"""What raises, in many ways. Each function named `case_...` is a case."""

import asyncio
import contextlib


class Box:
    def __init__(self, value):
        self.value = value

    @property
    def half(self):
        return self.value / 0

    def __getitem__(self, index):
        return self.value[index].missing

    def __enter__(self):
        return self

    def __exit__(self, *args):
        raise KeyError(args[0])

    def __iter__(self):
        yield 1
        raise StopIteration("never")

    def __add__(self, other):
        return self.value + other.value


def fail(*args, **options):
    raise ValueError(args)


def case_name():
    return undefined + 1


def case_operands():
    a, b = 1, 0
    return (a + b) * (a - b) / b + a


def case_attribute():
    box = Box([[1], [2]])
    return box.value[0].first.second + box.value[1][5]


def case_subscript():
    table = {"x": {"y": None}}
    return table["x"]["y"]["z"]


def case_index_method():
    return Box([1, 2])[1] + Box([3])[0]


def case_property():
    box = Box(1); return (box.value, box.half, box.value)


def case_call_in_return():
    return fail(1, 2)


def case_call_in_assignment():
    result = fail(1)
    return result


def case_call_alone():
    fail()


def case_call_in_expression():
    return 1 + fail(3) + fail(4)


def case_call_with_keywords():
    return [fail(1, key=2), 3]


def case_call_with_stars():
    rest = (1, 2)
    return {"key": fail(*rest, **{"a": 1})}


def case_method():
    return Box("x").value.upper().lower(1)


def case_over_lines():
    return fail(
        1,
        len([
            2,
            3,
        ]),
    ) or 7


def case_operands_over_lines():
    return (
        len("abc")
        + len("de")
        + "f"
    )


def case_inner_line():
    return [
        1,
        fail(2),
        3,
    ]


def case_comprehension():
    return [fail(x) for x in range(3) if x]


def case_generator():
    return sum(1 / x for x in [1, 0])


def case_lambda():
    return (lambda x: x.real.nothing)(1)


def case_loop():
    for x in [1, 2, 0]:
        while x > 0:
            x -= 1 if x.real else y
        assert x, "it is nothing"


def case_iteration():
    for value in Box(1):
        value += 1


def case_unpacking():
    a, (b, c) = 1, (2, 3, 4)
    return a, b, c


def case_with():
    with Box(1) as box:
        box.value = box.other


def case_nested_with():
    with contextlib.suppress(OSError), Box(2) as box:
        fail(box)


def case_chained():
    try:
        fail("first")
    except ValueError as error:
        raise TypeError("second") from error


def case_context():
    try:
        {}["missing"]
    except KeyError:
        [][0]


def case_finally():
    try:
        fail(1)
    finally:
        int("none")


def case_group():
    errors = []
    for value in (0, "a"):
        try:
            1 / value
        except Exception as error:
            errors.append(error)
    raise ExceptionGroup("several", errors)


def case_nested_group():
    try:
        case_group()
    except ExceptionGroup as group:
        raise ExceptionGroup("outer", [group, OSError("alone")]) from None


def recursive(n):
    return recursive(n - 1) + 1 if n else n.nothing


def case_recursion():
    return recursive(6)


def case_short_recursion():
    return recursive(2)


def case_store():
    box = object()
    box.attribute, other = 1, 2


def case_delete():
    names = []
    del names[0], names[1]


def case_import():
    from contextlib import nothing_of_this_name


def case_class():
    class Local(Box):
        attribute = undefined_in_class


def case_decorator():
    @fail
    def f():
        pass


def case_default():
    def f(a, b=undefined_default):
        pass


def case_comparison():
    return 1 < len("a") + 1 < "b"


def case_unary():
    return [-x for x in "a"]


def case_formatted():
    name = "x"
    return f"{name!r:>{10}} {name:d} {undefined_in_text}"


def case_wide():
    名前 = {"日本": 1}; return 名前["日本"] + 名前["東京"] + 1


def case_boolean():
    x = Box(1)
    return x and x.value and x.none or x.other


def case_conditional():
    return 1 if not case_name else 2 if undefined else 3


def case_match():
    match {"a": 1}:
        case {"a": int(x)} if x.nothing:
            return x


def case_slices():
    return [1, 2, 3][1:"x"]


def case_augmented():
    numbers = [1]
    numbers[0] += "a"


def case_augmented_attribute():
    box = Box(1)
    box.value += Box("a").value


def case_add():
    return 1 * (Box(1) + Box("a"))


def case_await():
    async def inner():
        await asyncio.sleep(0)
        return fail(1)

    async def outer():
        return 1 + await inner()

    asyncio.run(outer())
