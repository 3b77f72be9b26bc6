"""A city of which nothing is embedded is planned from a boundary, people and a register."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from command import siting as run
from page_browser import complaints, missing_browser, open_page, start_browser
from page_browser import run as in_page
from page_reader import page_figures, page_table, script_text
from second_city import outline, set_words, write_boundary, write_people, write_register

import siting
from siting.errors import ConfigurationError
from siting.exports import check_totals

OF_THE_EMBEDDED_CITY = re.compile(
    r"泉州|quanzhou|3505\d\d|kinmen|jinmen|金门|24,?198|湄洲|meizhou|台湾|taiwan|鲤城|泉政|泉数|福建|EPSG:32650",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the city as `siting new --empty` makes it, filled by a planner."""
    here = tmp_path_factory.mktemp("planner")
    done = run("new", "--empty", "nebelau", "--title-zh", "雾城一张图", cwd=here)
    assert done.returncode == 0, done.stderr
    made = here / "nebelau"
    write_boundary(made / "layers")
    write_people(made / "layers")
    write_register(made / "layers")
    set_words(made / "scenario.toml", max_stations="24", budget_cny="8_000_000")
    return made


@pytest.fixture(scope="module")
def outputs(folder: Path) -> Path:
    """Return what `siting plan` writes in that folder, with no word on the command line."""
    done = run("plan", "--threads", "1", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "commitments: no ledger of targets was given" in done.stdout
    return folder / "outputs"


@pytest.fixture(scope="module")
def figures(outputs: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((outputs / "plan.json").read_text(encoding="utf-8"))
    return content


def test_a_plan_is_made_within_its_limits(figures):
    (phase,) = figures["phases"]
    assert 0 < phase["stations"] <= 24
    assert phase["cost_cny"] <= 8_000_000
    assert figures["sites_before"] == 60
    assert figures["modelled"]["network"] == 0.0
    assert figures["edge"]["centres"] == 3
    assert figures["targets"] == []
    indoors = figures["levels"][1]
    assert indoors["after"][0]["covered"] > indoors["covered_before"]


def test_sites_stand_inside_the_boundary(outputs):
    sites = gpd.read_file(outputs / "sites.gpkg", layer="sites").to_crs("EPSG:4326")
    proposed = sites[sites["status"] == "proposed"]
    assert len(proposed) > 0
    assert shapely.covers(outline(), proposed.geometry.to_numpy()).all()


def test_the_working_crs_is_the_zone_of_the_boundary_and_said(outputs, figures):
    assert figures["scenario"]["assumptions"]["study"]["crs"] == "EPSG:32632"
    record = json.loads((outputs / "run.json").read_text(encoding="utf-8"))
    assert record["crs"] == "EPSG:32632"


def test_what_was_made_is_said(figures):
    said = " ".join(warning["en"] for warning in figures["warnings"])
    assert "each county is one unit" in said
    assert re.search(r"\d+ places of about 1 km were made from population\.tif", said)
    assert "core rooms; nothing of theirs is counted" in said
    assert "no ledger of targets" in said
    assert "village coordinates" not in said
    assert figures["edge"]["binding_en"].startswith("the number of centres, which the scenario")


def test_people_are_those_of_the_raster(folder, figures):
    people = page_people(folder)
    assert figures["counties"][0]["population"] == people
    total = write_people(folder / "layers")
    assert 0.97 * total < people <= round(total)


def page_people(folder: Path) -> int:
    html = (folder / "outputs" / "maps" / "index.html").read_text(encoding="utf-8")
    return int(page_table(html, "counties")["population"][0])


def test_the_page_is_of_this_city(outputs, figures):
    html = (outputs / "maps" / "index.html").read_text(encoding="utf-8")
    assert "<title>雾城一张图</title>" in html
    assert counts(page_figures(html)) == counts(figures)
    counties = page_table(html, "counties")
    assert (counties["name"], counties["name_en"]) == (["Nebelau"], ["Nebelau"])
    west, north = (
        float(word) for word in re.search(r"center: \[([\d.]+), ([\d.]+)\]", html).groups()
    )
    assert (west, north) == (48.02, 9.03)


def test_no_output_speaks_of_the_embedded_city(outputs):
    found = [
        (name, match[0])
        for name, text in written(outputs)
        for match in OF_THE_EMBEDDED_CITY.finditer(text)
    ]
    assert found == []


def written(outputs: Path) -> list[tuple[str, str]]:
    """Return every text of the outputs, unpacked: the workbook's parts, the page's tables."""
    texts = []
    for path in sorted(path for path in outputs.rglob("*") if path.is_file()):
        text = path.read_bytes().decode("utf-8", errors="ignore")
        texts.append((path.name, text))
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as parts:
                texts += [(name, parts.read(name).decode("utf-8")) for name in parts.namelist()]
        if path.suffix == ".html":
            names = json.loads(script_text(text, "blocks"))
            texts += [
                (name, json.dumps(page_table(text, name), ensure_ascii=False)) for name in names
            ]
    return texts


def test_the_totals_agree_and_the_plan_repeats(folder, figures):
    scenario = siting.load_scenario(folder / "scenario.toml")
    layers = siting.read_layers(folder / "layers", crs=scenario.study.crs, needs=scenario.needs)
    plan = siting.run(scenario, layers)
    assert check_totals(plan) == []
    assert counts(plan.figures) == counts(figures)


def counts(figures: dict[str, Any]) -> list[tuple[int, int, float]]:
    """Return stations, sites and cost of each phase."""
    return [(phase["stations"], phase["sites"], phase["cost_cny"]) for phase in figures["phases"]]


@pytest.mark.skipif(missing_browser() is not None, reason=str(missing_browser()))
def test_the_page_opens_and_its_board_says_that_there_is_no_ledger(outputs, tmp_path):
    browser = start_browser(tmp_path)
    try:
        open_page(browser, outputs / "maps" / "index.html")
        assert complaints(browser) == []
        assert "targets.csv" in in_page(browser, "document.querySelector('#targets').textContent")
        label = in_page(browser, "OneMap.map.getContainer().getAttribute('aria-label')")
        assert label.startswith("地图")
    finally:
        browser.quit()


# ---------------------------------------------------------------- what is missing


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(folder / "layers", tmp_path / "layers")
    shutil.copyfile(folder / "scenario.toml", tmp_path / "scenario.toml")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "what", "how"),
    [
        ("counties.geojson", "counties.csv: the layer counties is missing", "--as counties"),
        ("population.tif", "the population is missing", "--as population"),
        ("sites.csv", "sites.csv: the layer sites is missing", "--as sites"),
    ],
)
def test_each_piece_that_is_missing_is_named_with_how_to_add_it(copy, file, what, how):
    (copy / "layers" / file).unlink()
    done = run("plan", cwd=copy)
    assert done.returncode == 3
    (line,) = [line for line in done.stderr.splitlines() if "missing" in line]
    assert what in line
    assert f"siting layers import FILE {how}" in line
    assert not (copy / "outputs").exists()


