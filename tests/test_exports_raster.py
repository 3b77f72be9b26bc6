"""coverage.tif is a Cloud Optimised GeoTIFF in metres with one band per stage."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from plan_fixture import small_plan

from siting.exports import save_coverage_cog
from siting.plan.model import CoverageRasters


@pytest.fixture(scope="module")
def rasters() -> CoverageRasters:
    """Return the coverage of the small plan, made larger than one tile."""
    small = small_plan().rasters
    return replace(small, rsrp_dbm=np.tile(small.rsrp_dbm, (1, 20, 15)))


@pytest.fixture(scope="module")
def path(rasters: CoverageRasters, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file."""
    return save_coverage_cog(rasters, tmp_path_factory.mktemp("raster") / "coverage.tif")


def test_the_layout_is_cloud_optimised(path: Path) -> None:
    with rasterio.open(path) as source:
        assert source.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert source.block_shapes[0] == (256, 256)
        assert source.overviews(1) != []


def test_there_is_a_band_per_stage_on_the_grid_of_the_plan(
    path: Path, rasters: CoverageRasters
) -> None:
    with rasterio.open(path) as source:
        assert source.descriptions == ("before", "2024", "2025")
        assert set(source.units) == {"dBm"}
        assert source.crs == "EPSG:32650"
        assert source.res == (rasters.cell_m, rasters.cell_m)
        assert (source.bounds.left, source.bounds.top) == (rasters.west_m, rasters.north_m)


def test_values_are_kept_to_an_eighth_of_a_decibel(path: Path, rasters: CoverageRasters) -> None:
    with rasterio.open(path) as source:
        values = source.read(masked=True)

    reached = np.isfinite(rasters.rsrp_dbm)
    assert np.array_equal(~values.mask, reached)
    assert np.abs(values.data[reached] - rasters.rsrp_dbm[reached]).max() <= 0.0625 + 1e-4


def test_the_same_coverage_gives_the_same_bytes(
    path: Path, rasters: CoverageRasters, tmp_path: Path
) -> None:
    time.sleep(1.1)
    again = save_coverage_cog(rasters, tmp_path / "again.tif")

    assert again.read_bytes() == path.read_bytes()
    assert [file.name for file in tmp_path.iterdir()] == ["again.tif"]
