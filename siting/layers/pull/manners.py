"""How often, how long and how patiently a server is asked.

The wait before the n-th repetition is `first_wait_s * 2 ** (n - 1)`, unless the server asks for a
longer one (Retry-After); a server that asks for more than `longest_wait_s` is left in peace, and
the pull ends with an error that says so.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

USER_AGENT = "siting (city planning of 5G sites; siting layers pull)"
"""How a request introduces itself."""

_SLOT = re.compile(r"Slot available after: \S+, in (-?\d+) seconds")
_FREE = re.compile(r"^\s*\d+ slots? available now", re.MULTILINE)
_UNLIMITED = re.compile(r"^\s*Rate limit: 0\s*$", re.MULTILINE)
BUSY_S = 15.0
"""Wait for a slot [s] where the server says that all are taken and not until when."""


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How a server is asked: one request at a time, with pauses.

    Attributes
    ----------
    timeout_s
        Longest silence of a server [s]; also the time that Overpass may spend on one query.
    retries
        How often a request is repeated after the first time.
    pause_s
        Pause between two requests [s].
    first_wait_s
        Wait before the first repetition [s]; it doubles with each.
    longest_wait_s
        The longest wait that a server may ask for [s].
    proxy
        URL of a proxy; "" leaves it to HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
    sleep
        Waits so many seconds; tests give one that only counts.

    """

    timeout_s: float = 180.0
    retries: int = 4
    pause_s: float = 1.0
    first_wait_s: float = 5.0
    longest_wait_s: float = 900.0
    proxy: str = ""
    sleep: Callable[[float], None] = time.sleep

    def wait_s(self, repetition: int) -> float:
        """Return the wait before a repetition [s], the first being 1.

        >>> [Manners().wait_s(repetition) for repetition in (1, 2, 3)]
        [5.0, 10.0, 20.0]
        """
        return min(self.first_wait_s * 2.0 ** (repetition - 1), self.longest_wait_s)


def retry_after_s(headers: Mapping[str, str]) -> float:
    """Return the wait that a server asks for [s]; 0 where it asks for none.

    Retry-After is a number of seconds or a date; a date is measured from the server's own Date,
    so that no clock of ours is asked.

    >>> retry_after_s({"Retry-After": "7"})
    7.0
    """
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        until, now = (parsedate_to_datetime(text) for text in (said, headers.get("Date", "")))
        return max((until - now).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return 0.0


def slot_wait_s(status: str) -> float:
    r"""Return how long an Overpass server asks to wait for a slot [s], from its status page.

    >>> slot_wait_s("Rate limit: 2\n2 slots available now.\n")
    0.0
    >>> slot_wait_s("Rate limit: 2\nSlot available after: 2026-01-01T00:00:00Z, in 12 seconds.\n")
    12.0
    """
    if _FREE.search(status) or _UNLIMITED.search(status):
        return 0.0
    waits = [float(found) for found in _SLOT.findall(status)]
    if waits:
        return max(min(waits), 0.0)
    return BUSY_S if "Rate limit:" in status else 0.0
