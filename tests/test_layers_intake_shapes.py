"""Lines, areas and rasters come in like tables: placed, repaired, cut to the city, each said."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from siting.errors import DataError
from siting.layers import check_layers, read_layers
from siting.layers.datum.formulas import wgs84_to_gcj02
from siting.layers.intake import RasterOptions, import_layer, remove_layer
from tests.planner_files import apart_m, contents, copy_town, street_grid


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return copy_town(tmp_path)


def in_gcj02(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda xy: np.column_stack(wgs84_to_gcj02(xy[:, 0], xy[:, 1])))


def drawn(path: Path, shapes: list[shapely.Geometry], **columns: list[object]) -> Path:
    gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326").to_file(path, engine="pyogrio")
    return path


def test_every_vertex_of_a_line_is_shifted(town: Path, tmp_path: Path) -> None:
    streets = street_grid()
    shifted = [in_gcj02(street) for street in streets]
    path = drawn(tmp_path / "streets.geojson", shifted, name=[f"S{k}" for k in range(len(streets))])
    report = import_layer(path, layer="roads", directory=town, datum="gcj02", provenance="official")
    table = gpd.read_file(town / "roads.gpkg")
    found, true = shapely.get_coordinates(table.geometry), shapely.get_coordinates(streets)

    assert report.rows_written == len(streets)
    assert report.datum == "GCJ-02"
    assert apart_m(*found.T, *true.T).max() < 0.2
    assert "roads" in read_layers(town).wide
    assert not check_layers(town).problems


def test_projected_areas_are_written_in_degrees(town: Path, tmp_path: Path) -> None:
    house = shapely.box(118.47, 24.9, 118.4703, 24.9002)
    table = gpd.GeoDataFrame({"height": [12.0]}, geometry=[house], crs="EPSG:4326")
    table.to_crs("EPSG:4549").to_file(tmp_path / "houses.shp", engine="pyogrio")
    import_layer(tmp_path / "houses.shp", layer="buildings", directory=town, provenance="official")
    found = gpd.read_file(town / "buildings.gpkg")

    assert found.crs.to_epsg() == 4326
    assert found.geometry[0].hausdorff_distance(house) < 1e-7


def test_a_crossing_outline_is_repaired_and_said(town: Path, tmp_path: Path) -> None:
    bow = shapely.Polygon(
        [(118.47, 24.9), (118.4702, 24.9002), (118.4702, 24.9), (118.47, 24.9002)]
    )
    good = shapely.box(118.48, 24.9, 118.4803, 24.9002)
    path = drawn(tmp_path / "houses.gpkg", [bow, good], name=["bow", "good"])
    report = import_layer(
        path, layer="buildings", directory=town, datum="wgs84", provenance="official"
    )
    said = [*report.notes, *(problem.what for problem in report.problems)]
    table = gpd.read_file(town / "buildings.gpkg")

    assert any("self-intersection" in text for text in said)
    assert shapely.is_valid(table.geometry.to_numpy()).all()
    assert table["name"].iloc[-1] == "good"


def test_a_line_is_no_building(town: Path, tmp_path: Path) -> None:
    shapes = [shapely.box(118.48, 24.9, 118.4803, 24.9002), street_grid()[0]]
    path = drawn(tmp_path / "mixed.gpkg", shapes, name=["house", "street"])
    report = import_layer(
        path, layer="buildings", directory=town, datum="wgs84", provenance="official"
    )
    assert (report.rows_written, report.rows_rejected) == (1, 1)
    assert report.problems[0].row == 2


def test_streets_of_other_cities_are_left_out_and_counted(town: Path, tmp_path: Path) -> None:
    far = shapely.LineString([(121.4, 31.2), (121.5, 31.3)])
    path = drawn(tmp_path / "province.gpkg", [*street_grid(), far])
    report = import_layer(path, layer="roads", directory=town, datum="wgs84", provenance="official")
    assert (report.rows_left_out, report.rows_rejected) == (1, 0)
    assert len(gpd.read_file(town / "roads.gpkg")) == report.rows_written == report.rows_read - 1


def test_drawn_townships_are_the_areas_of_a_plan(town: Path, tmp_path: Path) -> None:
    import csv  # for this test only

    with (town / "townships.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["type"] != "zone"]
    areas = [shapely.Point(float(r["lon"]), float(r["lat"])).buffer(0.004) for r in rows]
    path = drawn(
        tmp_path / "乡镇.gpkg",
        areas,
        **{name: [row[name] for row in rows] for name in ("code", "name", "uncertainty_km")},
    )
    report = import_layer(
        path, layer="townships", directory=town, datum="wgs84", provenance="official", update=True
    )
    assert report.rows_written == len(rows)
    towns = read_layers(town).townships
    assert set(towns["area_basis"]) == {"drawn"}


def test_protected_places_may_be_points_and_outlines(town: Path, tmp_path: Path) -> None:
    path = tmp_path / "protected.csv"
    lines = [
        "id,name,类型,lon,lat,outline,provenance",
        "X1,虚构塔,文物,118.477,24.9085,,official",
        'X2,虚构区,自然保护区,,,"POLYGON ((118.535 24.925, 118.548 24.925, 118.548 24.934, 118.535 24.925))",official',
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    import_layer(path, layer="protected", directory=town, datum="wgs84")
    table = gpd.read_file(town / "protected.gpkg")

    assert table.geometry.geom_type.tolist() == ["Point", "Polygon"]
    assert table["kind"].tolist() == ["heritage", "reserve"]
    assert not check_layers(town).problems


def test_a_place_without_coordinates_stays_a_badge_of_its_county(
    town: Path, tmp_path: Path
) -> None:
    path = tmp_path / "projects.csv"
    lines = [
        "id,name,county_code,lon,lat,provenance",
        "X1,虚构桥,990101,118.477,24.9,official",
        "X2,虚构网,990102,,,official",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    report = import_layer(path, layer="projects", directory=town, datum="wgs84")

    assert report.rows_written == 2
    assert any("1 row without a place" in note for note in report.notes)
    assert read_layers(town).projects["county_code"].tolist() == ["990101", "990102"]


def test_a_county_outline_on_gcj02_is_shifted_with_its_seat(town: Path, tmp_path: Path) -> None:
    with (town / "counties.geojson").open(encoding="utf-8") as file:
        features = json.load(file)["features"]
    true = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    codes = [feature["properties"]["code"] for feature in features]
    lon, lat = wgs84_to_gcj02(np.array([118.476]), np.array([24.906]))
    path = drawn(
        tmp_path / "区县.geojson",
        [in_gcj02(shape) for shape in true],
        code=codes,
        seat_lon=[float(lon[0]), None, None],
        seat_lat=[float(lat[0]), None, None],
    )
    import_layer(
        path, layer="counties", directory=town, datum="gcj02", provenance="official", update=True
    )
    table = gpd.read_file(town / "counties.gpkg").set_index("code")

    for code, shape in zip(codes, true, strict=True):
        assert table.loc[code].geometry.hausdorff_distance(shape) < 2e-6
    seat = table.loc[codes[0], ["seat_lon", "seat_lat"]].astype(float)
    assert seat.to_list() == pytest.approx([118.476, 24.906], abs=2e-6)


def raster(path: Path, values: np.ndarray) -> Path:
    transform = Affine(0.001, 0.0, 118.35, 0.0, -0.001, 25.0)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=values.shape[0],
        width=values.shape[1],
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        transform=transform,
        nodata=-9999.0,
    ) as file:
        file.write(values.astype("float32"), 1)
    return path


def test_a_dem_comes_in_once_and_goes_again(town: Path, tmp_path: Path) -> None:
    before = contents(town)
    heights = np.add.outer(np.arange(200.0), np.arange(300.0)) + 0.5
    path = raster(tmp_path / "heights.tif", heights)
    report = import_layer(path, layer="dem", directory=town, provenance="official")

    assert report.files == ("dem.tif",)
    assert read_layers(town).terrain == town / "dem.tif"
    assert not check_layers(town).problems
    assert not import_layer(path, layer="dem", directory=town, provenance="official").changed
    remove_layer("dem", directory=town)
    assert contents(town) == before


def test_a_dem_with_a_void_is_refused_or_filled(town: Path, tmp_path: Path) -> None:
    before = contents(town)
    heights = np.add.outer(np.arange(200.0), np.arange(300.0)) + 0.5
    heights[100:103, 120:123] = -9999.0
    path = raster(tmp_path / "heights.tif", heights)
    with pytest.raises(DataError, match="void"):
        import_layer(path, layer="dem", directory=town)
    assert contents(town) == before

    options = RasterOptions(fill="interpolate")
    assert import_layer(path, layer="dem", directory=town, raster=options, dry_run=True).dry_run
    assert contents(town) == before
    assert import_layer(path, layer="dem", directory=town, raster=options).changed
