"""What every table of a city must hold: columns, types, value sets, keys. The one place.

A column is `text`, `integer`, `number` or `flag` (true or false). A column that is `required` must
be there; a cell may be empty where `blank` says so, and then reads as `default`. Coordinates in
CSV are WGS 84 degrees; a GeoPackage or GeoJSON carries its own geometry and needs no `lon`, `lat`.
Columns that are not listed here are kept as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind: TypeAlias = Literal["text", "integer", "number", "flag"]
Places: TypeAlias = Literal["none", "outline", "point", "line", "any"]

PROVENANCES = ("official", "surveyed", "generalised", "approximate", "modelled")
"""How a row is known, from best to least."""

URBAN_RURAL_CLASSES = ("111", "112", "121", "122", "123", "210", "220")
"""Urban-rural classes of the National Bureau of Statistics, most urban first."""

TOWNSHIP_TYPES = ("街道", "镇", "乡", "zone")
RELIEFS = ("urban", "plain", "hill", "mountain")
VILLAGE_KINDS = ("village_committee", "community", "other")
SITE_KINDS = ("macro", "micro", "indoor")
ROOM_ROLES = ("core", "operator")
PROTECTED_KINDS = ("heritage", "reserve", "reservoir", "wetland", "airport", "scenic")
OPEN_DATUMS = ("", "WGS 84", "WGS84", "CGCS2000", "EPSG:4326", "EPSG:4490")
"""Datums that need no shift here; GCJ-02 and BD-09 do, and are refused."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its type and what a cell may hold; `refers_to` names the table of its codes.

    A column that is `made` may be left out, or blank in every row: we fill it and say so. `digits`
    are asked for in a city whose counties have codes of six digits.
    """

    name: str
    kind: Kind = "text"
    required: bool = True
    blank: bool = False
    default: float | str = ""
    words: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    digits: int | None = None
    refers_to: str = ""
    made: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: its columns, the column that names a row, and what its geometry is.

    `badges` says that a row may have no place of its own.
    """

    name: str
    columns: tuple[Column, ...]
    key: str = ""
    places: Places = "none"
    required: bool = True
    badges: bool = True

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


def _optional(name: str) -> Column:
    return Column(name=name, required=False, blank=True)


def _number(
    name: str,
    *,
    required: bool = False,
    blank: bool = True,
    default: float = float("nan"),
    minimum: float | None = 0.0,
    maximum: float | None = None,
) -> Column:
    return Column(
        name=name,
        kind="number",
        required=required,
        blank=blank,
        default=default,
        minimum=minimum,
        maximum=maximum,
    )


def _code(
    name: str, digits: int, refers_to: str = "", *, blank: bool = False, made: bool = False
) -> Column:
    return Column(
        name=name,
        digits=digits,
        refers_to=refers_to,
        blank=blank,
        required=not blank,
        made=made,
    )


# No range here: geography.py tells metres, swapped axes and far places apart, in plain words.
_LON_LAT = (
    _number("lon", required=True, minimum=None),
    _number("lat", required=True, minimum=None),
)
_ROW_SOURCE = (
    Column(name="provenance", words=PROVENANCES),
    _optional("source"),
    _optional("vintage"),
)
_PLACE = (
    Column(name="id"),
    Column(name="name"),
    _optional("name_en"),
    _optional("kind"),
    *_LON_LAT,
    _number("radius_km", default=0.0, maximum=100.0),
    _code("county_code", 6, "counties", blank=True),
    _optional("clause"),
    _optional("note"),
    *_ROW_SOURCE,
)

