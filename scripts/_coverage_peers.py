"""Run other programs on the same terrain, where they are installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from _coverage_terrain import fractal_m

# A Python that has pycraf; it need not be the one that runs this script.
_PYCRAF_PYTHON = "PYCRAF_PYTHON"
_MAP = """
import json, time
from astropy import units as u
from pycraf import conversions as cnv, pathprof
pathprof.SrtmConf.set(download="never", server="viewpano")
data = pathprof.height_map_data(
    118.6 * u.deg, 24.9 * u.deg, 0.0991 * u.deg, 0.0899 * u.deg, map_resolution=30 / 111320 * u.deg
)
def run():
    started = time.process_time()
    out = pathprof.atten_map_fast(
        3.5 * u.GHz, 290 * u.K, 1013 * u.hPa, 25 * u.m, 1.5 * u.m, 50 * u.percent, data
    )
    return time.process_time() - started, out["L_b"].size
run()
seconds, links = min(run() for _ in range(2))
print(json.dumps([seconds, links]))
"""


def pycraf_seconds_per_link() -> float | None:
    """Return the processor seconds a link of pycraf's `atten_map_fast`, None where it is absent.

    The environment variable PYCRAF_PYTHON names a Python that has pycraf. The map is one of 10 km
    a side in cells of 30 m, over a tile of fractal heights; making its profiles is not timed, which
    is in its favour.
    """
    python = os.environ.get(_PYCRAF_PYTHON, "")
    if not python or not Path(python).exists():
        return None
    with tempfile.TemporaryDirectory() as tiles:
        fractal_m(1201, 1201).astype(">i2").tofile(Path(tiles) / "N24E118.hgt")
        done = subprocess.run(
            [python, "-W", "ignore", "-c", _MAP], capture_output=True, text=True, check=False,
            env={**os.environ, "OMP_NUM_THREADS": "1", "SRTMDATA": tiles},
        )  # fmt: skip
    if done.returncode != 0:
        return None
    seconds, links = json.loads(done.stdout.splitlines()[-1])
    return float(seconds) / float(links)


def splat_is_there() -> bool:
    """Say whether SPLAT! is installed; it needs terrain in its own tiles, which are not made yet."""
    return shutil.which("splat-hd") is not None
