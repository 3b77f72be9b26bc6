"""Compose the page: a Folium map, its layer registry and the frame around it."""

from __future__ import annotations

import base64
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

import folium
from branca.element import Element, Figure, MacroElement
from folium.map import CustomPane
from folium.raster_layers import ImageOverlay
from jinja2 import Template

from siting.maps.encode import plain, script_json
from siting.maps.layer_groups import GROUPS, SITES_FROM_ZOOM, as_records
from siting.maps.offline import library_script, library_style
from siting.maps.surroundings import surroundings

if TYPE_CHECKING:
    from siting.maps.payload import Payload

Named = TypeVar("Named", bound=Element)
STYLES = ("frame.css", "map.css", "panels.css", "card.css", "drawer.css", "narrow.css", "print.css")
SCRIPTS = (
    "core.js",
    "inflate.js",
    "tables.js",
    "state.js",
    "coverage.js",
    "symbols.js",
    "marks.js",
    "sites.js",
    "areas.js",
    "badges.js",
    "labels.js",
    "canvas.js",
    "hit.js",
    "legend.js",
    "board.js",
    "proof.js",
    "drawer.js",
    "card.js",
    "card_area.js",
    "search.js",
    "link.js",
    "sheet.js",
    "main.js",
)
MIN_ZOOM, MAX_ZOOM = 7.5, 17.0


class OneMapFigure(Figure):
    """The frame of the page: header, panels, footer and drawers around the map."""

    _template = Template("")

    def __init__(self, payload: Payload, *, language: str) -> None:
        super().__init__()
        self._name = "OneMap"
        self._template = Template(_asset("page.html"), autoescape=False)
        self.language = language
        self.first_line = first_line(payload.figures)
        self.modelled = self.first_line["share"] not in {0, None}
        self.page_title = str(_scenario(payload.figures).get("title_zh") or "一张图")
        self.styles = [library_style("leaflet", "leaflet.css"), *map(_asset, STYLES)]
        self.libraries = [
            library_script("jquery", "jquery.min.js"),
            library_script("leaflet", "leaflet.js"),
        ]
        self.scripts = [_asset(name) for name in SCRIPTS]
        self.licences = _asset("licences.txt")
        self.figures_json = script_json(payload.figures)
        self.blocks_json = script_json(payload.blocks)


class LayerRegistry(MacroElement):
    """Tell the page's script which feature group stands for which line of the layer tree."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            OneMap.start({{ this._parent.get_name() }}, {
                language: {{ this.language }},
                groups: {{ this.groups }},
                layers: {{ this.layers }},
                sitesFromZoom: {{ this.sites_from_zoom }},
                coverage: {{ this.coverage }},
                surroundings: {{ this.surroundings }},
                featureGroups: {
                {%- for id, name in this.names.items() %}
                    "{{ id }}": {{ name }}{{ "," if not loop.last }}
                {%- endfor %}
                }
            });
        {% endmacro %}
        """
    )

    def __init__(self, payload: Payload, names: dict[str, str], *, language: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "LayerRegistry"
        self.names = names
        self.language = script_json(language)
        self.groups = script_json(GROUPS)
        self.layers = script_json(as_records(payload.layers))
        self.sites_from_zoom = script_json(SITES_FROM_ZOOM)
        self.coverage = script_json(_coverage_facts(payload))
        self.surroundings = script_json(surroundings(payload.bounds))


def make_page(payload: Payload, *, language: str) -> OneMapFigure:
    """Return the figure of one plan, every element named so that the bytes repeat."""
    figure = _named(OneMapFigure(payload, language=language), "page")
    view = _named(_map(payload.bounds), "map")
    figure.add_child(view)
    for name, height in (("coverageBefore", 300), ("coverage", 301), ("drawing", 400)):
        view.add_child(_named(CustomPane(name, z_index=height), f"pane_{name}"))
    if payload.overlay is not None:
        view.add_child(_named(_coverage_image(payload), "coverage"))
    names = {}
    for layer in payload.layers:
        group = folium.FeatureGroup(name=layer.zh, show=layer.shown)
        view.add_child(_named(group, layer.id))
        names[layer.id] = group.get_name()
    view.add_child(_named(LayerRegistry(payload, names, language=language), "registry"))
    return figure


def first_line(figures: dict[str, Any]) -> dict[str, Any]:
    """Return what the first line of the page says about modelled data, in both languages."""
    share = figures.get("modelled_share")
    if not isinstance(share, (int, float)):
        zh, en = "建模占比：未计算", "Modelled share: not computed"
        return {"share": None, "zh": zh, "en": en}
    percent = f"{share * 100:.0f}%" if share in {0, 1} else f"{share * 100:.1f}%"
    if share == 0:
        zh, en = (
            f"建模占比 {percent}：依据实测与官方数据",
            f"Modelled share {percent}: surveyed and official data",
        )
    else:
        zh = f"建模占比 {percent}：依据示意数据，成果是乡镇配额，不是点位；单站为示意搜索圈"
        en = f"Modelled share {percent}: township quotas, not pins; single sites are search rings"
    return {"share": share, "zh": zh, "en": en}


def _map(bounds: tuple[float, float, float, float]) -> folium.Map:
    west, south, east, north = bounds
    return folium.Map(
        location=(round((south + north) / 2.0, 2), round((west + east) / 2.0, 2)),
        zoom_start=9,
        tiles=None,
        position="absolute",
        zoom_control=False,
        attributionControl=False,
        font_size="13px",
        minZoom=MIN_ZOOM,
        maxZoom=MAX_ZOOM,
        zoomSnap=0.1,
        zoomDelta=0.5,
        wheelPxPerZoomLevel=90,
        fadeAnimation=False,
    )


def _coverage_image(payload: Payload) -> ImageOverlay:
    """Return the coverage picture as Folium shows it; the script rewrites its palette."""
    if payload.overlay is None:
        raise ValueError
    encoded = base64.b64encode(payload.overlay.png).decode("ascii")
    return ImageOverlay(
        image=f"data:image/png;base64,{encoded}",
        bounds=[list(corner) for corner in payload.overlay.bounds],
        pane="coverage",
        pixelated=False,
        show=False,
    )


def _coverage_facts(payload: Payload) -> dict[str, Any] | None:
    if payload.overlay is None:
        return None
    overlay = payload.overlay
    facts = {
        "stages": overlay.stages,
        "colours": overlay.colours,
        "cell_m": overlay.cell_m,
        "bounds": overlay.bounds,
    }
    return {key: plain(value) for key, value in facts.items()}


def _scenario(figures: dict[str, Any]) -> dict[str, Any]:
    scenario = figures.get("scenario")
    return scenario if isinstance(scenario, dict) else {}


def _asset(name: str) -> str:
    return (files("siting.maps") / "assets" / name).read_text(encoding="utf-8")


def _named(element: Named, name: str) -> Named:
    """Return the element under a name of ours: Folium's own are random at every run."""
    element._id = name  # noqa: SLF001 - there is no public way to name an element
    return element
