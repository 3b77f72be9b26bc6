"""Terrain: a ridge takes service away, flat ground does not, and a void is never sea level."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import rasterio
from affine import Affine

from siting.coverage import (
    ENVIRONMENTS,
    Radio,
    Service,
    Terrain,
    best_server,
    bullington_loss_db,
    radio_coverage,
    read_terrain,
    spare_db,
)
from siting.coverage.inputs import ground_of
from siting.coverage.profile import diffraction_db, elevation_m
from siting.errors import ConfigurationError, DataError, MissingDataError

RADIO = Radio(name="macro", kind="macro", carrier_ghz=0.7, eirp_per_re_dbm=32.0, base_height_m=30.0)
OUTDOORS = Service(name="outdoors")
PLAIN, MOUNTAIN = 2, 4
CELL_M = 50.0
POINTS = np.array([[1000.0, 2000.0], [3500.0, 2000.0]])
SITE = np.array([[500.0, 2000.0]])


def terrain(elevation):
    return Terrain(
        elevation_m=elevation.astype(np.float32), west_m=0.0, north_m=4000.0, cell_m=CELL_M
    )


def flat():
    return np.full((80, 80), 20.0)


def ridge():
    """Return a plain with a ridge of 170 m from north to south at x = 2 km."""
    elevation = flat()
    elevation[:, 39:41] = 170.0
    return elevation


def spare(ground, environment=PLAIN, floor_db=-40.0):
    best = best_server(
        POINTS,
        SITE,
        demand_environment=[environment] * len(POINTS),
        site_radio=[0],
        radios=[RADIO],
        service=OUTDOORS,
        terrain=ground,
        spare_floor_db=floor_db,
    )
    return best.spare_db


def test_flat_ground_changes_nothing():
    assert spare(terrain(flat())) == pytest.approx(spare(None), abs=1e-6)


def test_a_ridge_shadows_what_lies_behind_it_only():
    open_ground, shadowed = spare(None), spare(terrain(ridge()))
    assert shadowed[0] == open_ground[0]
    assert shadowed[1] < open_ground[1] - 10.0


def test_an_allowance_for_relief_is_dropped_where_relief_is_seen():
    seen = spare(terrain(flat()), MOUNTAIN)
    assert (seen > spare(None, MOUNTAIN)).all()
    assert seen == pytest.approx(spare(None, PLAIN), abs=1e-6)


def test_a_blocked_path_is_the_worse_of_clutter_and_diffraction():
    ground = ground_of(terrain(ridge()), [RADIO])
    loss_db = diffraction_db(ground, 0, tuple(SITE[0]), tuple(POINTS[1]), 3000.0)
    free = spare_db(RADIO, ENVIRONMENTS[PLAIN], OUTDOORS, 3000.0)
    assert loss_db > 20.0
    assert spare(terrain(ridge()))[1] <= free - 10.0


def test_the_compiled_profile_is_the_bullington_path_of_the_same_heights():
    generator = np.random.default_rng(0)
    relief = terrain(20.0 + 60.0 * generator.random((80, 80)))
    ground = ground_of(relief, [RADIO])
    compared = 0
    for x_m, y_m in generator.uniform(200.0, 3800.0, (40, 2)):
        distance_m = float(np.hypot(x_m - 500.0, y_m - 2000.0))
        share = np.linspace(0.0, 1.0, int(np.ceil(distance_m / CELL_M)) + 1)
        along = np.column_stack((500.0 + share * (x_m - 500.0), 2000.0 + share * (y_m - 2000.0)))
        heights = np.array([elevation_m(ground, *place) for place in along])
        expected = bullington_loss_db(
            share * distance_m / 1000.0,
            heights,
            transmitter_m=heights[0] + 30.0,
            receiver_m=heights[-1] + 1.5,
            carrier_ghz=0.7,
        )
        loss_db = diffraction_db(ground, 0, (500.0, 2000.0), (x_m, y_m), distance_m)
        if loss_db > 0.0:
            assert loss_db == pytest.approx(expected, abs=1e-6)
            compared += 1
    assert compared > 20


def test_an_indoor_head_sees_no_terrain():
    head = Radio(
        name="indoor", kind="indoor", carrier_ghz=3.5, eirp_per_re_dbm=10.0, base_height_m=3.0
    )
    steps = flat()
    steps[:, ::2] = 90.0  # 70 m up and down from cell to cell
    by_terrain = [
        best_server(
            [[1020.0, 2000.0], [1000.0, 2055.0]],
            [[1000.0, 2000.0]],
            demand_environment=[0, 0],
            site_radio=[0],
            radios=[head],
            service=Service(name="indoors", indoor=True),
            terrain=ground,
        ).spare_db.tolist()
        for ground in (None, Terrain(elevation_m=steps, west_m=0.0, north_m=4000.0, cell_m=50.0))
    ]
    assert by_terrain[0] == by_terrain[1]


def test_elevation_is_read_at_cell_centres_and_between():
    slope = np.add.outer(np.zeros(80), np.arange(80.0))
    ground = ground_of(terrain(slope), [RADIO])
    assert elevation_m(ground, 25.0, 1000.0) == 0.0
    assert elevation_m(ground, 100.0, 1000.0) == pytest.approx(1.5)
    assert elevation_m(ground, 3999.0, 1000.0) == 79.0


def test_best_server_and_matrix_see_the_same_terrain():
    coverage = radio_coverage(
        POINTS,
        SITE,
        demand_environment=[PLAIN, PLAIN],
        site_radio=[0],
        radios=[RADIO],
        service=OUTDOORS,
        terrain=terrain(ridge()),
        spare_floor_db=-40.0,
    )
    assert coverage.spare_db.toarray()[:, 0].tolist() == spare(terrain(ridge())).tolist()


@pytest.mark.parametrize("void", [np.nan, -32768.0])
def test_voids_are_refused_where_they_are_needed_and_only_there(void):
    needed, spared = flat(), flat()
    needed[40, 30] = void
    spared[2, 2] = void
    with pytest.raises(DataError, match="no elevation"):
        spare(terrain(needed))
    assert np.isfinite(spare(terrain(spared))).all()


def test_terrain_that_ends_too_soon_is_refused():
    with pytest.raises(DataError, match="does not reach"):
        spare(terrain(flat()[:, :40]))


def write_dem(path, elevation, crs="EPSG:4326", nodata=None):
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=elevation.shape[1],
        height=elevation.shape[0],
        count=1,
        dtype="int16",
        crs=crs,
        transform=Affine(0.001, 0.0, 118.5, 0.0, -0.001, 25.0),
        nodata=nodata,
    ) as file:
        file.write(elevation.astype(np.int16), 1)


@pytest.mark.parametrize("nodata", [None, -32768])
def test_a_geographic_dem_arrives_in_metres_with_its_voids(tmp_path, nodata):
    elevation = np.full((60, 60), 55)
    elevation[30:35, 30:35] = -32768
    write_dem(tmp_path / "dem.tif", elevation, nodata=nodata)
    read = read_terrain(tmp_path / "dem.tif", "EPSG:32650")

    values = read.elevation_m[np.isfinite(read.elevation_m)]
    assert values == pytest.approx(55.0, abs=1e-3)
    middle = tuple(length // 2 + 2 for length in read.elevation_m.shape)
    assert np.isnan(read.elevation_m[middle])
    assert 90.0 < read.cell_m < 120.0
    assert 600_000.0 < read.west_m < 700_000.0


def test_missing_and_unreadable_dems_are_named(tmp_path):
    with pytest.raises(MissingDataError, match=r"dem\.tif"):
        read_terrain(tmp_path / "dem.tif", "EPSG:32650")
    (tmp_path / "dem.tif").write_text("not a raster")
    with pytest.raises(DataError, match="unreadable"):
        read_terrain(tmp_path / "dem.tif", "EPSG:32650")


def test_a_working_crs_in_degrees_is_refused(tmp_path):
    write_dem(tmp_path / "dem.tif", np.full((10, 10), 5))
    with pytest.raises(ConfigurationError, match="metres"):
        read_terrain(tmp_path / "dem.tif", "EPSG:4326")


def test_a_part_of_a_dem_is_the_same_as_in_the_whole(tmp_path):
    elevation = np.random.default_rng(1).integers(0, 900, (120, 120))
    write_dem(tmp_path / "dem.tif", elevation)
    whole = read_terrain(tmp_path / "dem.tif", "EPSG:32650")
    bounds = (
        whole.west_m + 3010.0,
        whole.north_m - 6020.0,
        whole.west_m + 5030.0,
        whole.north_m - 4000.0,
    )
    part = read_terrain(tmp_path / "dem.tif", "EPSG:32650", bounds=bounds)

    row = round((whole.north_m - part.north_m) / whole.cell_m)
    column = round((part.west_m - whole.west_m) / whole.cell_m)
    height, width = part.elevation_m.shape
    same = whole.elevation_m[row : row + height, column : column + width]
    assert np.array_equal(part.elevation_m, same)
    assert part.west_m <= bounds[0] < part.west_m + part.cell_m
    assert width * part.cell_m < 2.4e3


@pytest.mark.parametrize("void", [-9999, 32767])
def test_an_undeclared_void_never_weighs_in_beside_it(tmp_path, void):
    elevation = np.full((60, 60), 300)
    elevation[30:35, 30:35] = void
    write_dem(tmp_path / "dem.tif", elevation)
    read = read_terrain(tmp_path / "dem.tif", "EPSG:32650").elevation_m
    assert read[np.isfinite(read)] == pytest.approx(300.0, abs=1e-3)


@pytest.mark.parametrize("nodata", [None, -32768])
def test_a_dem_that_marks_voids_in_two_ways_is_refused(tmp_path, nodata):
    elevation = np.full((60, 60), 300)
    elevation[30, 30], elevation[40, 40], elevation[50, 50] = -9999, -32768, 32767
    write_dem(tmp_path / "dem.tif", elevation, nodata=nodata)
    with pytest.raises(DataError, match=r"-9999.*are no heights"):
        read_terrain(tmp_path / "dem.tif", "EPSG:32650")


def test_a_dem_of_another_city_is_refused(tmp_path):
    write_dem(tmp_path / "dem.tif", np.full((10, 10), 5))
    far = (100_000.0, 3_000_000.0, 110_000.0, 3_010_000.0)
    with pytest.raises(DataError, match="lies elsewhere"):
        read_terrain(tmp_path / "dem.tif", "EPSG:32650", bounds=far)


def test_more_cells_than_memory_holds_are_refused_unread(tmp_path):
    with rasterio.open(
        tmp_path / "dem.tif",
        "w",
        driver="GTiff",
        width=20_000,
        height=20_000,
        count=1,
        dtype="int16",
        crs="EPSG:32650",
        transform=Affine(10.0, 0.0, 600_000.0, 0.0, -10.0, 2_800_000.0),
        nodata=-32768,
        tiled=True,
        sparse_ok=True,
    ):
        pass
    with pytest.raises(DataError, match="too many to plan with"):
        read_terrain(tmp_path / "dem.tif", "EPSG:32650")


def test_a_surface_model_is_refused_where_chance_stands_for_the_buildings():
    surface = replace(terrain(flat()), kind="surface")
    with pytest.raises(ConfigurationError, match="give bare earth"):
        spare(surface)
