"""Import a raster: check it against the counties, fill what may be filled, write a GeoTIFF of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.errors import NotBuiltError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from siting.layers.rasters.model import Fill, Progress, RasterReport


def import_raster(
    source: str | Path | Sequence[str | Path],
    *,
    layer: str,
    directory: str | Path,
    target: str | Path | None = None,
    crs: str = "",
    fill: Fill = "",
    max_fill_share: float = 0.02,
    nodata: float | None = None,
    unit: str = "",
    bare_earth: bool = False,
    zero_is_sea: bool = False,
    first_wins: bool = False,
    margin_km: float | None = None,
    progress: Progress | None = None,
) -> RasterReport:
    """Write a raster layer of ours, NAME.tif, from a file, a folder or a list of tiles.

    Parameters
    ----------
    source
        A raster, a folder of tiles of one grid, or a list of them (the first is laid on top).
    layer
        `dem`, `surface`, `landcover` or `population`.
    directory
        The folder of layers, which holds the outline of the counties.
    target
        The file to write; `directory`/NAME.tif where it is not given.
    crs
        The CRS of a source that declares none, such as EPSG:4326.
    fill
        "" refuses voids inside the counties. "nearest" and "interpolate" (inverse distance to the
        nearest values) fill them and mark them in a second band; "zero" says of a population
        raster that nobody lives there.
    max_fill_share
        The largest share of the cells inside the counties that may be filled, 0 to 1.
    nodata
        A value that stands for "no value" and is not declared in the source.
    unit
        "m" or "ft": the unit of heights, where the source says feet.
    bare_earth
        True confirms that a `dem` with the name of a surface model holds the bare earth.
    zero_is_sea
        True confirms that blocks of exactly 0 m are water and no voids.
    first_wins
        True lays tiles that disagree where they overlap, the first on top.
    margin_km
        Keep only what lies within this distance of the counties' bounds [km]; None keeps all.
    progress
        Told what is done.

    Raises
    ------
    MissingDataError
        Where the source or the counties are not there.
    ConfigurationError
        Where an option is needed or cannot be used.
    DataError
        With every problem of the source; nothing is written.

    """
    raise NotBuiltError(Problem(what="rasters are not imported yet", remedy="wait"))
