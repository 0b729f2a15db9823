"""What a terminal shows while something takes long. Gone when it is done."""

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from parity.core.findings import Finding


class _Count(ProgressColumn):
    """How many of how many, where anybody knows."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.completed:.0f}/{task.total:.0f}" if task.total else "")


class TerminalReporter:
    """A reporter that draws one line on standard error."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            _Count(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )

    def phase(self, text: str) -> None:
        """Show a new phase in the place of the last."""
        for task in self._progress.task_ids:
            self._progress.remove_task(task)
        self._progress.add_task(text, total=None)
        self._progress.start()

    def progress(self, done: int, total: int) -> None:
        """Move the bar."""
        for task in self._progress.task_ids:
            self._progress.update(task, completed=done, total=total or None)

    def finding(self, finding: Finding) -> None:
        """Leave findings to the answer, which shows them once the line is gone."""

    def close(self) -> None:
        """Take the line away."""
        self._progress.stop()
