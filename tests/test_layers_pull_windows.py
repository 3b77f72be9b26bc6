"""Only the window of a raster travels, and never a broken one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import loopback as web
import numpy as np
import pytest
import rasterio
from rasterio import Affine
from rasterio.io import MemoryFile

from siting.errors import DataError, MissingDataError
from siting.layers.pull.cache import Cache, Kept
from siting.layers.pull.fetch import Fetcher
from siting.layers.pull.gather import Gatherer, Tiles
from siting.layers.pull.manners import Manners
from siting.layers.pull.windows import cut_window, gdal_options, pulled_window

CELLS = 600
"""Cells of a degree: coarser than the published tiles, on the same kind of grid."""
NAME = "Copernicus_DSM_COG_10_N24_00_E118_00_DEM"
AREA = (118.4, 24.3, 118.5, 24.4)


@pytest.fixture(autouse=True)
def _no_proxy_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def server() -> Iterator[web.Loopback]:
    with web.loopback() as running:
        yield running


def heights(west: int, south: int) -> np.ndarray:
    """Return heights that say where each cell is: no two rows or columns are alike."""
    rows, columns = np.mgrid[0:CELLS, 0:CELLS]
    return (10.0 + (west - 110) * 100 + (south - 20) * 7 + rows * 0.5 + columns * 0.25).astype("f4")


def tile(west: int, south: int, *, crs: str = "EPSG:4326", degrees: int = 1) -> bytes:
    """Return a tiled GeoTIFF of one degree whose cells lie half a cell off it, as GLO-30's do."""
    step = degrees / CELLS
    transform = Affine(step, 0.0, west - step / 2, 0.0, -step, south + degrees + step / 2)
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff", width=CELLS, height=CELLS, count=1, dtype="float32", crs=crs,
            transform=transform, tiled=True, blockxsize=64, blockysize=64,
        ) as written:  # fmt: skip
            written.write(heights(west, south), 1)
        content: bytes = memory.read()
    return content


def serve(server: web.Loopback, *corners: tuple[int, int]) -> None:
    for west, south in corners:
        name = f"Copernicus_DSM_COG_10_N{south:02d}_00_E{west:03d}_00_DEM"
        server.files[f"/{name}/{name}.tif"] = web.File(tile(west, south))


def manners(**changes: float) -> Manners:
    settled = {"timeout_s": 5.0, "retries": 2, "pause_s": 0.0} | changes
    return Manners(sleep=lambda _seconds: None, **settled)


def window(
    server: web.Loopback, cache: Path, *, name: str = NAME, offline: bool = False, **changes: float
) -> Kept:
    with Fetcher(manners(**changes)) as fetcher:
        url = f"{server.url}/{name}/{name}.tif"
        return pulled_window(url, AREA, cache=Cache(cache, offline=offline), fetcher=fetcher)


def gathered(server: web.Loopback, cache: Path, area: tuple[float, ...], what: str) -> Tiles:
    urls = dict.fromkeys(("copernicus", "worldcover"), server.url)
    urls["worldpop"] = f"{server.url}/chn.tif"
    with Fetcher(manners()) as fetcher:
        gatherer = Gatherer(urls=urls, bounds=area, cache=Cache(cache), fetcher=fetcher)
        return gatherer.raster(what)


# --- a window


def test_a_window_holds_the_cells_of_the_tile_where_they_lie(
    server: web.Loopback, tmp_path: Path
) -> None:
    serve(server, (118, 24))
    with rasterio.open(window(server, tmp_path).path) as raster:
        assert raster.bounds.left <= AREA[0] < AREA[2] <= raster.bounds.right
        assert raster.bounds.bottom <= AREA[1] < AREA[3] <= raster.bounds.top
        assert raster.width <= 63
        assert raster.height <= 63
        step = 1 / CELLS
        row = round((25 + step / 2 - raster.bounds.top) / step)
        column = round((raster.bounds.left - 118 + step / 2) / step)
        whole = heights(118, 24)[row : row + raster.height, column : column + raster.width]
        np.testing.assert_array_equal(raster.read(1), whole)


