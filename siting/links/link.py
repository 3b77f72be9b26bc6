"""One link of the network: from a mast and a point to its profile, its losses and its picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siting.coverage.link_losses import LinkLosses, link_levels_dbm, link_losses
from siting.coverage.link_profile import LinkProfile, link_profile, terrain_profile
from siting.coverage.radio_file import read_radio
from siting.coverage.ranges import RangeCheck
from siting.coverage.terrain import read_terrain
from siting.errors import ConfigurationError, MissingDataError, Problem
from siting.links.words import picture_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from siting.coverage.radio_parts import RadioFile

DEGREES = "EPSG:4326"
USUAL_RADIO = {"macro": "macro_3500_64t", "micro": "micro_3500_4t", "indoor": "pico_3500_4t"}
_AROUND_M = 500.0  # of the DEM beyond both ends
_LOW_BAND_GHZ = 1.0


@dataclass(frozen=True, kw_only=True)
class Mast:
    """Where an antenna stands: WGS 84 degrees, height above ground [m], what it is called."""

    lon: float
    lat: float
    height_m: float
    name: str = ""
    kind: str = "macro"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A mast and a point, what stands between them, and what arrives."""

    mast: Mast
    point: tuple[float, float]
    radio: RadioFile
    path: LinkProfile
    losses: LinkLosses
    levels_dbm: Mapping[str, float]
    dem: str
    surface: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return every figure of the link, as `--json` prints it; `None` where there is none."""
        path, losses = self.path, self.losses
        figures = {
            "mast": {
                "name": self.mast.name,
                "lon": self.mast.lon,
                "lat": self.mast.lat,
                "height_m": self.mast.height_m,
            },
            "point": {"lon": self.point[0], "lat": self.point[1], "height_m": path.ue_height_m},
            "radio": self.radio.name,
            "carrier_ghz": path.carrier_ghz,
            "eirp_per_re_dbm": _known(self.radio.eirp_per_re_dbm),
            "scenario": losses.scenario,
            "dem": self.dem,
            "terrain": "surface" if self.surface else "bare_earth",
            "length_m": _known(path.length_m),
            "sight": path.sight,
            "least_clearance": _known(path.clearance),
            "nu": _known(path.nu),
            "edge": {"distance_m": _known(path.edge_m[0]), "height_m": _known(path.edge_m[1])},
        }
        names = ("free_space_db", "los_db", "nlos_db", "bullington_db", "delta_bullington_db",
                 "p1812_db", "combined_db", "los_probability")  # fmt: skip
        figures["losses"] = {name: _known(getattr(losses, name)) for name in names}
        figures["levels_dbm"] = {name: _known(level) for name, level in self.levels_dbm.items()}
        arrays = ("distance_m", "ground_m", "bulge_m", "ray_m", "fresnel_m")
        figures["profile"] = {name: getattr(path, name).round(3).tolist() for name in arrays}
        return figures


def mast_of_site(sites: gpd.GeoDataFrame, site_id: str, *, file: str = "sites.csv") -> Mast:
    """Return the mast of a site in a register or a plan.

    Raises
    ------
    ConfigurationError
        There is no such site; near names are told.

    """
    import difflib  # noqa: PLC0415 (only where a name is wrong)

    found = sites.loc[(sites["site_id"] == site_id).to_numpy()]
    if found.empty:
        known = sites["site_id"].astype(str).tolist()
        near = difflib.get_close_matches(site_id, known, n=3) or known[:3]
        remedy = f"use a site_id of the register, for example {', '.join(near)}"
        raise ConfigurationError(
            Problem(
                file=file, column="site_id", what=f"there is no site {site_id!r}", remedy=remedy
            )
        )
    row = found.iloc[0]
    place = found.geometry.to_crs(DEGREES).iloc[0]
    return Mast(
        lon=float(place.x),
        lat=float(place.y),
        height_m=float(row["height_m"]),
        name=site_id,
        kind=str(row.get("kind", "macro")),
    )


def link_between(
    mast: Mast,
    point: tuple[float, float],
    *,
    dem: Path,
    radio: str = "",
    scenario: str = "",
    ue_height_m: float = 1.5,
    surface: bool = False,
) -> Link:
    """Return the link between a mast and a point over a DEM.

    Parameters
    ----------
    mast, point
        Where they are; the point is (lon, lat) in WGS 84 degrees.
    dem
        A raster of heights [m]; it is read around the path only.
    radio
        A packaged radio or a radio file; by default the 3.5 GHz radio of the mast's kind.
    scenario
        `UMa`, `UMi`, `RMa` or `InH`; by default by the radio's kind, a macro below 1 GHz is RMa.
    ue_height_m
        Height of the terminal above the ground [m].
    surface
        The heights are of roofs and trees: the profile decides on line of sight, no chance does.

    Raises
    ------
    ConfigurationError
        A place, a height, the radio or the scenario cannot be used.
    DataError
        The DEM is missing, or does not reach both places without a void.

    """
    from pyproj import Transformer  # noqa: PLC0415 (slow to import)

    _require_degrees("from", mast.lon, mast.lat)
    _require_degrees("to", *point)
    used = read_radio(radio or USUAL_RADIO.get(mast.kind, USUAL_RADIO["macro"]))
    crs = utm_of(mast.lon, mast.lat)
    to_metres = Transformer.from_crs(DEGREES, crs, always_xy=True)
    ends = to_metres.transform(mast.lon, mast.lat), to_metres.transform(*point)
    _require_dem(dem)
    kind = "surface" if surface else "bare_earth"
    terrain = read_terrain(dem, crs, bounds=_around(*ends), kind=kind)
    path = link_profile(
        *terrain_profile(terrain, *ends),
        base_height_m=mast.height_m,
        ue_height_m=ue_height_m,
        carrier_ghz=used.carrier_ghz,
    )
    losses = link_losses(path, scenario=scenario or usual_scenario(used), surface=surface)
    levels = link_levels_dbm(losses, eirp_per_re_dbm=used.eirp_per_re_dbm)
    return Link(
        mast=mast,
        point=point,
        radio=used,
        path=path,
        losses=losses,
        levels_dbm=levels,
        dem=dem.name,
        surface=surface,
    )


def save_link(link: Link, path: str | Path, *, language: str = "zh") -> Path:
    """Write the picture of a link as a self-contained .svg or .png file."""
    from siting.maps.drawing import language_for_print  # noqa: PLC0415 (slow to import)
    from siting.maps.profile_plot import save_profile_plot  # noqa: PLC0415

    spoken = language_for_print(language)
    return save_profile_plot(picture_of(link, spoken), path, language=spoken)


def usual_scenario(radio: RadioFile) -> str:
    """Return the scenario of TR 38.901 that a radio is planned with when nobody says."""
    if radio.kind == "macro":
        return "RMa" if radio.carrier_ghz < _LOW_BAND_GHZ else "UMa"
    return {"micro": "UMi", "indoor": "InH"}[radio.kind]


def utm_of(lon: float, lat: float) -> str:
    """Return the UTM zone of a place.

    >>> utm_of(118.6, 24.9), utm_of(-68.1, -16.5)
    ('EPSG:32650', 'EPSG:32719')
    """
    zone = min(int((lon + 180.0) // 6.0) + 1, 60)
    return f"EPSG:{(32600 if lat >= 0.0 else 32700) + zone}"


def _around(
    one: tuple[float, float], other: tuple[float, float]
) -> tuple[float, float, float, float]:
    (x, y), (u, v) = one, other
    return (
        min(x, u) - _AROUND_M,
        min(y, v) - _AROUND_M,
        max(x, u) + _AROUND_M,
        max(y, v) + _AROUND_M,
    )


def _require_degrees(name: str, lon: float, lat: float) -> None:
    check = RangeCheck()
    check.within(name, lon, -180.0, 180.0, unit="degrees of longitude")
    check.within(name, lat, -80.0, 84.0, unit="degrees of latitude")
    check.raise_all()


def _require_dem(dem: Path) -> None:
    if not dem.exists():
        remedy = (
            "run siting layers pull dem and say --terrain surface, import one (--as dem), or name "
            "one with --dem FILE"
        )
        raise MissingDataError(Problem(file=dem.name, what="there is no DEM", remedy=remedy))


def _known(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
