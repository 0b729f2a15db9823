"""Programs that run side by side; whatever ends the work early ends them all."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from types import TracebackType
from typing import NamedTuple, Self

from parity.engines.system.supervised import end_group, supervise


class Ended(NamedTuple):
    """How a program ended: its exit status (128 + N: by signal N), how long it took, what it wrote to both streams."""

    status: int
    seconds: float
    output: bytes


class Crew:
    """Runs programs, at most `jobs` at once, from the block's beginning to its end."""

    def __init__(self, jobs: int) -> None:
        self._pool = ThreadPoolExecutor(jobs)
        self._groups: set[int] = set()
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for all of them, or end them where the block was left by an exception."""
        if kind is not None:
            self._stopped = True
            for group in list(self._groups):
                end_group(group)
        self._pool.shutdown(wait=True, cancel_futures=kind is not None)

    def start(self, command: Sequence[str], *, cwd: str, env: Mapping[str, str]) -> Future[Ended]:
        """Run a program as soon as there is room for it."""
        return self._pool.submit(self._run, command, cwd, env)

    def _run(self, command: Sequence[str], cwd: str, env: Mapping[str, str]) -> Ended:
        written, group = BytesIO(), 0

        def begun(pid: int) -> None:
            nonlocal group
            group = pid
            self._groups.add(pid)
            if self._stopped:
                end_group(pid)

        started = time.monotonic()
        try:
            status = supervise(command, cwd=cwd, env=env, log=written, on_start=begun)
        finally:
            self._groups.discard(group)
        return Ended(status, time.monotonic() - started, written.getvalue())
