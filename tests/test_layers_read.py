"""Reading a folder: one working CRS, documented columns, county sums exact, the same every time."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from layer_edits import add_columns, as_drawn, drop_column, records, set_cell

from siting.layers import Layers, embedded_directory, read_layers
from siting.layers.folder.catalogue import CHANGED, UNLISTED
from siting.layers.schema import TABLES

CRS = "EPSG:32650"


@pytest.fixture
def town(tiny_town: Path, tmp_path: Path) -> Path:
    directory = tmp_path / "town"
    shutil.copytree(tiny_town, directory)
    return directory


@pytest.fixture(scope="module")
def city() -> Layers:
    if not (embedded_directory() / "villages.csv").is_file():
        pytest.skip("the embedded city is not here")
    return read_layers(embedded_directory())


def digest(layers: Layers) -> str:
    """Return one hash over every table, geometry as WKB."""
    total = hashlib.sha256()
    for name in ("counties", "townships", "villages", "ports", "parks", "protected", "projects"):
        table = getattr(layers, name)
        total.update(b"".join(shapely.to_wkb(g) or b"-" for g in table.geometry))
        total.update(table.drop(columns="geometry").to_csv().encode())
    total.update(layers.catalogue.to_csv().encode())
    return total.hexdigest()


def assert_sound(layers: Layers) -> None:
    """Say what holds of every city: sums, partition, villages inside."""
    counties, townships, villages = layers.counties, layers.townships, layers.villages
    people = villages.groupby("county_code")["population"].sum()
    for county in counties.itertuples():
        assert people.get(county.code, 0) == county.population
        cells = townships.geometry[townships["county_code"] == county.code]
        if county.in_denominator:
            assert cells.area.sum() == pytest.approx(county.geometry.area, rel=1e-9)
            assert cells.union_all().symmetric_difference(county.geometry).area < 1.0
        else:
            assert cells.empty
    area = townships.set_index("code").geometry.loc[villages["host_township_code"]]
    assert area.covers(villages.geometry.set_axis(area.index)).all()
    assert (villages["population"] > 0).all()
    assert (villages["location_radius_m"] > 0).all()
    assert not villages.geometry.duplicated().any()


def test_the_town_is_read_whole(tiny_layers):
    sizes = {
        name: len(getattr(tiny_layers, name)) for name in ("counties", "townships", "villages")
    }
    assert sizes == {"counties": 3, "townships": 6, "villages": 24}
    assert tiny_layers.villages["population"].sum() == 60_000
    assert_sound(tiny_layers)


def test_every_table_is_in_the_working_crs(tiny_layers):
    for name in TABLES:
        table = getattr(tiny_layers, name, None)
        if isinstance(table, gpd.GeoDataFrame):
            assert table.crs == CRS, name
            assert table.geometry.name == "geometry"


def test_the_documented_columns_are_there(tiny_layers):
    assert {"code", "name", "name_en", "population", "in_denominator", "planning_unit"} <= set(
        tiny_layers.counties
    )
    assert tiny_layers.counties["population"].dtype.kind == "i"
    assert tiny_layers.counties["in_denominator"].dtype == bool
    assert {"planning_unit", "uncertainty_km", "relief", "seat_x_m", "seat_y_m"} <= set(
        tiny_layers.townships
    )
    assert {"host_township_code", "location_radius_m", "provenance", "list_provenance"} <= set(
        tiny_layers.villages
    )
    assert tiny_layers.villages["population"].dtype.kind == "i"
    for name in ("ports", "parks", "protected", "projects", "data_centres"):
        table = getattr(tiny_layers, name)
        assert {"id", "name", "kind", "county_code", "radius_m", "clause"} <= set(table), name
        assert "lon" not in table


def test_a_place_that_is_not_known_has_no_geometry(tiny_layers):
    projects = tiny_layers.projects.set_index("id")
    assert projects.geometry.loc["PR-1"].geom_type == "Point"
    assert projects.geometry.loc["PR-2"] is None
    assert projects.loc["PR-2", "county_code"] == "990102"


def test_a_protected_area_keeps_its_outline(tiny_layers):
    shapes = tiny_layers.protected.set_index("id").geometry
    assert shapes.geom_type.to_dict() == {"PT-1": "Point", "PT-2": "Polygon", "PT-3": "Point"}
    assert shapes.loc["PT-2"].area == pytest.approx(1.31e6, rel=0.01)


def test_zones_have_no_area_and_their_villages_stand_by_their_point_or_host(tiny_layers):
    assert "zone" not in set(tiny_layers.townships["type"])
    villages = tiny_layers.villages.set_index("township_code")
    point = gpd.GeoSeries.from_xy([118.4860], [24.8860], crs=4326).to_crs(CRS).iloc[0]
    assert villages.geometry.loc["990101400"].distance(point) < 1000.0
    assert villages.loc["990102400", "host_township_code"] == "990102201"


def test_modelled_points_say_so_and_the_list_keeps_its_own_provenance(city):
    assert set(city.villages["provenance"]) == {"modelled"}
    assert set(city.villages["list_provenance"]) == {"official"}
    assert set(city.villages["population_provenance"]) == {"modelled"}


def test_surveyed_villages_are_used_and_only_the_others_are_modelled(town):
    add_columns(
        town / "villages.csv",
        lon=lambda k: "118.4700" if k == 0 else "",
        lat=lambda k: "24.9100" if k == 0 else "",
        population=lambda k: "9000" if k == 0 else "",
        location_radius_m=lambda k: "25" if k == 0 else "",
    )
    set_cell(town / "villages.csv", 2, "provenance", "surveyed")
    set_cell(town / "villages.csv", 3, "provenance", "official")
    villages = read_layers(town).villages
    first, second = villages.iloc[0], villages.iloc[1]
    assert (first["provenance"], first["population_provenance"]) == ("surveyed", "surveyed")
    assert (first["population"], first["location_radius_m"]) == (9000, 25.0)
    expected = gpd.GeoSeries.from_xy([118.47], [24.91], crs=4326).to_crs(CRS).iloc[0]
    assert first.geometry.distance(expected) < 0.01
    assert (second["provenance"], second["list_provenance"]) == ("modelled", "official")
    assert villages.groupby("county_code")["population"].sum().tolist() == [42_000, 18_000]


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson"])
@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:32650"])
def test_a_drawn_layer_reads_as_its_csv(town, tiny_layers, suffix, crs):
    as_drawn(town / "ports.csv", suffix, crs)
    ports = read_layers(town).ports
    assert ports["name"].tolist() == tiny_layers.ports["name"].tolist()
    assert ports["radius_m"].tolist() == tiny_layers.ports["radius_m"].tolist()
    # GeoJSON keeps seven decimals of a degree; that is about a centimetre.
    assert ports.distance(tiny_layers.ports.geometry).max() < 0.02


def test_counties_may_come_in_one_drawn_file(town, tiny_layers):
    outline = gpd.read_file(town / "counties.geojson")
    facts = pd.read_csv(town / "counties.csv", dtype={"code": str})
    (town / "counties.geojson").unlink()
    (town / "counties.csv").unlink()
    outline.merge(facts, on="code").to_file(town / "counties.gpkg", layer="counties")
    layers = read_layers(town)
    assert layers.counties["population"].tolist() == [42_000, 18_000, 0]
    assert layers.townships.area.tolist() == pytest.approx(tiny_layers.townships.area.tolist())


def test_drawn_townships_are_used_instead_of_the_model(town, tiny_layers):
    table = pd.read_csv(town / "townships.csv", dtype=str, keep_default_na=False)
    areas = tiny_layers.townships.set_index("code").geometry
    # Halve the modelled areas, so that what comes back can only be what was drawn.
    halves = areas.scale(0.5, 0.5, origin="center")
    drawn = gpd.GeoDataFrame(
        table.drop(columns=["lon", "lat"]), geometry=table["code"].map(halves), crs=CRS
    )
    (town / "townships.csv").unlink()
    drawn = drawn[drawn["code"] != "990101400"]
    drawn.to_file(town / "townships.gpkg", layer="townships")
    villages = pd.read_csv(town / "villages.csv", dtype=str, keep_default_na=False)
    villages[villages["township_code"] != "990101400"].to_csv(town / "villages.csv", index=False)
    townships = read_layers(town).townships
    assert set(townships["area_basis"]) == {"drawn"}
    assert townships.area.tolist() == pytest.approx((areas.area / 4.0).tolist())
    assert set(tiny_layers.townships["area_basis"]) == {"modelled"}


def test_a_byte_order_mark_and_windows_line_ends_are_tolerated(town, tiny_layers):
    for path in town.glob("*.csv"):
        text = path.read_text("utf-8")
        path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    layers = read_layers(town)
    assert layers.villages["name"].tolist() == tiny_layers.villages["name"].tolist()
    assert layers.villages.geometry.equals(tiny_layers.villages.geometry)


def test_a_register_and_public_places_are_read_when_given(town):
    (town / "sites.csv").write_text(
        "site_id,name,kind,stations,carriers,height_m,lon,lat,provenance\n"
        "S1,one,macro,2,700;2600,30,118.476,24.906,surveyed\n",
        "utf-8",
    )
    (town / "public_places.csv").write_text(
        "id,name,kind,lon,lat,county_code,clause,provenance\n"
        "P1,school,school,118.470,24.910,990101,,surveyed\n",
        "utf-8",
    )
    layers = read_layers(town)
    assert layers.sites is not None
    assert layers.sites["stations"].tolist() == [2]
    assert layers.public_places is not None
    assert layers.public_places["kind"].tolist() == ["school"]
    assert layers.catalogue["layer"].tolist()[-2:] == ["public_places", "sites"]


def test_optional_layers_are_none_when_they_are_not_there(tiny_layers):
    assert tiny_layers.sites is None
    assert tiny_layers.public_places is None
    assert tiny_layers.terrain is None
    assert tiny_layers.progress is not None
    assert tiny_layers.progress["value"].tolist() == [160.0]


def test_class_weights_move_people_inside_a_county(town, tiny_layers):
    weights = dict.fromkeys(("111", "112", "121", "122", "123", "210", "220"), 1.0)
    even = read_layers(town, class_weights=weights).villages
    assert even["population"].sum() == 60_000
    assert even["population"].iloc[0] < tiny_layers.villages["population"].iloc[0]


def test_the_catalogue_has_a_row_per_file_with_its_hash(tiny_town, tiny_layers):
    catalogue = tiny_layers.catalogue.set_index("file")
    files = {path.name for path in tiny_town.iterdir()} - {"README.md", "catalogue.csv"}
    assert set(catalogue.index) == files
    for file, row in catalogue.iterrows():
        assert row["sha256"] == hashlib.sha256((tiny_town / file).read_bytes()).hexdigest()
        assert row["note"] == "a made-up town for the tests"
        assert row["licence"] == "MIT"
    assert catalogue.loc["villages.csv", "rows"] == 24


def test_a_changed_file_loses_the_word_of_the_catalogue(town):
    set_cell(town / "ports.csv", 2, "note", "moved")
    row = read_layers(town).catalogue.set_index("layer").loc["ports"]
    assert (row["licence"], row["note"]) == ("", CHANGED)


def test_a_folder_needs_no_catalogue(town):
    (town / "catalogue.csv").unlink()
    assert set(read_layers(town).catalogue["note"]) == {UNLISTED}


def test_columns_of_the_user_are_kept(town):
    add_columns(town / "ports.csv", berths=lambda k: str(k + 3))
    drop_column(town / "ports.csv", "note")
    assert records(town / "ports.csv")[0][-1] == "berths"
    assert read_layers(town).ports["berths"].tolist() == ["3", "4"]


def test_the_same_folder_gives_the_same_bytes_twice(tiny_town, tiny_layers, town):
    assert digest(read_layers(tiny_town)) == digest(tiny_layers) == digest(read_layers(town))


def test_the_embedded_city_is_read_without_a_problem(city):
    counted = city.counties[city.counties["in_denominator"]]
    assert (len(counted), len(city.townships), len(city.villages)) == (11, 163, 2564)
    assert counted["population"].sum() == 8_782_285
    assert city.villages["population"].sum() == 8_782_285
    assert_sound(city)
