"""Whatever is wrong with an input is told with its place and a remedy, and nothing has changed."""

from __future__ import annotations

import csv
import hashlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from bad_files import PROGRESS
from bad_input_case import ANY, Case, matches
from bad_inputs import CASES, REFUSED, REJECTED
from command import ROOT, siting

import siting as product
from siting.errors import Problem, SitingError
from siting.layers import check_layers, read_layers
from siting.layers.intake import ImportReport, import_layer, remove_layer
from tests.planner_files import TOWN, copy_town

PAGE = ROOT / "docs" / "reference" / "bad_input.md"
LINE = re.compile(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
BY_COMMAND = {
    "text-ragged": 3,
    "datum-asked": 3,
    "raster-voids": 3,
    "option-datum": 2,
    "folder-locked": 2,
}
"""Cases that are also given to the command, and the exit code of each."""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    (tmp_path / "cache").mkdir()
    return copy_town(tmp_path)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let temporary files be made where a test sees what is left of them."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder, hidden ones too, and its folders."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else "folder"
        for path in sorted(folder.rglob("*"))
    }


def ask(case: Case, source: Path | str, town: Path) -> ImportReport | None:
    """Ask the product for what the case is about."""
    if case.door == "remove":
        remove_layer(case.layer, directory=town)
    elif case.door == "pull":
        product.pull_layers(town, offline=True, cache=town.parent / "cache", **case.options)
    else:
        return import_layer(source, layer=case.layer, directory=town, **case.options)
    return None


def told(problems: tuple[Problem, ...], case: Case) -> Problem:
    """Return the problem that a case asks for."""
    found = [problem for problem in problems if case.fits(problem)]
    assert found, "\n".join(str(problem) for problem in problems)
    return found[0]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.id)
def test_a_bad_input_is_refused_and_nothing_has_changed(case: Case, town: Path) -> None:
    source = case.make(town.parent)
    folder = case.directory() if case.directory else town
    before, at_home = hashes(town.parent), hashes(folder)
    if case.door == "check":
        problems = check_layers(folder).problems
        if folder.is_dir():
            with pytest.raises(case.error):
                read_layers(folder)
    else:
        with case.during(folder), pytest.raises(SitingError) as raised:
            ask(case, source, folder)
        assert type(raised.value) is case.error
        problems = raised.value.problems
    told(problems, case)
    assert hashes(town.parent) == before
    assert hashes(folder) == at_home


@pytest.mark.parametrize("case", REJECTED, ids=lambda case: case.id)
def test_a_bad_row_is_rejected_with_its_reason_and_the_others_are_written(
    case: Case, town: Path
) -> None:
    source = case.make(town.parent)
    before = hashes(town.parent)
    report = ask(case, source, town)
    assert report is not None
    problem = told(report.problems, case)
    assert (report.rows_rejected, report.rows_read - report.rows_rejected > 0) == (1, True)

    with (town / report.rejected_file).open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["row"] == str(case.row)
    said = f"{case.column}: {problem.what}" if case.column else problem.what
    assert f"; {said}; " in f"; {row['reasons']}; "
    assert problem.remedy in row["remedies"]

    after = hashes(town.parent)
    ours = {f"layers/{name}" for name in (*report.files, "catalogue.csv")}
    changed = {name for name, content in before.items() if after.get(name) != content}
    kept = {f"layers/{name}" for name in report.replaced}
    assert changed <= ours | kept
    new = {name for name in after.keys() - before.keys() if after[name] != "folder"}
    assert all(name in ours or name.startswith("layers/.replaced/") for name in new)


@pytest.mark.parametrize("name", BY_COMMAND)
def test_the_command_says_the_same_and_ends_with_its_code(name: str, town: Path) -> None:
    (case,) = (case for case in CASES if case.id == name)
    source = case.make(town.parent)
    before = hashes(town.parent)
    words = ["layers", "import", source, "--as", case.layer, "--layers", town]
    words += ["--datum", case.options["datum"]] if "datum" in case.options else []
    with case.during(town):
        done = siting(*words)

    assert done.returncode == BY_COMMAND[name]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    place = f"{case.file}:{case.row}" if case.row is not None else case.file
    start = "".join(f"{part}: " for part in (place, case.column) if part)
    wanted = f"{start}{case.what}; {case.remedy}{ANY}"
    assert any(matches(wanted, line[line.find(start) :] + " ") for line in lines), done.stderr
    assert hashes(town.parent) == before


@pytest.mark.parametrize("spoilt", ["{", ""])
def test_an_import_into_a_folder_without_an_outline_says_what_was_not_checked(
    spoilt: str, town: Path
) -> None:
    (town / "counties.geojson").write_text(spoilt, encoding="utf-8")
    (case,) = (case for case in CASES if case.id == "folder-locked")
    report = ask(case, case.make(town.parent), town)
    assert report is not None
    assert any("that the places lie in the city is not checked" in note for note in report.notes)


def test_progress_without_a_source_is_written_so_that_a_plan_reads_it(town: Path) -> None:
    report = import_layer(PROGRESS(town.parent), layer="progress", directory=town)
    assert any(note.startswith("source is not in the file: left blank") for note in report.notes)
    assert check_layers(town).problems == ()


def test_every_kind_of_message_stands_on_the_page_and_every_line_of_it_is_produced() -> None:
    shown = LINE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(set(shown)) == len(shown)
    assert {line[0] for line in shown} == {case.what for case in CASES}


def test_every_line_of_the_page_says_what_it_means_and_what_to_do() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert len(LINE.findall(text)) == len(rows)
    assert all(len(cell.split()) > 1 for line in LINE.findall(text) for cell in line[1:])


def test_the_town_itself_is_sound_and_the_cases_have_names_of_their_own() -> None:
    assert check_layers(TOWN).problems == ()
    assert len({case.id for case in CASES}) == len(CASES)
    assert len(REFUSED) >= 100
