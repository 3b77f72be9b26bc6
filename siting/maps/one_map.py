"""Save a plan as the one map: a single page that opens from disk and asks for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from siting.errors import ConfigurationError, Problem
from siting.maps.offline import require_self_contained, without_links
from siting.maps.page import make_page
from siting.maps.payload import make_payload

if TYPE_CHECKING:
    from siting.layers.model import Layers
    from siting.plan.model import Plan

LARGEST_PAGE_BYTES = 3_000_000
LANGUAGES = ("zh", "en")


def save_one_map(plan: Plan, layers: Layers, path: str | Path, *, language: str = "zh") -> Path:
    """Write the homepage of a plan and return its path.

    The page carries its libraries, its data and both languages; `language` is the one it opens
    in. The same plan gives the same bytes.

    Raises
    ------
    ConfigurationError
        `language` is neither "zh" nor "en".
    DataError
        The page would be larger than 3 MB or would reach outside itself.
    """
    html = one_map_html(plan, layers, language=language)
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".part")
    unfinished.write_text(html, encoding="utf-8", newline="\n")
    return unfinished.replace(target)


def one_map_html(plan: Plan, layers: Layers, *, language: str = "zh") -> str:
    """Return the homepage of a plan as text."""
    if language not in LANGUAGES:
        what = f"the page knows no language {language!r}"
        raise ConfigurationError(Problem(what=what, remedy='use "zh" or "en"'))
    page = make_page(make_payload(plan, layers), language=language)
    html = without_links(page.render())
    require_self_contained(html, largest_bytes=LARGEST_PAGE_BYTES)
    return html
