"""Find the error cells of an old workbook (.xls), which its reader gives as empty ones.

An .xls is a compound file (MS-CFB): sectors of a stream in chains, a table of the chains, and a
directory of streams. The stream `Workbook` holds records (MS-XLS): BOUNDSHEET says where a sheet
begins, BOOLERR and FORMULA hold error codes.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from siting.layers.formats.header import column_letters

if TYPE_CHECKING:
    from collections.abc import Iterator

ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
}
"""What an error code says (MS-XLS 2.5.10)."""

_LAST_SECTOR = 0xFFFFFFF0
_BOUNDSHEET, _BOOLERR, _FORMULA, _END = 0x0085, 0x0205, 0x0006, 0x000A


def xls_errors(content: bytes) -> dict[str, list[tuple[int, str, str]]]:
    """Return the error cells of each sheet as (row, column letters, what it says).

    What does not have the form of a workbook gives none: its reader says what is wrong with it.
    """
    try:
        return _errors_of_sheets(_workbook_stream(content))
    except (struct.error, IndexError, UnicodeDecodeError):
        return {}


def _workbook_stream(content: bytes) -> bytes:
    """Return the stream `Workbook` of a compound file; IndexError where there is none."""
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    first_directory = struct.unpack_from("<I", content, 48)[0]
    cutoff, first_mini = struct.unpack_from("<II", content, 56)
    if shift not in (9, 12):
        raise IndexError
    chains = _chains(content, 1 << shift)
    directory = _chain(content, chains, first_directory, 1 << shift)
    entries = [directory[k : k + 128] for k in range(0, len(directory) - 127, 128)]
    names = {_entry_name(entry): struct.unpack_from("<II", entry, 116) for entry in entries}
    start, size = names["Workbook"] if "Workbook" in names else names.get("Book", (0, 0))
    if size >= cutoff:
        return _chain(content, chains, start, 1 << shift)[:size]
    table = _chain(content, chains, first_mini, 1 << shift)
    mini_chains = list(struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4]))
    root = _chain(content, chains, struct.unpack_from("<I", entries[0], 116)[0], 1 << shift)
    return _chain(b"\0" * (1 << mini_shift) + root, mini_chains, start, 1 << mini_shift)[:size]


def _entry_name(entry: bytes) -> str:
    length = struct.unpack_from("<H", entry, 64)[0]
    return entry[: max(0, min(length, 64) - 2)].decode("utf-16-le")


def _chains(content: bytes, size: int) -> list[int]:
    """Return for each sector the next one of its stream."""
    sectors = list(struct.unpack_from("<109I", content, 76))
    more = struct.unpack_from("<I", content, 68)[0]
    for _ in range(len(content) // size):
        if more >= _LAST_SECTOR:
            break
        listed = struct.unpack_from(f"<{size // 4}I", content, (more + 1) * size)
        sectors += listed[:-1]
        more = listed[-1]
    chains: list[int] = []
    for sector in sectors:
        if sector < _LAST_SECTOR:
            chains += struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size)
    return chains


def _chain(content: bytes, chains: list[int], start: int, size: int) -> bytes:
    """Return the sectors of a stream, one after another; a chain that never ends is cut."""
    parts = []
    for _ in range(len(chains)):
        if start >= _LAST_SECTOR:
            break
        parts.append(content[(start + 1) * size : (start + 2) * size])
        start = chains[start]
    return b"".join(parts)


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a sheet or of the globals from `place` to their end."""
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        if kind == _END:
            return
        yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _errors_of_sheets(stream: bytes) -> dict[str, list[tuple[int, str, str]]]:
    errors: dict[str, list[tuple[int, str, str]]] = {}
    for kind, record in _records(stream, 0):
        if kind == _BOUNDSHEET:
            place, length, wide = struct.unpack_from("<I", record)[0], record[6], record[7] & 1
            encoded = record[8 : 8 + length * (2 if wide else 1)]
            name = encoded.decode("utf-16-le" if wide else "latin-1")
            errors[name] = list(_errors_from(stream, place))
    return errors


def _errors_from(stream: bytes, place: int) -> Iterator[tuple[int, str, str]]:
    """Yield the error cells of the sheet that begins at `place`."""
    for kind, record in _records(stream, place):
        code = None
        if kind == _BOOLERR and record[7]:
            code = record[6]
        elif kind == _FORMULA and record[12:14] == b"\xff\xff" and record[6] == 2:
            code = record[8]
        if code is not None:
            row, column = struct.unpack_from("<HH", record)
            yield row + 1, column_letters(column), ERRORS.get(code, "#ERROR!")
