"""Take HTML out of the cells of a sheet: their words stay, what a browser would run does not."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd

MARKUP = re.compile(
    r"<[A-Za-z/!?][^<>]*>|<(?:script|img|iframe|svg|object|embed|a|body)\b", re.IGNORECASE
)


def without_markup(cells: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return cells in which HTML is replaced by its words, and how many cells that concerns.

    The names of columns are treated in the same way. Cells without `<` cost next to nothing.
    """
    names = [plain_text(name) if MARKUP.search(name) else name for name in map(str, cells)]
    columns, found = {}, 0
    for at in range(cells.shape[1]):
        column = cells.iloc[:, at]
        if column.str.contains("<", regex=False).any():
            texts = [str(text) for text in column]
            marked = [bool(MARKUP.search(text)) for text in texts]
            found += sum(marked)
            words = [plain_text(t) if m else t for t, m in zip(texts, marked, strict=True)]
            columns[at] = pd.Series(words, index=cells.index, dtype="str")
    if columns or names != list(cells):
        parts = [columns.get(at, cells.iloc[:, at]) for at in range(cells.shape[1])]
        cells = pd.concat(parts, axis=1)
        cells.columns = pd.Index(_unique(names))
    return cells, found


def _unique(names: list[str]) -> list[str]:
    taken: list[str] = []
    for name in names:
        one = name
        while one in taken:
            one += "_2"
        taken.append(one)
    return taken


def plain_text(text: str) -> str:
    """Return the words of a text that holds HTML: `name: value` of a table, lines by `; `.

    >>> plain_text("<b>泉港</b><script>alert(1)</script><table><tr><td>A</td><td>1</td></tr></table>")
    '泉港; A: 1'
    """
    page = _TextOnly()
    page.feed(text)
    page.close()
    lines = "".join(page.words).split("\n")
    cells = [[cell.strip() for cell in line.split("\t") if cell.strip()] for line in lines]
    words = "; ".join(": ".join(line) for line in cells if line)
    return "" if MARKUP.search(words) else words


class _TextOnly(HTMLParser):
    """Collects the words of a page; scripts and styles are left out, cells of a row joined."""

    BREAKS = frozenset({"br", "p", "div", "tr", "li", "table", "h1", "h2", "h3"})
    SILENT = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count what is silent; part lines and cells."""
        del attrs
        self.silent += tag in self.SILENT
        self.words.append("\n" if tag in self.BREAKS else "\t" if tag in ("td", "th") else "")

    def handle_endtag(self, tag: str) -> None:
        """Leave what is silent."""
        self.silent = max(0, self.silent - (tag in self.SILENT))

    def handle_data(self, data: str) -> None:
        """Keep words that are shown."""
        if not self.silent:
            self.words.append(" ".join(data.split()) if data.strip() else " ")
