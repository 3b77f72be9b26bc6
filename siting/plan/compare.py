"""Two plans side by side: what differs in their headline figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMED_LISTS = {"phases": "name", "levels": "level", "counties": "code", "after": "phase",
               "targets": "id"}  # fmt: skip
LEFT_OUT = frozenset({"inputs", "quotas", "warnings", "edge.sites", "pareto", "scenario"})
"""Paths of the lists that name places or sources, and of what is compared apart."""
READING_ORDER = ("scenario", "phases", "levels", "edge", "targets", "counties")
"""What changed, what it does to the plan, and where; other blocks follow."""


def compare_plans(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the figures in which two plan.json differ: figure, a, b, difference.

    Figures are named by their path, list entries by their name: `phases.2024.objective`. The
    difference is b - a for numbers and empty otherwise. Assumptions are compared as well, and come
    first; lists of places are not.
    """
    a, b = dict(_leaves(first)), dict(_leaves(second))
    a |= dict(_leaves(first.get("scenario", {}), "scenario"))
    b |= dict(_leaves(second.get("scenario", {}), "scenario"))
    names = sorted([*a, *(name for name in b if name not in a)], key=_block)
    return [
        {"figure": name, "a": a.get(name), "b": b.get(name), "difference": _minus(a, b, name)}
        for name in names
        if a.get(name) != b.get(name)
    ]


def _block(name: str) -> int:
    """Return the place of a figure's block in the order of reading."""
    block = name.partition(".")[0]
    return READING_ORDER.index(block) if block in READING_ORDER else len(READING_ORDER)


def _leaves(value: Any, path: str = "", key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and the value of every number, text and truth below a block."""
    if isinstance(value, dict):
        for name, item in value.items():
            below = f"{path}.{name}".lstrip(".")
            if below not in LEFT_OUT:
                yield from _leaves(item, below, name)
    elif isinstance(value, list):
        name_key = NAMED_LISTS.get(key)
        for place, item in enumerate(value):
            named = isinstance(item, dict) and name_key in item
            yield from _leaves(item, f"{path}.{item[name_key] if named else place}")
    else:
        yield path, value


def _minus(a: Mapping[str, Any], b: Mapping[str, Any], name: str) -> float | None:
    first, second = a.get(name), b.get(name)
    if isinstance(first, bool) or isinstance(second, bool):
        return None
    if not isinstance(first, int | float) or not isinstance(second, int | float):
        return None
    return float(second) - float(first)
