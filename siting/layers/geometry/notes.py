"""Keep what is said of each row, in the order in which it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Notes:
    """What is said of each of `count` rows; most rows have nothing said of them."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._said: dict[int, list[str]] = {}

    def say(self, rows: Sequence[int] | NDArray[np.int64], texts: Sequence[str]) -> None:
        """Add one text to each of the rows."""
        for row, text in zip(rows, texts, strict=True):
            self._said.setdefault(int(row), []).append(text)

    def reject(self, shapes: NDArray[np.object_], rows: NDArray[np.int64], reason: str) -> None:
        """Take the shapes of the rows away and give the reason."""
        shapes[rows] = None
        self.say(rows, [reason] * len(rows))

    def texts(self) -> NDArray[np.object_]:
        """Return the text of each row, its parts joined by semicolons; "" where nothing was said."""
        texts = np.full(self._count, "", dtype=object)
        for row, parts in self._said.items():
            texts[row] = "; ".join(parts)
        return texts
