"""A calibrated model: what it holds, and what it predicts where.

level = physical form + learned residual; mean, interval and probability from the errors at sites
that the model has not seen. Outside what was measured it refuses: NaN, and the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.coverage.calibration.features import feature_matrix
from siting.coverage.calibration.ground import Ground, ground_of, joined
from siting.coverage.calibration.least_squares import band_level_dbm, bands_of
from siting.coverage.calibration.links import links_of
from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from siting.coverage.calibration.intervals import Errors
    from siting.coverage.calibration.least_squares import BandFit
    from siting.coverage.calibration.links import Links
    from siting.coverage.calibration.network import Cells, Places
    from siting.coverage.calibration.trees import Forest

    Numbers = NDArray[np.float64]
    Mask = NDArray[np.bool_]

REASONS = (
    "",
    "the cell is not in the register",
    "the band was not measured",
    "the clutter was not measured",
    "the distance is outside what was measured",
    "the antenna height is outside what was measured",
    "too little of the ground on the way is known",
)
"""Why a place has no prediction; the first that applies is told."""
LEAST_KNOWN = 0.01


@dataclass(frozen=True, kw_only=True)
class Ranges:
    """What was measured in one band: distances, antenna heights and clutter classes.

    `known_share` is the share of the profile that all but `LEAST_KNOWN` of the rows knew at least; it
    counts where a residual was learned, which leans on the map.
    """

    distance_m: tuple[float, float]
    height_m: tuple[float, float]
    clutter: tuple[int, ...]
    known_share: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A model of the level, with everything that a prediction needs.

    `forest` and `ground` are None where no residual was learned; `errors` is None until the model
    has been tried on unseen sites. `extra` are arrays that a radio file keeps for its callers.
    """

    bands: Mapping[int, BandFit]
    ranges: Mapping[int, Ranges]
    forest: Forest | None
    ground: Ground | None
    errors: Errors | None
    seed: int
    extra: Mapping[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class Prediction:
    """Levels [dBm] at places: mean and interval, NaN where `reason` (index in `REASONS`) is not 0.

    `level_dbm` is what the model gives before its errors at unseen sites correct it.
    """

    mean_dbm: Numbers
    low_dbm: Numbers
    high_dbm: Numbers
    reason: NDArray[np.int64]
    level_dbm: Numbers
    errors: Errors

    def probability_below(self, threshold_dbm: float) -> Numbers:
        """Return the probability of less than a threshold [dBm], NaN where there is no level."""
        return self.errors.probability_below(threshold_dbm, self.level_dbm)

    @property
    def refused(self) -> dict[str, int]:
        """Return how many places were refused for each reason."""
        count = np.bincount(self.reason, minlength=len(REASONS))
        return {
            REASONS[index]: int(count[index]) for index in range(1, len(REASONS)) if count[index]
        }


def predict(model: Model, places: Places, cells: Cells, *, share: float = 0.9) -> Prediction:
    """Predict the level at places, each of the cell that its row names.

    Parameters
    ----------
    model
        A calibrated model.
    places
        Where; a `cell` of -1 is a cell that the register does not have.
    cells
        The register.
    share
        Share of the levels that the interval shall hold, 0.5 to 0.99.

    Raises
    ------
    ConfigurationError
        The share is out of range, or the model has no errors to make intervals from.

    """
    errors = _errors(model, share)
    inside = places.cell >= 0
    surroundings = _surroundings(model, places)
    level = np.full(len(places), np.nan)
    reason = np.where(inside, 0, 1).astype(np.int64)
    if inside.any():
        known = places.rows(inside)
        links = links_of(known, cells, surroundings)
        why = _refusals(model, known, cells, links)
        here = level_dbm(model, known, cells, links, surroundings)
        level[inside] = np.where(why == 0, here, np.nan)
        reason[inside] = why
    low, high = errors.interval(level, share=share)
    return Prediction(
        mean_dbm=errors.mean_at(level),
        low_dbm=low,
        high_dbm=high,
        reason=reason,
        level_dbm=level,
        errors=errors,
    )


def level_dbm(model: Model, places: Places, cells: Cells, links: Links, ground: Ground) -> Numbers:
    """Return the mean level [dBm] at places, without a look at ranges; NaN in an unknown band."""
    level = physical_dbm(model.bands, places, cells, links)
    if model.forest is not None:
        level += model.forest.predict(feature_matrix(places, cells, links, ground))
    return level


def physical_dbm(
    bands: Mapping[int, BandFit], places: Places, cells: Cells, links: Links
) -> Numbers:
    """Return the level [dBm] of the physical form alone; NaN in a band that was not fitted."""
    band = bands_of(cells.carrier_mhz)[places.cell]
    level = np.full(len(places), np.nan)
    for band_mhz, fit in bands.items():
        of = band == band_mhz
        level[of] = band_level_dbm(fit, places.rows(of), cells, some_links(links, of))
    return level


def some_links(links: Links, of: Mask) -> Links:
    """Return the links of some of the places."""
    return replace(links, **{name: column[of] for name, column in vars(links).items()})


def ranges_of(places: Places, cells: Cells, links: Links) -> Mapping[int, Ranges]:
    """Return what was measured, band by band."""
    band, height = bands_of(cells.carrier_mhz)[places.cell], cells.height_m[places.cell]
    return {
        int(name): Ranges(
            distance_m=_span(links.distance_m[band == name]),
            height_m=_span(height[band == name]),
            clutter=tuple(np.unique(places.clutter[band == name]).tolist()),
            known_share=float(np.quantile(links.known_share[band == name], LEAST_KNOWN)),
        )
        for name in np.unique(band)
    }


def _refusals(model: Model, places: Places, cells: Cells, links: Links) -> NDArray[np.int64]:
    """Return for each place the reason to refuse it, 0 for none."""
    band, height = bands_of(cells.carrier_mhz)[places.cell], cells.height_m[places.cell]
    why = np.full(len(places), REASONS.index("the band was not measured"), dtype=np.int64)
    for name, seen in model.ranges.items():
        of = band == name
        faults = (
            ~np.isin(places.clutter[of], seen.clutter),
            _outside(links.distance_m[of], seen.distance_m),
            _outside(height[of], seen.height_m),
            (links.known_share[of] < seen.known_share) & (model.forest is not None),
        )
        why[of] = np.select(faults, [3, 4, 5, 6], default=0)
    return why


def _surroundings(model: Model, places: Places) -> Ground:
    """Return the model's ground, and where it knows nothing that of the places themselves."""
    own = ground_of(places)
    return own if model.ground is None else joined(model.ground, own)


def _errors(model: Model, share: float) -> Errors:
    """Return the errors of the model, and refuse a share that no interval of it can hold."""
    problems = []
    if not 0.5 <= share <= 0.99:
        remedy = "use 0.5 to 0.99"
        problems.append(Problem(column="share", what=f"{share:g} is out of range", remedy=remedy))
    if model.errors is None:
        what, remedy = "the model has no errors at unseen sites", "calibrate it again"
        problems.append(Problem(column="model", what=what, remedy=remedy))
    if problems or model.errors is None:
        raise ConfigurationError(problems)
    return model.errors


def _span(values: Numbers) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def _outside(values: Numbers, span: tuple[float, float]) -> Mask:
    """Return which values lie outside; a thousandth of slack for figures that were written out."""
    return (values < span[0] * 0.999) | (values > span[1] * 1.001)
