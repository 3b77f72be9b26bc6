"""Coverage as a page and as printed maps shows the values of its rasters, or says why not."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from command import siting as command
from coverage_rasters import (
    CELL_M,
    COLUMNS,
    NORTH_M,
    WEST_M,
    level_dbm,
    write_folder,
    write_raster,
)
from matplotlib.figure import Figure

from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.maps.coverage import save_coverage_page, save_coverage_sheets
from siting.maps.coverage.page import LARGEST_PAGE_BYTES, SCRIPTS, STYLES, coverage_html
from siting.maps.coverage.payload import coverage_payload
from siting.maps.coverage.quantities import (
    MOST_BINS,
    QUANTITIES,
    bins_of,
    class_labels,
    class_of,
    colours_of,
    edges_of,
)
from siting.maps.coverage.sample import Grid, grid_around, sample
from siting.maps.coverage.servers import server_colours
from siting.maps.coverage.sheet import threshold_contour
from siting.maps.coverage.source import find_rasters
from siting.maps.offline import outside_links


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_folder(tmp_path_factory.mktemp("rasters") / "rasters")


def luminance(colour):
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_folder_is_read_quantity_by_quantity_and_what_is_no_coverage_is_left_out(folder):
    rasters = find_rasters(folder)
    assert [each.quantity.id for each in rasters] == list(QUANTITIES)
    assert {each.group for each in rasters} == {"3500 MHz"}


def test_a_threshold_of_the_level_is_not_one_of_probability(folder):
    found = {
        each.quantity.id: (each.threshold, each.threshold_given) for each in find_rasters(folder)
    }
    assert found["rsrp"] == (-105.0, True)
    assert found["probability"] == (0.95, False)
    assert found["throughput"] == (None, False)


def test_names_of_files_do_where_tags_are_silent(tmp_path):
    write_raster(tmp_path / "a_700_rsrp.tif", level_dbm())
    write_raster(tmp_path / "a_700_margin.tif", level_dbm() + 140.0)
    rasters = find_rasters(tmp_path)
    assert [each.quantity.id for each in rasters] == ["rsrp", "second_margin"]
    assert {each.group for each in rasters} == {"a_700"}


def test_bands_of_a_plan_are_stages(tmp_path):
    path = write_raster(
        tmp_path / "coverage.tif",
        np.stack([level_dbm(), level_dbm() + 3.0]),
        quantity="outdoor SS-RSRP",
    )
    with rasterio.open(path, "r+") as file:
        file.set_band_description(1, "before")
        file.set_band_description(2, "2024")
    layers = coverage_payload(find_rasters(path)).layers
    assert [layer["group"] for layer in layers] == [("现状", "Before"), ("2024", "2024")]


@pytest.mark.parametrize("threshold", [None, -105.0, -107.3])
@pytest.mark.parametrize("name", [name for name in QUANTITIES if QUANTITIES[name].edges])
def test_bins_hold_every_limit_of_a_class(name, threshold):
    quantity = QUANTITIES[name]
    used = threshold if name == "rsrp" else quantity.threshold
    edges, bins = edges_of(quantity, used), bins_of(quantity, used)
    assert set(edges) <= set(bins)
    assert len(bins) <= MOST_BINS
    assert used is None or used in edges
    assert len(colours_of(quantity, used)) == len(class_labels(edges, "")) == len(edges) + 1


def test_a_value_on_a_limit_counts_up_and_no_value_counts_nowhere():
    values = np.array([-105.1, -105.0, -104.9, np.nan, 0.0], dtype=np.float32)
    assert class_of(values, (-105.0,)).tolist() == [1, 2, 2, 0, 2]
    assert class_of(np.array([0.95], dtype=np.float32), (0.95,)).tolist() == [2]


@pytest.mark.parametrize("name", ["rsrp", "sinr", "probability", "throughput"])
def test_better_is_darker_so_that_a_black_and_white_print_keeps_the_order(name):
    quantity = QUANTITIES[name]
    shades = [luminance(colour) for colour in colours_of(quantity, quantity.threshold)]
    assert shades == sorted(shades, reverse=True)
    assert min(np.diff(shades[::-1])) > 4.0


def test_a_raster_on_its_own_grid_is_read_unchanged(folder):
    raster = find_rasters(folder)[0]
    grid = grid_around([raster], raster.crs, longest=500)
    assert (grid.west, grid.north, grid.cell) == (WEST_M, NORTH_M, CELL_M)
    assert np.array_equal(sample(raster, grid), level_dbm(), equal_nan=True)


def test_a_large_raster_is_read_as_means(folder):
    raster = find_rasters(folder)[0]
    coarse = sample(raster, grid_around([raster], raster.crs, longest=COLUMNS // 4))
    assert coarse.shape == (15, 20)
    assert coarse[-1] == pytest.approx(-61.5 - 4.0 * np.arange(20), abs=1e-3)


def test_shares_of_the_legend_are_those_of_the_raster(folder):
    rasters = find_rasters(folder)[:1]
    (layer,) = coverage_payload(rasters).layers
    classes = class_of(level_dbm(), layer["edges"])
    counted = np.bincount(classes[classes > 0] - 1, minlength=len(layer["shares"]))
    assert layer["shares"] == pytest.approx(counted / counted.sum(), abs=0.01)
    assert sum(layer["shares"]) == pytest.approx(1.0, abs=1e-3)


def test_the_threshold_line_stands_where_the_level_crosses_it():
    values = level_dbm()
    grid = Grid(crs="", west=WEST_M, north=NORTH_M, cell=CELL_M, width=COLUMNS, height=60)
    lines = threshold_contour(Figure().add_subplot(), values, grid, -105.0)
    x = np.concatenate(lines)[:, 0]
    # cell 45 holds -105 dBm in its middle
    assert x == pytest.approx(np.full(len(x), WEST_M + 45.5 * CELL_M))


def test_neighbouring_servers_differ_in_colour():
    rng = np.random.default_rng(5)
    places = rng.uniform(0, 60, (40, 2))
    y, x = np.mgrid[0:60, 0:60]
    far = (x[..., None] - places[:, 0]) ** 2 + (y[..., None] - places[:, 1]) ** 2
    servers = far.argmin(axis=2).astype(np.float32)
    servers[0, 0] = np.nan
    ids, place, colours = server_colours(servers)
    painted = np.where(place > 0, colours[place.astype(int) - 1], 255)
    for one, other, a, b in (
        (place[1:], place[:-1], painted[1:], painted[:-1]),
        (place[:, 1:], place[:, :-1], painted[:, 1:], painted[:, :-1]),
    ):
        touching = (one != other) & (one > 0) & (other > 0)
        assert (a[touching] != b[touching]).all()
    assert place[0, 0] == 0
    assert ids.tolist() == sorted(set(servers[np.isfinite(servers)].astype(int).tolist()))


def test_the_page_is_whole_bounded_and_repeats_its_bytes(folder, tmp_path):
    path = save_coverage_page(folder, tmp_path / "maps" / "index.html")
    html = path.read_text(encoding="utf-8")
    assert html == coverage_html(folder)
    assert len(html.encode()) < LARGEST_PAGE_BYTES
    assert outside_links(html) == []
    assert "<b>made-up</b>" not in html
    assert [entry.name for entry in path.parent.iterdir()] == ["index.html"]


def test_a_raster_of_noise_still_makes_a_page_of_three_megabytes(tmp_path):
    noise = np.random.default_rng(1).uniform(-140.0, -40.0, (2000, 2400)).astype(np.float32)
    for number in range(3):
        write_raster(tmp_path / f"noise{number}_rsrp.tif", noise)
    assert len(coverage_html(tmp_path).encode()) < LARGEST_PAGE_BYTES


def test_maps_are_printed_on_a3_and_repeat_their_bytes(folder, tmp_path):
    source = folder / "town_3500_rsrp.tif"
    (one,) = save_coverage_sheets(source, tmp_path / "one")
    (other,) = save_coverage_sheets(source, tmp_path / "other")
    assert one.name == "town_3500_rsrp.png"
    data = one.read_bytes()
    assert data == other.read_bytes()
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == (2481, 1753)  # A3 at 150 dots per inch


def test_maps_of_servers_and_of_degrees_are_drawn(folder, tmp_path):
    degrees = tmp_path / "degrees_sinr.tif"
    with rasterio.open(
        degrees, "w", driver="GTiff", width=50, height=40, count=1, dtype="float32", crs="EPSG:4326",
        transform=rasterio.Affine(0.001, 0.0, -68.2, 0.0, -0.001, -16.4),
    ) as file:  # fmt: skip
        file.write(np.tile(np.arange(50, dtype="float32") - 20.0, (40, 1)), 1)
    for source in (degrees, folder / "town_3500_best_server.tif"):
        (path,) = save_coverage_sheets(source, tmp_path / "maps", language="en", title="Town")
        assert path.stat().st_size > 20_000


@pytest.mark.parametrize(
    ("name", "values", "options", "words"),
    [
        ("a_rsrp.tif", level_dbm(), {"crs": None}, "the raster has no CRS"),
        ("a_rsrp.tif", np.full((20, 20), np.nan), {}, "no cell of band 1 has a value"),
        ("heights.tif", level_dbm(), {}, "does not say what it holds"),
        (
            "a_rsrp.tif",
            level_dbm(),
            {"threshold": "high"},
            "its tag threshold, 'high', is no level",
        ),
    ],
)
def test_rasters_that_cannot_be_shown_are_named(tmp_path, name, values, options, words):
    path = write_raster(tmp_path / name, values, **options)
    with pytest.raises(DataError, match=words) as caught:
        coverage_html(path)
    assert caught.value.problems[0].file == name


def test_a_file_that_is_no_raster_and_an_empty_folder_are_named(tmp_path):
    with pytest.raises(MissingDataError, match="holds no raster of coverage"):
        coverage_html(tmp_path)
    with pytest.raises(MissingDataError, match="there is no such raster"):
        coverage_html(tmp_path / "nothing.tif")
    (tmp_path / "broken_rsrp.tif").write_text("no raster", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be read"):
        coverage_html(tmp_path)


def test_a_language_that_is_not_spoken_is_refused(folder, tmp_path):
    with pytest.raises(ConfigurationError):
        coverage_html(folder, language="fr")
    with pytest.raises(ConfigurationError):
        save_coverage_sheets(folder, tmp_path, language="fr")


def test_the_command_writes_page_and_maps_beside_the_rasters(tmp_path):
    write_raster(tmp_path / "town_3500_rsrp.tif", level_dbm())
    done = command("coverage", "show", tmp_path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (tmp_path / "coverage_maps").iterdir())
    assert names == ["index.html", "town_3500_rsrp.png"]
    assert command("coverage", "show", "elsewhere", cwd=tmp_path).returncode == 3


def test_every_asset_of_the_page_is_used():
    from siting.maps.coverage import page

    folder = page.files("siting.maps") / "coverage_assets"
    assert {entry.name for entry in folder.iterdir()} == {*SCRIPTS, *STYLES, "coverage.html"}


@pytest.mark.parametrize(
    ("provenance", "zh", "en"),
    [
        ("modelled", "不是真实基站", "nobody's real ones"),
        ("", "未说明站址是否真实", "does not say whether its stations are real"),
        ("surveyed", "", ""),
    ],
)
def test_the_first_line_and_every_layer_say_whose_stations_these_are(tmp_path, provenance, zh, en):
    tags = {"provenance": provenance} if provenance else {}
    path = write_raster(tmp_path / "town_3500_rsrp.tif", level_dbm(), unit="dBm", **tags)
    first = coverage_html(path).split('id="first-line"')[1].split("</p>")[0]
    (layer,) = coverage_payload(find_rasters(path)).layers
    if provenance == "surveyed":
        assert "站址" not in first + layer["modelled"][0]
        assert "stations" not in first + layer["modelled"][1]
    else:
        assert zh in first
        assert en in first
        assert zh in layer["modelled"][0]
        assert en in layer["modelled"][1]
