"""Read a saved page as a browser's script would: the figures and the packed tables."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any


def script_text(html: str, element: str) -> str:
    """Return the body of the script element with an id."""
    found = re.search(rf'<script[^>]*id="{element}"[^>]*>(.*?)</script>', html, re.DOTALL)
    if found is None:
        message = f"the page has no element {element}"
        raise LookupError(message)
    return found.group(1)


def page_figures(html: str) -> dict[str, Any]:
    """Return the figures that the page prints."""
    figures: dict[str, Any] = json.loads(script_text(html, "figures"))
    return figures


def page_table(html: str, name: str) -> Any:
    """Return one packed table of the page."""
    packed = json.loads(script_text(html, "blocks"))[name]
    return json.loads(zlib.decompress(base64.b64decode(packed), wbits=-15))
