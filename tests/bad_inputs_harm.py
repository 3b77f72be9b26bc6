"""Files made to harm: the cases of tests/bad_inputs.py."""

from __future__ import annotations

from bad_files import (
    OFFICIAL,
    ONE,
    STREETS,
    cut,
    document,
    drawn,
    link_inside,
    locked,
    packed,
    raw,
    text,
)
from bad_input_case import Case

from siting.errors import ConfigurationError, MissingDataError

CASES = (
    Case(
        id="safety-zip-traversal",
        make=packed({"good.geojson": ONE, "../evil.geojson": b"{}"}),
        file="a.zip",
        what="holds '…', which points outside the archive",
        remedy="ask whoever sent it for the files themselves",
    ),
    Case(
        id="safety-zip-link",
        make=packed({"a.geojson": ONE}, more=link_inside),
        file="a.zip",
        what="holds '…', which is a link to another file",
        remedy="ask whoever sent it for the files themselves",
    ),
    Case(
        id="safety-zip-ratio",
        make=packed({"a.geojson": b" " * 20_000_000}),
        file="a.zip",
        what="unpacks to … times its size; at most 1000 times is read",
        remedy="ask whoever sent it for the files themselves",
    ),
    Case(
        id="safety-zip-entries",
        make=packed({f"{n}": b"" for n in range(10_001)}),
        file="a.zip",
        what="holds … entries; at most 10,000 are read",
        remedy="ask whoever sent it for the files themselves",
    ),
    Case(
        id="safety-zip-password",
        make=packed({"a.geojson": ONE}, more=locked),
        file="a.zip",
        what="is locked with a password",
        remedy="unpack it and import the file in it",
    ),
    Case(
        id="safety-zip-in-zip",
        make=packed({"inner.zip": b"PK\3\4"}),
        file="a.zip",
        what="holds another archive and no data",
        remedy="unpack it and import the file you mean; what can be read:",
    ),
    Case(
        id="safety-zip-nothing",
        make=packed({"readme.md": b"hello"}),
        file="a.zip",
        what="holds no file that can be read",
        remedy="unpack it and import the file you mean; what can be read:",
    ),
    Case(
        id="safety-zip-several",
        make=packed({"a.geojson": ONE, "b.geojson": ONE}),
        file="a.zip",
        what="holds … files: …",
        remedy="name the one to read with --table",
    ),
    Case(
        id="safety-zip-cut",
        make=cut(packed({"a.geojson": ONE}), 0.6),
        file="a.zip",
        what="cannot be unpacked (…)",
        remedy="copy or download it again: this copy is cut off or damaged",
    ),
    Case(
        id="safety-kml-entities",
        make=text(
            "a.kml",
            '<!DOCTYPE k [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><kml><name>&b;</name></kml>',
        ),
        file="a.kml",
        what="declares a document type or entities, which a KML has no use for and can do harm",
        remedy="export it again, or delete the lines <!DOCTYPE ...>",
    ),
    Case(
        id="safety-geojson-deep",
        make=document(
            '{"type": "FeatureCollection",\n"features": ' + "[" * 10_000 + "]" * 10_000 + "}"
        ),
        file="a.geojson",
        row=2,
        what="nests … more than … deep",
        remedy="export it again; no map has such a shape",
    ),
    Case(
        id="safety-kml-deep",
        make=text("a.kml", "<kml>" + "<Folder>" * 500 + "</Folder>" * 500 + "</kml>"),
        file="a.kml",
        row=1,
        what="nests … more than … deep",
        remedy="export it again",
    ),
    Case(
        id="safety-sql-table",
        make=drawn(STREETS, OFFICIAL),
        layer="roads",
        options={"table": 'a"; DROP TABLE a; --'},
        error=ConfigurationError,
        file="a.gpkg",
        what="has no layer '…'; it has …",
        remedy="name one with --table",
    ),
    Case(
        id="safety-vrt-in-gpkg",
        make=raw(
            "a.gpkg",
            b"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        ),
        layer="roads",
        file="a.gpkg",
        what="is called … and holds something else",
        remedy="export or download it again",
    ),
    Case(
        id="safety-vsi-path",
        make=lambda folder: "/vsicurl/http://host.invalid/a.gpkg",
        error=ConfigurationError,
        file="/vsicurl/http://...",
        what="is an address, not a file",
        remedy="download it and import the file",
    ),
    Case(
        id="safety-postgres-no-host",
        make=lambda folder: "postgresql://user:secret@127.0.0.1:1/nothing",
        options={"table": "sites"},
        error=MissingDataError,
        file="postgresql://127.0.0.1:1/nothing",
        what="no database answers there",
        remedy="check host and port, that PostgreSQL runs, and the firewall",
    ),
    Case(
        id="safety-postgres-address",
        make=lambda folder: "postgresql://user:p@ss@w/rd@host/db",
        error=ConfigurationError,
        file="postgresql://...",
        what="is no address of a database",
        remedy="write postgresql://user@host:5432/database, special",
    ),
)
