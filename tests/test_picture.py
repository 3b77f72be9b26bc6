"""Each stage of the picture stands on the one before, and is blank only where nothing reaches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.transform import Affine

from siting.coverage import ENVIRONMENTS, Radio, rsrp_raster
from siting.layers import Layers
from siting.levels import Antennas, Points
from siting.picture import RANGE_M, coverage_rasters
from siting.plan.model import CoverageRasters

RADIOS = (
    Radio(
        name="macro_700", kind="macro", carrier_ghz=0.7, eirp_per_re_dbm=32.0, base_height_m=30.0,
        source="made up",
    ),
    Radio(
        name="micro_3500", kind="micro", carrier_ghz=3.5, eirp_per_re_dbm=25.8, base_height_m=10.0,
        source="made up",
    ),
)  # fmt: skip
NUMBER = {environment.name: place for place, environment in enumerate(ENVIRONMENTS)}


def _antennas(layers: Layers, rows: slice, radio: int) -> Antennas:
    """Return an antenna on some villages' points."""
    places = layers.villages.geometry.iloc[rows]
    count = len(places)
    return Antennas(
        xy_m=np.column_stack([places.x, places.y]).reshape(-1, 2),
        radio=np.full(count, radio),
        site=np.arange(count),
        stations=np.ones(count, dtype=np.int64),
    )


def _points(layers: Layers) -> Points:
    xy = np.column_stack([layers.villages.geometry.x, layers.villages.geometry.y])
    everywhere = np.full(len(xy), NUMBER["town"])
    return Points(xy_m=xy, environment=everywhere, weight=np.arange(1.0, len(xy) + 1.0))


def _stages(layers: Layers) -> list[tuple[str, Antennas]]:
    return [
        ("before", _antennas(layers, slice(0, 2), 0)),
        ("2024", _antennas(layers, slice(13, 18), 1)),
        ("2025", _antennas(layers, slice(0, 0), 0)),
        ("2026", _antennas(layers, slice(20, 22), 0)),
    ]


@pytest.fixture(scope="module")
def picture(tiny_layers: Layers) -> CoverageRasters:
    return coverage_rasters(tiny_layers, _points(tiny_layers), _stages(tiny_layers), radios=RADIOS)


def _inside(layers: Layers, picture: CoverageRasters) -> NDArray[np.bool_]:
    cell = picture.cell_m
    shape = picture.rsrp_dbm.shape[1:]
    transform = Affine(cell, 0.0, picture.west_m, 0.0, -cell, picture.north_m)
    areas = [(area, 1) for area in layers.townships.geometry]
    return rasterize(areas, out_shape=shape, transform=transform) == 1


def _centres(picture: CoverageRasters) -> NDArray[np.float64]:
    rows, columns = np.indices(picture.rsrp_dbm.shape[1:])
    x = picture.west_m + (columns + 0.5) * picture.cell_m
    y = picture.north_m - (rows + 0.5) * picture.cell_m
    return np.stack([x, y], axis=-1)


def test_the_grid_holds_every_township(tiny_layers: Layers, picture: CoverageRasters) -> None:
    west, south, east, north = tiny_layers.townships.total_bounds
    _, rows, columns = picture.rsrp_dbm.shape
    assert picture.west_m <= west < picture.west_m + 200.0
    assert picture.north_m - 200.0 < north <= picture.north_m
    assert picture.west_m + columns * 200.0 >= east
    assert picture.north_m - rows * 200.0 <= south
    assert picture.west_m % 200.0 == picture.north_m % 200.0 == 0.0
    assert picture.stages == ("before", "2024", "2025", "2026")
    assert picture.crs == tiny_layers.crs


def test_later_stages_are_never_weaker(picture: CoverageRasters) -> None:
    for before, after in zip(picture.rsrp_dbm[:-1], picture.rsrp_dbm[1:], strict=True):
        seen = ~np.isnan(before)
        assert not np.isnan(after[seen]).any()
        assert (after[seen] >= before[seen]).all()


def test_a_stage_that_adds_nothing_shows_what_stood(picture: CoverageRasters) -> None:
    assert np.array_equal(picture.rsrp_dbm[2], picture.rsrp_dbm[1], equal_nan=True)
    assert not np.array_equal(picture.rsrp_dbm[3], picture.rsrp_dbm[2], equal_nan=True)


