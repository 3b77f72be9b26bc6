"""From a table of antenna faces to the network that tiles are computed for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.assumptions import radios as scenario_radios
from siting.coverage import ENVIRONMENTS
from siting.coverage.antennas import Antenna
from siting.coverage.link import eirp_per_re_dbm
from siting.coverage.radio import LOW_BAND_GHZ
from siting.coverage.radio_file import read_radio
from siting.coverage.radio_parts import carrier_of, ssb_antenna
from siting.coverage.sweep.model import Masts, Sectors
from siting.coverage.sweep.settings import ON_TERRAIN, Settings
from siting.coverage.tiles import Network
from siting.coverage_run.faces import BANDS_MHZ
from siting.errors import ConfigurationError, DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from siting.coverage.radio_parts import RadioFile
    from siting.coverage_run.faces import Faces
    from siting.scenario import Scenario

RADIOS = {
    ("macro", "700"): "macro_700_4t",
    ("macro", "900"): "macro_900_4t",
    ("macro", "2100"): "macro_2100_4t",
    ("macro", "2600"): "macro_2600_64t",
    ("macro", "3500"): "macro_3500_64t",
    ("macro", "4900"): "macro_4900_64t",
    ("micro", "2100"): "micro_2100_4t",
    ("micro", "2600"): "micro_2600_4t",
    ("micro", "3500"): "micro_3500_4t",
    ("micro", "4900"): "micro_4900_4t",
}
"""The packaged radio of a kind of site on a band [MHz]."""
FLOOR_DBM = -120.0
_POWER_DBM = (0.0, 60.0)
LOW_BAND_KM, OTHER_KM = 5.0, 3.0
"""How far a mast is followed when nobody says: where TR 38.901 ends, and about two cells' width."""


def bands_of(faces: Faces, wanted: Sequence[str]) -> list[str]:
    """Return the bands of a run: those asked for, else all that the network has, in their order.

    Raises
    ------
    ConfigurationError
        A band is not known.
    DataError
        The network is empty, or has none of the bands.

    """
    unknown = [band for band in wanted if band not in BANDS_MHZ]
    if unknown:
        what = f"there is no radio for {', '.join(unknown)} MHz"
        remedy = f"use some of {', '.join(BANDS_MHZ)}"
        raise ConfigurationError(Problem(file="--carriers", what=what, remedy=remedy))
    there = set(faces.table["band"])
    bands = [band for band in BANDS_MHZ if band in (set(wanted) or there)]
    absent = [band for band in bands if band not in there]
    if absent or not bands:
        left_out = "; ".join(f"{count} {name}" for name, count in faces.left_out.items())
        what = (
            f"no sector is left to compute on {', '.join(absent)} MHz"
            if absent
            else "no sector is left to compute"
        )
        what += f" (left out: {left_out})" if left_out else ""
        remedy = f"the network has {', '.join(sorted(there, key=float)) or 'nothing'}: ask for that"
        raise DataError(Problem(file="the network", what=what, remedy=remedy))
    return bands


def network_of(
    faces: Faces,
    bands: Sequence[str],
    scenario: Scenario,
    *,
    flat: bool,
    radius_km: float | None,
    threshold_dbm: float | None,
    load: float,
    edges: str,
) -> Network:
    """Return masts, sectors and choices of a run, with the radios of a scenario.

    EIRP is that of the register's power, else of the scenario's radio of the kind and band, else of
    the packaged radio; the pattern is always the packaged radio's.
    """
    table = faces.table
    files = {pair: read_radio(name) for pair, name in RADIOS.items() if pair[1] in bands}
    pairs = list(zip(table["kind"], table["band"], strict=True))
    _require_radios(pairs, files)
    mast, first = _masts_of(table)
    antennas, antenna = _antennas(pairs, table["azimuth_deg"].to_numpy(float), files)
    carriers = [files.get(("macro", band)) or files["micro", band] for band in bands]
    ghz = tuple(
        _carrier_ghz(scenario, band, radio) for band, radio in zip(bands, carriers, strict=True)
    )
    service = scenario.service.get("outdoors")
    settings = Settings(
        carriers_ghz=ghz,
        max_range_m=tuple(_range_m(radius_km, each) for each in ghz),
        antennas=antennas,
        environments=ENVIRONMENTS if flat else ON_TERRAIN,
        rsrp_floor_dbm=FLOOR_DBM,
        at_edges=edges,
    )
    return Network(
        masts=Masts(
            xy_m=table[["x_m", "y_m"]].to_numpy(float)[first],
            height_m=table["height_m"].to_numpy(float)[first],
            environment=np.full(len(first), -1, dtype=np.int8),
            micro=table["kind"].eq("micro").to_numpy()[first],
        ),
        sectors=Sectors(
            site=mast.astype(np.int32),
            azimuth_deg=table["azimuth_deg"].fillna(0.0).to_numpy(float),
            tilt_deg=table["tilt_deg"].to_numpy(float),
            eirp_per_re_dbm=_eirp(table, pairs, files, scenario),
            carrier=np.array([bands.index(band) for _, band in pairs], dtype=np.int32),
            antenna=antenna,
        ),
        traffic_gain_db=np.array([files[pair].traffic_gain_db for pair in pairs], np.float32),
        settings=settings,
        carriers=tuple(carrier_of(radio) for radio in carriers),
        noise_per_re_dbm=tuple(radio.noise_per_re_dbm for radio in carriers),
        threshold_dbm=tuple(_threshold(threshold_dbm, service, each) for each in ghz),
        load=load,
    )


