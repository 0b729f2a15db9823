"""The one event loop: rattler's work is awaited here and nowhere else."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")

_SETTLING = 0.01  # seconds


def run(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Carry out work of rattler's to its end and return what it gives.

    A process that ends right after it may crash: a thread of rattler's still lets go of Python's objects. A short rest
    is what helps.
    """
    try:
        return asyncio.run(work)
    finally:
        time.sleep(_SETTLING)
