"""List the kinds of file that are not read, what each is, and how to bring its data in."""

from __future__ import annotations

from siting.layers.formats.refusal import SAVE_AS

_TYPED_IN = "copy its table into a workbook, save it as .xlsx and import that"
_UNPACK = "unpack it, and import the file in it or a .zip of it"
_RASTER = (
    "is a raster: cells, not features",
    "import it with --as dem, surface, landcover or population; for features " + SAVE_AS,
)
_DRAWING = (
    "is a drawing, without attributes or a stated CRS",
    "export the layer of interest with its coordinate system from CAD or QGIS as .gpkg or .shp",
)
_ACCESS = ("is an Access database", "export the table as .xlsx or .csv, or the layer as .gpkg")
_MAPINFO = ("is a MapInfo file", "export it from MapInfo or QGIS as .gpkg or .shp")
_GDB = (
    "is a file geodatabase of ArcGIS",
    "export the feature class from ArcGIS or QGIS as .gpkg or .shp",
)
_OVOBJ = (
    "is 奥维's own binary file, which is not documented",
    "export it in 奥维互动地图 as .ovkml or .shp (收藏夹, 导出), and import that",
)
_DOCUMENT = ("is a document, not a table", _TYPED_IN)
_SHAPEFILE_PART = ("is one part of a shapefile", "name the .shp; its parts lie beside it")
_PACKED = ("is an archive of a kind that is not read here", _UNPACK)

REFUSED_KINDS: dict[str, tuple[str, str]] = {
    "tiff": _RASTER,
    "hdf": _RASTER,
    "picture": ("is a picture", _TYPED_IN),
    "pdf": ("is a PDF", _TYPED_IN),
    "document": _DOCUMENT,
    "dwg": _DRAWING,
    "mapinfo": _MAPINFO,
    "access": _ACCESS,
    "ovobj": _OVOBJ,
    "7z": _PACKED,
    "rar": _PACKED,
}
"""What is wrong and what to do, by the kind that the first bytes tell."""

REFUSED_SUFFIXES: dict[str, tuple[str, str]] = {
    ".tif": _RASTER,
    ".tiff": _RASTER,
    ".img": _RASTER,
    ".asc": _RASTER,
    ".hgt": _RASTER,
    ".nc": _RASTER,
    ".vrt": _RASTER,
    ".png": REFUSED_KINDS["picture"],
    ".jpg": REFUSED_KINDS["picture"],
    ".pdf": REFUSED_KINDS["pdf"],
    ".doc": _DOCUMENT,
    ".docx": _DOCUMENT,
    ".wps": _DOCUMENT,
    ".ods": ("is an OpenDocument table", "save it as .xlsx"),
    ".et": ("is a WPS table", "save it as .xlsx"),
    ".dwg": _DRAWING,
    ".dxf": _DRAWING,
    ".dgn": _DRAWING,
    ".mdb": _ACCESS,
    ".accdb": _ACCESS,
    ".tab": _MAPINFO,
    ".mif": _MAPINFO,
    ".mid": _MAPINFO,
    ".gdb": _GDB,
    ".ovobj": _OVOBJ,
    ".omap": _OVOBJ,
    ".ovjsn": ("is 奥维's own JSON", _OVOBJ[1]),
    ".dbf": _SHAPEFILE_PART,
    ".shx": _SHAPEFILE_PART,
    ".prj": _SHAPEFILE_PART,
    ".cpg": _SHAPEFILE_PART,
    ".sbn": _SHAPEFILE_PART,
    ".gz": _PACKED,
    ".bz2": _PACKED,
    ".rar": _PACKED,
    ".7z": _PACKED,
    ".tar": _PACKED,
    ".gpx": ("is a track of a GPS receiver", "save it as .gpkg or .geojson with QGIS"),
    ".gml": ("is GML", SAVE_AS),
    ".topojson": ("is TopoJSON", "save it as .geojson"),
    ".qgz": ("is a project of QGIS, which only points to data", SAVE_AS),
    ".qgs": ("is a project of QGIS, which only points to data", SAVE_AS),
    ".mxd": ("is a map of ArcGIS, which only points to data", SAVE_AS),
    ".lyr": ("is a style of ArcGIS, which only points to data", SAVE_AS),
}
"""The same by the suffix of a name."""
