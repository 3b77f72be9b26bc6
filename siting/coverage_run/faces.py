"""The antenna faces of a network as one table, from sectors or from sites; what is assumed is counted.

Columns: sector_id, site_id, kind, x_m, y_m, height_m, band [MHz], azimuth_deg (NaN: the same in all
directions), tilt_deg, power_dbm (NaN: of the radio), provenance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

BANDS_MHZ: Mapping[str, tuple[float, float]] = {
    "700": (690.0, 810.0),
    "900": (870.0, 965.0),
    "2100": (1900.0, 2200.0),
    "2600": (2490.0, 2700.0),
    "3500": (3300.0, 3800.0),
    "4900": (4400.0, 5000.0),
}
"""Frequencies that belong to a band, uplink and downlink: 3GPP TS 38.104, Table 5.2-1."""
THREE_SECTORS_DEG = (0.0, 120.0, 240.0)
ASSUMED_TILT_DEG = {"macro": 6.0, "micro": 0.0}
"""Where a register names no tilt: general knowledge, unverified."""
HEIGHTS_M = {"macro": (10.0, 150.0), "micro": (3.0, 25.0)}
"""What TR 38.901 covers, Table 7.4.1-1 (UMa and RMa, UMi)."""
COLUMNS = (
    "sector_id", "site_id", "kind", "x_m", "y_m", "height_m", "band", "azimuth_deg", "tilt_deg",
    "power_dbm", "provenance",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Faces:
    """The table, `flags` of what was assumed for which row, and what was left out, counted."""

    table: pd.DataFrame
    flags: pd.DataFrame
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def assumed(self) -> dict[str, int]:
        """Return for how many rows each thing was assumed where the register is silent."""
        counts = {str(name): int(flags.sum()) for name, flags in self.flags.items()}
        return {name: count for name, count in counts.items() if count}


def band_of(mhz: float) -> str:
    """Return the band of a frequency [MHz], "" where no radio of ours has it.

    >>> band_of(763.0), band_of(3550.0), band_of(1850.0)
    ('700', '3500', '')
    """
    for band, (low, high) in BANDS_MHZ.items():
        if low <= mhz <= high:
            return band
    return ""


def faces_of_sites(sites: gpd.GeoDataFrame) -> Faces:
    """Return the faces of sites: three of a macro site in assumed directions, one round of a micro."""
    rows = []
    columns = ("site_id", "kind", "carriers", "height_m", "provenance")
    table = zip(*(sites[name] for name in columns), sites.geometry, strict=True)
    for site_id, kind, carriers, height_m, provenance, place in table:
        azimuths = THREE_SECTORS_DEG if kind == "macro" else (np.nan,)
        for word in str(carriers).split(";"):
            band = band_of(_number(word))
            for number, azimuth in enumerate(azimuths, start=1):
                rows.append(
                    (f"{site_id}-{word.strip()}-{number}", site_id, kind, place.x, place.y,
                     height_m, band, azimuth, np.nan, np.nan, provenance)
                )  # fmt: skip
    faces = _numbered(pd.DataFrame(rows, columns=list(COLUMNS)))
    return _completed(faces, {"azimuths at 0, 120 and 240 degrees": faces["azimuth_deg"].notna()})


def faces_of_sectors(sectors: gpd.GeoDataFrame, sites: gpd.GeoDataFrame | None) -> Faces:
    """Return the faces that a table of sectors lists; the kind is that of the site, where known."""
    kinds = {} if sites is None else dict(zip(sites["site_id"], sites["kind"], strict=True))
    tilts = sectors[["mechanical_tilt_deg", "electrical_tilt_deg"]]
    height = sectors["height_m"].to_numpy(float)
    low = np.isfinite(height) & (height < HEIGHTS_M["macro"][0])
    kind = sectors["site_id"].map(kinds).astype(object).to_numpy()
    unknown = pd.isna(kind)
    faces = pd.DataFrame(
        {
            "sector_id": sectors["sector_id"].astype(str),
            "site_id": sectors["site_id"].astype(str),
            "kind": np.where(unknown, np.where(low, "micro", "macro"), kind),
            "x_m": sectors.geometry.x,
            "y_m": sectors.geometry.y,
            "height_m": height,
            "band": [band_of(mhz) for mhz in sectors["carrier_mhz"]],
            "azimuth_deg": sectors["azimuth_deg"],
            "tilt_deg": tilts.sum(axis=1, min_count=1),
            "power_dbm": sectors["power_dbm"],
            "provenance": sectors["provenance"].astype(str),
        }
    ).reset_index(drop=True)
    assumed = {
        "kind by the height of the antenna": pd.Series(unknown, index=faces.index),
        "the same in all directions": faces["azimuth_deg"].isna(),
    }
    return _completed(_numbered(faces), assumed)


def of_bands(faces: Faces, bands: Sequence[str]) -> Faces:
    """Return the faces of some bands; the others are counted as left out."""
    wanted = faces.table["band"].isin(list(bands)).to_numpy()
    rest = int((~wanted).sum())
    left_out = dict(faces.left_out) | ({"sectors of another carrier": rest} if rest else {})
    flags = faces.flags[wanted].reset_index(drop=True)
    return Faces(table=faces.table[wanted].reset_index(drop=True), flags=flags, left_out=left_out)


def _completed(faces: pd.DataFrame, assumed: Mapping[str, pd.Series]) -> Faces:
    """Return the faces with tilts where none are given, without what no model covers."""
    silent = faces["tilt_deg"].isna().to_numpy()
    flags = pd.DataFrame({**assumed, "tilt of 6 degrees, micro 0": silent}, dtype=bool)
    faces["tilt_deg"] = faces["tilt_deg"].where(
        ~silent, faces["kind"].map(ASSUMED_TILT_DEG).fillna(0.0)
    )
    kind, height = faces["kind"], faces["height_m"].to_numpy(float)
    lowest = kind.map({name: ends[0] for name, ends in HEIGHTS_M.items()}).to_numpy(float)
    highest = kind.map({name: ends[1] for name, ends in HEIGHTS_M.items()}).to_numpy(float)
    indoor = kind.eq("indoor").to_numpy()
    beyond = ~indoor & ~((height >= lowest) & (height <= highest))
    other = ~indoor & ~beyond & faces["band"].eq("").to_numpy()
    left_out = {
        "indoor sectors, which serve their own building": int(indoor.sum()),
        "sectors at a height that TR 38.901 does not cover": int(beyond.sum()),
        "sectors of a carrier without a radio": int(other.sum()),
    }
    kept = ~(indoor | beyond | other)
    return Faces(
        table=faces[kept].reset_index(drop=True),
        flags=flags[kept].reset_index(drop=True),
        left_out={name: count for name, count in left_out.items() if count},
    )


def _numbered(faces: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of numbers as numbers."""
    names = ["x_m", "y_m", "height_m", "azimuth_deg", "tilt_deg", "power_dbm"]
    faces[names] = faces[names].astype(float)
    return faces


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return float("nan")
