"""Write one bad file each: what makes the sources of tests/bad_inputs.py in a folder of a test."""

from __future__ import annotations

import errno
import json
import shutil
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from affine import Affine
from formats_samples import archive, collection, feature, kml_text, patch, point
from layer_edits import set_cell
from raster_files import CELL, write_raster
from rasterio.errors import NotGeoreferencedWarning

from siting.layers.datum.formulas import wgs84_to_bd09, wgs84_to_gcj02
from siting.layers.intake import import_layer
from tests.planner_files import add_roads, gcj02_register, write_csv

Make: TypeAlias = Callable[[Path], Path | str]
"""Writes a source into a folder, beside the folder `layers`, and returns it."""

HEADER = ("site_id", "name", "kind", "stations", "carriers", "height_m", "lon", "lat")
GOOD = ("A1", "甲", "macro", "2", "700;3500", "30", "118.47", "24.90")
MORE = ("A2", "乙", "micro", "1", "3500", "10", "118.48", "24.91")
DROP_BOX = ((118.47, 24.89), (118.48, 24.89), (118.48, 24.90), (118.47, 24.90), (118.47, 24.89))
BOW_TIE = ((118.47, 24.89), (118.48, 24.90), (118.48, 24.89), (118.47, 24.90), (118.47, 24.89))
STREETS = (
    shapely.LineString([(118.47, 24.89), (118.48, 24.90)]),
    shapely.LineString([(118.48, 24.90), (118.49, 24.89)]),
)
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def raw(name: str, content: bytes) -> Make:
    """Return what writes these bytes."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def text(name: str, content: str, encoding: str = "utf-8") -> Make:
    """Return what writes this text."""
    return raw(name, content.encode(encoding))


def lines(*rows: Sequence[str], name: str = "r.csv", header: Sequence[str] = HEADER) -> Make:
    """Return what writes a table of text, a comma between cells."""
    return text(name, "".join(",".join(row) + "\n" for row in (header, *rows)))


def cells(**changes: str) -> Make:
    """Return what writes a register of two good rows and one with changed cells between them."""
    row = dict(zip(HEADER, GOOD, strict=True)) | {"site_id": "B9"} | changes
    return lines(GOOD, [row[name] for name in HEADER], MORE)


def places(*pairs: tuple[str, str], header: Sequence[str] = ("lon", "lat")) -> Make:
    """Return what writes a register whose rows lie at the given places."""
    names = (*HEADER[:6], *header)
    rows = [(f"S{k}", f"站{k}", *GOOD[2:6], *pair) for k, pair in enumerate(pairs)]
    return lines(*rows, header=names)


def without(*columns: str) -> Make:
    """Return what writes a register that lacks columns."""
    kept = [k for k, name in enumerate(HEADER) if name not in columns]
    rows = [[row[k] for k in kept] for row in (GOOD, MORE)]
    return lines(*rows, header=[HEADER[k] for k in kept])


def table_of(header: str, *rows: str, name: str = "t.csv") -> Make:
    """Return what writes a table from its lines."""
    return text(name, "\n".join((header, *rows)) + "\n")


def book(
    *sheets: tuple[str, Sequence[Sequence[object]]],
    name: str = "r.xlsx",
    edit: Callable[[openpyxl.Workbook], None] | None = None,
) -> Make:
    """Return what writes a workbook of the given sheets."""

    def make(folder: Path) -> Path:
        written = openpyxl.Workbook()
        written.remove(written.active)
        for title, rows in sheets:
            sheet = written.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        if edit:
            edit(written)
        written.save(folder / name)
        return folder / name

    return make


def document(content: object, name: str = "a.geojson") -> Make:
    """Return what writes a GeoJSON, given as text or as its document."""
    return text(name, content if isinstance(content, str) else json.dumps(content))


def drawn(
    shapes: Sequence[shapely.Geometry | None],
    columns: Mapping[str, Sequence[object]] | None = None,
    *,
    name: str = "a.gpkg",
    crs: str | None = "EPSG:4326",
    layers: Sequence[str] = ("a",),
) -> Make:
    """Return what writes shapes into one or several layers of a file of GDAL's."""

    def make(folder: Path) -> Path:
        table = gpd.GeoDataFrame(dict(columns or {}), geometry=list(shapes), crs=crs)
        for layer in layers:
            table.to_file(folder / name, layer=layer, engine="pyogrio")
        return folder / name

    return make


