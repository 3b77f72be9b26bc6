"""The one map is one file: complete, quiet, bounded, repeatable, and inert against its data."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from maps_fixture import HOSTILE, PHASES, PROPOSED_COUNT, town_plan
from page_reader import page_figures, page_table, script_text

from siting.errors import ConfigurationError, DataError
from siting.maps import save_one_map
from siting.maps.offline import outside_links, require_self_contained
from siting.maps.one_map import LARGEST_PAGE_BYTES, one_map_html

if TYPE_CHECKING:
    from pathlib import Path

    from siting.layers import Layers
    from siting.plan.model import Plan

LEAFLET_NOTICE = "Leaflet 1."
JQUERY_NOTICE = "OpenJS Foundation and other contributors | jquery.org/license"


class Markup(HTMLParser):
    """Counts the elements and collects the attributes that a browser would follow."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what leads elsewhere."""
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href", "srcset"}]


@pytest.fixture(scope="module")
def plan(tiny_layers: Layers) -> Plan:
    return town_plan(tiny_layers)


@pytest.fixture(scope="module")
def html(plan: Plan, tiny_layers: Layers) -> str:
    return one_map_html(plan, tiny_layers)


@pytest.fixture(scope="module")
def markup(html: str) -> Markup:
    parsed = Markup()
    parsed.feed(html)
    return parsed


def test_the_page_is_written_where_it_was_asked_for(
    plan: Plan, tiny_layers: Layers, html: str, tmp_path: Path
) -> None:
    path = save_one_map(plan, tiny_layers, tmp_path / "maps" / "index.html")
    assert path == tmp_path / "maps" / "index.html"
    assert path.read_text(encoding="utf-8") == html
    assert [entry.name for entry in path.parent.iterdir()] == ["index.html"]


def test_the_same_plan_gives_the_same_bytes(plan: Plan, tiny_layers: Layers, html: str) -> None:
    assert one_map_html(plan, tiny_layers) == html


def test_nothing_in_the_markup_leads_out_of_the_page(html: str, markup: Markup) -> None:
    assert [link for link in markup.links if not link.startswith(("data:", "#"))] == []
    assert outside_links(html) == []
    styles = "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))
    assert re.findall(r"url\((?!data:|#)", styles) == []
    assert "@import" not in styles


def test_scripts_name_no_address_but_namespaces_and_notices(html: str) -> None:
    addresses = set(re.findall(r"https?://[\w./-]+", html))
    named = {"http://www.w3.org/2000/svg", "https://leafletjs.com"}
    assert {place for place in addresses - named if "bugzilla.mozilla.org" not in place} == set()
    assert 'href="https://' not in html


def test_licence_notices_of_the_libraries_are_kept(html: str) -> None:
    assert LEAFLET_NOTICE in html
    assert JQUERY_NOTICE in html
    licences = script_text(html, "licences")
    assert "Redistributions of source code must retain" in licences
    assert "Permission is hereby granted, free of charge" in licences


def test_hostile_names_open_no_element(html: str, markup: Markup) -> None:
    assert "<script>window.broken" not in html
    assert "<img" not in html
    assert markup.tags.count("h1") == 2
    assert page_figures(html)["scenario"]["title_zh"].endswith(HOSTILE)


def test_hostile_text_arrives_unchanged_in_the_tables(html: str) -> None:
    assert page_table(html, "cards")["reason_zh"][0] == f"补室内覆盖 {HOSTILE}"
    assert page_figures(html)["targets"][0]["note"] == HOSTILE
    assert page_figures(html)["targets"][0]["note_zh"] == f"中文说明 {HOSTILE}"


def test_the_first_line_says_in_both_languages_how_much_is_modelled(html: str) -> None:
    body = html.index("<body")
    first = html.index('id="first-line"')
    assert first < html.index("<header")
    line = html[first : html.index("</p>", first)]
    assert "建模占比 100%" in line
    assert "Modelled share 100%" in line
    assert html[body : body + 30].startswith('<body class="modelled">')


def test_surveyed_places_raise_no_banner_and_need_no_quotas_layer(tiny_layers: Layers) -> None:
    surveyed = one_map_html(town_plan(tiny_layers, provenance="surveyed"), tiny_layers)
    assert '<body class="surveyed">' in surveyed
    assert "建模占比 0%" in surveyed
    assert '"id":"quotas"' not in surveyed
    assert (
        '"id":"phase1","group":"sites","zh":"推荐 2024","en":"Phase 2024","shown":true,"from_zoom":0'
        in surveyed
    )


def test_modelled_sites_start_at_zoom_13(html: str) -> None:
    assert '"id":"quotas"' in html
    assert re.search(r'"id":"phase1"[^}]*"from_zoom":13', html)
    assert re.search(r'"id":"existing"[^}]*"from_zoom":13', html)


def test_counts_on_the_page_are_those_of_the_figures(html: str) -> None:
    figures = page_figures(html)
    sites = page_table(html, "proposed")
    assert len(sites["site_id"]) == PROPOSED_COUNT == sum(p["sites"] for p in figures["phases"])
    for number, phase in enumerate(figures["phases"], start=1):
        rows = [row for row, at in enumerate(sites["phase"]) if at == number]
        assert len(rows) == phase["sites"]
        assert sum(sites["stations"][row] for row in rows) == phase["stations"]
        quotas = [q for q in page_table(html, "quotas") if q["phase"] == PHASES[number - 1]]
        assert sum(q["stations"] for q in quotas) == phase["stations"]
    assert len(page_table(html, "existing")["site_id"]) == figures["sites_before"]


def test_figures_arrive_as_they_are(html: str, plan: Plan) -> None:
    figures = page_figures(html)
    for name in ("levels", "targets", "counties", "warnings", "inputs", "modelled_share"):
        assert figures[name] == plan.figures[name]


def test_unknown_numbers_are_null_and_not_zero(html: str) -> None:
    gains = page_table(html, "cards")["gains"]
    assert set(gains["busy_hour"]) == {None}
    assert page_table(html, "edge")["latency_max_ms"] == [0.35, None]
    assert page_table(html, "edge")["placed"] == [True, False]


def test_a_plan_with_blocks_missing_still_makes_a_page(plan: Plan, tiny_layers: Layers) -> None:
    bare = {key: plan.figures[key] for key in ("scenario", "phases")}
    html = one_map_html(replace(plan, figures=bare, rasters=None), tiny_layers)
    assert "建模占比：未计算" in html
    assert page_table(html, "quotas") is None
    assert '"id":"coverage"' not in html


def test_an_unknown_language_is_refused(plan: Plan, tiny_layers: Layers) -> None:
    with pytest.raises(ConfigurationError, match='use "zh" or "en"'):
        one_map_html(plan, tiny_layers, language="fr")


def test_a_page_that_reaches_out_or_is_too_large_is_refused() -> None:
    with pytest.raises(DataError, match=r"links to https://far\.example/a\.js") as caught:
        require_self_contained('<script src="https://far.example/a.js"></script>', largest_bytes=9)
    assert len(caught.value.problems) == 2


def test_the_page_is_small(html: str) -> None:
    assert len(html.encode()) < LARGEST_PAGE_BYTES / 4
