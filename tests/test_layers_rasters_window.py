"""Reading a part of a raster: on a grid in metres, people kept, voids never values."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import Transformer
from raster_files import CELL, EAST, NORTH, SIDE, SOUTH, WEST, hills, square_city, write_raster

from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.layers.rasters import raster_problems, read_window, void_report
from siting.layers.rasters.area import county_area

CRS = "EPSG:32650"
TO_METRES = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)


def around(margin_m: float = 0.0) -> tuple[float, float, float, float]:
    """Return the county's bounds in metres, with a margin, on whole hundreds."""
    west, south, east, north = TO_METRES.transform_bounds(WEST, SOUTH, EAST, NORTH)
    low = [float(np.floor((side - margin_m) / 100.0) * 100.0) for side in (west, south)]
    high = [float(np.ceil((side + margin_m) / 100.0) * 100.0) for side in (east, north)]
    return low[0], low[1], high[0], high[1]


@pytest.mark.parametrize("method", ["nearest", "bilinear", "cubic", "average"])
def test_heights_keep_their_place(tmp_path, method):
    k = np.arange(SIDE, dtype=float)
    path = write_raster(tmp_path / "dem.tif", np.add.outer(2.0 * k, k))
    part = read_window(path, around(-500.0), crs=CRS, cell_m=100.0, resampling=method)
    x = part.west_m + (np.arange(part.values.shape[1]) + 0.5) * 100.0
    y = part.north_m - (np.arange(part.values.shape[0]) + 0.5) * 100.0
    lon, lat = Transformer.from_crs(CRS, 4326, always_xy=True).transform(*np.meshgrid(x, y))
    rows, columns = (NORTH + 0.02 - lat) / CELL - 0.5, (lon - WEST + 0.02) / CELL - 0.5
    far = 1.6 if method == "nearest" else 0.8 if method == "average" else 0.02
    assert np.abs(part.values - (2.0 * rows + columns)).max() < far
    assert not part.void.any()
    assert part.resampling == method


def test_a_void_has_no_value_and_never_weighs_in(tmp_path):
    heights = np.full((SIDE, SIDE), 100.0)
    heights[60:70, 60:70] = -32768
    path = write_raster(tmp_path / "dem.tif", heights)
    for method in ("bilinear", "average", "cubic"):
        part = read_window(path, around(), crs=CRS, cell_m=50.0, resampling=method)
        assert part.values[~part.void] == pytest.approx(100.0, abs=1e-3)
        assert 200 < part.void.sum() < 460
        assert (np.isnan(part.values) == part.void).all()


def test_what_lies_outside_the_raster_is_void(tmp_path):
    path = write_raster(tmp_path / "dem.tif", hills())
    part = read_window(path, around(5000.0), crs=CRS, cell_m=100.0)
    assert part.void[0].all()
    assert part.void[:, 0].all()
    assert not part.void[90:110, 90:110].any()


@pytest.mark.parametrize("cell_m", [20.0, 100.0, 130.0, 1000.0])
def test_people_are_neither_made_nor_lost(tmp_path, cell_m):
    generator = np.random.default_rng(3)
    counts = generator.gamma(0.3, 20.0, (SIDE, SIDE)).astype(np.float32)
    path = write_raster(tmp_path / "population.tif", counts, dtype="float32", nodata=-9999.0)
    part = read_window(path, around(6000.0), crs=CRS, cell_m=cell_m, resampling="sum")
    assert np.nansum(part.values, dtype=float) == pytest.approx(
        float(counts.sum(dtype=float)), rel=1e-6
    )


def test_parts_side_by_side_hold_the_people_of_the_whole(tmp_path):
    counts = np.random.default_rng(4).gamma(0.3, 20.0, (SIDE, SIDE)).astype(np.float32)
    path = write_raster(tmp_path / "population.tif", counts, dtype="float32", nodata=-9999.0)
    west, south, east, north = around()
    middle = west + 5000.0
    whole, left, right = (
        read_window(path, bounds, crs=CRS, cell_m=100.0, resampling="sum").values
        for bounds in (
            (west, south, east, north),
            (west, south, middle, north),
            (middle, south, east, north),
        )
    )
    assert np.array_equal(whole, np.hstack([left, right]))