def register_drawn(name: str, crs: str | None = "EPSG:4326", count: int = 2) -> Make:
    """Return what writes good sites as points of a drawn format."""
    points = [shapely.Point(118.47 + 0.01 * k, 24.90) for k in range(count)]
    rows = [(f"A{k}", f"站{k}", *GOOD[2:6]) for k in range(count)]
    columns = dict(zip(HEADER[:6], zip(*rows, strict=True), strict=True))
    return drawn(points, columns, name=name, crs=crs, layers=(Path(name).stem,))


def shapefile(
    lost: str = "", prj: str | None = None, changes: Mapping[str, tuple[int, bytes]] | None = None
) -> Make:
    """Return what writes sites.shp without a part, with another .prj, or with changed bytes."""

    def make(folder: Path) -> Path:
        path = Path(register_drawn("sites.shp")(folder))
        if lost:
            path.with_suffix(lost).unlink()
        if prj is not None:
            path.with_suffix(".prj").write_text(prj, encoding="utf-8")
        for suffix, (at, content) in (changes or {}).items():
            patch(path.with_suffix(suffix), at, content)
        return path

    return make


def patched(made: Make, at: int, content: bytes) -> Make:
    """Return what writes a file and then changes some of its bytes."""
    return lambda folder: patch(Path(made(folder)), at, content)


def cut(made: Make, share: float = 0.5) -> Make:
    """Return what writes a file and then cuts its end off."""

    def make(folder: Path) -> Path:
        path = Path(made(folder))
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
        return path

    return make


def packed(files: Mapping[str, bytes], name: str = "a.zip", more: Callable | None = None) -> Make:
    """Return what writes an archive; `more` changes it afterwards."""

    def make(folder: Path) -> Path:
        path = archive(folder / name, dict(files))
        if more:
            more(path)
        return path

    return make


def locked(path: Path) -> None:
    """Let an archive say that its first entry has a password."""
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)


def link_inside(path: Path) -> None:
    """Add a link to another file to an archive."""
    with zipfile.ZipFile(path, "a") as opened:
        link = zipfile.ZipInfo("b.geojson")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        opened.writestr(link, "/etc/passwd")


def kml(*marks: str, start: str = '<?xml version="1.0" encoding="UTF-8"?>', end: str = "") -> Make:
    """Return what writes a KML of placemarks; `end` is cut off its text."""
    return text("a.kml", kml_text(*marks, start=start).removesuffix(end))


def heights(
    change: Callable[[np.ndarray], object] | None = None, *, name: str = "height.tif", **options
) -> Make:
    """Return what writes a raster of 30 m around the town, with some cells changed."""

    def make(folder: Path) -> Path:
        values = np.full((120, 200), 30.0)
        if change:
            values = values if change(values) is None else change(values)
        place = options.get("transform", Affine(CELL, 0.0, 118.40, 0.0, -CELL, 24.96))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            return write_raster(folder / name, values, **(options | {"transform": place}))

    return make


def holes(value: float) -> Callable[[np.ndarray], None]:
    """Return what writes a value into cells inside the town."""

    def change(values: np.ndarray) -> None:
        values[50:70, 40:70] = value

    return change


def gcj02_points(count: int = 12) -> Make:
    """Return what writes sites deep inside the town in GCJ-02, with nothing that says so."""
    lon, lat = np.linspace(118.452, 118.468, count), np.linspace(24.894, 24.906, count)
    moved = wgs84_to_gcj02(lon, lat)
    return places(*((f"{x:.7f}", f"{y:.7f}") for x, y in zip(*moved, strict=True)))


