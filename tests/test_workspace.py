"""A folder for another city is empty, asks for what it must, and is of no real city."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest
from second_city import set_words
from typer.testing import CliRunner

import siting
from siting.cli.app import app
from siting.errors import ConfigurationError
from siting.scenario import packaged_path
from siting.workspace import new_empty_workspace

SHARED = ("demand", "service", "radio", "sites", "rules", "optimise")


def test_it_holds_a_readme_a_header_and_a_scenario(tmp_path):
    files = new_empty_workspace(tmp_path / "Neu Stadt")
    names = [path.relative_to(tmp_path / "Neu Stadt").as_posix() for path in files]
    assert names == ["layers/README.md", "layers/catalogue.csv", "scenario.toml"]
    header = (tmp_path / "Neu Stadt" / "layers" / "catalogue.csv").read_text(encoding="utf-8")
    assert header.startswith("layer,file,source,")
    assert header.rstrip().endswith("origin,origin_sha256,read_as")
    study = tomllib.loads(files[-1].read_text(encoding="utf-8"))["study"]
    assert (study["name"], study["crs"]) == ("Neu_Stadt", "auto")


def test_names_and_titles_are_kept_as_they_are(tmp_path):
    files = new_empty_workspace(
        tmp_path / "a", name="x-1", title_zh='"雾"城', title_en="a \\ b", crs="EPSG:4548"
    )
    set_words(files[-1], max_stations="5")
    study = siting.load_scenario(files[-1]).study
    assert (study.name, study.title_zh, study.title_en, study.crs) == (
        *("x-1", '"雾"城', "a \\ b", "EPSG:4548"),
    )


def test_what_cannot_be_used_is_told_at_once_and_nothing_is_written(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        new_empty_workspace(tmp_path / "a", name="a b", crs="UTM 32")
    assert [problem.file for problem in caught.value.problems] == ["--name", "--crs"]
    assert list(tmp_path.iterdir()) == []


def test_the_base_of_any_city_agrees_with_the_packaged_city_in_what_they_share(tmp_path):
    files = new_empty_workspace(tmp_path / "a")
    set_words(files[-1], max_stations="5")
    one, other = siting.load_scenario(files[-1]), siting.load_scenario()
    for table in SHARED:
        assert getattr(one, table) == getattr(other, table), table
    assert one.network.stations == 0
    assert one.needs == ("sites",)
    assert other.needs == ()


def test_the_base_of_any_city_is_no_whole_scenario():
    with pytest.raises(ConfigurationError) as caught:
        siting.load_scenario("city")
    missing = {problem.column for problem in caught.value.problems}
    assert {"study.name", "phases", "network.stations", "edge.p"} <= missing


def test_it_names_no_real_city(tmp_path):
    files = new_empty_workspace(tmp_path / "a")
    texts = [path.read_text(encoding="utf-8") for path in (*files, packaged_path("city"))]
    for word in ("泉", "uanzhou", "24198", "32650", "5000 "):
        assert not any(word in text for text in texts), word


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--name", "x"], "--name: belongs to an empty city; add --empty, or leave it out"),
        (
            ["--empty", "--layers", "."],
            "--layers: an empty city has no layers; leave one of --empty and --layers out",
        ),
    ],
)
def test_options_that_do_not_go_together_are_refused(tmp_path, monkeypatch, words, line):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["new", "d", *words], prog_name="siting")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [line]
    assert not Path("d").exists()


def test_every_key_of_the_template_exists(tmp_path):
    files = new_empty_workspace(tmp_path / "a")
    text = files[-1].read_text(encoding="utf-8")
    opened = text.replace("# max_stations = 100", "max_stations = 100")
    opened = opened.replace("# budget_cny = 20", "budget_cny = 20").replace(
        "# [[phases]]", "[[phases]]"
    )
    opened = opened.replace('# name = "phase 2"', 'name = "phase 2"')
    opened = opened.replace("# max_stations = 50", "max_stations = 50")
    opened = opened.replace("# [sites.macro]", "[sites.macro]").replace("# cost_new", "cost_new")
    files[-1].write_text(opened, encoding="utf-8")
    scenario = siting.load_scenario(files[-1])
    assert [phase.max_stations for phase in scenario.phases] == [100, 50]
    assert dataclasses.asdict(scenario.phases[0])["budget_cny"] == 20_000_000
