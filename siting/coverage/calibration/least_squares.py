r"""Bounded least squares of the Standard Propagation Model, band by band and clutter by clutter.

    RSRP = P0 + s_P (P - P0) - s_A L_A - (K1 + K2 log10 d + ... + K7 log10 h)

with P the power of the register, P0 its mean in the band, L_A the loss of the antenna towards the
place (TR 38.901 Table 7.3-1: 65 degrees across, 10 degrees upright, 30 dB at most, tilted), and K1..K7
of `siting.coverage.spm`, D being the knife-edge loss of the highest thing on the profile. s_P and s_A
are shares: 1 where the register and the pattern say what arrives, less where scatter fills the
pattern in or where stronger cells were given the harder places.

The band is fitted first, drawn towards `PRIOR` where the measurements tell nothing (all antennas
equally high, no obstacle). Then each clutter class of `LEAST_ROWS` rows or more gets its own
K1..K7, drawn towards those of the band with the weight of `LEAST_ROWS` rows; smaller classes keep
the band's. Every K stays within `BOUNDS`, which are physical. Rows beyond 1.345 standard deviations
count less (Huber), so that a few wrong rows do not move a coefficient.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage import spm
from siting.coverage.antennas.element import horizontal_loss_db, vertical_loss_db
from siting.coverage.calibration.links import TERMINAL_M

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.coverage.calibration.links import Links
    from siting.coverage.calibration.network import Cells, Places

    Numbers = NDArray[np.float64]

BOUNDS = {
    "k1": (-250.0, 250.0),
    "k2": (20.0, 60.0),  # free space at the least
    "k3": (-30.0, 10.0),
    "k4": (0.0, 1.2),
    "k5": (-10.0, 0.0),
    "k6": (-1.5, 0.0),
    "k7": (-10.0, 0.0),
    "power_share": (0.0, 1.0),
    "antenna_share": (0.0, 1.0),
}
"""Least and greatest value of each coefficient; dB per unit of its term, shares without unit."""
PRIOR = {
    "k1": 0.0,
    "k2": 44.9,
    "k3": 5.83,
    "k4": 0.5,
    "k5": -6.55,
    "k6": 0.0,
    "k7": 0.0,
    "power_share": 1.0,
    "antenna_share": 1.0,
}
"""Where the measurements tell nothing: the slopes of planning tools, K1 free."""
PRIOR_ROWS = 1.0
LEAST_ROWS = 200
BANDS_MHZ = (450, 700, 800, 900, 1800, 2100, 2300, 2600, 3500, 4900, 6500, 26_000, 39_000)
_VERTICAL_DEG, _LARGEST_LOSS_DB = 10.0, 30.0
_HUBER, _ROUNDS = 1.345, 8
_NAMES = tuple(BOUNDS)
_SPREAD = np.array([0.0, 0.5, 0.5, 10.0, 0.7, 1.0, 0.2, 3.0, 8.0])  # one row of the prior, per term


@dataclass(frozen=True, kw_only=True)
class BandFit:
    """The coefficients of one band: `coefficients` for any clutter, `by_clutter` where it has own."""

    band_mhz: int
    reference_power_dbm: float
    power_share: float
    antenna_share: float
    coefficients: spm.Coefficients
    by_clutter: Mapping[int, spm.Coefficients]
    rows: int


def bands_of(carrier_mhz: Numbers) -> NDArray[np.int64]:
    """Return the band of `BANDS_MHZ` next to each carrier [MHz], by ratio."""
    ratio = np.abs(np.log(np.asarray(carrier_mhz)[..., None] / np.array(BANDS_MHZ)))
    return np.asarray(np.array(BANDS_MHZ, dtype=np.int64)[ratio.argmin(axis=-1)])


def antenna_loss_db(links: Links) -> Numbers:
    """Return the loss [dB] of a usual sector antenna towards the places, 0 to 30 dB."""
    across = horizontal_loss_db(links.off_boresight_deg, limit_db=_LARGEST_LOSS_DB)
    below = np.clip(links.below_beam_deg, -90.0, 90.0)
    upright = vertical_loss_db(below, width_deg=_VERTICAL_DEG, limit_db=_LARGEST_LOSS_DB)
    return np.minimum(across + upright, _LARGEST_LOSS_DB)


def spm_terms(places: Places, cells: Cells, links: Links) -> Numbers:
    """Return the seven terms of K1..K7 for every place."""
    return spm.terms(
        links.distance_m,
        base_height_m=cells.height_m[places.cell],
        diffraction_db=links.diffraction_db,
        ue_height_m=TERMINAL_M,
    )


def fit_band(
    places: Places, cells: Cells, links: Links, rsrp_dbm: Numbers, weight: Numbers, *, band_mhz: int
) -> BandFit:
    """Fit one band; every row must lie in it."""
    power = cells.power_dbm[places.cell]
    reference = float(np.average(power, weights=weight))
    spm_part = spm_terms(places, cells, links)
    design = np.column_stack([spm_part, reference - power, antenna_loss_db(links)])
    loss = reference - rsrp_dbm
    prior = np.array([PRIOR[name] for name in _NAMES])
    whole = bounded(design, loss, weight, prior=prior, prior_rows=PRIOR_ROWS)
    shared = design[:, 7:] @ whole[7:]
    by_clutter = {}
    for clutter in np.unique(places.clutter).tolist():
        of = places.clutter == clutter
        if clutter >= 0 and of.sum() >= LEAST_ROWS:
            own = bounded(
                spm_part[of],
                (loss - shared)[of],
                weight[of],
                prior=whole[:7],
                prior_rows=LEAST_ROWS,
            )
            by_clutter[int(clutter)] = _coefficients(own)
    return BandFit(
        band_mhz=band_mhz,
        reference_power_dbm=reference,
        power_share=float(whole[7]),
        antenna_share=float(whole[8]),
        coefficients=_coefficients(whole),
        by_clutter=by_clutter,
        rows=len(places),
    )


def band_level_dbm(fit: BandFit, places: Places, cells: Cells, links: Links) -> Numbers:
    """Return the level [dBm] that the fitted form gives at places of the band."""
    terms = spm_terms(places, cells, links)
    power = cells.power_dbm[places.cell]
    sent = fit.reference_power_dbm + fit.power_share * (power - fit.reference_power_dbm)
    loss = terms @ np.array(astuple(fit.coefficients))
    for clutter, own in fit.by_clutter.items():
        of = places.clutter == clutter
        loss[of] = terms[of] @ np.array(astuple(own))
    return np.asarray(sent - fit.antenna_share * antenna_loss_db(links) - loss)


def bounded(
    design: Numbers, target: Numbers, weight: Numbers, *, prior: Numbers, prior_rows: float
) -> Numbers:
    """Return the coefficients within `BOUNDS`, robust, drawn towards a prior by so many rows."""
    from scipy.optimize import lsq_linear  # noqa: PLC0415 - slow to import

    count = design.shape[1]
    least, largest = np.array([BOUNDS[name] for name in _NAMES[:count]]).T
    pull = np.diag(_SPREAD[:count] * np.sqrt(prior_rows))
    if prior_rows > PRIOR_ROWS:
        pull[0, 0] = np.sqrt(prior_rows)
    weight = weight / weight.mean()
    robust = np.ones_like(target)
    solution = prior
    for _ in range(_ROUNDS):
        root = np.sqrt(weight * robust)
        # The normal equations through R keep the bounded problem as small as the coefficients.
        stacked = np.vstack(
            [
                np.column_stack([design, target]) * root[:, None],
                np.column_stack([pull, pull @ prior]),
            ]
        )
        triangle: Numbers = np.asarray(np.linalg.qr(stacked, mode="r"))
        found = lsq_linear(
            triangle[:, :count], triangle[:, count], (least, largest), method="bvls", tol=1e-12
        )
        before, solution = solution, np.clip(np.round(found.x, 9), least, largest)
        off = np.abs(target - design @ solution)
        sigma = 1.4826 * float(np.median(off))
        robust = np.minimum(1.0, _HUBER * max(sigma, 1e-6) / np.maximum(off, 1e-12))
        if np.abs(solution - before).max() < 1e-9:
            break
    return solution


def _coefficients(values: Numbers) -> spm.Coefficients:
    k1, k2, k3, k4, k5, k6, k7 = (float(value) for value in values[:7])
    return spm.Coefficients(k1=k1, k2=k2, k3=k3, k4=k4, k5=k5, k6=k6, k7=k7)
