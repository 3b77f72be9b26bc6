"""Compute the coverage of a network: assemble it, compute the missing tiles, write the files."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.coverage_run.assemble import demand_of, faces_of
from siting.coverage_run.cogs import write_cogs
from siting.coverage_run.engines import Effort, compute_tiles
from siting.coverage_run.faces import Faces, of_bands
from siting.coverage_run.ground import Ground, grid_of, ground_of
from siting.coverage_run.network import bands_of, network_of
from siting.coverage_run.planned import (
    Planned,
    files_grid,
    job_at,
    masts_met,
    plan_tiles,
    require_ground,
)
from siting.coverage_run.report import BandFigures, CoverageReport, People, band_figures
from siting.coverage_run.request import Request
from siting.coverage_run.servers import provenance_of, write_servers
from siting.coverage_run.store import TileStore
from siting.disk.atomic import atomic_outputs
from siting.disk.lock import only_writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.coverage.tiles import Network, Tile, TileJob, TileLayers
    from siting.layers.model import Layers
    from siting.scenario import Scenario

    Progress = Callable[[str, float], None]

FIGURES = "coverage.json"
SHOWN_SITES = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class _Setting:
    """A run that is ready to compute."""

    request: Request
    name: str
    crs: str
    faces: Faces
    bands: tuple[str, ...]
    network: Network
    ground: Ground
    inner: Tile
    people: People
    near: np.ndarray
    standing: np.ndarray


def compute_coverage(
    folder: str | Path,
    *,
    scenario: Scenario,
    layers: Layers,
    request: Request | None = None,
    engine: str = "local",
    workers: int = 1,
    scheduler: str = "",
    work: str | Path | None = None,
    progress: Progress | None = None,
) -> CoverageReport:
    """Compute the coverage of a network and write it as GeoTIFFs; a killed run goes on where it was.

    Parameters
    ----------
    folder
        The outputs: NAME_BAND_QUANTITY.tif, servers.csv and coverage.json, put in place in one
        stroke.
    scenario, layers
        Radios, demand and the modelled network; the area is that of the townships.
    request
        The choices of the run.
    engine, workers, scheduler
        "local" with so many threads, or "dask" on processes of our own or on a scheduler's workers;
        the files are the same.
    work
        Where finished tiles are kept, by default `FOLDER.work`; the next run takes those whose
        inputs have not changed.
    progress
        Told the name of each step and its share done, 0 to 1.

    Raises
    ------
    ConfigurationError
        A choice cannot be used.
    DataError
        The network or the heights are missing, empty or damaged.

    """
    started, tell = time.perf_counter(), progress or _silent
    folder, asked = Path(folder), request or Request()
    place = (Path(work) if work else folder.with_name(f"{folder.name}.work")).resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    with only_writer(place):
        store = TileStore(place)
        setting = _setting(asked, scenario, layers, place, tell)
        planned = plan_tiles(
            setting.network, setting.ground, setting.inner, tile_cells=asked.tile_cells, tell=tell
        )
        before = time.perf_counter()
        missing = _missing(planned, store)
        effort = _compute(
            setting, missing, store, engine=engine, workers=workers, scheduler=scheduler, tell=tell
        )
        computing = time.perf_counter() - before
        figures, files = _write(folder, setting, planned, store, tell)
        store.prune(each.key for each in planned if each.key)
    sites = _sites(setting, missing)
    return CoverageReport(
        folder=folder,
        figures=figures,
        files=tuple(files),
        tiles_computed=len(missing),
        tiles_kept=len({each.key for each in planned if each.key}) - len(missing),
        retries=effort.retries,
        workers_lost=effort.workers_lost,
        seconds=time.perf_counter() - started,
        seconds_per_site=computing / sites if sites else float("nan"),
    )


def _setting(
    request: Request, scenario: Scenario, layers: Layers, work: Path, tell: Progress
) -> _Setting:
    """Return the network, the ground and the people of a run; what cannot be used is refused."""
    scenario = scenario.in_crs(layers.crs)
    tell("network", 0.0)
    demand = demand_of(scenario, layers)
    faces = faces_of(request, scenario, layers, demand)
    bands = bands_of(faces, request.carriers)
    faces = of_bands(faces, bands)
    network = network_of(
        faces, bands, scenario, flat=request.flat, radius_km=request.radius_km,
        threshold_dbm=request.threshold_dbm, load=request.load, edges=request.edges,
    )  # fmt: skip
    tell("network", 1.0)
    margin_m = 2.0 * max(network.settings.max_range_m) + 2.0 * request.cell_m
    grid, inner = grid_of(layers, request.cell_m, margin_m)
    ground = ground_of(
        layers, demand, grid, terrain=request.terrain, flat=request.flat,
        spacing_m=scenario.demand.spacing_m, work=work, tell=tell,
    )  # fmt: skip
    near, standing = masts_met(network, ground, inner)
    setting = _Setting(
        request=request,
        name=request.name or scenario.study.name,
        crs=layers.crs,
        faces=faces,
        bands=tuple(bands),
        network=network,
        ground=ground,
        inner=inner,
        people=People(
            xy_m=np.column_stack([demand.geometry.x, demand.geometry.y]),
            count=demand["people"].to_numpy(float),
        ),
        near=near,
        standing=standing,
    )
    require_ground(
        _mast_sites(setting), near, standing, file=ground.file, refuse=request.edges == "refuse"
    )
    return setting


def _missing(planned: list[Planned], store: TileStore) -> dict[str, Tile]:
    """Return the tiles that are to be computed, by key."""
    wanted = {each.key: each.tile for each in planned if each.key}
    return {key: tile for key, tile in wanted.items() if key not in store}


def _compute(
    setting: _Setting,
    missing: dict[str, Tile],
    store: TileStore,
    *,
    engine: str,
    workers: int,
    scheduler: str,
    tell: Progress,
) -> Effort:
    """Compute tiles and keep them."""
    done = 0

    def make_job(key: str) -> TileJob:
        job = job_at(setting.network, setting.ground, missing[key])
        assert job is not None  # noqa: S101 - it had a key
        return job

    def keep(key: str, layers: TileLayers) -> None:
        nonlocal done
        store.put(key, layers)
        done += 1
        tell("tiles", done / len(missing))

    if missing:
        tell("tiles", 0.0)
    return compute_tiles(
        missing, make_job, keep, engine=engine, workers=workers, scheduler=scheduler
    )


def _write(
    folder: Path, setting: _Setting, planned: list[Planned], store: TileStore, tell: Progress
) -> tuple[dict[str, Any], list[str]]:
    """Write all files in one stroke; return the figures and the names."""
    tell("files", 0.0)
    figures = _figures(setting, planned, store)
    with atomic_outputs(folder) as new:
        files = write_cogs(
            new, setting.name, setting.bands,
            grid=files_grid(setting.ground, setting.inner), crs=setting.crs,
            tiles=[(each.place, each.key, each.sector) for each in planned if each.key],
            store=store, tags=_tags(setting), tell=tell,
        )  # fmt: skip
        files.append(write_servers(new, setting.faces.table, setting.network, setting.crs))
        text = json.dumps(figures, ensure_ascii=False, indent=2, allow_nan=False)
        (new / FIGURES).write_text(text + "\n", encoding="utf-8", newline="\n")
    return figures, [*files, FIGURES]


def _tags(setting: _Setting) -> list[dict[str, str]]:
    """Return the tags of the files of each band."""
    network, request = setting.network, setting.request
    provenance, counts = provenance_of(setting.faces.table)
    said = {
        "title": f"{setting.name}: coverage of the {request.network} network",
        "provenance": provenance,
        "network": ", ".join(f"{count} sectors {name}" for name, count in counts.items()),
        "terrain": "flat: no relief" if request.flat else f"{setting.ground.file}, {setting.ground.kind}",
        "model": "3GPP TR 38.901 with ITU-R P.526-15 Bullington, median of places, outdoors, no body loss or margin",
        "load": f"{network.load:g}",
        "without_value": "no mast within its radius and the range of the model reaches the floor, the ground is not known, or outside the area",
        "rsrp_floor_dbm": f"{network.settings.rsrp_floor_dbm:g}",
    }  # fmt: skip
    return [
        said
        | {
            "carrier": f"{band} MHz ({ghz:g} GHz)",
            "threshold": f"{threshold:g} dBm",
            "radius_m": f"{radius:g}",
        }
        for band, ghz, threshold, radius in zip(
            setting.bands, network.settings.carriers_ghz, network.threshold_dbm,
            network.settings.max_range_m, strict=True,
        )
    ]  # fmt: skip


def _figures(setting: _Setting, planned: list[Planned], store: TileStore) -> dict[str, Any]:
    """Return the figures of a run: the same inputs give the same figures."""
    network, near, standing = setting.network, setting.near, setting.standing
    provenance, counts = provenance_of(setting.faces.table)
    lost = np.flatnonzero(near & ~standing)
    names = _mast_sites(setting)
    keys = sorted({each.key for each in planned if each.key})
    met = [store.counts(key) for key in keys]
    tiles = [(each.tile, each.place, each.key) for each in planned]
    bands = [_band(setting, carrier, tiles, store) for carrier in range(len(setting.bands))]
    return {
        "name": setting.name,
        "network": setting.request.network,
        "provenance": provenance,
        "sectors_by_provenance": counts,
        "terrain": "flat" if setting.ground.flat else setting.ground.file,
        "kind": "flat" if setting.ground.flat else setting.ground.kind,
        "crs": setting.crs,
        "cell_m": setting.ground.grid.cell_m,
        "load": network.load,
        "masts": len(near),
        "masts_too_far": int((~near).sum()),
        "masts_without_ground": len(lost),
        "sites_without_ground": list(dict.fromkeys(names[row] for row in lost))[:SHOWN_SITES],
        "sectors_left_out": dict(setting.faces.left_out),
        "assumed": dict(setting.faces.assumed),
        "links": sum(each["links"][0] for each in met),
        "void_cells_within_reach": sum(each["void"][0] for each in met),
        "bands": [each.as_dict() for each in bands],
    }


def _band(
    setting: _Setting, carrier: int, tiles: list[tuple[Tile, Tile, str]], store: TileStore
) -> BandFigures:
    return band_figures(
        carrier,
        band=setting.bands[carrier],
        carrier_ghz=setting.network.settings.carriers_ghz[carrier],
        threshold_dbm=setting.network.threshold_dbm[carrier],
        sectors=int((setting.network.sectors.carrier == carrier).sum()),
        tiles=tiles,
        ground=setting.ground,
        people=setting.people,
        store=store,
    )


def _mast_sites(setting: _Setting) -> list[str]:
    """Return the site of each mast."""
    mast = np.asarray(setting.network.sectors.site)
    first = np.unique(mast, return_index=True)[1]
    return [str(name) for name in setting.faces.table["site_id"].to_numpy()[first]]


def _sites(setting: _Setting, missing: dict[str, Tile]) -> int:
    """Return how many masts of the run were computed; 0 where every tile was kept."""
    return int(setting.standing.sum()) if missing else 0


def _silent(_step: str, _share: float) -> None:
    """Tell nobody."""
