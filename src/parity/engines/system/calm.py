"""Short work that must not end half-way: a signal that asks parity to stop is heard when it is done.

Part of every `parity run`: imports only what costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable
    from typing import Any
else:
    import _signal as signal  # the enumerations of `signal` would cost more than the rest of this module

_ASKED = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Calm:
    """Holds back what would interrupt a `with` block, and has it heard at its end.

    Only the main thread is ever interrupted: in another one, this does nothing.
    """

    def __init__(self) -> None:
        self._heard: list[int] = []
        self._handlers: dict[int, Callable[..., Any]] = {}

    def __enter__(self) -> None:
        for number in _ASKED:
            if callable(handler := signal.getsignal(number)):
                try:
                    signal.signal(number, self._hear)
                except ValueError:  # not the main thread
                    return
                self._handlers[number] = handler

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        if self._heard:
            signal.raise_signal(self._heard[0])

    def _hear(self, number: int, _frame: object) -> None:
        self._heard.append(number)
