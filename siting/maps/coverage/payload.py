"""Gather what the page of coverage carries: every raster as bytes on one grid, classes, words."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.maps.coverage.quantities import (
    SERVER_COLOURS,
    bins_of,
    class_labels,
    class_of,
    colours_of,
    edges_of,
)
from siting.maps.coverage.sample import WEB_MERCATOR, Grid, cells_in_one, grid_around, sample
from siting.maps.coverage.servers import server_colours, server_names
from siting.maps.coverage.words import facts, group_words, threshold_words, what_is_modelled
from siting.maps.encode import deflated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from siting.maps.coverage.source import CoverageRaster

NAMES = " names"  # ends the block that holds what the servers of a layer are called
LARGEST_BLOCKS = 2_300_000  # characters of all rasters: the page stays under 3 MB
_FINEST, _COARSEST, _FIRST = 1400, 120, 420  # cells of the grid's longer side


@dataclass(frozen=True, kw_only=True)
class CoveragePayload:
    """Layers as the page's script reads them, their packed values, and where the grid lies."""

    layers: list[dict[str, Any]]
    blocks: dict[str, str]
    grid: Grid
    bounds: tuple[float, float, float, float]


def coverage_payload(rasters: Sequence[CoverageRaster]) -> CoveragePayload:
    """Return everything that the page shows of some rasters, as fine as it can carry."""
    longest, made = _FIRST, _on_grid(rasters, _FIRST)
    size = sum(map(len, made[1].values()))
    wished = int(_FIRST * (0.92 * LARGEST_BLOCKS / max(size, 1)) ** 0.5)
    finest = max(made[2].width, made[2].height) < _FIRST  # the rasters have no more to give
    if not (finest and size <= LARGEST_BLOCKS):
        longest = max(min(wished, _FINEST), _COARSEST)
        made = _on_grid(rasters, longest)
    while sum(map(len, made[1].values())) > LARGEST_BLOCKS and longest > _COARSEST:
        longest = int(longest * 0.85)
        made = _on_grid(rasters, longest)
    layers, blocks, grid = made
    return CoveragePayload(layers=layers, blocks=blocks, grid=grid, bounds=_degrees(grid))


def _on_grid(
    rasters: Sequence[CoverageRaster], longest: int
) -> tuple[list[dict[str, Any]], dict[str, str], Grid]:
    grid = grid_around(rasters, WEB_MERCATOR, longest=longest)
    layers, blocks = [], {}
    for raster in rasters:
        values = sample(raster, grid)
        servers = raster.quantity.id == "best_server"
        record, packed = (_servers if servers else _values)(raster, values)
        layers.append(
            {**_said(raster), **record, "cells_in_one": round(cells_in_one(raster, grid), 1)}
        )
        blocks[raster.id] = packed
        if servers and (names := server_names(raster.path.parent, np.array(record["ids"]))):
            blocks[raster.id + NAMES] = deflated(names)
    return layers, blocks, grid


def _said(raster: CoverageRaster) -> dict[str, Any]:
    """Return the words of a layer, in pairs of Chinese and English."""
    quantity, threshold = raster.quantity, threshold_words(raster)
    return {
        "id": raster.id,
        "quantity": quantity.id,
        "group": group_words(raster.group),
        "title": (quantity.zh, quantity.en),
        "note": (quantity.note_zh, quantity.note_en),
        "unit": quantity.unit,
        "digits": quantity.digits,
        "threshold": raster.threshold,
        "threshold_words": threshold,
        "facts": facts(raster),
        "modelled": what_is_modelled(raster),
        "provenance": raster.tags.get("provenance", "").strip(),
    }


def _values(raster: CoverageRaster, values: NDArray[np.float32]) -> tuple[dict[str, Any], str]:
    """Return classes, and the bins of all cells packed."""
    quantity, threshold = raster.quantity, raster.threshold
    edges, bins = edges_of(quantity, threshold), bins_of(quantity, threshold)
    index = class_of(values, bins)
    classes = class_of(values, edges)
    counted = np.bincount(classes.ravel(), minlength=len(edges) + 2)[1:]
    record = {
        "edges": edges,
        "bins": bins,
        "colours": colours_of(quantity, threshold),
        "labels": class_labels(edges, quantity.unit),
        "shares": (counted / counted.sum()).round(4).tolist(),
        "range": [round(float(np.nanmin(values)), 2), round(float(np.nanmax(values)), 2)],
    }
    return record, packed(index)


def _servers(_raster: CoverageRaster, values: NDArray[np.float32]) -> tuple[dict[str, Any], str]:
    """Return ids and colours of the servers, and their places packed: high bytes, low bytes."""
    ids, place, colours = server_colours(values)
    planes = np.concatenate([place >> 8, place & 255]).astype(np.uint8)
    record = {
        "ids": ids.tolist(),
        "server_colours": colours.tolist(),
        "colours": SERVER_COLOURS,
        "servers": len(ids),
    }
    return record, packed(planes)


def packed(index: NDArray[np.uint8]) -> str:
    """Return bytes as differences along the row, modulo 256, in raw DEFLATE and base64.

    The first row of differences is the row itself; each other cell of a row less the one above.
    """
    steps = index.copy()
    steps[1:] = index[1:] - index[:-1]
    packer = zlib.compressobj(level=9, wbits=-15)
    return base64.b64encode(packer.compress(steps.tobytes()) + packer.flush()).decode("ascii")


def _degrees(grid: Grid) -> tuple[float, float, float, float]:
    from rasterio.warp import transform_bounds  # noqa: PLC0415 (GDAL is heavy at import)

    west, south, east, north = transform_bounds(grid.crs, "EPSG:4326", *grid.bounds)
    return float(west), float(south), float(east), float(north)


def as_grid(grid: Grid) -> Mapping[str, float]:
    """Return the grid as the page's script reads it."""
    return {
        "west": grid.west,
        "north": grid.north,
        "cell": grid.cell,
        "width": grid.width,
        "height": grid.height,
    }
