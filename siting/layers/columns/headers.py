"""Take a header apart: its plain words, the unit and the datum that it states.

`天线挂高（米）` is 天线挂高 in metres, `经度_GCJ02` is 经度 on GCJ-02, `坐标/经度` is 经度 of the
group 坐标.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

UNITS = {
    "m": "m", "米": "m", "公尺": "m", "metre": "m", "metres": "m", "meter": "m", "meters": "m",
    "km": "km", "公里": "km", "千米": "km", "cm": "cm", "厘米": "cm",
    "度": "度", "°": "度", "deg": "度", "degree": "度", "degrees": "度",
    "w": "W", "瓦": "W", "瓦特": "W", "watt": "W", "watts": "W", "mw": "mW", "毫瓦": "mW",
    "dbm": "dBm", "dbw": "dBW", "0.1dbm": "0.1dBm", "db": "dB",
    "ghz": "GHz", "吉赫": "GHz", "mhz": "MHz", "兆赫": "MHz", "兆": "MHz", "khz": "kHz", "hz": "Hz",
    "gbps": "Gbps", "mbps": "Mbps", "mb/s": "Mbps", "mbit/s": "Mbps", "兆比特每秒": "Mbps",
    "kbps": "kbps", "kbit/s": "kbps", "bps": "bps", "bit/s": "bps",
    "km2": "km2", "km²": "km2", "平方公里": "km2", "平方千米": "km2", "m2": "m2", "m²": "m2",
    "平方米": "m2", "ha": "ha", "公顷": "ha", "亩": "亩",
    "人": "人", "万人": "万人", "千人": "千人", "口": "人",
    "v": "V", "kv": "kV", "千伏": "kV", "伏": "V", "km/h": "km/h", "kmh": "km/h", "公里/小时": "km/h",
    "千米/小时": "km/h", "mph": "mph", "层": "层",
}  # fmt: skip
"""How a unit may be written, lower case, and what it is called here."""

DATUMS: tuple[tuple[str, str], ...] = (
    ("beijing54", r"(?:北京|beijing|bj)[-_\s]*(?:19)?54(?:坐标系?)?|(?<!\d)54坐标系?"),
    ("xian80", r"(?:西安|xi'?an)[-_\s]*(?:19)?80(?:坐标系?)?|(?<!\d)80坐标系?"),
    ("cgcs2000", r"(?:cgcs|国家|大地)[-_\s]*2000(?:坐标系?|大地坐标系?)?|(?<!\d)2000坐标系?|_2000$"),
    ("gcj02", r"gcj[-_\s]*(?:02)?|火星(?:坐标系?)?|国测局(?:坐标系?)?|高德(?:地图)?|腾讯(?:地图)?|amap|tencent|02坐标系"),
    ("bd09", r"bd[-_\s]*09(?:ll|mc)?|百度(?:地图|坐标系?)?|baidu|09坐标系"),
    ("wgs84", r"gps(?=[经纬坐xy_])|wgs[-_\s]*(?:19)?84(?:坐标系?)?|wgs(?![a-z])|(?<!\d)84坐标系?|_84$|(?<=度)84$"),
)  # fmt: skip
"""A datum and how headers state it."""

_NOISE = re.compile(
    r"必填项?|选填|可选|示例|单位(?=\s*[:：])|保留\d+位(?:小数)?|小数点后\d+位|[*＊#★●]|十进制(?:度)?|小数形式"
)
_BRACKETS = re.compile(r"[\[【{〔<〈《(]([^\[\]【】{}〔〕<>〈〉《》()]*)[\]】}〕>〉》)]")
_PARTING = re.compile(r"[\s_\-.:：、,，·/\\|'\"`~—–]+")
_UNIT_END = re.compile(
    r"(?:[_/\s,，:：]+|(?<=[a-z])_)("
    + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
    + r")$"
)


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a header says: `names` from the most to the least exact, its unit, its datum."""

    names: tuple[str, ...]
    unit: str = ""
    datum: str = ""


def plain_words(text: str) -> str:
    """Return a header without case, width, blanks, brackets and parting signs.

    >>> plain_words("Antenna_Height ")
    'antennaheight'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _PARTING.sub("", re.sub(r"[\[\]【】{}〔〕<>〈〉《》()]", "", folded))


@lru_cache(maxsize=4096)
def read_header(text: str) -> Header:
    """Return what a header says.

    >>> read_header("天线挂高（米）")
    Header(names=('天线挂高', '天线挂高米'), unit='m', datum='')
    """
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    whole = plain_words(folded)
    folded, datum = _without_datum(folded)
    folded, unit = _without_unit(_NOISE.sub("", folded))
    parts = [part for part in re.split(r"[/\\]", folded) if plain_words(part)]
    bare = _BRACKETS.sub("", folded)
    names = [plain_words(folded), plain_words(bare), whole]
    if len(parts) > 1:
        names += [plain_words(_BRACKETS.sub("", parts[-1])), plain_words(parts[0])]
    return Header(
        names=tuple(dict.fromkeys(name for name in names if name)), unit=unit, datum=datum
    )


def _without_datum(folded: str) -> tuple[str, str]:
    """Return the header without the datum that it states, and that datum."""
    found = ""
    for datum, pattern in DATUMS:
        rest = re.sub(pattern, "", folded)
        if rest != folded and plain_words(rest):
            found, folded = found or datum, rest
    return folded, found


def _without_unit(folded: str) -> tuple[str, str]:
    """Return the header without its unit, in brackets or behind a parting sign, and that unit."""
    for bracket in _BRACKETS.finditer(folded):
        word = bracket[1].strip().removeprefix("单位").lstrip(":：").strip()
        if word in UNITS:
            return folded[: bracket.start()] + folded[bracket.end() :], UNITS[word]
    match = _UNIT_END.search(folded.strip())
    if match and plain_words(folded[: match.start()]):
        return folded.strip()[: match.start()], UNITS[match[1]]
    return folded, ""
