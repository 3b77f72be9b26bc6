"""Stops a search when its watcher says so or Ctrl-C is pressed, with the best answer so far kept."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Progress = Callable[[float, str], object]


class Watch:
    """Tells a watcher how far a search is, and remembers whether it shall stop."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self.stopped = False

    def tell(self, share: float, text: str) -> bool:
        """Tell the share done and what is going on; return whether to go on.

        A watcher stops the search by returning False; None means to go on.
        """
        if not self.stopped and self._progress is not None:
            answer = self._progress(share, text)
            self.stopped = answer is not None and not answer
        return not self.stopped

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Take Ctrl-C inside for a wish to stop; what was found stays with its holder."""
        try:
            yield
        except KeyboardInterrupt:
            self.stopped = True

    def part(self, start: float, end: float) -> Watch:
        """Return a watch over a part of the way, told from 0 to 1, that stops this one too."""
        return _Part(self, start, end)


class _Part(Watch):
    """A watch over one part of the way of another."""

    def __init__(self, whole: Watch, start: float, end: float) -> None:
        super().__init__(None)
        self._whole, self._start, self._end = whole, start, end
        self.stopped = whole.stopped

    def tell(self, share: float, text: str) -> bool:
        """Tell the whole how far its part is."""
        self.stopped = not self._whole.tell(self._start + (self._end - self._start) * share, text)
        return not self.stopped
