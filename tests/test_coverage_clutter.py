"""Clutter and building entry loss agree with the published values of P.2108 and P.2109."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from siting.coverage import p2108, p2109
from siting.errors import ConfigurationError

TABLES = Path(__file__).parent / "data" / "radio"


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(TABLES / name, comment="#", dtype={"clutter_m": "float"})


@pytest.mark.parametrize("building", ["traditional", "thermally_efficient"])
def test_entry_loss_is_that_of_p2109(building):
    rows = table("p2109.csv").query("building == @building")
    loss = p2109.entry_loss_db(
        building,
        carrier_ghz=rows["carrier_ghz"],
        probability=rows["probability"],
        elevation_deg=rows["elevation_deg"],
    )
    assert len(rows) > 10
    assert loss == pytest.approx(rows["loss_db"].to_numpy(), abs=0.00051)


def test_all_values_of_p2109_hold(shared_directory):
    file = shared_directory / "vectors/radio/p2109/p2109_reference.csv"
    if not file.is_file():
        pytest.skip("the published vectors are not here")
    rows = pd.read_csv(file)
    for building, some in rows.groupby(rows["building"].str.replace("-", "_")):
        loss = p2109.entry_loss_db(
            building,
            carrier_ghz=some["f_GHz"],
            probability=some["p_percent"] / 100.0,
            elevation_deg=some["elevation_deg"],
        )
        assert loss == pytest.approx(some["L_bel_dB"].to_numpy(), abs=0.00051)


def test_terrestrial_clutter_is_that_of_p2108_after_rounding():
    rows = table("p2108_terrestrial.csv")
    loss = p2108.terrestrial_clutter_db(
        carrier_ghz=rows["carrier_ghz"],
        distance_km=rows["distance_km"],
        probability=rows["probability"],
    )
    assert np.round(loss, 1) == pytest.approx(rows["loss_db"].to_numpy(), abs=1e-9)


def test_slant_clutter_is_that_of_p2108():
    rows = table("p2108_slant.csv")
    loss = p2108.slant_clutter_db(
        carrier_ghz=rows["carrier_ghz"],
        elevation_deg=rows["elevation_deg"],
        probability=rows["probability"],
    )
    assert loss == pytest.approx(rows["loss_db"].to_numpy(), abs=0.0051)


def test_height_gain_is_that_of_p2108():
    for row in table("p2108_height_gain.csv").itertuples():
        loss = p2108.height_gain_db(
            row.kind,
            carrier_ghz=row.carrier_ghz,
            terminal_m=row.terminal_m,
            street_m=row.street_m,
            clutter_m=None if np.isnan(row.clutter_m) else row.clutter_m,
        )
        assert float(loss) == pytest.approx(row.loss_db, abs=0.0111)


def test_all_values_of_p2108_hold(shared_directory):
    folder = shared_directory / "vectors/radio/p2108"
    if not folder.is_dir():
        pytest.skip("the published vectors are not here")
    ground = pd.read_csv(folder / "p2108_s32_terrestrial.csv")
    loss = p2108.terrestrial_clutter_db(
        carrier_ghz=ground["f_GHz"],
        distance_km=ground["d_km"],
        probability=ground["p_percent"] / 100.0,
    )
    assert np.round(loss, 1) == pytest.approx(ground["Lctt_dB"].to_numpy(), abs=1e-9)
    sky = pd.read_csv(folder / "p2108_s33_slant.csv")
    loss = p2108.slant_clutter_db(
        carrier_ghz=sky["f_GHz"],
        elevation_deg=sky["elev_deg"],
        probability=sky["p_percent"] / 100.0,
    )
    assert loss == pytest.approx(sky["Lces_dB"].to_numpy(), abs=0.0051)


def test_more_places_mean_more_loss():
    share = np.linspace(0.01, 0.99, 99)
    for loss in (
        p2109.entry_loss_db("traditional", carrier_ghz=3.5, probability=share),
        p2108.terrestrial_clutter_db(carrier_ghz=3.5, distance_km=1.0, probability=share),
        p2108.slant_clutter_db(carrier_ghz=26.0, elevation_deg=20.0, probability=share),
    ):
        assert (np.diff(loss) > 0).all()


def test_a_terminal_above_the_clutter_loses_nothing():
    loss = p2108.height_gain_db("urban", carrier_ghz=0.9, terminal_m=[1.5, 10.0, 15.0, 40.0])
    assert loss[0] > loss[1] > 0.0
    assert loss[2:].tolist() == [0.0, 0.0]


def test_beyond_two_kilometres_terrestrial_clutter_grows_no_more():
    loss = p2108.terrestrial_clutter_db(carrier_ghz=3.5, distance_km=[2.0, 5.0, 50.0])
    assert loss == pytest.approx([float(loss[0])] * 3)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: p2109.entry_loss_db("glass", carrier_ghz=3.5), "building"),
        (lambda: p2109.entry_loss_db("traditional", carrier_ghz=0.05), "carrier_ghz"),
        (lambda: p2109.entry_loss_db("traditional", carrier_ghz=3.5, probability=1.0), "probab"),
        (lambda: p2108.terrestrial_clutter_db(carrier_ghz=3.5, distance_km=0.1), "distance_km"),
        (lambda: p2108.slant_clutter_db(carrier_ghz=3.5, elevation_deg=10.0), "carrier_ghz"),
        (lambda: p2108.height_gain_db("urban", carrier_ghz=3.5, terminal_m=1.5), "carrier_ghz"),
        (lambda: p2108.height_gain_db("urban", carrier_ghz=0.9, terminal_m=np.nan), "terminal_m"),
    ],
)
def test_what_a_model_does_not_cover_is_refused(call, name):
    with pytest.raises(ConfigurationError, match=name):
        call()
