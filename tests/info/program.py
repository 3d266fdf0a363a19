"""A program with every attribute that a code object can have."""
import asyncio
from functools import partial as p


class Account:
    """Money."""

    limit = 1_000_000_000_000, -0.0, 2j, b"\x00a", "\u00e9'", ..., None

    def __init__(self, owner, /, *rest, currency="EUR", **options):
        """Opens an account."""
        self.owner = owner
        total = 0

        def pay(amount):
            nonlocal total
            assert amount > 0, "nothing to pay"
            try:
                total += amount
            except TypeError:
                return owner, rest, options
            return [total for _ in range(amount) if _ in {1, 2, 3}]

        self.pay = pay

    async def interest(self):
        async with self as me:
            yield await me
        return


def first(n, *, default):
    while n:
        n -= 1
        yield from (x * n for x in p(default))
