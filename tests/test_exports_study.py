"""What a study of the made-up town gives fits the schema, agrees with itself, and is written."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from test_exports_plan_json import schema_problems

import siting
from siting.exports import check_totals
from siting.layers import Layers
from siting.plan.model import Plan

TOWN = Path(__file__).parent / "data" / "tiny_town.toml"


@pytest.fixture(scope="module")
def plan(tiny_layers: Layers) -> Plan:
    """Return the plan of the made-up town."""
    return siting.run(siting.load_scenario(TOWN), tiny_layers)


@pytest.fixture(scope="module")
def folder(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with its files."""
    folder = tmp_path_factory.mktemp("town") / "outputs"
    with siting.atomic_outputs(folder) as new:
        siting.save_files(plan, new)
    return folder


def test_plan_json_fits_the_schema(folder: Path) -> None:
    assert schema_problems(json.loads((folder / "plan.json").read_text(encoding="utf-8"))) == []


def test_tables_and_figures_agree(plan: Plan) -> None:
    assert check_totals(plan) == []


def test_map_layer_workbook_and_figures_show_the_same_sites(plan: Plan, folder: Path) -> None:
    sites = gpd.read_file(folder / "sites.gpkg", layer="sites")
    proposed = sites[sites["status"] == "proposed"]
    sheet = openpyxl.load_workbook(folder / "sites.xlsx")["站址库"]
    codes = [row[0] for row in sheet.iter_rows(min_row=4, max_col=1, values_only=True) if row[0]]

    assert codes == proposed["site_id"].tolist()
    assert len(codes) == sum(phase["sites"] for phase in plan.figures["phases"])
