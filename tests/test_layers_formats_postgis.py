"""A table of a PostGIS database comes in as it is, and nothing can be changed or learnt by it."""

import sys

import pytest
from postgres_server import PASSWORD, postgres_server, why_not

from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.layers.formats.open import open_sheet

TABLES = """
CREATE EXTENSION postgis;
CREATE TABLE sites (gid serial PRIMARY KEY, 站名 text, "Höhe m" double precision, live boolean,
    geom geometry(PointZ, 4490));
INSERT INTO sites (站名, "Höhe m", live, geom) VALUES
    ('泉港一', 35, true, ST_SetSRID(ST_MakePoint(118.6, 25.1, 7), 4490)),
    (' 泉港二 ', 24.5, false, ST_SetSRID(ST_MakePoint(118.7, 25.2, 7), 4490)),
    (NULL, NULL, NULL, NULL);
CREATE SCHEMA "规划";
CREATE TABLE "规划"."county; DROP" (code text, shape geometry);
INSERT INTO "规划"."county; DROP" VALUES
    ('350505', ST_GeomFromText('CURVEPOLYGON(CIRCULARSTRING(0 0, 2 0, 2 2, 0 2, 0 0))', 4549));
CREATE VIEW tall AS SELECT gid, 站名, geom FROM sites WHERE "Höhe m" > 30;
CREATE TABLE mixed (g geometry);
INSERT INTO mixed VALUES (ST_SetSRID(ST_MakePoint(1, 2), 4326)), (ST_SetSRID(ST_MakePoint(1, 2), 4490));
CREATE TABLE two (a geometry, b geometry);
CREATE TABLE register (station text, lon text, lat text);
INSERT INTO register VALUES ('A', '118.6', '25.1');
CREATE TABLE places (g geography(Point, 4326));
INSERT INTO places VALUES (ST_MakePoint(118.6, 25.1)::geography);
CREATE TABLE unknown (g geometry);
INSERT INTO unknown VALUES (ST_MakePoint(500000, 2700000));
CREATE ROLE reader LOGIN PASSWORD 'reader';
GRANT SELECT ON tall TO reader;
"""


@pytest.fixture(scope="module")
def server():
    if reason := why_not():
        pytest.skip(reason)
    import psycopg

    with postgres_server() as started:
        with psycopg.connect(started.address("postgres"), autocommit=True) as connection:
            for statement in ("CREATE DATABASE city", "CREATE DATABASE bare"):
                connection.execute(statement)
        with psycopg.connect(started.address("city"), autocommit=True) as connection:
            connection.execute(TABLES)
        yield started


@pytest.fixture
def city(server):
    return server.address("city")


def test_a_table_has_its_cells_as_text_and_its_shapes_in_its_own_crs(city):
    sheet = open_sheet(city, table="public.sites")
    assert list(sheet.cells) == ["gid", "站名", "Höhe m", "live"]
    assert sheet.cells.to_numpy().tolist() == [
        ["1", "泉港一", "35", "true"],
        ["2", "泉港二", "24.5", "false"],
        ["3", "", "", ""],
    ]
    assert sheet.crs == "EPSG:4490"
    assert [shape and shape.wkt for shape in sheet.geometry] == [
        "POINT (118.6 25.1)",
        "POINT (118.7 25.2)",
        None,
    ]
    assert sheet.rows.tolist() == [1, 2, 3]


def test_a_view_is_read_as_a_table_is(city):
    assert open_sheet(city, table="tall").cells["站名"].tolist() == ["泉港一"]


def test_a_name_with_a_semicolon_and_another_schema_is_quoted(city):
    sheet = open_sheet(city, table="规划.county; DROP")
    assert sheet.crs == "EPSG:4549"
    assert sheet.geometry[0].geom_type == "Polygon"


def test_a_table_without_shapes_is_a_table_of_cells(city):
    sheet = open_sheet(city, table="register")
    assert sheet.geometry is None
    assert sheet.cells.iloc[0].tolist() == ["A", "118.6", "25.1"]


def test_geography_is_read_and_an_unknown_srid_declares_nothing(city):
    assert open_sheet(city, table="places").crs == "EPSG:4326"
    assert open_sheet(city, table="unknown").crs == ""


@pytest.mark.parametrize(
    "name",
    [
        "sites; DROP TABLE sites",
        "sites WHERE 1=1 --",
        '"sites"',
        "(SELECT 1)",
        "sites' OR '1'='1",
        "pg_catalog.pg_shadow",
        "%s",
    ],
)
def test_a_name_like_sql_is_not_found_and_never_run(city, name):
    with pytest.raises(MissingDataError, match="has no table") as caught:
        open_sheet(city, table=name)
    assert "public.sites" in str(caught.value)
    assert len(open_sheet(city, table="sites").rows) == 3


def test_the_connection_cannot_change_anything(city):
    import psycopg

    from siting.layers.formats.postgis import _connected

    with pytest.raises(DataError, match="read-only"), _connected(city, "city") as connection:
        connection.execute("DELETE FROM sites")
    with psycopg.connect(city) as connection:
        assert connection.execute("SELECT count(*) FROM sites").fetchone() == (3,)


def test_without_a_name_the_tables_are_listed(city):
    with pytest.raises(DataError, match=r"needs the name of a table; it holds public\.mixed"):
        open_sheet(city)


def test_only_what_the_user_may_read_is_offered(server):
    sheet = open_sheet(server.address("city", user="reader", password="reader"))
    assert sheet.file.endswith("[public.tall]")


def test_shapes_in_two_crs_or_two_columns_are_refused(city):
    with pytest.raises(DataError, match="SRID 4326, 4490"):
        open_sheet(city, table="mixed")
    with pytest.raises(DataError, match="2 columns of shapes: a, b"):
        open_sheet(city, table="two")


def test_a_database_without_postgis_says_so(server):
    with pytest.raises(DataError, match="has no PostGIS"):
        open_sheet(server.address("bare"), table="sites")


def test_a_wrong_password_and_a_missing_database_say_so_without_the_password(server):
    with pytest.raises(MissingDataError, match="does not accept this user") as caught:
        open_sheet(server.address("city", password="s3cret"), table="sites")
    assert "s3cret" not in str(caught.value)
    with pytest.raises(MissingDataError, match="no such database") as caught:
        open_sheet(server.address("nowhere"), table="sites")
    assert PASSWORD not in str(caught.value)


def test_the_name_of_a_sheet_never_holds_the_password(city):
    file = open_sheet(city, table="sites").file
    assert file.startswith("postgresql://127.0.0.1:")
    assert "postgres@" not in file
    assert PASSWORD not in file


def test_where_nothing_listens_the_error_is_quick_and_plain():
    with pytest.raises(MissingDataError, match="no database answers there") as caught:
        open_sheet("postgresql://planner:s3cret@127.0.0.1:1/city", table="sites")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:s3cret@host:port/db",
        "postgresql://[s3cret",
        "postgresql:u:s3cret@host/db",
        "postgresql://u:12#s3cret@host/db",
        "postgresql://u:12/s3cret@host/db",
    ],
)
def test_an_address_that_is_none_says_how_to_write_one(address):
    with pytest.raises(ConfigurationError, match="is no address of a database") as caught:
        open_sheet(address, table="sites")
    assert "s3cret" not in str(caught.value)


def test_without_the_driver_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match="psycopg is not installed"):
        open_sheet("postgresql://u@localhost/db", table="sites")
