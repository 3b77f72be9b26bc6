"""Draw for print: one typeface that knows Chinese if there is one, the same bytes every time."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.disk.atomic import replaced_file
from siting.errors import ConfigurationError, Problem
from siting.maps.words import romanised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Noto Sans CJK JP",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
)
FORMATS = (".png", ".svg")
LANGUAGES = ("zh", "en")
INK, PALE_INK, PAPER = "#16242F", "#66757F", "#FFFFFF"
DOTS_PER_INCH = 150


@cache
def chinese_font() -> str:
    """Return the name of an installed typeface with Chinese letters; empty where there is none."""
    from matplotlib import font_manager  # noqa: PLC0415 (slow to import)

    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE_FONTS if name in installed), "")


def language_for_print(language: str) -> str:
    """Return the language that can be drawn: English where no typeface knows Chinese."""
    if language not in LANGUAGES:
        what, remedy = f"pictures know no language {language!r}", 'use "zh" or "en"'
        raise ConfigurationError(Problem(column="language", what=what, remedy=remedy))
    return language if language == "en" or chinese_font() else "en"


def drawable(text: str) -> str:
    """Return text that the typefaces at hand can draw: pinyin where none knows Chinese."""
    return text if chinese_font() else romanised(text).encode("ascii", "replace").decode()


def require_picture(path: str | Path) -> Path:
    """Return the path of a picture to write, or refuse an ending that we do not write."""
    target = Path(path)
    if target.suffix.lower() not in FORMATS:
        what, remedy = "pictures are written as .svg or .png", "name a file that ends so"
        raise ConfigurationError(Problem(file=str(path), what=what, remedy=remedy))
    return target


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in our hand inside the block, whatever the user has set for matplotlib."""
    import matplotlib as mpl  # noqa: PLC0415 (slow to import)

    families = [name for name in (chinese_font(), "DejaVu Sans") if name]
    style: Any = {
        "font.family": families,
        "font.size": 9.5,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "axes.unicode_minus": False,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "hatch.linewidth": 0.5,
        "svg.hashsalt": "siting",
        "svg.fonttype": "path",
        "savefig.facecolor": PAPER,
    }
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(style)
        yield


def save_figure(figure: Figure, path: Path) -> Path:
    """Write a figure as SVG or PNG without a clock or a version in it."""
    kind = path.suffix.lower().removeprefix(".")
    metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced_file(path) as part:
        figure.savefig(part, format=kind, dpi=DOTS_PER_INCH, metadata=metadata)
    return path
