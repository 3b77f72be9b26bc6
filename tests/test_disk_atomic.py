"""Outputs are written whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from siting.disk import atomic
from siting.disk.atomic import atomic_outputs, recover_outputs, replaced_file
from siting.errors import ConfigurationError, SitingError

ROOT = Path(__file__).resolve().parents[1]


def write(folder: Path, **texts: str) -> None:
    """Write `name="text"` as files; two underscores in a name stand for a sub-folder."""
    for name, text in texts.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def write_and_fail(path: Path) -> None:
    """Write half a file, then go wrong."""
    path.write_text("half", encoding="utf-8")
    raise KeyError(path.name)


def contents(folder: Path) -> dict[str, str]:
    """Return the text of every file below a folder, without the list of what we wrote."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    texts = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}
    texts.pop(atomic.WRITTEN, None)
    return texts


def beside(folder: Path) -> list[str]:
    """Return the names of what stands beside the outputs folder."""
    return sorted(path.name for path in folder.parent.iterdir() if path != folder)


def run_and_die(outputs: Path, code: str) -> int:
    """Run code in a process of its own and return how it ended."""
    head = "import os, signal\nfrom pathlib import Path\nfrom siting.disk import atomic\n"
    argument = f"{head}outputs = Path({str(outputs)!r})\n{code}"
    done = subprocess.run([sys.executable, "-c", argument], cwd=ROOT, check=False)
    return done.returncode


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    """Return an outputs folder after one good run, with a file of the user's in it."""
    folder = tmp_path / "outputs"
    write(folder, maps__keep="", notes="mine")
    with atomic_outputs(folder) as new:
        write(new, plan="one", stale="one", maps__index="one")
    return folder


def test_a_good_run_replaces_ours_and_keeps_the_users_files(outputs: Path) -> None:
    with atomic_outputs(outputs) as new:
        write(new, plan="two", maps__index="two")

    expected = {"maps/index": "two", "maps/keep": "", "notes": "mine", "plan": "two"}
    assert contents(outputs) == expected
    assert beside(outputs) == []


def test_the_list_of_what_we_wrote_leaves_out_the_users_files(outputs: Path) -> None:
    names = (outputs / atomic.WRITTEN).read_text("utf-8").splitlines()

    assert names == [atomic.WRITTEN, "maps/index", "plan", "stale"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_an_empty_folder_and_a_link_of_the_users_are_carried_over(outputs: Path) -> None:
    (outputs / "empty").mkdir()
    (outputs / "link").symlink_to("notes")
    with atomic_outputs(outputs) as new:
        write(new, plan="two")

    assert (outputs / "empty").is_dir()
    assert (outputs / "link").readlink() == Path("notes")


def test_a_failed_run_changes_nothing(outputs: Path) -> None:
    before = contents(outputs)
    with pytest.raises(KeyError), atomic_outputs(outputs) as new:
        write_and_fail(new / "plan")

    assert contents(outputs) == before
    assert beside(outputs) == []


@pytest.mark.parametrize("end", ["os._exit(9)", "os.kill(os.getpid(), signal.SIGTERM)"])
def test_a_killed_run_leaves_the_previous_outputs_whole(outputs: Path, end: str) -> None:
    before = contents(outputs)
    code = f"with atomic.atomic_outputs(outputs) as new:\n (new / 'plan').write_text('2')\n {end}"

    assert run_and_die(outputs, code) != 0
    assert contents(outputs) == before
    assert beside(outputs) != []

    with atomic_outputs(outputs) as new:
        write(new, plan="three")
    assert contents(outputs) == {"maps/keep": "", "notes": "mine", "plan": "three"}
    assert beside(outputs) == []


def test_a_run_killed_between_the_renames_is_put_right_by_the_next(outputs: Path) -> None:
    before = contents(outputs)
    code = (
        "rename = Path.rename\n"
        "Path.rename = lambda self, to: (rename(self, to), os._exit(9))\n"
        "with atomic.atomic_outputs(outputs) as new:\n (new / 'plan').write_text('two')"
    )

    assert run_and_die(outputs, code) == 9
    assert not outputs.exists()
    recover_outputs(outputs)
    assert contents(outputs) == before


def test_a_run_killed_while_removing_the_old_keeps_the_new(outputs: Path) -> None:
    code = (
        "atomic._remove = lambda folder: os._exit(9)\n"
        "with atomic.atomic_outputs(outputs) as new:\n (new / 'plan').write_text('two')"
    )

    assert run_and_die(outputs, code) == 9
    recover_outputs(outputs)
    assert contents(outputs) == {"maps/keep": "", "notes": "mine", "plan": "two"}


def test_a_folder_made_anew_after_a_killed_swap_gets_the_old_files_back(outputs: Path) -> None:
    outputs.rename(outputs.with_name("outputs.old-run"))
    write(outputs.with_name("outputs.new-run"), plan="two")
    write(outputs, maps__keep="", later="mine too")
    recover_outputs(outputs)

    assert contents(outputs) == {
        "later": "mine too",
        "maps/index": "one",
        "maps/keep": "",
        "notes": "mine",
        "plan": "one",
        "stale": "one",
    }


def test_two_runs_cannot_write_one_folder(outputs: Path) -> None:
    with (
        atomic_outputs(outputs) as new,
        pytest.raises(SitingError, match="another run is writing"),
        atomic_outputs(outputs),
    ):
        pytest.fail("the second run must not start")
    assert not new.exists()


def test_a_file_open_elsewhere_gives_the_remedy(
    outputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, to: Path) -> None:
        raise PermissionError(13, "The process cannot access the file", str(self), None, str(to))

    before = contents(outputs)
    monkeypatch.setattr(Path, "rename", refuse)
    monkeypatch.setattr(atomic.time, "sleep", lambda _: None)
    with pytest.raises(SitingError, match="close the programme") as raised, atomic_outputs(outputs):
        pass

    assert "outputs.new-run" in str(raised.value)
    assert contents(outputs) == before


def test_the_working_folder_itself_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="holds nothing else"), atomic_outputs("."):
        pass


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path, outputs="text")
    with pytest.raises(ConfigurationError, match="is a file"), atomic_outputs(tmp_path / "outputs"):
        pass


def test_a_single_file_is_replaced_only_when_complete(tmp_path: Path) -> None:
    path = tmp_path / "plan"
    write(tmp_path, plan="one")
    with pytest.raises(KeyError), replaced_file(path) as part:
        write_and_fail(part)

    assert contents(tmp_path) == {"plan": "one"}
    with replaced_file(path) as part:
        part.write_text("two")
    assert contents(tmp_path) == {"plan": "two"}
