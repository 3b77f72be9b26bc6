"""What each chosen site adds, in the order in which the sites were chosen.

A site's marginal gain is what it adds to the sites before it, level by level, in people; the sum
over all sites is what the plan gains. A place is only justified by a gain above zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import scipy.sparse as sp
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Gains:
    """Marginal gains of the chosen sites, one row per site in their order.

    `weight` is in the units of the objective, `by_level` (sites, levels) and `people` in people
    (a point counts once, with its largest gain), `points` lists the demand points that gain.
    """

    weight: Floats
    by_level: Floats
    people: Floats
    points: list[Ints]


def marginal_gains(
    covers: sp.csr_array,
    *,
    weights: Floats,
    needed: Ints,
    level: Ints,
    point: Ints,
    people: Floats,
    lacking: Floats,
    chosen: Ints,
    levels: int,
) -> Gains:
    """Return what each site of `chosen` adds to those before it.

    Parameters
    ----------
    covers
        Units that a site (column) contributes to a row.
    weights, needed, level, point
        Per row: objective weight, units wanted, level number, demand point.
    people
        Residents per demand point.
    lacking
        Per row: the share of the point that is unserved before any site is chosen, 0 to 1.
    chosen
        Columns in the order chosen.
    levels
        Number of levels.

    """
    columns = covers.tocsc()
    filled = np.zeros(covers.shape[0])
    weight, total = np.zeros(len(chosen)), np.zeros(len(chosen))
    by_level = np.zeros((len(chosen), levels))
    points: list[Ints] = []
    for place, site in enumerate(chosen):
        span = slice(columns.indptr[site], columns.indptr[site + 1])
        rows = columns.indices[span]
        before = np.minimum(filled[rows] / needed[rows], 1.0)
        filled[rows] += columns.data[span]
        step = np.minimum(filled[rows] / needed[rows], 1.0) - before
        served = people[point[rows]] * lacking[rows] * step
        weight[place] = float((weights[rows] * step).sum())
        by_level[place] = np.bincount(level[rows], served, minlength=levels)
        gaining = rows[step > 0]
        total[place] = _each_point_once(point[gaining], served[step > 0])
        points.append(np.unique(point[gaining]))
    return Gains(weight=weight, by_level=by_level, people=total, points=points)


def _each_point_once(point: Ints, served: Floats) -> float:
    if not len(point):
        return 0.0
    order = np.argsort(point, kind="stable")
    _, starts = np.unique(point[order], return_index=True)
    return float(np.maximum.reduceat(served[order], starts).sum())
