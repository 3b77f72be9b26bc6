"""Spoil a copy of the made-up town on purpose: change a cell, a column, a file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd

from siting.errors import Problem


def records(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def set_cell(path: Path, row: int, column: str, value: str) -> None:
    """Change one cell; `row` is the line of the file, the header being 1."""
    rows = records(path)
    rows[row - 1][rows[0].index(column)] = value
    write(path, rows)


def set_header(path: Path, column: str, name: str) -> None:
    rows = records(path)
    rows[0][rows[0].index(column)] = name
    write(path, rows)


def drop_column(path: Path, column: str) -> None:
    rows = records(path)
    k = rows[0].index(column)
    write(path, [row[:k] + row[k + 1 :] for row in rows])


def add_columns(path: Path, **columns: Callable[[int], str]) -> None:
    """Add columns; each function gives the cell of the k-th record."""
    rows = records(path)
    for name, cell in columns.items():
        rows[0].append(name)
        for k, row in enumerate(rows[1:]):
            row.append(cell(k))
    write(path, rows)


def as_drawn(path: Path, suffix: str, crs: str = "EPSG:4490") -> Path:
    """Replace a CSV of points by a GeoPackage or GeoJSON; return its path."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    points = gpd.points_from_xy(
        pd.to_numeric(table["lon"]), pd.to_numeric(table["lat"]), crs="EPSG:4326"
    )
    drawn = gpd.GeoDataFrame(table.drop(columns=["lon", "lat"]), geometry=points).to_crs(crs)
    target = path.with_suffix(suffix)
    drawn.to_file(target, layer=path.stem)
    path.unlink()
    return target


def found(problems: tuple[Problem, ...], file: str) -> list[Problem]:
    return [problem for problem in problems if problem.file == file]


def only(problems: tuple[Problem, ...]) -> Problem:
    assert len(problems) == 1, "\n".join(str(problem) for problem in problems)
    return problems[0]
