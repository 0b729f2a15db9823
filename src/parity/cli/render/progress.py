"""What a terminal shows while something takes long: what was done, what is being done, how long it may take.

Gone when it is done.
"""

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from parity.core.amounts import size_text
from parity.core.findings import Finding

_MOST_DONE = 4  # phases that are over and still shown
_WORTH_SAYING = 0.5  # seconds; what took less is not shown once it is over
_LITTLE = 0.01  # of what is done; without it the end would be reached
_SOON = 2.0  # seconds; what is over before that needs no estimate


class _Count(ProgressColumn):
    """How many of how many, where anybody knows; bytes as people read them."""

    def render(self, task: Task) -> Text:
        if not task.total or task.finished:
            return Text("")
        if task.fields["unit"] == "B":
            return Text(f"{size_text(int(task.completed))} of {size_text(int(task.total))}")
        return Text(f"{task.completed:.0f}/{task.total:.0f}")


class _Bar(BarColumn):
    """A bar for what has a known end, and is not at it."""

    def render(self, task: Task) -> Text:  # type: ignore[override] # of what rich draws, text is one
        return super().render(task) if task.total and not task.finished else Text("")  # type: ignore[return-value] # same


class _Left(ProgressColumn):
    """How long the rest may take, going by what is done."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        left = task.time_remaining
        if task.finished or not task.total or left is None or left < _SOON:
            return Text("")
        minutes, seconds = divmod(round(left), 60)
        return Text(f"about {f'{minutes} min ' if minutes else ''}{seconds} s left", style="dim")


class TerminalReporter:
    """A reporter that draws on standard error: a line for what is done now, and some for what was done before."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        plain = not console.encoding.lower().startswith("utf")
        self._progress = Progress(
            SpinnerColumn("line" if plain else "dots", finished_text="+" if plain else "[green]✓[/green]"),
            TextColumn("{task.description}", markup=False),
            _Bar(bar_width=24),
            _Count(),
            TimeElapsedColumn(),
            _Left(),
            console=console,
            transient=True,
        )
        self._now: TaskID | None = None

    def phase(self, text: str) -> None:
        """Show a new phase, and the last one as done."""
        self._settle()
        self._now = self._progress.add_task(text, total=None, unit="")
        self._progress.start()

    def progress(self, done: int, total: int, unit: str = "") -> None:
        """Move the bar."""
        if self._now is not None:
            # at the end it waits for the next phase: whoever reports may have something left to do
            completed = min(done, total - _LITTLE) if total else done
            self._progress.update(self._now, completed=completed, total=total or None, unit=unit)

    def finding(self, finding: Finding) -> None:
        """Leave findings to the answer, which shows them once the line is gone."""

    def close(self) -> None:
        """Take everything away."""
        self._progress.stop()

    def _settle(self) -> None:
        """Mark the phase as done, or take it away where it was short; of many, the last ones stay."""
        if self._now is None:
            return
        task = next(each for each in self._progress.tasks if each.id == self._now)
        if (task.elapsed or 0) < _WORTH_SAYING:
            self._progress.remove_task(self._now)
        else:
            self._progress.update(self._now, total=1, completed=1)
        done = [each.id for each in self._progress.tasks if each.finished]
        for old in done[:-_MOST_DONE]:
            self._progress.remove_task(old)
