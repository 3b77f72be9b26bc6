"""Whatever a planner's cells hold, what an import writes is a layer that a plan can read."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.errors import DataError
from siting.layers import check_layers
from siting.layers.intake import import_layer
from tests.planner_files import TOWN, contents, write_csv

GOOD = {
    "sites": {
        "site_id": "A{k}", "name": "站{k}", "kind": "macro", "stations": "2", "carriers": "3500",
        "height_m": "30", "lon": "118.47{k}", "lat": "24.90{k}", "provenance": "surveyed",
    },
    "parks": {
        "id": "P{k}", "name": "园{k}", "kind": "x", "lon": "118.47{k}", "lat": "24.90{k}",
        "radius_km": "1", "county_code": "990101", "provenance": "approximate",
    },
    "villages": {
        "code": "9901010010{k}0", "name": "村{k}", "township_code": "990101001",
        "county_code": "990101", "urban_rural_class": "111", "kind": "community",
        "lon": "118.47{k}", "lat": "24.90{k}", "population": "500", "provenance": "official",
    },
    "townships": {
        "code": "9901011{k}", "name": "镇{k}", "county_code": "990101", "type": "镇",
        "lon": "118.47{k}", "lat": "24.90{k}", "uncertainty_km": "0.5", "relief": "plain",
        "population": "900", "provenance": "official",
    },
}  # fmt: skip
ODD = st.sampled_from(
    [
        "", " ", "-", "0", "-1", "1e9", "abc", "NaN", "inf", "１２", "3,5", "3.5", "true", "宏站", "街道",
        "990101", "990102", "990101001", "880000", "虚构西区", "虚构东县", "无", "118.476", "24.906",
        "118°28'12\"", "=1+1", "'x", "a\x00b", "700;2600", "n28", "zone", "120", "111.0", "<b>x</b>",
    ]
)  # fmt: skip


@pytest.mark.parametrize("layer", sorted(GOOD))
@settings(max_examples=8)
@given(data=st.data())
def test_what_is_written_is_sound(layer: str, data: st.DataObject) -> None:
    names = list(GOOD[layer])
    rows = [[cell.format(k=10 + k) for cell in GOOD[layer].values()] for k in range(8)]
    for _ in range(data.draw(st.integers(1, 8))):
        row, column = data.draw(st.integers(0, 7)), data.draw(st.integers(0, len(names) - 1))
        rows[row][column] = data.draw(ODD)
    with tempfile.TemporaryDirectory() as folder:
        town = Path(shutil.copytree(TOWN, Path(folder) / "layers"))
        path = write_csv(Path(folder) / "odd.csv", [names, *rows])
        try:
            report = import_layer(
                path, layer=layer, directory=town, datum="wgs84", max_rejected_share=1.0
            )
        except DataError:
            assert contents(town) == contents(TOWN)
            return
        told = [p for p in check_layers(town).problems if p.file == f"{layer}.gpkg"]

        assert not told
        assert report.rows_written + report.rows_rejected == report.rows_read
        assert {p.row for p in report.problems} <= set(range(2, 10))
