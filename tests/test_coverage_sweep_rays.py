"""The rays of a sweep: each cell has one, and it is the nearest."""

from __future__ import annotations

import numpy as np
import pytest

from siting.coverage.sweep.rays import ray_table
from siting.errors import ConfigurationError


def cells_of(radius, near=0):
    south, east = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    squared = (south**2 + east**2).ravel()
    return np.flatnonzero((squared <= radius**2) & (squared > near**2))


@pytest.mark.parametrize("radius", [5, 12, 13, 24, 61, 100])
@pytest.mark.parametrize("density", [1.1, 1.5, 2.7])
def test_every_cell_of_the_disc_belongs_to_one_ray(radius, density):
    table = ray_table(radius, 0, density)
    assert np.array_equal(np.sort(table.cell), cells_of(radius))


def test_cells_near_the_site_belong_to_none():
    assert np.array_equal(np.sort(ray_table(40, 10).cell), cells_of(40, 10))


def owners(table):
    return np.repeat(np.arange(len(table.slope)), np.diff(table.begin))


def test_a_cell_lies_within_half_a_ray_spacing_of_its_ray():
    table = ray_table(60, 0, 1.5)
    node, step = owners(table), table.step.astype(float)
    off = np.abs(table.minor - table.slope[node] * step)
    rays_on_a_side = np.array([np.sum((table.level == k) & (table.side == 0)) for k in range(9)])
    assert np.all(off <= step / rays_on_a_side[table.level[node]] + 1e-4)
    assert off.max() <= 0.5 / 1.5 + 0.01


def test_a_ray_owns_cells_only_on_its_own_steps_and_in_their_order():
    table = ray_table(60)
    node = owners(table)
    assert np.all(table.step >= table.first[node])
    assert np.all(table.step <= table.last[node])
    same = node[1:] == node[:-1]
    assert np.all(np.diff(table.step.astype(int))[same] >= 0)


def test_the_rays_beside_a_cell_are_read_at_the_cells_own_step():
    table = ray_table(60)
    begins = np.append(np.flatnonzero(table.last >= table.first), len(table.slope))
    for beside in (table.left, table.right):
        node = begins[np.searchsorted(table.place[begins[:-1]], beside, side="right") - 1]
        assert np.array_equal(table.first[node] + beside - table.place[node], table.step)


def test_children_follow_their_parent_and_halve_its_spacing():
    table = ray_table(100)
    for node in np.flatnonzero(table.level > 0)[:50]:
        children = [node + 1, table.skip[node + 1]]
        assert all(table.level[child] == table.level[node] - 1 for child in children)
        assert np.mean(table.slope[children]) == pytest.approx(table.slope[node], abs=1e-6)


@pytest.mark.parametrize(("radius", "density"), [(0, 1.5), (5000, 1.5), (50, 0.5), (50, 20.0)])
def test_radii_and_densities_that_make_no_sense_are_refused(radius, density):
    with pytest.raises(ConfigurationError):
        ray_table(radius, 0, density)
