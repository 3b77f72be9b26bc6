"""Shift coordinates between WGS 84, GCJ-02 and BD-09 by the public formulas, there and back.

GCJ-02 (Amap, Tencent) and BD-09 (Baidu) have no EPSG code and no published definition. What is
here is the formula that the public knows since about 2010, written from its mathematics; a round
trip is good to a small part of a millimetre, which says that our inverse belongs to our forward
formula. It is consistency with the public formula, not survey truth: no survey office vouches for
it, and maps that use these datums may add noise of their own.

With x = lon - 105, y = lat - 35 [degree], Krassowsky's a and e2, and s(f, t) = sin(pi f t):

    north = -100 + 2x + 3y + 0.2y2 + 0.1xy + 0.2 sqrt|x| + w(x)
            + 2/3 (20 s(1, y) + 40 s(1/3, y) + 160 s(1/12, y) + 320 s(1/30, y))       [m]
    east  =  300 + x + 2y + 0.1x2 + 0.1xy + 0.1 sqrt|x| + w(x)
            + 2/3 (20 s(1, x) + 40 s(1/3, x) + 150 s(1/12, x) + 300 s(1/30, x))       [m]
    w(x)  = 2/3 (20 s(6, x) + 20 s(2, x))

and the metres become degrees by the radii of curvature at lat. Outside the box that the public
formula takes for China (72.004 to 137.8347 E, 0.8293 to 55.8271 N) GCJ-02 is WGS 84: identity.
BD-09 turns GCJ-02 about the origin of degrees by up to 3e-6 and stretches it by up to 2e-5 degree,
then adds 0.0065 and 0.006 degree. The inverses are fixed-point iterations: each step shrinks the
error by about 200 (GCJ-02) and 50 (BD-09).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Pair: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]

ITERATIONS = 3
"""Steps of an inverse: three leave under 0.1 mm in China."""

AXIS_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
WEST_DEG, EAST_DEG, SOUTH_DEG, NORTH_DEG = 72.004, 137.8347, 0.8293, 55.8271
BD_WAVE = np.pi * 3000.0 / 180.0
BD_EAST_DEG, BD_NORTH_DEG = 0.0065, 0.006
BLOCK = 16_384
"""So many points are worked on at a time: their numbers stay in the processor's cache."""


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return lon, lat [degree] in GCJ-02 of points in WGS 84; the same outside the box of China.

    >>> lon, lat = wgs84_to_gcj02(116.404, 39.915)
    >>> round(float(lon), 6), round(float(lat), 6)
    (116.410244, 39.916404)
    """
    return _in_blocks(_gcj02, lon, lat)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike, *, iterations: int = ITERATIONS) -> Pair:
    """Return lon, lat [degree] in WGS 84 of points in GCJ-02.

    Inverts our forward formula to under 0.1 mm within China; a point within a kilometre of the
    edge of the box, where the formula jumps, has no unique inverse.
    """
    return _in_blocks(lambda x, y: _gcj02_inverse(x, y, iterations), lon, lat)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return lon, lat [degree] in BD-09 of points in GCJ-02.

    >>> lon, lat = gcj02_to_bd09(116.404, 39.915)
    >>> round(float(lon), 6), round(float(lat), 6)
    (116.410369, 39.921337)
    """
    return _in_blocks(_bd09, lon, lat)


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike, *, iterations: int = ITERATIONS) -> Pair:
    """Return lon, lat [degree] in GCJ-02 of points in BD-09.

    The widely copied inverse stops where ours starts and is off by up to a metre.
    """
    return _in_blocks(lambda x, y: _bd09_inverse(x, y, iterations), lon, lat)


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return lon, lat [degree] in BD-09 of points in WGS 84."""
    return _in_blocks(lambda x, y: _bd09(*_gcj02(x, y)), lon, lat)


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike, *, iterations: int = ITERATIONS) -> Pair:
    """Return lon, lat [degree] in WGS 84 of points in BD-09."""
    return _in_blocks(
        lambda x, y: _gcj02_inverse(*_bd09_inverse(x, y, iterations), iterations), lon, lat
    )


def _in_blocks(
    formula: Callable[[NDArray[np.float64], NDArray[np.float64]], Pair],
    lon: ArrayLike,
    lat: ArrayLike,
) -> Pair:
    """Return the formula of every point; NaN stays NaN, the shape is kept."""
    x, y = np.broadcast_arrays(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    east, north = np.empty(x.size), np.empty(x.size)
    flat_x, flat_y = np.ravel(x), np.ravel(y)
    with np.errstate(invalid="ignore", over="ignore"):
        for start in range(0, x.size, BLOCK):
            part = slice(start, start + BLOCK)
            east[part], north[part] = formula(flat_x[part], flat_y[part])
    return east.reshape(x.shape), north.reshape(x.shape)


def _gcj02_inverse(lon: NDArray[np.float64], lat: NDArray[np.float64], iterations: int) -> Pair:
    return _inverse(_gcj02, lon, lat, (lon, lat), iterations)


def _bd09_inverse(lon: NDArray[np.float64], lat: NDArray[np.float64], iterations: int) -> Pair:
    start = (lon - BD_EAST_DEG, lat - BD_NORTH_DEG)
    return _inverse(_bd09, lon, lat, start, iterations)


def _inverse(
    forward: Callable[[NDArray[np.float64], NDArray[np.float64]], Pair],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    start: Pair,
    iterations: int,
) -> Pair:
    """Return what `forward` leads to lon, lat: subtract what it still misses, again and again."""
    x, y = start
    for _ in range(iterations):
        east, north = forward(x, y)
        x, y = x - (east - lon), y - (north - lat)
    return x, y


def _gcj02(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    root, cross = np.sqrt(np.abs(x)), 0.1 * x * y
    short, slow_x, slow_y = _sine(2.0, x), _sine(1 / 3, x), _sine(1 / 3, y)
    wave = 20.0 * (_thrice(short) + short)
    north_wave = 20.0 * _thrice(slow_y) + 40.0 * slow_y
    north_wave += 160.0 * _sine(1 / 12, y) + 320.0 * _sine(1 / 30, y)
    east_wave = 20.0 * _thrice(slow_x) + 40.0 * slow_x
    east_wave += 150.0 * _sine(1 / 12, x) + 300.0 * _sine(1 / 30, x)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + cross + 0.2 * root
    north_m += (wave + north_wave) * (2.0 / 3.0)
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + cross + 0.1 * root
    east_m += (wave + east_wave) * (2.0 / 3.0)

    angle = np.radians(lat)
    curved = 1.0 - ECCENTRICITY_SQUARED * np.sin(angle) ** 2
    across_m = AXIS_M / np.sqrt(curved)
    along_m = across_m * (1.0 - ECCENTRICITY_SQUARED) / curved
    in_box = (lon >= WEST_DEG) & (lon <= EAST_DEG) & (lat >= SOUTH_DEG) & (lat <= NORTH_DEG)
    return (
        np.where(in_box, lon + np.degrees(east_m / (across_m * np.cos(angle))), lon),
        np.where(in_box, lat + np.degrees(north_m / along_m), lat),
    )


def _sine(frequency: float, angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sin((np.pi * frequency) * angle)


def _thrice(sine: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sine of three times the angle."""
    return sine * (3.0 - 4.0 * sine * sine)


def _bd09(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    length = np.hypot(lon, lat) + 0.00002 * np.sin(BD_WAVE * lat)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(BD_WAVE * lon)
    return length * np.cos(angle) + BD_EAST_DEG, length * np.sin(angle) + BD_NORTH_DEG
