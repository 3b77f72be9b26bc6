"""How far a run has come, on stderr: bars on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Self

import typer

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID

SHORT_S = 1.0  # a step that took less leaves no trace on a terminal


class StepProgress:
    """Shows the step of a run and its share done; call it with (step, fraction from 0 to 1).

    A new step ends the one before it; `seconds` holds what each took [s]. Without a terminal each step is one line when it ends.
    """

    def __init__(self) -> None:
        self._bars: Progress | None = _bars() if sys.stderr.isatty() else None
        self._task: TaskID | None = None
        self._step = ""
        self._started_s = 0.0
        self.seconds: dict[str, float] = {}

    def __enter__(self) -> Self:
        """Start drawing."""
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the last step; one that failed is not called done."""
        if kind is None:
            self.end()
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, step: str, fraction: float) -> None:
        """Note how far a step has come."""
        if step != self._step:
            self.end()
            self._step, self._started_s = step, time.monotonic()
            if self._bars is not None:
                self._task = self._bars.add_task(step, total=1.0)
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, completed=min(max(fraction, 0.0), 1.0))

    def end(self) -> None:
        """Finish the step that is shown; `seconds` then tells how long it took."""
        if not self._step:
            return
        took_s = time.monotonic() - self._started_s
        self.seconds[self._step] = self.seconds.get(self._step, 0.0) + took_s
        if self._bars is None:
            typer.echo(f"{self._step} ... done ({took_s:.1f} s)", err=True)
        elif self._task is not None:
            self._bars.update(self._task, completed=1.0, visible=took_s >= SHORT_S)
        self._step = ""


def _bars() -> Progress:
    """Return bars that leave the steps that took longer than a second on the screen."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
