"""Import a made-up register of a million rows beside pandas and geopandas on the same rows.

Both run warm in a process of their own, which tells its processor seconds and its peak memory.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import siting

BOX = (118.45, 24.80, 118.75, 25.05)
"""West, south, east, north of the streets [degree]: the middle of the embedded city."""
STREETS = 160
MEDIAN_M, SPREAD = 40.0, 1.43
"""Distance of a site from its street: log-normal."""
METRES_PER_DEGREE = 111_195.0
WARM_ROWS = 2000


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a run took: processor seconds of all threads [s] and peak memory [byte]."""

    cpu_s: float
    peak_bytes: float


def compare(rows: int) -> tuple[Cost, Cost]:
    """Return what our import and the peer took for a register of so many rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        layers = Path(shutil.copytree(siting.embedded_directory(), folder / "layers"))
        streets = _streets()
        words = {"provenance": ["official"] * len(streets)}
        roads = gpd.GeoDataFrame(words, geometry=streets, crs="EPSG:4326")
        roads.to_file(layers / "roads.gpkg", layer="roads")
        _register(folder / "warm.csv", streets, WARM_ROWS)
        _register(folder / "register.csv", streets, rows)
        return _cost("ours", folder), _cost("peer", folder)


def check_seconds() -> float:
    """Return the processor seconds of one check of the embedded layers, imports included."""
    code = (
        "import siting, time; siting.check_layers(siting.embedded_directory());"
        "print(time.process_time())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _cost(who: str, folder: Path) -> Cost:
    command = [sys.executable, __file__, who, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Cost(**json.loads(done.stdout))


def _streets() -> np.ndarray:
    """Return bent streets in both directions."""
    rng = np.random.default_rng(1)
    west, south, east, north = BOX
    bends = np.cumsum(rng.normal(0.0, 0.0002, (STREETS, 200)), axis=1)
    streets = []
    for k, bend in enumerate(bends):
        share = (k // 2 + 0.5) / (STREETS / 2)
        along = np.linspace(0.0, 1.0, bend.size)
        if k % 2:
            lon, lat = west + along * (east - west), south + share * (north - south) + bend
        else:
            lon, lat = west + share * (east - west) + bend, south + along * (north - south)
        streets.append(shapely.linestrings(lon, lat))
    return np.array(streets, dtype=object)


def _register(path: Path, streets: np.ndarray, rows: int) -> None:
    """Write a register whose sites stand beside the streets."""
    rng = np.random.default_rng(2)
    street = streets[rng.integers(len(streets), size=rows)]
    xy = shapely.get_coordinates(
        shapely.line_interpolate_point(street, rng.uniform(0.0, 1.0, rows), normalized=True)
    )
    away = MEDIAN_M * np.exp(rng.normal(0.0, SPREAD, rows)) / METRES_PER_DEGREE
    angle = rng.uniform(0.0, 2.0 * np.pi, rows)
    lat = xy[:, 1] + away * np.sin(angle)
    lon = xy[:, 0] + away * np.cos(angle) / np.cos(np.radians(lat))
    number = np.arange(rows)
    table = pd.DataFrame(
        {
            "站址编码": [f"QZ{k:07d}" for k in number],
            "站名": [f"虚构站{k}" for k in number],
            "站型": np.array(["宏站", "微站", "室分"])[number % 3],
            "站数": 1 + number % 3,
            "频段": np.array(["3500", "700;3500", "2600"])[number % 3],
            "挂高(米)": np.array([25.0, 30.5, 18.0, 42.0])[number % 4],
            "经度": [f"{value:.7f}" for value in lon],
            "纬度": [f"{value:.7f}" for value in lat],
            "运营商": np.array(["移动", "电信", "联通"])[number % 3],
            "地址": [f"虚构路{k % 997}号" for k in number],
        }
    )
    table.to_csv(path, index=False)


def _ours(folder: Path, file: str) -> None:
    report = siting.import_layer(folder / file, layer="sites", directory=folder / "layers")
    if report.datum != "WGS 84" or report.rows_rejected:
        message = f"{report.datum}, {report.rows_rejected} rows rejected"
        raise RuntimeError(message)


def _peer(folder: Path, file: str) -> None:
    table = pd.read_csv(folder / file)
    points = gpd.points_from_xy(table["经度"], table["纬度"])
    drawn = gpd.GeoDataFrame(table, geometry=points, crs="EPSG:4326")
    drawn.to_file(folder / f"{Path(file).stem}_peer.gpkg", driver="GPKG")


def main(who: str, folder: Path) -> None:
    """Run one of the two, warm, and print what it took."""
    import resource  # noqa: PLC0415 - not on Windows, where the rest of the file still reads

    run = {"ours": _ours, "peer": _peer}[who]
    run(folder, "warm.csv")
    before = time.process_time()
    run(folder, "register.csv")
    cpu_s = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0
    print(json.dumps({"cpu_s": cpu_s, "peak_bytes": peak}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
