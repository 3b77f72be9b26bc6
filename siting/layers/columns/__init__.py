"""Say which header means which column, and turn a planner's cells into values."""

from __future__ import annotations

from siting.layers.columns.degrees import degree_cells, pair_cells
from siting.layers.columns.match import Match, match_columns
from siting.layers.columns.numbers import decimal_places, number_cells
from siting.layers.columns.words import word_cells

__all__ = [
    "Match",
    "decimal_places",
    "degree_cells",
    "match_columns",
    "number_cells",
    "pair_cells",
    "word_cells",
]
