"""`siting calibrate` and `siting predict`: a radio model from measurements, and its levels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import siting
from siting.cli.options import JsonOption
from siting.cli.output import aligned, show_json

if TYPE_CHECKING:
    from collections.abc import Sequence

SITES_SHOWN = 10
"""So many sites, those farthest off, are printed; --json has all."""
UNKNOWN_CLUTTER = "-1"


def register(root: typer.Typer) -> None:
    """Add both commands to the root."""
    root.command("calibrate")(calibrate)
    root.command("predict")(predict)


def calibrate(
    measurements: Annotated[
        Path, typer.Argument(metavar="MEASUREMENTS", help="Table of levels, or a folder of layers.")
    ],
    network: Annotated[
        Path, typer.Option(metavar="REGISTER", help="Table of sectors, or a folder of layers.")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="RADIO.toml", help="The radio file to write.")
    ],
    *,
    residual: Annotated[
        bool, typer.Option("--residual", help="Let trees learn what the physical form leaves over.")
    ] = False,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of blocks, thinning and trees.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Fit the radio model to measurements; print how far off it is at sites it has not seen."""
    figures = siting.calibrate_radio(measurements, network, output, residual=residual, seed=seed)
    if as_json:
        show_json(figures)
    else:
        typer.echo(_told(figures))


def predict(
    radio: Annotated[
        Path, typer.Option(metavar="RADIO.toml", help="A radio file of siting calibrate.")
    ],
    places: Annotated[
        Path,
        typer.Option(
            "--at", metavar="POINTS", help="Table of places; without sector_id: the strongest."
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="OUT", help="OUT.csv or OUT.parquet.")
    ],
    network: Annotated[
        Path | None,
        typer.Option(metavar="REGISTER", help="Table of sectors [that of the calibration]."),
    ] = None,
    share: Annotated[
        float, typer.Option(metavar="SHARE", help="Share of levels that an interval holds.")
    ] = 0.9,
    as_json: JsonOption = False,
) -> None:
    """Predict mean level and interval at places; no level outside what was measured."""
    report = siting.predict_levels(radio, places, output, network=network, share=share)
    if as_json:
        counts = {"rows": report.rows, "predicted": report.predicted}
        show_json({"file": report.path.as_posix(), **counts, "refused": dict(report.refused)})
        return
    typer.echo(f"{report.path.as_posix()}: {report.predicted} of {report.rows} places predicted")
    for reason, count in report.refused.items():
        typer.echo(f"{count} without a level: {reason}")


def _told(figures: dict[str, Any]) -> str:
    """Return the figures of a calibration as text."""
    sites = sorted(figures["by_site"], key=lambda one: (-one["rmse_db"], one["group"]))
    interval, weak = figures["interval"], figures["weak"]
    clutter = [
        one | {"group": "not stated" if one["group"] == UNKNOWN_CLUTTER else one["group"]}
        for one in figures["by_clutter"]
    ]
    more = len(sites) - SITES_SHOWN
    parts = [
        (
            f"{figures['file']}: {figures['rows']} measurements of {figures['cells']} cells; "
            f"{figures['rows_used']} used. Errors at sites the model had not seen:"
        ),
        _table("model", [figures["overall"] | {"group": "this model"}, figures["physical"]]),
        _table("distance", figures["by_distance"]),
        _table("clutter", clutter),
        _table("site", sites[:SITES_SHOWN]) + (f"\n{more} more, less far off" if more > 0 else ""),
        f"intervals of {interval['share']:.0%} hold {interval['cover']:.1%} of the levels",
        (
            f"weaker than {weak['threshold_dbm']:g} dBm: {weak['share']:.1%} of the places; "
            f"precision {weak['precision']:.2f}, recall {weak['recall']:.2f}, F1 {weak['f1']:.2f}, "
            f"Brier {weak['brier']:.3f} (of the share alone {weak['brier_of_share']:.3f})"
        ),
    ]
    return "\n\n".join(parts)


def _table(title: str, deviations: Sequence[dict[str, Any]]) -> str:
    """Return deviations as columns."""
    rows = [[title, "rows", "mean dB", "sigma dB", "RMSE dB"]]
    rows += [
        [one["group"], str(one["rows"])]
        + [f"{one[name]:.2f}" for name in ("mean_db", "sigma_db", "rmse_db")]
        for one in deviations
    ]
    return aligned(rows)
