"""`siting plan`: from a scenario and layers to the homepage and the files."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

import siting
from siting.cli.effort import Start, limited_threads, peak_memory_bytes
from siting.cli.options import JsonOption, LayersOption, OutputsOption, SetOption
from siting.cli.progress import StepProgress
from siting.cli.report import headline
from siting.workspace import default_layers, default_scenario

HOMEPAGE = "maps/index.html"
FIGURES = "plan.json"
INFEASIBLE = 1


def plan(
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="[SCENARIO.toml]",
            help="Scenario file or packaged name [./quanzhou.toml, ./scenario.toml, else quanzhou].",
        ),
    ] = None,
    layers: LayersOption = None,
    outputs: OutputsOption = Path("outputs"),
    changes: SetOption = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Same as study.seed=N.")] = None,
    threads: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Threads; the plan does not depend on it."),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Recommend sites and edge data centres, and write the homepage and the files."""
    overrides = [*(changes or []), *([] if seed is None else [f"study.seed={seed}"])]
    return make_plan(
        scenario or default_scenario(),
        layers=layers or default_layers(),
        outputs=outputs,
        overrides=overrides,
        threads=threads,
        as_json=as_json,
    )


def make_plan(
    source: str,
    *,
    layers: Path,
    outputs: Path,
    overrides: list[str],
    threads: int | None,
    as_json: bool,
) -> int:
    """Run the study, write its outputs in one stroke, print its figures; return the exit code."""
    scenario = siting.load_scenario(source, overrides=overrides)
    start = Start()
    with (
        limited_threads(threads) as used,
        siting.atomic_outputs(outputs) as folder,
        StepProgress() as progress,
    ):
        progress("layers", 0.0)
        tables = siting.read_layers(layers, crs=scenario.study.crs, needs=scenario.needs)
        recommended = siting.run(scenario, tables, progress=progress)
        progress("files", 0.0)
        siting.save_files(recommended, folder, progress=lambda _, share: progress("files", share))
        progress("one map", 0.0)
        siting.save_one_map(recommended, tables, folder / HOMEPAGE)
        progress.end()
        siting.save_run_record(
            folder / "run.json",
            started_at=start.at,
            wall_seconds=time.perf_counter() - start.wall_s,
            cpu_seconds=time.process_time() - start.cpu_s,
            peak_memory_bytes=peak_memory_bytes(),
            threads=used,
            crs=tables.crs,
            step_seconds=progress.seconds,
        )
    if as_json:
        typer.echo((outputs / FIGURES).read_text(encoding="utf-8"), nl=False)
    else:
        typer.echo(headline(recommended.figures, homepage=(outputs / HOMEPAGE).as_posix()))
    phases = recommended.figures["phases"]
    return INFEASIBLE if any(phase["status"] == "infeasible" for phase in phases) else 0
