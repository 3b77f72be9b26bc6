"""A run writes the same bytes however it is divided, computes only what changed, and says what it lacks."""

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from coverage_tiles import with_heights

from siting import CoverageRequest, compute_coverage, load_scenario
from siting.coverage_run.faces import faces_of_sectors, faces_of_sites
from siting.coverage_run.network import network_of
from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.layers.wide import SECTORS

MARGIN_M = 3000.0
REQUEST = CoverageRequest(carriers=("2600",), cell_m=60.0, radius_km=1.2, tile_cells=64)


@pytest.fixture(scope="module")
def scenario(tiny_town):
    return load_scenario(str(tiny_town.with_suffix(".toml")))


@pytest.fixture(scope="module")
def hilly(tiny_layers, tmp_path_factory):
    return with_heights(tiny_layers, tmp_path_factory.mktemp("heights"), margin_m=MARGIN_M)


@pytest.fixture(scope="module")
def reference(scenario, hilly, tmp_path_factory):
    """Return the folder of a run and its report."""
    folder = tmp_path_factory.mktemp("reference") / "out"
    return folder, compute_coverage(folder, scenario=scenario, layers=hilly, request=REQUEST)


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_run_writes_six_rasters_a_band_with_what_they_say(reference):
    folder, report = reference
    names = {f"tiny_town_2600_{q}.tif" for q in
             ("rsrp", "sinr", "server", "probability", "throughput", "margin")}  # fmt: skip
    assert names | {"servers.csv", "coverage.json"} == set(report.files)
    for name in names:
        with rasterio.open(folder / name) as file:
            assert file.profile["tiled"]
            assert file.profile["compress"] == "deflate"
            tags = file.tags()
            assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
            assert tags["provenance"] == "modelled"
            assert tags["carrier"].startswith("2600 MHz")
            assert tags["threshold"] == "-105 dBm"
            assert "bare_earth" in tags["terrain"]
            assert tags["unit"] == file.units[0]
            assert file.nodata == (-1.0 if "server" in name else -9999.0)


def test_the_figures_are_those_of_the_rasters(reference, hilly, scenario):
    folder, report = reference
    band = report.figures["bands"][0]
    with rasterio.open(folder / "tiny_town_2600_rsrp.tif") as file:
        covered = (file.read(1, masked=True) >= -105.0).filled(fill_value=False)
    area_km2 = covered.sum() * 0.0036
    assert band["area_share"] * band["area_km2"] == pytest.approx(area_km2, rel=1e-3)
    assert 0.05 < band["area_share"] < band["people_share"] <= 1.0
    assert band["area_km2"] == pytest.approx(hilly.townships.area.sum() / 1e6, rel=0.05)
    assert json.loads((folder / "coverage.json").read_text("utf-8"))["provenance"] == "modelled"


def test_every_server_of_a_raster_is_a_row_of_the_table(reference):
    import pandas as pd

    folder, _ = reference
    table = pd.read_csv(folder / "servers.csv")
    assert table["server"].tolist() == list(range(len(table)))
    with rasterio.open(folder / "tiny_town_2600_server.tif") as file:
        servers = np.unique(file.read(1))
    assert servers[0] == -1
    assert set(servers[1:]) <= set(table["server"])


def test_tiles_and_threads_change_no_byte(reference, scenario, hilly, tmp_path):
    request = replace(REQUEST, tile_cells=100)
    report = compute_coverage(
        tmp_path / "out", scenario=scenario, layers=hilly, request=request, workers=2
    )
    assert bytes_of(report.folder) == bytes_of(reference[0])


def test_a_second_run_computes_nothing_and_a_changed_height_only_its_tiles(
    scenario, tiny_layers, hilly, tmp_path
):
    folder, work = tmp_path / "out", tmp_path / "work"
    run = {"scenario": scenario, "request": REQUEST, "work": work}
    first = compute_coverage(folder, layers=hilly, **run)
    before = bytes_of(folder)
    again = compute_coverage(folder, layers=hilly, **run)
    assert (again.tiles_computed, again.tiles_kept) == (0, first.tiles_computed)
    assert bytes_of(folder) == before

    def higher(heights):
        heights[-60, -60] += 5.0

    changed = with_heights(tiny_layers, tmp_path / "dem", margin_m=MARGIN_M, change=higher)
    last = compute_coverage(folder, layers=changed, **run)
    assert 0 < last.tiles_computed < first.tiles_computed
    assert last.tiles_computed + last.tiles_kept == first.tiles_computed
    assert len(list((work / "tiles").iterdir())) == first.tiles_computed  # the old ones are gone


