"""Settle what a register says in columns that our tables have not: whole tilts, channel numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.layers.schema import Table

_PLACED = ("lon", "lat", "x", "y", "coordinates", "county", "township", "village")
_CELLS = ("sector_name", "node_id", "cell_id", "channel", "total_tilt", "reference_power")
_ONLY_HERE = ("channel", "total_tilt", "reference_power")


def specials_of(table: Table) -> tuple[str, ...]:
    """Return the columns of no schema that a file of a table may have."""
    cells = _CELLS if table.name in ("sites", "sectors") else ()
    channel = ("channel",) if table.name == "measurements" else ()
    return (_PLACED if table.places != "none" else ()) + cells + channel


def settle_specials(
    table: str,
    columns: dict[str, str],
    units: dict[str, str],
    notes: list[str],
    given: frozenset[str],
) -> None:
    """Read special columns as columns of ours where that says the same; change all in place.

    A channel number is a carrier; a tilt that is not parted is read as mechanical; the power of a
    reference signal is not the power of a sector, and is left. A site without a code of its own is
    known by its eNodeB or gNodeB, a sector by its name.
    """
    channel, tilt, power = (columns.pop(name, "") for name in _ONLY_HERE)
    for column in ("carrier_mhz", "carriers"):
        wanted = column == "carrier_mhz" or table == "sites"
        if channel and wanted and column not in columns:
            columns[column] = channel
            units[column] = units.get("channel") or "ARFCN"
            if units[column] == "ARFCN":
                notes.append(f"{column}: {channel} read as channel numbers (ARFCN)")
    _settle_tilt(columns, notes, tilt)
    if power and "power_dbm" not in columns:
        notes.append(f"{power} is the power of one resource element, not of the sector: not read")
    if (
        "power_dbm" in columns
        and not units.get("power_dbm")
        and columns["power_dbm"] != "power_dbm"
    ):
        notes.append(f"power_dbm: {columns['power_dbm']} states no unit; read as dBm")
    if table in ("sites", "sectors"):
        _instead(columns, "site_id", "node_id", notes, given)
        _instead(columns, "sector_id", "sector_name", notes, given)
    if table == "sectors":
        _instead(columns, "name", "sector_name", [], given)


def _settle_tilt(columns: dict[str, str], notes: list[str], tilt: str) -> None:
    if not tilt:
        return
    parted = [c for c in ("mechanical_tilt_deg", "electrical_tilt_deg") if c in columns]
    if parted:
        notes.append(f"{tilt} left: {' and '.join(columns[c] for c in parted)} read")
        return
    columns["mechanical_tilt_deg"] = tilt
    notes.append(f"mechanical_tilt_deg: {tilt} is the whole tilt, electrical and mechanical")


def _instead(
    columns: dict[str, str],
    column: str,
    other: str,
    notes: list[str],
    given: Mapping[str, str] | frozenset[str],
) -> None:
    """Read a column from another where it is not there."""
    if column not in columns and other in columns and column not in given:
        columns[column] = columns[other]
        notes.append(f"{column}: read from {columns[other]}; no better header is there")
