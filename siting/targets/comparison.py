"""Compare a number with a printed commitment, by the printed operator.

The operator is compared as printed, without tolerance:

    >    超          the value must be exceeded
    >=   以上        the value or more
    =    达, 建成    the value is reached (a quantity that is built is reached by more, too)
    ~    力争, 近    the value is aimed at; compared like `=`, no tolerance is invented

The other operators carry no single number to compare: `mixed` (several numbers, in `parts`),
`list`, `claim` and `policy`. What cannot be computed is `None`, never zero.
"""

from __future__ import annotations

import math
import operator as compare
import re
from dataclasses import dataclass

from siting.errors import ConfigurationError, DataError, Problem

COMPARE = {">": compare.gt, ">=": compare.ge, "=": compare.ge, "~": compare.ge}
WITHOUT_NUMBER = ("mixed", "list", "claim", "policy")
OPERATORS = (*COMPARE, *WITHOUT_NUMBER)

_PART = re.compile(r"(>=|>|=|~) (\d+(?:\.\d+)?) (\S.*)")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One number of a phrase that prints several."""

    operator: str
    value: float
    unit: str


def parse_parts(text: str) -> tuple[Part, ...]:
    """Return the numbers of a composite phrase, written `OPERATOR NUMBER UNIT; ...`.

    >>> [part.value for part in parse_parts("= 85 %; > 4 个")]
    [85.0, 4.0]
    """
    matches = [_PART.fullmatch(piece.strip()) for piece in text.split(";") if piece.strip()]
    if not all(matches):
        raise DataError(
            Problem(
                what=f"'{text}' is no list of numbers",
                remedy="write OPERATOR NUMBER UNIT, joined by '; '",
                column="parts",
            )
        )
    return tuple(Part(operator=m[1], value=float(m[2]), unit=m[3]) for m in matches if m)


def met(operator: str, plan_value: float | None, value: float | None) -> bool | None:
    """Return whether `plan_value` keeps the commitment `operator value`; `None` if unknown.

    >>> met(">", 32000, 32000), met(">=", 30, 30), met("=", None, 100)
    (False, True, None)
    """
    if operator not in OPERATORS:
        raise ConfigurationError(
            Problem(what=f"unknown operator '{operator}'", remedy=f"use one of {OPERATORS}")
        )
    if operator in WITHOUT_NUMBER or plan_value is None or value is None:
        return None
    if math.isnan(plan_value) or math.isnan(value):
        return None
    return bool(COMPARE[operator](plan_value, value))
