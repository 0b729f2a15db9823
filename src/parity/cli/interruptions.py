"""Being asked to stop: the first signal unwinds what is under way, those after it wait until that is tidied up.

Part of every start: imports only what costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    import signal
else:
    import _signal as signal  # the enumerations of `signal` would cost more than the rest of this module

_ASKED = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_SHELLS = 128  # what a shell adds to the number of the signal that ended a program


def listen() -> None:
    """Have a signal that asks this process to stop raise KeyboardInterrupt, once; one ignored (`nohup`) stays so."""
    for number in _ASKED:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def turn_away() -> None:
    """Have signals that ask this process to stop do nothing any more: it is about to end by itself."""
    for number in _ASKED:
        signal.signal(number, signal.SIG_IGN)


def status_of(interrupt: KeyboardInterrupt) -> int:
    """Return the exit code of a process that was asked to stop, as a shell gives it: 130 for Ctrl-C."""
    return _SHELLS + (interrupt.args[0] if interrupt.args else int(signal.SIGINT))


def _stop(number: int, _frame: object) -> None:
    for each in _ASKED:
        if signal.getsignal(each) is _stop:
            signal.signal(each, _wait)
    raise KeyboardInterrupt(number)


def _wait(_number: int, _frame: object) -> None:
    """Do nothing; unlike a signal that is ignored, this is not inherited by programs that are started."""
