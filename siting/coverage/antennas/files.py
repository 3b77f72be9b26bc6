"""Read the pattern of an antenna from a Planet file (.msi, .pln, .ant).

The angles of the horizontal cut count clockwise from boresight. Those of the vertical cut count from
the horizon in front *downwards*: 90 is straight down, 180 the horizon behind, 270 straight up; its
front half becomes `vertical_loss_db`, the back half is left to the horizontal cut. Each cut is
counted from its own least loss, since the horizontal cut of a tilted antenna may run off its beam. An
electrical tilt that the file was made for stays in the vertical cut: mount such an antenna with its
mechanical tilt only. The largest loss in either cut is the limit for the sum of both.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from siting.coverage.antennas.model import AZIMUTHS_DEG, ELEVATIONS_DEG, Antenna
from siting.coverage.antennas.planet_text import CUTS, Pages, decoded, number, read_pages
from siting.coverage.ranges import require_choice
from siting.errors import DataError, MissingDataError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.coverage.antennas.planet_text import Cut

    Numbers = NDArray[np.float64]

DIPOLE_DBI = 2.15
_LARGEST_BYTES = 4_000_000
_GAIN = re.compile(r"([-+]?\d+(?:[.,]\d+)?)\s*(dBd|dBi)?\s*", re.IGNORECASE)
_DEGREES = re.compile(r"[-+]?\d+(?:[.,]\d+)?")


def read_antenna(path: str | Path, *, vertical_angles: str = "down") -> Antenna:
    """Return the antenna that a Planet file describes.

    Parameters
    ----------
    path
        The file, .msi, .pln or .ant; UTF-8 (with or without BOM), UTF-16, GBK or Latin-1.
    vertical_angles
        Which way the vertical cut's angles count from the horizon: `down` as the format has it, or
        `up` for files that do otherwise.

    Raises
    ------
    MissingDataError
        There is no such file.
    DataError
        The file is no pattern, or is not complete; every problem with its row, all at once.

    """
    require_choice("vertical_angles", vertical_angles, ("down", "up"))
    source = Path(path)
    pages = read_pages(decoded(_content(source)), file=source.name)
    _require_cuts(pages)
    gain_dbi = _gain_dbi(pages)
    losses = {name: _sampled(pages, name, cut) for name, cut in pages.cuts.items()}
    if pages.problems:
        raise DataError(pages.told())

    sign = -1.0 if vertical_angles == "down" else 1.0
    horizontal = losses["HORIZONTAL"](AZIMUTHS_DEG)
    vertical = losses["VERTICAL"](sign * ELEVATIONS_DEG)
    _require_tilt_below(pages, vertical)
    return Antenna(
        name=pages.header.get("NAME", (0, ""))[1] or source.stem,
        horizontal_loss_db=(horizontal - horizontal.min()).astype(np.float32),
        vertical_loss_db=(vertical - vertical.min()).astype(np.float32),
        gain_dbi=gain_dbi,
        front_to_back_db=float(max(np.ptp(horizontal), np.ptp(vertical))),
        source=_source(pages),
    )


def _content(path: Path) -> bytes:
    """Return the bytes of a file that is there and of a size that a pattern may have."""
    if not path.is_file():
        remedy = "check the path, or ask the antenna's maker for its .msi file"
        raise MissingDataError(
            Problem(file=str(path), what="there is no such antenna file", remedy=remedy)
        )
    size = path.stat().st_size
    if not 0 < size <= _LARGEST_BYTES:
        what = "is empty" if not size else f"has {size / 1e6:.0f} MB"
        remedy = "name an antenna pattern, a text of some kilobytes"
        raise DataError(Problem(file=path.name, what=what, remedy=remedy))
    return path.read_bytes()


def _require_cuts(pages: Pages) -> None:
    """Refuse a file without cuts at once: its other lines say nothing."""
    absent = [name for name in CUTS if name not in pages.cuts]
    if len(absent) == len(CUTS):
        what = "holds no line HORIZONTAL and none VERTICAL, so it is no Planet antenna file"
        remedy = "export the pattern as .msi or .pln; other .ant formats are not read"
        raise DataError(Problem(file=pages.file, what=what, remedy=remedy))
    for name in absent:
        pages.refuse(f"there is no {name} cut", f"add {name} 360 and its rows", column=name)


def _gain_dbi(pages: Pages) -> float:
    """Return the gain [dBi]; a number without a unit is in dBd, as the format has it."""
    row, text = pages.header.get("GAIN", (None, ""))
    found = _GAIN.fullmatch(text)
    if not found:
        what = f"GAIN {text!r} is not a gain" if text else "there is no GAIN"
        pages.refuse(what, "write it as GAIN 17.5 dBi (or dBd)", row=row, column="GAIN")
        return 0.0
    isotropic = (found[2] or "dBd").lower() == "dbi"
    gain_dbi = number(found[1]) + (0.0 if isotropic else DIPOLE_DBI)
    if not -20.0 <= gain_dbi <= 50.0:
        pages.refuse(f"a gain of {gain_dbi:g} dBi", "use -20 to 50 dBi", row=row, column="GAIN")
    return gain_dbi


class _Samples:
    """Losses over the full circle, linear between the angles that were written."""

    def __init__(self, angles_deg: Numbers, losses_db: Numbers) -> None:
        self._angles_deg, self._losses_db = angles_deg, losses_db

    def __call__(self, angle_deg: Numbers) -> Numbers:
        return np.asarray(np.interp(angle_deg, self._angles_deg, self._losses_db, period=360.0))


def _sampled(pages: Pages, name: str, cut: Cut) -> _Samples:
    """Return the losses of a cut over angles; rows that lack or contradict become problems."""
    seen: dict[float, tuple[int, float]] = {}
    for row, angle, loss in cut.pairs:
        place = round(angle % 360.0, 3)
        first, before = seen.setdefault(place, (row, loss))
        if before != loss:
            what = f"{angle:g} degrees is {loss:g} dB here and {before:g} dB in row {first}"
            pages.refuse(what, "keep the right one", row=row, column=name)
    if cut.promised:
        wanted = [round(number * 360.0 / cut.promised, 3) for number in range(cut.promised)]
        absent = [angle for angle in wanted if angle not in seen]
        if absent:
            pages.refuse(
                f"has {len(seen)} of {cut.promised} angles; missing: {_listed(absent)} degrees",
                "add their rows, or ask for the whole file: a gap is not guessed",
                row=cut.row,
                column=name,
            )
    losses = [loss for _, loss in seen.values()]
    return _Samples(np.array([*seen]), np.array(losses))


def _listed(angles: list[float]) -> str:
    """Return the first missing angles."""
    shown = ", ".join(f"{angle:g}" for angle in angles[:5])
    return shown + (f" and {len(angles) - 5} more" if len(angles) > 5 else "")


def _require_tilt_below(pages: Pages, vertical: Numbers) -> None:
    """Refuse a downtilted beam that points above the horizon: its angles count upwards."""
    peak_deg = float(ELEVATIONS_DEG[np.argmin(vertical)])
    said = [pages.header[word] for word in ("ELECTRICAL_TILT", "TILT") if word in pages.header]
    found = [(row, _DEGREES.search(text)) for row, text in said]
    row, stated = next(((row, degrees) for row, degrees in found if degrees), (None, None))
    if not stated or number(stated[0]) < 1.0 or peak_deg < 1.0:
        return
    what = f"TILT says {stated[0]} degrees and the vertical cut points {peak_deg:g} degrees up"
    remedy = 'read it with vertical_angles="up" if its angles count upwards, else correct TILT'
    raise DataError(Problem(file=pages.file, row=row, column="TILT", what=what, remedy=remedy))


def _source(pages: Pages) -> str:
    """Return where a pattern is from, in the file's own words."""
    words = ("MAKE", "FREQUENCY", "GAIN", "TILT")
    said = [f"{word} {pages.header[word][1]}".strip() for word in words if word in pages.header]
    return ", ".join([pages.file, *said])
