"""P.526: the knife edge's known values, the Bullington path, and the P.1812 validation logs."""

from __future__ import annotations

import csv
import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.coverage import bullington_loss_db, delta_bullington_loss_db, knife_edge_loss_db, p526
from siting.errors import ConfigurationError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))
import _vector_cases as vectors

VECTORS = Path(__file__).resolve().parents[2] / "shared/vectors/radio/p1812"
FLAT_EARTH_KM = 1e12


def spread_db(edge_db, path_km):
    """Return Bullington's addition to one edge, written out once more."""
    return edge_db + (1 - math.exp(-edge_db / 6)) * (10 + 0.02 * path_km)


def test_knife_edge_has_its_known_values():
    # ITU-R P.526 eq. (31): a grazing edge costs 6 dB, and far above it 13 + 20 log nu
    assert knife_edge_loss_db(0.0) == pytest.approx(6.03, abs=0.01)
    assert knife_edge_loss_db(-0.78) == 0.0
    assert knife_edge_loss_db(-0.7799) == pytest.approx(0.0, abs=0.02)
    assert knife_edge_loss_db(10.0) == pytest.approx(13.0 + 20.0, abs=0.2)


def test_knife_edge_rises_with_its_parameter():
    loss = [knife_edge_loss_db(nu) for nu in np.linspace(-2.0, 10.0, 200)]
    assert (np.diff(loss) >= 0.0).all()


@pytest.mark.parametrize("edge_m", [40.0, 31.0, 29.0])
def test_one_edge_on_a_flat_earth_is_that_edge(edge_m):
    # 3 km at 1 GHz, both antennas 30 m high, the edge 1 km from the first
    nu = (edge_m - 30.0) * math.sqrt(2 * 3000.0 / (0.2998 * 1000.0 * 2000.0))
    loss = bullington_loss_db(
        [0.0, 1.0, 3.0],
        [0.0, edge_m, 0.0],
        transmitter_m=30.0,
        receiver_m=30.0,
        carrier_ghz=1.0,
        earth_radius_km=FLAT_EARTH_KM,
    )
    assert loss == pytest.approx(spread_db(knife_edge_loss_db(nu), 3.0), abs=1e-6)


def test_two_edges_become_the_point_where_their_horizons_meet():
    # edges of 20 m above both antennas at 1 km and 2 km of 3 km: lines rise 20 m/km, meet at 1.5 km
    nu = 30.0 * math.sqrt(2 * 3000.0 / (0.2998 * 1500.0 * 1500.0))
    loss = bullington_loss_db(
        [0.0, 1.0, 2.0, 3.0],
        [0.0, 30.0, 30.0, 0.0],
        transmitter_m=10.0,
        receiver_m=10.0,
        carrier_ghz=1.0,
        earth_radius_km=FLAT_EARTH_KM,
    )
    assert loss == pytest.approx(spread_db(knife_edge_loss_db(nu), 3.0), abs=1e-6)


def test_the_path_reads_the_same_both_ways():
    distance_km = np.array([0.0, 1.0, 2.5, 4.0, 7.0])
    height_m = np.array([5.0, 60.0, 80.0, 20.0, 10.0])
    there = bullington_loss_db(
        distance_km, height_m, transmitter_m=30.0, receiver_m=12.0, carrier_ghz=0.7
    )
    back = bullington_loss_db(
        7.0 - distance_km[::-1],
        height_m[::-1],
        transmitter_m=12.0,
        receiver_m=30.0,
        carrier_ghz=0.7,
    )
    assert there == pytest.approx(back, abs=1e-9)


def test_clear_paths_lose_nothing_and_touching_ones_stay_finite():
    clear = bullington_loss_db(
        [0.0, 1.0, 2.0], [0.0] * 3, transmitter_m=90.0, receiver_m=90.0, carrier_ghz=3.5
    )
    touching = bullington_loss_db(
        [0.0, 1.0, 2.0],
        [0.0, 30.0, 0.0],
        transmitter_m=30.0,
        receiver_m=30.0,
        carrier_ghz=3.5,
        earth_radius_km=FLAT_EARTH_KM,
    )
    assert clear == 0.0
    assert touching == pytest.approx(spread_db(knife_edge_loss_db(0.0), 2.0), abs=1e-3)


