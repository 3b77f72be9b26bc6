"""List places that may stand twice in a register, with what speaks for it: a table to decide from.

Two places are a pair to look at where they stand within a distance of each other, whatever their
names, and where they stand within a longer distance and their names are alike. A place is compared
with its nearest neighbours and with the nearest places of its own name only, so that the time grows
with the number of places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.errors import ConfigurationError, Problem
from siting.layers.geometry.names import likeness, numbers_of, plain_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = ("id_1", "id_2", "name_1", "name_2", "distance_m", "likeness", "why")
DISTANCE_M = 50.0
"""Two sites this near are one site, or two to look at [m]."""

NAME_DISTANCE_M = 500.0
"""Two places of one name this near may be one, its position taken twice [m]."""

LEAST_LIKENESS = 0.8
NEIGHBOURS = 16
"""A place is compared with so many of its nearest places."""


def duplicate_places(
    ids: NDArray[np.object_],
    names: NDArray[np.object_],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    distance_m: float = DISTANCE_M,
    name_distance_m: float = NAME_DISTANCE_M,
    least_likeness: float = LEAST_LIKENESS,
) -> pd.DataFrame:
    """Return the pairs of places that may be one.

    Parameters
    ----------
    ids, names
        What each place is called; a name may be "".
    x, y
        Where it stands in a projected CRS [m]; NaN for a place without a position, which is not
        compared.
    distance_m
        Places this near are listed whatever their names.
    name_distance_m
        Places this near are listed where their names are alike; at least `distance_m`.
    least_likeness
        How alike names must be, 0 to 1 (siting.layers.geometry.names). Names with other numbers are
        never alike.

    Returns
    -------
    pandas.DataFrame
        id_1, id_2, name_1, name_2, distance_m, likeness, why. Where many places share one position
        each is listed with the first of them only. Pairs of alike names come first, the likeliest
        before the others, then pairs that are only near, the nearest first.

    Raises
    ------
    ConfigurationError
        If a distance or the likeness is out of range.

    """
    _require_range(distance_m, name_distance_m, least_likeness)
    plain = np.array([plain_name(str(name)) for name in names], dtype=object)
    first, second, apart_m = _pairs(x, y, plain, name_distance_m)
    alike, same_numbers = _compared(plain, first, second)
    near = apart_m <= distance_m
    kept = near | ((alike >= least_likeness) & same_numbers)
    first, second, apart_m = first[kept], second[kept], apart_m[kept]
    alike, same_numbers = alike[kept], same_numbers[kept]
    unnamed = (plain[first] == "") | (plain[second] == "")
    table = pd.DataFrame(
        {
            "id_1": ids[first],
            "id_2": ids[second],
            "name_1": names[first],
            "name_2": names[second],
            "distance_m": np.round(apart_m, 1),
            "likeness": np.round(alike, 2),
            "why": _whys(apart_m, alike, same_numbers, unnamed, least_likeness),
        }
    )
    named = np.where((alike >= least_likeness) & same_numbers, np.round(alike, 2), 0.0)
    order = np.lexsort((second, first, np.round(apart_m, 1), -named))
    return table.iloc[order].reset_index(drop=True)[list(COLUMNS)]


def _require_range(distance_m: float, name_distance_m: float, least_likeness: float) -> None:
    problems = []
    if not 0.0 <= distance_m <= name_distance_m:
        what = f"{distance_m:g} m and {name_distance_m:g} m are not in order"
        remedy = "give a distance of at least 0 that is not above the distance for names"
        problems.append(Problem(column="distance_m", what=what, remedy=remedy))
    if not 0.0 < least_likeness <= 1.0:
        what = f"{least_likeness:g} is no likeness"
        problems.append(Problem(column="least_likeness", what=what, remedy="give 0 to 1"))
    if problems:
        raise ConfigurationError(problems)


def _pairs(
    x: NDArray[np.float64], y: NDArray[np.float64], plain: NDArray[np.object_], reach_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return pairs of places within reach, the earlier one first, and their distance [m]."""
    placed = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    points = np.column_stack([x[placed], y[placed]])
    spots, lead, spot_of = np.unique(points, axis=0, return_index=True, return_inverse=True)
    lead_of = lead[spot_of.ravel()]
    behind = np.flatnonzero(lead_of != np.arange(len(placed)))
    near_a, near_b = _neighbours(spots, reach_m)
    named = np.flatnonzero(plain[placed] != "")
    words = np.unique(plain[placed[named]].astype(str), return_inverse=True)[1]
    apart = words.ravel() * (10.0 * reach_m + 10.0)  # other names are out of reach
    name_a, name_b = _neighbours(np.column_stack([points[named], apart]), reach_m)
    first = placed[np.r_[lead_of[behind], lead[near_a], named[name_a]]]
    second = placed[np.r_[behind, lead[near_b], named[name_b]]]
    pairs = np.column_stack([np.minimum(first, second), np.maximum(first, second)])
    low, high = np.unique(pairs, axis=0).T
    return low, high, np.hypot(x[low] - x[high], y[low] - y[high])


def _neighbours(
    spots: NDArray[np.float64], reach_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each spot with each of its nearest within reach."""
    if len(spots) < 2:
        none = np.array([], dtype=np.int64)
        return none, none
    from scipy.spatial import KDTree  # noqa: PLC0415  (0.1 s to import, needed here only)

    count = min(NEIGHBOURS + 1, len(spots))
    bound = np.nextafter(reach_m, np.inf)
    found_m, found = KDTree(spots).query(spots, k=count, distance_upper_bound=bound)
    apart_m, near = np.asarray(found_m).ravel(), np.asarray(found).ravel()
    spot = np.repeat(np.arange(len(spots)), count)
    within = np.isfinite(apart_m) & (near != spot)
    return spot[within], near[within]


def _compared(
    plain: NDArray[np.object_], first: NDArray[np.int64], second: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return for each pair how alike the names are and whether their numbers are the same."""
    numbers = np.empty(len(plain), dtype=object)
    numbers[:] = [numbers_of(name) for name in plain]
    alike = likeness(plain[first].tolist(), plain[second].tolist())
    same = [a == b for a, b in zip(numbers[first], numbers[second], strict=True)]
    return alike, np.array(same, dtype=np.bool_)


def _whys(
    apart_m: NDArray[np.float64],
    alike: NDArray[np.float64],
    same_numbers: NDArray[np.bool_],
    unnamed: NDArray[np.bool_],
    least_likeness: float,
) -> list[str]:
    """Return what speaks for each pair, in words."""
    whys = []
    for metres, like, same, nameless in zip(apart_m, alike, same_numbers, unnamed, strict=True):
        place = "the same position" if metres == 0.0 else f"{metres:.0f} m apart"
        if nameless:
            name = "one has no name"
        elif like < least_likeness:
            name = "names differ"
        elif not same:
            name = "the numbers in the names differ"
        else:
            name = "the same name" if like == 1.0 else f"names alike ({like:.2f})"
        whys.append(f"{place}, {name}")
    return whys
