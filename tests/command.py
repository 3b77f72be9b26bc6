"""Run the `siting` command as its users do: as a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULE = ("-m", "siting")


def siting(
    *words: object, cwd: Path = ROOT, python: tuple[str, ...] = MODULE, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command and return its exit code and what it printed.

    `python` are the words after the interpreter, where something other than the package is run;
    `environment` is added to that of the tests.
    """
    # the text is ours, whatever this machine's language is; the folder may be anywhere
    given = {"PYTHONUTF8": "1", "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, *python, *map(str, words)],
        cwd=cwd,
        env={**os.environ, **given},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