def metres(x: float, y: float, count: int = 8) -> Make:
    """Return what writes sites in metres from a corner on."""
    pairs = [(f"{x + 137.31 * k:.2f}", f"{y + 91.77 * k:.2f}") for k in range(count)]
    return places(*pairs, header=("x", "y"))


def in_town(*edits: Callable[[Path], object], make: Make | None = None) -> Make:
    """Return what spoils the folder of layers and writes a source, a good register by default."""

    def spoil(folder: Path) -> Path | str:
        for edit in edits:
            edit(folder / "layers")
        return (make or lines(GOOD, MORE))(folder)

    return spoil


def cell(name: str, row: int, **values: str) -> Callable[[Path], None]:
    """Return what writes cells of a table of the folder."""

    def edit(town: Path) -> None:
        for column, value in values.items():
            set_cell(town / name, row, column, value)

    return edit


def put(name: str, content: str | bytes = b"") -> Callable[[Path], None]:
    """Return what writes a file of the folder."""
    inside = content if isinstance(content, bytes) else content.encode()
    return lambda town: (town / name).write_bytes(inside) and None


def gone(*names: str) -> Callable[[Path], None]:
    """Return what takes files out of the folder."""

    def edit(town: Path) -> None:
        for name in names:
            (town / name).unlink()

    return edit


def dem_in_town(**options: object) -> Make:
    """Return what writes dem.tif into the folder of layers."""
    return in_town(heights(name="dem.tif", **options))


def osm(folder: Path, *, ways: str = "") -> Path:
    """Write an extract of OpenStreetMap with two nodes and the given ways."""
    nodes = "".join(
        f'<node id="{k}" version="1" lon="{118.47 + 0.01 * k}" lat="24.9"/>' for k in (1, 2)
    )
    body = f'<?xml version="1.0"?><osm version="0.6">{nodes}{ways}</osm>'
    (folder / "a.osm").write_text(body, encoding="utf-8")
    return folder / "a.osm"


def osm_pbf_cut(folder: Path) -> Path:
    """Write an extract as .pbf and cut its end off."""
    import osmium

    way = '<way id="9" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>'
    source = osm(folder, ways=way)
    target = folder / "a.osm.pbf"
    with osmium.SimpleWriter(str(target)) as writer:
        for one in osmium.FileProcessor(str(source)):
            writer.add(one)
    source.unlink()
    content = target.read_bytes()
    target.write_bytes(content[: len(content) - 40])
    return target


def tiff_of(size: int) -> bytes:
    """Return a TIFF whose directory is said to lie far behind its end."""
    return b"II*\0" + struct.pack("<I", size) + b"\0" * 100


