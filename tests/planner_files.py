"""Write a register of sites as planners have it: workbook, GBK CSV, KML, ovkml; and its truth."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from siting.layers.datum.formulas import wgs84_to_gcj02

TOWN = Path(__file__).parent / "data" / "tiny_town"
WEST, SOUTH, EAST, NORTH = 118.43, 24.87, 118.57, 24.93
"""A box well inside the made-up town [degree]."""
HEADERS = ("站址编码", "站名", "站型", "站数", "频段", "挂高(米)", "经度", "纬度", "运营商")
KINDS = ("宏站", "微站", "室分")
METRES_PER_DEGREE = 111_195.0


def copy_town(folder: Path) -> Path:
    """Return a copy of the made-up town's layers that a test may change."""
    return Path(shutil.copytree(TOWN, folder / "layers"))


def street_grid(spacing_deg: float = 0.004) -> list[shapely.LineString]:
    """Return bent streets over the town, WGS 84."""
    rng = np.random.default_rng(7)
    streets = []
    for lon in np.arange(WEST - 0.02, EAST + 0.02, spacing_deg):
        lat = np.linspace(SOUTH - 0.02, NORTH + 0.02, 60)
        bend = np.cumsum(rng.normal(0.0, 0.0002, lat.size))
        streets.append(shapely.linestrings(lon + bend, lat))
    for lat in np.arange(SOUTH - 0.02, NORTH + 0.02, spacing_deg):
        lon = np.linspace(WEST - 0.02, EAST + 0.02, 60)
        bend = np.cumsum(rng.normal(0.0, 0.0002, lon.size))
        streets.append(shapely.linestrings(lon, lat + bend))
    return streets


def add_roads(directory: Path) -> None:
    """Put the streets into a folder as a layer of ours."""
    streets = street_grid()
    words = {"provenance": ["official"] * len(streets)}
    table = gpd.GeoDataFrame(words, geometry=streets, crs="EPSG:4326")
    table.to_file(directory / "roads.gpkg", layer="roads", engine="pyogrio")


def truth(count: int = 200, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return lon, lat (WGS 84) of sites beside the streets: log-normal, median 40 m."""
    rng = np.random.default_rng(seed)
    streets = street_grid()
    inside = shapely.box(WEST, SOUTH, EAST, NORTH)
    found: list[tuple[float, float]] = []
    while len(found) < count:
        street = streets[rng.integers(len(streets))]
        point = street.interpolate(rng.uniform(0.0, 1.0), normalized=True)
        away_m = 40.0 * np.exp(rng.normal(0.0, 1.43))
        angle = rng.uniform(0.0, 2.0 * np.pi)
        lat = point.y + away_m * np.sin(angle) / METRES_PER_DEGREE
        lon = point.x + away_m * np.cos(angle) / METRES_PER_DEGREE / np.cos(np.radians(lat))
        if inside.contains(shapely.Point(lon, lat)):
            found.append((lon, lat))
    lon, lat = np.array(found).T
    return lon, lat


def register(lon: np.ndarray, lat: np.ndarray, decimals: int = 7) -> list[list[str]]:
    """Return the rows of a register with the given coordinates, the header first."""
    rows = [list(HEADERS)]
    for k, (x, y) in enumerate(zip(lon, lat, strict=True)):
        carriers = "700M/3.5G" if k % 3 == 0 else "3.5G"
        words = [f"QZ{k:04d}", f"虚构站{k}", KINDS[k % 3], str(1 + k % 3), carriers, "25"]
        rows.append([*words, f"{x:.{decimals}f}", f"{y:.{decimals}f}", "移动"])
    return rows


def gcj02_register(count: int = 200) -> tuple[list[list[str]], np.ndarray, np.ndarray]:
    """Return a register in GCJ-02, and the true lon, lat of its rows."""
    lon, lat = truth(count)
    return register(*wgs84_to_gcj02(lon, lat)), lon, lat


def write_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def write_xlsx(path: Path, rows: list[list[str]]) -> Path:
    """Write a workbook with a title above the header and numbers as numbers."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["虚构站址台账"])
    sheet.append(rows[0])
    for row in rows[1:]:
        sheet.append([_number(cell) for cell in row])
    book.save(path)
    return path


def _number(cell: str) -> object:
    try:
        return float(cell)
    except ValueError:
        return cell


def write_kml(path: Path, rows: list[list[str]]) -> Path:
    """Write placemarks with the cells as extended data; ovkml is the same under another name."""
    x, y = rows[0].index("经度"), rows[0].index("纬度")
    marks = []
    for row in rows[1:]:
        data = "".join(
            f'<Data name="{name}"><value>{cell}</value></Data>'
            for name, cell in zip(rows[0], row, strict=True)
            if name not in ("经度", "纬度", "站名")
        )
        marks.append(
            f"<Placemark><name>{row[1]}</name><ExtendedData>{data}</ExtendedData>"
            f"<Point><coordinates>{row[x]},{row[y]},0</coordinates></Point></Placemark>"
        )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document>{''.join(marks)}</Document></kml>"
    )
    path.write_text(text, encoding="utf-8")
    return path


def apart_m(lon: np.ndarray, lat: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return how far two sets of degrees lie apart [m]."""
    east = (lon - x) * METRES_PER_DEGREE * np.cos(np.radians(lat))
    return np.hypot(east, (lat - y) * METRES_PER_DEGREE)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
