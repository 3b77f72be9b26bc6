"""Make the project's own environment in .venv, and keep it in step with the lock.

Standard library only: this runs before anything is installed. pip takes whatever index, mirror or
proxy the user configured (pip config or PIP_* variables); nothing here names one.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}  # dev holds all of run
TAIL_LINES = 12

NO_VENV = (
    "Python could not make an environment. On Debian or Ubuntu install python3-venv; "
    "elsewhere reinstall Python with its standard library; then run the command again."
)
NO_PACKAGES = (
    "pip could not install the packages (its last lines are above). Check the network; "
    "if this computer uses a mirror or a proxy, tell pip once, with "
    "'pip config set global.index-url ADDRESS' or 'pip config set global.proxy ADDRESS'; "
    "then run the command again."
)


class SetUpError(Exception):
    """The environment could not be made; the message says what to do."""


def say(text: str) -> None:
    """Tell the user what happens, on stderr, so that stdout stays free for results."""
    print(text, file=sys.stderr, flush=True)


def program(name: str, *, venv: Path = VENV, windows: bool = os.name == "nt") -> Path:
    """Return the path of a program inside the environment, on Windows or elsewhere."""
    return venv / "Scripts" / f"{name}.exe" if windows else venv / "bin" / name


def stamp(kind: str, *, root: Path = ROOT) -> str:
    """Return the line that says what an up-to-date environment of this kind was made from."""
    digest = hashlib.sha256(f"{root}\n{sys.version_info[:2]}\n".encode())
    for name in (LOCKS[kind], "pyproject.toml"):
        # line ends differ with git's settings on Windows, the meaning does not
        digest.update((root / name).read_bytes().replace(b"\r\n", b"\n"))
    return f"{kind} {digest.hexdigest()}"


def is_ready(kind: str, *, root: Path = ROOT, venv: Path = VENV) -> bool:
    """Return whether the environment was finished from today's lock and project file."""
    note = venv / "siting-stamp.txt"
    made_from = note.read_text(encoding="utf-8").splitlines() if note.is_file() else []
    return stamp(kind, root=root) in made_from and program("python", venv=venv).exists()


def prepare(kind: str, *, root: Path = ROOT, venv: Path = VENV) -> None:
    """Make or refresh the environment of this kind, if it is not ready already."""
    if is_ready(kind, root=root, venv=venv):
        return
    note = venv / "siting-stamp.txt"
    note.unlink(missing_ok=True)
    lock = root / LOCKS[kind]
    count = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())

    say(f"[1/3] Python environment in {venv}")
    _make(venv)
    say(f"[2/3] Up to {count} packages from {lock.name} (a few minutes the first time)")
    _pip(venv, "install", "--requirement", str(lock))
    say("[3/3] The package itself")
    _pip(venv, "install", "--no-deps", "--no-build-isolation", "--editable", str(root))

    kinds = LOCKS if kind == "dev" else (kind,)
    note.write_text("".join(stamp(each, root=root) + "\n" for each in kinds), encoding="utf-8")


def _make(venv: Path) -> None:
    python = program("python", venv=venv)
    if _works(python, "-m", "pip", "--version"):
        return
    made = _run([sys.executable, "-m", "venv", "--clear", str(venv)])
    if made or not _works(python, "-m", "pip", "--version"):
        raise SetUpError(NO_VENV)


def _pip(venv: Path, *arguments: str) -> None:
    options = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    if _run([str(program("python", venv=venv)), "-m", "pip", *arguments, *options]):
        raise SetUpError(NO_PACKAGES)


def _works(python: Path, *arguments: str) -> bool:
    if not python.exists():
        return False
    return (
        subprocess.run([str(python), *arguments], capture_output=True, check=False).returncode == 0
    )


def _run(command: list[str]) -> int:
    """Run a command; show how many packages it has met, and its last lines only if it fails."""
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    met = 0
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            if not line.startswith("Ignoring "):  # lines of the lock for other platforms
                tail.append(line.rstrip())
            met += line.startswith("Collecting ")
            if line.startswith("Collecting ") and met % 10 == 0:
                say(f"      {met} packages ...")
            elif line.startswith("Installing collected"):
                say("      all fetched, unpacking ...")
    if process.returncode:
        say("\n".join(tail))
    return process.returncode
