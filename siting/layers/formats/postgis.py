"""Read one table or view of a PostGIS database over a read-only connection.

The name of a table is looked up in the catalogue of the database and quoted by the driver: it is
never pasted into a statement. A password never stands in a message.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np
import pandas as pd

from siting.errors import ConfigurationError, DataError, MissingDataError, Problem
from siting.layers.formats.drawn import plain_shapes
from siting.layers.formats.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from psycopg.sql import Composable, Composed

CONNECT_SECONDS = 10
ROWS_AT_ONCE = 20_000
TABLES_SHOWN = 20
TABLES = """
    SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname NOT LIKE 'pg\\_%'
    AND n.nspname <> 'information_schema' AND has_table_privilege(c.oid, 'SELECT')
    ORDER BY n.nspname, c.relname
"""
COLUMNS = """
    SELECT a.attname, t.typname FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
"""
KEY = """
    SELECT a.attname FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
    WHERE i.indisprimary AND n.nspname = %s AND c.relname = %s ORDER BY a.attnum
"""
OWN_TABLES = ("spatial_ref_sys", "geometry_columns", "geography_columns", "raster_columns")


def open_postgis(source: str, *, table: str = "") -> Sheet:
    """Return a table or view; the row of a record is its number, from 1.

    Records are in the order of the primary key, or else of all cells from left to right.

    Parameters
    ----------
    source
        `postgresql://user:password@host:port/database`; without a password the usual places are
        looked in (PGPASSWORD, ~/.pgpass).
    table
        `name` or `schema.name`; needed where there are several with a geometry.

    Raises
    ------
    ConfigurationError
        Where the driver is not installed or the address cannot be used.
    MissingDataError
        Where the server, the database or the table is not there, or the password is wrong.
    DataError
        Where there is no PostGIS, or the shapes of the table are in several CRS.

    """
    place = _place(source)
    with _connected(source, place) as connection:
        schema, name = _chosen(connection, table, place)
        file = f"{place}[{schema}.{name}]"
        columns = connection.execute(COLUMNS, (schema, name)).fetchall()
        shaped = [column for column, kind in columns if kind in ("geometry", "geography")]
        plain = [column for column, _ in columns if column not in shaped]
        if len(shaped) > 1:
            what = f"has {len(shaped)} columns of shapes: {', '.join(shaped)}"
            raise _error(file, what, "make a view with the one that is meant, and import that")
        cells, wkb, srids = _records(connection, (schema, name), plain, shaped)
        crs = _crs(connection, srids, file)
    shapes, notes = plain_shapes(file, wkb) if shaped else (None, ())
    rows = np.arange(1, len(cells) + 1, dtype=np.int64)
    return Sheet(file=file, cells=cells, rows=rows, geometry=shapes, crs=crs, notes=notes)


def _place(source: str) -> str:
    """Return how problems name the database: host and database, never user or password."""
    what = "is no address of a database"
    remedy = "write postgresql://user@host:5432/database, special characters as %XX"
    problem = Problem(file="postgresql://...", what=what, remedy=remedy)
    try:
        parts = urlsplit(source)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise ConfigurationError(problem) from None
    if "://" not in source or "@" in parts.path + parts.query + parts.fragment:
        raise ConfigurationError(problem)  # what looks like a host may be half a password
    return f"postgresql://{parts.hostname or ''}{port}{unquote(parts.path)}"


@contextmanager
def _connected(source: str, place: str) -> Iterator[Any]:
    """Give a connection on which nothing can be changed; name what goes wrong without secrets."""
    try:
        import psycopg  # noqa: PLC0415 - optional: only PostGIS needs it
    except ImportError:
        remedy = "install it: pip install 'siting[postgis]'"
        what = "the driver psycopg is not installed"
        raise ConfigurationError(Problem(file=place, what=what, remedy=remedy)) from None
    seconds = int(os.environ.get("PGCONNECT_TIMEOUT", CONNECT_SECONDS))
    try:
        connection = psycopg.connect(source, connect_timeout=seconds)
    except (psycopg.Error, UnicodeError) as error:
        raise _refused(str(error), place, source) from None
    with connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        try:
            yield connection
        except psycopg.Error as error:
            what = f"the database says: {_without_secret(str(error).splitlines()[0], source)}"
            raise _error(place, what, "check the table in the database") from None
        finally:
            connection.rollback()


def _refused(words: str, place: str, source: str) -> Exception:
    """Return the error of a connection that does not come about."""
    small = words.lower()
    if "password" in small or "authentication" in small:
        what = "the database does not accept this user with this password"
        remedy = "check the name and the password (or PGPASSWORD), and that the user may log in"
    elif "does not exist" in small:
        what, remedy = "there is no such database or user", "check the name after the last slash"
    elif "timeout" in small or "refused" in small or "resolve" in small or "name or" in small:
        what = "no database answers there"
        remedy = "check host and port, that PostgreSQL runs, and the firewall between"
    elif "missing" in small or "invalid" in small:
        what = "is no address of a database"
        remedy = "write postgresql://user@host:5432/database, special characters as %XX"
        return ConfigurationError(Problem(file=place, what=what, remedy=remedy))
    else:
        last = _without_secret(words.strip().splitlines()[-1], source) if words.strip() else ""
        what, remedy = f"cannot be reached ({last})", "check host, port, database and user"
    return MissingDataError(Problem(file=place, what=what, remedy=remedy))


def _without_secret(words: str, source: str) -> str:
    """Return words without the password of an address."""
    parts = urlsplit(source)
    asked = parse_qs(parts.query).get("password", [])
    for secret in (source, parts.password or "", unquote(parts.password or ""), *asked):
        words = words.replace(secret, "...") if secret else words
    return words


def _chosen(connection: Any, table: str, place: str) -> tuple[str, str]:
    """Return schema and name of the table, looked up among those that may be read."""
    found = [tuple(row) for row in connection.execute(TABLES).fetchall()]
    if not any(name == "spatial_ref_sys" for _, name in found):
        remedy = "run CREATE EXTENSION postgis in it, or export the table as .csv or .gpkg"
        raise _error(place, "has no PostGIS", remedy)
    own = [(schema, name) for schema, name in found if name not in OWN_TABLES]
    asked = [one for one in own if table in (f"{one[0]}.{one[1]}", one[1])]
    asked = [one for one in asked if one[0] == "public"] or asked if len(asked) > 1 else asked
    if len(asked) == 1:
        return asked[0]
    if not table and len(own) == 1:
        return own[0]
    listed = ", ".join(f"{schema}.{name}" for schema, name in own[:TABLES_SHOWN])
    more = ", ..." if len(own) > TABLES_SHOWN else ""
    holds = f"it holds {listed}{more}" if own else "it holds none that this user may read"
    if table:
        what = f"has no table {table[:80]!r} that this user may read; {holds}"
        raise MissingDataError(Problem(file=place, what=what, remedy="name one with --table"))
    raise _error(place, f"needs the name of a table; {holds}", "name one with --table schema.name")


def _records(
    connection: Any, table: tuple[str, str], plain: list[str], shaped: list[str]
) -> tuple[pd.DataFrame, NDArray[np.object_], set[int]]:
    """Return text of the cells, the shapes as WKB and the SRIDs that they have."""
    cells, wkb, srids = [pd.DataFrame(columns=plain, dtype="str")], [np.array([], object)], set()
    with connection.cursor(name="siting_rows") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(_query(connection, table, plain, shaped))
        while part := cursor.fetchmany(ROWS_AT_ONCE):
            columns = list(zip(*part, strict=True))
            texts = {
                name: [(text or "").strip() for text in column]
                for name, column in zip(plain, columns, strict=False)
            }
            cells.append(pd.DataFrame(texts, index=range(len(part)), columns=plain, dtype="str"))
            if shaped:
                shapes = np.full(len(part), None, dtype=object)
                shapes[:] = [None if shape is None else bytes(shape) for shape in columns[-2]]
                wkb.append(shapes)
                srids |= set(columns[-1]) - {None}
    return pd.concat(cells, ignore_index=True), np.concatenate(wkb), srids


def _query(
    connection: Any, table: tuple[str, str], plain: list[str], shaped: list[str]
) -> Composed:
    """Return the statement that reads a table; every name in it is quoted by the driver."""
    from psycopg import sql  # noqa: PLC0415

    cells: list[Composable] = [
        sql.SQL("{}::text").format(sql.Identifier(column)) for column in plain
    ]
    for column in shaped:
        shape = sql.SQL("{}::geometry").format(sql.Identifier(column))
        cells += [
            sql.SQL("ST_AsBinary(ST_Force2D(ST_CurveToLine({})))").format(shape),
            sql.SQL("ST_SRID({})").format(shape),
        ]
    key = connection.execute(KEY, table).fetchall()
    order: list[Composable] = [sql.Identifier(name) for (name,) in key]
    order = order or [sql.Literal(number) for number in range(1, len(cells) + 1)]
    return sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
        sql.SQL(", ").join(cells), sql.Identifier(*table), sql.SQL(", ").join(order)
    )


def _crs(connection: Any, srids: set[int], file: str) -> str:
    """Return the CRS of the shapes, "" where the database does not know it."""
    known = sorted(srids)
    if len(known) > 1:
        what = f"holds shapes in {len(known)} CRS (SRID {', '.join(map(str, known))})"
        raise _error(file, what, "make a view that transforms them to one (ST_Transform)")
    if not known or known[0] == 0:
        return ""
    row = connection.execute(
        "SELECT auth_name, auth_srid, srtext FROM spatial_ref_sys WHERE srid = %s", (known[0],)
    ).fetchone()
    if row is None:
        return ""
    return f"EPSG:{row[1]}" if row[0] == "EPSG" else str(row[2] or "")


def _error(file: str, what: str, remedy: str) -> DataError:
    return DataError(Problem(file=file, what=what, remedy=remedy))
