"""The embedded tables of Quanzhou: codes agree, sums are exact, nothing is placed that is unknown."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ROOT / "layers"
SHARED = ROOT.parent / "shared"
TABLES = (
    *("counties", "townships", "villages", "ports", "parks"),
    *("data_centres", "projects", "protected", "targets"),
)
PLACES = ("ports", "parks", "data_centres", "projects", "protected")
PLACE_COLUMNS = (
    *("id", "name", "name_en", "kind", "lon", "lat", "radius_km", "county_code", "clause", "note"),
    *("provenance", "source", "vintage"),
)
PROVENANCES = {"official", "surveyed", "generalised", "approximate", "modelled"}
WEST, SOUTH, EAST, NORTH = 117.5, 24.3, 119.2, 26.0
KM = 1000.0


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(LAYERS / f"{name}.csv", dtype=str, keep_default_na=False)


def points(frame: pd.DataFrame) -> gpd.GeoSeries:
    lon, lat = frame["lon"].astype(float), frame["lat"].astype(float)
    return gpd.GeoSeries.from_xy(lon, lat, crs=4326)


@pytest.fixture(scope="module")
def outline() -> gpd.GeoSeries:
    return gpd.read_file(LAYERS / "counties.geojson").set_index("code").geometry


# ---------------------------------------------------------------- files


def test_the_catalogue_names_every_file_and_its_content() -> None:
    catalogue = table("catalogue").set_index("file")
    files = {p.name for p in LAYERS.iterdir() if p.suffix in {".csv", ".geojson"}}
    assert set(catalogue.index) == files - {"catalogue.csv"}
    for name, row in catalogue.iterrows():
        path = LAYERS / str(name)
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                rows = sum(1 for _ in csv.reader(file)) - 1
        else:
            rows = len(json.loads(path.read_text(encoding="utf-8"))["features"])
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        # When a table was changed on purpose, this message is the pair to write in the catalogue.
        assert (row["rows"], row["sha256"]) == (str(rows), digest), f"{name}: {rows},{digest}"
        assert row["provenance"] in PROVENANCES
        assert row["source"]
        assert row["licence"]
        assert row["datum"] in {"WGS 84", ""}
        assert (row["crs"] == "EPSG:4326") == (row["datum"] == "WGS 84")


@pytest.mark.parametrize("name", [*TABLES, "catalogue"])
def test_tables_are_plain_utf8_with_unix_lines(name: str) -> None:
    raw = (LAYERS / f"{name}.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    raw.decode("utf-8")


@pytest.mark.parametrize("name", TABLES)
def test_every_row_says_where_it_comes_from(name: str) -> None:
    frame = table(name)
    assert set(frame["provenance"]) <= PROVENANCES
    assert (frame["source"] != "").all()
    assert (frame["vintage"] != "").all()
    assert frame.iloc[:, 0].is_unique


@pytest.mark.parametrize("name", [*TABLES, "catalogue"])
def test_no_table_holds_a_phone_number(name: str) -> None:
    mobile = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
    fixed = re.compile(r"(?<!\d)(?:0\d{2,3}[- ]?|[(（]0\d{2,3}[)）] ?)\d{7,8}(?!\d)")
    frame = table(name)
    text = frame.drop(columns=[c for c in ("code", "sha256") if c in frame])
    for cell in text.to_numpy().ravel():
        assert not mobile.search(cell), cell
        assert not fixed.search(cell), cell


def test_english_names_are_in_latin_letters() -> None:
    for name in ("counties", "townships", "villages", *PLACES):
        english = table(name)["name_en"]
        assert (english != "").all()
        assert not english.str.contains(r"[\u4e00-\u9fff]").any(), name


# ---------------------------------------------------------------- units and people


def test_population_is_the_census_without_kinmen() -> None:
    counties = table("counties")
    population = counties["population"].astype(int)
    assert len(counties) == 12
    assert population.sum() == 8_782_285
    outside = counties[counties["in_denominator"] == "false"]
    assert outside["code"].tolist() == ["350527"]
    assert outside["population"].tolist() == ["0"]


def test_there_are_163_townships_and_ten_zone_units() -> None:
    townships = table("townships")
    assert townships["type"].value_counts().to_dict() == {
        "镇": 110,
        "街道": 30,
        "乡": 23,
        "zone": 10,
    }
    zones = townships[townships["type"] == "zone"]
    assert zones["code"].str[6].eq("4").all()
    assert (
        zones["host_township_code"].isin(townships.loc[townships["type"] != "zone", "code"]).all()
    )
    assert (zones["host_township_code"].str[:6] == zones["county_code"]).all()
    assert set(townships["relief"]) == {"urban", "plain", "hill", "mountain"}


def test_planning_units_stand_beside_the_codes() -> None:
    townships = table("townships").set_index("code")
    county = table("counties").set_index("code")["name"]
    investment = townships[townships["planning_unit"] == "台商投资区"]
    assert set(investment["name"]) == {"洛阳镇", "东园镇", "张坂镇", "百崎回族乡"}
    assert set(investment["county_code"]) == {"350521"}
    assert townships.index[townships["planning_unit"] == "泉州开发区"].tolist() == ["350502400"]
    others = townships[~townships["planning_unit"].isin(["台商投资区", "泉州开发区"])]
    assert (others["planning_unit"] == others["county_code"].map(county)).all()


def test_villages_are_counted_by_kind() -> None:
    villages = table("villages")
    expected = {"village_committee": 2057, "community": 489, "other": 18}
    assert villages["kind"].value_counts().to_dict() == expected
    assert villages["code"].str.fullmatch(r"\d{12}").all()
    assert not villages["name"].str.contains("(?:居委会|居民会|村委会)$").any()
    assert set(villages["urban_rural_class"]) <= {"111", "112", "121", "122", "123", "210", "220"}


def test_villages_have_no_coordinates() -> None:
    assert not {"lon", "lat", "x", "y", "geometry"} & set(table("villages").columns)


def test_codes_agree_across_tables() -> None:
    counties = set(table("counties")["code"])
    townships, villages = table("townships"), table("villages")
    assert (townships["code"].str[:6] == townships["county_code"]).all()
    assert set(townships["county_code"]) == counties - {"350527"}
    assert (villages["code"].str[:9] == villages["township_code"]).all()
    assert (villages["code"].str[:6] == villages["county_code"]).all()
    assert set(villages["township_code"]) == set(townships["code"])
    for name in PLACES:
        assert set(table(name)["county_code"]) <= counties | {""}, name


def test_known_township_populations_stay_within_their_county() -> None:
    townships = table("townships")
    known = townships[townships["population"] != ""]
    assert (known["population_kind"] != "").all()
    county = table("counties").set_index("code")["population"].astype(int)
    held = known["population"].astype(int).groupby(known["county_code"]).sum()
    assert (held < county[held.index]).all()


# ---------------------------------------------------------------- places


@pytest.mark.parametrize("name", PLACES)
def test_a_place_is_known_with_a_radius_or_left_blank(name: str) -> None:
    frame = table(name)
    assert set(PLACE_COLUMNS) <= set(frame.columns)
    blank = frame["lon"] == ""
    assert ((frame["lat"] == "") == blank).all()
    assert ((frame["radius_km"] == "") == blank).all()
    placed = frame[~blank]
    assert (placed["radius_km"].astype(float) > 0).all()
    assert (placed["provenance"] == "approximate").all()
    assert placed["lon"].astype(float).between(WEST, EAST).all()
    assert placed["lat"].astype(float).between(SOUTH, NORTH).all()


@pytest.mark.parametrize("name", PLACES)
def test_places_lie_in_their_county_as_far_as_they_are_known(
    name: str, outline: gpd.GeoSeries
) -> None:
    frame = table(name)
    frame = frame[(frame["lon"] != "") & (frame["county_code"] != "")].reset_index(drop=True)
    home = gpd.GeoSeries(outline.loc[frame["county_code"]].to_numpy(), crs=4326).to_crs(32650)
    away = points(frame).to_crs(32650).distance(home)
    allowed = frame["radius_km"].astype(float) * KM
    assert (away <= allowed).all(), frame.loc[away > allowed, "name"].tolist()


def test_every_township_point_lies_inside_its_county(outline: gpd.GeoSeries) -> None:
    townships = table("townships")
    townships = townships[townships["type"] != "zone"].reset_index(drop=True)
    home = gpd.GeoSeries(outline.loc[townships["county_code"]].to_numpy(), crs=4326)
    inside = home.contains(points(townships))
    assert inside.all(), townships.loc[~inside, "name"].tolist()
    assert (townships["uncertainty_km"].astype(float) > 0).all()


def test_the_named_places_are_all_there() -> None:
    assert len(table("ports")) >= 11
    protected = table("protected")
    heritage = protected.loc[protected["kind"] == "heritage", "id"]
    assert heritage.str.slice(4, 6).nunique() == 22
    for kind in ("reserve", "reservoir", "wetland", "airport", "scenic"):
        assert (protected["kind"] == kind).any(), kind
    projects = table("projects")
    numbers = set(projects["clause"].str.extract(r"(\d+)$")[0].dropna().astype(int))
    assert {4, 7, 8, 9, 19, 26, 27} <= numbers
    assert (projects["kind"] == "agriculture").sum() == 4
    assert set(table("data_centres")["role"]) == {"core", "operator"}


def test_outlines_of_protected_areas_hold_their_point() -> None:
    protected = table("protected")
    boxed = protected[protected["outline"] != ""]
    assert len(boxed) == 2
    for point, text in zip(points(boxed), boxed["outline"], strict=True):
        assert shapely.from_wkt(text).contains(point)


# ---------------------------------------------------------------- outline


def test_the_outline_is_one_shared_topology(outline: gpd.GeoSeries) -> None:
    shapes = outline.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.area(shapely.union_all(shapes))
    assert shapely.area(shapes).sum() == pytest.approx(whole, rel=1e-12)


def test_the_outline_is_on_a_thousandth_of_a_degree(outline: gpd.GeoSeries) -> None:
    coordinates = shapely.get_coordinates(outline.to_numpy())
    assert np.abs(coordinates * 1000 - np.round(coordinates * 1000)).max() < 1e-9
    assert outline.index.tolist() == table("counties")["code"].tolist()
    features = json.loads((LAYERS / "counties.geojson").read_text(encoding="utf-8"))["features"]
    assert all(list(feature["properties"]) == ["code"] for feature in features)


def test_no_islet_under_a_fifth_of_a_square_kilometre(outline: gpd.GeoSeries) -> None:
    areas_km2 = outline.to_crs(32650).explode().area / 1e6
    assert areas_km2.min() >= 0.2


def test_neighbours_share_whole_edges(outline: gpd.GeoSeries) -> None:
    """Licheng and Fengze meet along a line, Kinmen meets nobody."""
    border = outline["350502"].intersection(outline["350503"])
    assert border.length > 0.05
    mainland = outline.drop("350527").union_all()
    assert not outline["350527"].intersects(mainland)


def test_the_outline_differs_from_the_reference_as_stated(outline: gpd.GeoSeries) -> None:
    source = SHARED / "data/quanzhou/admin_county/quanzhou_counties.gpkg"
    if not source.is_file():
        pytest.skip("the reference boundaries are not here")
    reference = gpd.read_file(source, layer="counties_wgs84").to_crs(32650)
    reference = reference.set_index(reference["adcode"].astype(str)).geometry
    ours = outline.to_crs(32650)
    each = sum(ours[c].symmetric_difference(reference[c]).area for c in ours.index) / 1e6
    whole = ours.union_all().symmetric_difference(reference.union_all()).area / 1e6
    assert each == pytest.approx(63.9, abs=0.1)
    assert whole == pytest.approx(32.5, abs=0.1)
    catalogue = (LAYERS / "CATALOGUE.md").read_text(encoding="utf-8")
    for figure in (f"{each:.1f}", f"{whole:.1f}", f"{(each + whole) / 2:.1f}"):
        assert figure in catalogue


# ---------------------------------------------------------------- against the source lists


def test_lists_equal_the_reference_lists() -> None:
    source = SHARED / "data/quanzhou/admin_codes/quanzhou_villages_nbs2022.csv"
    if not source.is_file():
        pytest.skip("the reference lists are not here")
    reference = pd.read_csv(source, dtype=str).set_index("village_code")
    villages = table("villages").set_index("code")
    assert set(villages.index) == set(reference.index)
    same = reference.loc[villages.index]
    assert (same["ur_class"] == villages["urban_rural_class"]).all()
    assert (same["town_code"] == villages["township_code"]).all()
    names = same["village"].str.replace("(居委会|居民会|委会)$", "", regex=True)
    assert (names == villages["name"]).all()
    townships = table("townships").set_index("code")["name"]
    assert (same["town"] == villages["township_code"].map(townships)).all()


def test_township_points_equal_the_reference_points() -> None:
    source = SHARED / "reference/townships.csv"
    if not source.is_file():
        pytest.skip("the reference points are not here")
    reference = pd.read_csv(source, dtype={"town_code": str}).set_index("town_code")
    townships = table("townships")
    townships = townships[townships["type"] != "zone"].set_index("code")
    assert set(townships.index) == set(reference.index)
    for column in ("lon", "lat", "uncertainty_km"):
        ours = townships[column].astype(float)
        assert (ours == reference.loc[ours.index, column]).all(), column
