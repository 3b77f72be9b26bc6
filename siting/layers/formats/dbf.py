"""Read the table of a shapefile (.dbf): text as it is written, in the encoding that it is in.

A .dbf names its encoding in a .cpg file beside it or in byte 29 of its header, and often names a
wrong one or none. The bytes decide: a declared encoding holds where every text reads in it.
Layout: 32 bytes of header (records at byte 4, bytes of header at 8, bytes of a record at 10), 32
bytes for each field (name 0-10, type 11, width 16), then records of fixed width that each begin
with a space, or with * where they are deleted. Source: dBASE III+ file structure.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.layers.formats.refusal import refusal

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FIELD_BYTES = 32
END_OF_FIELDS = 0x0D
SNIFFED_BYTES = 4_000_000

ENCODING_OF_BYTE = {0x4D: "gb18030", 0x4F: "big5", 0x4E: "cp949", 0x13: "cp932", 0x03: "cp1252"}
"""Language driver byte to encoding; 0x57 and 0 say nothing that can be trusted."""

ENCODING_OF_CPG = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "936": "gb18030",
    "cp936": "gb18030",
    "ansi936": "gb18030",
    "ansi 936": "gb18030",
    "oem 936": "gb18030",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf_8": "utf-8",
    "65001": "utf-8",
    "big5": "big5",
    "950": "big5",
    "ansi 950": "big5",
}
"""What a .cpg says to encoding; Western code pages are left out: every byte reads in them."""

ENCODINGS = ("utf-8", "gb18030", "big5")
"""Tried in this order where none is declared, or the declared one does not read."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column of a .dbf: its name as bytes, type letter, first byte in a record and width."""

    name: bytes
    kind: str
    start: int
    width: int


def read_dbf(path: Path, file: str) -> tuple[pd.DataFrame, NDArray[np.int64], int, tuple[str, ...]]:
    """Return the text cells of a .dbf, the number of each record from 0, how many there are, notes.

    Deleted records are counted and left out, and the notes say how many.

    Raises
    ------
    DataError
        Where the header contradicts the size of the file.

    """
    content = path.read_bytes()
    fields, records = _layout(content, file)
    live = np.flatnonzero(records[:, 0] != ord("*")) if len(records) else np.arange(0)
    encoding, notes = _encoding(path, fields, records)
    cells: dict[str, pd.Series] = {}
    for field in fields:
        raw = np.ascontiguousarray(records[live, field.start : field.start + field.width])
        values = raw.view(f"S{field.width}").ravel() if len(live) else np.array([], dtype="S1")
        name = field.name.decode(encoding, errors="replace").strip() or f"field_{len(cells) + 1}"
        while name in cells:
            name += "_2"
        cells[name] = _texts(values, field.kind, encoding)
    table = pd.DataFrame(cells, index=pd.RangeIndex(len(live)), dtype="str")
    if len(live) < len(records):
        notes = (*notes, f"{len(records) - len(live)} deleted records left out")
    damaged = int(sum(table[name].str.contains("\ufffd").sum() for name in table))
    if damaged:
        notes = (*notes, f"{damaged} cells hold bytes that are no text in {encoding}")
    return table, live.astype(np.int64), len(records), notes


