"""A pattern written to a file reads back, in every usual spelling; a broken one says where."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.coverage.antennas import Antenna, Panel, panel_antenna, read_antenna
from siting.errors import ConfigurationError, DataError, MissingDataError

PANEL = panel_antenna(Panel(rows=10, columns=1, row_spacing_wavelengths=0.8), name="65/6.3")
HEADER = "NAME 65 by 6.3\nMAKE made up\nFREQUENCY 2100\nGAIN 17.5 dBi\nTILT 0\n"


def planet_text(
    antenna: Antenna = PANEL, *, header: str = HEADER, tilt_deg: int = 0, upwards: bool = False
) -> str:
    """Return a pattern as the format has it; vertical angles count downwards."""
    turn = np.arange(360)
    below = np.where(turn <= 180, -turn, 360 - turn) * (-1 if upwards else 1)  # elevation in front
    folded = np.clip(below + tilt_deg, -90, 90)
    vertical = antenna.vertical_loss_db[2 * folded + 180]
    rows = [f"{angle}.0 {loss:.4f}" for angle, loss in enumerate(antenna.horizontal_loss_db)]
    upright = [f"{angle}.0 {loss:.4f}" for angle, loss in enumerate(vertical)]
    return "\n".join([header.strip(), "HORIZONTAL 360", *rows, "VERTICAL 360", *upright]) + "\n"


def write(tmp_path, text: str | bytes, name: str = "a.msi"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("name", ["a.msi", "a.pln", "a.ant"])
def test_a_written_pattern_reads_back(tmp_path, name):
    read = read_antenna(write(tmp_path, planet_text(), name))
    assert (read.name, read.gain_dbi) == ("65 by 6.3", 17.5)
    assert read.horizontal_loss_db == pytest.approx(PANEL.horizontal_loss_db, abs=1e-3)
    whole = np.s_[::2]
    assert read.vertical_loss_db[whole] == pytest.approx(PANEL.vertical_loss_db[whole], abs=1e-3)
    assert read.front_to_back_db == pytest.approx(30.0)
    assert read.source == f"{name}, MAKE made up, FREQUENCY 2100, GAIN 17.5 dBi, TILT 0"
    assert read.horizontal_width_deg == pytest.approx(65.0, abs=0.2)


def test_a_tilted_pattern_points_below_the_horizon(tmp_path):
    header = HEADER.replace("TILT 0", "TILT ELECTRICAL 6")
    read = read_antenna(write(tmp_path, planet_text(header=header, tilt_deg=6)))
    assert np.argmin(read.vertical_loss_db) == 180 - 12
    assert float(read.loss_db(0.0, -6.0)) == pytest.approx(0.0, abs=1e-5)
    assert float(read.loss_db(0.0, 0.0)) > 6.0


def test_angles_that_count_upwards_are_noticed_and_can_be_said(tmp_path):
    header = HEADER.replace("TILT 0", "TILT 6")
    path = write(tmp_path, planet_text(header=header, tilt_deg=6, upwards=True))
    with pytest.raises(DataError, match=r"a\.msi:5: TILT: .*6 degrees up.*vertical_angles"):
        read_antenna(path)
    assert np.argmin(read_antenna(path, vertical_angles="up").vertical_loss_db) == 180 - 12
    with pytest.raises(ConfigurationError, match="vertical_angles"):
        read_antenna(path, vertical_angles="left")


@pytest.mark.parametrize(
    ("written", "gain_dbi"),
    [
        ("GAIN 17.5 dBi", 17.5),
        ("GAIN 15.35 dBd", 17.5),
        ("GAIN 15.35", 17.5),  # the format's own unit is dBd
        ("gain 15,35dBd", 17.5),
        ("Gain\t17,5  DBI", 17.5),
        ("GAIN -2 dBi", -2.0),
    ],
)
def test_gain_is_read_in_both_units(tmp_path, written, gain_dbi):
    text = planet_text(header=HEADER.replace("GAIN 17.5 dBi", written))
    assert read_antenna(write(tmp_path, text)).gain_dbi == pytest.approx(gain_dbi)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_encodings_and_line_ends_make_no_difference(tmp_path, encoding):
    text = planet_text(header=HEADER.replace("65 by 6.3", "双极化天线"))
    windows = text.replace("\n", "\r\n").encode(encoding)
    assert read_antenna(write(tmp_path, windows)).name == "双极化天线"


def test_decimal_commas_comments_tabs_and_other_words_are_understood(tmp_path):
    text = planet_text(header=f"# exported\n{HEADER}COMMENT 1,5 m long\nvendor_word x\n* note")
    head, _, rows = text.partition("HORIZONTAL 360\n")
    odd = head + "Horizontal 360\n" + rows.replace(".", ",").replace(" ", "\t")
    plain = read_antenna(write(tmp_path, planet_text()))
    read = read_antenna(write(tmp_path, odd, "odd.msi"))
    assert (read.horizontal_loss_db == plain.horizontal_loss_db).all()
    assert (read.vertical_loss_db == plain.vertical_loss_db).all()


def test_the_first_line_is_the_name_where_the_word_is_left_out(tmp_path):
    text = planet_text(header=HEADER.replace("NAME 65 by 6.3", "80010682 v2"))
    assert read_antenna(write(tmp_path, text)).name == "80010682 v2"


def test_a_turn_of_361_rows_and_half_degrees_are_read(tmp_path):
    text = planet_text().replace("VERTICAL 360", "360.0 0.0000\nVERTICAL 360")
    both_ends = text.replace("HORIZONTAL 360", "HORIZONTAL 361")
    assert read_antenna(write(tmp_path, both_ends)).horizontal_loss_db[0] == 0.0

    head, _, _ = planet_text().partition("VERTICAL 360")
    fine = PANEL.vertical_loss_db
    rows = [(0.5 * n, fine[180 - n] if n <= 180 else 30.0) for n in range(540)]
    rows += [(0.5 * n, fine[180 + 720 - n]) for n in range(540, 720)]
    halves = "VERTICAL 720\n" + "\n".join(f"{angle} {loss:.4f}" for angle, loss in rows)
    read = read_antenna(write(tmp_path, head + halves))
    assert read.vertical_loss_db == pytest.approx(fine, abs=1e-3)


def test_an_omni_keeps_its_vertical_cut(tmp_path):
    text = planet_text()
    head, _, rest = text.partition("HORIZONTAL 360\n")
    upright = rest[rest.index("VERTICAL") :]
    around = "".join(f"{angle} 0.3\n" for angle in range(360))
    read = read_antenna(write(tmp_path, f"{head}HORIZONTAL 360\n{around}{upright}"))
    assert (read.horizontal_loss_db == 0.0).all()
    assert float(read.loss_db(77.0, 40.0)) > 15.0


def test_missing_rows_are_told_with_the_heading_they_lack_in(tmp_path):
    text = planet_text()
    head, _, rest = text.partition("VERTICAL")
    gaps = head.replace("17.0 0.8", "# 17.0 0.8") + "VERTICAL" + rest
    gaps = "\n".join(line for line in gaps.splitlines() if not line.startswith("350.0"))
    with pytest.raises(DataError) as refused:
        read_antenna(write(tmp_path, gaps))
    said = str(refused.value)
    assert "a.msi:6: HORIZONTAL: has 358 of 360 angles; missing: 17, 350 degrees" in said
    assert "VERTICAL: has 359 of 360 angles; missing: 350 degrees" in said


def test_every_broken_row_is_told_at_once_with_its_number(tmp_path):
    lines = planet_text(header=HEADER.replace("GAIN 17.5 dBi", "GAIN high")).splitlines()
    lines[6] = "0.0 -3.0"  # row 7: the first of the horizontal cut
    lines[7] = "1.0 abc"
    lines[8] = "2.0 nan"
    lines[9] = "3.0"
    lines[10] = "400 0.1"
    lines[11] = "4.0 0.0"
    lines[12] = "4.0 9.0"
    with pytest.raises(DataError) as refused:
        read_antenna(write(tmp_path, "\n".join(lines)))
    rows = [problem.row for problem in refused.value.problems]
    assert rows == [7, 8, 9, 10, 11, 4, 13, 6]
    said = str(refused.value)
    assert "without a sign" in said
    assert "GAIN 'high' is not a gain" in said
    assert "4 degrees is 9 dB here and 0 dB in row 12" in said


def test_a_file_of_gains_instead_of_losses_ends_in_a_short_list(tmp_path):
    rows = "".join(f"{angle} -{1 + angle / 10}\n" for angle in range(360))
    text = f"{HEADER}HORIZONTAL 360\n{rows}VERTICAL 360\n{rows}"
    with pytest.raises(DataError, match="more rows are wrong") as refused:
        read_antenna(write(tmp_path, text))
    assert len(refused.value.problems) == 21


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("0.0\n-0.1\n-0.2\n", "no Planet antenna file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no Planet antenna file"),
        (HEADER + "HORIZONTAL 360\n0 0\n", "there is no VERTICAL cut"),
        (HEADER + "HORIZONTAL 12\nVERTICAL many\n", "HORIZONTAL promises '12' rows"),
        (planet_text(header="NAME x"), "there is no GAIN"),
        (planet_text(header="GAIN 99 dBi"), "a gain of 99 dBi"),
        (planet_text() + "HORIZONTAL 360\n", "a second HORIZONTAL, after row 6"),
    ],
)
def test_what_is_no_pattern_is_refused(tmp_path, text, message):
    with pytest.raises(DataError) as refused:
        read_antenna(write(tmp_path, text))
    assert message in str(refused.value)


def test_a_file_that_is_not_there_or_far_too_large_is_told(tmp_path):
    with pytest.raises(MissingDataError, match="no such antenna file"):
        read_antenna(tmp_path / "none.msi")
    with pytest.raises(DataError, match="5 MB"):
        read_antenna(write(tmp_path, b" " * 5_000_000))


def test_the_tilt_may_stand_in_a_line_of_its_own(tmp_path):
    header = HEADER.replace("TILT 0", "TILT ELECTRICAL\nELECTRICAL_TILT 6")
    with pytest.raises(DataError, match=r"a\.msi:6: TILT: .*6 degrees up"):
        read_antenna(write(tmp_path, planet_text(header=header, tilt_deg=6, upwards=True)))
    read = read_antenna(write(tmp_path, planet_text(header=header, tilt_deg=6)))
    assert np.argmin(read.vertical_loss_db) == 180 - 12


@given(
    place=st.integers(0, 726),
    line=st.text(alphabet=st.characters(codec="utf-8"), max_size=20)
    | st.sampled_from(
        ["HORIZONTAL 360", "VERTICAL", "GAIN", "1e400 0", "5 1e400", "-0 0", "9 9 9"]
    ),
)
@settings(max_examples=60)
def test_any_broken_line_is_read_or_refused_by_name(tmp_path_factory, place, line):
    lines = planet_text().splitlines()
    lines[place] = line
    path = tmp_path_factory.getbasetemp() / "broken.msi"
    path.write_bytes("\n".join(lines).encode())
    cuts, told = [], []
    try:
        read = read_antenna(path)
        cuts = [read.horizontal_loss_db, read.vertical_loss_db]
    except DataError as error:
        told = error.problems
    assert cuts or told
    assert all(np.isfinite(cut).all() for cut in cuts)
    assert all(problem.file == "broken.msi" for problem in told)