def test_an_empty_folder_names_all_three_pieces_at_once(tmp_path):
    siting_new = run("new", "--empty", "a", cwd=tmp_path)
    assert siting_new.returncode == 0
    set_words(tmp_path / "a" / "scenario.toml", max_stations="9")
    done = run("plan", cwd=tmp_path / "a")
    assert done.returncode == 3
    assert [line.split(":")[0] for line in done.stderr.splitlines() if "missing" in line] == [
        "counties.csv",
        "population.tif",
        "sites.csv",
    ]


def test_how_many_stations_may_be_built_is_asked_for_and_never_taken_from_another_city(tmp_path):
    run("new", "--empty", "a", cwd=tmp_path)
    with pytest.raises(ConfigurationError) as caught:
        siting.load_scenario(tmp_path / "a" / "scenario.toml")
    (problem,) = caught.value.problems
    assert problem.column == "phases.0.max_stations"
    assert "quanzhou" not in str(problem)


def test_a_crs_of_another_part_of_the_world_is_refused(copy):
    done = run("plan", "--set", "study.crs=EPSG:32650", cwd=copy)
    assert done.returncode == 3
    assert 'the city lies at 9.03 E, 48.02 N; write crs = "auto", or EPSG:32632' in done.stderr


def test_without_a_register_a_network_is_modelled_where_the_scenario_says_how_large(copy):
    (copy / "layers" / "sites.csv").unlink()
    set_words(copy / "scenario.toml", stations="40")
    scenario = siting.load_scenario(copy / "scenario.toml")
    layers = siting.read_layers(copy / "layers", crs=scenario.study.crs, needs=scenario.needs)
    today = siting.what_stands(scenario, layers)
    assert today.network["stations"].sum() == 40
    assert set(today.network["provenance"]) == {"modelled"}
