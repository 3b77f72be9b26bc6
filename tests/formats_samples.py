"""Small files of every format that a planner may bring, written by the tests."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

import geopandas as gpd
import shapely

NAMES = ("泉港一", "泉港二", "惠安一")
CODES = (350505001, 350505002, 350521001)
POINTS = tuple(shapely.Point(118.6 + 0.1 * n, 25.0 + 0.1 * n) for n in range(3))
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def frame(geometry=POINTS, crs="EPSG:4490"):
    table = {"站名": NAMES, "code": CODES, "height": (35.0, 24.5, None)}
    return gpd.GeoDataFrame(table, geometry=list(geometry), crs=crs)


def shapefile(directory: Path, *, encoding="GBK", cpg: str | None = None, driver=None, prj=True):
    """Write sites.shp; `cpg` None takes the .cpg away, `driver` sets the language driver byte."""
    path = directory / "sites.shp"
    frame().to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    if not prj:
        path.with_suffix(".prj").unlink()
    if driver is not None:
        patch(path.with_suffix(".dbf"), 29, bytes([driver]))
    return path


def patch(path: Path, at: int, content: bytes) -> Path:
    raw = bytearray(path.read_bytes())
    raw[at : at + len(content)] = content
    path.write_bytes(raw)
    return path


def archive(path: Path, files: dict[str, bytes], compression=zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return path


def zipped_shapefile(directory: Path, folder: str = "数据/") -> Path:
    path = shapefile(directory)
    files = {
        f"{folder}sites{part}": path.with_suffix(part).read_bytes()
        for part in PARTS
        if path.with_suffix(part).is_file()
    }
    return archive(directory / "sites.zip", files)


def feature(geometry, **properties):
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def point(*position):
    return {"type": "Point", "coordinates": list(position)}


def collection(*features, **members):
    return {"type": "FeatureCollection", "features": list(features), **members}


def geojson(directory: Path, document, name="sites.geojson", encoding="utf-8") -> Path:
    path = directory / name
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    path.write_text(text, encoding=encoding)
    return path


def placemark(
    name="泉港一", shape="<Point><coordinates>118.6,24.9,0</coordinates></Point>", more=""
):
    return f"<Placemark><name>{name}</name>{more}{shape}</Placemark>"


def kml_text(*places, start='<?xml version="1.0" encoding="UTF-8"?>'):
    body = "".join(places)
    return (
        f'{start}<kml xmlns="http://www.opengis.net/kml/2.2" '
        'xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>清单</name>'
        f"<Folder><name>一期</name>{body}</Folder></Document></kml>"
    )


def shp_claiming(path: Path, size: int) -> Path:
    """Let the header of a .shp claim `size` bytes; it counts in 16-bit words, big end first."""
    return patch(path, 24, struct.pack(">I", size // 2))
