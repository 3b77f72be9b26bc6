"""A pull writes whole layers with their licence, fills in what is modelled, and asks once."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import loopback as web
import numpy as np
import pandas as pd
import pytest
import rasterio
from layer_edits import add_columns, records
from overpass_town import (
    Element,
    node,
    overpass,
    relation,
    serve_town,
    square,
    town_objects,
    villages,
    way,
)
from rasterio import Affine
from rasterio.io import MemoryFile
from town_study import TOWN, study, town, town_layers
from typer.testing import CliRunner

from siting.cli import app
from siting.disk.lock import only_writer
from siting.errors import ConfigurationError, DataError, MissingDataError, SitingError
from siting.layers import check_layers, embedded_directory, read_layers
from siting.layers.intake import remove_layer
from siting.layers.pull import PullReport, pull_layers
from siting.layers.pull.match import plain_name
from siting.layers.pull.wanted import WHAT

OBJECTS = tuple(one for one in WHAT if one not in ("boundaries", "dem", "landcover", "population"))
SOME = ("places", "roads", "ports")
GLO30 = "Copernicus_DSM_COG_10_N24_00_E118_00_DEM"
WORLDCOVER = "ESA_WorldCover_10m_2021_v200_N24E117_Map"


@pytest.fixture(autouse=True)
def _no_proxy_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def server() -> Iterator[web.Loopback]:
    with web.loopback() as running:
        serve_town(running)
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOWN, tmp_path / "layers"))


def pull(server: web.Loopback, folder: Path, *what: str, **options: Any) -> PullReport:
    urls = {
        "overpass": f"{server.url}/api",
        "copernicus": server.url,
        "worldcover": server.url,
        "worldpop": f"{server.url}/chn.tif",
    }
    settled = {
        "cache": folder.parent / "cache", "urls": urls, "timeout_s": 5.0, "retries": 1,
        "sleep": lambda _seconds: None,
    }  # fmt: skip
    return pull_layers(folder, what=what, **settled | options)


def content(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def catalogue(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "catalogue.csv", dtype=str, keep_default_na=False).set_index(
        "layer"
    )


def rejected(folder: Path, layer: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{layer}.rejected.csv", dtype=str, encoding="utf-8-sig")


def places(*elements: Element) -> dict[str, list[Element]]:
    return {'"place"~"^(village': list(elements)}


# --- layers of objects


def test_every_layer_of_objects_is_written_and_sound(server: web.Loopback, folder: Path) -> None:
    report = pull(server, folder, *OBJECTS)

    assert [layer.what for layer in report.layers] == [
        "places", "places", "roads", "rail", "water", "power", "buildings", "ports", "industrial",
        "public_places",
    ]  # fmt: skip
    assert all(layer.changed and layer.written for layer in report.layers)
    assert check_layers(folder).problems == ()


def test_the_catalogue_holds_licence_and_attribution(server: web.Loopback, folder: Path) -> None:
    pull(server, folder, "roads", "places")
    told = catalogue(folder)

    assert told.loc["roads", "licence"].startswith("ODbL 1.0; © OpenStreetMap contributors")
    assert told.loc["roads", "provenance"] == "approximate"
    assert told.loc["roads", "vintage"] == "2026-01-01"
    assert told.loc["villages", "source"].startswith("made up for the tests")
    assert told.loc["villages", "source"].endswith("; places: OpenStreetMap")
    assert "MIT; places: ODbL 1.0" in told.loc["villages", "licence"]


def test_a_second_pull_asks_nothing_and_changes_nothing(server: web.Loopback, folder: Path) -> None:
    pull(server, folder, *SOME)
    before, asked = content(folder), len(server.asked)

    report = pull(server, folder, *SOME)

    assert len(server.asked) == asked
    assert (report.asked, report.known) == (0, 4)
    assert not any(layer.changed for layer in report.layers)
    assert content(folder) == before


def test_two_machines_pull_the_same_bytes(server: web.Loopback, tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        folder = Path(shutil.copytree(TOWN, tmp_path / name / "layers"))
        pull(server, folder, *SOME)
        written.append(content(folder))
    assert written[0] == written[1]


def test_what_was_pulled_can_be_taken_back(server: web.Loopback, folder: Path) -> None:
    before = (folder / "villages.csv").read_bytes()
    pull(server, folder, "places")
    assert not (folder / "villages.csv").exists()
    remove_layer("villages", directory=folder)
    assert (folder / "villages.csv").read_bytes() == before


def test_an_area_without_objects_changes_nothing(server: web.Loopback, folder: Path) -> None:
    server.answers["/api/interpreter"] = overpass({})
    before = content(folder)
    report = pull(server, folder, "roads", "places")
    assert content(folder) == before
    assert all("nothing is written" in layer.notes[-1] for layer in report.layers)


# --- the share that is modelled


def modelled(folder: Path) -> tuple[float, float]:
    figures = study(read_layers(folder)).figures
    return figures["modelled"]["demand"], figures["modelled_share"]


def test_what_was_pulled_lowers_the_modelled_share(server: web.Loopback, folder: Path) -> None:
    before = town().figures["modelled_share"]
    pull(server, folder, "places")
    demand, share = modelled(folder)

    assert before == 1.0
    assert demand < 0.2
    assert share < 0.75


def test_half_the_villages_lower_it_by_less(server: web.Loopback, folder: Path) -> None:
    server.answers["/api/interpreter"] = overpass({'"place"~"^(village': villages(0.5)})
    pull(server, folder, "places")
    demand, share = modelled(folder)
    assert 0.2 < demand < 0.9
    assert 0.7 < share < 1.0


def test_pulled_villages_stand_where_they_were_drawn(server: web.Loopback, folder: Path) -> None:
    drawn = {one["tags"]["name"]: (one["lon"], one["lat"]) for one in villages()}
    pull(server, folder, "places")
    found = read_layers(folder).villages.to_crs("EPSG:4326")

    assert set(found["provenance"]) == {"approximate"}
    assert set(found["location_radius_m"]) == {500.0}
    assert found["name"].tolist() == town_layers().villages["name"].tolist()
    for row in found.itertuples():
        place = drawn[row.name.removesuffix("社区")]
        assert (row.geometry.x, row.geometry.y) == pytest.approx(place, abs=1e-8)
        assert row.source.startswith("OpenStreetMap node/")


def test_pulled_public_places_are_those_of_the_plan(server: web.Loopback, folder: Path) -> None:
    pull(server, folder, "public_places")
    found = read_layers(folder).public_places
    assert found["name"].tolist() == ["虚构医院"]
    assert found["kind"].tolist() == ["hospital"]
    assert found["county_code"].tolist() == ["990101"]


# --- names


def test_a_place_of_no_row_is_kept_with_its_reason(server: web.Loopback, folder: Path) -> None:
    stranger = node(1, 118.47, 24.90, place="hamlet", name="无名村")
    server.answers["/api/interpreter"] = overpass(places(*villages(), stranger))
    report = pull(server, folder, "places")

    entry = next(layer for layer in report.layers if layer.layer == "villages")
    assert (entry.written, entry.rejected) == (24, 1)
    row = rejected(folder, "villages").iloc[0]
    assert row["osm_name"] == "无名村"
    assert row["osm_note"] == "no row has its name in this county"
    assert row["remedies"]


def test_a_name_in_another_county_is_not_meant(server: web.Loopback, folder: Path) -> None:
    far = node(1, 118.62, 24.88, place="village", name="虚构一社区")  # on the isle, 990103
    server.answers["/api/interpreter"] = overpass(places(far))
    before = content(folder)
    report = pull(server, folder, "places")
    assert content(folder) == before
    assert "none has the name of a row" in report.layers[-1].notes[-1]


def test_a_place_of_the_city_next_door_is_not_meant(server: web.Loopback, folder: Path) -> None:
    next_door = node(1, 118.61, 24.93, place="village", name="虚构一社区")
    server.answers["/api/interpreter"] = overpass(places(next_door, *villages()[1:]))
    report = pull(server, folder, "places")
    entry = next(layer for layer in report.layers if layer.layer == "villages")
    assert (entry.written, entry.rejected) == (23, 0)
    assert "1 objects lie outside every county: not used" in entry.notes


def test_two_places_of_one_name_far_apart_are_both_left_alone(
    server: web.Loopback, folder: Path
) -> None:
    two = [
        node(1, 118.44, 24.90, place="village", name="虚构一社区"),
        node(2, 118.48, 24.90, place="village", name="虚构一社区"),
    ]
    server.answers["/api/interpreter"] = overpass(places(*two, *villages()[1:]))
    report = pull(server, folder, "places")
    entry = next(layer for layer in report.layers if layer.layer == "villages")
    assert entry.written == 23
    assert any("lie apart: not used (虚构一社区)" in note for note in entry.notes)


def test_two_places_of_one_name_close_by_are_the_more_telling_one(
    server: web.Loopback, folder: Path
) -> None:
    two = [
        node(1, 118.4700, 24.90, place="hamlet", name="虚构一社区"),
        node(2, 118.4705, 24.90, place="village", name="虚构一社区"),
    ]
    server.answers["/api/interpreter"] = overpass(places(*two))
    pull(server, folder, "places")
    row = read_layers(folder).villages.iloc[0]
    assert row["source"] == "OpenStreetMap node/2"


def test_two_rows_of_one_name_are_both_left_alone(server: web.Loopback, folder: Path) -> None:
    path = folder / "villages.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("虚构二社区", "虚构一村"), encoding="utf-8")
    place = node(1, 118.47, 24.90, place="village", name="虚构一")
    server.answers["/api/interpreter"] = overpass(places(place, *villages()[2:]))
    report = pull(server, folder, "places")
    entry = next(layer for layer in report.layers if layer.layer == "villages")
    assert (entry.written, entry.rejected) == (22, 1)
    assert rejected(folder, "villages").iloc[0]["osm_note"] == "2 rows here have its name"


def test_a_surveyed_place_is_never_replaced(server: web.Loopback, folder: Path) -> None:
    path = folder / "villages.csv"
    add_columns(
        path,
        lon=lambda k: "118.4701" if k == 0 else "",
        lat=lambda k: "24.9001" if k == 0 else "",
        location_radius_m=lambda k: "5" if k == 0 else "",
    )
    rows = records(path)
    text = path.read_text(encoding="utf-8")
    line = ",".join(rows[1])
    path.write_text(text.replace(line, line.replace("modelled", "surveyed")), encoding="utf-8")

    report = pull(server, folder, "places")

    entry = next(layer for layer in report.layers if layer.layer == "villages")
    assert entry.written == 23
    assert any("known better: not used" in note for note in entry.notes)
    row = read_layers(folder).villages.iloc[0]
    assert (row["provenance"], row["location_radius_m"]) == ("surveyed", 5.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [("东村", "东村村民委员会"), ("东 村", "东社区"), ("东村", "东社区居委会")],
)
def test_the_word_for_the_kind_of_unit_does_not_matter(one: str, other: str) -> None:
    assert plain_name("villages", one) == plain_name("villages", other) == "东"


def test_a_name_that_is_only_a_kind_keeps_it() -> None:
    assert plain_name("villages", "社区") == "社区"


# --- boundaries


def outline(number: int, code: str, level: str) -> list[Element]:
    """Return the outline of a township's or county's square around its place, as a relation."""
    layers = town_layers()
    table = layers.townships if level == "8" else layers.counties
    row = table.set_index("code").to_crs("EPSG:4326").loc[code]
    west, south, east, north = row.geometry.bounds
    side = min(east - west, north - south)
    drawn = square(number, west, south, side)
    tags = {"type": "boundary", "boundary": "administrative", "admin_level": level}
    del drawn[-1]["tags"]
    return [*drawn, relation(number + 50, [number], **tags, name=row["name"])]


def test_boundaries_become_the_areas_of_townships(server: web.Loopback, folder: Path) -> None:
    codes = [
        row.code for row in town_layers().townships.itertuples() if row.county_code == "990101"
    ]
    drawn = [one for k, code in enumerate(codes) for one in outline(100 * k + 100, code, "8")]
    server.answers["/api/interpreter"] = overpass({'"admin_level"="8"': drawn})

    pull(server, folder, "boundaries")

    found = read_layers(folder).townships.set_index("code")
    assert set(found.loc[codes, "area_basis"]) == {"drawn"}
    assert set(found.loc[codes, "provenance"]) == {"approximate"}
    assert check_layers(folder).problems == ()


def test_an_outline_is_not_replaced_by_a_point(server: web.Loopback, folder: Path) -> None:
    codes = [
        row.code for row in town_layers().townships.itertuples() if row.county_code == "990101"
    ]
    drawn = [one for k, code in enumerate(codes) for one in outline(100 * k + 100, code, "8")]
    objects = town_objects() | {'"admin_level"="8"': drawn}
    server.answers["/api/interpreter"] = overpass(objects)
    pull(server, folder, "boundaries", "places")
    pull(server, folder, "places")
    found = read_layers(folder).townships.set_index("code")
    assert set(found.loc[codes, "area_basis"]) == {"drawn"}


def test_the_outline_of_a_county_is_replaced(server: web.Loopback, folder: Path) -> None:
    island = outline(100, "990103", "6")
    server.answers["/api/interpreter"] = overpass({'"admin_level"="6"': island})
    pull(server, folder, "boundaries")
    shapes = read_layers(folder).counties.set_index("code").to_crs("EPSG:4326")
    west, south, east, north = shapes.loc["990103"].geometry.bounds
    assert east - west == pytest.approx(north - south, abs=1e-9)


# --- rasters


def raster(
    west: float, south: float, degrees: float, values: np.ndarray, *, nodata: float | None = None
) -> bytes:
    """Return a GeoTIFF of square cells from a south-west corner."""
    rows, columns = values.shape
    step = degrees / columns
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff", width=columns, height=rows, count=1, dtype=values.dtype,
            crs="EPSG:4326", transform=Affine(step, 0.0, west, 0.0, -step, south + rows * step),
            nodata=nodata, tiled=True, blockxsize=256, blockysize=256, compress="deflate",
        ) as written:  # fmt: skip
            written.write(values, 1)
        said: bytes = memory.read()
    return said


def serve_rasters(server: web.Loopback) -> None:
    rows, columns = np.mgrid[0:1200, 0:1200]
    heights = (5.0 + rows * 0.01 + columns * 0.02).astype("f4")
    server.files[f"/{GLO30}/{GLO30}.tif"] = web.File(raster(118.0, 24.0, 1.0, heights))
    classes = np.full((3600, 3600), 50, dtype="u1")
    server.files[f"/{WORLDCOVER}.tif"] = web.File(raster(117.0, 24.0, 3.0, classes, nodata=0))
    people = np.full((1200, 1200), -99999.0, dtype="f4")
    people[60:160, 500:700] = 60_000 / 6_000
    server.files["/chn.tif"] = web.File(raster(118.0, 24.0, 1.0, people, nodata=-99999.0))


def test_a_dem_of_glo30_is_a_surface_and_says_so(server: web.Loopback, folder: Path) -> None:
    serve_rasters(server)
    report = pull(server, folder, "dem")

    assert report.layers[0].layer == "surface"
    assert not (folder / "dem.tif").exists()
    told = catalogue(folder).loc["surface"]
    assert "DSM" in told["note"]
    assert "COPERNICUS" in told["licence"]
    with rasterio.open(folder / "surface.tif") as written:
        assert written.read(1).min() > 0.0


def test_land_cover_and_population_come_with_their_licences(
    server: web.Loopback, folder: Path
) -> None:
    serve_rasters(server)
    pull(server, folder, "landcover", "population")
    told = catalogue(folder)
    assert told.loc["landcover", "licence"].startswith("CC BY 4.0; © ESA WorldCover project 2021")
    assert told.loc["population", "licence"].startswith("CC BY 4.0; © WorldPop")
    assert check_layers(folder).problems == ()


def test_rasters_come_again_without_a_request(server: web.Loopback, folder: Path) -> None:
    serve_rasters(server)
    pull(server, folder, "dem", "landcover", "population")
    before, asked = content(folder), len(server.asked)
    report = pull(server, folder, "dem", "landcover", "population", offline=True)
    assert len(server.asked) == asked
    assert content(folder) == before
    assert not any(layer.changed for layer in report.layers)


def test_a_tile_that_lacks_under_the_counties_is_void_and_refused(
    server: web.Loopback, folder: Path
) -> None:
    rows = np.full((1200, 1200), 5.0, dtype="f4")
    west = GLO30.replace("E118", "E117")
    server.files[f"/{west}/{west}.tif"] = web.File(raster(117.0, 24.0, 1.0, rows))
    before = content(folder)
    with pytest.raises(DataError, match="km2"):
        pull(server, folder, "dem", bounds=(117.9, 24.8, 118.7, 24.95))
    assert content(folder) == before


# --- what goes wrong


def test_nothing_is_written_where_one_thing_cannot_be_had(
    server: web.Loopback, folder: Path
) -> None:
    serve_rasters(server)
    del server.files[f"/{WORLDCOVER}.tif"]
    server.troubles["/chn.tif"] = [web.status(504)] * 9
    before = content(folder)
    with pytest.raises(MissingDataError) as told:
        pull(server, folder, "roads", "landcover", "population")
    assert content(folder) == before
    assert [re.sub(r".*(has none|answers).*", r"\1", p.what) for p in told.value.problems] == [
        "has none", "answers",
    ]  # fmt: skip


def test_a_wrong_checksum_stops_the_pull_and_leaves_nothing(
    server: web.Loopback, folder: Path
) -> None:
    serve_rasters(server)
    server.files["/chn.tif"].headers["Content-MD5"] = "AAAAAAAAAAAAAAAAAAAAAA=="
    with pytest.raises(DataError, match="md5 is not the published one; the file is discarded"):
        pull(server, folder, "population")
    assert not list((folder.parent / "cache").iterdir())


def test_offline_without_a_cache_says_what_lacks(server: web.Loopback, folder: Path) -> None:
    before = content(folder)
    with pytest.raises(MissingDataError, match=r"is not in the cache .* and --offline forbids"):
        pull(server, folder, "roads", offline=True)
    assert content(folder) == before
    assert server.asked == []


def test_a_dry_run_asks_for_nothing_and_writes_nothing(server: web.Loopback, folder: Path) -> None:
    pull(server, folder, "roads")
    before, asked = content(folder), len(server.asked)
    report = pull(server, folder, dry_run=True)
    assert len(server.asked) == asked
    assert content(folder) == before
    known = {(one.what, one.layer): one.known for one in report.foreseen}
    assert known.pop(("roads", "roads")) == 1
    assert set(known.values()) == {0}
    assert {one.what for one in report.foreseen} == set(WHAT)


def test_everything_that_cannot_be_asked_is_told_at_once(
    server: web.Loopback, folder: Path
) -> None:
    with pytest.raises(ConfigurationError) as told:
        pull_layers(
            folder, what=["road", "lakes"], bounds=(1.0, 1.0, 0.0, 2.0), timeout_s=0.0, retries=-1,
            proxy="proxy:3128", urls={"overpass": "nowhere", "worldpop": "ftp://x/y"},
        )  # fmt: skip
    lines = [str(problem) for problem in told.value.problems]
    assert len(lines) == 8
    assert any("did you mean roads" in line for line in lines)
    assert {line.split(":")[0] for line in lines} >= {
        "--overpass", "--worldpop", "--proxy", "--timeout", "--retries", "--bounds",
    }  # fmt: skip


def test_the_embedded_city_is_not_changed(server: web.Loopback) -> None:
    with pytest.raises(ConfigurationError, match="the embedded city is not changed by a pull"):
        pull(server, embedded_directory(), "roads", cache="unused")


def test_without_counties_the_area_must_be_said(server: web.Loopback, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(MissingDataError, match=r"no outline of counties .* --bounds W,S,E,N"):
        pull(server, empty, "roads")


def test_one_pull_at_a_time_uses_a_cache(server: web.Loopback, folder: Path) -> None:
    cache = folder.parent / "cache"
    cache.mkdir()
    with only_writer(cache.resolve()), pytest.raises(SitingError, match="another run is writing"):
        pull(server, folder, "roads")


def test_a_layer_that_cannot_be_written_says_which_others_are(
    server: web.Loopback, folder: Path
) -> None:
    far = [node(1, 120.0, 24.9), node(2, 120.1, 24.9), way(3, [1, 2], railway="rail")]
    server.answers["/api/interpreter"] = lambda asked: (
        web_said(far) if '"railway"~' in asked.query else overpass(town_objects())(asked)
    )
    with pytest.raises(DataError, match="these layers are whole and written: roads"):
        pull(server, folder, "roads", "rail")
    assert (folder / "roads.gpkg").is_file()
    assert not (folder / "rail.gpkg").exists()


def web_said(elements: list[Element]) -> bytes:
    return json.dumps({"elements": elements}).encode()


# --- the command


def command(server: web.Loopback, folder: Path, *words: str) -> Any:
    options = ["--layers", folder, "--cache", folder.parent / "cache", "--retries", "0"]
    options += ["--overpass", f"{server.url}/api", "--timeout", "5"]
    line = [str(word) for word in ("layers", "pull", *words, *options)]
    return CliRunner().invoke(app, line, prog_name="siting")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)


@pytest.mark.usefixtures("hasty")
def test_the_command_tells_what_came_and_on_which_terms(server: web.Loopback, folder: Path) -> None:
    done = command(server, folder, "roads", "places")
    assert done.exit_code == 0, done.stderr
    assert "area 118.419,24.864,118.64,24.938; 3 answers asked for, 0 from the cache" in done.stdout
    assert "roads -> roads: 1 objects, 1 written" in done.stdout
    assert "licence of OpenStreetMap: ODbL 1.0; © OpenStreetMap contributors" in done.stdout

    again = command(server, folder, "roads", "--offline")
    assert "offline: all 1 answers from the cache" in again.stdout
    assert "nothing changed" in again.stdout


@pytest.mark.usefixtures("hasty")
def test_the_command_speaks_json(server: web.Loopback, folder: Path) -> None:
    done = command(server, folder, "buildings", "--json")
    told = json.loads(done.stdout)
    assert told["layers"][0]["layer"] == "buildings"
    assert told["layers"][0]["licence"].startswith("ODbL")
    assert told["asked"] == 1


def test_a_dry_run_lists_requests(server: web.Loopback, folder: Path) -> None:
    done = command(server, folder, "--dry-run")
    assert done.exit_code == 0, done.stderr
    assert "nothing was asked for (--dry-run)" in done.stdout
    assert "overpass-api.de" not in done.stdout
    assert server.asked == []


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["roads", "--offline"], 3, "is not in the cache"),
        (["rods"], 2, "there is nothing called 'rods' to pull; did you mean roads"),
        (["roads", "--bounds", "1,2,3"], 2, "--bounds: '1,2,3' is no area; write west,south"),
        (["roads", "--bounds", "119,24,118,25"], 2, "--bounds: encloses nothing"),
        (["roads", "--proxy", "nowhere"], 2, "--proxy: is no address"),
    ],
)
def test_the_command_ends_with_its_code(
    server: web.Loopback, folder: Path, words: list[str], code: int, line: str
) -> None:
    before = content(folder)
    done = command(server, folder, *words)
    assert done.exit_code == code
    assert line in done.stderr
    assert "Traceback" not in done.stderr
    assert content(folder) == before
    assert server.asked == []
