"""Functions: decorators, defaults, annotations, docstrings, qualified names."""


def empty(): pass


def only_docstring():
    """Nothing else."""


def two_strings():
    "first"
    "second"
    f"third"


def parameters(a, /, b, c=1, *args, d, e=2, **kwargs) -> None:
    return a, b, c, args, d, e, kwargs


def annotated(a: int, /, b: "text" = 1, *args: tuple[int, ...], c: {1: 2}, d: lambda: 0 = 3, **kw: [x for x in y]) -> (1 if 0 else None):
    pass


def star_annotation(*args: *Ts): pass


@first
@second(lambda: 1)
@third.fourth[
    5
]
def decorated(
    a=1,
    *,
    b=2,
):
    return a + b


@decorator
async def coroutine(a: int = 1):
    """Docstring.

	Tab,
      and margin.
    """
    await a


def outer(x):
    y = 1

    def middle(z=x):
        nonlocal y
        global g

        def inner():
            return x, y, z, g

        y = inner

        def g():
            def local():
                return z

            return local

        class g2:
            def method(self):
                return z, y

        return inner, lambda: (lambda q=x: (q, y))

    return middle


def generator():
    """Docstring of a generator."""
    x = yield
    yield x
    return x


async def async_generator(a):
    async for b in a:
        yield b


def recursive(recursive=None):
    return recursive


lambda: (yield)
lambda a, /, b=1, *c, d=2, **e: (a, b, c, d, e)
two = lambda x: lambda y: x + y
