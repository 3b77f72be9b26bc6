"""The command prints figures on stdout, one line per error on stderr, and the right exit code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

import siting
from siting.cli import app
from siting.cli.output import listed
from siting.cli.progress import StepProgress
from siting.cli.report import headline, modelled_line
from siting.errors import DataError, InfeasibleError, Problem
from siting.workspace import new_workspace
from tests.plan_fixture import figures

ROOT = Path(__file__).parents[1]
HEAVY = ("geopandas", "pandas", "numpy", "numba", "scipy", "folium", "rasterio", "rich.progress")
NOT_BUILT = ("review merge",)


def run(*words: str):
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="siting")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def study(here, monkeypatch):
    """Stand-ins for the study and its writers, which note what they are given."""
    seen = SimpleNamespace(figures=figures())

    def plan_it(scenario, layers, *, progress):
        seen.scenario, seen.layers = scenario, layers
        progress("demand", 0.0)
        progress("optimise", 0.5)
        return SimpleNamespace(figures=seen.figures)

    def save_files(plan, folder, *, progress):
        progress("plan.json", 0.0)
        (folder / "plan.json").write_text(json.dumps(plan.figures), encoding="utf-8")

    def save_map(plan, layers, path):
        path.parent.mkdir(parents=True)
        path.write_text("<html></html>", encoding="utf-8")

    def read_layers(directory, *, crs, needs):
        seen.directory, seen.crs, seen.needs = Path(directory), crs, needs
        return SimpleNamespace(crs="EPSG:32650")

    fakes = {
        "run": plan_it,
        "save_files": save_files,
        "save_one_map": save_map,
        "read_layers": read_layers,
    }
    for name, fake in fakes.items():
        monkeypatch.setitem(vars(siting), name, fake)
    return seen


# ---------------------------------------------------------------- the whole command


def test_help_does_not_wait_for_what_only_a_run_needs():
    code = f"import sys, siting.cli; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_command_runs_as_a_process_of_its_own(tmp_path):
    words = [sys.executable, "-m", "siting", "plan", "--set", "edge.q=1", "--json"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 2
    (error,) = json.loads(done.stdout.decode("utf-8"))["errors"]
    assert error["what"] == "unknown key"
    (line,) = done.stderr.decode("utf-8").splitlines()
    assert line.startswith("--set edge.q: unknown key; write one of p, ")


def test_help_lists_every_command_and_the_exit_codes():
    for words in ((), ("--help",)):
        result = run(*words)
        assert result.exit_code == 0
        for name in ("new", "plan", "layers", "coverage", "calibrate", "predict", "compare"):
            assert f"\n  {name} " in result.stdout
        assert "1 infeasible" in result.stdout
    assert run("--version").stdout == f"siting {siting.__version__}\n"


@pytest.mark.parametrize("command", NOT_BUILT)
def test_what_is_not_built_says_so_and_ends_with_2(command):
    result = run(*command.split(), "x.csv", "--with", "anything", "--layers", "d")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"siting {command}: is not built yet; ")
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""
    (error,) = json.loads(run(*command.split(), "--json").stdout)["errors"]
    assert error["what"] == "is not built yet"


@pytest.mark.parametrize(
    "command", ["new x", "plan", "layers list", "layers check", "layers show x", "compare a b"]
)
def test_every_command_takes_layers_and_json(command):
    words = run(*command.split(), "--help").stdout
    assert "--layers DIR" in words
    assert "--json" in words


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["pln"], "siting: No such command 'pln'. Did you mean 'plan'?; see siting --help"),
        (["layers"], "siting layers: Missing command; see siting layers --help"),
        (["plan", "--sed", "1"], "siting plan: No such option: --sed"),
        (["plan", "--seed", "x"], "siting plan: Invalid value for '--seed': "),
        (["new"], "siting new: Missing argument 'DIR'; see siting new --help"),
    ],
)
def test_a_mistyped_command_is_one_line_and_ends_with_2(words, line):
    result = run(*words)
    assert result.exit_code == 2
    assert result.stderr.startswith(line)
    assert len(result.stderr.splitlines()) == 1
    (error,) = json.loads(run(*words, "--json").stdout)["errors"]
    assert set(error) == {"file", "row", "column", "what", "remedy"}


# ---------------------------------------------------------------- plan


def test_a_plan_is_written_and_its_headline_printed(study, here):
    result = run("plan", "--layers", "l", "--seed", "7", "--set", "edge.p=3", "--threads", "1")
    assert result.exit_code == 0, result.stderr
    assert (study.scenario.study.seed, study.scenario.edge.p) == (7, 3)
    assert (study.directory, study.crs, study.needs) == (Path("l"), "EPSG:32650", ())
    assert result.stdout == headline(study.figures, homepage="outputs/maps/index.html") + "\n"
    assert (here / "outputs" / "maps" / "index.html").is_file()
    record = json.loads((here / "outputs" / "run.json").read_text(encoding="utf-8"))
    assert list(record["step_seconds"]) == ["layers", "demand", "optimise", "files", "one map"]
    assert record["threads"] == 1
    assert record["crs"] == study.layers.crs == "EPSG:32650"


def test_progress_goes_to_stderr_as_plain_lines_when_there_is_no_terminal(study):
    result = run("plan")
    steps = [line.split(" ... done (")[0] for line in result.stderr.splitlines()]
    assert steps == ["layers", "demand", "optimise", "files", "one map"]


def test_json_prints_the_figures_and_nothing_else_on_stdout(study):
    assert json.loads(run("plan", "--json").stdout) == study.figures


def test_a_plan_reads_the_scenario_and_the_layers_of_its_folder_first(study, here):
    run("plan")
    assert study.directory == siting.embedded_directory()
    assert study.scenario == siting.load_scenario()
    (here / "layers").mkdir()
    (here / "quanzhou.toml").write_text('base = "quanzhou"\n[edge]\np = 5\n', encoding="utf-8")
    run("plan")
    assert study.directory == Path("layers")
    assert study.scenario.edge.p == 5


def test_all_mistakes_of_a_scenario_come_at_once_and_nothing_is_written(study, here):
    (here / "my.toml").write_text(
        'base = "quanzhou"\n[edge]\np = -1\n[optimise]\nswap_pases = 1\n', encoding="utf-8"
    )
    result = run("plan", "my.toml", "--set", "floors.x=1")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "my.toml:3: edge.p: is -1 centres, out of range; write a whole number from 1 to 10000 centres",
        "my.toml:5: optimise.swap_pases: unknown key; did you mean swap_passes?",
        "--set floors.x: unknown key; write county_stations_per_10000",
    ]
    assert not (here / "outputs").exists()


def raising(error):
    def fail(*_, **__):
        raise error

    return fail


LOST = Problem(file="ports.csv", row=4, column="lon", what="is 24.9", remedy="swap lon and lat")


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InfeasibleError(LOST), 1, "ports.csv:4: lon: is 24.9; swap lon and lat"),
        (DataError(LOST), 3, "ports.csv:4: lon: is 24.9; swap lon and lat"),
        (ZeroDivisionError("a\nb"), 2, "siting: ZeroDivisionError: a b; this is a fault of ours"),
        (MemoryError(), 2, "there is not enough memory; close other programmes"),
        (KeyboardInterrupt(), 130, "stopped; the outputs of the last finished run are untouched"),
    ],
)
def test_a_run_that_fails_ends_with_its_code_and_leaves_the_last_outputs(
    study, here, monkeypatch, error, code, line
):
    assert run("plan").exit_code == 0
    before = (here / "outputs" / "plan.json").read_bytes()
    monkeypatch.setitem(vars(siting), "run", raising(error))
    result = run("plan", "--json")
    assert result.exit_code == code
    assert result.stderr.splitlines()[-1].startswith(line)
    assert "Traceback" not in result.stderr
    assert list(json.loads(result.stdout)) == ["errors"]
    assert (here / "outputs" / "plan.json").read_bytes() == before


def test_debug_lets_the_traceback_through(study, monkeypatch):
    monkeypatch.setitem(vars(siting), "run", raising(ZeroDivisionError("a")))
    assert isinstance(run("plan", "--debug").exception, ZeroDivisionError)
    assert isinstance(run("--debug", "plan").exception, ZeroDivisionError)


def test_a_phase_without_an_answer_ends_with_1(study):
    study.figures["phases"][0]["status"] = "infeasible"
    assert run("plan").exit_code == 1


def test_the_reference_page_shows_every_command_and_option():
    page = (ROOT / "docs" / "reference" / "command_line.md").read_text(encoding="utf-8")
    built = ["new", "plan", "compare"]
    built += [f"layers {word}" for word in ("list", "check", "show", "import", "remove")]
    commands = [*built, *NOT_BUILT]
    for command in commands:
        assert f"`siting {command}" in page
    help_text = run("plan", "--help").stdout + run("layers", "show", "--help").stdout
    for option in set(re.findall(r"--[a-z]+", help_text)) - {"--help"}:
        assert f"`{option}" in page, option


# ---------------------------------------------------------------- the headline


def test_the_first_line_tells_how_much_is_modelled():
    first = headline(figures(), homepage="x").splitlines()[0]
    assert first == (
        "modelled share 100.0 % (demand 100.0 %, network 100.0 %, places 100.0 %): quotas, not pins"
    )
    surveyed = {"modelled_share": 0.0, "modelled": {"demand": 0.0}}
    assert "quotas" not in modelled_line(surveyed)


def test_the_headline_prints_stations_and_sites_bounds_gaps_gains_and_the_homepage():
    lines = [line.split() for line in headline(figures(), homepage="o/i.html").splitlines()]
    row = ["2024", "7", "8", "5", "1", "780", "788", "1.0", "%", "20.0", "%", "feasible"]
    assert row in lines
    indoors = ["Indoors", "340", "58.8", "%", "73.5", "%", "+50", "35.7", "%"]
    assert [*indoors, "88.2", "%", "+50", "55.6", "%"] in lines
    text = headline(figures(), homepage="o/i.html")
    assert "edge data centres: 2 of 2, 40 racks (and 5,000 in core rooms)" in text
    assert "gap 0.0 %, proved\nbinding: the number of centres" in text
    assert "commitments: 0 met, 1 not met, 1 not decided by this plan; they count the " in text
    assert "note: No terrain was given" in text
    assert text.endswith("one map: o/i.html")


def test_a_small_gap_is_never_printed_as_zero():
    small = figures()
    small["phases"][0]["gap"] = 0.0004
    assert " 0.040 % " in headline(small, homepage="x")


def test_an_objective_that_is_proved_prints_like_its_bound():
    proved = figures()
    proved["phases"][0] |= {"objective": 167_528.5, "bound": 167_528.500_000_01}
    (row,) = [line for line in headline(proved, homepage="x").splitlines() if "167,5" in line]
    assert row.split().count("167,528") == 2


def test_commitments_say_when_they_count_stations_without_a_place():
    whole = figures()
    whole["phases"] = [{**phase, "stations_unplaced": 0} for phase in whole["phases"]]
    assert "without a place as built" not in headline(whole, homepage="x")
    whole["phases"][0]["stations_unplaced"] = 3
    assert "count the 3 stations without a place as built" in headline(whole, homepage="x")


# ---------------------------------------------------------------- layers


def test_layers_of_the_embedded_city_are_listed_and_sound(here):
    rows = json.loads(run("layers", "list", "--json").stdout)["layers"]
    assert {"counties", "townships", "villages", "targets"} <= {row["layer"] for row in rows}
    assert {"file", "rows", "crs", "provenance", "sha256"} <= set(rows[0])
    checked = run("layers", "check", "--json")
    assert checked.exit_code == 0
    assert json.loads(checked.stdout)["errors"] == []


def test_layers_check_tells_everything_at_once_and_ends_with_3(here):
    new_workspace(here / "w")
    ports = here / "w" / "layers" / "ports.csv"
    ports.rename(ports.with_name("prots.csv"))
    (here / "w" / "layers" / "parks.csv").write_text("id,name\n", encoding="utf-8")
    result = run("layers", "check", "--layers", "w/layers", "--json")
    assert result.exit_code == 3
    files = {error["file"] for error in json.loads(result.stdout)["errors"]}
    assert {"ports.csv", "parks.csv"} <= files
    assert len(result.stderr.splitlines()) == len(json.loads(result.stdout)["errors"])
    assert run("layers", "list", "--layers", "w/layers").exit_code == 0


def test_layers_of_a_folder_that_is_not_there_end_with_3(here):
    for words in (["list"], ["check"], ["show", "ports"]):
        result = run("layers", *words, "--layers", "nowhere")
        assert result.exit_code == 3
        assert len(result.stderr.splitlines()) == 1


def test_layers_show_prints_the_first_rows(tiny_town):
    result = run("layers", "show", "townships", "--layers", tiny_town, "--rows", "2", "--json")
    shown = json.loads(result.stdout)
    assert len(shown["head"]) == 2
    assert shown["rows"] > 2
    assert "code" in shown["columns"]
    assert "geometry" not in shown["head"][0]
    assert run("layers", "show", "townships", "--layers", tiny_town).stdout.startswith(
        "townships: "
    )


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("port", 2, "there is no layer 'port'; did you mean ports?"),
        ("sites", 3, "this layer is optional and not there; add sites.csv"),
    ],
)
def test_a_layer_that_is_not_there_is_named(here, name, code, words):
    result = run("layers", "show", name)
    assert (result.exit_code, words in result.stderr) == (code, True)


def test_columns_line_up_under_chinese_text():
    lines = listed([{"name": "泉州", "n": 1}, {"name": "Anxi", "n": None}]).splitlines()
    assert lines == ["name  n", "泉州  1", "Anxi  -"]


# ---------------------------------------------------------------- compare, new


def test_compare_prints_the_figures_that_differ(here):
    (here / "a").mkdir()
    other = figures()
    other["phases"][0]["objective"] = 800.0
    (here / "a" / "plan.json").write_text(json.dumps(figures()), encoding="utf-8")
    (here / "b.json").write_text(json.dumps(other), encoding="utf-8")
    (row,) = json.loads(run("compare", "a", "b.json", "--json").stdout)["differences"]
    assert row == {"figure": "phases.2024.objective", "a": 780.0, "b": 800.0, "difference": 20.0}
    assert "phases.2024.objective" in run("compare", "a", "b.json").stdout
    assert run("compare", "a", "a").stdout == "the two plans do not differ\n"


def test_compare_names_both_files_that_are_no_plan(here):
    (here / "b.json").write_text('{"schema": "other/1"}', encoding="utf-8")
    result = run("compare", "a.json", "b.json")
    assert result.exit_code == 3
    assert result.stderr.splitlines() == [
        "a.json: there is no such plan; run siting plan first, or name its plan.json",
        "b.json: schema: is no plan of this version; write it again with siting plan",
    ]


def test_new_makes_a_folder_that_plans_as_the_packaged_scenario_does(here):
    result = run("new", "quanzhou plan", "--json")
    assert result.exit_code == 0
    folder = here / "quanzhou plan"
    assert "quanzhou plan/layers/counties.csv" in json.loads(result.stdout)["files"]
    assert siting.load_scenario(folder / "quanzhou.toml") == siting.load_scenario()
    assert siting.load_scenario(folder / "quanzhou_full.toml") == siting.load_scenario()
    assert sorted(path.name for path in here.iterdir()) == ["quanzhou plan"]


def test_the_hints_of_a_new_scenario_are_keys_that_exist(here):
    run("new", "w")
    text = (here / "w" / "quanzhou.toml").read_text(encoding="utf-8")
    hints = [
        line.removeprefix("# ")
        for line in text.splitlines()
        if line.startswith(("# [", "# [[")) or (line.startswith("# ") and " = " in line)
    ]
    (here / "w" / "all.toml").write_text('base = "quanzhou"\n' + "\n".join(hints), encoding="utf-8")
    changed = siting.load_scenario(here / "w" / "all.toml")
    assert [phase.name for phase in changed.phases] == ["2026"]
    assert changed.edge.p == 80


def test_new_fills_an_empty_folder_and_refuses_one_that_is_used(here):
    (here / "w").mkdir()
    assert run("new", "w").exit_code == 0
    before = sorted((here / "w").rglob("*"))
    for target in ("w", "w/quanzhou.toml"):
        result = run("new", target)
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1
    assert sorted((here / "w").rglob("*")) == before


def test_new_copies_the_layers_that_are_named(here, tiny_town):
    assert run("new", "w", "--layers", tiny_town).exit_code == 0
    copied = (here / "w" / "layers" / "counties.csv").read_bytes()
    assert copied == (tiny_town / "counties.csv").read_bytes()
    assert run("new", "v", "--layers", "nowhere").exit_code == 3
    assert not (here / "v").exists()


# ---------------------------------------------------------------- progress


def test_a_step_that_fails_is_not_called_done(capsys):
    def half_a_run():
        with StepProgress() as progress:
            progress("first", 1.0)
            progress("second", 0.5)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_a_run()
    assert [line.split(" ...")[0] for line in capsys.readouterr().err.splitlines()] == ["first"]


def test_a_terminal_gets_bars(monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with StepProgress() as progress:
        progress("first", 0.2)
        progress("second", 2.0)
    assert list(progress.seconds) == ["first", "second"]


def test_a_gap_above_rounding_is_never_printed_as_none():
    small = figures()
    small["phases"][0]["gap"] = 2.3e-6
    assert "< 0.001 %" in headline(small, homepage="x")