def test_a_cell_is_blank_only_outside_the_town_or_beyond_every_antenna(
    tiny_layers: Layers, picture: CoverageRasters
) -> None:
    inside = _inside(tiny_layers, picture)
    macros = [antennas.xy_m for _, antennas in _stages(tiny_layers)]
    centres = _centres(picture)
    for stage, antennas in ((0, macros[:1]), (3, [macros[0], macros[3]])):
        place = np.concatenate(antennas)
        gap = np.hypot(*(centres[:, :, None, :] - place).transpose(3, 0, 1, 2)).min(axis=-1)
        shown = ~np.isnan(picture.rsrp_dbm[stage])
        assert shown[inside & (gap < RANGE_M)].all()
        if not stage:
            assert not shown[gap > RANGE_M].any()
            assert (gap > RANGE_M).sum() > 100


def test_the_last_stage_is_that_of_all_antennas_together(
    tiny_layers: Layers, picture: CoverageRasters
) -> None:
    stages = [antennas for _, antennas in _stages(tiny_layers)]
    together = Antennas(
        xy_m=np.concatenate([one.xy_m for one in stages]),
        radio=np.concatenate([one.radio for one in stages]),
        site=np.arange(sum(len(one.site) for one in stages)),
        stations=np.concatenate([one.stations for one in stages]),
    )
    once = coverage_rasters(
        tiny_layers, _points(tiny_layers), [("all", together)], radios=RADIOS
    )  # fmt: skip
    assert np.array_equal(once.rsrp_dbm[0], picture.rsrp_dbm[-1], equal_nan=True)


def test_cells_have_the_environment_of_their_people_else_of_their_relief(
    tiny_layers: Layers,
) -> None:
    # One antenna in the hills; the same picture with the town's own raster of environments.
    hill = tiny_layers.townships[tiny_layers.townships["relief"] == "hill"].iloc[:1]
    layers = replace(tiny_layers, townships=hill.reset_index(drop=True))
    place = hill.geometry.iloc[0].representative_point()
    two = Points(
        xy_m=np.array([[place.x, place.y], [place.x, place.y], [0.0, 0.0]]),
        environment=np.array([NUMBER["urban"], NUMBER["town"], NUMBER["plain"]]),
        weight=np.array([5.0, 3.0, 9.0]),  # the most people decide; a point outside does not
    )
    antenna = Antennas(
        xy_m=np.array([[place.x + 700.0, place.y]]), radio=np.array([0]), site=np.array([0]),
        stations=np.array([1]),
    )  # fmt: skip
    found = coverage_rasters(layers, two, [("before", antenna)], radios=RADIOS)
    expected = np.where(_inside(layers, found), NUMBER["hill"], -1).astype(np.int8)
    row = int((found.north_m - place.y) // 200.0)
    expected[row, int((place.x - found.west_m) // 200.0)] = NUMBER["urban"]
    level = rsrp_raster(
        antenna.xy_m, site_radio=antenna.radio, radios=RADIOS, environment_raster=expected,
        west_m=found.west_m, north_m=found.north_m, cell_m=200.0, max_range_m=RANGE_M,
    )  # fmt: skip
    assert np.array_equal(found.rsrp_dbm[0], level, equal_nan=True)


def test_without_antennas_and_people_the_picture_is_blank(tiny_layers: Layers) -> None:
    stages = [("before", _antennas(tiny_layers, slice(0, 0), 0))]
    far = replace(_points(tiny_layers), xy_m=_points(tiny_layers).xy_m + 1e6)
    found = coverage_rasters(tiny_layers, far, stages, radios=RADIOS)
    assert np.isnan(found.rsrp_dbm).all()


def test_the_same_bytes_twice_and_progress_to_the_end(
    tiny_layers: Layers, picture: CoverageRasters
) -> None:
    told: list[float] = []
    again = coverage_rasters(
        tiny_layers, _points(tiny_layers), _stages(tiny_layers), radios=RADIOS, progress=told.append
    )
    assert again.rsrp_dbm.tobytes() == picture.rsrp_dbm.tobytes()
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_finer_cells_show_the_same_town(tiny_layers: Layers, picture: CoverageRasters) -> None:
    finer = coverage_rasters(
        tiny_layers, _points(tiny_layers), _stages(tiny_layers)[:1], radios=RADIOS, cell_m=100.0
    )
    town = shapely.union_all(tiny_layers.townships.geometry.to_numpy()).area
    cells = (~np.isnan(finer.rsrp_dbm[0])).sum() * 100.0**2
    coarse = (~np.isnan(picture.rsrp_dbm[0])).sum() * 200.0**2
    assert 0 < cells < town
    assert cells == pytest.approx(coarse, rel=0.02)
