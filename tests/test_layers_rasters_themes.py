"""Land cover keeps its classes, and people stay people per cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from raster_files import PEOPLE, RIM, SIDE, read, square_city, write_raster

from siting.errors import ConfigurationError, DataError
from siting.layers.rasters import import_raster


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return square_city(tmp_path / "city")


def classes() -> np.ndarray:
    """Return cropland with a town of 10 x 10 cells inside the county."""
    cover = np.full((SIDE, SIDE), 40)
    cover[60:70, 60:70] = 50
    return cover


def cover(path: Path, values: np.ndarray, nodata: float | None = 0) -> Path:
    return write_raster(path, values, dtype="uint8", nodata=nodata)


def people(path: Path, values: np.ndarray, **options) -> Path:
    return write_raster(path, values, **({"dtype": "float32", "nodata": -99999.0} | options))


def spread(total: float = PEOPLE) -> np.ndarray:
    """Return people per cell: `total` of them inside the county, as many in each cell."""
    return np.full((SIDE, SIDE), total / 100**2)


def test_classes_arrive_with_their_shares(tmp_path, city):
    report = import_raster(cover(tmp_path / "a.tif", classes()), layer="landcover", directory=city)
    assert (read(city / "landcover.tif") == classes()).all()
    assert report.class_shares == {40: pytest.approx(0.99), 50: pytest.approx(0.01)}
    assert (report.dtype, report.note) == ("uint8", "classes of ESA WorldCover; overviews by mode")


def test_what_is_no_class_is_listed(tmp_path, city):
    values = classes()
    values[70:72, 70:72], values[0, 0] = 7, 42
    with pytest.raises(DataError, match=r"2 values are no class .*: 7 \(4 cells\), 42 \(1 cells\)"):
        import_raster(cover(tmp_path / "a.tif", values), layer="landcover", directory=city)


def test_class_255_is_a_void_and_is_told(tmp_path, city):
    values = classes()
    values[70:72, 70:72] = 255
    source = cover(tmp_path / "a.tif", values)
    with pytest.raises(DataError, match=r"4 cells .* are void"):
        import_raster(source, layer="landcover", directory=city)
    report = import_raster(source, layer="landcover", directory=city, fill="nearest")
    assert (read(city / "landcover.tif")[70:72, 70:72] == 40).all()
    assert "255 is not declared as nodata: 4 cells with it are taken for void" in report.notes


def test_classes_are_never_interpolated(tmp_path, city):
    source = cover(tmp_path / "a.tif", classes())
    with pytest.raises(ConfigurationError, match="interpolate is no fill of landcover"):
        import_raster(source, layer="landcover", directory=city, fill="interpolate")


def test_classes_that_were_averaged_are_refused(tmp_path, city):
    source = write_raster(tmp_path / "a.tif", classes() + 0.5, dtype="float32", nodata=None)
    with pytest.raises(DataError, match="hold no whole number"):
        import_raster(source, layer="landcover", directory=city)


def test_people_are_counted_against_the_census(tmp_path, city):
    report = import_raster(
        people(tmp_path / "ppp.tif", spread(45_000)), layer="population", directory=city
    )
    assert report.people == pytest.approx(45_000, rel=1e-5)
    assert report.census == PEOPLE
    assert "45,000 people inside the counties; the census has 50,000 (90.0%)" in report.notes
    assert report.note == "people per cell; overviews by average"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("city_pd_2020.tif", {}),
        ("a.tif", {"units": "people per km2"}),
        ("a.tif", {"tags": {"TITLE": "Population density"}}),
    ],
)
def test_a_density_is_told_by_its_name_or_header(tmp_path, city, name, options):
    source = people(tmp_path / name, spread(), **options)
    with pytest.raises(ConfigurationError, match="people per area"):
        import_raster(source, layer="population", directory=city)


def test_a_density_is_told_by_its_sum(tmp_path, city):
    source = people(tmp_path / "a.tif", spread() * 89.0)  # per km2 in cells of 0.0112 km2
    with pytest.raises(DataError, match=r"holds 4,450,000 people .*, the census 50,000"):
        import_raster(source, layer="population", directory=city)


def test_fewer_people_than_none_are_refused(tmp_path, city):
    values = spread()
    values[80, 80] = -3.0
    with pytest.raises(DataError, match="1 cells lie outside 0"):
        import_raster(people(tmp_path / "a.tif", values), layer="population", directory=city)


def test_void_people_are_refused_unless_nobody_lives_there(tmp_path, city):
    values = spread()
    values[30:40, 30:60] = -99999.0
    source = people(tmp_path / "a.tif", values, nodata=None)
    with pytest.raises(DataError, match=r"300 cells .* are void.*--fill zero"):
        import_raster(source, layer="population", directory=city)
    with pytest.raises(ConfigurationError, match="nearest is no fill of population"):
        import_raster(source, layer="population", directory=city, fill="nearest")
    report = import_raster(source, layer="population", directory=city, fill="zero")
    assert (read(city / "population.tif")[30:40, 30:60] == 0.0).all()
    assert read(city / "population.tif", 2).sum() == 300
    assert report.people == pytest.approx(PEOPLE * 0.97, rel=1e-5)


def test_people_have_no_sea_level(tmp_path, city):
    with pytest.raises(ConfigurationError, match="only heights have a sea level"):
        import_raster(
            people(tmp_path / "a.tif", spread()),
            layer="population",
            directory=city,
            water_outside=True,
        )


def test_nan_people_are_void(tmp_path, city):
    values = spread()
    values[RIM, RIM] = np.nan
    with pytest.raises(DataError, match=r"1 cells .* are void"):
        import_raster(people(tmp_path / "a.tif", values), layer="population", directory=city)
