"""What cannot be swept is refused by name or counted; nothing becomes a silent zero."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sweep_network import ELEMENT, PLAIN, URBAN, hills, masts_at, sectors_of, terrain_of

from siting.coverage.sweep import sweep_network
from siting.coverage.terrain import Terrain
from siting.errors import ConfigurationError, DataError

TERRAIN = terrain_of(hills(80))
MASTS = masts_at(TERRAIN, [(40, 40)])
SECTORS = sectors_of(MASTS)


def sweep(masts=MASTS, sectors=SECTORS, terrain=TERRAIN, **more):
    return sweep_network(
        masts, sectors, terrain,
        **{"carriers_ghz": (3.5,), "antennas": [ELEMENT], "max_range_m": 600.0, **more},
    )  # fmt: skip


@pytest.mark.parametrize("size", [0.0, -5.0, 400.0, np.nan])
def test_heights_that_no_mast_has_are_refused(size):
    with pytest.raises(ConfigurationError, match="height_m"):
        sweep(replace(MASTS, height_m=np.array([size])))


@pytest.mark.parametrize(("height_m", "environment"), [(5.0, URBAN), (8.0, PLAIN)])
def test_heights_outside_the_model_are_refused(height_m, environment):
    with pytest.raises(ConfigurationError, match="base_height_m"):
        sweep(masts_at(TERRAIN, [(40, 40)], height_m=height_m, environment=environment))


def test_a_carrier_outside_the_model_is_refused():
    masts = masts_at(TERRAIN, [(40, 40)], environment=PLAIN)
    with pytest.raises(ConfigurationError, match="carrier_ghz"):
        sweep(masts, carriers_ghz=(39.0,))


@pytest.mark.parametrize("name", ["azimuth_deg", "tilt_deg", "eirp_per_re_dbm"])
def test_a_number_that_is_none_is_refused(name):
    values = getattr(SECTORS, name).copy()
    values[1] = np.nan
    with pytest.raises(ConfigurationError, match=name):
        sweep(sectors=replace(SECTORS, **{name: values}))


@pytest.mark.parametrize("name", ["site", "carrier", "antenna"])
def test_a_position_that_does_not_exist_is_refused(name):
    values = getattr(SECTORS, name).copy()
    values[0] = 7
    with pytest.raises(ConfigurationError, match=name):
        sweep(sectors=replace(SECTORS, **{name: values}))


def test_all_problems_are_told_at_once():
    with pytest.raises(ConfigurationError) as caught:
        sweep(
            sectors=replace(SECTORS, tilt_deg=np.full(3, np.nan), eirp_per_re_dbm=np.full(3, 99.0))
        )
    assert len(caught.value.problems) == 2


def test_an_empty_network_is_refused():
    none = masts_at(TERRAIN, [])
    with pytest.raises(ConfigurationError, match="no sectors"):
        sweep(none, sectors_of(none))
    with pytest.raises(ConfigurationError, match="no carriers"):
        sweep(antennas=[])


def test_degrees_are_refused():
    masts = masts_at(TERRAIN, [(40, 40), (42, 40)])
    places = np.array([[118.6, 24.9], [118.7, 24.8]])
    with pytest.raises(ConfigurationError, match="degrees"):
        sweep(replace(masts, xy_m=places), sectors_of(masts))
    small = Terrain(elevation_m=TERRAIN.elevation_m, west_m=118.0, north_m=25.0, cell_m=0.0003)
    with pytest.raises(ConfigurationError, match="cell_m"):
        sweep(terrain=small)


def test_grids_that_differ_are_refused():
    masts = masts_at(TERRAIN, [(40, 40)], environment=-1)
    with pytest.raises(ConfigurationError, match="one grid"):
        sweep(masts, environments_raster=np.zeros((79, 80), dtype=np.int8))
    with pytest.raises(ConfigurationError, match="environments_raster"):
        sweep(masts, environments_raster=np.full((80, 80), 99, dtype=np.int8))
    with pytest.raises(ConfigurationError, match="environment"):
        sweep(masts)  # each cell has its own, and there are none


def test_a_kind_of_terrain_that_is_not_known_is_refused():
    with pytest.raises(ConfigurationError, match="kind"):
        replace(TERRAIN, kind="roofs")


def holed():
    heights = TERRAIN.elevation_m.copy()
    heights[30:33, 45:48] = np.nan
    return terrain_of(heights)


def test_a_hole_within_reach_is_refused_or_its_shadow_is_counted_out():
    with pytest.raises(DataError, match="9 cells"):
        sweep(terrain=holed())
    whole = sweep()
    ours = sweep(terrain=holed(), at_edges="exclude")
    lost = np.isfinite(whole.best_dbm[0]) & np.isnan(ours.best_dbm[0])
    assert lost[30:33, 45:48].all()
    assert ours.met.void >= lost.sum() >= 9
    kept = np.isfinite(ours.best_dbm[0])
    beside = np.zeros_like(kept)
    beside[34:, :] = True
    assert np.array_equal(ours.best_dbm[0][beside], whole.best_dbm[0][beside], equal_nan=True)
    assert np.abs(ours.best_dbm[0] - whole.best_dbm[0])[kept].max() < 1e-3


def test_a_hole_out_of_reach_is_nobodys_business():
    heights = TERRAIN.elevation_m.copy()
    heights[0, 0] = np.nan
    assert np.array_equal(
        sweep(terrain=terrain_of(heights)).best_dbm, sweep().best_dbm, equal_nan=True
    )


def test_the_edge_of_the_terrain_is_refused_or_counted():
    masts = masts_at(TERRAIN, [(4, 40)])
    with pytest.raises(DataError, match="off the terrain"):
        sweep(masts, sectors_of(masts))
    ours = sweep(masts, sectors_of(masts), at_edges="exclude")
    assert np.isfinite(ours.best_dbm[0][:20]).any()


@pytest.mark.parametrize("place", ["sea", "off"])
def test_a_mast_in_the_sea_or_off_the_terrain_is_refused_or_left_out(place):
    heights = TERRAIN.elevation_m.copy()
    heights[:, 70:] = np.nan
    terrain = terrain_of(heights)
    cell = (40, 75) if place == "sea" else (40, 300)
    masts = masts_at(terrain, [(40, 30), cell])
    with pytest.raises(DataError, match="void or off"):
        sweep(masts, sectors_of(masts), terrain)
    ours = sweep(masts, sectors_of(masts), terrain, at_edges="exclude")
    assert ours.met.masts_left_out == (1,)
    assert set(np.unique(ours.best_sector)) <= {-1, 0, 1, 2}


def test_a_raster_of_voids_alone_serves_nobody():
    terrain = terrain_of(np.full((80, 80), np.nan))
    ours = sweep(terrain=terrain, at_edges="exclude")
    assert ours.met.masts_left_out == (0,)
    assert np.isnan(ours.best_dbm).all()
    assert not ours.sum_mw.any()


@pytest.mark.parametrize("word", ["ignore", ""])
def test_a_way_with_edges_that_is_not_known_is_refused(word):
    with pytest.raises(ConfigurationError, match="at_edges"):
        sweep(at_edges=word)