COUNTIES = Table(
    name="counties",
    key="code",
    places="outline",
    columns=(
        _code("code", 6, made=True),
        Column(name="name"),
        _optional("name_en"),
        Column(name="population", kind="integer", required=False, blank=True, default=0, minimum=0),
        Column(name="in_denominator", kind="flag", default=True, made=True),
        _optional("planning_unit"),
        _number("seat_lon", minimum=None),
        _number("seat_lat", minimum=None),
        Column(name="provenance", words=PROVENANCES, default="approximate", made=True),
        _optional("source"),
        _optional("vintage"),
    ),
)
TOWNSHIPS = Table(
    name="townships",
    key="code",
    places="point",
    required=False,
    columns=(
        _code("code", 9, made=True),
        Column(name="name"),
        _optional("name_en"),
        _code("county_code", 6, "counties", made=True),
        Column(name="type", words=TOWNSHIP_TYPES, default="镇", made=True),
        _optional("planning_unit"),
        *_LON_LAT,
        _number("uncertainty_km", required=True, default=0.0, maximum=100.0),
        _optional("basis"),
        _number("area_km2"),
        _number("population"),
        _optional("population_kind"),
        Column(name="relief", words=RELIEFS, blank=True, default="plain"),
        _number("local_relief_m"),
        _code("host_township_code", 9, "townships", blank=True),
        *_ROW_SOURCE,
    ),
)
VILLAGES = Table(
    name="villages",
    key="code",
    places="point",
    required=False,
    columns=(
        _code("code", 12, made=True),
        Column(name="name"),
        _optional("name_en"),
        _code("township_code", 9, "townships", made=True),
        _code("county_code", 6, "counties", made=True),
        Column(name="urban_rural_class", words=URBAN_RURAL_CLASSES, made=True),
        Column(name="kind", words=VILLAGE_KINDS, default="other", made=True),
        _number("lon", minimum=None),
        _number("lat", minimum=None),
        _number("population"),
        _number("location_radius_m", maximum=100_000.0),
        *_ROW_SOURCE,
    ),
)
PORTS = Table(name="ports", key="id", places="any", columns=_PLACE, required=False)
PARKS = Table(name="parks", key="id", places="any", columns=_PLACE, required=False)
PROJECTS = Table(name="projects", key="id", places="any", columns=_PLACE, required=False)
PROTECTED = Table(
    name="protected",
    key="id",
    places="any",
    required=False,
    columns=(
        *(column for column in _PLACE if column.name != "kind"),
        Column(name="kind", words=PROTECTED_KINDS),
        _optional("outline"),
    ),
)
DATA_CENTRES = Table(
    name="data_centres",
    key="id",
    places="any",
    required=False,
    columns=(*_PLACE, Column(name="role", words=ROOM_ROLES)),
)
PUBLIC_PLACES = Table(
    name="public_places", key="id", places="any", columns=_PLACE, required=False, badges=False
)
SITES = Table(
    name="sites",
    key="site_id",
    places="point",
    required=False,
    badges=False,
    columns=(
        Column(name="site_id"),
        _optional("name"),
        Column(name="kind", words=SITE_KINDS),
        Column(name="stations", kind="integer", minimum=1, maximum=100),
        Column(name="carriers"),
        _number("height_m", required=True, maximum=500.0),
        *_LON_LAT,
        *(_optional(name) for name in ("operator", "owner", "address", "batch")),
        *(_optional(name) for name in ("county", "township", "village")),
        *_ROW_SOURCE,
    ),
)
# The ledger and its progress are read and checked by siting.targets, which knows their columns.
TARGETS = Table(
    name="targets", key="id", columns=(Column(name="id"), Column(name="phrase")), required=False
)
PROGRESS = Table(name="progress", columns=(Column(name="target"),), required=False)
CATALOGUE = Table(
    name="catalogue",
    required=False,
    columns=(
        Column(name="layer"),
        Column(name="file"),
        *(_optional(name) for name in ("source", "source_url", "licence", "crs", "datum")),
        *(_optional(name) for name in ("vintage", "rows", "sha256", "provenance", "note")),
        # of an imported layer: the file it came from, that file's hash, and how it was read
        *(_optional(name) for name in ("origin", "origin_sha256", "read_as")),
    ),
)

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        COUNTIES,
        TOWNSHIPS,
        VILLAGES,
        PORTS,
        PARKS,
        PROTECTED,
        PROJECTS,
        DATA_CENTRES,
        TARGETS,
        PROGRESS,
        PUBLIC_PLACES,
        SITES,
        CATALOGUE,
    )
}
"""Every table by its name, in the order in which layers are listed."""
