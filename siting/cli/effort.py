"""What a run costs: its clock, its processor, its memory, its threads. Never part of a plan."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Start:
    """When a run began, by the calendar, the clock and the processor."""

    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    wall_s: float = field(default_factory=time.perf_counter)
    cpu_s: float = field(default_factory=time.process_time)


def peak_memory_bytes() -> int | None:
    """Return the largest resident memory of this process [byte]; None where unknown (Windows)."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@contextmanager
def limited_threads(threads: int | None) -> Iterator[int]:
    """Let the libraries use so many threads at most within the block; yield how many they use."""
    import numba
    from threadpoolctl import threadpool_limits

    before = numba.get_num_threads()
    wanted = min(threads or before, before)
    numba.set_num_threads(wanted)
    try:
        with threadpool_limits(limits=wanted):
            yield wanted
    finally:
        numba.set_num_threads(before)
