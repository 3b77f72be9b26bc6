"""P.526: the knife edge's known values, the Bullington path, and the P.1812 validation logs."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest

from siting.coverage import bullington_loss_db, knife_edge_loss_db
from siting.errors import ConfigurationError

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
