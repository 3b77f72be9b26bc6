"""Measure the radial sweep beside brute force and, where they are installed, beside its peers.

Inputs:  none; terrain and networks are generated from a seed.
Outputs: a table, or with --json a list of {case, value, unit, peer, ratio, bar, passed}.

The terrain is fractal (amplitude f^-1.75, 800 m of relief, cells of 30 m). `value` is ours. For
accuracy, `peer` is the difference that two brute forces have among themselves; for throughput and
peers it is what the other needs for as many links as a disc of 5 km has cells of 30 m. The peers
evaluate other models (pycraf P.452, SPLAT! Longley-Rice), so that the ratio to a brute force of our
own stands beside them. pycraf runs where the environment variable PYCRAF_PYTHON names a Python that
has it, SPLAT! where `splat-hd` is installed; otherwise the figure is null and only told. A figure
without a bar is only told. Times are processor seconds of one thread, warm, best of some.
"""

from __future__ import annotations

import math
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
from _benchmark import Figure, at_least, at_most, run, told
from _coverage_peers import RADIUS_KM, pycraf_seconds_per_link, splat_seconds_per_link
from _coverage_terrain import brute_loss_db, fractal_m, swept_loss_db
from _vector_cases import speed_rows, vector_rows

from siting.coverage.antennas import element_antenna
from siting.coverage.sweep import Masts, Sectors, Settings, what_if
from siting.coverage.sweep.network import empty_target, lay, sweep_prepared
from siting.coverage.sweep.prepare import Prepared, prepare
from siting.coverage.terrain import Terrain
from siting.optimise import measured

if TYPE_CHECKING:
    from collections.abc import Callable

CELL_M = 30.0
CARRIER_GHZ = 3.5
FLIP_DB = 150.0


def times_faster(case: str, own_s: float, peer_s: float | None, bar: float | None) -> Figure:
    """Return a time that passes when the peer took `bar` times as long; told where it is absent."""
    ratio = None if peer_s is None else peer_s / own_s
    passed = None if ratio is None or bar is None else ratio >= bar
    return Figure(
        case=case, value=own_s, unit="CPU s", peer=peer_s, ratio=ratio, bar=bar, passed=passed
    )


def network(
    count: int, rows: int, columns: int, margin: int, *, bands: int = 1, low: int = 0, seed: int = 3
) -> tuple[Masts, Sectors]:
    """Return masts of three sectors on each of `bands` carriers, the first `low` on one more."""
    rng = np.random.default_rng(seed)
    row = rng.uniform(margin, rows - margin, count)
    column = rng.uniform(margin, columns - margin, count)
    masts = Masts(
        xy_m=np.column_stack([column * CELL_M, (rows - row) * CELL_M]),
        height_m=rng.choice([20.0, 25.0, 30.0, 35.0], count),
        environment=np.full(count, -1, dtype=np.int8),
    )
    pairs = [(mast, band) for band in range(bands) for mast in range(count)]
    pairs += [(mast, bands) for mast in range(low)]
    site, carrier = np.repeat(np.array(pairs, dtype=np.int32), 3, axis=0).T
    sectors = Sectors(
        site=site,
        azimuth_deg=np.tile([20.0, 140.0, 260.0], len(pairs)),
        tilt_deg=np.full(len(site), 6.0),
        eirp_per_re_dbm=np.where(carrier == bands, 32.0, 38.0),
        carrier=carrier,
        antenna=np.zeros(len(site), dtype=np.int32),
    )
    return masts, sectors


def ground(rows: int, columns: int, *, kind: str = "bare_earth") -> Terrain:
    """Return fractal terrain with its south-western corner at 0, 0."""
    elevation_m = fractal_m(rows, columns)
    return Terrain(
        elevation_m=elevation_m, west_m=0.0, north_m=rows * CELL_M, cell_m=CELL_M, kind=kind
    )


def settings_of(
    carriers_ghz: tuple[float, ...], max_range_m: tuple[float, ...], floor_dbm: float
) -> Settings:
    """Return the settings of a sweep with the antenna element of TR 38.901."""
    return Settings(
        carriers_ghz=carriers_ghz,
        max_range_m=max_range_m,
        antennas=(element_antenna(),),
        rsrp_floor_dbm=floor_dbm,
        at_edges="exclude",
    )


