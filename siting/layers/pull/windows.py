"""Read the window of a raster that lies on a server, by GDAL's range requests (`/vsicurl/`).

A cloud-optimised GeoTIFF is read where it lies: only the blocks of the window travel. GDAL repeats
nothing by itself here and asks for one thing at a time; how often a window is read again is for our
manners to say. Every option of GDAL holds inside one `rasterio.Env` and is gone afterwards.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from siting.errors import DataError, Problem
from siting.layers.folder.catalogue import sha256_of
from siting.layers.pull.faults import NotNowError, plain_url
from siting.layers.pull.fetch import Answer
from siting.layers.pull.manners import USER_AGENT

if TYPE_CHECKING:
    from pathlib import Path

    import rasterio
    from rasterio.windows import Window

    from siting.layers.pull.cache import Cache, Kept
    from siting.layers.pull.fetch import Fetcher
    from siting.layers.pull.manners import Manners
    from siting.layers.pull.tiles import Bounds

TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
"""How a GeoTIFF begins."""
ROWS_AT_ONCE = 512


def pulled_window(url: str, bounds: Bounds, *, cache: Cache, fetcher: Fetcher) -> Kept:
    """Return the window of a raster on a server as a GeoTIFF in the cache.

    Parameters
    ----------
    url
        The GeoTIFF. Where there is none (404), or where it holds nothing of the area, the entry
        of the cache is `missing`.
    bounds
        The area, WGS 84 degrees; the raster must be in degrees, too.
    cache, fetcher
        Where the window is kept, and who asks.

    Raises
    ------
    MissingDataError
        If the server does not answer, or the cache works offline and has no such window.
    DataError
        If what lies there is no GeoTIFF in degrees.

    """

    def bring(path: Path) -> Answer:
        begins = fetcher.first_bytes(url, 16)
        if begins is None:
            return Answer(missing=True)
        start, headers = begins
        if not start.startswith(TIFF):
            remedy = "check the address, or name another server"
            what = "is no GeoTIFF: it begins otherwise"
            raise DataError(Problem(file=plain_url(url), what=what, remedy=remedy))
        there = fetcher.patiently(url, lambda: _read(url, bounds, path, fetcher.manners))
        etag, date = headers.get("ETag", ""), headers.get("Date", "")
        sha256 = sha256_of(path) if there else ""
        return Answer(missing=not there, sha256=sha256, etag=etag, date=date)

    return cache.keep(window_subject(url, bounds), bring)


def window_subject(url: str, bounds: Bounds) -> dict[str, str]:
    """Return what a window is kept under."""
    return {"url": url, "window": ",".join(f"{side:.6f}" for side in bounds)}


def cut_window(source: Path, bounds: Bounds, target: Path, *, name: str) -> bool:
    """Write the window of a local raster as a GeoTIFF; false where it holds nothing of the area.

    Raises
    ------
    DataError
        If `source`, called `name`, is no GeoTIFF in degrees.

    """
    import rasterio  # noqa: PLC0415  (slow to import, and only a pull of rasters needs it)

    try:
        with rasterio.open(source) as raster:
            return _copy(raster, bounds, target, name)
    except rasterio.errors.RasterioError as error:
        raise _unreadable(name) from error


def meets(source: Path, bounds: Bounds, *, name: str) -> bool:
    """Tell whether a local raster, called `name`, holds something of an area.

    Raises
    ------
    DataError
        If it is no GeoTIFF in degrees.

    """
    import rasterio  # noqa: PLC0415  (slow to import, and only a pull of rasters needs it)

    try:
        with rasterio.open(source) as raster:
            _require_degrees(raster, name)
            return _window(raster, bounds) is not None
    except rasterio.errors.RasterioError as error:
        raise _unreadable(name) from error


def _unreadable(name: str) -> DataError:
    remedy = "empty the cache, and run it again"
    return DataError(Problem(file=name, what="cannot be read as a raster", remedy=remedy))


def _require_degrees(raster: rasterio.DatasetReader, name: str) -> None:
    if raster.crs is None or not raster.crs.is_geographic:
        remedy = "name the server of the published rasters, which are in degrees"
        raise DataError(Problem(file=name, what="is not in degrees", remedy=remedy))


def _read(url: str, bounds: Bounds, path: Path, manners: Manners) -> bool:
    """Read a window once, or say why not."""
    import rasterio  # noqa: PLC0415  (slow to import, and only a pull of rasters needs it)

    part = path.with_name(f"{path.name}.window")
    try:
        with (
            rasterio.Env(**gdal_options(manners)),
            rasterio.open(f"/vsicurl/{url}", driver="GTiff") as raster,
        ):
            there = _copy(raster, bounds, part, plain_url(url))
        if there:
            part.replace(path)
    except rasterio.errors.RasterioError as error:
        code = re.search(r"response code(?: on \S+)?: (\d+)", str(error))
        what = f"answers {code[1]}" if code else "a part of the raster did not arrive whole"
        raise NotNowError(what) from error
    finally:
        part.unlink(missing_ok=True)
    return there


def _copy(raster: rasterio.DatasetReader, bounds: Bounds, target: Path, name: str) -> bool:
    """Write the cells that meet an area, some rows at a time; false where there are none."""
    import rasterio  # noqa: PLC0415  (slow to import, and only a pull of rasters needs it)
    from rasterio.transform import Affine  # noqa: PLC0415
    from rasterio.windows import Window  # noqa: PLC0415

    _require_degrees(raster, name)
    window = _window(raster, bounds)
    if window is None:
        return False
    profile = {
        "driver": "GTiff",
        "width": window.width,
        "height": window.height,
        "count": 1,
        "dtype": raster.dtypes[0],
        "crs": raster.crs,
        "nodata": raster.nodata,
        "transform": raster.transform @ Affine.translation(window.col_off, window.row_off),
        "compress": "deflate",
    }
    with rasterio.open(target, "w", **profile) as written:
        for top in range(0, window.height, ROWS_AT_ONCE):
            rows = min(ROWS_AT_ONCE, window.height - top)
            there = Window(window.col_off, window.row_off + top, window.width, rows)
            cells = raster.read(1, window=there)
            written.write(cells, 1, window=Window(0, top, window.width, rows))
    return True


def _window(raster: rasterio.DatasetReader, bounds: Bounds) -> Window | None:
    """Return the whole cells that meet an area, None where the raster does not."""
    from rasterio.windows import Window  # noqa: PLC0415  (slow to import)

    west, south, east, north = bounds
    across, down = raster.transform.a, raster.transform.e
    left = max(int((west - raster.transform.c) // across), 0)
    right = min(-int((raster.transform.c - east) // across), raster.width)
    top = max(int((north - raster.transform.f) // down), 0)
    bottom = min(-int((raster.transform.f - south) // down), raster.height)
    if right <= left or bottom <= top:
        return None
    return Window(left, top, right - left, bottom - top)


def gdal_options(manners: Manners) -> dict[str, str]:
    """Return the options of GDAL for one window; they belong into a `rasterio.Env`."""
    options = {
        "CPL_VSIL_CURL_NON_CACHED": "/vsicurl/",
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "GDAL_HTTP_CONNECTTIMEOUT": f"{min(manners.timeout_s, 30.0):g}",
        "GDAL_HTTP_MAX_RETRY": "0",
        "GDAL_HTTP_MULTIRANGE": "SERIAL",
        "GDAL_HTTP_NETRC": "NO",
        "GDAL_HTTP_TIMEOUT": f"{manners.timeout_s:g}",
        "GDAL_HTTP_USERAGENT": USER_AGENT,
        "VSI_CACHE": "NO",
    }
    if manners.proxy:
        parts = urlsplit(manners.proxy)
        host = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
        options |= {"GDAL_HTTP_PROXY": host, "GDAL_HTTPS_PROXY": host}
        if parts.username:
            options["GDAL_HTTP_PROXYUSERPWD"] = f"{parts.username}:{parts.password or ''}"
    return options
