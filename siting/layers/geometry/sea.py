"""Find the places that lie outside every county, and say whether the outline can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

CANNOT_TELL = "cannot tell"
OUTSIDE = "outside"
COLUMNS = ("id", "name", "distance_m", "accuracy_m", "verdict", "why")


def places_at_sea(
    ids: NDArray[np.object_],
    names: NDArray[np.object_],
    places: NDArray[np.object_],
    counties: NDArray[np.object_],
    *,
    accuracy_m: float,
    own_accuracy_m: NDArray[np.float64] | None = None,
) -> pd.DataFrame:
    """Return the places outside all counties, the farthest first.

    Outside is the sea or a neighbouring city: the outline of the counties alone does not tell which.

    Parameters
    ----------
    ids, names
        What each place is called.
    places
        Where it is, in metres; None is passed over. An area is outside where none of it is inside.
    counties
        Valid polygons in the same CRS; at least one.
    accuracy_m
        How far off the outline may be [m].
    own_accuracy_m
        How far off each place may be [m], added to the outline's; NaN counts as 0.

    Returns
    -------
    pandas.DataFrame
        id, name, distance_m to the outline, accuracy_m of outline and place together, verdict
        (`cannot tell` within the accuracy, else `outside`), why.

    """
    own_m = np.zeros(len(places)) if own_accuracy_m is None else np.nan_to_num(own_accuracy_m)
    given = np.flatnonzero(~shapely.is_missing(places) & ~shapely.is_empty(places))
    tree = shapely.STRtree(counties)
    inside = np.unique(tree.query(places[given], predicate="intersects")[0])
    out = np.delete(given, inside)
    away_m = _distances(tree, places[out])
    allowed_m = accuracy_m + own_m[out]
    told = away_m > allowed_m
    table = pd.DataFrame(
        {
            "id": ids[out],
            "name": names[out],
            "distance_m": np.round(away_m, 1),
            "accuracy_m": np.round(allowed_m, 1),
            "verdict": np.where(told, OUTSIDE, CANNOT_TELL),
            "why": [_why(*case) for case in zip(away_m, allowed_m, told, strict=True)],
        }
    )
    order = np.lexsort((out, -np.round(away_m, 1)))
    return table.iloc[order].reset_index(drop=True)[list(COLUMNS)]


def _distances(tree: shapely.STRtree, places: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return how far each place is from the nearest county [m]."""
    if not len(places):
        return np.array([])
    nearest, away_m = tree.query_nearest(places, return_distance=True, all_matches=False)
    distances = np.empty(len(places))
    distances[nearest[0]] = away_m
    return distances


def _why(away_m: float, allowed_m: float, told: np.bool_) -> str:
    """Return what the outline says of a place outside it."""
    if told:
        return f"{away_m:.0f} m outside every county: in the sea, or in a neighbouring city"
    return f"{away_m:.0f} m outside the outline, which may be {allowed_m:.0f} m off here"
