"""In a browser without a network the page of coverage shows the values of its rasters."""

from __future__ import annotations

import re

import pytest
from coverage_rasters import CELL_M, CRS, NORTH_M, WEST_M, level_dbm, write_folder
from page_browser import complaints, missing_browser, open_page, requests, run, start_browser
from pyproj import Transformer

from siting.maps.coverage import save_coverage_page
from siting.maps.coverage.page import SCRIPTS, STYLES, _own
from siting.maps.coverage.quantities import class_of

pytestmark = pytest.mark.skipif(missing_browser() is not None, reason=str(missing_browser()))
TO_DEGREES = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
TOO_NEW = (r"=>", r"\b(?:let|const|class)\s", r"`", r"\?\?", r"\?\.", r"\.replaceAll\(")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = write_folder(tmp_path_factory.mktemp("rasters"))
    return save_coverage_page(folder, folder / "index.html")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    browser = start_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium, page):
    open_page(chromium, page)
    return chromium


def place(row, column):
    """Return a cell's middle as the page takes it: {lat, lng}."""
    lon, lat = TO_DEGREES.transform(
        WEST_M + (column + 0.5) * CELL_M, NORTH_M - (row + 0.5) * CELL_M
    )
    return f"L.latLng({lat}, {lon})"


def words(browser, selector):
    return str(run(browser, f"document.querySelector({selector!r}).textContent"))


def test_every_layer_opens_without_a_request_or_a_word(browser, page):
    for number in range(run(browser, "OneMap.layers.length")):
        run(browser, f"OneMap.choose({number}) || 1")
    for button in ("contour", "contrast"):
        browser.find_element("css selector", f"#{button}-button").click()
    run(browser, "OneMap.setLanguage('en') || OneMap.map.setZoom(13, {animate: false}) && 1")
    assert complaints(browser) == []
    assert requests(browser) == [page.as_uri()]
    assert run(browser, "window.broken === undefined")


@pytest.mark.parametrize(("row", "column"), [(10, 3), (30, 44), (30, 46), (55, 70), (20, 20)])
def test_the_cursor_reads_the_value_of_the_raster(browser, row, column):
    layer = "OneMap.layers[0]"
    found = run(browser, f"OneMap.valueIn({layer}, OneMap.cellAt({place(row, column)}))")
    expected = float(level_dbm()[row, column])
    assert found["value"] == pytest.approx(expected, abs=0.26)
    assert found["reached"] == (expected >= -105.0)
    edges = run(browser, f"{layer}.edges")
    (colour,) = class_of(level_dbm()[row : row + 1, column], tuple(edges))
    assert found["colour"] == run(browser, f"{layer}.colours")[colour - 1]


def test_no_value_and_no_raster_are_told_apart(browser):
    value = "OneMap.valueIn(OneMap.layers[0], OneMap.cellAt({})).text"
    assert run(browser, value.format(place(1, 78))) == "无值"
    assert run(browser, value.format(place(30, 400))) == "图外"


def test_the_best_server_is_read_by_its_number_and_called_by_its_name(browser):
    value = "OneMap.valueIn(OneMap.layers[2], OneMap.cellAt({}))"
    found = [run(browser, value.format(place(30, column))) for column in (5, 30, 75)]
    assert [each["value"] for each in found] == [0, 1, 3]
    assert [each["text"] for each in found] == ["QZ-1 120°", "QZ-2", "3"]


def test_the_threshold_line_stands_where_the_level_crosses_it(browser):
    lines = run(
        browser,
        "OneMap.thresholdLines(OneMap.layers[0]).map(function (line) { return line.map("
        "function (p) { var at = OneMap.latlng(p[0], p[1]); return [at.lng, at.lat]; }); })",
    )
    to_metres = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
    points = [to_metres.transform(*point) for line in lines for point in line]
    assert len(points) > 50
    for x, _ in points:
        assert x == pytest.approx(WEST_M + 45.5 * CELL_M, abs=1.1 * CELL_M)


def test_the_legend_has_every_class_and_its_share(browser):
    rows = run(browser, "document.querySelectorAll('#legend [data-class]').length")
    assert rows == run(browser, "OneMap.layers[0].labels.length") + 2
    legend = words(browser, "#legend")
    for part in ("−105 – −95 dBm", "门限 −105 dBm", "无值"):
        assert part in legend
    browser.find_element("css selector", "[data-language=en]").click()
    assert "Threshold −105 dBm" in words(browser, "#legend")


def test_a_choice_of_layer_changes_picture_legend_and_caption(browser):
    address = "document.querySelector('.leaflet-values-pane img').src"
    seen = {run(browser, address)}
    for number in range(1, 6):
        browser.find_element("css selector", f"#tree input[value='{number}']").click()
        seen.add(run(browser, address))
    assert len(seen) == 6
    assert "主次小区电平差" in words(browser, "#caption")
    assert "主次小区电平差" in words(browser, "#legend")


def test_text_of_tags_stays_text(browser):
    assert "<b>made-up</b> network" in words(browser, "#facts")


@pytest.mark.parametrize("name", [*SCRIPTS, *STYLES])
def test_assets_are_short_and_of_their_time(name):
    text = _own(name)
    assert len(text.splitlines()) < 350
    if name in STYLES:
        assert not re.search(r"\binset\s*:|:is\(|:has\(|[;{\s]gap\s*:", text)
        return
    code = re.sub(r"//.*$", "", text, flags=re.MULTILINE)
    assert [pattern for pattern in TOO_NEW if re.search(pattern, code)] == []
    assert text.startswith("// ")
    assert "'use strict';" in text
