"""In a browser with no network the page opens without a word and answers its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from maps_fixture import HOSTILE, PROPOSED_COUNT, town_plan
from page_browser import complaints, missing_browser, open_page, requests, run, start_browser

from siting.maps import save_one_map

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

    from siting.layers import Layers
    from siting.plan.model import Plan

pytestmark = pytest.mark.skipif(missing_browser() is not None, reason=str(missing_browser()))


@pytest.fixture(scope="module")
def plan(tiny_layers: Layers) -> Plan:
    return town_plan(tiny_layers)


@pytest.fixture(scope="module")
def page(plan: Plan, tiny_layers: Layers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_one_map(plan, tiny_layers, tmp_path_factory.mktemp("page") / "index.html")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    browser = start_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: Chrome, page: Path) -> Chrome:
    """Return the browser with the page freshly opened."""
    open_page(chromium, page)
    return chromium


def find(browser: Chrome, selector: str) -> WebElement:
    return browser.find_element("css selector", selector)


def words(browser: Chrome, selector: str) -> str:
    return str(run(browser, f"document.querySelector({selector!r}).textContent"))


def test_the_page_asks_for_nothing_and_the_console_stays_silent(
    browser: Chrome, page: Path
) -> None:
    for step in ("setLanguage('en')", "setPhase(1)", "setSwipe(true)", "openDrawer()"):
        run(browser, f"OneMap.{step}")
    run(browser, "OneMap.map.setZoom(14, {animate: false}) && 1")
    assert complaints(browser) == []
    assert requests(browser) == [page.as_uri()]


def test_hostile_names_are_shown_as_text(browser: Chrome) -> None:
    assert words(browser, "#title").endswith(HOSTILE)
    run(browser, "OneMap.open({table: 'proposed', row: 0}, true)")
    assert HOSTILE in words(browser, "#card .reason")
    run(browser, "OneMap.openDrawer()")
    assert HOSTILE in words(browser, "#drawer")
    assert run(browser, "window.broken === undefined")
    assert run(browser, "document.querySelectorAll('img[src=x]').length") == 0


def test_the_banner_speaks_both_languages_whichever_is_chosen(browser: Chrome) -> None:
    for language in ("zh", "en"):
        find(browser, f"[data-language={language}]").click()
        line = words(browser, "#first-line")
        assert "建模占比 100%" in line
        assert "Modelled share 100%" in line
        assert find(browser, "#first-line").is_displayed()


def test_english_is_a_switch_on_the_same_page(browser: Chrome) -> None:
    assert words(browser, "#right h2") == "承诺指标看板"
    find(browser, "[data-language=en]").click()
    assert words(browser, "#right h2") == "Commitments"
    assert run(browser, "document.documentElement.lang") == "en"
    find(browser, "[data-language=zh]").click()
    assert run(browser, "document.documentElement.lang") == "zh-CN"


@pytest.mark.parametrize(
    ("query", "title"),
    [("xgbz", "虚构北镇"), ("虚构东", "虚构东县"), ("990102201", "虚构海乡"), ("P-0007", "P-0007")],
)
def test_search_knows_names_codes_and_initials(browser: Chrome, query: str, title: str) -> None:
    find(browser, "#query").send_keys(query)
    assert title in words(browser, "#found li[aria-selected=true]")
    find(browser, "#query").send_keys("\n")
    assert find(browser, "#card").is_displayed()
    assert title in words(browser, "#card .card-head")


def test_a_click_on_a_site_opens_its_evidence_card(browser: Chrome) -> None:
    run(browser, "OneMap.open({table: 'proposed', row: 4}, true)")
    run(browser, "OneMap.select(null)")
    from selenium.webdriver import ActionChains

    # the map is centred on the site
    ActionChains(browser).move_to_element(find(browser, ".folium-map")).click().perform()
    browser.implicitly_wait(2)
    assert find(browser, "#card .reason").is_displayed()
    code = run(browser, "OneMap.table('proposed').site_id[4]")
    card = words(browser, "#card")
    assert code in card
    assert "600 m" in card
    assert "示意" in card
    assert "未计算" in card, "an unknown gain is not zero"


def test_a_township_card_prints_its_quota(browser: Chrome, plan: Plan) -> None:
    code = run(browser, "OneMap.table('townships').code[0]")
    run(browser, "OneMap.open({table: 'townships', row: 0}, false)")
    sites = plan.sites[(plan.sites["status"] == "proposed") & (plan.sites["township_code"] == code)]
    for phase, chosen in sites.groupby("phase"):
        total = words(browser, f"[data-phase-quota='{phase}'] .total")
        assert total == f"{chosen['stations'].sum()} / {len(chosen)}"


def test_a_place_that_nobody_stated_is_a_badge_of_its_county_and_never_a_pin(
    browser: Chrome,
) -> None:
    run(
        browser, "OneMap.table('places').projects.push({name: '示范农场', county: 0, clause: '一'})"
    )
    assert run(browser, "OneMap.withoutPlace(0).length") >= 1
    assert run(browser, "OneMap.badgeCount(0)") >= 1
    run(browser, "OneMap.open({table: 'counties', row: 0}, false)")
    assert "示范农场" in words(browser, "#card .badges")


def test_phases_print_stations_and_sites_of_the_figures(browser: Chrome, plan: Plan) -> None:
    stations, sites = plan.figures["stations_before"], plan.figures["sites_before"]
    for number in range(3):
        if number:
            phase = plan.figures["phases"][number - 1]
            stations += phase["stations"] + phase["stations_unplaced"]
            sites += phase["sites"]
        button = f"[data-phase='{number}']"
        find(browser, button).click()
        assert find(browser, button).get_attribute("aria-pressed") == "true"
        assert words(browser, f"{button} [data-count=stations]") == f"{stations} 站"
        assert words(browser, f"{button} [data-count=sites]") == f"{sites} 址"


def test_the_coverage_picture_changes_with_the_phase(browser: Chrome) -> None:
    link = "document.querySelector('.leaflet-coverage-pane img').src"
    seen = set()
    for number in range(3):
        find(browser, f"[data-phase='{number}']").click()
        seen.add(run(browser, link))
    assert len(seen) == 3
    assert all(address.startswith("blob:") for address in seen)


def test_modelled_sites_are_quotas_first_and_rings_from_zoom_13(browser: Chrome) -> None:
    shown = "OneMap.table('proposed').site_id.filter((id, row) => OneMap.siteShown(row)).length"
    run(browser, "OneMap.map.setZoom(12.9, {animate: false}) && 1")
    assert run(browser, shown) == 0
    assert "乡镇配额" in words(browser, "#legend")
    assert not find(browser, "#caution").is_displayed()
    run(browser, "OneMap.map.setZoom(13, {animate: false}) && 1")
    assert run(browser, shown) == PROPOSED_COUNT
    assert "搜索圈（示意）" in words(browser, "#legend")
    assert "示意：搜索圈，不是点位" in words(browser, "#caution")


def test_surveyed_sites_are_pins_at_once(
    chromium: Chrome, tiny_layers: Layers, tmp_path: Path
) -> None:
    surveyed = town_plan(tiny_layers, provenance="surveyed")
    open_page(chromium, save_one_map(surveyed, tiny_layers, tmp_path / "index.html"))
    run(chromium, "OneMap.map.setZoom(9, {animate: false}) && 1")
    shown = "OneMap.table('proposed').site_id.filter((id, row) => OneMap.siteShown(row)).length"
    assert run(chromium, shown) == PROPOSED_COUNT
    assert "搜索圈" not in words(chromium, "#legend")
    assert complaints(chromium) == []


def test_the_drawer_lists_every_target_and_filters(browser: Chrome, plan: Plan) -> None:
    find(browser, "#all-targets").click()
    rows = "document.querySelectorAll('#target-rows tr').length"
    assert run(browser, rows) == len(plan.figures["targets"])
    find(browser, "#target-query").send_keys("T-5G-MIX")
    assert run(browser, rows) == 1
    assert "政策" in words(browser, "#target-rows")
    find(browser, "[data-do=close-drawer]").click()
    assert not find(browser, "#drawer").is_displayed()


def test_notes_are_in_the_language_of_the_page_or_in_the_one_there_is(browser: Chrome) -> None:
    flag = "[data-target=T-5G-TOTAL] .flag"
    assert find(browser, flag).get_attribute("title") == f"中文说明 {HOSTILE}"
    find(browser, "#all-targets").click()
    assert words(browser, "#row-T-5G-TOTAL .conflict") == f"⚑ 1;3：中文说明 {HOSTILE}"
    assert words(browser, "#row-T-5G-MIX .conflict") == f"⚑ 1;3：{HOSTILE}"
    run(browser, "OneMap.setLanguage('en')")
    assert words(browser, "#row-T-5G-TOTAL .conflict") == f"⚑ 1;3: {HOSTILE}"
    assert find(browser, flag).get_attribute("title") == HOSTILE
    assert complaints(browser) == []


@pytest.mark.parametrize(
    ("entry", "chinese", "english"),
    [
        ("{as_of: '2023 or so', as_of_zh: '约2023'}", "约2023", "2023 or so"),
        ("{as_of: '2023-12', as_of_zh: ''}", "2023-12", "2023-12"),
        ("{as_of: null, as_of_zh: '约2023'}", "约2023", "约2023"),
        ("{due: '2025', as_of: '2023-12'}", "2025", "2025"),
        ("{}", "", ""),
    ],
)
def test_dates_are_in_the_language_of_the_page(
    browser: Chrome, entry: str, chinese: str, english: str
) -> None:
    assert run(browser, f"OneMap.targetDate({entry})") == chinese
    run(browser, "OneMap.setLanguage('en')")
    assert run(browser, f"OneMap.targetDate({entry})") == english


def test_levels_are_printed_before_and_after_each_phase(browser: Chrome, plan: Plan) -> None:
    for level in plan.figures["levels"]:
        row = words(browser, f"[data-level='{level['level']}']")
        shares = [level["share_before"], *(after["share"] for after in level["after"])]
        assert [f"{share * 100:.1f}%" in row for share in shares] == [True] * 3


def test_a_layer_switched_off_leaves_the_legend(browser: Chrome) -> None:
    assert "港区" in words(browser, "#legend")
    find(browser, "[data-layer=ports]").click()
    assert "港区" not in words(browser, "#legend")
    assert "只展示，不计入统计" in words(browser, "#legend")


def test_the_legend_stands_beside_the_map(browser: Chrome) -> None:
    boxes = [find(browser, selector).rect for selector in ("#legend", "#stage")]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]


def test_a_link_brings_back_what_was_shown(browser: Chrome, page: Path) -> None:
    run(browser, "OneMap.setPhase(1) || OneMap.setLanguage('en')")
    run(browser, "OneMap.show('ports', false) || OneMap.select({table: 'proposed', row: 3})")
    link = run(browser, "OneMap.linkText()")
    open_page(browser, page, fragment=link)
    asked, shown = link.split("/"), run(browser, "OneMap.linkText()").split("/")
    assert shown[0] == asked[0]
    assert shown[3:] == asked[3:]
    # a map stands on whole pixels
    place = [float(part) for part in asked[1:3]]
    assert [float(part) for part in shown[1:3]] == pytest.approx(place, abs=3e-4)
    assert run(browser, "OneMap.state.phase") == 1
    assert words(browser, "#right h2") == "Commitments"
    assert find(browser, "#card").is_displayed()


@pytest.mark.parametrize("link", ["#99/x/y", "#9/24.9/118.5/lzzzz/p99/s999999/w200/vabc", "#///"])
def test_a_broken_link_is_survived(browser: Chrome, page: Path, link: str) -> None:
    open_page(browser, page, fragment=link)
    assert complaints(browser) == []
    assert run(browser, "OneMap.state.phase") == 2


def test_the_printed_sheet_and_back(browser: Chrome) -> None:
    run(browser, "OneMap.beginSheet()")
    assert find(browser, "#sheet-side").is_displayed()
    assert "图例" in words(browser, "#sheet-side")
    run(browser, "OneMap.endSheet()")
    assert not find(browser, "#sheet-side").is_displayed()
    assert complaints(browser) == []
