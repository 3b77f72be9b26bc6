"""People settle where land cover, buildings, roads or a population grid say that they can."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

import siting
from siting.demand.suitability import LAND_COVER, Lattice, suitability
from siting.layers.modelled.covariates import township_covariates

CELL_M = 100.0


def lattice_over(layers, cell_m: float = CELL_M) -> Lattice:
    west, south, east, north = layers.townships.total_bounds
    west, north = np.floor(west / cell_m) * cell_m, np.ceil(north / cell_m) * cell_m
    rows, columns = int(np.ceil((north - south) / cell_m)), int(np.ceil((east - west) / cell_m))
    return Lattice(west_m=west, north_m=north, cell_m=cell_m, rows=rows, columns=columns)


def with_raster(layers, folder, name: str, values, lattice: Lattice):
    path = folder / f"{name}.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1,
        dtype=values.dtype.name, crs=layers.crs, transform=lattice.transform,
    ) as raster:  # fmt: skip
        raster.write(values, 1)
    return replace(layers, rasters={**layers.rasters, name: path})


def with_table(layers, folder, name: str, table: gpd.GeoDataFrame):
    path = folder / f"{name}.gpkg"
    table.to_file(path, layer=name, driver="GPKG")
    return replace(layers, wide={**layers.wide, name: path})


def residents(layers):
    points = siting.demand_points(layers)
    return points[points["kind"] == "residents"]


def value_at(values, lattice: Lattice, points: gpd.GeoDataFrame):
    row = ((lattice.north_m - points.geometry.y) // lattice.cell_m).astype(int)
    column = ((points.geometry.x - lattice.west_m) // lattice.cell_m).astype(int)
    return values[row, column]


def test_a_city_without_such_layers_has_no_suitability(tiny_layers):
    assert suitability(tiny_layers, lattice_over(tiny_layers)) is None


def test_nobody_settles_on_water_and_nobody_is_lost(tiny_layers, tmp_path):
    lattice = lattice_over(tiny_layers)
    stripes = np.where(np.arange(lattice.columns) // 7 % 2, 80, 50).astype(np.uint8)
    classes = np.tile(stripes, (lattice.rows, 1))
    plain = residents(tiny_layers)
    layers = with_raster(tiny_layers, tmp_path, "landcover", classes, lattice)
    settled = residents(layers)
    assert (value_at(classes, lattice, plain) == 80).any()
    assert (value_at(classes, lattice, settled) == 50).all()
    by_village = settled.groupby("village_code")["people"].sum()
    assert by_village.equals(plain.groupby("village_code")["people"].sum())


def test_where_no_layer_lets_anybody_live_people_settle_as_if_there_were_none(
    tiny_layers, tmp_path
):
    lattice = lattice_over(tiny_layers)
    sea = np.full((lattice.rows, lattice.columns), 80, dtype=np.uint8)
    drowned = residents(with_raster(tiny_layers, tmp_path, "landcover", sea, lattice))
    plain = residents(tiny_layers)
    assert drowned["people"].tolist() == plain["people"].tolist()


def test_a_population_grid_counts_alone_and_draws_people_to_it(tiny_layers, tmp_path):
    lattice = lattice_over(tiny_layers)
    random = np.random.default_rng(1)
    people = random.lognormal(2.0, 1.5, (lattice.rows, lattice.columns)).astype(np.float32)
    layers = with_raster(tiny_layers, tmp_path, "population", people, lattice)
    plain, drawn = residents(tiny_layers), residents(layers)
    before = np.average(value_at(people, lattice, plain), weights=plain["people"])
    after = np.average(value_at(people, lattice, drawn), weights=drawn["people"])
    assert after > 2.0 * before
    sea = np.full((lattice.rows, lattice.columns), 80, dtype=np.uint8)
    both = with_raster(layers, tmp_path, "landcover", sea, lattice)
    assert residents(both)["people"].tolist() == drawn["people"].tolist()


def test_a_coarse_population_grid_leaves_no_holes(tiny_layers, tmp_path):
    coarse = lattice_over(tiny_layers, 1000.0)
    people = np.full((coarse.rows, coarse.columns), 500.0, dtype=np.float32)
    layers = with_raster(tiny_layers, tmp_path, "population", people, coarse)
    values = suitability(layers, lattice_over(tiny_layers))
    assert np.ptp(values) == 0.0


def test_tall_buildings_hold_more_and_roads_draw_people_near(tiny_layers, tmp_path):
    lattice = lattice_over(tiny_layers)
    x, y = lattice.west_m + 1050.0, lattice.north_m - 1050.0
    boxes = [shapely.box(x + k * 500 - 10, y - 10, x + k * 500 + 10, y + 10) for k in range(3)]
    houses = gpd.GeoDataFrame(
        {"storeys": [1.0, 10.0, np.nan], "height_m": [np.nan, np.nan, 6.0]},
        geometry=boxes,
        crs=tiny_layers.crs,
    )
    for name in ("id", "name", "name_en", "kind", "source", "vintage"):
        houses[name] = ""
    houses["provenance"] = "approximate"
    values = suitability(with_table(tiny_layers, tmp_path, "buildings", houses), lattice)
    row = int((lattice.north_m - y) // CELL_M)
    columns = [int((x + k * 500 - lattice.west_m) // CELL_M) for k in range(3)]
    assert values[row, columns] == pytest.approx([0.5, 5.0, 1.0])
    assert values.min() == pytest.approx(0.02)

    road = (
        houses.iloc[:1]
        .drop(columns=["storeys", "height_m"])
        .assign(ref="", oneway="", maxspeed_kmh=np.nan)
    )
    line = shapely.LineString([(lattice.west_m, y), (lattice.bounds[2], y)])
    layers = with_table(
        tiny_layers, tmp_path, "roads", road.set_geometry([line], crs=tiny_layers.crs)
    )
    near = suitability(layers, lattice)
    assert near[row, 5] == pytest.approx(1.0)
    assert near[row + 5, 5] == pytest.approx(0.1 + 0.9 * np.exp(-2.0))


def test_every_class_of_the_legend_has_a_factor():
    assert set(LAND_COVER) == {10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100}
    assert all(0.0 <= factor <= 1.0 for factor in LAND_COVER.values())


def test_covariates_of_townships_add_up_to_the_whole(tiny_layers, tmp_path):
    lattice = lattice_over(tiny_layers)
    half = np.where(np.arange(lattice.columns) % 2, 50, 10).astype(np.uint8)
    classes = np.tile(half, (lattice.rows, 1))
    path = with_raster(tiny_layers, tmp_path, "landcover", classes, lattice).rasters["landcover"]
    areas = tiny_layers.townships
    west, south, east, north = areas.total_bounds
    line = shapely.LineString([(x, (south + north) / 2) for x in np.linspace(west, east, 500)])
    roads = gpd.GeoDataFrame(geometry=[line], crs=areas.crs)
    houses = gpd.GeoDataFrame(
        geometry=[shapely.buffer(p, 10.0) for p in areas.representative_point()], crs=areas.crs
    )
    found = township_covariates(areas, landcover=path, buildings=houses, roads=roads)
    area_km2 = areas.geometry.area.to_numpy() / 1e6
    inside_km = line.intersection(areas.union_all()).length / 1000.0
    assert found.index.tolist() == areas["code"].tolist()
    assert found["built_up_km2"].to_numpy() == pytest.approx(area_km2 / 2, rel=0.05)
    assert found["building_km2"].to_numpy() == pytest.approx(houses.area.to_numpy() / 1e6)
    assert found["road_km"].sum() == pytest.approx(inside_km, rel=0.01)
    assert township_covariates(areas) is None
