"""Near names: what a misspelt word may have meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def near(name: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown name: the nearest known ones, or all of them."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(close)}?"
    if not names:
        return "leave it out"
    return f"write {names[0]}" if len(names) == 1 else f"write one of {', '.join(names)}"


def is_near(name: str, known: Iterable[str]) -> bool:
    """Return whether a name looks like a misspelling of a known one that it is not."""
    others = [other for other in known if other != name]
    return bool(difflib.get_close_matches(name, others, n=1, cutoff=0.85))
