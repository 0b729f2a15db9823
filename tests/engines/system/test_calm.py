"""Short work that must not end half-way."""

import os
import signal
import threading

import pytest

from parity.engines.system.calm import Calm


def test_an_interrupt_is_heard_when_the_work_is_done() -> None:
    """Once, however often it came, and by whoever listened before."""
    done = []

    def work() -> None:
        with Calm():
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            done.append("the work")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert ["the work"] == done
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_in_another_thread_it_does_nothing() -> None:
    """Nobody is interrupted there."""
    listening = signal.getsignal(signal.SIGINT)

    def work() -> None:
        with Calm():
            heard.append(signal.getsignal(signal.SIGINT))

    heard: list[object] = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [listening] == heard
