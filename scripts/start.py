"""Plan the city, or run the tests, on a computer that has Python and nothing else.

    python scripts/start.py plan [--no-open] [options of `siting plan`]
    python scripts/start.py test [options of pytest]

Inputs:  requirements.lock (plan) or requirements-dev.lock (test), pyproject.toml
Outputs: .venv, and for `plan` outputs/ with the homepage outputs/maps/index.html
"""

from __future__ import annotations

import os
import subprocess
import sys
import webbrowser
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  said here, because pip would say it less clearly
    sys.exit(f"This needs Python 3.11 or newer, and here is {sys.version.split()[0]}.")

from _environment import ROOT, SetUpError, prepare, program, say


def outputs_of(arguments: list[str]) -> Path | None:
    """Return the folder that --outputs names, if it is named."""
    for position, word in enumerate(arguments):
        if word.startswith("--outputs="):
            return Path(word.partition("=")[2])
        if word == "--outputs" and position + 1 < len(arguments):
            return Path(arguments[position + 1])
    return None


def plan(arguments: list[str]) -> int:
    """Run `siting plan`, then show the homepage."""
    options = [word for word in arguments if word != "--no-open"]
    outputs = outputs_of(options)
    if outputs is None:
        outputs = ROOT / "outputs"
        options += ["--outputs", str(outputs)]
    prepare("run")
    code = call(str(program("siting")), "plan", *options)
    page = (outputs / "maps" / "index.html").resolve()
    if code == 0 and page.is_file():
        say(f"Homepage: {page}")
        if "--no-open" not in arguments and not os.environ.get("CI"):
            webbrowser.open(page.as_uri())
    return code


def test(arguments: list[str]) -> int:
    """Run the test suite."""
    prepare("dev")
    return call(str(program("python")), "-m", "pytest", *arguments, cwd=ROOT)


def call(*command: str, cwd: Path | None = None) -> int:
    """Run a command in the environment and return its exit code."""
    settings = os.environ | {"PYTHONUTF8": "1"}
    return subprocess.run(command, env=settings, check=False, cwd=cwd).returncode


def main(words: list[str]) -> int:
    """Do what the first word says."""
    if not words or words[0] not in {"plan", "test"}:
        asked_for_help = bool(words) and words[0] in {"-h", "--help"}
        (print if asked_for_help else say)(__doc__ or "")
        return 0 if asked_for_help else 2
    try:
        return {"plan": plan, "test": test}[words[0]](words[1:])
    except SetUpError as problem:
        say(str(problem))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
