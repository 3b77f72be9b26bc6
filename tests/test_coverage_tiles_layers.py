"""One tile is a pure function of what reaches it: no tile knows how the area was divided."""

from dataclasses import replace

import numpy as np
import pytest
from coverage_tiles import GRID, hills, job_at, network

from siting.coverage import ENVIRONMENTS, tr38901
from siting.coverage.antennas import isotropic
from siting.coverage.probability import Mixture, coverage_probability
from siting.coverage.tiles import QUANTITIES, Grid, Tile, key_of, tile_layers, tile_plan
from siting.errors import ConfigurationError, DataError

WHOLE = Tile(row=0, column=0, rows=GRID.rows, columns=GRID.columns)
PLAIN = np.full((GRID.rows, GRID.columns), 2, dtype=np.int8)
MIXED = np.where(np.arange(GRID.columns) < 80, 0, 2).astype(np.int8) * np.ones(
    (GRID.rows, 1), dtype=np.int8
)


def laid_together(wanted, size, heights, environment):
    """Return all layers of the grid, tile by tile, sectors by their number in the network."""
    shape = (2, GRID.rows, GRID.columns)
    whole = {each.name: np.full(shape, np.nan) for each in QUANTITIES}
    for tile in tile_plan(GRID, size):
        job = job_at(wanted, tile, heights, environment)
        if job is None:
            continue
        layers = tile_layers(job)
        for name, values in whole.items():
            part = getattr(layers, name)
            if name == "server":
                part = np.where(part >= 0, job.sector[np.maximum(part, 0)], np.nan)
            values[:, tile.slices[0], tile.slices[1]] = part
    return whole


@pytest.fixture(scope="module")
def whole():
    return laid_together(network(), 160, hills(), MIXED)


@pytest.mark.parametrize("size", [64, 100])
def test_the_size_of_a_tile_changes_no_bit(whole, size):
    parts = laid_together(network(), size, hills(), MIXED)
    for name, values in whole.items():
        assert parts[name].tobytes() == values.tobytes(), name


def test_every_quantity_answers_where_there_is_a_server(whole):
    served = np.isfinite(whole["server"])
    assert 0.2 < served.mean() < 1.0
    for name in ("rsrp", "sinr", "probability", "throughput"):
        assert np.array_equal(np.isfinite(whole[name]), served), name
    assert not (np.isfinite(whole["margin"]) & ~served).any()
    assert np.nanmin(whole["margin"]) >= 0.0


def test_the_probability_is_one_half_where_the_median_meets_the_threshold(whole):
    for carrier, threshold_dbm in enumerate(network().threshold_dbm):
        served = np.isfinite(whole["server"][carrier])
        level, chance = whole["rsrp"][carrier][served], whole["probability"][carrier][served]
        clear = np.abs(level - threshold_dbm) > 0.5
        assert np.array_equal(chance[clear] > 0.5, level[clear] > threshold_dbm)
        assert 0.0 <= chance.min() < 0.1
        assert 0.95 < chance.max() <= 1.0


def lone_mast(**changes):
    """Return one mast with one antenna that is the same all round, at 3.5 GHz."""
    wanted = network(masts=1)
    settings = replace(
        wanted.settings,
        carriers_ghz=(3.5,),
        max_range_m=(1800.0,),
        antennas=(isotropic(),),
        environments=ENVIRONMENTS,
    )
    sectors = replace(
        wanted.sectors,
        site=np.zeros(1, np.int32),
        azimuth_deg=np.zeros(1),
        tilt_deg=np.zeros(1),
        eirp_per_re_dbm=np.array([38.0]),
        carrier=np.zeros(1, np.int32),
        antenna=np.zeros(1, np.int32),
    )
    place = np.array([[GRID.west_m + 2415.0, GRID.north_m - 2415.0]])
    return replace(
        wanted,
        masts=replace(wanted.masts, xy_m=place),
        sectors=sectors,
        settings=replace(settings, **changes),
        traffic_gain_db=np.zeros(1, np.float32),
        carriers=wanted.carriers[1:],
        noise_per_re_dbm=wanted.noise_per_re_dbm[1:],
        threshold_dbm=(-95.0,),
    )


def test_on_open_ground_the_probability_is_that_of_the_published_mixture():
    layers = tile_layers(job_at(lone_mast(), WHOLE, np.zeros((160, 160), np.float32), PLAIN))
    cells = np.arange(85, 135, 7)
    distance_m = (cells - 80) * GRID.cell_m
    geometry = {"carrier_ghz": 3.5, "base_height_m": 30.0, "ue_height_m": 1.5}
    states = {
        sight: (
            38.0 - tr38901.path_loss_db("RMa", distance_m, line_of_sight=sight, **geometry),
            tr38901.shadow_sigma_db("RMa", distance_m, line_of_sight=sight, **geometry),
        )
        for sight in (True, False)
    }
    mixture = Mixture(
        los_dbm=states[True][0],
        nlos_dbm=states[False][0],
        los_sigma_db=states[True][1],
        nlos_sigma_db=states[False][1],
        los_probability=tr38901.line_of_sight_probability("RMa", distance_m, ue_height_m=1.5),
    )
    expected = coverage_probability(mixture, threshold_dbm=-95.0)
    assert layers.probability[0, 80, cells] == pytest.approx(expected, abs=2e-3)


