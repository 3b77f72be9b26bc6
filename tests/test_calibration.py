"""`siting calibrate` and `siting predict`: a planner's tables in, a radio, figures and levels out."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from calibration_town import town, write_tables
from typer.testing import CliRunner

from siting.calibration import calibrate_radio, predict_levels
from siting.cli.app import app
from siting.coverage import read_radio
from siting.errors import ConfigurationError, DataError, MissingDataError


def run(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="siting")


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    return write_tables(town(rows=3000), tmp_path_factory.mktemp("town"))


@pytest.fixture
def edited(tables, tmp_path):
    """Return a function that writes a changed copy of both tables."""

    def write(*, measurements=None, register=None):
        frames = [pd.read_csv(path, dtype=object) for path in tables]
        paths = []
        for frame, change, path in zip(frames, (measurements, register), tables, strict=True):
            changed = frame if change is None else change(frame)
            paths.append(tmp_path / path.name)
            changed.to_csv(paths[-1], index=False)
        return paths

    return write


def problems_of(measurements, register, tmp_path):
    with pytest.raises(DataError) as caught:
        calibrate_radio(measurements, register, tmp_path / "radio.toml")
    return caught.value.problems


def test_the_commands_go_from_tables_to_levels(tables, tmp_path):
    measurements, register = tables
    radio = tmp_path / "radio.toml"
    done = run("calibrate", measurements, "--network", register, "-o", radio)
    assert done.exit_code == 0, done.output
    for words in ("Errors at sites", "RMSE dB", "0-100 m", "intervals of 90%", "Brier"):
        assert words in done.output
    out = tmp_path / "levels.csv"
    done = run("predict", "--radio", radio, "--at", measurements, "-o", out)
    assert done.exit_code == 0, done.output
    assert "3000 of 3000 places predicted" in done.output
    levels, measured = pd.read_csv(out), pd.read_csv(measurements)
    assert list(levels) == ["x_m", "y_m", "sector_id", "rsrp_dbm", "low_dbm", "high_dbm", "reason"]
    assert (levels["sector_id"] == measured["sector_id"]).all()
    assert (levels["low_dbm"] < levels["rsrp_dbm"]).all()
    assert (levels["rsrp_dbm"] < levels["high_dbm"]).all()
    assert np.abs(levels["rsrp_dbm"] - measured["rsrp_dbm"]).mean() < 3.0


def test_figures_as_json_are_numbers_that_add_up(tables, tmp_path):
    words = ("calibrate", tables[0], "--network", tables[1], "-o", tmp_path / "r.toml", "--json")
    figures = json.loads(run(*words).stdout)
    assert figures["rows"] == figures["rows_used"] == 3000
    for part in ("by_distance", "by_clutter", "by_site"):
        assert sum(one["rows"] for one in figures[part]) == 3000
    overall = figures["overall"]
    assert overall["rmse_db"] ** 2 == pytest.approx(
        overall["mean_db"] ** 2 + overall["sigma_db"] ** 2
    )
    assert 0.86 < figures["interval"]["cover"] < 0.94
    assert figures["overall"]["rmse_db"] < 3.0


def test_the_radio_file_says_where_it_comes_from(tables, tmp_path):
    calibrate_radio(*tables, tmp_path / "r.toml", seed=3)
    text = (tmp_path / "r.toml").read_text(encoding="utf-8")
    assert "3000 measurements of measurements.csv" in text
    assert "measurements_sha256" in text
    assert "seed = 3" in text


def test_a_calibrated_radio_and_a_radio_s_equipment_are_not_taken_for_each_other(tables, tmp_path):
    measurements, register = tables
    radio = tmp_path / "radio.toml"
    calibrate_radio(measurements, register, radio)
    with pytest.raises(ConfigurationError, match="use it with siting predict") as told:
        read_radio(radio)
    assert len(told.value.problems) == 1
    equipment = tmp_path / "mast.toml"
    equipment.write_text('base = "macro_3500_64t"\n', encoding="utf-8")
    with pytest.raises(DataError, match="is not a radio file that siting calibrate wrote"):
        predict_levels(equipment, measurements, tmp_path / "out.csv")


def test_the_same_tables_and_seed_give_the_same_bytes(tables, tmp_path):
    files = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        calibrate_radio(*tables, tmp_path / name / "r.toml", residual=True, trees=5)
        files.append([(tmp_path / name / file).read_bytes() for file in ("r.toml", "r.npz")])
    assert files[0] == files[1]


def test_points_in_degrees_and_layers_of_a_folder_are_read(tables, tmp_path):
    folder = tmp_path / "layers"
    folder.mkdir()
    for path, layer in zip(tables, ("measurements", "sectors"), strict=True):
        frame = pd.read_csv(path)
        points = gpd.points_from_xy(frame["x_m"], frame["y_m"], crs="EPSG:32650")
        layer_of = gpd.GeoDataFrame(frame.drop(columns=["x_m", "y_m"]), geometry=points)
        layer_of.to_crs("EPSG:4326").to_file(folder / f"{layer}.gpkg", layer=layer)
    figures = calibrate_radio(folder, folder, tmp_path / "r.toml")
    plain = calibrate_radio(*tables, tmp_path / "plain.toml")
    assert 'crs = "EPSG:32650"' in (tmp_path / "r.toml").read_text(encoding="utf-8")
    # Blocks of 2 km begin elsewhere by a metre at most: the errors are those of the same split.
    assert figures["overall"]["rmse_db"] == pytest.approx(plain["overall"]["rmse_db"], abs=0.1)


def test_what_was_not_measured_has_a_reason_and_no_level(tables, edited, tmp_path):
    calibrate_radio(*tables, tmp_path / "r.toml")

    def change(frame):
        frame = frame.head(4).copy()
        frame["sector_id"] = ["unknown", *frame["sector_id"][1:]]
        frame["clutter"] = [1, 9, *frame["clutter"][2:]]
        return frame

    report = predict_levels(tmp_path / "r.toml", edited(measurements=change)[0], tmp_path / "o.csv")
    levels = pd.read_csv(tmp_path / "o.csv", keep_default_na=False)
    assert (report.rows, report.predicted) == (4, 2)
    assert sum(report.refused.values()) == 2
    assert levels["reason"].tolist()[:2] == [
        "the cell is not in the register",
        "the clutter was not measured",
    ]
    assert levels["rsrp_dbm"].tolist()[:2] == ["", ""]


def test_places_that_name_no_sector_get_the_strongest_around(tables, edited, tmp_path):
    calibrate_radio(*tables, tmp_path / "r.toml")
    predict_levels(tmp_path / "r.toml", tables[0], tmp_path / "named.csv")
    nameless = edited(measurements=lambda frame: frame.drop(columns="sector_id"))[0]
    predict_levels(tmp_path / "r.toml", nameless, tmp_path / "best.csv")
    named, best = (pd.read_csv(tmp_path / name) for name in ("named.csv", "best.csv"))
    same = best["sector_id"] == named["sector_id"]
    near = np.abs(best["rsrp_dbm"] - named["rsrp_dbm"]) < 1e-9
    assert near[same].all()
    assert 0.5 < same.mean() < 1.0
    assert (best["rsrp_dbm"] >= named["rsrp_dbm"])[~same].mean() > 0.9  # else beyond the nearest 12


def test_everything_wrong_with_measurements_is_told_at_once_with_its_rows(edited, tmp_path):
    def change(frame):
        frame = pd.concat([frame, frame.iloc[[20]]])
        frame = frame.reset_index(drop=True)
        frame.loc[0, "rsrp_dbm"] = ""
        frame.loc[1, "rsrp_dbm"] = "-300"
        frame.loc[2, "sector_id"] = "S999-9"
        frame.loc[3, "rsrp_dbm"] = "strong"
        return frame

    told = {
        (one.row, one.column): one for one in problems_of(*edited(measurements=change), tmp_path)
    }
    assert told[2, "rsrp_dbm"].what == "is empty"
    assert told[3, "rsrp_dbm"].what == 'is "-300"'
    assert told[4, "sector_id"].what == '"S999-9" is not in the register'
    assert told[5, "rsrp_dbm"].what == 'is "strong"'
    assert told[3002, "rsrp_dbm"].what == "the same measurement is there twice"
    assert len(told) == 5
    assert all(one.file == "measurements.csv" and one.remedy for one in told.values())


def test_everything_wrong_with_a_register_is_told_at_once_with_its_rows(edited, tmp_path):
    def change(frame):
        frame.loc[5, "sector_id"] = frame.loc[4, "sector_id"]
        frame.loc[6, "height_m"] = "0"
        frame.loc[7, "azimuth_deg"] = ""
        return frame.rename(columns={"power_dbm": "power"})

    told = {(one.row, one.column): one for one in problems_of(*edited(register=change), tmp_path)}
    assert told[7, "sector_id"].what == "is there twice"
    assert told[8, "height_m"].what == 'is "0"'
    assert told[9, "azimuth_deg"].what == "is empty"
    assert told[None, "power_dbm"].what == "the column is missing; there is power"
    assert len(told) == 4


def test_positions_out_of_range_and_broken_clutter_are_told_with_their_rows(edited, tmp_path):
    def change(frame):
        frame.loc[0, "x_m"] = "east"
        frame.loc[1, "clutter"] = "1.5"
        frame.loc[2, "building_m"] = "-3"
        return frame

    told = {(one.row, one.column) for one in problems_of(*edited(measurements=change), tmp_path)}
    assert told == {(2, "x_m"), (3, "clutter"), (4, "building_m")}


def test_an_empty_table_is_refused(edited, tmp_path):
    problems = problems_of(*edited(measurements=lambda frame: frame.head(0)), tmp_path)
    assert "measurements.csv" in str(problems[0])


def test_tables_in_metres_and_in_degrees_are_not_mixed(edited, tmp_path):
    paths = edited(register=lambda frame: frame.assign(lon=118.6, lat=24.9).drop(columns="x_m"))
    assert any("other tables are in EPSG" in one.what for one in problems_of(*paths, tmp_path))


def test_three_samples_of_a_clutter_do_not_stop_a_calibration(edited, tmp_path):
    def change(frame):
        frame.loc[:2, "clutter"] = "8"
        return frame

    figures = calibrate_radio(*edited(measurements=change), tmp_path / "r.toml")
    rows = {one["group"]: one["rows"] for one in figures["by_clutter"]}
    assert rows["8"] == 3


def test_a_radio_without_its_arrays_and_a_strange_output_are_refused(tables, tmp_path):
    with pytest.raises(ConfigurationError, match=r"name it radio\.toml"):
        calibrate_radio(*tables, tmp_path / "radio.json", seed=-1)
    with pytest.raises(ConfigurationError, match="neither"):
        predict_levels(tmp_path / "r.toml", tables[0], tmp_path / "o.xlsx")
    with pytest.raises(MissingDataError, match=r"r\.toml"):
        predict_levels(tmp_path / "r.toml", tables[0], tmp_path / "o.csv")
    with pytest.raises(MissingDataError, match="has no layer measurements"):
        calibrate_radio(tmp_path, tables[1], tmp_path / "r.toml")
