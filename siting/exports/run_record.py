"""Write run.json: how long a run took, on what. The only output that holds a clock."""

from __future__ import annotations

import json
import platform
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pyogrio
import pyproj
import rasterio

from siting.disk.atomic import replaced_file

if TYPE_CHECKING:
    from collections.abc import Mapping

LIBRARIES = (
    "folium",
    "geopandas",
    "numba",
    "numpy",
    "openpyxl",
    "pandas",
    "pyogrio",
    "pyproj",
    "rasterio",
    "scikit-learn",
    "scipy",
    "shapely",
)


def save_run_record(
    path: str | Path,
    *,
    wall_seconds: float,
    cpu_seconds: float,
    peak_memory_bytes: int | None,
    threads: int,
    started_at: str | None = None,
    crs: str | None = None,
    step_seconds: Mapping[str, float] | None = None,
) -> Path:
    """Write what a run cost and the versions it ran on.

    Parameters
    ----------
    path
        The file to write, usually outputs/run.json.
    wall_seconds, cpu_seconds
        Duration by the clock and by the processor [s].
    peak_memory_bytes
        Largest resident memory [byte]; None where the system does not tell.
    threads
        How many threads the run was given.
    started_at
        When it began, ISO 8601 with offset.
    crs
        The working CRS, as `auto` became it.
    step_seconds
        Duration of each step by the clock [s], in the order they ran.
    """
    record = {
        "schema": "siting-run/1",
        "started_at": started_at,
        "crs": crs,
        "wall_seconds": round(wall_seconds, 3),
        "cpu_seconds": round(cpu_seconds, 3),
        "peak_memory_bytes": peak_memory_bytes,
        "threads": threads,
        "step_seconds": {name: round(s, 3) for name, s in (step_seconds or {}).items()},
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": _versions(),
    }
    text = json.dumps(record, ensure_ascii=False, indent=1)
    with replaced_file(path) as part:
        part.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return Path(path)


def _versions() -> dict[str, str]:
    """Return the versions of the libraries that shape the outputs."""
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    versions["gdal (pyogrio)"] = str(pyogrio.__gdal_version_string__)
    versions["gdal (rasterio)"] = rasterio.__gdal_version__
    versions["proj"] = pyproj.proj_version_str
    return versions
