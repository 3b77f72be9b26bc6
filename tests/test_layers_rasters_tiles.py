"""Opening rasters: tiles make one grid, and what has no place or is damaged is told."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from raster_files import CELL, NORTH, RIM, SIDE, WEST, hills, read, square_city, write_raster

from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.layers.rasters import import_raster
from siting.layers.rasters.surfaces import density_named, surface_name

LEFT, TOP = WEST - RIM * CELL, NORTH + RIM * CELL


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return square_city(tmp_path / "city")


def corner(row: int, column: int, cell: float = CELL) -> Affine:
    """Return the transform of a tile that begins at a row and a column of the whole raster."""
    return Affine(cell, 0.0, LEFT + column * CELL, 0.0, -cell, TOP - row * CELL)


def tile(folder: Path, name: str, rows: slice, columns: slice, add: float = 0.0) -> Path:
    folder.mkdir(exist_ok=True)
    place = corner(rows.start, columns.start)
    return write_raster(folder / name, hills()[rows, columns] + add, transform=place)


def test_tiles_make_one_raster(tmp_path, city):
    folder = tmp_path / "tiles"
    for k, (rows, columns) in enumerate(
        [
            (slice(0, 70), slice(0, 60)),
            (slice(0, 70), slice(60, 140)),
            (slice(70, 140), slice(0, 140)),
        ]
    ):
        tile(folder, f"{k}.tif", rows, columns)
    report = import_raster(folder, layer="dem", directory=city)
    assert (read(city / "dem.tif") == hills()).all()
    assert report.sources == ("0.tif", "1.tif", "2.tif")
    listed = import_raster(
        [folder / "2.tif", folder / "0.tif", folder / "1.tif"], layer="dem", directory=city
    )
    assert listed.sha256 == report.sha256


def test_a_gap_between_tiles_is_a_void(tmp_path, city):
    folder = tmp_path / "tiles"
    tile(folder, "west.tif", slice(0, 140), slice(0, 60))
    tile(folder, "east.tif", slice(0, 140), slice(62, 140))
    with pytest.raises(DataError, match=r"200 cells .* inside the counties are void") as caught:
        import_raster(folder, layer="dem", directory=city)
    assert "118.4400 to 118.4420 E, 24.8500 to 24.9500 N" in str(caught.value)
    report = import_raster(folder, layer="dem", directory=city, fill="interpolate")
    assert report.filled_cells == 200
    assert (read(city / "dem.tif")[:20, 60:62] == -32768).all()


def test_tiles_that_agree_where_they_overlap_are_laid(tmp_path, city):
    folder = tmp_path / "tiles"
    tile(folder, "a.tif", slice(0, 140), slice(0, 80))
    tile(folder, "b.tif", slice(0, 140), slice(60, 140))
    assert import_raster(folder, layer="dem", directory=city).notes == ()


def test_tiles_that_differ_where_they_overlap_are_refused_or_ranked(tmp_path, city):
    folder = tmp_path / "tiles"
    a = tile(folder, "a.tif", slice(0, 140), slice(0, 80))
    b = tile(folder, "b.tif", slice(0, 140), slice(60, 140), add=3.0)
    with pytest.raises(DataError, match=r"differ in 2,800 cells where they overlap, by up to 3;"):
        import_raster([a, b], layer="dem", directory=city)
    report = import_raster([b, a], layer="dem", directory=city, first_wins=True)
    assert (read(city / "dem.tif")[:, 60:] == hills()[:, 60:] + 3.0).all()
    assert "tiles differ in 2,800 cells by up to 3: the first wins" in report.notes


def test_a_void_of_one_tile_is_covered_by_another(tmp_path, city):
    heights = hills()
    heights[40:50, 40:50] = -32768
    a = write_raster(tmp_path / "a.tif", heights)
    b = tile(tmp_path, "b.tif", slice(30, 60), slice(30, 60))
    import_raster([a, b], layer="dem", directory=city)
    assert (read(city / "dem.tif") == hills()).all()


def test_tiles_of_two_grids_are_refused_each_by_name(tmp_path, city):
    a = tile(tmp_path, "a.tif", slice(0, 140), slice(0, 80))
    shifted = Affine(CELL, 0.0, LEFT + 60.5 * CELL, 0.0, -CELL, TOP)
    write_raster(tmp_path / "b.tif", hills(), transform=shifted)
    write_raster(tmp_path / "c.tif", hills(), transform=corner(0, 60, CELL / 3))
    write_raster(tmp_path / "d.tif", hills(), transform=corner(0, 60), crs="EPSG:4490")
    with pytest.raises(DataError) as caught:
        import_raster([a, *(tmp_path / f"{k}.tif" for k in "bcd")], layer="dem", directory=city)
    whats = [problem.what for problem in caught.value.problems]
    assert [problem.file for problem in caught.value.problems] == ["b.tif", "c.tif", "d.tif"]
    assert "lie between" in whats[0]
    assert "cells are" in whats[1]
    assert "its CRS is EPSG:4490, not EPSG:4326" in whats[2]


def test_a_raster_without_crs_asks_for_it(tmp_path, city):
    source = write_raster(tmp_path / "a.tif", hills(), crs=None)
    with pytest.raises(DataError, match=r"has no CRS; .*--crs EPSG:4326"):
        import_raster(source, layer="dem", directory=city)
    report = import_raster(source, layer="dem", directory=city, crs="EPSG:4490")
    assert (report.crs, report.datum) == ("EPSG:4490", "CGCS2000")


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_world_file_gives_the_place(tmp_path, city):
    source = write_raster(tmp_path / "a.tif", hills(), crs=None, transform=Affine.identity())
    with pytest.raises(DataError, match="no world file"):
        import_raster(source, layer="dem", directory=city, crs="EPSG:4326")
    lines = [CELL, 0, 0, -CELL, LEFT + CELL / 2, TOP - CELL / 2]
    (tmp_path / "a.tfw").write_text("\n".join(f"{line:.9f}" for line in lines), encoding="utf-8")
    report = import_raster(source, layer="dem", directory=city, crs="EPSG:4326")
    assert report.bounds == pytest.approx((LEFT, TOP - 0.14, LEFT + 0.14, TOP), abs=1e-6)


def test_an_option_that_contradicts_the_file_is_refused(tmp_path, city):
    source = write_raster(tmp_path / "a.tif", hills())
    with pytest.raises(DataError, match="declares EPSG:4326, not the EPSG:32650"):
        import_raster(source, layer="dem", directory=city, crs="EPSG:32650")


@pytest.mark.parametrize("crs", ["EPSG:4214", "EPSG:4610", "EPSG:2435", "EPSG:2384"])
def test_beijing_54_and_xian_80_are_refused(tmp_path, city, crs):
    source = write_raster(tmp_path / "a.tif", hills(), crs=crs)
    with pytest.raises(DataError, match=r"Beijing|Xi'an"):
        import_raster(source, layer="dem", directory=city)
    bare = write_raster(tmp_path / "b.tif", hills(), crs=None)
    with pytest.raises(ConfigurationError, match=r"Beijing|Xi'an"):
        import_raster(bare, layer="dem", directory=city, crs=crs)


@pytest.mark.parametrize("crs", ["gcj02", "EPSG:999999", "somewhere"])
def test_what_is_no_crs_of_cells_is_refused(tmp_path, city, crs):
    source = write_raster(tmp_path / "a.tif", hills(), crs=None)
    with pytest.raises(ConfigurationError):
        import_raster(source, layer="dem", directory=city, crs=crs)


@pytest.mark.parametrize(
    "place",
    [
        Affine(CELL, 0.0002, LEFT, 0.0002, -CELL, TOP),
        Affine(CELL, 0.0, LEFT, 0.0, CELL, TOP - 0.14),
    ],
)
def test_a_rotated_or_upturned_raster_is_refused(tmp_path, city, place):
    source = write_raster(tmp_path / "a.tif", hills(), transform=place)
    with pytest.raises(DataError, match="rotated or not north-up"):
        import_raster(source, layer="dem", directory=city)


def test_a_picture_is_no_dem(tmp_path, city):
    shade = np.stack([hills()] * 3)
    source = write_raster(tmp_path / "a.tif", shade, dtype="uint8", nodata=None)
    with pytest.raises(DataError, match="has 3 bands"):
        import_raster(source, layer="dem", directory=city)


def test_complex_numbers_are_no_heights(tmp_path, city):
    source = write_raster(tmp_path / "a.tif", hills(), dtype="complex64", nodata=None)
    with pytest.raises(DataError, match="holds complex64 values"):
        import_raster(source, layer="dem", directory=city)


@pytest.mark.parametrize(
    ("suffix", "driver"), [(".img", "HFA"), (".asc", "AAIGrid"), (".bil", "EHdr")]
)
def test_other_formats_are_read(tmp_path, city, suffix, driver):
    first = write_raster(tmp_path / "a.tif", hills())
    if driver == "AAIGrid":
        lines = [
            f"ncols {SIDE}",
            f"nrows {SIDE}",
            f"xllcorner {LEFT}",
            f"yllcorner {TOP - 0.14}",
            f"cellsize {CELL}",
            "NODATA_value -9999",
        ]
        lines += [" ".join(f"{value:.0f}" for value in row) for row in hills()]
        (tmp_path / "b.asc").write_text("\n".join(lines), encoding="utf-8")
    else:
        write_raster(tmp_path / f"b{suffix}", hills(), driver=driver)
    report = import_raster(tmp_path / f"b{suffix}", layer="dem", directory=city, crs="EPSG:4326")
    assert (read(city / "dem.tif") == hills()).all()
    assert report.bounds == import_raster(first, layer="dem", directory=city).bounds


def test_an_srtm_tile_is_read_and_called_a_surface(tmp_path, city):
    heights = np.full((1201, 1201), 40, dtype=">i2")
    (tmp_path / "N24E118.hgt").write_bytes(heights.tobytes())
    with pytest.raises(ConfigurationError, match="called after SRTM"):
        import_raster(tmp_path / "N24E118.hgt", layer="dem", directory=city)
    report = import_raster(tmp_path / "N24E118.hgt", layer="surface", directory=city)
    assert (report.width, report.height) == (1201, 1201)
    assert report.bounds == pytest.approx((118, 24, 119, 25), abs=0.001)


@pytest.mark.parametrize(
    "content", [b"", b"not a raster at all", b"<VRTDataset></VRTDataset>", b"II*\0" + b"\xff" * 60]
)
def test_what_is_no_raster_is_told(tmp_path, city, content):
    (tmp_path / "a.tif").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.tif: cannot be read as a raster"):
        import_raster(tmp_path / "a.tif", layer="dem", directory=city)


def test_a_raster_that_was_cut_off_is_told_with_its_rows(tmp_path, city):
    source = write_raster(tmp_path / "a.tif", hills())
    source.write_bytes(source.read_bytes()[:30_000])
    with pytest.raises(DataError, match=r"a\.tif: cannot be read"):
        import_raster(source, layer="dem", directory=city)
    assert not (city / "dem.tif").exists()


def claiming(path: Path, side: int) -> Path:
    """Write a GeoTIFF of 140 cells a side whose header claims another size."""
    content = bytearray(write_raster(path, hills()).read_bytes())
    first = struct.unpack_from("<I", content, 4)[0]
    for entry in range(struct.unpack_from("<H", content, first)[0]):
        place = first + 2 + 12 * entry
        if struct.unpack_from("<H", content, place)[0] in (256, 257):
            struct.pack_into("<HI", content, place + 2, 4, 1)
            struct.pack_into("<I", content, place + 8, side)
    path.write_bytes(content)
    return path


def test_a_header_that_claims_two_gigabytes_is_refused_unread(tmp_path, city):
    source = claiming(tmp_path / "a.tif", 33_000)
    with pytest.raises(DataError, match=r"a\.tif: (claims 33,000 x 33,000|cannot be read)"):
        import_raster(source, layer="dem", directory=city)


def test_nothing_there_is_said_so(tmp_path, city):
    with pytest.raises(MissingDataError, match=r"a\.tif: is not there"):
        import_raster(tmp_path / "a.tif", layer="dem", directory=city)
    (tmp_path / "none").mkdir()
    with pytest.raises(MissingDataError, match="holds no raster"):
        import_raster(tmp_path / "none", layer="dem", directory=city)
    with pytest.raises(MissingDataError, match="no raster is named"):
        import_raster([], layer="dem", directory=city)


@pytest.mark.parametrize(
    ("options", "column"),
    [
        ({"fill": "zero"}, "fill"),
        ({"fill": "sea level"}, "fill"),
        ({"max_fill_share": 1.5}, "max_fill_share"),
        ({"unit": "fathom"}, "unit"),
        ({"margin_km": -1.0}, "margin_km"),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path, city, options, column):
    with pytest.raises(ConfigurationError) as caught:
        import_raster(tmp_path / "a.tif", layer="dem", directory=city, **options)
    assert [problem.column for problem in caught.value.problems] == [column]


def test_an_unknown_layer_is_refused(tmp_path, city):
    with pytest.raises(ConfigurationError, match="dem, surface, landcover, population"):
        import_raster(tmp_path / "a.tif", layer="terrain", directory=city)


@pytest.mark.parametrize(
    ("name", "surface"),
    [
        ("N24E118.hgt", "SRTM"),
        ("n24_e118_1arc_v3_glo-30.tif", "Copernicus GLO-30/90"),
        ("NASADEM_HGT_n24e118.tif", "NASADEM"),
        ("merit_n24e118.tif", ""),
        ("quanzhou_lidar_dtm_2m.tif", ""),
        ("泉州DSM2米.tif", "a DSM"),
        ("raster_of_alostown.tif", ""),
        ("masters.tif", ""),
    ],
)
def test_names_tell_surfaces(name, surface):
    assert surface_name([name]) == surface


@pytest.mark.parametrize(
    ("text", "density"),
    [
        ("chn_pd_2020_1km.tif", True),
        ("people per sq km", True),
        ("persons/km2", True),
        ("chn_ppp_2020_UNadj.tif", False),
        ("updated_counts.tif", False),
        ("/home/hangzhou/people.tif", False),
        ("count per pixel", False),
    ],
)
def test_names_tell_densities(text, density):
    assert density_named([text]) is density
