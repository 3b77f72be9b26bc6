"""What a .prj, a code, a header or an option says of coordinates, and what is refused."""

import numpy as np
import pyproj
import pytest

from siting.errors import ConfigurationError, DataError
from siting.layers.datum.crs import SURVEY_BASES, declared_crs, declared_datum, zone_of_code
from siting.layers.datum.hypotheses import hypothesis

ESRI = (
    'PROJCS["{name}",GEOGCS["{base}",DATUM["{datum}",SPHEROID["{ball}",{axis},{flat}]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],'
    'PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
CGCS2000_117 = ESRI.format(
    name="CGCS2000_3_Degree_GK_CM_117E", base="GCS_China_Geodetic_Coordinate_System_2000",
    datum="D_China_2000", ball="CGCS2000", axis=6378137.0, flat=298.257222101,
    easting=500000.0, meridian=117.0,
)  # fmt: skip
XIAN_120 = ESRI.format(
    name="Xian_1980_3_Degree_GK_CM_120E", base="GCS_Xian_1980", datum="D_Xian_1980",
    ball="Xian_1980", axis=6378140.0, flat=298.257, easting=500000.0, meridian=120.0,
)  # fmt: skip
BEIJING_39 = ESRI.format(
    name="Beijing_1954_3_Degree_GK_Zone_39", base="GCS_Beijing_1954", datum="D_Beijing_1954",
    ball="Krasovsky_1940", axis=6378245.0, flat=298.3, easting=39500000.0, meridian=117.0,
)  # fmt: skip
UNNAMED_KRASSOWSKY = ESRI.format(
    name="Quanzhou", base="GCS_unnamed", datum="D_unnamed", ball="Krassowsky 1940",
    axis=6378245.0, flat=298.3, easting=500000.0, meridian=118.5,
)  # fmt: skip


def codes_on(base):
    """Return every EPSG code of a projection whose degrees are those of `base`."""
    found = pyproj.database.query_crs_info("EPSG", pyproj.enums.PJType.PROJECTED_CRS)
    name = pyproj.CRS.from_epsg(base).name
    return [int(one.code) for one in found if one.name.startswith(name)]


@pytest.mark.parametrize("base", sorted(SURVEY_BASES))
def test_every_code_of_beijing_1954_and_xian_1980_is_refused(base):
    codes = [base, *codes_on(base)]
    assert len(codes) > 20
    for code in codes:
        with pytest.raises(DataError, match="seven parameters"):
            declared_crs(f"EPSG:{code}", file="a.shp")
        with pytest.raises(ConfigurationError, match="seven parameters"):
            declared_crs(str(code), option="--crs")


@pytest.mark.parametrize(
    "text",
    [
        XIAN_120, BEIJING_39, UNNAMED_KRASSOWSKY, "北京54", "西安80坐标系", "1980西安坐标系", "北京54坐标系",
        "1954年北京坐标系", "1980年国家大地坐标系", "Beijing 1954", "Beijing54", "BJ-54", "Xian80",
        "Xi'an 1980", "XIAN_1980", "新北京54", "New Beijing", "GCS_Beijing_1954", "IAG75", "西安1980",
    ],
)  # fmt: skip
def test_beijing_1954_and_xian_1980_are_refused_by_name(text):
    with pytest.raises(DataError) as raised:
        declared_crs(text, file="roads.prj")
    assert raised.value.problems[0].file == "roads.prj"
    assert "convert it to CGCS2000" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "datum", "crs", "projected", "firm"),
    [
        ("", "", "", False, False),
        ("EPSG:4326", "wgs84", "EPSG:4326", False, False),
        ("epsg:4490", "cgcs2000", "EPSG:4490", False, True),
        ("4549", "cgcs2000", "EPSG:4549", True, True),
        ("EPSG：4527", "cgcs2000", "EPSG:4527", True, True),
        ("EPSG:32650", "wgs84", "EPSG:32650", True, True),
        ("EPSG:3857", "wgs84", "EPSG:3857", True, False),
        ("urn:ogc:def:crs:EPSG::4548", "cgcs2000", "EPSG:4548", True, True),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "wgs84", None, False, False),
        (CGCS2000_117, "cgcs2000", None, True, True),
        ("WGS84", "wgs84", "", False, True),
        ("CGCS2000", "cgcs2000", "", False, True),
        ("2000国家大地坐标系", "cgcs2000", "", False, True),
        ("国家2000", "cgcs2000", "", False, True),
        ("GCJ-02", "gcj02", "", False, True),
        ("火星坐标系", "gcj02", "", False, True),
        ("高德", "gcj02", "", False, True),
        ("百度坐标", "bd09", "", False, True),
        ("BD09", "bd09", "", False, True),
    ],
)
def test_what_a_text_declares(text, datum, crs, projected, firm):
    said = declared_crs(text)
    assert (said.datum, said.projected, said.firm) == (datum, projected, firm)
    if crs is not None:
        assert said.crs == crs


