"""Run other programs on the same terrain, where they are installed.

One mast of 25 m stands in the middle of a town of fractal heights, and the town in the middle of a
tile of one arc second that holds its edge heights beyond: N24E118 in SRTM's own format for pycraf,
in SPLAT!'s text for SPLAT!. Both take receivers of 1.5 m, 3.5 GHz and 5 km. Times are processor
seconds a link, one link being one cell.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SOUTH, WEST, SIDE = 24, 118, 3601
RADIUS_KM = 5.0
ARC_SECOND_M = 111_320.0 / 3600.0
_LATITUDE = SOUTH + 0.5
# A Python that has pycraf; it need not be the one that runs this script.
_PYCRAF_PYTHON = "PYCRAF_PYTHON"
_MAP = """
import json, sys, time
from astropy import units as u
from pycraf import pathprof
folder, longitude, latitude, width, height, repeats = sys.argv[1], *map(float, sys.argv[2:])
pathprof.SrtmConf.set(srtm_dir=folder, download="never", server="viewpano", interp="linear")
def run():
    started = time.process_time()
    data = pathprof.height_map_data(
        longitude * u.deg, latitude * u.deg, width * u.deg, height * u.deg,
        map_resolution=1 / 3600 * u.deg,
    )
    ready = time.process_time()
    loss = pathprof.atten_map_fast(
        3.5 * u.GHz, 290 * u.K, 1013 * u.hPa, 25 * u.m, 1.5 * u.m, 50 * u.percent, data
    )["L_b"]
    done = time.process_time()
    return done - started, done - ready, loss.size, float(data["height_profs"][0, 0])
run()
runs = [run() for _ in range(int(repeats))]
seen = [[float(pathprof.srtm_height_data(x * u.deg, y * u.deg).value)
         for x in (longitude - 0.03, longitude, longitude + 0.04)]
        for y in (latitude + 0.03, latitude, latitude - 0.04)]
print(json.dumps([min(r[0] for r in runs), min(r[1] for r in runs), runs[0][2], runs[0][3], seen]))
"""
_MASTS = 8
# Ground of average kind, 3.5 GHz, vertical, half of places and times.
_LRP = "15.000\n0.005\n301.000\n3500.000\n5\n1\n0.50\n0.50\n"


def pycraf_seconds_per_link(town: NDArray[np.float32], *, repeats: int) -> tuple[float, ...] | None:
    """Return seconds a link of profiles and `atten_map_fast`, and of the latter alone.

    The environment variable PYCRAF_PYTHON names a Python that has pycraf; None without it. The
    map is a square of 10 km a side, of which every cell is a link; its profiles are read from the
    tile by `height_map_data`, at the steps that pycraf chooses, a third of a cell.
    """
    python = os.environ.get(_PYCRAF_PYTHON, "")
    if not python:
        return None
    tile = _tile(town)
    height_deg = 2.0 * RADIUS_KM * 1000.0 / (3600.0 * ARC_SECOND_M)
    width_deg = height_deg / math.cos(math.radians(_LATITUDE))
    with tempfile.TemporaryDirectory() as folder:
        tile.astype(">i2").tofile(Path(folder) / f"N{SOUTH}E{WEST}.hgt")
        numbers = (WEST + 0.5, _LATITUDE, width_deg, height_deg, repeats)
        done = subprocess.run(
            [python, "-W", "ignore", "-c", _MAP, folder, *map(str, numbers)],
            capture_output=True, text=True, check=False,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
    if done.returncode != 0:
        msg = f"{python} does not run pycraf: {done.stderr.strip()[-300:]}"
        raise RuntimeError(msg)
    whole_s, alone_s, links, at_mast, seen = json.loads(done.stdout.splitlines()[-1])
    middle = SIDE // 2
    rows, columns = middle + np.array([-108, 0, 144]), middle + np.array([-108, 0, 144])
    own = tile[np.ix_(rows, columns)]
    if np.abs(own - np.array(seen)).max() > 0.5 or abs(at_mast - own[1, 1]) > 0.5:
        msg = "pycraf read other heights than those of the tile"
        raise RuntimeError(msg)
    return whole_s / links, alone_s / links


def splat_seconds_per_link(
    town: NDArray[np.float32], *, repeats: int, old_model: bool
) -> float | None:
    """Return the user seconds a link of SPLAT!, None where `splat-hd` is absent.

    It computes ITWOM 3.0 as it comes, and the older Longley-Rice model with `old_model`.

    What the same command needs at 0.3 km is subtracted: its tile is text, its picture a degree
    wide, and every mast has work that does not depend on the radius. That leaves little of one
    run, so that a run has the mast eight times; links are the cells of the eight discs.
    """
    program = shutil.which("splat-hd")
    if program is None:
        return None
    tile = _tile(town)
    with tempfile.TemporaryDirectory() as folder:
        _write_splat(Path(folder), tile)
        turns = [
            [
                _splat_s(program, folder, radius_km, old_model=old_model)
                for radius_km in (0.3, RADIUS_KM)
            ]
            for _ in range(repeats)
        ]
        report = (Path(folder) / "mast-site_report.txt").read_text(encoding="latin-1")
    if f"Ground elevation: {tile[SIDE // 2, SIDE // 2]:.2f} meters" not in report:
        msg = "SPLAT! read another height than that of the tile"
        raise RuntimeError(msg)
    start_s, whole_s = (min(times) for times in zip(*turns, strict=True))
    cell_m2 = ARC_SECOND_M**2 * math.cos(math.radians(_LATITUDE))
    links = _MASTS * math.pi * (RADIUS_KM * 1000.0) ** 2 / cell_m2
    return (whole_s - start_s) / links


def _tile(town: NDArray[np.float32]) -> NDArray[np.int16]:
    """Return whole heights of a tile, north first, with the town in its middle."""
    rows, columns = town.shape
    north, west = SIDE // 2 - rows // 2, SIDE // 2 - columns // 2
    around = ((north, SIDE - rows - north), (west, SIDE - columns - west))
    return np.pad(np.rint(town).astype(np.int16), around, mode="edge")


def _write_splat(folder: Path, tile: NDArray[np.int16]) -> None:
    """Write the tile, the mast and the parameters; longitudes count degrees west.

    A tile gives its limits, then its heights by rows from the south, each from the east; it has
    neither the northern row nor the eastern column, which belong to its neighbours.
    """
    west, east, north = 360 - WEST, 359 - WEST, SOUTH + 1
    limits = [west, SOUTH, east, north]
    heights = tile[:0:-1, -2::-1].ravel().tolist()
    path = folder / f"{SOUTH}:{north}:{east}:{west}-hd.sdf"
    path.write_text("\n".join(map(str, limits + heights)) + "\n", encoding="ascii")
    place = f"mast\n{_LATITUDE}\n{360 - WEST - 0.5}\n25.0 meters\n"
    (folder / "mast.qth").write_text(place, encoding="ascii")
    (folder / "mast.lrp").write_text(_LRP, encoding="ascii")


def _splat_s(program: str, folder: str, radius_km: float, *, old_model: bool) -> float:
    """Return the user seconds of one run."""
    import resource  # noqa: PLC0415 - not on Windows, where SPLAT! is not either

    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(
        [program, "-t", *["mast.qth"] * _MASTS, "-L", "1.5", "-R", str(radius_km),
         "-metric", *(["-olditm"] if old_model else []), "-d", ".", "-o", "map.ppm"],
        cwd=folder, capture_output=True, check=True,
    )  # fmt: skip
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
