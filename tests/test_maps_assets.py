"""The page's own scripts and styles are readable, and old enough for Chrome 80."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from siting.maps.page import SCRIPTS, STYLES

ASSETS = Path(__file__).resolve().parents[1] / "siting" / "maps" / "assets"
TOO_NEW_CSS = (
    r"\binset\s*:", r"aspect-ratio", r":is\(", r":where\(", r":has\(", r"[;{\s]gap\s*:",
    r"color-mix", r"@layer", r"@container", r"\bdvh\b",
)  # fmt: skip
TOO_NEW_SCRIPT = (
    r"\.replaceAll\(", r"\.at\(", r"structuredClone", r"\?\?", r"\?\.", r"&&=", r"Object\.hasOwn\b",
    r"=>", r"\b(?:let|const|class)\s", r"`", r"DecompressionStream",
)  # fmt: skip


def without_comments(text: str) -> str:
    return re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_short_readable_and_of_their_time(name: str) -> None:
    text = (ASSETS / name).read_text(encoding="utf-8")
    code = without_comments(text)
    assert len(text.splitlines()) < 350
    assert [pattern for pattern in TOO_NEW_SCRIPT if re.search(pattern, code)] == []
    assert "'use strict';" in text
    assert text.startswith("// "), "a script says first what it does"


@pytest.mark.parametrize("name", STYLES)
def test_styles_use_nothing_newer_than_chrome_80(name: str) -> None:
    text = (ASSETS / name).read_text(encoding="utf-8")
    assert [pattern for pattern in TOO_NEW_CSS if re.search(pattern, text)] == []


def test_every_asset_is_used() -> None:
    used = {*SCRIPTS, *STYLES, "page.html", "licences.txt"}
    assert {path.name for path in ASSETS.iterdir()} == used


def test_scripts_write_text_from_outside_only_escaped() -> None:
    for name in SCRIPTS:
        text = (ASSETS / name).read_text(encoding="utf-8")
        assert "document.write" not in text
        assert "eval(" not in text
        for field in ("phrase", "note", "reason_zh", "responsible_unit", "title_zh"):
            assert not re.search(rf"'\s*\+\s*(?:target|told|place|scenario)\.{field}\b", text)