def test_a_prj_without_a_code_is_the_zone_it_describes():
    said = declared_crs(CGCS2000_117)
    lon, lat = np.array([118.6]), np.array([24.9])
    x, y = pyproj.Transformer.from_crs(4490, 4548, always_xy=True).transform(lon, lat)
    back = hypothesis(said.datum, crs=said.crs).to_wgs84(x, y)
    assert np.allclose(back, (lon, lat), rtol=0.0, atol=1e-9)


def test_web_mercator_is_accepted_and_noted():
    assert "GCJ-02" in declared_crs("EPSG:3857").notes[0]


@pytest.mark.parametrize("text", ["EPSG:999999", "nonsense", 'PROJCS["broken', "EPSG:"])
def test_what_is_no_crs_says_how_to_write_one(text):
    with pytest.raises(ConfigurationError, match="EPSG:4549"):
        declared_crs(text, option="--crs")


def test_a_drawing_of_its_own_is_no_place_on_earth():
    with pytest.raises(DataError, match="nothing of where on Earth"):
        declared_crs('LOCAL_CS["works drawing",UNIT["metre",1]]', file="plan.prj")


@pytest.mark.parametrize(
    ("header", "datum"),
    [
        ("经度(GCJ02)", "gcj02"), ("高德经度", "gcj02"), ("百度纬度", "bd09"), ("lng_bd09", "bd09"),
        ("WGS84经度", "wgs84"), ("CGCS2000_X", "cgcs2000"), ("GPS纬度", "wgs84"), ("经度", ""), ("lon", ""),
        ("x", ""),
    ],
)  # fmt: skip
def test_a_header_may_name_its_datum(header, datum):
    assert declared_datum(header) == datum


@pytest.mark.parametrize("zone", range(25, 46))
def test_three_degree_zones_have_the_meridian_that_we_say(zone):
    for code, easting in ((4488 + zone, zone * 1_000_000 + 500_000), (4509 + zone, 500_000)):
        assert zone_of_code(code).startswith("CGCS2000 3-degree zone")
        lon, lat = hypothesis("cgcs2000", crs=f"EPSG:{code}").to_wgs84(
            np.array([float(easting)]), np.array([3_000_000.0])
        )
        assert lon[0] == pytest.approx(3 * zone)
        assert 27.0 < lat[0] < 27.2


@pytest.mark.parametrize("zone", range(13, 24))
def test_six_degree_zones_have_the_meridian_that_we_say(zone):
    for code, easting in ((4478 + zone, zone * 1_000_000 + 500_000), (4489 + zone, 500_000)):
        assert zone_of_code(code).startswith("CGCS2000 6-degree zone")
        lon, _ = hypothesis("cgcs2000", crs=f"EPSG:{code}").to_wgs84(
            np.array([float(easting)]), np.array([3_000_000.0])
        )
        assert lon[0] == pytest.approx(6 * zone - 3)
