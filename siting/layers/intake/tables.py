"""Which table a file is read as: those that a planner may bring, and the columns of each."""

from __future__ import annotations

from dataclasses import replace

from siting.layers.schema import SITES, TABLES, Column, Table
from siting.layers.wide import RASTER_LAYERS, SECTORS, WIDE_TABLES

IMPORTED = (
    "sites",
    "villages",
    "townships",
    "counties",
    "ports",
    "parks",
    "public_places",
    "data_centres",
    "projects",
    "progress",
    "protected",
    "roads",
    "rail",
    "water",
    "power",
    "buildings",
    "measurements",
    *RASTER_LAYERS,
)
"""The layers that may be imported; sectors come with sites."""

PROGRESS = Table(
    name="progress",
    required=False,
    columns=(
        Column(name="target"),
        Column(name="date"),
        Column(name="value", kind="number"),
        Column(name="unit", blank=True),
        Column(name="source", blank=True),
    ),
)
"""Reports of progress as siting.targets reads them."""


def table_of(layer: str) -> Table:
    """Return the table of a layer; that of sites also has the columns of its sectors."""
    if layer == "sites":
        names = {column.name for column in SITES.columns}
        others = (column for column in SECTORS.columns if column.name not in names)
        others = (replace(column, required=False, blank=True) for column in others)
        return replace(SITES, columns=(*SITES.columns, *others))
    if layer == "progress":
        return PROGRESS
    return TABLES[layer] if layer in TABLES else WIDE_TABLES[layer]


def file_names(layer: str) -> tuple[str, ...]:
    """Return the names of the layers that an import of `layer` writes or replaces."""
    return ("sites", "sectors") if layer == "sites" else (layer,)
