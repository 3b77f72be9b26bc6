"""Logarithm, power and arc tangent in single precision that compile to vector instructions.

Polynomials fitted at Chebyshev's points; errors: log2 1.5e-5, 2^x 4e-6 of the value, arc tangent
5e-6 rad. In a path loss that is below 0.001 dB.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

_F = np.float32
_HALF_PI, _DEGREES = _F(math.pi / 2.0), _F(180.0 / math.pi)
_L = tuple(
    _F(c) for c in (-2.79415368, 5.06975632, -3.52021884, 1.61017755, -0.40947559, 0.04392863)
)
_E = tuple(_F(c) for c in (1.0000036, 0.69296955, 0.24162132, 0.05171774, 0.01368398))
_A = tuple(
    _F(c) for c in (0.99999551, -0.33298863, 0.19558905, -0.12110946, 0.05733055, -0.01342218)
)
_L0, _L1, _L2, _L3, _L4, _L5 = _L
_E0, _E1, _E2, _E3, _E4 = _E
_A0, _A1, _A2, _A3, _A4, _A5 = _A
_MOST, _LEAST = _F(126.0), _F(-126.0)
_ONE, _ZERO, _TURN = _F(1.0), _F(0.0), _F(360.0)
_QUARTER, _HALF_TURN = _F(90.0), _F(180.0)
_TINY = _F(1e-30)


@njit(cache=True, error_model="numpy", nogil=True, inline="always")
def log2_of(x: np.float32) -> np.float32:
    """Return log2 of a positive, normal number."""
    bits = np.float32(x).view(np.int32)
    exponent = np.float32(np.int32((bits >> np.int32(23)) - np.int32(127)))
    m = np.int32((bits & np.int32(0x7FFFFF)) | np.int32(0x3F800000)).view(np.float32)
    return exponent + (_L0 + m * (_L1 + m * (_L2 + m * (_L3 + m * (_L4 + m * _L5)))))


@njit(cache=True, error_model="numpy", nogil=True, inline="always")
def exp2_of(x: np.float32) -> np.float32:
    """Return 2^x, for x of -126 to 126; outside, the value there."""
    inside = min(max(np.float32(x), _LEAST), _MOST)
    whole = np.floor(inside)
    f = inside - whole
    scale = np.int32((np.int32(whole) + np.int32(127)) << np.int32(23)).view(np.float32)
    value: np.float32 = scale * (_E0 + f * (_E1 + f * (_E2 + f * (_E3 + f * _E4))))
    return value


@njit(cache=True, error_model="numpy", nogil=True, inline="always")
def bearing_deg_of(east: np.float32, north: np.float32) -> np.float32:
    """Return the direction of a vector in degrees clockwise from north, 0 up to 360."""
    a, b = abs(east), abs(north)
    ratio = min(a, b) / max(a, b, _TINY)
    s = ratio * ratio
    angle = ratio * (_A0 + s * (_A1 + s * (_A2 + s * (_A3 + s * (_A4 + s * _A5))))) * _DEGREES
    angle = _QUARTER - angle if a > b else angle
    angle = _HALF_TURN - angle if north < _ZERO else angle
    angle = _TURN - angle if east < _ZERO else angle
    return angle - _TURN if angle >= _TURN else angle
