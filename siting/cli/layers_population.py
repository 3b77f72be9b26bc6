"""`siting layers population`: how people are spread, what taught that, and how far off a grid is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import siting
from siting.cli.options import JsonOption, LayersOption
from siting.cli.output import listed, show_json
from siting.workspace import default_layers

if TYPE_CHECKING:
    from siting import CrossCheck, Layers


def population(
    against: Annotated[
        Path | None,
        typer.Option(metavar="GRID", help="A population grid to compare with: cells or GeoTIFF."),
    ] = None,
    column: Annotated[str, typer.Option(metavar="NAME", help="The grid's column of people.")] = "",
    layers: LayersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print how people are spread over the counties, and how far that is from a grid."""
    ground = siting.read_layers(layers or default_layers())
    grid = None if against is None else siting.read_population_grid(against, column=column)
    found = None if grid is None else siting.cross_check(ground, siting.demand_points(ground), grid)
    if as_json:
        show_json(_record(ground, found))
        return
    typer.echo(listed(_counties(ground), widest=40))
    if ground.township_model is not None:
        typer.echo(ground.township_model.sentence())
    if found is not None:
        _show(found)


def _counties(ground: Layers) -> list[dict[str, Any]]:
    """Return people and how they are known, by county."""
    villages = ground.villages
    modelled = villages["population"].where(villages["population_provenance"] == "modelled", 0)
    return [
        {
            "county": county.name,
            "people": int(county.population),
            "villages": int((villages["county_code"] == county.code).sum()),
            "modelled_share": round(
                float(modelled[villages["county_code"] == county.code].sum())
                / max(int(county.population), 1),
                3,
            ),
        }
        for county in ground.counties.itertuples(index=False)
    ]


def _record(ground: Layers, found: CrossCheck | None) -> dict[str, Any]:
    model = ground.township_model
    record: dict[str, Any] = {
        "counties": _counties(ground),
        "township_model": None if model is None else asdict(model),
    }
    if found is not None:
        record["grid"] = _numbers(asdict(found)) | {"worst": _worst(found)}
    return record


def _numbers(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record of figures with None for those that there are not."""
    return {
        name: _numbers(value) if isinstance(value, dict) else None if value != value else value  # noqa: PLR0124
        for name, value in record.items()
        if name != "worst"
    }


def _three(figure: float) -> str | None:
    """Return a figure to three decimals; None where cells that are all alike have no correlation."""
    return None if figure != figure else f"{figure:.3f}"  # noqa: PLR0124


def _show(found: CrossCheck) -> None:
    """Print the agreement with a grid, and that of an even spread beside it."""
    typer.echo(
        f"{found.cells} cells inside the counties, {found.grid_people:,.0f} people in the grid"
    )
    rows = [
        {
            "spread": name,
            "people": f"{one.people:,.0f}",
            "in another cell": f"{one.misplaced_share:.1%}",
            "correlation": _three(one.correlation),
            "of logarithms": _three(one.log_correlation),
            "rmse per cell": f"{one.rmse_people:,.0f}",
        }
        for name, one in (("this model", found.model), ("even by county", found.even))
    ]
    typer.echo(listed(rows, widest=40))
    typer.echo("the cells that differ most:")
    typer.echo(listed(_worst(found), widest=40))


def _worst(found: CrossCheck) -> list[dict[str, Any]]:
    """Return the cells that differ most, as records."""
    names = [str(name) for name in found.worst.columns]
    return [dict(zip(names, row, strict=True)) for row in found.worst.itertuples(index=False)]
