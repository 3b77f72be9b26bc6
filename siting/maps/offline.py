"""Make a Folium page stand alone: put the libraries inside and let no link lead out.

Folium adds its links again at every render, so the finished HTML is what gets changed.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from siting.errors import DataError, MissingDataError, Problem

_EXTERNAL_SCRIPT = re.compile(
    r"<script[^>]*\bsrc=[\"'][^\"']*[\"'][^>]*>\s*</script>", re.IGNORECASE
)
_STYLESHEET_LINK = re.compile(r"<link[^>]*\brel=[\"']stylesheet[\"'][^>]*/?>", re.IGNORECASE)
_CSS_URL = re.compile(r"url\((?!\s*[\"']?(?:data:|#))[^)]*\)")
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S*")
_REQUESTS = re.compile(
    r"<(?:script|link|img|iframe|source|object|embed|a|image|use)\b[^>]*?"
    r"\b(?:src|href|data|srcset)=[\"']?(?!data:|#)([^\"'\s>]+)"
    r"|url\(\s*[\"']?((?:https?:)?//[^)\"']+)|@import\s+([^;]+)",
    re.IGNORECASE,
)


def library_script(package: str, file: str) -> str:
    """Return a JavaScript file of an installed XStatic package, its licence notice kept."""
    text = _library_text(package, file)
    text = _SOURCE_MAP.sub("", text).replace('href="https://leafletjs.com"', 'href="#"')
    return text.replace("</script", "<\\/script")


def library_style(package: str, file: str) -> str:
    """Return a style sheet of an installed XStatic package without its pictures."""
    return _CSS_URL.sub("none", _library_text(package, file))


def without_links(html: str) -> str:
    """Return a page without the scripts and style sheets that it would fetch."""
    return _STYLESHEET_LINK.sub("", _EXTERNAL_SCRIPT.sub("", html))


def outside_links(html: str) -> list[str]:
    """Return everything that a browser would fetch, or a reader could follow, out of the page."""
    return [
        next(part for part in found if part) for found in _REQUESTS.findall(_without_code(html))
    ]


def require_self_contained(html: str, *, largest_bytes: int) -> None:
    """Refuse a page that reaches outside itself or is too large to send around."""
    problems = [
        Problem(what=f"the page links to {link}", remedy="put the resource inside the page")
        for link in outside_links(html)
    ]
    size = len(html.encode())
    if size > largest_bytes:
        what = f"the page has {size:,} bytes, more than {largest_bytes:,}"
        problems.append(Problem(what=what, remedy="raise [demand] spacing_m or drop a layer"))
    if problems:
        raise DataError(problems)


def _without_code(html: str) -> str:
    """Return the page without the bodies of its scripts, whose strings are not markup."""
    return re.sub(r"(<script[^>]*>).*?(</script>)", r"\1\2", html, flags=re.DOTALL)


def _library_text(package: str, file: str) -> str:
    try:
        base = import_module(f"xstatic.pkg.{package}").BASE_DIR
        return (Path(base) / file).read_text(encoding="utf-8")
    except (ImportError, OSError) as error:
        what = f"the web library {package} is not installed"
        remedy = f"install the package XStatic-{package} (python scripts/start.py does it)"
        raise MissingDataError(Problem(file=file, what=what, remedy=remedy)) from error
