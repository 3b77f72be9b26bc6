"""Write a plan as files: plan.json, GeoPackage, workbook, coverage raster and edge tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from siting.disk.atomic import atomic_outputs, recover_outputs
from siting.errors import DataError
from siting.exports.certificate import save_proof
from siting.exports.edge import save_edge_csv, save_edge_geojson
from siting.exports.geopackage import save_geopackage
from siting.exports.plan_json import save_plan_json
from siting.exports.raster import save_coverage_cog
from siting.exports.run_record import save_run_record
from siting.exports.totals import check_totals
from siting.exports.workbook import save_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.plan.model import Plan

__all__ = [
    "atomic_outputs",
    "check_totals",
    "recover_outputs",
    "save_coverage_cog",
    "save_edge_csv",
    "save_edge_geojson",
    "save_files",
    "save_geopackage",
    "save_plan_json",
    "save_proof",
    "save_run_record",
    "save_workbook",
]


def save_files(
    plan: Plan, directory: str | Path, *, progress: Callable[[str, float], None] | None = None
) -> list[Path]:
    """Write every file of a plan into `directory`, after checking that its figures agree.

    Use it inside `atomic_outputs`, so that a killed run leaves the previous outputs whole.

    Parameters
    ----------
    plan
        The plan; coverage.tif is left out when it carries no rasters, certificate.npz when it
        carries no proof.
    directory
        The folder to write into; made when it is not there.
    progress
        Called before each file with its name and the share done [0 to 1].

    Raises
    ------
    DataError
        If two figures that must agree do not; every such place is named.
    """
    problems = check_totals(plan)
    if problems:
        raise DataError(problems)

    rasters, proof = plan.rasters, plan.proof
    writers: dict[str, Callable[[Path], Path]] = {
        "plan.json": lambda path: save_plan_json(plan, path),
        "sites.gpkg": lambda path: save_geopackage(plan, path),
        "sites.xlsx": lambda path: save_workbook(plan, path),
        "edge_data_centres.csv": lambda path: save_edge_csv(plan, path),
        "edge_data_centres.geojson": lambda path: save_edge_geojson(plan, path),
    }
    if rasters is not None:
        writers["coverage.tif"] = lambda path: save_coverage_cog(rasters, path)
    if proof is not None:
        writers["certificate.npz"] = lambda path: save_proof(proof, path)

    written = []
    for number, (name, write) in enumerate(writers.items()):
        if progress is not None:
            progress(name, number / len(writers))
        written.append(write(Path(directory) / name))
    return written