def _layout(content: bytes, file: str) -> tuple[list[Field], NDArray[np.uint8]]:
    """Return the fields and the records as rows of bytes."""
    remedy = "copy the shapefile again with all its parts; this .dbf is cut off or damaged"
    if len(content) < FIELD_BYTES + 1:
        raise refusal(file, "has no header", remedy)
    count, header, width = struct.unpack("<IHH", content[4:12])
    if header + count * width > len(content) + 1 or header < FIELD_BYTES or not width:
        what = f"claims {count} records of {width} bytes and holds {len(content)} bytes"
        raise refusal(file, what, remedy)
    fields, start = [], 1
    for at in range(FIELD_BYTES, header - 1, FIELD_BYTES):
        if content[at] == END_OF_FIELDS or at + FIELD_BYTES > header:
            break
        entry = content[at : at + FIELD_BYTES]
        size = entry[16]
        fields.append(
            Field(name=entry[:11].split(b"\0")[0], kind=chr(entry[11]), start=start, width=size)
        )
        start += size
    if start > width or any(not field.width for field in fields):
        raise refusal(file, f"has fields of {start} bytes in records of {width}", remedy)
    data = np.frombuffer(
        content, dtype=np.uint8, count=min(count * width, len(content) - header), offset=header
    )
    return fields, data[: len(data) // width * width].reshape(-1, width)


def _encoding(
    path: Path, fields: list[Field], records: NDArray[np.uint8]
) -> tuple[str, tuple[str, ...]]:
    """Return the encoding in which every text reads, and a note where it is not the declared."""
    declared = _declared(path)
    sample = _sample(fields, records)
    if sample.isascii():
        return declared or "utf-8", ()
    for encoding in dict.fromkeys((declared, *ENCODINGS)):
        passes_only = encoding == "utf-8" != declared and looks_like_gbk(sample)
        if encoding and not passes_only and _reads(sample, encoding):
            if encoding == declared:
                return encoding, ()
            says = f"though it declares {declared}" if declared else "which it does not declare"
            return encoding, (f"text read as {encoding.upper()}, {says}",)
    return declared or "gb18030", ()


def _declared(path: Path) -> str:
    """Return the encoding that the .cpg, or else the header, names; "" where neither does."""
    for cpg in sorted(path.parent.glob("*")):
        if cpg.stem == path.stem and cpg.suffix.lower() == ".cpg":
            word = cpg.read_bytes()[:64].decode("ascii", errors="replace").strip().lower()
            if word:
                return ENCODING_OF_CPG.get(word, "")
    with path.open("rb") as file:
        return ENCODING_OF_BYTE.get(file.read(30)[29], "")


def _sample(fields: list[Field], records: NDArray[np.uint8]) -> bytes:
    """Return the bytes of names and texts, one to a line."""
    texts = [field.name for field in fields]
    for field in fields:
        if field.kind in "CM" and len(records):
            shown = records[: max(1, SNIFFED_BYTES // (field.width * len(fields)))]
            part = np.ascontiguousarray(shown[:, field.start : field.start + field.width])
            values = np.unique(part.view(f"S{field.width}").ravel())
            texts += [bytes(value) for value in values]
    return b"\n".join(text for text in texts if not text.isascii())


def _reads(sample: bytes, encoding: str) -> bool:
    """Return whether all texts decode; one in fifty may be cut in the middle of a character."""
    lines = sample.split(b"\n")
    broken = 0
    for line in lines:
        try:
            line.rstrip(b" \0").decode(encoding)
        except UnicodeDecodeError as error:
            broken += 1 if error.end >= len(line.rstrip(b" \0")) - 3 else len(lines)
    return broken <= len(lines) // 50


def looks_like_gbk(raw: bytes) -> bool:
    """Return whether bytes that are UTF-8 are rather GBK: two letters of it may pass for UTF-8.

    Chinese takes three bytes in UTF-8; bytes that give no such character there, and Chinese in
    GB18030, are GBK.

    >>> looks_like_gbk("站址".encode("gbk")), looks_like_gbk("站址".encode())
    (True, False)
    """
    try:
        wide = any(char >= "\u0800" for char in raw.decode("utf-8", errors="ignore"))
        chinese = [char for char in raw.decode("gb18030") if not char.isascii()]
    except UnicodeDecodeError:
        return False
    return not wide and bool(chinese) and all("\u3000" <= char <= "\u9fff" for char in chinese)


def _texts(values: NDArray[np.bytes_], kind: str, encoding: str) -> pd.Series:
    """Return the cells of one field as stripped text; each distinct one is decoded once."""
    distinct, where = np.unique(values, return_inverse=True)
    texts = np.array(
        [_text(bytes(value), kind, encoding) for value in distinct], dtype=object
    ).reshape(-1)
    return pd.Series(texts[where] if len(values) else [], dtype="str")


def _text(value: bytes, kind: str, encoding: str) -> str:
    text = value.split(b"\0")[0].decode(encoding, errors="replace").strip()
    if kind == "D" and len(text) == 8 and text.isdigit():
        return "" if text == "00000000" else f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if kind == "L":
        return {"Y": "true", "T": "true", "N": "false", "F": "false"}.get(text.upper(), "")
    if kind in "NF" and (text.startswith("*") or "." in text):
        return "" if text.startswith("*") else text.rstrip("0").rstrip(".")
    return text
