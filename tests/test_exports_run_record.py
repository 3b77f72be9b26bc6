"""run.json says what a run cost and on what it ran."""

from __future__ import annotations

import json
import platform
from pathlib import Path

import numpy as np

from siting.exports import save_run_record


def test_the_record_holds_effort_and_versions(tmp_path: Path) -> None:
    path = save_run_record(
        tmp_path / "run.json",
        wall_seconds=12.34567,
        cpu_seconds=20.0,
        peak_memory_bytes=123_456_789,
        threads=2,
        started_at="2025-12-31T08:00:00+08:00",
        step_seconds={"layers": 1.23456, "coverage": 2.0},
    )
    record = json.loads(path.read_text(encoding="utf-8"))

    assert record["schema"] == "siting-run/1"
    assert (record["wall_seconds"], record["cpu_seconds"]) == (12.346, 20.0)
    assert record["peak_memory_bytes"] == 123_456_789
    assert record["threads"] == 2
    assert record["step_seconds"] == {"layers": 1.235, "coverage": 2.0}
    assert record["python"] == platform.python_version()
    assert record["versions"]["numpy"] == np.__version__
    assert "not installed" not in record["versions"].values()


def test_what_the_system_does_not_tell_is_null(tmp_path: Path) -> None:
    path = save_run_record(
        tmp_path / "run.json", wall_seconds=1.0, cpu_seconds=1.0, peak_memory_bytes=None, threads=1
    )
    record = json.loads(path.read_text(encoding="utf-8"))

    assert record["peak_memory_bytes"] is None
    assert record["started_at"] is None
    assert record["step_seconds"] == {}
