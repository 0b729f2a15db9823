"""What a terminal shows while something takes long. Gone when it is done."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from parity.core.findings import Finding


class TerminalReporter:
    """A reporter that draws one line on standard error."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("", start=True, visible=False)

    def phase(self, text: str) -> None:
        """Show a new phase."""
        self._progress.start()
        self._progress.reset(self._task, description=text, total=None, visible=True)

    def progress(self, done: int, total: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done, total=total or None)

    def finding(self, finding: Finding) -> None:
        """Leave findings to the answer, which shows them once the line is gone."""

    def close(self) -> None:
        """Take the line away."""
        self._progress.stop()
