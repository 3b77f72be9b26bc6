"""Importing a raster: what is sound is written as it is, what is void is refused or marked."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from pyproj import Geod
from raster_files import CELL, NORTH, RIM, SIDE, WEST, hills, read, square_city, write_raster
from rasterio.warp import transform_bounds

from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.layers.rasters import import_raster

HOLE = (slice(40, 44), slice(60, 65))  # 20 cells inside the county


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return square_city(tmp_path / "city")


def with_hole(value: float = -32768.0, hole: tuple[slice, slice] = HOLE) -> np.ndarray:
    heights = hills()
    heights[hole] = value
    return heights


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def refused(error: type[Exception], what: str, source, city: Path, **options) -> str:
    """Import what must be refused; return the message. Nothing may be written."""
    before = names(city)
    options = {"layer": "dem"} | options
    with pytest.raises(error, match=what) as caught:
        import_raster(source, directory=city, **options)
    assert names(city) == before
    return str(caught.value)


def test_a_sound_dem_arrives_as_it_is(tmp_path, city):
    source = write_raster(tmp_path / "lidar.tif", hills())
    report = import_raster(source, layer="dem", directory=city)
    assert names(city) == ["counties.csv", "counties.geojson", "dem.tif"]
    assert (read(city / "dem.tif") == hills()).all()
    assert (report.crs, report.datum, report.dtype) == ("EPSG:4326", "WGS 84", "int16")
    assert report.note == "bare earth (DTM); overviews by average"
    assert report.notes == ()
    assert (report.minimum, report.maximum) == (hills().min(), hills().max())
    assert report.cell_m == pytest.approx(110.8, abs=0.1)
    assert report.voids.area_km2 == pytest.approx(112.0, abs=1.0)


def test_what_is_written_is_a_tiled_cog_that_says_what_it_holds(tmp_path, city):
    big = np.add.outer(np.arange(700.0), np.arange(700.0))
    place = Affine(CELL / 4, 0.0, WEST - 0.03, 0.0, -CELL / 4, NORTH + 0.03)
    source = write_raster(tmp_path / "lidar.tif", big, transform=place)
    import_raster(source, layer="surface", directory=city)
    with rasterio.open(city / "surface.tif") as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.block_shapes == [(512, 512)]
        assert file.overviews(1) == [2]
        assert file.compression.name == "deflate"
        assert file.tags()["overviews"] == "average"
        assert (file.descriptions, file.units, file.nodata) == (("surface",), ("m",), -32768)
        assert file.read(1, out_shape=(350, 350))[0, :2].tolist() == [1, 3]


def test_the_same_source_gives_the_same_bytes(tmp_path, city):
    source = write_raster(tmp_path / "lidar.tif", with_hole())
    first = import_raster(source, layer="dem", directory=city, fill="interpolate")
    content = (city / "dem.tif").read_bytes()
    second = import_raster(source, layer="dem", directory=city, fill="interpolate")
    assert (first.changed, second.changed) == (True, False)
    assert (city / "dem.tif").read_bytes() == content
    other = square_city(tmp_path / "other")
    third = import_raster(source, layer="dem", directory=other, fill="interpolate")
    assert third.sha256 == first.sha256


def test_a_void_inside_the_counties_is_refused_with_its_place(tmp_path, city):
    source = write_raster(tmp_path / "lidar.tif", with_hole())
    told = refused(DataError, "20 cells", source, city)
    assert "(0.22 km2) inside the counties are void" in told
    assert "118.4400 to 118.4450 E, 24.9260 to 24.9300 N" in told
    assert "--fill interpolate" in told


def test_a_void_outside_the_counties_stays_void(tmp_path, city):
    source = write_raster(tmp_path / "lidar.tif", with_hole(hole=(slice(0, 12), slice(0, SIDE))))
    report = import_raster(source, layer="dem", directory=city)
    assert (read(city / "dem.tif")[:12] == -32768).all()
    assert report.filled_cells == 0
    assert rasterio.open(city / "dem.tif").count == 1


@pytest.mark.parametrize("fill", ["nearest", "interpolate"])
def test_a_fill_takes_the_values_around_and_marks_its_cells(tmp_path, city, fill):
    source = write_raster(tmp_path / "lidar.tif", with_hole())
    report = import_raster(source, layer="dem", directory=city, fill=fill)
    heights, marks = read(city / "dem.tif"), read(city / "dem.tif", 2)
    expected = np.zeros((SIDE, SIDE))
    expected[HOLE] = 1
    assert (marks == expected).all()
    assert (heights[expected == 0] == hills()[expected == 0]).all()
    around = hills()[39:45, 59:66]
    assert around.min() <= heights[HOLE].min() <= heights[HOLE].max() <= around.max()
    assert np.abs(heights[HOLE] - hills()[HOLE]).max() <= 6.0
    assert (report.filled_cells, report.filled_share) == (20, pytest.approx(0.002))
    assert report.filled_km2 == pytest.approx(0.224, abs=0.003)
    assert 200.0 < report.filled_reach_m < 260.0
    assert f"0.20% of the cells inside the counties filled ({fill}), see band 2" in report.note
    with rasterio.open(city / "dem.tif") as file:
        assert file.descriptions == ("dem", "filled")


def test_the_nearest_value_is_the_nearest(tmp_path, city):
    heights = np.full((SIDE, SIDE), 30.0)
    heights[:, 62:] = 90.0
    heights[50, 58:66] = -32768
    source = write_raster(tmp_path / "lidar.tif", heights)
    import_raster(source, layer="dem", directory=city, fill="nearest")
    assert read(city / "dem.tif")[50, 56:68].tolist() == [30] * 6 + [90] * 6


def test_more_void_than_allowed_is_not_filled(tmp_path, city):
    source = write_raster(tmp_path / "lidar.tif", with_hole(hole=(slice(30, 60), slice(30, 60))))
    told = refused(DataError, r"9\.00% of the cells", source, city, fill="interpolate")
    assert "--max-fill-share allows more than 2.00%" in told
    done = import_raster(
        source, layer="dem", directory=city, fill="interpolate", max_fill_share=0.1
    )
    assert done.filled_share == pytest.approx(0.09)


@pytest.mark.parametrize("sentinel", [-9999.0, -32768.0, 32767.0])
def test_an_undeclared_sentinel_is_a_void_and_is_told(tmp_path, city, sentinel):
    source = write_raster(tmp_path / "lidar.tif", with_hole(sentinel), nodata=None)
    refused(DataError, "20 cells .* are void", source, city)
    report = import_raster(source, layer="dem", directory=city, fill="nearest")
    said = f"{sentinel:g} is not declared as nodata: 20 cells with it are taken for void"
    assert said in report.notes


@pytest.mark.parametrize("value", [np.nan, np.inf, -3.4028235e38])
def test_what_is_no_number_is_a_void(tmp_path, city, value):
    source = write_raster(tmp_path / "lidar.tif", with_hole(value), dtype="float32", nodata=None)
    refused(DataError, "20 cells .* are void", source, city)


def test_a_named_value_is_a_void(tmp_path, city):
    source = write_raster(tmp_path / "lidar.tif", with_hole(1234.0), nodata=None)
    refused(DataError, "20 cells .* are void", source, city, nodata=1234.0)


def test_a_hole_filled_with_zero_is_no_sea(tmp_path, city):
    hole = (slice(40, 50), slice(60, 70))
    source = write_raster(tmp_path / "lidar.tif", with_hole(0.0, hole))
    told = refused(DataError, "exactly 0 m", source, city)
    assert "1.12 km2" in told
    assert "118.4400 to 118.4500 E" in told
    refused(DataError, "100 cells .* are void", source, city, nodata=0.0)
    assert import_raster(source, layer="dem", directory=city, zero_is_sea=True).filled_cells == 0


def test_a_sea_of_zero_behind_a_low_shore_is_told_and_kept(tmp_path, city):
    heights = np.maximum(np.arange(SIDE, dtype=float) - 50.0, 0.0) * np.ones((SIDE, 1))
    source = write_raster(tmp_path / "lidar.tif", heights)
    report = import_raster(source, layer="dem", directory=city)
    assert "in 1 blocks inside the counties are exactly 0 m: taken for water" in report.notes[0]


@pytest.mark.parametrize("crs", ["EPSG:32650", "EPSG:3857", "EPSG:4549"])
def test_areas_are_those_of_the_ground_in_any_projection(tmp_path, city, crs):
    box = transform_bounds("EPSG:4326", crs, 118.39, 24.84, 118.51, 24.96)
    cell = (box[2] - box[0]) / SIDE
    place = Affine(cell, 0.0, box[0], 0.0, -cell, box[3] + 20 * cell)
    heights = np.full((SIDE + 40, SIDE), 60.0)
    heights[80:90, 60:70] = -32768
    source = write_raster(tmp_path / "lidar.tif", heights, crs=crs, transform=place)
    report = import_raster(source, layer="dem", directory=city, fill="nearest")
    west, north = place.c + 60 * cell, place.f - 80 * cell
    hole = shapely.box(west, north - 10 * cell, west + 10 * cell, north)
    drawn = gpd.GeoSeries([hole], crs=crs).segmentize(cell).to_crs(4326).iloc[0]
    area_km2 = abs(Geod(ellps="WGS84").geometry_area_perimeter(drawn)[0]) / 1e6
    assert report.filled_km2 == pytest.approx(area_km2, rel=1e-3)
    assert report.cell_m**2 * 100 == pytest.approx(area_km2 * 1e6, rel=6e-3)
    assert report.crs == crs


def test_voids_outside_are_water_only_where_the_planner_says_so(tmp_path, city):
    heights = with_hole()
    heights[:12] = -32768
    source = write_raster(tmp_path / "lidar.tif", heights)
    refused(DataError, "20 cells .* are void", source, city, water_outside=True)
    report = import_raster(source, layer="dem", directory=city, fill="nearest", water_outside=True)
    assert report.water_cells == 12 * SIDE
    assert (read(city / "dem.tif")[:12] == 0).all()
    assert (read(city / "dem.tif", 2)[:12] == 2).all()
    assert (read(city / "dem.tif", 2)[HOLE] == 1).all()
    assert "voids outside the counties were said to be water at 0 m" in report.note
    assert "1,680 void cells outside the counties are water at 0 m, as said" in report.notes[-1]


def test_values_that_no_ground_has_are_refused_with_their_place(tmp_path, city):
    source = write_raster(tmp_path / "lidar.tif", with_hole(12000.0))
    told = refused(DataError, "20 cells lie outside -430 to 8850 m", source, city)
    assert "118.4400 to 118.4450 E" in told


def test_a_raster_of_nothing_but_voids_is_refused(tmp_path, city):
    source = write_raster(tmp_path / "lidar.tif", np.full((SIDE, SIDE), -32768.0))
    refused(DataError, "every cell is void", source, city, fill="nearest")


def test_the_part_of_the_counties_that_lies_outside_is_told(tmp_path, city):
    source = write_raster(tmp_path / "lidar.tif", hills()[:, :100])
    told = refused(DataError, "lie outside the raster", source, city, fill="nearest")
    assert "22.3" in told or "22.4" in told  # a fifth of 112 km2


def test_a_raster_of_another_city_is_refused(tmp_path, city):
    far = Affine(CELL, 0.0, 110.0, 0.0, -CELL, 30.0)
    source = write_raster(tmp_path / "lidar.tif", hills(), transform=far)
    refused(DataError, "lies outside the counties", source, city)


def test_a_city_without_outlines_is_asked_for_them(tmp_path):
    source = write_raster(tmp_path / "lidar.tif", hills())
    (tmp_path / "empty").mkdir()
    refused(MissingDataError, "import the counties first", source, tmp_path / "empty")


@pytest.mark.parametrize(
    "name",
    [
        "Copernicus_DSM_COG_10_N24_00_E118_00_DEM.tif",
        "N24E118.SRTMGL1.tif",
        "srtm_60_08.tif",
        "ALPSMLC30_N024E118_DSM.tif",
        "ASTGTMV003_N24E118_dem.tif",
        "city-DSM-2m.tif",
    ],
)
def test_a_surface_is_not_taken_for_bare_earth(tmp_path, city, name):
    source = write_raster(tmp_path / name, hills())
    told = refused(ConfigurationError, "surface with buildings and trees", source, city)
    assert "--as surface" in told
    assert "--bare-earth" in told
    surface = import_raster(source, layer="surface", directory=city)
    assert surface.note == "with buildings and trees (DSM); overviews by average"
    confirmed = import_raster(source, layer="dem", directory=city, bare_earth=True)
    assert "confirmed by the planner of a file named after" in confirmed.note


def test_a_tag_tells_a_surface_too(tmp_path, city):
    tags = {"TIFFTAG_IMAGEDESCRIPTION": "SRTM v3 void-filled"}
    refused(ConfigurationError, "SRTM", write_raster(tmp_path / "a.tif", hills(), tags=tags), city)


def test_bare_earth_made_of_a_surface_is_bare_earth(tmp_path, city):
    source = write_raster(tmp_path / "N24E118_FABDEM_V1-2.tif", hills())
    assert import_raster(source, layer="dem", directory=city).layer == "dem"
    report = import_raster(source, layer="surface", directory=city)
    assert "the name says bare earth (DTM)" in report.notes[0]


def test_feet_are_asked_about_and_turned_into_metres(tmp_path, city):
    source = write_raster(tmp_path / "lidar.tif", hills(), units="US survey foot")
    refused(ConfigurationError, "--unit ft", source, city)
    report = import_raster(source, layer="dem", directory=city, unit="ft")
    assert read(city / "dem.tif") == pytest.approx(hills() * 0.3048, abs=1e-4)
    assert "feet were turned into metres, times 0.3048" in report.notes
    import_raster(source, layer="dem", directory=city, unit="m")
    assert (read(city / "dem.tif") == hills()).all()


def test_scale_and_offset_of_the_header_are_applied(tmp_path, city):
    source = write_raster(
        tmp_path / "lidar.tif",
        with_hole() * 10.0,
        scale=0.1,
        offset=5.0,
        dtype="int32",
        nodata=-327680,
    )
    report = import_raster(source, layer="dem", directory=city, fill="nearest")
    known = read(city / "dem.tif", 2) == 0
    assert read(city / "dem.tif")[known] == pytest.approx(hills()[known] + 5.0, abs=1e-4)
    assert "values are those of the file times 0.1 plus 5, by its header" in report.notes


def test_a_margin_keeps_what_lies_near_the_counties(tmp_path, city):
    source = write_raster(tmp_path / "lidar.tif", hills())
    report = import_raster(source, layer="dem", directory=city, margin_km=0.5)
    assert 108 <= report.width <= 112
    assert 108 <= report.height <= 112
    shift = RIM - (report.height - 100) // 2
    assert read(city / "dem.tif")[0, 0] == hills()[shift, shift]


def test_spikes_and_ground_below_the_sea_are_told(tmp_path, city):
    heights = hills()
    heights[70, 70], heights[80, 80] = 300.0, -5.0
    report = import_raster(
        write_raster(tmp_path / "lidar.tif", heights), layer="dem", directory=city
    )
    assert "1 cells inside the counties lie below 0 m" in report.notes[0]
    assert "1 cells inside the counties stand 100 m or more above" in report.notes[1]


def test_an_interrupted_import_leaves_what_was_there(tmp_path, city):
    source = write_raster(tmp_path / "lidar.tif", hills())
    import_raster(source, layer="dem", directory=city)
    content, before = (city / "dem.tif").read_bytes(), names(city)

    def stop(step: str, share: float) -> None:
        if step == "overviews":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_raster(
            source,
            layer="dem",
            directory=city,
            nodata=50.0,
            progress=stop,
            fill="nearest",
            max_fill_share=0.5,
        )
    assert names(city) == before
    assert (city / "dem.tif").read_bytes() == content


def test_progress_goes_up_step_by_step(tmp_path, city):
    told: list[tuple[str, float]] = []
    source = write_raster(tmp_path / "lidar.tif", with_hole())
    import_raster(
        source,
        layer="dem",
        directory=city,
        fill="nearest",
        progress=lambda step, share: told.append((step, share)),
    )
    assert list(dict.fromkeys(step for step, _ in told)) == ["check", "fill", "write", "overviews"]
    assert all(share <= 1.0 for _, share in told)


def test_our_own_raster_keeps_its_marks(tmp_path, city):
    source = write_raster(tmp_path / "lidar.tif", with_hole())
    first = import_raster(source, layer="dem", directory=city, fill="nearest")
    copy = tmp_path / "copy.tif"
    copy.write_bytes(first.path.read_bytes())
    other = square_city(tmp_path / "other")
    import_raster(copy, layer="dem", directory=other)
    assert read(other / "dem.tif", 2).sum() == 20


def test_the_coarse_elevation_of_the_reference_folder_imports(
    shared_directory, tiny_town, tmp_path
):
    found = sorted(shared_directory.glob("data/*/dem_srtm30plus_z6/*.tif"))
    if not found:
        pytest.skip("the coarse elevation is not in the reference folder")
    embedded = Path(__file__).resolve().parents[1] / "layers"
    for name in ("counties.csv", "counties.geojson"):
        (tmp_path / name).write_bytes((embedded / name).read_bytes())
    refused(ConfigurationError, "SRTM", found[0], tmp_path)
    report = import_raster(found[0], layer="surface", directory=tmp_path)
    assert report.voids.void_cells == 0
    assert any("below 0 m" in note for note in report.notes)
    assert report.path.stat().st_size < 300_000