def test_classes_are_resampled_by_the_most_frequent(tmp_path):
    cover = np.full((SIDE, SIDE), 40)
    cover[:, ::5] = 50
    path = write_raster(tmp_path / "landcover.tif", cover, dtype="uint8", nodata=0)
    part = read_window(path, around(), crs=CRS, cell_m=1000.0, resampling="mode")
    assert (part.values == 40).all()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"crs": "EPSG:4326"}, "does not measure in metres"),
        ({"crs": "EPSG:2263"}, "does not measure in metres"),
        ({"resampling": "magic"}, "magic is no resampling"),
        ({"cell_m": 0.0}, "is no window"),
        ({"cell_m": 0.01}, "are too many"),
        ({"bounds": (2.0, 0.0, 1.0, 1.0)}, "is no window"),
    ],
)
def test_what_cannot_be_asked_is_refused(tmp_path, change, what):
    path = write_raster(tmp_path / "dem.tif", hills())
    asked = {"bounds": around(), "crs": CRS, "cell_m": 100.0} | change
    with pytest.raises(ConfigurationError, match=what):
        read_window(path, asked.pop("bounds"), **asked)


def test_missing_and_damaged_rasters_are_named(tmp_path):
    with pytest.raises(MissingDataError, match=r"dem\.tif"):
        read_window(tmp_path / "dem.tif", around(), crs=CRS, cell_m=100.0)
    (tmp_path / "dem.tif").write_bytes(b"no raster")
    with pytest.raises(DataError, match=r"dem\.tif"):
        read_window(tmp_path / "dem.tif", around(), crs=CRS, cell_m=100.0)


def test_the_voids_of_the_counties_are_reported(tmp_path):
    city = square_city(tmp_path / "city")
    heights = hills()
    heights[30:34, 30:35], heights[80:82, 80:82], heights[0:5] = -32768, -32768, -32768
    path = write_raster(tmp_path / "dem.tif", heights)
    report = void_report(path, county_area(city))
    assert (report.void_cells, report.uncovered_km2) == (24, 0.0)
    assert [void.cells for void in report.voids] == [20, 4]
    assert report.voids[0].bounds == pytest.approx((118.41, 24.936, 118.415, 24.94))
    assert report.void_km2 == pytest.approx(24 * 0.01118, rel=1e-2)


def test_voids_of_any_shape_are_reported_with_what_lies_outside(tmp_path):
    path = write_raster(tmp_path / "dem.tif", hills())
    wide = shapely.box(118.40, 24.90, 118.60, 24.95)
    report = void_report(path, wide)
    assert report.void_cells == 0
    assert report.uncovered_km2 == pytest.approx(report.area_km2 * 0.4, rel=1e-2)
    far = void_report(path, shapely.box(100.0, 30.0, 100.1, 30.1))
    assert far.uncovered_km2 == pytest.approx(far.area_km2)


def test_a_raster_put_into_a_folder_by_hand_is_checked(tmp_path):
    city = square_city(tmp_path / "city")
    heights = hills()[:, :100]
    heights[30:34, 30:35] = -9999
    path = write_raster(city / "dem.tif", heights, nodata=None)
    short, void = (one.what for one in raster_problems(path, county_area(city), layer="dem"))
    assert "of the counties' 112 km2 lie outside the raster" in short
    assert void.startswith("20 cells (0.22 km2) inside the counties are void")
    path.write_bytes(b"no raster")
    assert "cannot be read" in raster_problems(path, county_area(city), layer="dem")[0].what


IMPORT_LARGE = """
import sys
from pathlib import Path
from siting.layers.rasters import import_raster
report = import_raster(sys.argv[1], layer="dem", directory=sys.argv[2], fill="interpolate")
# not ru_maxrss: that begins with the memory of the process that this one was forked from
status = Path("/proc/self/status").read_text(encoding="utf-8")
peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
print(report.filled_cells, peak // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="measures memory as Linux does")
def test_a_large_raster_needs_less_than_a_gigabyte(tmp_path):
    """A DEM of 8,000 x 8,000 cells, 256 MB as float32, most of it empty, whole in its middle."""
    import rasterio

    side, cell = 8000, 0.0001
    place = Affine(cell, 0.0, WEST - 0.35, 0.0, -cell, NORTH + 0.35)
    profile = {"driver": "GTiff", "width": side, "height": side, "count": 1, "dtype": "float32"}
    layout = {
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
        "compress": "deflate",
        "zlevel": 1,
        "sparse_ok": True,
    }
    with rasterio.open(
        tmp_path / "big.tif",
        "w",
        crs="EPSG:4326",
        transform=place,
        nodata=-9999.0,
        **profile,
        **layout,
    ) as file:
        heights = np.full((1100, 1100), 25.0, dtype=np.float32)
        heights[500:520, 500:520] = -9999.0
        file.write(heights, 1, window=rasterio.windows.Window(3450, 3450, 1100, 1100))
    city = square_city(tmp_path / "city")
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_LARGE, str(tmp_path / "big.tif"), str(city)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    filled, peak_mb = (int(word) for word in done.stdout.split())
    assert filled == 400
    assert peak_mb < 900
