"""Check what a planner asks of a raster import before a single cell is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rasterio.crs import CRS

from siting.errors import ConfigurationError, DataError, Problem
from siting.layers.datum.crs import declared_crs
from siting.layers.rasters.surfaces import density_named, feet_named, surface_name
from siting.layers.rasters.tiles import name_of
from siting.layers.wide import RASTER_LAYERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.layers.rasters.model import Fill
    from siting.layers.rasters.tiles import Tile
    from siting.layers.wide import RasterLayer

FILLS = {
    "dem": ("nearest", "interpolate"),
    "surface": ("nearest", "interpolate"),
    "landcover": ("nearest",),
    "population": ("zero",),
}
"""Fills of each layer: classes have nothing between them, and nobody may be invented."""
METRES = {"": 1.0, "m": 1.0, "ft": 0.3048}
"""The foot as it is defined since 1959; the US survey foot differs by 2 mm in 1 km."""
DEGREES = {"wgs84": "EPSG:4326", "cgcs2000": "EPSG:4490"}


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a planner says of a raster; siting.layers.rasters.import_raster tells what each means."""

    fill: Fill
    max_fill_share: float
    nodata: float | None
    unit: str
    bare_earth: bool
    zero_is_sea: bool
    water_outside: bool
    first_wins: bool
    margin_km: float | None


def layer_named(name: str) -> RasterLayer:
    """Return the raster layer of that name, or raise ConfigurationError with those there are."""
    if name not in RASTER_LAYERS:
        remedy = f"choose one of {', '.join(RASTER_LAYERS)}"
        raise ConfigurationError(Problem(what=f"{name} is no raster layer", remedy=remedy))
    return RASTER_LAYERS[name]


def require_choices(layer: RasterLayer, choices: Choices) -> None:
    """Raise ConfigurationError with the choices that cannot be made for a layer."""
    problems = []
    fill, margin_km, unit = choices.fill, choices.margin_km, choices.unit
    if fill and fill not in FILLS[layer.name]:
        what = f"{fill} is no fill of {layer.name}"
        remedy = f"choose {' or '.join(FILLS[layer.name])}, or none, which refuses voids"
        problems.append(Problem(column="fill", what=what, remedy=remedy))
    if not 0.0 <= choices.max_fill_share <= 1.0:
        remedy = "give a share from 0 to 1"
        what = f"{choices.max_fill_share:g} is no share"
        problems.append(Problem(column="max_fill_share", what=what, remedy=remedy))
    if unit not in METRES or (unit and layer.unit != "m"):
        remedy = "give m or ft, and only for heights"
        problems.append(Problem(column="unit", what=f"{unit} cannot be used", remedy=remedy))
    for name in ("water_outside", "zero_is_sea"):
        if getattr(choices, name) and layer.unit != "m":
            what, remedy = "only heights have a sea level", "leave it out"
            problems.append(Problem(column=name, what=what, remedy=remedy))
    if margin_km is not None and not 0.0 <= margin_km <= 1000.0:
        remedy = "give 0 to 1000 km, or leave it out to keep all"
        what = f"{margin_km:g} km cannot be used"
        problems.append(Problem(column="margin_km", what=what, remedy=remedy))
    if problems:
        raise ConfigurationError(problems)


def crs_option(text: str) -> CRS | None:
    """Return the CRS of an option, None for "".

    Raises
    ------
    ConfigurationError
        Where it is no CRS, a datum that is shifted on purpose, Beijing 1954 or Xi'an 1980.

    """
    if not text:
        return None
    said = declared_crs(text, option="--crs")
    crs = said.crs or DEGREES.get(said.datum, "")
    if not crs:
        what = f"{text} names no CRS that cells can lie in; its shift bends them"
        remedy = "give a code such as EPSG:4326 or EPSG:4490"
        raise ConfigurationError(Problem(column="--crs", what=what, remedy=remedy))
    return CRS.from_user_input(crs)


def old_datum_problems(tile: Tile) -> list[Problem]:
    """Return that a tile declares a datum that is not public (Beijing 1954, Xi'an 1980)."""
    try:
        declared_crs(name_of(tile.grid.crs), file=tile.path.name)
    except DataError as error:
        return list(error.problems)
    return []


def require_names(tiles: Sequence[Tile], layer: RasterLayer, choices: Choices) -> None:
    """Raise ConfigurationError where names, tags or units of the tiles speak against the layer."""
    words = [word for tile in tiles for word in tile.words]
    units = [one for tile in tiles for one in tile.units]
    file, problems = tiles[0].path.name, []
    surface = surface_name(words)
    if layer.name == "dem" and surface and not choices.bare_earth:
        what = f"is called after {surface}, which is a surface with buildings and trees"
        remedy = "import it --as surface, or confirm with --bare-earth that they were taken away"
        problems.append(Problem(file=file, what=what, remedy=remedy))
    if layer.unit == "m" and feet_named(units) and not choices.unit:
        what = (
            f"heights are in {next(one for one in units if feet_named([one]))}, by its own header"
        )
        remedy = "--unit ft turns feet into metres; --unit m says that they are metres"
        problems.append(Problem(file=file, column="unit", what=what, remedy=remedy))
    if layer.name == "population" and density_named([*words, *units]):
        what = "holds people per area by its name or header, not people per cell"
        remedy = "give the raster of counts of the same series"
        problems.append(Problem(file=file, column="unit", what=what, remedy=remedy))
    if layer.whole_numbers and any((one.scale, one.offset) != (1.0, 0.0) for one in tiles):
        what = "has a scale or an offset, which classes cannot have"
        problems.append(Problem(file=file, what=what, remedy="export the classes as they are"))
    if problems:
        raise ConfigurationError(problems)