def test_a_damaged_tile_is_computed_again(reference, scenario, hilly, tmp_path):
    run = {"scenario": scenario, "layers": hilly, "request": REQUEST, "work": tmp_path / "work"}
    compute_coverage(tmp_path / "out", **run)
    tile = min((tmp_path / "work" / "tiles").iterdir())
    tile.write_bytes(tile.read_bytes()[:1000])
    report = compute_coverage(tmp_path / "out", **run)
    assert report.tiles_computed == 1
    assert bytes_of(tmp_path / "out") == bytes_of(reference[0])


def test_without_heights_a_run_is_refused_unless_it_is_said_to_be_flat(
    scenario, tiny_layers, tmp_path
):
    run = {"scenario": scenario, "layers": tiny_layers}
    with pytest.raises(MissingDataError, match="--flat"):
        compute_coverage(tmp_path / "out", request=REQUEST, **run)
    assert not (tmp_path / "out").exists()
    report = compute_coverage(tmp_path / "out", request=replace(REQUEST, flat=True), **run)
    with rasterio.open(tmp_path / "out" / report.files[0]) as file:
        assert file.tags()["terrain"] == "flat: no relief"
    with pytest.raises(MissingDataError, match=r"surface\.tif"):
        compute_coverage(tmp_path / "out", request=replace(REQUEST, terrain="surface"), **run)


def test_ground_that_is_not_known_is_counted_or_refused(scenario, tiny_layers, tmp_path):
    def hole(heights):
        heights[100:180, 100:180] = np.nan

    holed = with_heights(tiny_layers, tmp_path, margin_m=MARGIN_M, change=hole)
    run = {"scenario": scenario, "layers": holed}
    report = compute_coverage(tmp_path / "out", request=REQUEST, **run)
    assert report.figures["masts_without_ground"] > 0
    assert report.figures["sites_without_ground"][0].startswith("E")
    assert report.figures["void_cells_within_reach"] > 0
    with pytest.raises(DataError, match=r"dem\.tif: .* masts stand on a void.* E0"):
        compute_coverage(tmp_path / "out", request=replace(REQUEST, edges="refuse"), **run)


def test_a_dem_of_elsewhere_is_refused(scenario, tiny_layers, tmp_path):
    def nothing(heights):
        heights[:] = np.nan

    void = with_heights(tiny_layers, tmp_path, margin_m=MARGIN_M, change=nothing)
    with pytest.raises(DataError, match=r"dem\.tif: holds no height under any mast"):
        compute_coverage(tmp_path / "out", scenario=scenario, layers=void, request=REQUEST)


def test_the_folder_of_something_else_is_no_work_folder(scenario, hilly, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="work folder"):
        compute_coverage(
            tmp_path / "out", scenario=scenario, layers=hilly, request=REQUEST,
            work=tmp_path / "mine",
        )  # fmt: skip
    assert (tmp_path / "mine" / "notes.txt").read_text(encoding="utf-8") == "mine"


def sectors_of(layers, **columns):
    """Return a table of three sectors in the middle of the town, as `read_wide` gives it."""
    west, south, east, north = layers.townships.total_bounds
    place = shapely.Point(0.5 * (west + east), 0.5 * (south + north))
    numbers = {"mechanical_tilt_deg": np.nan, "electrical_tilt_deg": 4.0, "power_dbm": np.nan}
    rows = {"sector_id": ["a", "b", "c"], "site_id": ["S1"] * 3, "azimuth_deg": [0.0, 120.0, 240.0],
            "height_m": 30.0, "carrier_mhz": 2615.0, "provenance": "surveyed"}  # fmt: skip
    named = {each.name: "" for each in SECTORS.columns}
    return gpd.GeoDataFrame(
        named | numbers | rows | columns, geometry=[place] * 3, crs=layers.crs, index=range(3)
    )


