"""The homepage that `siting plan` wrote opens offline and shows the figures of plan.json."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pyogrio
import pytest
from page_browser import complaints, missing_browser, open_page, requests, run, start_browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

pytestmark = pytest.mark.skipif(missing_browser() is not None, reason=str(missing_browser()))


@pytest.fixture(scope="module")
def homepage(tiny_outputs: Path) -> Path:
    return tiny_outputs / "maps" / "index.html"


@pytest.fixture(scope="module")
def figures(tiny_outputs: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((tiny_outputs / "plan.json").read_text("utf-8"))
    return content


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    browser = start_browser(tmp_path_factory.mktemp("profile"))
    browser.execute_cdp_cmd("Network.enable", {})
    none = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", none)
    yield browser
    browser.quit()


@pytest.fixture
def browser(offline: Chrome, homepage: Path) -> Chrome:
    """Return the browser with the homepage freshly opened."""
    open_page(offline, homepage)
    return offline


def words(browser: Chrome, selector: str) -> str:
    """Return the words of an element, where one is there."""
    return str(run(browser, f"(document.querySelector({selector!r}) || {{}}).textContent"))


def click(browser: Chrome, selector: str) -> None:
    browser.find_element("css selector", selector).click()


def test_nothing_is_asked_of_the_network_and_the_console_is_silent(
    browser: Chrome, homepage: Path, figures: dict[str, Any]
) -> None:
    for stage in range(len(figures["phases"]) + 1):
        click(browser, f"[data-phase='{stage}']")
    for language in ("en", "zh"):
        click(browser, f"[data-language={language}]")
    click(browser, "#all-targets")
    assert complaints(browser) == []
    assert requests(browser) == [homepage.as_uri()]


def test_the_banner_of_modelled_data_stands_in_both_languages(
    browser: Chrome, figures: dict[str, Any]
) -> None:
    assert figures["modelled_share"] == 1
    for language in ("zh", "en"):
        click(browser, f"[data-language={language}]")
        assert browser.find_element("css selector", "#first-line").is_displayed()
        assert "建模占比 100%" in words(browser, "#first-line")
        assert "Modelled share 100%" in words(browser, "#first-line")


def test_the_language_switch_turns_every_heading(browser: Chrome, figures: dict[str, Any]) -> None:
    titles = {"zh": figures["scenario"]["title_zh"], "en": figures["scenario"]["title_en"]}
    headings = {}
    for language, title in titles.items():
        click(browser, f"[data-language={language}]")
        assert words(browser, "#title") == title
        assert run(browser, "document.title") == title
        headings[language] = run(
            browser, "[...document.querySelectorAll('h2')].map(head => head.textContent)"
        )
    assert all(zh != en for zh, en in zip(headings["zh"], headings["en"], strict=True))
    assert all(text.isascii() for text in headings["en"])


def test_each_phase_shows_the_stations_and_sites_of_the_plan(
    browser: Chrome, figures: dict[str, Any], tiny_outputs: Path
) -> None:
    sites = pyogrio.read_dataframe(tiny_outputs / "sites.gpkg", layer="sites")
    names = ["", *(phase["name"] for phase in figures["phases"])]
    click(browser, "[data-language=en]")
    for stage in range(len(names)):
        stands = sites[sites["phase"].fillna("").isin(names[: stage + 1])]
        stations = stands["stations"].sum()
        stations += sum(phase["stations_unplaced"] for phase in figures["phases"][:stage])
        places = len(stands[stands["build"] != "co_located"])  # a host counts once
        button = f"[data-phase='{stage}']"
        click(browser, button)
        assert browser.find_element("css selector", button).get_attribute("aria-pressed") == "true"
        assert words(browser, f"{button} [data-count=stations]").startswith(f"{stations:,} ")
        assert words(browser, f"{button} [data-count=sites]").startswith(f"{places:,} ")


def test_the_board_proves_each_phase_in_stations_and_sites(
    browser: Chrome, figures: dict[str, Any]
) -> None:
    rows = run(
        browser,
        "[...document.querySelectorAll('.proofs tbody tr')]"
        ".map(row => [...row.children].slice(0, 2).map(cell => cell.textContent))",
    )
    promised = [
        [phase["name"], f"{phase['stations']:,} / {phase['sites']:,}"]
        for phase in figures["phases"]
    ]
    assert rows[: len(promised)] == promised


def whole(people: float) -> str:
    """Return people as the page prints them: a half is rounded up."""
    return f"{math.floor(people + 0.5):,}"


def test_covered_shares_are_those_of_the_plan(browser: Chrome, figures: dict[str, Any]) -> None:
    for level in figures["levels"]:
        cells = run(
            browser,
            f"[...document.querySelectorAll(\"[data-level='{level['level']}'] td\")]"
            ".map(cell => [...cell.children].map(part => part.textContent))",
        )
        before = [f"{level['share_before']:.1%}", whole(level["covered_before"])]
        after = [[f"{step['share']:.1%}", f"+{whole(step['gained'])}"] for step in level["after"]]
        assert cells == [before, *after]
