"""Read which CRS or datum a file, its header or an option names; refuse those we cannot shift.

A name is an EPSG code (`EPSG:4549`, `4549`), WKT (the text of a .prj), a PROJ string, or a word
(`WGS84`, `CGCS2000`, `GCJ-02`, `BD-09`, 国家2000, 火星坐标, 百度坐标). Axes are always x = east and
y = north here, whatever order the code prescribes.

CGCS2000 degrees are taken as WGS 84 degrees: the two differ by decimetres (the plate has moved
since the epoch of CGCS2000). Beijing 1954, its revision of 1982 (New Beijing) and Xi'an 1980 lie
tens to some hundred metres off, differently in each city; the parameters of the shift belong to
the survey offices, so a file in them is refused, not shifted by an average.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyproj
from pyproj.exceptions import CRSError

from siting.errors import ConfigurationError, DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

DATUMS: Mapping[str, str] = {
    "wgs84": "WGS 84",
    "cgcs2000": "CGCS2000",
    "gcj02": "GCJ-02",
    "bd09": "BD-09",
}
"""The words of --datum and the catalogue's word for each."""

SHIFTED = ("gcj02", "bd09")
SURVEY_BASES = {4214: "Beijing 1954", 4555: "New Beijing (1954)", 4610: "Xi'an 1980"}
"""EPSG code of the degrees of each datum that is refused."""

ZONES_3_DEGREE = range(25, 46)
"""Zone k has its central meridian at 3k degrees east."""
ZONES_6_DEGREE = range(13, 24)
"""Zone k has its central meridian at 6k - 3 degrees east."""

SURVEY_REMEDY = (
    "have the survey office or the local 资规 (natural resources) office convert it to CGCS2000: "
    "that takes the seven parameters of the city, which are not public"
)
KNOWN_REMEDY = "write EPSG and a code, as EPSG:4549, or --datum wgs84, cgcs2000, gcj02 or bd09"

WEB_MERCATOR_NOTE = (
    "EPSG:3857 (web Mercator) is accepted as declared; web maps of China fill it with GCJ-02 or "
    "BD-09 as often as with WGS 84"
)

