"""The one event loop: rattler's work is awaited here and nowhere else."""

import asyncio
import atexit
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")

_SETTLING = 0.01  # seconds

# A process that ends right after its last work may crash: a thread of rattler's still lets go of Python's objects while
# the interpreter is taken down. A short rest before that is what helps.
atexit.register(time.sleep, _SETTLING)


def run(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Carry out work of rattler's to its end and return what it gives."""
    given: list[Answer] = []

    # a task that returned it would be shown, answer and all, in an error that putting SIGINT's handler back makes and
    # drops: some 5 ms for a large one
    async def carry_out() -> None:
        given.append(await work)

    asyncio.run(carry_out())
    return given[0]
