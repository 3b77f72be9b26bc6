"""Save a calibrated model as text and plain arrays, and read it again.

RADIO.toml holds coefficients, ranges, seed and where the measurements came from; the tables of the
errors, the trees and the squares of the ground stand beside it in RADIO.npz. No object is pickled.
The same model gives the same bytes, and the text names the hash of the arrays.
"""

from __future__ import annotations

import hashlib
import io
import json
import tomllib
import zipfile
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.coverage import spm
from siting.coverage.calibration.ground import SQUARE_M, Ground
from siting.coverage.calibration.intervals import Errors
from siting.coverage.calibration.least_squares import BandFit
from siting.coverage.calibration.model import Model, Ranges
from siting.coverage.calibration.trees import Forest
from siting.errors import DataError, MissingDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT = 1
_PARTS = {"errors": Errors, "forest": Forest, "ground": Ground}


def radio_bytes(
    model: Model,
    *,
    arrays: str,
    about: Mapping[str, str | int],
    extra: Mapping[str, NDArray[Any]] | None = None,
) -> tuple[bytes, bytes]:
    """Return the bytes of the text and of the arrays.

    Parameters
    ----------
    model
        The model.
    arrays
        Name of the file of the arrays, as the text shall call it.
    about
        Where the model comes from: `source` and what else shall stand at the head.
    extra
        Arrays to keep with it; their names must hold a dot and start with no part of a model.

    """
    table = {
        f"{part}.{field.name}": np.asarray(getattr(whole, field.name))
        for part in _PARTS
        if (whole := getattr(model, part)) is not None
        for field in fields(whole)
    }
    packed = _packed(table | dict(extra or {}))
    lines = [
        "# A radio model calibrated from measurements: see docs/calibration.md.",
        f"format = {FORMAT}",
        *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in about.items()),
        f"seed = {model.seed}",
        f"arrays = {json.dumps(arrays, ensure_ascii=False)}",
        f'arrays_sha256 = "{hashlib.sha256(packed).hexdigest()}"',
        f"square_m = {SQUARE_M:g}  # side of the squares of the ground [m]",
    ]
    for band, fit in sorted(model.bands.items()):
        lines += _band_lines(fit, model.ranges[band])
    return ("\n".join(lines) + "\n").encode(), packed


def read_radio(path: Path) -> tuple[Model, dict[str, Any]]:
    """Return a saved model and what stands at the head of its text.

    Raises
    ------
    MissingDataError
        The text or its arrays are not there.
    DataError
        They are not what `radio_bytes` wrote, or do not belong together.

    """
    try:
        text = tomllib.loads(_read(path).decode("utf-8"))
        if "arrays_sha256" not in text:
            raise _broken(path, "is not a radio file that siting calibrate wrote")
        if text.get("format") != FORMAT:
            raise _broken(path, f"format {text.get('format')!r} is not one that is read")
        packed = _read(path.with_name(str(text["arrays"])))
        if hashlib.sha256(packed).hexdigest() != text["arrays_sha256"]:
            raise _broken(path, f"{text['arrays']} is not the file that was written with it")
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            parts = {part: _part(kind, part, arrays) for part, kind in _PARTS.items()}
            extra = {name: arrays[name] for name in arrays if name.split(".")[0] not in _PARTS}
        bands = [_band(table) for table in text["band"]]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _broken(path, f"is not TOML: {error}") from error
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        if isinstance(error, DataError):
            raise
        raise _broken(path, f"is not a radio file of ours: {error}") from error
    model = Model(
        bands={fit.band_mhz: fit for fit, _ in bands},
        ranges={fit.band_mhz: seen for fit, seen in bands},
        seed=int(text["seed"]),
        extra=extra,
        **parts,
    )
    return model, {key: value for key, value in text.items() if key != "band"}


def _packed(table: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays as an npz whose bytes depend on them only."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in table.items():
            one = io.BytesIO()
            np.lib.format.write_array(one, np.asarray(array, order="C"), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            archive.writestr(entry, one.getvalue())
    return buffer.getvalue()


def _band_lines(fit: BandFit, seen: Ranges) -> list[str]:
    """Return the lines of one band."""
    lines = [
        "",
        "[[band]]",
        f"band_mhz = {fit.band_mhz}",
        f"rows = {fit.rows}",
        f"distance_m = {list(seen.distance_m)}  # measured: no prediction outside",
        f"height_m = {list(seen.height_m)}",
        f"clutter = {list(seen.clutter)}",
        f"known_share = {seen.known_share!r}  # of the profile, where a residual was learned",
        f"reference_power_dbm = {fit.reference_power_dbm!r}",
        f"power_share = {fit.power_share!r}  # dB of level per dB of power",
        f"antenna_share = {fit.antenna_share!r}  # dB of level per dB of antenna loss",
        "[band.spm]  # K1 to K7 of any clutter [dB per unit of the term]",
        *_k_lines(fit.coefficients),
    ]
    for clutter, own in sorted(fit.by_clutter.items()):
        lines += [f"[band.clutter_spm.{clutter}]", *_k_lines(own)]
    return lines


def _k_lines(coefficients: spm.Coefficients) -> list[str]:
    return [f"{name} = {value!r}" for name, value in asdict(coefficients).items()]


def _band(table: Mapping[str, Any]) -> tuple[BandFit, Ranges]:
    """Return one band of the text."""
    names = ("reference_power_dbm", "power_share", "antenna_share")
    own = table.get("clutter_spm", {}).items()
    fit = BandFit(
        band_mhz=int(table["band_mhz"]),
        rows=int(table["rows"]),
        coefficients=spm.Coefficients(**table["spm"]),
        by_clutter={int(clutter): spm.Coefficients(**values) for clutter, values in own},
        **{name: float(table[name]) for name in names},
    )
    near, far = table["distance_m"]
    low, high = table["height_m"]
    seen = Ranges(
        distance_m=(float(near), float(far)),
        height_m=(float(low), float(high)),
        clutter=tuple(int(one) for one in table["clutter"]),
        known_share=float(table["known_share"]),
    )
    return fit, seen


def _part(kind: type[Any], part: str, arrays: Mapping[str, NDArray[Any]]) -> Any:
    """Return one part of a model from its arrays, None where it has none."""
    names = [field.name for field in fields(kind)]
    if f"{part}.{names[0]}" not in arrays:
        return None
    found = {name: arrays[f"{part}.{name}"] for name in names}
    return kind(**{name: one if one.ndim else one.item() for name, one in found.items()})


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        remedy = "name a radio file of `siting calibrate`, with its .npz beside it"
        raise MissingDataError(
            Problem(file=path.name, what="is not there", remedy=remedy)
        ) from error


def _broken(path: Path, what: str) -> DataError:
    return DataError(Problem(file=path.name, what=what, remedy="calibrate again"))