def test_behind_a_ridge_there_is_no_line_of_sight():
    heights = np.zeros((160, 160), np.float32)
    heights[:, 100:102] = 40.0
    layers = tile_layers(job_at(lone_mast(), WHOLE, heights, PLAIN))
    level, chance = layers.rsrp[0, 80, 110:130], layers.probability[0, 80, 110:130]
    from scipy.special import ndtr

    assert chance == pytest.approx(ndtr((level + 95.0) / 8.0), abs=1e-3)


def test_on_a_surface_an_open_path_has_line_of_sight():
    flat = np.zeros((160, 160), np.float32)
    layers = tile_layers(job_at(lone_mast(), WHOLE, flat, PLAIN, kind="surface"))
    from scipy.special import ndtr

    level, chance = layers.rsrp[0, 80, 85:130], layers.probability[0, 80, 85:130]
    assert chance == pytest.approx(ndtr((level + 95.0) / 4.0), abs=1e-3)


def test_without_others_the_sinr_is_the_level_over_noise():
    wanted = lone_mast()
    layers = tile_layers(job_at(wanted, WHOLE, hills(), PLAIN))
    served = layers.server[0] == 0
    level = layers.rsrp[0][served].astype(float)
    expected = level - wanted.noise_per_re_dbm[0]
    told = expected < 30.0
    assert layers.sinr[0][served][told] == pytest.approx(expected[told], abs=0.05)
    assert layers.sinr[0][served].max() <= 50.0
    assert np.isnan(layers.margin[0]).all()


def test_load_takes_sinr_and_throughput_away(whole):
    busy = laid_together(replace(network(), load=1.0), 160, hills(), MIXED)
    assert np.nanmean(busy["sinr"]) < np.nanmean(whole["sinr"])
    assert np.nanmean(busy["throughput"]) < np.nanmean(whole["throughput"])
    assert busy["rsrp"].tobytes() == whole["rsrp"].tobytes()


def test_a_change_far_away_keeps_the_key_of_a_tile():
    corner = Tile(row=0, column=0, rows=32, columns=32)
    keys = [key_of(job_at(network(), corner, hills(), MIXED))]
    far, near = hills(), hills()
    far[-1, -1] += 1.0
    near[40, 40] += 1.0
    keys += [key_of(job_at(network(), corner, heights, MIXED)) for heights in (far, near)]
    assert keys[0] == keys[1] != keys[2]
    louder = replace(network(), load=0.6)
    assert key_of(job_at(louder, corner, hills(), MIXED)) != keys[0]


def test_a_mast_that_is_added_elsewhere_keeps_the_key_of_a_tile():
    wanted = network()
    tile = Tile(row=0, column=0, rows=32, columns=32)
    farther = np.vstack([[[GRID.west_m + 4700.0, GRID.north_m - 4700.0]], wanted.masts.xy_m])
    sectors = replace(
        wanted.sectors,
        **{
            name: np.concatenate([getattr(wanted.sectors, name)[:1], getattr(wanted.sectors, name)])
            for name in ("azimuth_deg", "tilt_deg", "eirp_per_re_dbm", "carrier", "antenna")
        },
        site=np.concatenate([[0], wanted.sectors.site + 1]).astype(np.int32),
    )
    more = replace(
        wanted,
        masts=replace(
            wanted.masts,
            xy_m=farther,
            height_m=np.full(6, 30.0),
            environment=np.full(6, -1, np.int8),
        ),
        sectors=sectors,
        traffic_gain_db=np.zeros(21, np.float32),
    )
    assert key_of(job_at(more, tile, hills(), MIXED)) == key_of(
        job_at(wanted, tile, hills(), MIXED)
    )


def test_a_tile_that_no_mast_reaches_has_no_job():
    wanted = lone_mast(max_range_m=(300.0,))
    assert job_at(wanted, Tile(row=0, column=0, rows=16, columns=16), hills(), MIXED) is None


def test_a_void_within_reach_is_counted_or_refused():
    heights = hills()
    heights[70:90, 90:95] = np.nan
    layers = tile_layers(job_at(lone_mast(), WHOLE, heights, PLAIN))
    assert layers.void > 100
    assert np.isnan(layers.rsrp[0, 80, 92])
    refused = lone_mast(at_edges="refuse")
    with pytest.raises(DataError, match="void"):
        tile_layers(job_at(refused, WHOLE, heights, PLAIN))


def test_grids_that_do_not_match_are_refused():
    job = job_at(network(), WHOLE, hills(), MIXED)
    with pytest.raises(ConfigurationError, match="one grid"):
        tile_layers(replace(job, environment=MIXED[:-1]))


def test_what_tiles_cannot_answer_is_refused():
    wanted = network()
    with pytest.raises(ConfigurationError, match="median"):
        replace(wanted, settings=replace(wanted.settings, partial_obstruction=True))
    with pytest.raises(ConfigurationError, match="threshold_dbm"):
        replace(wanted, threshold_dbm=(-85.0,))
    with pytest.raises(ConfigurationError, match="half metres"):
        Grid(west_m=0.25, north_m=0.0, cell_m=30.0, rows=10, columns=10)
    with pytest.raises(ConfigurationError, match="too many"):
        Grid(west_m=0.0, north_m=0.0, cell_m=1.0, rows=100_000, columns=100_000)
    with pytest.raises(ConfigurationError, match="tile_cells"):
        tile_plan(GRID, 3)