@pytest.mark.parametrize("distance_km", [[0.0, 1.0], [0.0, 2.0, 1.0], [1.0, 2.0, 3.0]])
def test_profiles_that_are_no_line_are_refused(distance_km):
    with pytest.raises(ConfigurationError, match="profile"):
        bullington_loss_db(
            distance_km,
            [0.0] * len(distance_km),
            transmitter_m=10.0,
            receiver_m=10.0,
            carrier_ghz=1.0,
        )


def profile_of(name):
    """Return distances [km] and heights with clutter [m] of a validation profile."""
    lines = (VECTORS / "profiles" / f"{name}.csv").read_text(encoding="latin-1").splitlines()
    begin = lines.index(next(line for line in lines if line.startswith("{Begin of Profile")))
    end = lines.index(next(line for line in lines if line.startswith("{End of Profile")))
    rows = [line.split(",") for line in lines[begin + 2 : end]]
    values = np.array([[float(row[0]), float(row[1]), float(row[3] or 0)] for row in rows])
    return values[:, 0], values[:, 1] + values[:, 2]


def test_bullington_equals_every_validation_log_of_p1812():
    # 'Lbulla' with the effective earth radius for beta_0, 3 x 6371 km (P.1812 clause 4.3.5)
    logs = sorted(VECTORS.glob("results/*_log.csv"))
    if not logs:
        pytest.skip("the published vectors are not next to the repository")
    for log in logs:
        with log.open(encoding="latin-1", newline="") as file:
            values = {row[0]: row[3] for row in csv.reader(file) if len(row) > 3}
        loss = bullington_loss_db(
            *profile_of(re.sub(r"_\d+_log$", "", log.stem)),
            transmitter_m=float(values["hts (m)"]),
            receiver_m=float(values["hrs (m)"]),
            carrier_ghz=float(values["f (GHz)"]),
            earth_radius_km=3 * 6371.0,
        )
        assert loss == pytest.approx(float(values["Lbulla (dB)"]), abs=1e-8)


# ------------------------------------------------------------------ delta-Bullington
HILLS_KM = np.linspace(0.0, 30.0, 61)
HILLS_M = 60.0 * np.sin(HILLS_KM) ** 2
ANTENNAS = {"transmitter_m": 130.0, "receiver_m": 90.0, "carrier_ghz": 0.7}


@pytest.mark.parametrize("case", [case for case in vectors.p1812_cases() if "Ldb" in case.terms])
def test_delta_bullington_equals_the_published_runs(case):
    assert vectors.delta_deviation_db(case) == pytest.approx(0.0, abs=1e-6)


def test_delta_bullington_is_the_sum_of_its_parts():
    parts = p526.delta_bullington_parts(HILLS_KM, HILLS_M, **ANTENNAS)
    assert parts.actual_db == bullington_loss_db(HILLS_KM, HILLS_M, **ANTENNAS)
    assert parts.loss_db == parts.actual_db + max(parts.sphere_db - parts.smooth_db, 0.0)
    assert delta_bullington_loss_db(HILLS_KM, HILLS_M, **ANTENNAS) == parts.loss_db


def test_a_high_clear_path_loses_nothing():
    high = ANTENNAS | {"transmitter_m": 5000.0, "receiver_m": 5000.0}
    assert delta_bullington_loss_db(HILLS_KM, HILLS_M, **high) == 0.0


def test_a_smooth_sea_loses_what_the_sphere_loses():
    # the whole loss over the bare curve of the earth is that of the sphere, not the one edge's
    parts = p526.delta_bullington_parts(
        np.linspace(0.0, 80.0, 801),
        np.zeros(801),
        transmitter_m=20.0,
        receiver_m=10.0,
        carrier_ghz=0.7,
        over_sea_share=1.0,
    )
    assert parts.smooth_db == pytest.approx(parts.actual_db)
    assert parts.loss_db == pytest.approx(parts.sphere_db)
    assert parts.sphere_db > parts.actual_db + 5.0


