"""Tell a surface model from bare earth by what its producers call it.

SRTM, ASTER, AW3D30 and Copernicus GLO-30 measured the first thing that the radar or the camera
met: roofs and crowns of trees. FABDEM, MERIT and products named DTM had them taken away.
"""

from __future__ import annotations

import re

SURFACE_NAMES = (
    ("Copernicus GLO-30/90", r"copernicus|glo[-_ ]?[39]0|cop[-_]?dem|dged"),
    ("SRTM", r"srtm|(?<![a-z])[ns]\d\d[ew]\d\d\d(?=\.hgt|\.sdat|$)|\.hgt$"),
    ("NASADEM", r"nasadem"),
    ("AW3D30", r"aw3d|alpsmlc|(?<![a-z])alos(?![a-z])"),
    ("ASTER GDEM", r"(?<![a-z])aster(?![a-z])|astgtm|(?<![a-z])(ast)?gdem"),
    ("TanDEM-X", r"tandem|tdm1"),
    ("a DSM", r"(?<![a-z])dsm(?![a-z])|digital surface"),
)
BARE_NAMES = r"fabdem|merit|(?<![a-z])dtm(?![a-z])|bare[-_ ]?earth|digital terrain"


def surface_name(texts: list[str]) -> str:
    """Return which surface model a file name or tag names, "" where none does.

    >>> surface_name(["Copernicus_DSM_COG_10_N24_00_E118_00_DEM.tif"])
    'Copernicus GLO-30/90'
    >>> surface_name(["fabdem_from_copernicus.tif"]), surface_name(["city_2m.tif"])
    ('', '')
    """
    if bare_name(texts):
        return ""
    for name, pattern in SURFACE_NAMES:
        if any(re.search(pattern, text, re.IGNORECASE) for text in texts):
            return name
    return ""


def bare_name(texts: list[str]) -> bool:
    """Tell whether a file name or tag says that buildings and trees were taken away."""
    return any(re.search(BARE_NAMES, text, re.IGNORECASE) for text in texts)


def feet_named(units: list[str]) -> bool:
    """Tell whether one of the vertical units that a file states is the foot.

    >>> feet_named(["US survey foot"]), feet_named(["metre", "m"])
    (True, False)
    """
    return any(re.search(r"\b(ft|ftus|us-ft|foot|feet)\b", unit, re.IGNORECASE) for unit in units)


def density_named(texts: list[str]) -> bool:
    """Tell whether a file name, tag or unit says people per area, not people per cell.

    >>> density_named(["gpw_v4_population_density.tif"]), density_named(["chn_ppp_2020.tif"])
    (True, False)
    """
    pattern = (
        r"densit|(?<![a-z])per[ _]?(sq|km|ha(?![a-z])|hectare)|/ ?(km|sq|ha)(?![a-jl-z])|km\^?-2"
        r"|(?<![a-z])pd(?![a-z])"
    )
    return any(re.search(pattern, text, re.IGNORECASE) for text in texts)