def test_sectors_are_taken_as_the_table_has_them(tiny_layers):
    faces = faces_of_sectors(
        sectors_of(
            tiny_layers, azimuth_deg=[0.0, np.nan, 240.0], carrier_mhz=[2615.0, 763.0, 1850]
        ),
        None,
    )
    assert faces.table["band"].tolist() == ["2600", "700"]
    assert faces.table["tilt_deg"].tolist() == [4.0, 4.0]
    assert faces.left_out == {"sectors of a carrier without a radio": 1}
    assert faces.assumed["the same in all directions"] == 1


def test_a_power_that_no_carrier_has_is_refused_by_its_sector(scenario, tiny_layers):
    faces = faces_of_sectors(sectors_of(tiny_layers, power_dbm=[46.0, 75.0, np.nan]), None)
    with pytest.raises(DataError, match=r"power_dbm: 1 powers .* \(sectors b\)"):
        network_of(
            faces, ["2600"], scenario, flat=True, radius_km=None, threshold_dbm=None, load=0.5,
            edges="exclude",
        )  # fmt: skip


def test_a_site_without_sectors_is_given_three_and_says_so(tiny_layers):
    sites = sectors_of(tiny_layers).iloc[:2]
    sites = sites.assign(site_id=["A", "B"], kind=["macro", "micro"], carriers=["700;3500", "3500"])
    faces = faces_of_sites(sites.assign(height_m=[25.0, 60.0]))
    assert faces.table["azimuth_deg"].tolist() == [0.0, 120.0, 240.0] * 2
    assert faces.assumed["azimuths at 0, 120 and 240 degrees"] == 6
    assert faces.left_out == {"sectors at a height that TR 38.901 does not cover": 1}


def test_an_empty_network_or_a_band_that_it_lacks_is_refused(scenario, hilly, tmp_path):
    run = {"scenario": scenario, "layers": hilly}
    with pytest.raises(DataError, match="ask for that"):
        compute_coverage(tmp_path, request=replace(REQUEST, carriers=("4900",)), **run)
    with pytest.raises(ConfigurationError, match="no radio for 1234 MHz"):
        compute_coverage(tmp_path, request=replace(REQUEST, carriers=("1234",)), **run)
    with pytest.raises(MissingDataError, match="--as sectors"):
        compute_coverage(tmp_path, request=replace(REQUEST, network="sectors"), **run)
    with pytest.raises(ConfigurationError, match="--plan"):
        compute_coverage(tmp_path, request=replace(REQUEST, network="plan"), **run)


def test_a_band_that_the_network_does_not_have_is_refused_not_reported_as_nothing(
    scenario, hilly, tmp_path
):
    request = replace(REQUEST, carriers=("2600", "4900"))
    with pytest.raises(DataError, match="no sector is left to compute on 4900 MHz"):
        compute_coverage(tmp_path / "out", scenario=scenario, layers=hilly, request=request)


@pytest.mark.parametrize(
    "change",
    [
        {"network": "all"},
        {"load": 1.5},
        {"cell_m": 0.0},
        {"radius_km": 100.0},
        {"edges": "ignore"},
        {"name": "a/b"},
        {"plan": "outputs"},
        {"flat": True, "terrain": "surface"},
    ],
)
def test_a_request_that_cannot_be_meant_is_refused(change):
    with pytest.raises(ConfigurationError):
        CoverageRequest(**change)


def test_a_plan_is_computed_with_its_proposed_sites(scenario, hilly, tiny_outputs, tmp_path):
    request = replace(REQUEST, network="plan", plan=tiny_outputs)
    report = compute_coverage(tmp_path / "out", scenario=scenario, layers=hilly, request=request)
    existing = replace(REQUEST, network="existing")
    before = compute_coverage(tmp_path / "old", scenario=scenario, layers=hilly, request=existing)
    share = [each.figures["bands"][0]["sectors"] for each in (before, report)]
    assert share[1] >= share[0] > 0
