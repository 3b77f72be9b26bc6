"""Instances with published optima: the optimum is never past the bound, and mostly reached."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.csgraph import shortest_path

from siting.optimise import maximise_coverage, p_median

VECTORS = Path(__file__).resolve().parents[1].parent / "shared" / "vectors" / "location"
EARTH_RADIUS_M = 6378100.0


def published(family, instance, params=""):
    if not VECTORS.is_dir():
        pytest.skip("the published instances are not beside this repository")
    with (VECTORS / "known_values.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            same = row["family"] == family and row["instance"] == instance
            if same and row["params"].startswith(params):
                return float(row["best_known"])
    return pytest.fail(f"no published value for {instance} {params}")


def network_distances(path):
    table = [line.split() for line in path.read_text().splitlines() if line.strip()]
    nodes, _, p = (int(value) for value in table[0])
    lengths = np.full((nodes, nodes), np.inf)
    for first, second, length in table[1:]:
        i, j = int(first) - 1, int(second) - 1
        lengths[i, j] = lengths[j, i] = float(length)
    return shortest_path(np.where(np.isinf(lengths), 0.0, lengths), directed=False), p


def city(name, reach_m):
    lines = (VECTORS / "mclp" / f"{name}.txt").read_text().splitlines()
    nodes = int(next(line for line in lines if line.startswith("DIMENSION")).split(":")[1])
    at, demand_at = lines.index("NODE_COORD_SECTION\t"), lines.index("DEMAND_SECTION")
    degrees = np.array([line.split() for line in lines[at + 1 : at + 1 + nodes]], float)
    demand = np.array(lines[demand_at + 1 : demand_at + 1 + nodes], float)
    latitude, longitude = np.radians(degrees).T
    cosine = np.sin(latitude)[:, None] * np.sin(latitude) + np.cos(latitude)[:, None] * np.cos(
        latitude
    ) * np.cos(longitude[:, None] - longitude)
    distance_m = EARTH_RADIUS_M * np.arccos(np.clip(cosine, -1.0, 1.0))
    return sparse.csr_array(distance_m <= reach_m), demand


@pytest.mark.parametrize("instance", ["pmed1", "pmed4", "pmed5", "pmed8", "pmed13", "pmed18"])
def test_p_median_proves_the_published_optimum(instance):
    optimum = published("pmed", instance)
    cost, p = network_distances(VECTORS / "pmed" / f"{instance}.txt")
    answer = p_median(cost, np.ones(len(cost)), p=p)
    assert answer.objective == optimum
    assert answer.status == "proved"
    assert answer.bound == optimum


@pytest.mark.parametrize("instance", ["pmed2", "pmed6", "pmed11"])
def test_p_median_reaches_the_published_optimum_and_never_bounds_above_it(instance):
    optimum = published("pmed", instance)
    cost, p = network_distances(VECTORS / "pmed" / f"{instance}.txt")
    answer = p_median(cost, np.ones(len(cost)), p=p)
    assert answer.objective == optimum
    assert 0.99 * optimum < answer.bound <= optimum


@pytest.mark.parametrize("p", [50, 90])
def test_new_york_coverage_is_near_the_published_optimum_and_below_the_bound(p):
    optimum = published("mclp_sjc_boston", "NewYork", f"p={p};")
    covers, demand = city("NewYork", 400.0)
    answer = maximise_coverage(covers, demand, max_stations=p)
    assert answer.objective <= optimum <= answer.bound
    assert answer.objective >= 0.985 * optimum
    assert answer.bound <= 1.01 * optimum
