# ruff: noqa: FBT001, PLR0913, PLR0917, C901 - compiled: plain arrays, one loop
"""The two horizons of every cell around a site: what the antenna sees, and what the cell sees.

Heights have x^2 / 2ae taken off, so that the curved earth is straight. Along a ray the steepest
slope from the antenna is a running maximum; the steepest slope from a cell back towards the antenna
is the tangent to the upper hull of the ground in between, which is kept as a stack: a new point
takes off those that it hides. Ground below a chord between its neighbours is never on the hull
and is left out, except that the last four steps before a cell are looked at one by one. Slopes are
in metres a step of the ray, which is what ITU-R P.526-15 clause 4.5.1 needs: there all distances
of a path scale alike.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.sweep.rays import RayTable

    Numbers = NDArray[np.float32]

LOWEST = np.float32(-1e30)
_STEEPEST = np.float32(1e30)
_ONE, _HALF = np.float32(1.0), np.float32(0.5)
LAG = 4  # the steps before a cell that are looked at one by one


class Horizons(NamedTuple):
    """Where the kernels write: flat squares of (2 * radius + 1)^2 cells, row 0 northernmost.

    `rise` is the slope to the antenna's horizon [m a step], NaN where no ray came; `fall` that to
    the cell's own horizon. `clearance`, for paths that are open, is the largest signed c^2 / x
    (m - x), c being the height of the ground above the straight path; it has one cell where it is
    not asked for.
    """

    rise: Numbers
    fall: Numbers
    clearance: Numbers


class Stack(NamedTuple):
    """Room for the walk: hulls with one row a level, the last row for the ray being walked."""

    step: NDArray[np.int32]
    height: Numbers
    slope: Numbers
    top: NDArray[np.int32]
    rise: Numbers
    profile: Numbers
    corner: NDArray[np.int32]
    latest: Numbers
    along_rays: Numbers


def stack_of(table: RayTable) -> Stack:
    """Return room for the rays of a table."""
    shape = (table.levels + 1, table.radius + 4)
    return Stack(
        step=np.zeros(shape, np.int32),
        height=np.zeros(shape, np.float32),
        slope=np.zeros(shape, np.float32),
        top=np.zeros(table.levels + 1, np.int32),
        rise=np.zeros(table.levels + 1, np.float32),
        profile=np.full(table.radius + 4 + 2 * LAG, LOWEST, np.float32),
        corner=np.zeros(table.radius + 8, np.int32),
        latest=np.zeros(2 * table.radius + 8, np.float32),
        along_rays=np.zeros(table.values + 1, np.float32),
    )


def reciprocals(radius: int) -> Numbers:
    """Return 1 / n for n of 0 to `radius` + 3; the first is 0."""
    steps = np.arange(radius + 4, dtype=np.float64)
    return np.divide(1.0, steps, out=np.zeros_like(steps), where=steps > 0).astype(np.float32)


@njit(cache=True, error_model="numpy", nogil=True)
def strides(side: int, width: int) -> tuple[int, int]:
    """Return how far apart in the square two steps are, and two neighbours across the ray."""
    if side == 0:
        return 1, width
    if side == 1:
        return -1, width
    return (width, 1) if side == 2 else (-width, 1)


@njit(cache=True, error_model="numpy", nogil=True)
def _walk(
    profile: Numbers, height: Numbers, origin: int, along: int, across: int, slope: np.float32,
    first: int, steps: int,
) -> None:  # fmt: skip
    """Fill the heights [m] under the steps of a segment, between two cells each."""
    for k in range(steps):
        beside = slope * np.float32(first + k)
        floor = np.floor(beside)
        whole = np.int32(floor)
        cell = origin + k * along + whole * across
        near = height[cell]
        profile[LAG + k] = near + (height[cell + across] - near) * (beside - floor)


@njit(cache=True, error_model="numpy", nogil=True)
def _corners(profile: Numbers, steps: int, first: int, corner: NDArray[np.int32]) -> int:
    """List the steps above the chords between the 1st, 2nd and 4th neighbours; return how many."""
    found = 0
    for k in range(min(LAG, steps)):
        corner[found] = k + first
        found += 1
    for k in range(LAG, steps - LAG):
        i = k + LAG
        h = profile[i]
        above = (h + h > profile[i - 1] + profile[i + 1]) & (
            h + h > profile[i - 2] + profile[i + 2]
        )
        above = above & (h + h > profile[i - 4] + profile[i + 4])
        corner[found] = k + first
        found += int(above)
    for k in range(max(steps - LAG, LAG), steps):
        corner[found] = k + first
        found += 1
    return found


@njit(cache=True, error_model="numpy", nogil=True)
def _rises(
    profile: Numbers, antenna_m: np.float32, rise: np.float32, first: int, steps: int,
    inverse: Numbers, along_rays: Numbers,
) -> np.float32:  # fmt: skip
    """Note the steepest slope before each step; return it after the last."""
    for k in range(steps):
        along_rays[k] = rise
        rise = max(rise, (profile[LAG + k] - antenna_m) * inverse[first + k])
    return rise


@njit(cache=True, error_model="numpy", nogil=True)
def _last_steps(
    height: Numbers, seen_height: Numbers, steps: NDArray[np.int16], minors: NDArray[np.int16],
    cells: NDArray[np.int32], along: int, across: int, inverse: Numbers, latest: Numbers,
) -> None:  # fmt: skip
    """Fill the steepest slope back over each cell's own last four steps."""
    for q in range(len(cells)):
        cell = cells[q]
        seen = seen_height[cell]
        tilt = np.float32(minors[q]) * inverse[steps[q]]
        steepest = LOWEST
        for back in range(1, LAG + 1):
            off = tilt * np.float32(back)
            floor = np.floor(off)
            spot = cell - back * along - np.int32(floor) * across
            ground = height[spot]
            ground += (height[spot - across] - ground) * (off - floor)
            steepest = max(steepest, (ground - seen) * inverse[back])
        latest[q] = steepest


