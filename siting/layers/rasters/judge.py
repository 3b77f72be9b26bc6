"""Say what keeps a raster from being a layer, and what the planner should know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.errors import Problem
from siting.layers.rasters.model import VoidReport
from siting.layers.rasters.scan import SPIKE_M

if TYPE_CHECKING:
    from siting.layers.rasters.area import CountyArea
    from siting.layers.rasters.scan import Scan
    from siting.layers.wide import RasterLayer

WORLDCOVER = frozenset({10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100})
"""Classes of ESA WorldCover: tree cover, shrubland, grassland, cropland, built-up, bare, snow and
ice, permanent water, herbaceous wetland, mangroves, moss and lichen."""
PLACES_SHOWN = 5
ZERO_KM2 = 0.5
"""Blocks of exactly 0 m smaller than this [km2] are not worth a word."""
PEOPLE_RATIO = 3.0
"""People in the raster and in the census may differ by this factor, not more."""


def void_words(found: Scan, area: CountyArea) -> VoidReport:
    """Return what part of the counties has no value in a raster that reaches all of them."""
    return VoidReport(
        area_km2=area.km2(),
        void_cells=found.void_inside,
        void_km2=found.void_km2,
        uncovered_km2=0.0,
        voids=found.voids.patches(PLACES_SHOWN) if found.void_inside else (),
    )


def value_problems(file: str, found: Scan, layer: RasterLayer) -> list[Problem]:
    """Return what is wrong with the values: none at all, out of range, broken, of no class."""
    if not found.valid:
        remedy = "export it again with its values"
        return [Problem(file=file, what="every cell is void", remedy=remedy)]
    problems = []
    if found.far.counts.any():
        total = int(found.far.counts.sum(dtype=np.int64))
        what = (
            f"{total:,} cells lie outside {layer.minimum:g} to {layer.maximum:g} {layer.unit} "
            f"(values from {found.lowest:g} to {found.highest:g}); the most: "
            + "; ".join(str(patch) for patch in found.far.patches(2))
        )
        remedy = f"a cell holds {layer.holds} [{layer.unit}]; --nodata names a value that is none"
        problems.append(Problem(file=file, what=what, remedy=remedy))
    if found.broken:
        what = f"{found.broken:,} cells hold no whole number, so they are no class"
        problems.append(Problem(file=file, what=what, remedy="resample classes by mode or nearest"))
    elif found.strange:
        most = ", ".join(f"{value} ({n:,} cells)" for value, n in found.strange.most_common(5))
        what = f"{len(found.strange)} values are no class of ESA WorldCover: {most}"
        known = ", ".join(str(value) for value in sorted(WORLDCOVER))
        problems.append(Problem(file=file, what=what, remedy=f"translate them to {known}"))
    return problems


def tile_problems(file: str, found: Scan, *, first_wins: bool) -> list[Problem]:
    """Return that tiles disagree where they overlap, unless the first one shall win."""
    if not found.differing or first_wins:
        return []
    what = f"the tiles differ in {found.differing:,} cells where they overlap, by up to "
    remedy = "take one of them out, or list them, the better first, with --first-wins"
    return [Problem(file=file, what=f"{what}{found.difference:g}", remedy=remedy)]


def void_problems(file: str, voids: VoidReport, layer: RasterLayer) -> list[Problem]:
    """Return the land without a value: the largest voids with their places."""
    if not voids.void_cells:
        return []
    places = "; ".join(str(void) for void in voids.voids)
    what = (
        f"{voids.void_cells:,} cells ({voids.void_km2:,.2f} km2) inside the counties are void; "
        f"the largest: {places}"
    )
    choices = {"landcover": "--fill nearest", "population": "--fill zero (nobody lives there)"}
    choice = choices.get(layer.name, "--fill interpolate or --fill nearest")
    remedy = f"get the tile that lacks, or let them be filled and marked: {choice}"
    return [Problem(file=file, what=what, remedy=remedy)]


def cover_problems(file: str, uncovered: float, area: CountyArea) -> list[Problem]:
    """Return how much of the counties lies outside the raster."""
    if not uncovered:
        return []
    total = area.km2()
    if uncovered > 0.999 * total:
        what = f"lies outside the counties: none of their {total:,.0f} km2 is covered"
        remedy = "check its CRS; name the tiles of this city"
    else:
        what = f"{uncovered:,.2f} of the counties' {total:,.0f} km2 lie outside the raster"
        remedy = "add the tiles that lack, or cut the raster less tightly"
    return [Problem(file=file, what=what, remedy=remedy)]


def zero_blocks(
    file: str, found: Scan, *, zero_is_sea: bool
) -> tuple[list[Problem], tuple[str, ...]]:
    """Return the problem, or the note, of blocks of exactly 0 m inside the counties.

    Along a shore the ground beside 0 m is low. A block whose rim is mostly CLIFF_M or higher is a
    hole that somebody filled with 0.
    """
    labels, count = found.zeros.labels()
    km2 = found.zeros.km2(labels, count)
    cliffs, shores = found.cliffs.sums(labels, count), found.shores.sums(labels, count)
    large = km2 >= ZERO_KM2
    holes = large & (cliffs > shores)
    problems, notes = [], []
    if holes.any() and not zero_is_sea:
        what = (
            f"{int(holes.sum())} blocks of exactly 0 m ({km2[holes].sum():,.2f} km2 inside the "
            "counties) have high ground all around: voids filled with 0? The largest: "
            + "; ".join(str(block) for block in found.zeros.patches(2, among=holes))
        )
        remedy = "--nodata 0 takes 0 for void; --zero-is-sea says that it is water"
        problems.append(Problem(file=file, what=what, remedy=remedy))
    elif large.any():
        sea = f"{km2[large].sum():,.2f} km2 in {int(large.sum())} blocks"
        notes.append(f"{sea} inside the counties are exactly 0 m: taken for water")
    return problems, tuple(notes)


def people_problems(file: str, found: Scan, census: float) -> list[Problem]:
    """Return that the people of a raster are not those of the census, by far."""
    if not census > 0.0 or not found.valid:
        return []
    ratio = found.people / census
    if 1.0 / PEOPLE_RATIO <= ratio <= PEOPLE_RATIO:
        return []
    what = f"holds {found.people:,.0f} people inside the counties, the census {census:,.0f}"
    remedy = "give people per cell, neither a density nor another unit"
    return [Problem(file=file, what=what, remedy=remedy)]


def value_notes(found: Scan) -> list[str]:
    """Return what was told from the values: undeclared voids, tiles that were laid on others."""
    notes = [
        f"{name} is not declared as nodata: {count:,} cells with it are taken for void"
        for name, count in sorted(found.undeclared.items())
    ]
    if found.below:
        notes.append(
            f"{found.below:,} cells inside the counties lie below 0 m, the lowest anywhere at "
            f"{found.lowest:g} m"
        )
    if found.spikes:
        notes.append(
            f"{found.spikes:,} cells inside the counties stand {SPIKE_M:g} m or more above or below "
            "all their neighbours: noise, or cells far too large for the ground"
        )
    if found.differing:
        notes.append(
            f"tiles differ in {found.differing:,} cells by up to {found.difference:g}: the first wins"
        )
    return notes