def test_only_the_window_travels(server: web.Loopback, tmp_path: Path) -> None:
    serve(server, (118, 24))
    window(server, tmp_path)
    content = server.files[f"/{NAME}/{NAME}.tif"].content
    ranges = [one.headers.get("Range", "") for one in server.asked if one.method == "GET"]
    spans = [tuple(map(int, said.removeprefix("bytes=").split("-"))) for said in ranges]
    assert sum(last - first + 1 for first, last in spans) < 0.4 * len(content)
    assert server.most_at_once == 1
    assert all(one.headers["User-Agent"].startswith("siting ") for one in server.asked)


def test_a_window_is_asked_for_once(server: web.Loopback, tmp_path: Path) -> None:
    serve(server, (118, 24))
    first = window(server, tmp_path).path.read_bytes()
    asked = len(server.asked)
    assert window(server, tmp_path).path.read_bytes() == first
    assert window(server, tmp_path, offline=True).path.read_bytes() == first
    assert len(server.asked) == asked


def test_no_option_of_gdal_is_left_behind(server: web.Loopback, tmp_path: Path) -> None:
    serve(server, (118, 24))
    with rasterio.Env():
        before = rasterio.env.getenv()
        window(server, tmp_path)
        assert rasterio.env.getenv() == before
    assert not rasterio.env.hasenv()


def test_a_proxy_is_handed_to_gdal() -> None:
    options = gdal_options(Manners(proxy="http://me:secret@proxy.example:3128"))
    assert options["GDAL_HTTPS_PROXY"] == options["GDAL_HTTP_PROXY"] == "proxy.example:3128"
    assert options["GDAL_HTTP_PROXYUSERPWD"] == "me:secret"


# --- what goes wrong on the way


@pytest.mark.parametrize(
    "trouble",
    [web.status(503), web.reset, web.truncated(700), web.page],
    ids=["503", "reset", "truncated", "page"],
)
def test_a_fault_in_the_middle_of_a_window_is_got_over(
    server: web.Loopback, tmp_path: Path, trouble: web.Trouble
) -> None:
    serve(server, (118, 24))
    whole = window(server, tmp_path / "one").path.read_bytes()
    asked_before = len(server.asked)

    good = web.Handler.send_file
    count = 0

    def fail_once(handler: web.Handler, body: bytes) -> None:
        nonlocal count
        count += 1
        if count == 3:
            trouble(handler, body)
        else:
            good(handler, server.files[handler.path])

    server.troubles[f"/{NAME}/{NAME}.tif"] = [fail_once] * 40
    assert window(server, tmp_path / "two").path.read_bytes() == whole
    assert len(server.asked) > asked_before + 3


@pytest.mark.parametrize(
    ("trouble", "what"),
    [
        (web.status(503), "answers 503, asked 3 times"),
        (web.reset, "the connection failed, asked 3 times"),
        (web.silence(1.4), "does not answer within 1 s, asked 2 times"),
    ],
    ids=["503", "reset", "timeout"],
)
def test_a_fault_that_stays_leaves_nothing(
    server: web.Loopback, tmp_path: Path, trouble: web.Trouble, what: str
) -> None:
    serve(server, (118, 24))
    server.troubles[f"/{NAME}/{NAME}.tif"] = [trouble] * 40
    changes = {"timeout_s": 1.0, "retries": 1} if "1 s" in what else {}
    with pytest.raises(MissingDataError, match=what):
        window(server, tmp_path, **changes)
    assert not list(tmp_path.iterdir())