def mosaic(terrain: Terrain) -> np.ndarray:
    """Return environments in blocks of 2 km."""
    rows, columns = terrain.elevation_m.shape
    blocks = np.random.default_rng(5).integers(0, 5, (rows // 67 + 1, columns // 67 + 1))
    whole = blocks.astype(np.int8).repeat(67, axis=0).repeat(67, axis=1)
    return np.ascontiguousarray(whole[:rows, :columns])


def models(*, quick: bool) -> list[Figure]:
    """Hold every published model against the values at hand, and tell the speed of P.1812."""
    rows = [*vector_rows(), *speed_rows(seconds=0.2 if quick else 1.0)]
    return [Figure(**row) for row in rows]  # type: ignore[arg-type]


def throughput(*, quick: bool) -> list[Figure]:
    """Count links per processor second: every pixel of discs, three sectors, nothing left out."""
    terrain = ground(1024, 1024)
    environments = mosaic(terrain)
    figures = []
    for radius_km, bar in ((2.0, None), (5.0, 12e6), (10.0, 12e6)):
        masts, sectors = network(3 if quick else 12, 1024, 1024, 340)
        loud = Sectors(
            site=sectors.site, azimuth_deg=sectors.azimuth_deg, tilt_deg=sectors.tilt_deg,
            eirp_per_re_dbm=np.full(len(sectors.site), 60.0), carrier=sectors.carrier,
            antenna=sectors.antenna,
        )  # fmt: skip
        settings = settings_of((CARRIER_GHZ,), (radius_km * 1000.0,), -150.0)
        ready = prepare(masts, loud, terrain, settings, environments)
        seconds, links = laying(ready, settings, terrain, repeats=7)
        name = f"throughput_{radius_km:g}km"
        if bar is None:
            figures.append(told(name, links / seconds, "links/s"))
        else:
            figures.append(at_least(name, links / seconds, "links/s", bar))
    return figures


def laying(
    ready: Prepared, settings: Settings, terrain: Terrain, *, repeats: int
) -> tuple[float, int]:
    """Return the processor seconds of laying all masts, best of some, and the links."""
    which = np.flatnonzero(ready.radius > 0)
    window = (0, 0, *terrain.elevation_m.shape)
    target = empty_target(len(settings.carriers_ghz), window)
    counts = lay(ready, target, settings, which, threads=1)
    best = math.inf
    for _ in range(repeats):
        started = time.process_time()
        counts = lay(ready, target, settings, which, threads=1)
        best = min(best, time.process_time() - started)
    return best, int(counts[0])


def accuracy(*, quick: bool) -> list[Figure]:  # noqa: ARG001 - seconds in full
    """Compare Bullington's loss, open paths included, with brute force beyond 1 km."""
    places = ((400, 400), (500, 600), (600, 450), (450, 620))
    figures, flips = [], []
    for noise_m, name, bar in ((0.0, "smooth", 1.0), (7.0, "noisy", 1.5)):
        heights = fractal_m(1024, 1024, noise_m=noise_m)
        for radius_km in (5, 10):
            off, among, flipped = [], [], []
            for row, column in places:
                swept, near = swept_loss_db(heights, row, column, radius_km, CELL_M, CARRIER_GHZ)
                brute = brute_loss_db(heights, row, column, radius_km, CELL_M, CARRIER_GHZ)
                far = np.isfinite(brute) & ~near
                off.append((swept - brute)[far])
                flipped.append(flips_of(swept, brute, far))
                exact = float(np.abs(swept - brute)[near].max())
                if radius_km == 5:
                    other = brute_loss_db(
                        heights, row, column, radius_km, CELL_M, CARRIER_GHZ, bilinear=True
                    )
                    among.append((other - brute)[far])
            peer = root_mean_square(among) if among else None
            case = f"accuracy_{name}_{radius_km}km"
            figures.append(at_most(case, root_mean_square(off), "dB", bar, peer))
            flips.append(float(np.mean(flipped)))
            figures.append(at_most(f"exact_1km_{name}_{radius_km}km", exact, "dB", 0.01))
    figures.append(at_most("flips_150db", max(flips), "share", 0.005))
    return figures


def root_mean_square(parts: list[np.ndarray]) -> float:
    """Return the root mean square of some arrays together."""
    return float(np.sqrt(np.mean(np.concatenate(parts) ** 2)))


def flips_of(swept: np.ndarray, brute: np.ndarray, far: np.ndarray) -> float:
    """Return the share of pixels whose UMa loss with diffraction changes side of 150 dB."""
    radius = far.shape[0] // 2
    south, east = np.mgrid[-radius : radius + 1, -radius : radius + 1] * CELL_M
    slant_m = np.sqrt(np.maximum(south**2 + east**2, 100.0) + 23.5**2)
    clutter = 13.54 + 39.08 * np.log10(slant_m) + 20.0 * math.log10(CARRIER_GHZ)
    return float((((clutter + swept) < FLIP_DB) != ((clutter + brute) < FLIP_DB))[far].mean())


def city(*, quick: bool) -> list[Figure]:
    """Sweep a city: every mast on 2.6 and 3.5 GHz to 3 km, a quarter on 700 MHz to 8 km."""
    rows, columns, count, low = (800, 920, 480, 120) if quick else (4000, 4600, 12_099, 3_000)
    terrain = ground(rows, columns, kind="surface")
    masts, sectors = network(count, rows, columns, 10, bands=2, low=low)
    settings = settings_of((2.6, 3.5, 0.7), (3000.0, 3000.0, 8000.0), -120.0)
    environments = mosaic(terrain)
    warm(terrain)

    def sweep() -> tuple[int, float]:
        ready = prepare(masts, sectors, terrain, settings, environments)
        levels = sweep_prepared(ready, terrain, settings, window=None, threads=1)
        return levels.met.links, float(np.isfinite(levels.best_dbm[0]).mean())

    (links, covered), effort = measured(sweep)
    return [
        at_most("city_time", effort.cpu_s, "CPU s", 600.0),
        at_most("city_memory", effort.peak_mb, "MB", 4000.0),
        told("city_links", float(links), "links"),
        told("city_reached_2600", covered, "share"),
    ]


def warm(terrain: Terrain) -> None:
    """Compile all kernels on a few masts."""
    rows, columns = terrain.elevation_m.shape
    masts, sectors = network(3, rows, columns, 300, bands=2, low=1)
    settings = settings_of((2.6, 3.5, 0.7), (3000.0, 3000.0, 8000.0), -120.0)
    ready = prepare(masts, sectors, terrain, settings, mosaic(terrain))
    sweep_prepared(ready, terrain, settings, window=(0, 0, 10, 10), threads=1)


def linearity(*, quick: bool) -> list[Figure]:
    """Show the cost of a mast among ever more masts on the same ground."""
    rows, columns = (1200, 1200) if quick else (4000, 4600)
    terrain = ground(rows, columns, kind="surface")
    environments = mosaic(terrain)
    settings = settings_of((CARRIER_GHZ,), (3000.0,), -120.0)
    costs = []
    for count in (250, 500, 1000) if quick else (1000, 3000, 10_000, 30_000):
        masts, sectors = network(count, rows, columns, 110)
        ready = prepare(masts, sectors, terrain, settings, environments)
        seconds, _ = laying(ready, settings, terrain, repeats=3 if quick else 1)
        costs.append((count, seconds / count))
    figures = [told(f"site_cost_{count}", 1e3 * cost, "ms/site") for count, cost in costs]
    worst = max(cost for _, cost in costs) / min(cost for _, cost in costs)
    return [*figures, at_most("linearity_spread", worst, "ratio", 1.3)]


def what_if_of_one(*, quick: bool) -> list[Figure]:
    """Move one mast in a dense town and redo what it touches."""
    count = 300 if quick else 700  # as dense as the city
    terrain = ground(1024, 1024, kind="surface")
    masts, sectors = network(count, 1024, 1024, 110, bands=2)
    settings = settings_of((2.6, 3.5), (3000.0, 3000.0), -120.0)
    environments = mosaic(terrain)
    places = np.array(masts.xy_m)
    places[7] += (350.0, -200.0)
    moved = Masts(xy_m=places, height_m=masts.height_m, environment=masts.environment)

    def change() -> float:
        started = time.perf_counter()
        what_if(
            (masts, sectors), (moved, sectors), terrain, settings, environments_raster=environments
        )
        return time.perf_counter() - started

    change()
    return [at_most("what_if_moved_site", min(change() for _ in range(3)), "s", 1.0)]


def peers(*, quick: bool) -> list[Figure]:
    """Set one mast of 5 km beside brute force of the same model, pycraf and SPLAT!."""
    heights = fractal_m(1024, 1024)
    terrain = Terrain(elevation_m=heights, west_m=0.0, north_m=1024 * CELL_M, cell_m=CELL_M)
    masts, sectors = network(1, 1024, 1024, 500)
    settings = settings_of((CARRIER_GHZ,), (1000.0 * RADIUS_KM,), -150.0)
    ready = prepare(masts, sectors, terrain, settings, mosaic(terrain))
    own_s, links = laying(ready, settings, terrain, repeats=40)
    brute_loss_db(heights, 512, 512, RADIUS_KM, CELL_M, CARRIER_GHZ)
    started = time.process_time()
    brute_loss_db(heights, 512, 512, RADIUS_KM, CELL_M, CARRIER_GHZ)
    brute_s = time.process_time() - started
    pixels = math.pi * (1000.0 * RADIUS_KM / CELL_M) ** 2
    own_disc_s = own_s * pixels / links
    pycraf_s, alone_s = pycraf_seconds_per_link(heights, repeats=1 if quick else 3) or (None, None)
    repeats = 1 if quick else 3
    splat_s, older_s = (
        splat_seconds_per_link(heights, repeats=repeats, old_model=old) for old in (False, True)
    )
    return [
        times_faster("peer_same_model_brute", own_disc_s, brute_s, None),
        times_faster("peer_pycraf_5km", own_disc_s, scaled(pycraf_s, pixels), 300.0),
        times_faster("peer_pycraf_5km_no_profiles", own_disc_s, scaled(alone_s, pixels), None),
        # One pair of runs differs by less than it varies: told, not judged.
        times_faster(
            "peer_splat_5km", own_disc_s, scaled(splat_s, pixels), None if quick else 30.0
        ),
        times_faster(
            "peer_splat_5km_olditm", own_disc_s, scaled(older_s, pixels), None if quick else 30.0
        ),
    ]


def scaled(each_s: float | None, pixels: float) -> float | None:
    """Return the seconds of a disc of so many pixels, None where a peer is absent."""
    return None if each_s is None else each_s * pixels


CASES: dict[str, Callable[..., list[Figure]]] = {
    "models": models,
    "throughput": throughput,
    "accuracy": accuracy,
    "city": city,
    "linearity": linearity,
    "what_if": what_if_of_one,
    "peers": peers,
}


if __name__ == "__main__":
    sys.exit(run(__doc__, CASES))
