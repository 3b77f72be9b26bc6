"""`check` tells voids of heights put in by hand, areas that cross themselves, a killed import."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from layer_edits import found, only
from planner_files import copy_town

from siting.errors import DataError
from siting.layers import check_layers, read_layers
from siting.layers.intake import import_layer

CELL_DEG = 0.002
BOW_TIE = shapely.Polygon([(118.48, 24.89), (118.50, 24.91), (118.50, 24.89), (118.48, 24.91)])


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return copy_town(tmp_path)


def write_dem(path: Path, town: Path, *, void: slice = slice(0, 0), rim: int = 3) -> Path:
    """Write hills over the whole town with a void block in its middle."""
    west, south, east, north = gpd.read_file(town / "counties.geojson").total_bounds
    columns = int((east - west) / CELL_DEG) + 2 * rim
    rows = int((north - south) / CELL_DEG) + 2 * rim
    heights = np.fromfunction(lambda i, j: 40.0 + i % 7 + j % 5, (rows, columns))
    heights[void, void] = -9999.0
    place = Affine(CELL_DEG, 0.0, west - rim * CELL_DEG, 0.0, -CELL_DEG, north + rim * CELL_DEG)
    with rasterio.open(
        path, "w", driver="GTiff", width=columns, height=rows, count=1, dtype="float32",
        crs="EPSG:4326", transform=place, nodata=-9999.0,
    ) as raster:  # fmt: skip
        raster.write(heights.astype("float32"), 1)
    return path


def test_a_whole_dem_put_in_by_hand_is_sound(town: Path) -> None:
    write_dem(town / "dem.tif", town)
    assert check_layers(town).problems == ()


def test_a_void_in_a_dem_put_in_by_hand_is_told_with_its_place_and_area(town: Path) -> None:
    write_dem(town / "dem.tif", town, void=slice(20, 23))
    problem = only(check_layers(town).problems)
    assert problem.file == "dem.tif"
    assert problem.what.startswith("9 cells (")
    assert "--fill" in problem.remedy
    with pytest.raises(DataError, match="inside the counties are void"):
        read_layers(town)


def test_a_dem_that_does_not_reach_over_the_counties_is_told(town: Path) -> None:
    write_dem(town / "dem.tif", town, rim=-10)
    assert "dem.tif" in {problem.file for problem in check_layers(town).problems}


def test_a_void_that_an_import_filled_is_not_told_again(town: Path, tmp_path: Path) -> None:
    source = write_dem(tmp_path / "hills.tif", town, void=slice(20, 23))
    import_layer(source, layer="dem", directory=town, raster=_filled())
    assert check_layers(town).problems == ()


def _filled():
    from siting.layers.intake import RasterOptions

    return RasterOptions(fill="nearest")


@pytest.mark.parametrize("layer", ["ports", "parks", "protected"])
def test_an_area_that_crosses_itself_is_told_with_the_place_of_the_crossing(
    layer: str, town: Path
) -> None:
    path = town / f"{layer}.csv"
    table = gpd.read_file(path).drop(columns=["lon", "lat", "outline", "geometry"], errors="ignore")
    shapes = [BOW_TIE, *[shapely.Point(118.5, 24.9)] * (len(table) - 1)]
    gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326").to_file(
        town / f"{layer}.gpkg", layer=layer
    )
    path.unlink()
    problem = only(tuple(found(check_layers(town).problems, f"{layer}.gpkg")))
    assert (problem.row, problem.column) == (1, "geometry")
    assert problem.what == "is not a valid polygon: self-intersection at 118.49000 24.90000"
    assert f"--as {layer}" in problem.remedy


def test_an_import_that_was_killed_halfway_is_told_until_it_is_finished(town: Path) -> None:
    incoming = town / ".incoming"
    incoming.mkdir()
    assert check_layers(town).problems == ()
    (incoming / "new").mkdir()
    waiting = incoming / "new" / "roads.gpkg"
    waiting.write_bytes(b"new")
    (incoming / "moves.json").write_text(
        '{"asides": [], "places": [[".incoming/new/roads.gpkg", "roads.gpkg"]], "drops": []}',
        encoding="utf-8",
    )
    assert check_layers(town).problems == ()  # nothing has been moved yet
    waiting.unlink()
    problem = only(check_layers(town).problems)
    assert problem.what.startswith("an import was interrupted")

    outline = town.parent / "roads.geojson"
    road = gpd.GeoDataFrame(
        geometry=[shapely.LineString([(118.47, 24.9), (118.5, 24.91)])], crs=4326
    )
    road.to_file(outline)
    import_layer(outline, layer="roads", directory=town, datum="wgs84", provenance="surveyed")
    assert check_layers(town).problems == ()