def test_a_raster_that_stays_broken_leaves_nothing(server: web.Loopback, tmp_path: Path) -> None:
    content = tile(118, 24)
    server.files[f"/{NAME}/{NAME}.tif"] = web.File(content[: len(content) // 3])
    with pytest.raises(MissingDataError, match="did not arrive whole, asked 3 times"):
        window(server, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("body", [web.HTML, b"PK\x03\x04 a zip"], ids=["page", "zip"])
def test_what_is_no_geotiff_is_an_error(server: web.Loopback, tmp_path: Path, body: bytes) -> None:
    server.files[f"/{NAME}/{NAME}.tif"] = web.File(body)
    with pytest.raises(DataError, match="is no GeoTIFF: it begins otherwise; check the address"):
        window(server, tmp_path)


def test_a_raster_in_metres_is_none_of_the_published_tiles(
    server: web.Loopback, tmp_path: Path
) -> None:
    server.files[f"/{NAME}/{NAME}.tif"] = web.File(tile(118, 24, crs="EPSG:32650"))
    with pytest.raises(DataError, match="is not in degrees"):
        window(server, tmp_path)


def test_a_refusal_is_no_tile_of_the_sea(server: web.Loopback, tmp_path: Path) -> None:
    server.troubles[f"/{NAME}/{NAME}.tif"] = [web.status(403)]
    with pytest.raises(MissingDataError, match="answers 403"):
        window(server, tmp_path)


# --- tiles


def test_tiles_side_by_side_are_windows_of_one_grid(server: web.Loopback, tmp_path: Path) -> None:
    serve(server, (117, 24), (118, 24))
    tiles = gathered(server, tmp_path, (117.9, 24.3, 118.1, 24.4), "dem")
    assert tiles.layer == "surface"
    assert "DSM" in tiles.source.name
    assert "COPERNICUS" in tiles.source.licence
    edges = []
    for _name, path in tiles.files:
        with rasterio.open(path) as raster:
            edges.append((raster.bounds.left, raster.bounds.right))
    assert edges[0][1] == pytest.approx(edges[1][0], abs=1e-9)


def test_a_tile_of_the_sea_is_told_and_not_made_up(server: web.Loopback, tmp_path: Path) -> None:
    serve(server, (118, 24))
    tiles = gathered(server, tmp_path, (118.9, 24.3, 119.1, 24.4), "dem")
    assert [name for name, _path in tiles.files] == [f"{NAME}.tif"]
    assert tiles.missing == ("Copernicus_DSM_COG_10_N24_00_E119_00_DEM",)

    asked = len(server.asked)
    assert gathered(server, tmp_path, (118.9, 24.3, 119.1, 24.4), "dem") == tiles
    assert len(server.asked) == asked


def test_no_tile_at_all_is_an_error_and_not_remembered(
    server: web.Loopback, tmp_path: Path
) -> None:
    with pytest.raises(MissingDataError, match="has none of the tiles Copernicus_DSM_COG_10_N24"):
        gathered(server, tmp_path, AREA, "dem")
    serve(server, (118, 24))
    assert gathered(server, tmp_path, AREA, "dem").missing == ()


def test_land_cover_comes_in_tiles_of_three_degrees(server: web.Loopback, tmp_path: Path) -> None:
    name = "ESA_WorldCover_10m_2021_v200_N24E117_Map"
    server.files[f"/{name}.tif"] = web.File(tile(117, 24, degrees=3))
    tiles = gathered(server, tmp_path, AREA, "landcover")
    assert tiles.layer == "landcover"
    assert tiles.source.licence.startswith("CC BY 4.0")


def test_the_population_of_a_country_is_carried_on_and_cut(
    server: web.Loopback, tmp_path: Path
) -> None:
    content = tile(118, 24)
    server.files["/chn.tif"] = web.File(content)
    server.troubles["/chn.tif"] = [web.truncated(5 * 65536)]
    tiles = gathered(server, tmp_path, AREA, "population")
    assert server.asked[1].headers["Range"] == f"bytes={5 * 65536}-"
    assert tiles.files[0][1].read_bytes() == content
    assert cut_window(tiles.files[0][1], tiles.cut, tmp_path / "cut.tif", name="chn.tif")
    with rasterio.open(tmp_path / "cut.tif") as raster:
        assert raster.width <= 63
    assert tiles.source.licence.startswith("CC BY 4.0")


def test_a_country_without_the_area_is_the_wrong_country(
    server: web.Loopback, tmp_path: Path
) -> None:
    server.files["/chn.tif"] = web.File(tile(10, 24))
    with pytest.raises(MissingDataError, match="holds none of the area; name the raster of your"):
        gathered(server, tmp_path, AREA, "population")
