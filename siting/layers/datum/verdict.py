"""What a file claims about places, and what the detective says of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from siting.errors import Problem
    from siting.layers.datum.hypotheses import Hypothesis


@dataclass(frozen=True, kw_only=True)
class Claims:
    """The coordinates of a file as written, with the words beside them; one entry per record.

    Attributes
    ----------
    file
        What problems call the file.
    rows
        The row of each record.
    x, y
        What the file calls longitude or easting, and latitude or northing; NaN where unreadable.
    county, township, village
        Names or codes; "" where a record names none, None where the file has no such column.
    group
        The batch or the operator of a record; None where the file has no such column.
    decimals
        Decimal places written, the smaller of the two; None where a format does not tell.

    """

    file: str
    rows: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    county: NDArray[np.object_] | None = None
    township: NDArray[np.object_] | None = None
    village: NDArray[np.object_] | None = None
    group: NDArray[np.object_] | None = None
    decimals: NDArray[np.int64] | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Where the records are, or what must be asked first.

    Attributes
    ----------
    lon, lat
        WGS 84 [degree]; NaN where a record is rejected, and everywhere while there is a question.
    hypothesis
        The name of the hypothesis used for each record; "" where there is none.
    meanings
        Each hypothesis used, by its name: what `transform_shapes` takes.
    datum
        The file's datum as the catalogue writes it: `GCJ-02`; several are joined by ` + `.
    crs
        The CRS of the file's numbers: `EPSG:4326`, `EPSG:4549`.
    reasons
        Why a record is rejected, "" where it is not.
    notes
        What was put right in a record (`lon and lat exchanged`), "" where nothing was.
    likelihoods
        Each hypothesis that was weighed and its share, largest first.
    evidence
        Lines for the planner.
    question
        What must be answered by --datum or --crs before anything is written; None where it is told.

    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    hypothesis: NDArray[np.object_]
    datum: str
    crs: str
    reasons: NDArray[np.object_]
    notes: NDArray[np.object_]
    likelihoods: tuple[tuple[str, float], ...] = ()
    evidence: tuple[str, ...] = ()
    question: Problem | None = None
    meanings: Mapping[str, Hypothesis] = field(default_factory=dict)
