"""Every command of the page and of the README of an empty city works as it is written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from command import ROOT
from command import siting as run
from second_city import outline, set_words, write_boundary, write_people, write_register

from siting.layers import check_layers

PAGE = ROOT / "docs" / "second_city.md"
README = ROOT / "siting" / "workspace" / "empty_city" / "layers.md"


def commands(page: Path) -> list[list[str]]:
    """Return the words of each command that a page shows in its code."""
    lines = re.findall(
        r"^(?: {4,})((?:siting|cd) .*)$", page.read_text(encoding="utf-8"), re.MULTILINE
    )
    return [shlex.split(line) for line in lines]


def planner_files(here: Path) -> None:
    """Write what the commands speak of, under the names that they have there."""
    write_boundary(here).rename(here / "districts.geojson")
    write_people(here)
    (here / "population.tif").rename(here / "people.tif")
    write_register(here).rename(here / "register.csv")


def test_the_commands_of_the_page_lead_from_nothing_to_a_plan(tmp_path: Path) -> None:
    planner_files(tmp_path)
    steps = commands(PAGE)
    assert [words[:2] for words in steps[:2]] == [["siting", "new"], ["cd", "nebelau"]]
    assert steps[-1] == ["siting", "plan"]
    here = tmp_path
    for words in steps:
        if words[0] == "cd":
            here /= words[1]
            continue
        if words[1] == "plan":
            set_words(here / "scenario.toml", max_stations="40")
        done = run(*words[1:], cwd=here)
        assert done.returncode == 0, f"{shlex.join(words)}: {done.stderr}{done.stdout}"
    assert (here / "outputs" / "maps" / "index.html").is_file()


def test_the_commands_of_the_readme_bring_the_least_in(tmp_path: Path) -> None:
    planner_files(tmp_path)
    gpd.GeoDataFrame({"name": ["Nebelau"]}, geometry=[outline()], crs=4326).to_file(
        tmp_path / "districts.shp", encoding="utf-8"
    )
    (tmp_path / "people.tif").rename(tmp_path / "FILE.tif")
    pd.read_csv(tmp_path / "register.csv").to_excel(tmp_path / "register.xlsx", index=False)
    done = run("new", "--empty", "city", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    shown = README.read_text(encoding="utf-8").replace("`siting", "\n    siting").replace("`", "\n")
    page = tmp_path / "shown.md"
    page.write_text(shown, encoding="utf-8")
    steps = [words for words in commands(page) if words[1:3] == ["layers", "import"]]
    assert [words[5] for words in steps] == ["counties", "population", "sites"]
    for words in steps:
        done = run(*words[1:], "--layers", "city/layers", cwd=tmp_path)
        assert done.returncode == 0, f"{shlex.join(words)}: {done.stderr}"
    assert check_layers(tmp_path / "city" / "layers").problems == ()


@pytest.mark.parametrize("page", [PAGE, README], ids=lambda page: page.name)
def test_a_page_shows_commands(page: Path) -> None:
    assert commands(page)
