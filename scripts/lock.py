"""Write the two locks anew: what a plan needs, and what its tests need on top of it.

Inputs:  pyproject.toml
Outputs: requirements.lock, requirements-dev.lock (versions and hashes, every platform, no host)

Needs `uv` on the path; run it when a dependency changes, and commit both files.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [
    "uv", "pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url",
    "--no-emit-find-links",
]  # fmt: skip
HEADER = """\
# {what}. Written by scripts/lock.py from pyproject.toml; do not edit.
# Universal: markers choose by platform and Python (3.11 or newer).
# Install with pip (scripts/start.py does), from the index that pip is configured for.
"""


def write(path: Path, what: str, *options: str) -> None:
    """Resolve the project and what builds it, with these further options."""
    project = ROOT / "pyproject.toml"
    build = tomllib.loads(project.read_text(encoding="utf-8"))["build-system"]["requires"]
    done = subprocess.run(
        [*COMMAND, *options, str(project), "-"],
        input="\n".join(build),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
    )
    path.write_text(HEADER.format(what=what) + done.stdout, encoding="utf-8", newline="\n")


def main() -> int:
    """Write both; the second takes every version of the first."""
    run, dev = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
    write(run, "What `siting plan` needs")
    write(
        dev, "What the tests need, and all of requirements.lock", "--extra", "dev", "-c", str(run)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
