"""Where the model puts people, against a grid that somebody else made."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from typer.testing import CliRunner

import siting
from siting.cli.app import app
from siting.demand.crosscheck import cross_check
from siting.errors import DataError, MissingDataError


@pytest.fixture(scope="module")
def town(tiny_layers):
    return tiny_layers, siting.demand_points(tiny_layers)


def cells_of(layers, side_m: float) -> gpd.GeoDataFrame:
    """Return square cells over the counties that count."""
    west, south, east, north = layers.counties.total_bounds
    x, y = np.arange(west, east, side_m), np.arange(south, north, side_m)
    boxes = [shapely.box(a, b, a + side_m, b + side_m) for a in x for b in y]
    return gpd.GeoDataFrame(
        {"people": 0.0}, geometry=boxes, crs=layers.crs, index=range(len(boxes))
    )


def counted_in(cells, demand) -> gpd.GeoDataFrame:
    residents = demand[demand["kind"] == "residents"]
    joined = gpd.sjoin(residents[["people", "geometry"]], cells[["geometry"]], predicate="within")
    people = joined.groupby("index_right")["people"].sum()
    return cells.assign(people=people.reindex(cells.index, fill_value=0).astype(float))


def test_a_grid_counted_from_the_model_agrees_with_it_whole(town):
    layers, demand = town
    found = cross_check(layers, demand, counted_in(cells_of(layers, 2000.0), demand))
    assert found.model.misplaced_share == pytest.approx(0.0, abs=1e-12)
    assert found.model.correlation == pytest.approx(1.0)
    assert found.model.people == found.grid_people
    assert found.even.misplaced_share > 0.05


def test_the_crs_of_the_grid_changes_nothing(town):
    layers, demand = town
    grid = counted_in(cells_of(layers, 2000.0), demand)
    there = cross_check(layers, demand, grid.to_crs("EPSG:4326"))
    assert there.model.misplaced_share == pytest.approx(0.0, abs=0.002)


def test_people_moved_to_another_cell_are_counted_as_misplaced(town):
    layers, demand = town
    grid = counted_in(cells_of(layers, 2000.0), demand)
    before = cross_check(layers, demand, grid)
    inside = cross_check(layers, demand, grid).cells
    moved = grid.assign(people=grid["people"] + 1000.0)
    after = cross_check(layers, demand, moved)
    assert after.cells == inside
    assert after.model.misplaced_share > before.model.misplaced_share
    assert after.model.rmse_people == pytest.approx(1000.0)


def test_a_grid_without_crs_or_of_another_city_is_refused(town):
    layers, demand = town
    cells = cells_of(layers, 2000.0)
    with pytest.raises(DataError, match="has no CRS"):
        cross_check(layers, demand, gpd.GeoDataFrame(cells).set_crs(None, allow_override=True))
    far = cells.set_geometry(cells.translate(200_000.0, 0.0))
    with pytest.raises(DataError, match="only 0 of its cells"):
        cross_check(layers, demand, far)


def test_the_embedded_city_agrees_better_with_worldpop_than_an_even_spread(shared_directory):
    file = shared_directory / "data/quanzhou/worldpop_10km/worldpop_ppp_10km_bbox.gpkg"
    if not file.is_file():
        pytest.skip("the WorldPop grid is not here")
    layers = siting.read_layers(siting.embedded_directory())
    grid = gpd.read_file(file).rename(columns={"2020": "people"})
    found = cross_check(layers, siting.demand_points(layers), grid)
    assert found.cells > 100
    assert found.model.misplaced_share < 0.75 * found.even.misplaced_share
    assert found.model.misplaced_share < 0.17
    assert found.model.correlation > 0.95


def test_a_grid_is_read_from_cells_and_from_a_raster_alike(town, tmp_path):
    layers, demand = town
    cells = counted_in(cells_of(layers, 3000.0), demand)
    cells.to_file(tmp_path / "grid.gpkg", driver="GPKG")
    table = siting.read_population_grid(tmp_path / "grid.gpkg")
    assert table["people"].sum() == cells["people"].sum()
    west, south, east, north = layers.counties.total_bounds
    columns, rows = int((east - west) // 1000) + 1, int((north - south) // 1000) + 1
    counts = np.full((rows, columns), 7.0, dtype=np.float32)
    counts[0, 0] = np.nan
    place = rasterio.Affine(1000.0, 0.0, west, 0.0, -1000.0, north)
    with rasterio.open(
        tmp_path / "grid.tif", "w", driver="GTiff", height=rows, width=columns, count=1,
        dtype="float32", crs=layers.crs, transform=place,
    ) as raster:  # fmt: skip
        raster.write(counts, 1)
    blocks = siting.read_population_grid(tmp_path / "grid.tif")
    assert blocks["people"].max() == 7.0 * 81
    assert blocks["people"].min() >= 7.0 * 80
    assert blocks.area.to_numpy() == pytest.approx(np.full(len(blocks), 81e6))


def test_the_column_of_people_is_asked_for_where_there_are_several(town, tmp_path):
    layers, demand = town
    cells = counted_in(cells_of(layers, 3000.0), demand)
    cells = cells.rename(columns={"people": "2020"}).assign(other=1.0)
    cells.to_file(tmp_path / "grid.gpkg", driver="GPKG")
    with pytest.raises(DataError, match="name one with --column: 2020, other"):
        siting.read_population_grid(tmp_path / "grid.gpkg")
    found = siting.read_population_grid(tmp_path / "grid.gpkg", column="2020")
    assert found["people"].sum() == cells["2020"].sum()
    with pytest.raises(MissingDataError, match="is not there"):
        siting.read_population_grid(tmp_path / "nothing.gpkg")


def test_the_command_prints_what_taught_the_model_and_how_far_a_grid_is(shared_directory):
    file = shared_directory / "data/quanzhou/worldpop_10km/worldpop_ppp_10km_bbox.gpkg"
    if not file.is_file():
        pytest.skip("the WorldPop grid is not here")
    words = ["layers", "population", "--against", str(file), "--column", "2020"]
    done = CliRunner().invoke(app, words, prog_name="siting")
    assert done.exit_code == 0
    assert "29 units with a figure" in done.stdout
    assert "even by county" in done.stdout


def test_cells_that_are_all_alike_have_no_correlation_and_no_fault_of_ours(tmp_path, tiny_town):
    west, south, east, north = siting.read_layers(tiny_town).counties.to_crs(4326).total_bounds
    x, y = np.meshgrid(np.arange(west, east, 0.02), np.arange(south, north, 0.02))
    cells = shapely.box(x.ravel(), y.ravel(), x.ravel() + 0.02, y.ravel() + 0.02)
    grid = gpd.GeoDataFrame({"people": [7.0] * len(cells)}, geometry=cells, crs="EPSG:4326")
    grid.to_file(tmp_path / "grid.gpkg", driver="GPKG")
    words = ["layers", "population", "--against", str(tmp_path / "grid.gpkg"), "--json"]
    done = CliRunner().invoke(app, [*words, "--layers", str(tiny_town)], prog_name="siting")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["grid"]["model"]["correlation"] is None
