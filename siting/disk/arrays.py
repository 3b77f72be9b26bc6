"""Store named arrays and a record in one .npz file whose bytes depend on nothing but its content."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.disk.atomic import replaced_file
from siting.errors import DataError, MissingDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

RECORD = "record.json"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a zip file can name
MOST_BYTES = 8 * 2**30


def write_arrays(
    path: str | Path, arrays: Mapping[str, NDArray[Any]], record: Mapping[str, Any]
) -> Path:
    """Write arrays, sorted by name, and a record of plain JSON types; numpy.load reads it too."""
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    with replaced_file(path) as part, zipfile.ZipFile(part, "w") as archive:
        _add(archive, RECORD, text.encode("utf-8"))
        for name in sorted(arrays):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(arrays[name]))
            _add(archive, f"{name}.npy", buffer.getvalue())
    return Path(path)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add one entry with a fixed date and fixed rights."""
    entry = zipfile.ZipInfo(name, date_time=EPOCH)
    entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def read_arrays(path: str | Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the arrays and the record of a file; nothing in it is ever run.

    Raises
    ------
    MissingDataError
        When there is no such file.
    DataError
        When it is no such archive, or damaged.
    """
    path = Path(path)
    if not path.is_file():
        what, remedy = "there is no such file", "run siting plan again, or name its folder"
        raise MissingDataError(Problem(file=str(path), what=what, remedy=remedy))
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_huge(archive)
            record = json.loads(archive.read(RECORD).decode("utf-8"))
            arrays = {
                name.removesuffix(".npy"): np.lib.format.read_array(
                    io.BytesIO(archive.read(name)), allow_pickle=False
                )
                for name in archive.namelist()
                if name.endswith(".npy")
            }
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError) as error:
        what, remedy = f"cannot be read ({error})", "copy it again, or run siting plan again"
        raise DataError(Problem(file=str(path), what=what, remedy=remedy)) from error
    if not isinstance(record, dict):
        what, remedy = "holds no record", "run siting plan again"
        raise DataError(Problem(file=str(path), what=what, remedy=remedy))
    return arrays, record


def _refuse_huge(archive: zipfile.ZipFile) -> None:
    """Refuse what would fill the memory when it is unpacked."""
    size = sum(entry.file_size for entry in archive.infolist())
    if size > MOST_BYTES:
        message = f"it would unpack to {size / 2**30:.0f} GiB"
        raise ValueError(message)
