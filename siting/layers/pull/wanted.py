"""What may be pulled: the words of the command, the layers they fill, where from, by which licence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.layers.formats.osm_tags import OSM_LAYERS, LayerTags, Take

if TYPE_CHECKING:
    from collections.abc import Mapping

OVERPASS = "https://overpass-api.de/api/interpreter"
COPERNICUS = "https://copernicus-dem-30m.s3.amazonaws.com"
WORLDCOVER = "https://esa-worldcover.s3.eu-central-1.amazonaws.com/v200/2021/map"
WORLDPOP = (
    "https://data.worldpop.org/GIS/Population/Global_2000_2020_Constrained/2020/BSGM/CHN"
    "/chn_ppp_2020_constrained.tif"
)
ADDRESSES: Mapping[str, str] = {
    "overpass": OVERPASS,
    "copernicus": COPERNICUS,
    "worldcover": WORLDCOVER,
    "worldpop": WORLDPOP,
}
"""Where each source is asked, unless another address is given."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Who publishes something: words for the column `source`, and the licence with attribution."""

    name: str
    licence: str


OPENSTREETMAP = Source(
    name="OpenStreetMap",
    licence="ODbL 1.0; © OpenStreetMap contributors, openstreetmap.org/copyright",
)
GLO30 = Source(
    name="Copernicus DEM GLO-30 (DSM)",
    licence="Copernicus DEM licence, free of charge; © DLR e.V. 2010-2014 and © Airbus Defence and"
    " Space GmbH 2014-2018 provided under COPERNICUS by the European Union and ESA; all rights"
    " reserved",
)
ESA_WORLDCOVER = Source(
    name="ESA WorldCover 10 m 2021 v200",
    licence="CC BY 4.0; © ESA WorldCover project 2021 / Contains modified Copernicus Sentinel data"
    " (2021) processed by ESA WorldCover consortium",
)
WORLDPOP_2020 = Source(
    name="WorldPop 100 m 2020, constrained", licence="CC BY 4.0; © WorldPop, worldpop.org"
)

TOWNSHIP_BOUNDARIES = LayerTags(
    takes=(
        Take(
            key="boundary",
            values=("administrative",),
            shapes=("area",),
            also={"admin_level": "8"},
        ),
    )
)


@dataclass(frozen=True, kw_only=True)
class Objects:
    """Objects of OpenStreetMap for one layer.

    Attributes
    ----------
    layer
        The layer that they go to.
    tags
        Which objects count, and what becomes of their tags.
    side_deg
        Width and height of the areas that are asked for at once, at most [degree].
    fills
        Whether they only fill in the places of rows that the layer has, found by name; a layer
        that is not there is then made of them where `may_be_new`.
    may_be_new
        See `fills`: units have codes, which OpenStreetMap does not know, and cannot be made.

    """

    layer: str
    tags: LayerTags
    side_deg: float = 1.0
    fills: bool = False
    may_be_new: bool = True


def _of(layer: str, side_deg: float = 1.0, *, fills: bool = False) -> Objects:
    return Objects(layer=layer, tags=OSM_LAYERS[layer], side_deg=side_deg, fills=fills)


def _units(layer: str, tags: LayerTags) -> Objects:
    return Objects(layer=layer, tags=tags, fills=True, may_be_new=False)


OBJECTS: Mapping[str, tuple[Objects, ...]] = {
    "places": (
        _units("townships", OSM_LAYERS["townships"]),
        _units("villages", OSM_LAYERS["villages"]),
    ),
    "boundaries": (
        _units("counties", OSM_LAYERS["counties"]),
        _units("townships", TOWNSHIP_BOUNDARIES),
    ),
    "roads": (_of("roads", 0.5),),
    "rail": (_of("rail"),),
    "water": (_of("water", 0.5),),
    "power": (_of("power"),),
    "buildings": (_of("buildings", 0.25),),
    "ports": (_of("ports", fills=True),),
    "industrial": (Objects(layer="parks", tags=OSM_LAYERS["parks"], fills=True),),
    "public_places": (_of("public_places"),),
}
"""What OpenStreetMap is asked for, in the order in which it is laid down: areas after points."""

RASTERS: Mapping[str, str] = {
    "dem": "surface",
    "landcover": "landcover",
    "population": "population",
}
"""The layer of each raster. GLO-30 is a surface with buildings and trees, so `dem` gives `surface`."""

WHAT = (*OBJECTS, *RASTERS)
"""Everything that may be pulled."""


def tile_address(urls: Mapping[str, str], what: str, name: str) -> str:
    """Return the address of a published tile; those of GLO-30 lie in a folder each."""
    if what == "dem":
        return f"{urls['copernicus'].rstrip('/')}/{name}/{name}.tif"
    return f"{urls['worldcover'].rstrip('/')}/{name}.tif"