def test_beyond_the_horizon_the_sphere_loses_what_the_series_says():
    # P.526 clause 3.1.1, X of 1.6 and more: each further kilometre costs 17.6 x / km less 10 log
    far = {"transmitter_m": 20.0, "receiver_m": 10.0, "carrier_ghz": 3.5}
    loss = [
        p526.delta_bullington_parts(np.linspace(0.0, km, 11), np.zeros(11), **far).sphere_db
        for km in (100.0, 200.0)
    ]
    per_km = 21.88 * (3.5 / 8500.0**2) ** (1 / 3)  # beta is 1 above 20 MHz over land
    expected = 17.6 * per_km * 100.0 - 10.0 * math.log10(2.0)
    assert loss[1] - loss[0] == pytest.approx(expected, rel=1e-3)


def test_vertical_polarisation_loses_less_over_sea_at_low_frequency():
    arguments = ANTENNAS | {"carrier_ghz": 0.03, "over_sea_share": 1.0}
    arguments |= {"transmitter_m": 10.0, "receiver_m": 10.0}
    loss = {
        polarisation: delta_bullington_loss_db(
            np.linspace(0.0, 100.0, 101), np.zeros(101), polarisation=polarisation, **arguments
        )
        for polarisation in p526.POLARISATIONS
    }
    assert loss["vertical"] < loss["horizontal"] - 5.0


@given(
    st.lists(st.floats(0.0, 1500.0), min_size=3, max_size=40),
    st.floats(0.2, 200.0),
    st.tuples(st.floats(1.0, 300.0), st.floats(1.0, 300.0)),
    st.floats(0.03, 100.0),
)
def test_any_profile_has_a_finite_loss_the_same_both_ways(heights, length_km, masts_m, carrier):
    distance_km = np.linspace(0.0, length_km, len(heights))
    there = delta_bullington_loss_db(
        distance_km,
        heights,
        transmitter_m=heights[0] + masts_m[0],
        receiver_m=heights[-1] + masts_m[1],
        carrier_ghz=carrier,
    )
    back = delta_bullington_loss_db(
        distance_km,
        heights[::-1],
        transmitter_m=heights[-1] + masts_m[1],
        receiver_m=heights[0] + masts_m[0],
        carrier_ghz=carrier,
    )
    assert 0.0 <= there < 2000.0
    assert there == pytest.approx(back, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"transmitter_m": -10.0}, "transmitter_m"),
        ({"receiver_m": np.nan}, "receiver_m"),
        ({"over_sea_share": 1.2}, "over_sea_share"),
        ({"polarisation": "slant"}, "polarisation"),
        ({"clutter_height_m": [1.0, 2.0]}, "clutter_height_m"),
        ({"carrier_ghz": 0.01}, "carrier_ghz"),
    ],
)
def test_what_delta_bullington_does_not_cover_is_refused(change, name):
    with pytest.raises(ConfigurationError, match=name):
        delta_bullington_loss_db(HILLS_KM, HILLS_M, **(ANTENNAS | change))


def test_clutter_heights_on_a_surface_model_are_refused():
    both = {"clutter_height_m": 10.0, "ground": "surface"}
    with pytest.raises(ConfigurationError, match="surface model has trees and roofs already"):
        delta_bullington_loss_db(HILLS_KM, HILLS_M, **ANTENNAS, **both)
    with pytest.raises(ConfigurationError, match="roofs"):
        delta_bullington_loss_db(HILLS_KM, HILLS_M, **ANTENNAS, ground="roofs")
    alone = delta_bullington_loss_db(HILLS_KM, HILLS_M, **ANTENNAS, ground="surface")
    assert alone == delta_bullington_loss_db(HILLS_KM, HILLS_M, **ANTENNAS)
