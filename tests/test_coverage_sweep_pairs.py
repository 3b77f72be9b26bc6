"""The matrix of demand points by masts agrees with the raster and with the older engine."""

from __future__ import annotations

import numpy as np
import pytest
from sweep_network import CELL_M, ELEMENT, EVEN, URBAN, hills, masts_at, sectors_of, terrain_of

from siting.coverage import ENVIRONMENTS, Radio, Service, radio_coverage
from siting.coverage.sweep import pair_levels, sweep_network
from siting.errors import ConfigurationError

TERRAIN = terrain_of(hills(130))
CELLS = [(40, 40), (44, 71), (75, 52), (70, 90), (90, 30)]
MEDIAN = Service(name="median", location_probability=0.5)


def centres(count=600, seed=3):
    """Return points on centres of cells, with those cells."""
    rng = np.random.default_rng(seed)
    cells = rng.integers(20, 110, (count, 2))
    x = TERRAIN.west_m + (cells[:, 1] + 0.5) * CELL_M
    y = TERRAIN.north_m - (cells[:, 0] + 0.5) * CELL_M
    return np.column_stack([x, y]), cells


def pairs(masts, points, *, service=MEDIAN, **more):
    return pair_levels(
        masts, sectors_of(masts, faces=more.pop("faces", 3)), TERRAIN, points,
        demand_environment=np.full(len(points), URBAN), service=service,
        **{
            "carriers_ghz": (3.5,), "antennas": [ELEMENT], "max_range_m": 800.0,
            "exact_within_m": 300.0, **more,
        },
    )  # fmt: skip


def test_on_the_centres_of_cells_the_best_spare_is_the_rasters_level():
    masts = masts_at(TERRAIN, CELLS)
    points, cells = centres()
    spare = pairs(masts, points)
    levels = sweep_network(
        masts, sectors_of(masts), TERRAIN, carriers_ghz=(3.5,), antennas=[ELEMENT],
        rsrp_floor_dbm=-120.0, max_range_m=800.0, exact_within_m=300.0,
    )  # fmt: skip
    there = levels.best_dbm[0][cells[:, 0], cells[:, 1]]
    dense = np.full(spare.shape, -np.inf)
    rows = np.repeat(np.arange(spare.shape[0]), np.diff(spare.indptr))
    dense[rows, spare.indices] = spare.data
    best = dense.max(axis=1) - 105.0
    assert np.array_equal(np.isfinite(best), np.isfinite(there))
    reached = np.isfinite(best)
    assert reached.sum() > 100
    assert np.abs(best - there)[reached].max() < 1e-3


def test_two_threads_give_the_very_matrix_of_one():
    masts = masts_at(TERRAIN, CELLS)
    points, _ = centres()
    one, two = pairs(masts, points), pairs(masts, points, threads=2)
    assert one.data.dtype == np.float32
    for name in ("data", "indices", "indptr"):
        assert np.array_equal(getattr(one, name), getattr(two, name))


def test_a_higher_threshold_is_a_filter():
    masts = masts_at(TERRAIN, CELLS)
    points, _ = centres()
    low, high = (pairs(masts, points, spare_floor_db=floor) for floor in (-15.0, 0.0))
    kept = low.copy()
    kept.data[kept.data < 0.0] = 0.0
    kept.eliminate_zeros()
    assert np.array_equal(kept.indices, high.indices)
    assert np.array_equal(kept.data, high.data)


@pytest.mark.parametrize("indoor", [False, True])
def test_on_flat_ground_the_spare_is_that_of_the_distance_tables(indoor):
    flat = terrain_of(np.full((130, 130), 5.0))
    service = Service(name="all", indoor=indoor)
    radio = Radio(
        name="macro", kind="macro", carrier_ghz=3.5, eirp_per_re_dbm=38.0, base_height_m=25.0
    )
    masts = masts_at(flat, CELLS)
    points = np.random.default_rng(5).uniform(600.0, 3300.0, (300, 2))
    points = points * (1.0, -1.0) + (flat.west_m, flat.north_m)
    where = np.full(len(points), URBAN)
    older = radio_coverage(
        points, masts.xy_m, demand_environment=where, site_radio=np.zeros(5, dtype=int),
        radios=[radio], service=service, environments=ENVIRONMENTS,
    ).spare_db.toarray()  # fmt: skip
    ours = pair_levels(
        masts, sectors_of(masts, faces=1), flat, points, demand_environment=where,
        service=service, carriers_ghz=(3.5,), antennas=[EVEN], max_range_m=1500.0,
        at_edges="exclude",
    ).toarray()  # fmt: skip
    both = (older > -14.9) & (older != 0.0) & (ours != 0.0)
    assert both.sum() > 200 if not indoor else both.sum() > 20
    assert np.abs(ours - older)[both].max() < 0.1


def test_points_that_cannot_be_are_refused():
    masts = masts_at(TERRAIN, CELLS)
    with pytest.raises(ConfigurationError, match="off the terrain"):
        pairs(masts, np.array([[0.0, 0.0]]))
    with pytest.raises(ConfigurationError, match="demand_xy_m"):
        pairs(masts, np.array([[np.nan, 0.0]]))
    with pytest.raises(ConfigurationError, match="spare_floor_db"):
        pairs(masts, centres()[0], spare_floor_db=3.0)


def test_a_mast_that_reaches_nobody_has_an_empty_column():
    masts = masts_at(TERRAIN, [(30, 30), (100, 100)])
    here = centres(1)[0] * 0.0 + masts.xy_m[0] + 40.0
    spare = pairs(masts, here)
    assert spare.shape == (1, 2)
    assert spare.indices.tolist() == [0]