def _require_radios(
    pairs: Sequence[tuple[str, str]], files: dict[tuple[str, str], RadioFile]
) -> None:
    """Refuse a kind of site on a band for which there is no radio, each named once."""
    missing = sorted(set(pairs) - set(files))
    if missing:
        raise ConfigurationError(
            [
                Problem(
                    file="the network",
                    what=f"{kind} sectors on {band} MHz have no packaged radio",
                    remedy="correct the kind or the carrier, or leave the band out (--carriers)",
                )
                for kind, band in missing
            ]
        )


def _masts_of(table: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the mast of each face, and the first face of each mast: one place, height and kind."""
    keys = table[["site_id", "kind", "x_m", "y_m", "height_m"]]
    group = keys.groupby(list(keys.columns), sort=False).ngroup()
    mast: NDArray[np.int64] = np.asarray(group, dtype=np.int64)
    first = np.unique(mast, return_index=True)[1]
    return mast, np.asarray(first, dtype=np.int64)


def _antennas(
    pairs: Sequence[tuple[str, str]],
    azimuth_deg: NDArray[np.float64],
    files: dict[tuple[str, str], RadioFile],
) -> tuple[tuple[Antenna, ...], NDArray[np.int32]]:
    """Return the patterns, and the one of each face; without a direction it is the same all round."""
    found: dict[tuple[str, str, bool], int] = {}
    antennas: list[Antenna] = []
    which = []
    for pair, round_ in zip(pairs, np.isnan(azimuth_deg), strict=True):
        key = (*pair, bool(round_))
        if key not in found:
            found[key] = len(antennas)
            own = ssb_antenna(files[pair])
            antennas.append(_round(own) if round_ else own)
        which.append(found[key])
    return tuple(antennas), np.array(which, dtype=np.int32)


def _round(antenna: Antenna) -> Antenna:
    """Return an antenna with its vertical cut and no horizontal one."""
    return Antenna(
        name=f"{antenna.name} all round",
        horizontal_loss_db=np.zeros(360, dtype=np.float32),
        vertical_loss_db=antenna.vertical_loss_db,
        gain_dbi=antenna.gain_dbi,
        front_to_back_db=antenna.front_to_back_db,
        source=antenna.source,
    )


def _eirp(
    table: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    files: dict[tuple[str, str], RadioFile],
    scenario: Scenario,
) -> NDArray[np.float64]:
    """Return the EIRP per resource element of each face [dBm]."""
    known = scenario_radios(scenario)
    usual = {
        pair: known.radios[known.by_kind_and_band[pair]].eirp_per_re_dbm
        if pair in known.by_kind_and_band
        else radio.eirp_per_re_dbm
        for pair, radio in files.items()
    }
    eirp = np.array([usual[pair] for pair in pairs], dtype=np.float64)
    _require_power(table)
    for row in np.flatnonzero(table["power_dbm"].notna()).tolist():
        radio = files[pairs[row]]
        eirp[row] = eirp_per_re_dbm(
            power_dbm=float(table["power_dbm"].iloc[row]),
            resource_blocks=radio.resource_blocks,
            gain_dbi=radio.ssb_gain_dbi,
            feeder_loss_db=radio.feeder_loss_db,
            power_offset_db=radio.ssb_power_offset_db,
        )
    return eirp


def _require_power(table: pd.DataFrame) -> None:
    """Refuse powers that no carrier is sent with, by the name of their sector."""
    power = table["power_dbm"].to_numpy(float)
    wrong = np.isfinite(power) & ~((power >= _POWER_DBM[0]) & (power <= _POWER_DBM[1]))
    if wrong.any():
        shown = ", ".join(table["sector_id"].astype(str)[wrong].head(10))
        what = f"{int(wrong.sum())} powers lie outside {_POWER_DBM[0]:g} to {_POWER_DBM[1]:g} dBm"
        remedy = "give the power of the whole carrier in dBm (40 W are 46 dBm), or leave it empty"
        raise DataError(
            Problem(
                file="sectors.gpkg",
                column="power_dbm",
                what=f"{what} (sectors {shown})",
                remedy=remedy,
            )
        )


def _carrier_ghz(scenario: Scenario, band: str, radio: RadioFile) -> float:
    """Return the frequency of a band [GHz]: the scenario's, else the packaged radio's."""
    own = scenario.radio.get(f"macro_{band}")
    return radio.carrier_ghz if own is None else float(own.carrier_ghz)


def _range_m(radius_km: float | None, carrier_ghz: float) -> float:
    if radius_km is not None:
        return 1000.0 * radius_km
    return 1000.0 * (LOW_BAND_KM if carrier_ghz < LOW_BAND_GHZ else OTHER_KM)


def _threshold(wanted: float | None, service: object, carrier_ghz: float) -> float:
    """Return the level that counts as covered [dBm]."""
    if wanted is not None:
        return wanted
    low = carrier_ghz < LOW_BAND_GHZ
    name, usual = ("rsrp_min_low_band_dbm", -110.0) if low else ("rsrp_min_dbm", -105.0)
    return float(getattr(service, name, usual))
