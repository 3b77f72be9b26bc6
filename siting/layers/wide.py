"""Layers that may have millions of rows: an import writes them, a plan reads them when it needs them.

They are optional. Each is one GeoPackage of ours, NAME.gpkg, with the columns below and a row in
the catalogue that holds its hash; a raster is one GeoTIFF of ours, NAME.tif. A DEM and a surface
are two layers: bare earth, and earth with what stands on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.layers.schema import PROVENANCES, Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

TECHNOLOGIES = ("NR", "LTE", "NB-IoT", "other")
"""Radio technology of a sector or of a measurement."""


def _text(name: str) -> Column:
    return Column(name=name, required=False, blank=True)


def _number(
    name: str, minimum: float | None = None, maximum: float | None = None, *, required: bool = False
) -> Column:
    return Column(
        name=name,
        kind="number",
        required=required,
        blank=not required,
        default=float("nan"),
        minimum=minimum,
        maximum=maximum,
    )


_LON_LAT = (_number("lon", required=True), _number("lat", required=True))
_ROW_SOURCE = (Column(name="provenance", words=PROVENANCES), _text("source"), _text("vintage"))
_NAMED = (_text("id"), _text("name"), _text("name_en"), _text("kind"))

SECTORS = Table(
    name="sectors",
    key="sector_id",
    places="point",
    required=False,
    badges=False,
    columns=(
        Column(name="sector_id"),
        Column(name="site_id"),
        _text("name"),
        _number("azimuth_deg", 0.0, 360.0),
        _number("mechanical_tilt_deg", -30.0, 90.0),
        _number("electrical_tilt_deg", -30.0, 90.0),
        _number("height_m", 0.0, 500.0),
        _number("power_dbm", -30.0, 80.0),
        _number("carrier_mhz", 300.0, 100_000.0),
        Column(name="technology", words=TECHNOLOGIES, required=False, blank=True),
        _text("operator"),
        _text("pci"),
        *_LON_LAT,
        *_ROW_SOURCE,
    ),
)
"""One row per cell of a site: what a 工参 table lists; imported together with `sites`."""

MEASUREMENTS = Table(
    name="measurements",
    places="point",
    required=False,
    badges=False,
    columns=(
        _text("time"),
        _number("rsrp_dbm", -160.0, -20.0, required=True),
        _number("sinr_db", -40.0, 60.0),
        _number("download_mbps", 0.0),
        _number("upload_mbps", 0.0),
        _number("carrier_mhz", 300.0, 100_000.0),
        Column(name="technology", words=TECHNOLOGIES, required=False, blank=True),
        _text("operator"),
        _text("pci"),
        _text("site_id"),
        _text("sector_id"),
        *_LON_LAT,
        *_ROW_SOURCE,
    ),
)

ROADS = Table(
    name="roads",
    places="line",
    required=False,
    badges=False,
    columns=(
        *_NAMED,
        _text("ref"),
        _text("oneway"),
        _number("maxspeed_kmh", 0.0, 200.0),
        *_ROW_SOURCE,
    ),
)
RAIL = Table(name="rail", places="line", required=False, badges=False, columns=_NAMED + _ROW_SOURCE)
WATER = Table(
    name="water", places="any", required=False, badges=False, columns=_NAMED + _ROW_SOURCE
)
POWER = Table(
    name="power",
    places="any",
    required=False,
    badges=False,
    columns=(*_NAMED, _number("voltage_kv", 0.0, 1500.0), *_ROW_SOURCE),
)
BUILDINGS = Table(
    name="buildings",
    places="outline",
    required=False,
    badges=False,
    columns=(
        *_NAMED,
        _number("height_m", 0.0, 1000.0),
        _number("storeys", 0.0, 250.0),
        *_ROW_SOURCE,
    ),
)

WIDE_TABLES: Mapping[str, Table] = {
    table.name: table for table in (ROADS, RAIL, WATER, POWER, BUILDINGS, MEASUREMENTS, SECTORS)
}
"""The wide tables by name, in the order in which layers are listed."""


@dataclass(frozen=True, kw_only=True)
class RasterLayer:
    """One kind of raster: what a cell holds, its unit and the values that can be true."""

    name: str
    holds: str
    unit: str
    minimum: float
    maximum: float
    whole_numbers: bool = False


RASTER_LAYERS: Mapping[str, RasterLayer] = {
    layer.name: layer
    for layer in (
        RasterLayer(
            name="dem", holds="height of the bare earth", unit="m", minimum=-430.0, maximum=8850.0
        ),
        RasterLayer(
            name="surface",
            holds="height of the surface with buildings and trees",
            unit="m",
            minimum=-430.0,
            maximum=9500.0,
        ),
        RasterLayer(
            name="landcover",
            holds="ESA WorldCover class",
            unit="class",
            minimum=0.0,
            maximum=255.0,
            whole_numbers=True,
        ),
        RasterLayer(
            name="population", holds="people", unit="people per cell", minimum=0.0, maximum=1e7
        ),
    )
}
"""The rasters by name; -430 m is the shore of the Dead Sea, the lowest land."""
