"""Read columns of a table that may lack them, and codes as rows of the table they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

DEGREES = "EPSG:4326"


def positions(codes: Iterable[Any], known: Iterable[Any]) -> list[int]:
    """Return the row of each code in the table it names, -1 where there is none."""
    rows = {str(code): row for row, code in enumerate(known)}
    return [rows.get(str(code), -1) for code in codes]


def text(entries: Iterable[Any]) -> list[str]:
    """Return codes and ids as text."""
    return [str(entry) for entry in entries]


def values(frame: pd.DataFrame, name: str, default: Any = None) -> Iterable[Any]:
    """Return a column, or the default for every row of a table that does not have it."""
    if name in frame:
        entries: Iterable[Any] = frame[name]
        return entries
    return default if isinstance(default, list) else [default] * len(frame)
