"""The reference names every key and every column that is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from plan_fixture import small_plan

from siting.exports import workbook_columns

ROOT = Path(__file__).resolve().parents[1]
PLAN = (ROOT / "docs" / "reference" / "plan.md").read_text(encoding="utf-8")
SITES = (ROOT / "docs" / "reference" / "sites.md").read_text(encoding="utf-8")
SCHEMA = json.loads((ROOT / "tests" / "data" / "plan.schema.json").read_text(encoding="utf-8"))


def keys(node: Any) -> set[str]:
    """Return every key that a part of the schema requires."""
    if isinstance(node, list):
        return set().union(*map(keys, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    return set(node.get("required", [])) | set().union(*map(keys, node.values()), set())


@pytest.mark.parametrize("key", sorted(keys(SCHEMA)))
def test_every_key_of_plan_json_is_explained(key: str) -> None:
    assert f"`{key}`" in PLAN or f"[].{key}`" in PLAN


@pytest.mark.parametrize("table", ["sites", "demand", "edge_data_centres"])
def test_every_column_of_the_geopackage_is_explained(table: str) -> None:
    section = SITES.partition(f"layer `{table}`")[2].partition("\n## ")[0]
    columns = set(getattr(small_plan(), table).columns) - {"geometry"}

    assert {column for column in columns if f"`{column}`" not in section} == set()


def test_every_column_of_the_register_is_explained() -> None:
    headers = [column.header for column in workbook_columns.REGISTER]

    assert [header for header in headers if header not in SITES] == []
