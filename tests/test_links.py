"""One link: from places and a DEM to figures and a picture that stands alone."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from command import siting as command
from rasterio.transform import Affine
from shapely.geometry import Point

from siting.coverage import p526
from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.links import Mast, link_between, link_notes, link_rows, mast_of_site, save_link
from siting.links.link import USUAL_RADIO, utm_of
from siting.maps import drawing

MAST = Mast(lon=118.52, lat=24.86, height_m=30.0, name="E000001")
POINT = (118.55, 24.86)


@pytest.fixture(scope="module")
def dem(tmp_path_factory):
    """Write a DEM with a ridge from north to south between the mast and the point."""
    path = tmp_path_factory.mktemp("dem") / "dem.tif"
    x = 650_000.0 + 30.0 * (np.arange(300) + 0.5)
    heights = 20.0 + 90.0 * np.exp(-(((x - 655_100.0) / 250.0) ** 2))
    place = Affine(30.0, 0.0, 650_000.0, 0.0, -30.0, 2_754_000.0)
    with rasterio.open(
        path, "w", driver="GTiff", width=300, height=350, count=1, dtype="float32",
        crs="EPSG:32650", transform=place,
    ) as file:  # fmt: skip
        file.write(np.tile(heights, (350, 1)).astype("float32"), 1)
    return path


@pytest.fixture(scope="module")
def link(dem):
    return link_between(MAST, POINT, dem=dem)


def test_the_ridge_between_obstructs_the_link(link):
    assert link.path.sight == "obstructed"
    assert link.radio.name == USUAL_RADIO["macro"]
    assert link.path.length_m == pytest.approx(3033.0, abs=10.0)
    assert link.path.mast_m == pytest.approx(link.path.ground_m[0] + 30.0)
    assert link.losses.los_probability == 0.0


def test_figures_are_json_and_agree_with_p526(link):
    told = json.loads(json.dumps(link.as_dict(), allow_nan=False))
    profile = told["profile"]
    loss = p526.bullington_loss_db(
        np.array(profile["distance_m"]) / 1000.0,
        profile["ground_m"],
        transmitter_m=profile["ray_m"][0],
        receiver_m=profile["ray_m"][-1],
        carrier_ghz=told["carrier_ghz"],
    )
    assert told["losses"]["bullington_db"] == pytest.approx(loss, abs=0.01)
    assert told["levels_dbm"]["median"] == pytest.approx(
        told["eirp_per_re_dbm"] - told["losses"]["combined_db"], abs=0.01
    )


def test_a_far_link_is_judged_by_p1812_and_says_so(dem):
    link = link_between(MAST, (118.5445, 24.8153), dem=dem, radio="macro_700_4t")
    assert link.losses.scenario == "RMa"
    assert not link.losses.within_range
    names = dict(link_rows(link, "en"))
    assert names["Outdoor SS-RSRP by P.1812"].endswith("dBm")
    assert names["RMa NLOS"] == "–"


def test_heights_of_roofs_are_named_and_leave_nothing_to_chance(dem, link):
    roofs = link_between(MAST, (118.53, 24.86), dem=dem, surface=True)
    assert roofs.path.sight == "clear"
    assert roofs.losses.los_probability == 1.0
    assert roofs.as_dict()["terrain"] == "surface"
    assert "profile alone decides" in link_notes(roofs, "en")[0]
    assert link.as_dict()["terrain"] == "bare_earth"
    assert "stands for buildings" in link_notes(link, "en")[0]


def test_the_same_link_gives_the_same_bytes(link, tmp_path):
    for ending in ("svg", "png"):
        one = save_link(link, tmp_path / f"one.{ending}").read_bytes()
        assert save_link(link, tmp_path / f"other.{ending}").read_bytes() == one


def test_the_svg_asks_for_nothing_and_is_well_formed(link, tmp_path):
    text = save_link(link, tmp_path / "link.svg", language="en").read_text(encoding="utf-8")
    ET.fromstring(text)
    namespaces = {"www.w3.org", "purl.org", "creativecommons.org"}
    assert set(re.findall(r"https?://([\w.]+)", text)) <= namespaces
    assert "<image" not in text
    assert not re.search(r"\d{4}-\d\d-\d\dT", text), "no clock"


def test_without_a_chinese_typeface_the_words_are_english(link, tmp_path, monkeypatch):
    plain = save_link(link, tmp_path / "en.png", language="en").read_bytes()
    assert drawing.language_for_print("zh") in {"zh", "en"}
    monkeypatch.setattr(drawing, "chinese_font", lambda: "")
    assert drawing.language_for_print("zh") == "en"
    assert drawing.drawable("东海街道") == "Donghai Subdistrict"
    assert save_link(link, tmp_path / "zh.png", language="zh").read_bytes()[:8] == plain[:8]


@pytest.mark.parametrize(("name", "language"), [("link.pdf", "zh"), ("link.png", "fr")])
def test_pictures_we_do_not_make_are_refused(link, tmp_path, name, language):
    with pytest.raises(ConfigurationError):
        save_link(link, tmp_path / name, language=language)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("mast", "point", "error", "words"),
    [
        (MAST, (118.52, 24.86), ConfigurationError, "same place"),
        (MAST, (119.9, 24.86), DataError, "the point lies off the DEM"),
        (MAST, (24.86, 118.55), ConfigurationError, "degrees of latitude"),
        (Mast(lon=118.52, lat=24.86, height_m=-4.0), POINT, ConfigurationError, "outside"),
    ],
)
def test_bad_places_are_named(dem, mast, point, error, words):
    with pytest.raises(error, match=words):
        link_between(mast, point, dem=dem)


def test_a_missing_dem_says_how_to_get_one(tmp_path):
    with pytest.raises(MissingDataError, match="siting layers pull dem"):
        link_between(MAST, POINT, dem=tmp_path / "dem.tif")


def test_an_unknown_site_is_told_with_near_names():
    sites = gpd.GeoDataFrame(
        {"site_id": ["QZ-0001", "QZ-0002"], "kind": ["macro", "micro"], "height_m": [35.0, 12.0]},
        geometry=[Point(118.6, 24.9), Point(118.7, 24.9)],
        crs="EPSG:4326",
    ).to_crs(utm_of(118.6, 24.9))
    with pytest.raises(ConfigurationError, match="QZ-0001"):
        mast_of_site(sites, "QZ-001")
    mast = mast_of_site(sites, "QZ-0002")
    assert (mast.height_m, mast.kind) == (12.0, "micro")
    assert (mast.lon, mast.lat) == pytest.approx((118.7, 24.9))


def test_the_command_draws_and_prints(dem, tmp_path):
    words = ["coverage", "profile", "--from", "118.52,24.86,30", "--to", "118.55,24.86"]
    done = command(*words, "--dem", dem, "-o", "link.svg", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["sight"] == "obstructed"
    assert told["file"] == "link.svg"
    assert (tmp_path / "link.svg").stat().st_size > 20_000


def test_the_command_asks_for_one_mast(dem, tmp_path):
    done = command("coverage", "profile", "--to", "118.55,24.86", "--dem", dem, cwd=tmp_path)
    assert done.returncode == 2
    assert (
        done.stderr
        == "--site: the mast is not clear; give --site SITE_ID or --from LON,LAT,HEIGHT\n"
    )
