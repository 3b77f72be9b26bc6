"""Several files change in one stroke, or none does."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from siting.disk import moves
from siting.disk.moves import INCOMING, Staging, finish_moves, staged_files
from siting.errors import SitingError

ROOT = Path(__file__).resolve().parents[1]
CHANGE = (
    "with moves.staged_files(folder) as staging:\n"
    " staging.new('b').write_text('new b')\n"
    " staging.new('c').write_text('new c')\n"
    " staging.keep('a', '.kept/1/a')\n"
    " staging.put('b')\n"
    " staging.put('c')\n"
)
AFTER = {".kept/1/a": "old a", "b": "new b", "c": "new c"}


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


def write_and_fail(staging: Staging) -> None:
    """Stage half a file, then go wrong."""
    staging.new("b").write_text("half", encoding="utf-8")
    staging.put("b")
    raise KeyError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "layers"
    target.mkdir()
    (target / "a").write_text("old a", encoding="utf-8")
    (target / "b").write_text("old b", encoding="utf-8")
    return target


def run_and_die(folder: Path, code: str) -> int:
    """Run code in a process of its own and return how it ended."""
    head = "import os, signal\nfrom pathlib import Path\nfrom siting.disk import moves\n"
    argument = f"{head}folder = Path({str(folder)!r})\n{code}"
    return subprocess.run([sys.executable, "-c", argument], cwd=ROOT, check=False).returncode


def test_what_was_staged_is_there_when_the_block_ends(folder: Path) -> None:
    exec(CHANGE, {"moves": moves, "folder": folder})
    assert contents(folder) == AFTER


def test_an_error_in_the_block_changes_nothing(folder: Path) -> None:
    before = contents(folder)
    with pytest.raises(KeyError), staged_files(folder) as staging:
        write_and_fail(staging)
    assert contents(folder) == before


def test_a_run_killed_while_it_writes_changes_nothing(folder: Path) -> None:
    before = contents(folder)
    assert run_and_die(folder, f"{CHANGE} os._exit(9)") == 9
    assert {name: text for name, text in contents(folder).items() if INCOMING not in name} == before

    assert finish_moves(folder)
    assert contents(folder) == before


@pytest.mark.parametrize("after", range(4))
def test_a_run_killed_between_the_moves_is_finished_by_the_next(folder: Path, after: int) -> None:
    code = (
        "replace, made = Path.replace, []\n"
        "def move(self, to):\n"
        " if 'moves.json' not in str(to):\n"
        "  made.append(to)\n"
        f"  if len(made) > {after}: os._exit(9)\n"
        " return replace(self, to)\n"
        f"Path.replace = move\n{CHANGE}"
    )
    assert run_and_die(folder, code) == 9
    with staged_files(folder):
        pass
    assert contents(folder) == AFTER


def test_a_file_that_cannot_be_moved_takes_all_moves_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, replace = contents(folder), Path.replace

    def refuse(self: Path, to: Path) -> Path:
        if Path(to) == folder.resolve() / "c":
            raise PermissionError(13, "The process cannot access the file")
        return replace(self, to)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(SitingError, match="close the programme"):
        exec(CHANGE, {"moves": moves, "folder": folder})
    assert contents(folder) == before


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left"), OSError("sqlite: failed")]
)
def test_a_full_disk_is_told_with_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    """The libraries that write files give no number of the error: the room that is left tells."""
    before = contents(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=4096))
    with (
        pytest.raises(SitingError, match=r"layers: .*make room on that disk"),
        staged_files(folder),
    ):
        raise error
    assert contents(folder) == before


def test_two_runs_cannot_change_one_folder(folder: Path) -> None:
    with (
        staged_files(folder),
        pytest.raises(SitingError, match="another run is writing"),
        staged_files(folder),
    ):
        pytest.fail("the second run must not start")