@njit(cache=True, error_model="numpy", nogil=True)
def _falls(
    fall: Numbers, clearance: Numbers, seen_height: Numbers, antenna_m: np.float32,
    steps: NDArray[np.int16], latest: Numbers, cells: NDArray[np.int32],
    first: int, profile: Numbers, corner: NDArray[np.int32],
    xs: NDArray[np.int32], hs: Numbers, es: Numbers, top: int, inverse: Numbers,
    partial: bool,
) -> int:  # fmt: skip
    """Walk the corners of a segment and the cells that it owns; return the top of the hull.

    One function, since passing arrays on costs more than the arithmetic. A cell's own horizon is
    the steepest of its own last four steps and of the tangent to the hull before them.
    """
    done, owned, corners = 0, len(cells), len(corner)
    for q in range(owned + 1):
        step = int(steps[q]) if q < owned else 1 << 30
        while done < corners and corner[done] < step - LAG:
            x = corner[done]
            h = profile[LAG + x - first]
            edge = _STEEPEST
            while top >= 0:  # edges fall off ever steeper
                edge = (h - hs[top]) * inverse[x - xs[top]]
                if edge < es[top]:
                    break
                top -= 1
            top += 1
            xs[top], hs[top], es[top] = x, h, _STEEPEST if top == 0 else edge
            done += 1
        if q == owned:
            break

        cell = cells[q]
        seen = seen_height[cell]
        steepest = latest[q]
        if top >= 0:
            tangent = (hs[top] - seen) * inverse[step - xs[top]]
            for j in range(top - 1, -1, -1):
                further = (hs[j] - seen) * inverse[step - xs[j]]
                if further <= tangent:
                    break
                tangent = further
            steepest = max(steepest, tangent)
        fall[cell] = steepest
        if partial:
            direct = (seen - antenna_m) * inverse[step]
            worst = LOWEST
            for j in range(top + 1):
                c = hs[j] - antenna_m - direct * np.float32(xs[j])
                worst = max(worst, c * abs(c) * inverse[xs[j]] * inverse[step - xs[j]])
            for back in range(1, min(LAG, step - first) + 1):
                c = profile[LAG + step - first - back] - antenna_m
                c -= direct * np.float32(step - back)
                worst = max(worst, c * abs(c) * inverse[step - back] * inverse[back])
            clearance[cell] = worst
    return top