SITE = dict(zip(HEADER[:6], GOOD[:6], strict=True))
ONE = json.dumps(collection(feature(point(118.47, 24.9), **SITE))).encode()
VILLAGE_HEADER = (
    "code",
    "name",
    "township_code",
    "county_code",
    "urban_rural_class",
    "kind",
    "provenance",
)
BEIJING = (
    'GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
ZONE_120 = (
    'PROJCS["CGCS2000_3_Degree_GK_CM_120E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",120.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
PARK_HEADER = "id,name,lon,lat,county_code,provenance"
PROGRESS = table_of("target,date,value,unit", "T-5G-TOTAL,2024-12-31,170,站")


def made_folder(path: Path) -> Path:
    """Make a folder and return it."""
    path.mkdir()
    return path


def without_town(folder: Path) -> Path:
    """Take the folder of layers away and give a good register."""
    shutil.rmtree(folder / "layers")
    return Path(lines(GOOD)(folder))


def parks(county: str) -> Make:
    """Return what writes three parks, the second of the given county."""
    rows = [f"P{k},园{k},118.4{k},24.9,{code},official" for k, code in enumerate(("", county, ""))]
    return table_of(PARK_HEADER, *rows)


def villages(row: str) -> Make:
    """Return what writes two villages, the second as given."""
    head = "code,name,township_code,county_code,urban_rural_class"
    rows = ("990101001001,虚构一社区,990101001,990101,111", row)
    return table_of(f"{head},kind,provenance", *(f"{one},community,official" for one in rows))


def mixed_batches(folder: Path) -> Path:
    """Write a register whose second half is in BD-09, with no column that tells the batches."""
    lon, lat = np.linspace(118.425, 118.575, 60), np.tile([24.868, 24.932], 30)
    moved = wgs84_to_bd09(lon, lat)
    lon, lat = (
        np.where(np.arange(60) < 30, lon, moved[0]),
        np.where(np.arange(60) < 30, lat, moved[1]),
    )
    return Path(places(*((f"{x:.7f}", f"{y:.7f}") for x, y in zip(lon, lat, strict=True)))(folder))


def tiles(difference: float, shift: float = 0.0) -> Make:
    """Return what writes two tiles that overlap, the second higher or moved by parts of a cell."""

    def make(folder: Path) -> Path:
        target = made_folder(folder / "tiles")
        for k, west in enumerate((118.40, 118.45 + shift * CELL)):
            place = Affine(CELL, 0.0, west, 0.0, -CELL, 24.96)
            heights(lambda v, k=k: v + k * difference, name=f"t{k}.tif", transform=place)(target)
        return target

    return make


def changed_by_hand(folder: Path) -> Path:
    """Import parks and change the written layer."""
    source = parks("")(folder)
    import_layer(source, layer="parks", directory=folder / "layers", datum="wgs84")
    with (folder / "layers" / "parks.gpkg").open("ab") as file:
        file.write(b"edited")
    return Path(source)


def bow_tie_county(town: Path) -> None:
    """Draw the first county so that its outline crosses itself."""
    outline = json.loads((town / "counties.geojson").read_text(encoding="utf-8"))
    outline["features"][0]["geometry"] = {"type": "Polygon", "coordinates": [[*BOW_TIE]]}
    (town / "counties.geojson").write_text(json.dumps(outline), encoding="utf-8")


@contextmanager
def disk_full(_: Path) -> Iterator[None]:
    """Let every new file of a stroke fail, as on a disk that is full or may not be written."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr("siting.disk.moves._list_moves", fail)
        yield


SITE_COLUMNS = {name: [value] for name, value in SITE.items()}
OFFICIAL = {"provenance": ["official"] * 2}


def gcj02_called_cgcs2000(folder: Path) -> Path:
    """Write a register in GCJ-02 whose headers say CGCS2000, and the streets that tell it."""
    add_roads(folder / "layers")
    rows = gcj02_register(120)[0]
    rows[0] = [
        {"经度": "经度(CGCS2000)", "纬度": "纬度(CGCS2000)"}.get(name, name) for name in rows[0]
    ]
    return write_csv(folder / "r.csv", rows)


def zip_without_dbf(folder: Path) -> Path:
    """Pack a shapefile without its table."""
    path = Path(shapefile()(folder))
    files = {f"sites{part}": path.with_suffix(part).read_bytes() for part in (".shp", ".shx")}
    return archive(folder / "a.zip", files)


def table_only(folder: Path) -> Path:
    """Write a GeoPackage of a table without shapes."""
    pyogrio.write_dataframe(
        pd.DataFrame({"name": ["路"], "provenance": ["official"]}), folder / "a.gpkg", layer="a"
    )
    return folder / "a.gpkg"


def folder_is_file(folder: Path) -> Path:
    """Put a file where the folder of layers should be."""
    source = without_town(folder)
    (folder / "layers").write_text("x", encoding="utf-8")
    return source


def tile_list(folder: Path) -> Path:
    """Write a list of tiles of which one is not there."""
    (folder / "tiles.txt").write_text("a.tif\nb.tif\n", encoding="utf-8")
    return folder / "tiles.txt"


def sectors(row: str) -> Make:
    """Return what writes three sectors of a site, the second as given."""
    head = "site_id,sector_id,name,kind,carriers,height_m,azimuth_deg,lon,lat"
    first, last = (f"A1,A1-{k},甲,macro,3500,30,{120 * k},118.47,24.90" for k in (1, 3))
    return table_of(head, first, row, last)


UPDATE = {"datum": "wgs84", "update": True, "provenance": "official", "max_rejected_share": 0.9}
