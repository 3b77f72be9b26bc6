"""The RSRP raster: the strongest signal at each cell centre, and rasters that compose."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from siting.coverage import ENVIRONMENTS, Radio, Service, rsrp_raster, spare_db
from siting.errors import ConfigurationError

RADIOS = (
    Radio(name="macro", kind="macro", carrier_ghz=3.5, eirp_per_re_dbm=38.0, base_height_m=25.0),
    Radio(name="micro", kind="micro", carrier_ghz=3.5, eirp_per_re_dbm=20.0, base_height_m=10.0),
    Radio(name="indoor", kind="indoor", carrier_ghz=3.5, eirp_per_re_dbm=-8.0, base_height_m=3.0),
)
ROWS, COLUMNS, CELL_M = 30, 40, 100.0
GENERATOR = np.random.default_rng(0)
SITES = GENERATOR.uniform((-300.0, -300.0), (4300.0, 3300.0), (25, 2))
SITE_RADIO = GENERATOR.integers(0, 2, 25)
ENVIRONMENT = GENERATOR.integers(-1, len(ENVIRONMENTS), (ROWS, COLUMNS)).astype(np.int8)


def raster(sites=SITES, radio=SITE_RADIO, environment=ENVIRONMENT, **options):
    return rsrp_raster(
        sites,
        site_radio=radio,
        radios=RADIOS,
        environment_raster=environment,
        west_m=0.0,
        north_m=3000.0,
        cell_m=CELL_M,
        **options,
    )


def slow_raster(max_range_m):
    """Return the raster by a plain loop over sites and environments; spare over 0 dBm is RSRP."""
    median = Service(
        name="median", location_probability=0.5, rsrp_min_dbm=-100.0, rsrp_min_low_band_dbm=-100.0
    )
    x_m = (np.arange(COLUMNS) + 0.5) * CELL_M
    y_m = 3000.0 - (np.arange(ROWS) + 0.5) * CELL_M
    best = np.full((ROWS, COLUMNS), -np.inf)
    for (site_x, site_y), radio in zip(SITES, SITE_RADIO, strict=True):
        distance = np.hypot(x_m[None, :] - site_x, y_m[:, None] - site_y)
        for k, environment in enumerate(ENVIRONMENTS):
            level = spare_db(RADIOS[radio], environment, median, distance) - 100.0
            here = (k == ENVIRONMENT) & (distance <= max_range_m) & (level >= -140.0)
            best[here] = np.maximum(best, level)[here]
    return np.where(np.isinf(best), np.nan, best)


@pytest.mark.parametrize("max_range_m", [800.0, 3000.0])
def test_every_cell_holds_the_strongest_signal(max_range_m):
    fast, slow = raster(max_range_m=max_range_m), slow_raster(max_range_m)
    assert (np.isnan(fast) == np.isnan(slow)).all()
    assert np.isfinite(fast).sum() > 500
    assert np.nanmax(np.abs(fast - slow)) < 0.05  # the table is read between its 2 m steps
    assert fast.dtype == np.float32


def test_cells_outside_stay_empty():
    assert np.isnan(raster()[ENVIRONMENT == -1]).all()


def test_rasters_of_two_phases_compose():
    both = np.fmax(
        raster(SITES[:10], SITE_RADIO[:10]),
        raster(SITES[10:], SITE_RADIO[10:]),
    )
    assert np.array_equal(both, raster(), equal_nan=True)


def test_indoor_heads_and_no_sites_leave_the_map_empty():
    assert np.isnan(raster(radio=np.full(25, 2))).all()
    assert np.isnan(raster(SITES[:0], SITE_RADIO[:0])).all()


def test_a_higher_floor_only_blanks_weak_cells():
    whole, strong = raster(), raster(rsrp_floor_dbm=-95.0)
    kept = np.isfinite(strong)
    assert (strong[kept] == whole[kept]).all()
    assert (whole[~kept & np.isfinite(whole)] < -94.9).all()


def test_one_thread_and_two_give_the_same_bytes():
    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        alone = raster()
    finally:
        numba.set_num_threads(threads)
    assert alone.tobytes() == raster().tobytes()


def test_environments_that_do_not_exist_are_refused():
    wrong = np.full((ROWS, COLUMNS), 9, dtype=np.int8)
    with pytest.raises(ConfigurationError, match="environment_raster"):
        raster(environment=wrong)