_REFUSED = (
    (r"(new|新)[ _-]*(beijing|北京)", "New Beijing (1954)"),
    (r"(beijing|bj|peking|北京)[ _-]*(坐标系?[ _-]*)?(19)?54", "Beijing 1954"),
    (r"(19)?54年?[ _-]*(北京|beijing)", "Beijing 1954"),
    (r"krass?ow?sky|克拉索夫斯基", "Beijing 1954 (its ellipsoid, Krassowsky 1940)"),
    (r"(xi'?an|西安)[ _-]*(坐标系?[ _-]*)?(19)?80", "Xi'an 1980"),
    (r"(19)?80年?[ _-]*(西安|xi'?an|国家大地)", "Xi'an 1980"),
    (r"iag[ _-]*(19)?75", "Xi'an 1980 (its ellipsoid, IAG 1975)"),
)
_WORDS = (
    (
        r"gcj[ _-]*0?2|火星|国测局|高德|腾讯|(?<![a-z])(?:amap|autonavi|tencent|mars)(?![a-z])",
        "gcj02",
    ),
    (r"bd[ _-]*0?9|百度|baidu", "bd09"),
    (r"cgcs[ _-]*(20)?00|国家[ _-]*2000|2000[ _-]*(国家|大地|坐标)|china[ _]*2000", "cgcs2000"),
    (r"wgs[ _-]*(19)?84|(?<![a-z])gps(?![a-z])", "wgs84"),
)


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What a text says of coordinates.

    Attributes
    ----------
    datum
        wgs84, cgcs2000, gcj02 or bd09; "" where it says none of them.
    crs
        `EPSG:n` or WKT; "" where it only names a datum.
    projected
        Whether `crs` counts in metres or other units of length.
    firm
        Whether someone chose it: a projected CRS, CGCS2000, or a datum in words. EPSG:4326 alone
        is what programmes write by themselves.
    notes
        What a planner should know about it.

    """

    datum: str = ""
    crs: str = ""
    projected: bool = False
    firm: bool = False
    notes: tuple[str, ...] = ()


def declared_crs(text: str, *, file: str = "", option: str = "") -> Declared:
    """Return what a text declares; an empty text declares nothing.

    Parameters
    ----------
    text
        The text of a .prj, a code, or words.
    file
        The file that says so, for the message.
    option
        The option that says so (`--crs`), where it is the planner's.

    Raises
    ------
    DataError
        A file names Beijing 1954 or Xi'an 1980, or a CRS that is none of the Earth.
    ConfigurationError
        An option does, or cannot be understood.

    """
    said = unicodedata.normalize("NFKC", text).strip()
    if not said:
        return Declared()
    refused = _refused_name(said)
    if refused:
        raise _refusal(refused, file, option)
    known = _coordinate_system(said)
    if known is None:
        return _from_words(said, file, option)
    base = known.geodetic_crs
    if base is None:
        what = f"the CRS {known.name} is a drawing's own and says nothing of where on Earth it is"
        raise _error(what, KNOWN_REMEDY, file, option)
    if known.is_geocentric:
        what = f"the CRS {known.name} counts metres from the middle of the Earth, not on a map"
        raise _error(what, KNOWN_REMEDY, file, option)
    code = base.to_epsg(min_confidence=20)
    if code in SURVEY_BASES:
        raise _refusal(SURVEY_BASES[code], file, option)
    return _described(known, said)


def datum_of(crs: pyproj.CRS) -> str:
    """Return wgs84 or cgcs2000 where the degrees of a CRS are those, else "".

    >>> datum_of(pyproj.CRS.from_user_input("OGC:CRS84")), datum_of(pyproj.CRS.from_epsg(4549))
    ('wgs84', 'cgcs2000')
    """
    base = crs.geodetic_crs
    name = "" if base is None or base.datum is None else base.datum.name.replace("_", " ")
    if "World Geodetic System 1984" in name or "WGS 1984" in name:
        return "wgs84"
    return "cgcs2000" if "China 2000" in name else ""


def declared_datum(text: str) -> str:
    """Return the datum that a header names in words (经度(GCJ02), lng_bd09), or "".

    >>> declared_datum("经度(高德)"), declared_datum("lng")
    ('gcj02', '')
    """
    said = unicodedata.normalize("NFKC", text).lower()
    found = [datum for pattern, datum in _WORDS if re.search(pattern, said)]
    return found[0] if len(found) == 1 else ""


def zone_of_code(code: int) -> str:
    """Return how people call a projected EPSG code of China, or "".

    >>> zone_of_code(4549), zone_of_code(4527)
    ('CGCS2000 3-degree zone, central meridian 120 E', 'CGCS2000 3-degree zone 39, zone prefix in x')
    """
    if code - 4509 in ZONES_3_DEGREE:
        return f"CGCS2000 3-degree zone, central meridian {3 * (code - 4509)} E"
    if code - 4488 in ZONES_3_DEGREE:
        return f"CGCS2000 3-degree zone {code - 4488}, zone prefix in x"
    if code - 4489 in ZONES_6_DEGREE:
        return f"CGCS2000 6-degree zone, central meridian {6 * (code - 4489) - 3} E"
    if code - 4478 in ZONES_6_DEGREE:
        return f"CGCS2000 6-degree zone {code - 4478}, zone prefix in x"
    if 1 <= code - 32600 <= 60:
        return f"WGS 84 / UTM zone {code - 32600}N"
    return ""


def zone_reach(code: int) -> tuple[float, float] | None:
    """Return the central meridian of a zone and how far it reaches [degree], with half a degree more.

    >>> zone_reach(4549), zone_reach(32650), zone_reach(3857)
    ((120.0, 2.0), (117.0, 3.5), None)
    """
    for first, zones in ((4509, ZONES_3_DEGREE), (4488, ZONES_3_DEGREE)):
        if code - first in zones:
            return 3.0 * (code - first), 2.0
    for first in (4489, 4478):
        if code - first in ZONES_6_DEGREE:
            return 6.0 * (code - first) - 3.0, 3.5
    return (6.0 * (code - 32600) - 183.0, 3.5) if 1 <= code - 32600 <= 60 else None


def _refused_name(said: str) -> str:
    lower = said.lower()
    for pattern, name in _REFUSED:
        if re.search(rf"(?<![a-z0-9]){pattern}(?![0-9])", lower):
            return name
    return ""


def _coordinate_system(said: str) -> pyproj.CRS | None:
    """Return the CRS of a code, a WKT or a PROJ string, None for other words."""
    code = re.fullmatch(
        r"(?:epsg|urn:ogc:def:crs:epsg:[\d.]*)?\s*:*\s*(\d{4,6})", said, re.IGNORECASE
    )
    looks = code or re.match(r"\s*[A-Z_0-9]+\s*\[|\+proj=|\{|urn:ogc|[A-Za-z]+:\w+$", said)
    if not looks:
        return None
    try:
        return pyproj.CRS.from_user_input(int(code.group(1)) if code else said)
    except CRSError:
        return None


def _described(known: pyproj.CRS, said: str) -> Declared:
    epsg = known.to_epsg(min_confidence=20)
    crs = f"EPSG:{epsg}" if epsg else said
    datum = datum_of(known)
    notes: tuple[str, ...] = ()
    if epsg == 3857:
        notes = (WEB_MERCATOR_NOTE,)
    elif not datum:
        notes = (f"{known.name} is shifted to WGS 84 by the general parameters of PROJ",)
    # a geographic CGCS2000 or a projection is chosen; EPSG:4326 is a default
    firm = datum == "cgcs2000" or (known.is_projected and epsg != 3857)
    return Declared(
        datum=datum, crs=crs, projected=bool(known.is_projected), firm=firm, notes=notes
    )


def _from_words(said: str, file: str, option: str) -> Declared:
    datum = declared_datum(said)
    if datum:
        return Declared(datum=datum, firm=True)
    short = said if len(said) <= 60 else said[:57] + "..."
    what = f"the CRS {short!r} is not known"
    raise _error(what, KNOWN_REMEDY, file, option)


def _refusal(name: str, file: str, option: str) -> DataError | ConfigurationError:
    what = f"the coordinates are in {name}, whose shift to WGS 84 is not public"
    return _error(what, SURVEY_REMEDY, file, option)


def _error(what: str, remedy: str, file: str, option: str) -> DataError | ConfigurationError:
    problem = Problem(file=file, column=option, what=what, remedy=remedy)
    return ConfigurationError(problem) if option else DataError(problem)
