"""Import a raster: check it against the counties, fill what may be filled, write a GeoTIFF of ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import DataError, Problem
from siting.layers.rasters.area import county_area, shape_on, uncovered_km2
from siting.layers.rasters.fill import filling
from siting.layers.rasters.judge import (
    WORLDCOVER,
    cover_problems,
    people_problems,
    tile_problems,
    value_problems,
    void_problems,
    void_words,
    zero_blocks,
)
from siting.layers.rasters.mosaic import CLASS_SENTINELS, SENTINELS, Mosaic, common_grid, cut
from siting.layers.rasters.options import (
    METRES,
    Choices,
    crs_option,
    layer_named,
    old_datum_problems,
    require_choices,
    require_names,
)
from siting.layers.rasters.report import report
from siting.layers.rasters.scan import scan
from siting.layers.rasters.tiles import find_tiles, open_tiles
from siting.layers.rasters.write import sha256_of, write_cog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.layers.rasters.area import CountyArea
    from siting.layers.rasters.model import Fill, Progress, RasterReport, VoidReport
    from siting.layers.rasters.scan import Scan
    from siting.layers.rasters.tiles import Tile
    from siting.layers.wide import RasterLayer

SLACK = {"dem": 0.5, "surface": 0.5, "landcover": 0.0, "population": 0.01}
"""Tiles may differ by this much where they overlap: heights [m], people, no class."""


def import_raster(  # noqa: PLR0913 - what a planner may say of a raster, each by its name
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
    water_outside: bool = False,
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
        The largest share of the cells inside the counties that may be filled, 0 to 1; it does not
        bind "zero".
    nodata
        A value that stands for "no value" and is not declared in the source.
    unit
        "m" or "ft": the unit of heights, where the source says feet.
    bare_earth
        True confirms that a `dem` with the name of a surface model holds the bare earth.
    zero_is_sea
        True confirms that blocks of exactly 0 m are water and no voids.
    water_outside
        True says that void cells outside the counties are water at 0 m; they are marked 2.
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
    kind, tell = layer_named(layer), progress or _silent
    choices = Choices(
        fill=fill,
        max_fill_share=max_fill_share,
        nodata=nodata,
        unit=unit,
        bare_earth=bare_earth,
        zero_is_sea=zero_is_sea,
        water_outside=water_outside,
        first_wins=first_wins,
        margin_km=margin_km,
    )
    require_choices(kind, choices)
    tiles = _opened(source, crs)
    require_names(tiles, kind, choices)
    area = county_area(directory)
    mosaic = _mosaic(tiles, kind, area, choices)

    found, voids, notes = _checked(mosaic, kind, area, choices, tell)
    whole = _holds_whole_numbers(mosaic)
    cells = filling(mosaic, area, fill, whole_numbers=whole or kind.whole_numbers, tell=tell)
    path = Path(target) if target is not None else Path(directory) / f"{layer}.tif"
    before, dtype = sha256_of(path), _stored(kind, whole=whole)
    write_cog(mosaic, cells, path, layer=kind, dtype=dtype, water_outside=water_outside, tell=tell)
    return report(
        path,
        mosaic,
        cells,
        found,
        voids,
        layer=kind,
        census=area.census,
        choices=choices,
        dtype=dtype,
        before=before,
        notes=notes,
    )


def _silent(step: str, share: float) -> None:
    """Tell nobody."""


def _opened(source: str | Path | Sequence[str | Path], crs: str) -> list[Tile]:
    """Return the tiles of a source, in a CRS that is public."""
    tiles = open_tiles(find_tiles(source), crs=crs_option(crs))
    problems = [problem for tile in tiles for problem in old_datum_problems(tile)]
    if problems:
        raise DataError(problems)
    return tiles


def _mosaic(
    tiles: Sequence[Tile],
    layer: RasterLayer,
    area: CountyArea,
    choices: Choices,
) -> Mosaic:
    """Return the tiles on their grid, cut where a margin is given; all counties lie on it."""
    grid = common_grid(tiles)
    problems = cover_problems(tiles[0].path.name, uncovered_km2(area, grid), area)
    if problems:
        raise DataError(problems)
    if choices.margin_km is not None:
        across, along = grid.row_sides_m()
        more_x = choices.margin_km * 1000.0 / float(across.min()) * grid.dx
        more_y = choices.margin_km * 1000.0 / float(along.min()) * grid.dy
        west, south, east, north = shape_on(area.shape, grid).bounds
        grid = cut(grid, (west - more_x, south - more_y, east + more_x, north + more_y))
    return Mosaic(
        grid=grid,
        tiles=tuple(tiles),
        sentinels=CLASS_SENTINELS if layer.whole_numbers else SENTINELS,
        nodata=choices.nodata,
        factor=METRES[choices.unit],
        slack=SLACK[layer.name],
    )


def _checked(
    mosaic: Mosaic, layer: RasterLayer, area: CountyArea, choices: Choices, tell: Progress
) -> tuple[Scan, VoidReport, tuple[str, ...]]:
    """Return what the cells hold, or raise DataError with everything that is wrong with them."""
    classes = WORLDCOVER if layer.name == "landcover" else frozenset[int]()
    found = scan(mosaic, layer, area, classes=classes, tell=tell)
    voids = void_words(found, area)
    file, notes = mosaic.tiles[0].path.name, tuple[str, ...]()
    problems = value_problems(file, found, layer)
    problems += tile_problems(file, found, first_wins=choices.first_wins)
    if layer.unit == "m" and found.valid:
        zeros, notes = zero_blocks(file, found, zero_is_sea=choices.zero_is_sea)
        problems += zeros
    if layer.name == "population":
        problems += people_problems(file, found, area.census)
    if found.valid:
        problems += _void_problems(file, found, voids, layer, choices)
    if problems:
        raise DataError(problems)
    return found, voids, notes


def _void_problems(
    file: str, found: Scan, voids: VoidReport, layer: RasterLayer, choices: Choices
) -> list[Problem]:
    """Return the voids inside the counties, unless they may be filled."""
    if not choices.fill:
        return void_problems(file, voids, layer)
    share = found.void_inside / found.inside if found.inside else 0.0
    if choices.fill == "zero" or share <= choices.max_fill_share:
        return []
    places = "; ".join(str(void) for void in voids.voids)
    what = f"{share:.2%} of the cells inside the counties are void; the largest: {places}"
    more = f"--max-fill-share allows more than {choices.max_fill_share:.2%}"
    remedy = f"get the tile that lacks; {more}"
    return [Problem(file=file, column="fill", what=what, remedy=remedy)]


def _holds_whole_numbers(mosaic: Mosaic) -> bool:
    plain = all((one.scale, one.offset) == (1.0, 0.0) for one in mosaic.tiles)
    whole = all(np.dtype(one.dtype).kind in "iu" for one in mosaic.tiles)
    return plain and whole and mosaic.factor == 1.0


def _stored(layer: RasterLayer, *, whole: bool) -> str:
    """Return how a cell is stored: classes in a byte, whole heights in 16 bits, else float32."""
    if layer.whole_numbers:
        return "uint8"
    return "int16" if whole and layer.unit == "m" else "float32"
