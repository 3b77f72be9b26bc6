"""Packaged radios are whole, sourced and consistent; a wrong radio file says where and what."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from siting import coverage
from siting.coverage import ENVIRONMENTS, Service, reach_m
from siting.coverage.antennas import beam_panel, directivity_dbi
from siting.coverage.radio_file import radio_names, read_radio
from siting.coverage.radio_keys import FIGURES, WORDS
from siting.coverage.radio_parts import (
    RadioFile,
    carrier_of,
    panel_of,
    radio_of,
    ssb_antenna,
    sweep_of,
    traffic_antenna,
)
from siting.coverage.throughput import peak_throughput_mbps
from siting.errors import ConfigurationError
from siting.scenario import load_scenario

CITED = re.compile(r"3GPP TR \d|3GPP TS \d|published|nxmr\.cn|general knowledge, unverified")
BY_DEFINITION = {  # what follows from what the radio is
    "active antenna: no feeder",
    "antenna in the unit",
    "FDD: the whole time",
    "one column: without effect",
    "one beam: the antenna does not sweep",
    "no pairing of terminals",
    "the SSB is sent by the sector beam itself, so as antenna_gain_dbi",
    "the SSB is sent by the head's own antenna, so as antenna_gain_dbi",
}


def write(tmp_path, text: str):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(tmp_path, text: str):
    with pytest.raises(ConfigurationError) as refused:
        read_radio(write(tmp_path, text))
    return refused.value.problems


def test_every_band_and_class_is_there():
    names = radio_names()
    assert {name.split("_")[1] for name in names} == {"700", "900", "2100", "2600", "3500", "4900"}
    assert {name.split("_")[2] for name in names if name.startswith("macro")} == {
        *("64t", "32t", "8t", "4t", "2t"),
    }
    assert {name.split("_")[0] for name in names} == {"macro", "micro", "pico"}


@pytest.mark.parametrize("name", radio_names())
def test_a_packaged_radio_is_whole_and_every_figure_has_a_source(name):
    radio = read_radio(name)
    assert radio.name == name
    assert set(radio.sources) == set(FIGURES)
    for key, source in radio.sources.items():
        assert source in BY_DEFINITION or CITED.search(source), f"{name}: {key}: {source}"
    assert name.split("_")[1] in {f"{band}" for band in (700, 900, 2100, 2600, 3500, 4900)}
    band_mhz = float(name.split("_")[1])
    assert radio.carrier_ghz * 1000.0 == pytest.approx(band_mhz, rel=0.11)


@pytest.mark.parametrize("name", radio_names())
def test_the_stated_gains_are_those_of_the_geometry_within_a_decibel(name):
    radio = read_radio(name)
    panel = panel_of(radio)
    assert directivity_dbi(panel) - panel.loss_db == pytest.approx(radio.antenna_gain_dbi, abs=1.0)
    beam = beam_panel(panel, sweep_of(radio))
    assert directivity_dbi(beam) - beam.loss_db == pytest.approx(radio.ssb_gain_dbi, abs=1.0)


@pytest.mark.parametrize("name", radio_names())
def test_antennas_are_as_wide_as_their_class(name):
    antenna = ssb_antenna(read_radio(name))
    swept = name.endswith(("64t", "32t", "8t"))
    expected = 105.0 if swept else (360.0 if name.startswith("pico") else 65.0)
    assert antenna.horizontal_width_deg == pytest.approx(expected, abs=1.0)
    assert antenna.horizontal_loss_db.min() == 0.0


@pytest.mark.parametrize(
    ("of_the_scenario", "name"),
    [
        ("macro_700", "macro_700_4t"),
        ("macro_900", "macro_900_2t"),
        ("macro_2600", "macro_2600_64t"),
        ("macro_3500", "macro_3500_64t"),
        ("micro_3500", "micro_3500_4t"),
        ("indoor_3500", "pico_3500_4t"),
    ],
)
def test_the_scenario_s_radios_are_these_radios(of_the_scenario, name):
    planned = load_scenario("quanzhou").radio[of_the_scenario]
    radio = read_radio(name)
    assert radio.eirp_per_re_dbm == pytest.approx(planned.eirp_per_re_dbm, abs=0.3)
    assert radio.base_height_m == planned.base_height_m
    assert radio.carrier_ghz == pytest.approx(planned.carrier_ghz, rel=0.11)


def test_a_radio_serves_as_far_as_the_one_it_stands_for():
    outdoors, urban = Service(name="outdoors"), ENVIRONMENTS[0]
    plain = radio_of(read_radio("macro_3500_64t"), margins=False)
    promised = radio_of(read_radio("macro_3500_64t"))
    assert reach_m(plain, urban, outdoors) == pytest.approx(607.0, rel=0.03)
    assert reach_m(promised, urban, outdoors) < reach_m(plain, urban, outdoors)
    assert (promised.body_loss_db, promised.interference_margin_db) == (3.0, 4.0)


def test_traffic_and_noise_come_out_as_worked():
    radio = read_radio("macro_3500_64t")
    assert radio.noise_per_re_dbm == pytest.approx(-122.2, abs=0.01)
    assert radio.traffic_gain_db == pytest.approx(4.5)
    assert traffic_antenna(radio).gain_dbi == 24.5
    assert peak_throughput_mbps(carrier_of(radio)) == pytest.approx(0.7 * 2337.0, rel=1e-3)
    head = read_radio("pico_3500_4t")
    assert head.traffic_gain_db == pytest.approx(6.0)  # the SSB leaves one port of four


def test_a_file_of_ones_own_needs_its_differences_only(tmp_path):
    path = write(
        tmp_path,
        'base = "macro_3500_64t"\nsource = "data sheet"\npower_dbm = 55\n'
        'antenna_gain_dbi = { value = 25, source = "measured" }\n',
    )
    mine, theirs = read_radio(path), read_radio("macro_3500_64t")
    assert mine.name == "mine"
    assert mine.eirp_per_re_dbm == pytest.approx(theirs.eirp_per_re_dbm + 2.0)
    assert (mine.sources["power_dbm"], mine.sources["antenna_gain_dbi"]) == (
        "data sheet",
        "measured",
    )
    assert mine.sources["overhead"] == theirs.sources["overhead"]
    same = [item.name for item in fields(RadioFile) if item.name in FIGURES]
    changed = {key for key in same if getattr(mine, key) != getattr(theirs, key)}
    assert changed == {"power_dbm", "antenna_gain_dbi"}


def test_everything_wrong_is_told_at_once_with_rows_and_near_names(tmp_path):
    found = problems(
        tmp_path,
        'base = "macro_3500_64t"\n'
        "power_dbn = 55\n"
        'power_dbm = { value = 99.0, source = "x" }\n'
        "feeder_loss_db = 1.0\n"
        'layers = { value = 2.5, source = "x" }\n'
        'overhead = { value = "much", source = "x" }\n'
        'body_loss_db = { worth = 3.0, source = "x" }\n'
        'kind = "makro"\n'
        'ue_height_m = { value = nan, source = "x" }\n'
        'ssb_beams = { value = true, source = "x" }\n'
        "front_to_back_db = 9" + "9" * 400 + "\n",
    )
    told = {(problem.column, problem.row): str(problem) for problem in found}
    assert "did you mean power_dbm" in told["power_dbn", 2]
    assert "write a number from -10 to 60 dBm" in told["power_dbm", 3]
    assert "has no source" in told["feeder_loss_db", 4]
    assert "a whole number from 1 to 16" in told["layers", 5]
    assert "is 'much'" in told["overhead", 6]
    assert "did you mean macro" in told["kind", 8]
    rest = {("body_loss_db", 7), ("ue_height_m", 9), ("ssb_beams", 10), ("front_to_back_db", 11)}
    assert rest <= set(told)
    assert all(problem.file == "mine.toml" for problem in found)


def test_figures_that_disagree_are_told(tmp_path):
    base = 'base = "macro_3500_64t"\nsource = "x"\n'
    (blocks,) = problems(tmp_path, base + "bandwidth_mhz = 60\n")
    assert str(blocks) == (
        "mine.toml: resource_blocks: is 273, and 60 MHz at 30 kHz has 162; "
        "write 162, or correct the bandwidth"
    )
    (odd,) = problems(tmp_path, base + "bandwidth_mhz = 33\n")
    assert (odd.row, odd.column) == (3, "bandwidth_mhz")
    (low,) = problems(tmp_path, base + "base_height_m = 5\n")
    assert "outside the range" in str(low)
    assert low.row == 3
    (many,) = problems(tmp_path, base + "panel_columns = 2\n")
    assert many.column == "ssb_columns"


def test_an_empty_file_lists_what_is_missing(tmp_path):
    found = problems(tmp_path, "")
    assert {problem.column for problem in found} == {"kind", "technology", *FIGURES}
    assert all('base = "' in problem.remedy for problem in found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("power_dbm = = 3", "line 1"),
        ('base = "macro_3500_46t"', "did you mean macro_3500_64t"),
        ('base = "macro_3500_64t"\nnote = 3', "is 3, not a text"),
        (
            'base = "macro_3500_64t"\npower_dbm = { value = 50, sauce = "x", source = "y" }',
            "'sauce'",
        ),
        ('base = "macro_3500_64t"\npower_dbm = { source = "y" }', "has no value"),
        ("base = 3", "no packaged radio"),
    ],
)
def test_what_is_no_radio_file_is_refused(tmp_path, text, message):
    assert message in str(problems(tmp_path, text)[0])


def test_a_radio_that_is_not_there_offers_near_ones(tmp_path):
    with pytest.raises(ConfigurationError, match="did you mean macro_3500_64t"):
        read_radio("macro_3500_64r")
    with pytest.raises(ConfigurationError, match="no such radio file"):
        read_radio(tmp_path / "none.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes('note = "größer"'.encode("latin-1"))
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        read_radio(latin)
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * 2_000_000)
    with pytest.raises(ConfigurationError, match="too large"):
        read_radio(large)


def test_the_keys_are_the_fields():
    keys = {*FIGURES, *WORDS} - {"base", "source"}
    assert keys == {item.name for item in fields(RadioFile)} - {"name", "sources"}


def test_the_reference_page_lists_every_key_with_its_range():
    page = Path(__file__).resolve().parent.parent / "docs" / "reference" / "radio_files.md"
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    for key, figure in FIGURES.items():
        span = f"{'whole, ' if figure.whole else ''}{figure.low:g} to {figure.high:g} {figure.unit}"
        assert f"| `{key}` | {span.rstrip()} | {figure.meaning} |" in rows
    for key, meaning in WORDS.items():
        assert f"| `{key}` | {meaning} |" in rows


def test_a_modulation_that_does_not_exist_is_told(tmp_path):
    (odd,) = problems(tmp_path, 'base = "macro_3500_64t"\nsource = "x"\nmodulation_bits = 7\n')
    assert (odd.row, odd.column) == (3, "modulation_bits")


def test_numbers_longer_than_python_reads_are_told(tmp_path):
    assert problems(tmp_path, "power_dbm = 1" + "0" * 5000 + "\n")


def test_the_package_offers_radios_and_antennas_by_name():
    radios = [coverage.read_radio(name) for name in coverage.radio_names()]
    assert {radio.kind for radio in radios} == {"macro", "micro", "indoor"}
    assert len(radios) == 20
    assert set(coverage.__all__) <= set(dir(coverage))
    assert {"read_antenna", "read_radio", "radio_names", "Antenna"} <= set(coverage.__all__)