@njit(cache=True, error_model="numpy", nogil=True)
def _between(
    rise: Numbers, along_rays: Numbers, cells: NDArray[np.int32], left: NDArray[np.int32],
    right: NDArray[np.int32], weight: Numbers,
) -> None:  # fmt: skip
    """Interpolate the antenna's horizon between the rays beside each cell."""
    for q in range(len(cells)):
        here, beyond = along_rays[left[q]], along_rays[right[q]]
        both = here + (beyond - here) * weight[q]
        rise[cells[q]] = here if np.isnan(beyond) else both


@njit(cache=True, error_model="numpy", nogil=True)
def sweep_horizons(
    out: Horizons,
    height: Numbers,
    seen_height: Numbers,
    antenna_m: np.float32,
    table: RayTable,
    stack: Stack,
    inverse: Numbers,
    reach_open: Numbers,
    reach_blocked: Numbers,
    highest_m: np.float32,
    partial: bool,
) -> None:
    """Write the horizons of all cells that rays own.

    `height` is the ground and `seen_height` the terminals upon it [m], both flat squares. A
    segment that begins farther than `reach_open` of its bearing [cells] is left out with all that
    follows; so is one beyond `reach_blocked` from which no terminal up to `highest_m` can be seen.
    """
    width = 2 * table.radius + 1
    centre, live = table.radius * (width + 1), table.levels
    slopes, firsts, lasts, levels = table.slope, table.first, table.last, table.level
    bearings, skip, begin, place = table.bearing, table.skip, table.begin, table.place
    xs, hs, es = stack.step[live], stack.height[live], stack.slope[live]
    kept_x, kept_h, kept_e = stack.step, stack.height, stack.slope
    kept_top, kept_rise, profile = stack.top, stack.rise, stack.profile
    stack.along_rays[:] = np.nan
    node = 0
    while node < slopes.size:
        level, slope, first = levels[node], slopes[node], firsts[node]
        above, begins = level + 1, np.float32(first) * math.sqrt(_ONE + slope * slope)
        top, rise = -1, LOWEST
        if above < live:
            top, rise = kept_top[above], kept_rise[above]
        hidden = rise > 0.0 and antenna_m + rise * np.float32(first) > highest_m
        hidden = hidden and begins > reach_blocked[bearings[node]]
        if hidden or lasts[node] < first or begins > reach_open[bearings[node]]:
            node = skip[node]
            continue

        for i in range(top + 1):
            xs[i], hs[i], es[i] = kept_x[above, i], kept_h[above, i], kept_e[above, i]
        steps = lasts[node] - first + 1
        along, across = strides(table.side[node], width)
        _walk(profile, height, centre + first * along, along, across, slope, first, steps)
        values = stack.along_rays[place[node] : place[node] + steps]
        rise = _rises(profile, antenna_m, rise, first, steps, inverse, values)
        corners = _corners(profile, steps, first, stack.corner)
        owned = slice(begin[node], begin[node + 1])
        latest = stack.latest[: begin[node + 1] - begin[node]]
        _last_steps(
            height, seen_height, table.step[owned], table.minor[owned], table.cell[owned],
            along, across, inverse, latest,
        )  # fmt: skip
        top = _falls(
            out.fall, out.clearance, seen_height, antenna_m,
            table.step[owned], latest, table.cell[owned],
            first, profile, stack.corner[:corners], xs, hs, es, top, inverse, partial,
        )  # fmt: skip
        if level > 0:
            kept_top[level], kept_rise[level] = top, rise
            for i in range(top + 1):
                kept_x[level, i], kept_h[level, i], kept_e[level, i] = xs[i], hs[i], es[i]
        node += 1
    _between(out.rise, stack.along_rays, table.cell, table.left, table.right, table.weight)
