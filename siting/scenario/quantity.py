"""What one key of a scenario may hold: its unit and its range, said once."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """The unit of a key, the range it is checked against, and the words of its format.

    `low` and `high` are inclusive; `keys` names the entries of a small table of numbers;
    `pattern` and `form` are the regular expression of a text and how it is described.
    """

    unit: str = ""
    low: float | None = None
    high: float | None = None
    keys: tuple[str, ...] = ()
    pattern: str = ""
    form: str = ""

    def holds(self, value: float) -> bool:
        """Return whether a number is finite and within the range."""
        above = self.low is None or value >= self.low
        below = self.high is None or value <= self.high
        return math.isfinite(value) and above and below

    @property
    def range_text(self) -> str:
        """Return the range as the messages and the reference page print it."""
        if self.low is None or self.high is None:
            return self.form or "any"
        return f"{plain(self.low)} to {plain(self.high)}" + (f" {self.unit}" if self.unit else "")


def plain(number: float) -> str:
    """Return a number as a person writes it: no trailing zero, no exponent below a thousand million."""
    if isinstance(number, int) or (math.isfinite(number) and number == int(number)):
        return str(int(number))
    return repr(number)
