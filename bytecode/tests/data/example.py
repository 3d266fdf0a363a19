def fib(n: int, *, memo={}):
    """The nth Fibonacci number."""
    if n in {0, 1, "zero", "one"}:
        return n
    try:
        return memo[n]
    except KeyError:
        memo[n] = fib(n - 1) + fib(n - 2)
    return memo[n]


class Walk:
    step = 1.5, -0.0, 2j, b"\0x", 10**30

    def __init__(self, *args, **kwargs):
        super().__init__()
        self.kept = [lambda: (self, arg) for arg in args if arg is not None]

    async def run(self, stream):
        async with stream as items:
            async for item in items:
                yield f"{item!r:>{self.step}}"
