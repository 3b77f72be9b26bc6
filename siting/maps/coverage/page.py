"""Save coverage rasters as one page that opens from disk and asks for nothing."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import folium
from branca.element import Element, Figure, MacroElement
from folium.map import CustomPane
from jinja2 import Template

from siting.disk.atomic import replaced_file
from siting.errors import ConfigurationError, Problem
from siting.maps.coverage.payload import as_grid, coverage_payload
from siting.maps.coverage.source import find_rasters
from siting.maps.coverage.words import whose_network
from siting.maps.encode import plain, script_json
from siting.maps.offline import (
    library_script,
    library_style,
    require_self_contained,
    without_links,
)

if TYPE_CHECKING:
    from siting.maps.coverage.payload import CoveragePayload

Named = TypeVar("Named", bound=Element)
LANGUAGES = ("zh", "en")
LARGEST_PAGE_BYTES = 3_000_000
SHARED_STYLES = ("frame.css", "map.css", "panels.css")
SHARED_SCRIPTS = ("core.js", "inflate.js")
STYLES = ("coverage.css",)
SCRIPTS = ("say.js", "values.js", "contour.js", "paint.js", "panels.js", "start.js")
TITLE = {"zh": "覆盖图", "en": "Coverage"}


class CoverageFigure(Figure):
    """The frame of the page: header, panels and footer around the map."""

    _template = Template("")

    def __init__(self, payload: CoveragePayload, *, title: str, language: str) -> None:
        super().__init__()
        self._name = "Coverage"
        self._template = Template(_own("coverage.html"), autoescape=False)
        self.language = language
        self.page_title = title or TITLE[language]
        self.stations = _stations(payload)
        self.styles = [
            library_style("leaflet", "leaflet.css"),
            *map(_shared, SHARED_STYLES),
            *map(_own, STYLES),
        ]
        self.libraries = [
            library_script("jquery", "jquery.min.js"),
            library_script("leaflet", "leaflet.js"),
        ]
        self.scripts = [*map(_shared, SHARED_SCRIPTS), *map(_own, SCRIPTS)]
        self.licences = _shared("licences.txt")
        self.blocks_json = script_json(payload.blocks)


def _stations(payload: CoveragePayload) -> tuple[str, str]:
    """Return what the first line says of the stations: of the least known network on the page."""
    known = {str(layer["provenance"]) for layer in payload.layers}
    return whose_network("modelled" if "modelled" in known else min(known, default=""))


class CoverageLayers(MacroElement):
    """Tell the page's script what there is to show."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            OneMap.startCoverage({{ this._parent.get_name() }}, {
                language: {{ this.language }},
                title: {{ this.title }},
                layers: {{ this.layers }},
                grid: {{ this.grid }},
                bounds: {{ this.bounds }}
            });
        {% endmacro %}
        """
    )

    def __init__(self, payload: CoveragePayload, *, title: str, language: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "CoverageLayers"
        self.language = script_json(language)
        self.title = script_json(title)
        self.layers = script_json(plain(payload.layers))
        self.grid = script_json(as_grid(payload.grid))
        self.bounds = script_json(payload.bounds)


def save_coverage_page(
    source: str | Path, path: str | Path, *, title: str = "", language: str = "zh"
) -> Path:
    """Write one page of all coverage rasters of a file or folder and return its path.

    The page carries its libraries, the values and both languages; `language` is the one it opens
    in. The same rasters give the same bytes.

    Raises
    ------
    ConfigurationError
        `language` is neither "zh" nor "en".
    DataError
        There is no raster of coverage, one cannot be used, or the page would exceed 3 MB.

    """
    html = coverage_html(source, title=title, language=language)
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with replaced_file(target) as part:
        part.write_text(html, encoding="utf-8", newline="\n")
    return target


def coverage_html(source: str | Path, *, title: str = "", language: str = "zh") -> str:
    """Return the page of coverage as text."""
    if language not in LANGUAGES:
        what = f"the page knows no language {language!r}"
        raise ConfigurationError(Problem(what=what, remedy='use "zh" or "en"'))
    payload = coverage_payload(find_rasters(source))
    figure = _named(CoverageFigure(payload, title=title, language=language), "page")
    view = _named(_map(payload.bounds), "map")
    figure.add_child(view)
    for name, height in (("values", 300), ("lines", 350)):
        view.add_child(_named(CustomPane(name, z_index=height), f"pane_{name}"))
    registry = CoverageLayers(payload, title=title, language=language)
    view.add_child(_named(registry, "registry"))
    html = without_links(figure.render())
    require_self_contained(html, largest_bytes=LARGEST_PAGE_BYTES)
    return html


def _map(bounds: tuple[float, float, float, float]) -> folium.Map:
    west, south, east, north = bounds
    return folium.Map(
        location=(round((south + north) / 2.0, 3), round((west + east) / 2.0, 3)),
        zoom_start=9,
        tiles=None,
        position="absolute",
        zoom_control=False,
        attributionControl=False,
        font_size="13px",
        minZoom=4,
        maxZoom=18,
        zoomSnap=0.1,
        zoomDelta=0.5,
        wheelPxPerZoomLevel=90,
        fadeAnimation=False,
    )


def _shared(name: str) -> str:
    return (files("siting.maps") / "assets" / name).read_text(encoding="utf-8")


def _own(name: str) -> str:
    return (files("siting.maps") / "coverage_assets" / name).read_text(encoding="utf-8")


def _named(element: Named, name: str) -> Named:
    """Return the element under a name of ours: Folium's own are random at every run."""
    element._id = name  # noqa: SLF001 - there is no public way to name an element
    return element
