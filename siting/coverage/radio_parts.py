"""A radio as its file states it, and the parts that the models take from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.coverage.antennas import Antenna, Panel, Sweep, envelope_antenna, panel_antenna
from siting.coverage.carrier import noise_per_re_dbm
from siting.coverage.link import eirp_per_re_dbm
from siting.coverage.radio import Radio
from siting.coverage.throughput import Carrier

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class RadioFile:
    """The figures of a radio file (`siting.coverage.radio_keys` has units and meanings).

    `sources` says for each figure where it comes from.
    """

    name: str
    kind: str
    technology: str
    carrier_ghz: float
    bandwidth_mhz: float
    subcarrier_khz: float
    resource_blocks: int
    power_dbm: float
    ssb_power_offset_db: float
    feeder_loss_db: float
    antenna_gain_dbi: float
    ssb_gain_dbi: float
    panel_rows: int
    panel_columns: int
    row_spacing_wavelengths: float
    column_spacing_wavelengths: float
    element_horizontal_deg: float
    element_vertical_deg: float
    front_to_back_db: float
    antenna_loss_db: float
    ssb_beams: int
    ssb_width_deg: float
    ssb_rows: int
    ssb_columns: int
    layers: int
    paired_terminals: float
    modulation_bits: int
    downlink_share: float
    overhead: float
    ue_noise_figure_db: float
    body_loss_db: float
    interference_margin_db: float
    base_height_m: float
    ue_height_m: float
    sources: Mapping[str, str]
    band: str = ""
    note: str = ""

    @property
    def eirp_per_re_dbm(self) -> float:
        """Return the EIRP of an SSB resource element [dBm] in its strongest direction."""
        return eirp_per_re_dbm(
            power_dbm=self.power_dbm,
            resource_blocks=self.resource_blocks,
            gain_dbi=self.ssb_gain_dbi,
            feeder_loss_db=self.feeder_loss_db,
            power_offset_db=self.ssb_power_offset_db,
        )

    @property
    def traffic_gain_db(self) -> float:
        """Return what a traffic element has more than an SSB element at the terminal [dB]."""
        return self.antenna_gain_dbi - self.ssb_gain_dbi - self.ssb_power_offset_db

    @property
    def noise_per_re_dbm(self) -> float:
        """Return the noise of a resource element at the terminal [dBm]."""
        return noise_per_re_dbm(
            subcarrier_khz=self.subcarrier_khz, noise_figure_db=self.ue_noise_figure_db
        )


def radio_of(file: RadioFile, *, margins: bool = True) -> Radio:
    """Return the radio that coverage takes, with or without the margins of a promised level."""
    return Radio(
        name=file.name,
        kind=file.kind,
        carrier_ghz=file.carrier_ghz,
        eirp_per_re_dbm=file.eirp_per_re_dbm,
        base_height_m=file.base_height_m,
        ue_height_m=file.ue_height_m,
        body_loss_db=file.body_loss_db if margins else 0.0,
        interference_margin_db=file.interference_margin_db if margins else 0.0,
        source=file.sources.get("power_dbm", ""),
    )


def panel_of(file: RadioFile) -> Panel:
    """Return the geometry of a radio's antenna."""
    return Panel(
        rows=file.panel_rows,
        columns=file.panel_columns,
        row_spacing_wavelengths=file.row_spacing_wavelengths,
        column_spacing_wavelengths=file.column_spacing_wavelengths,
        element_horizontal_deg=file.element_horizontal_deg,
        element_vertical_deg=file.element_vertical_deg,
        front_to_back_db=file.front_to_back_db,
        loss_db=file.antenna_loss_db,
    )


def sweep_of(file: RadioFile) -> Sweep:
    """Return how a radio sweeps its SSB; one beam for antennas that do not."""
    return Sweep(
        beams=file.ssb_beams,
        width_deg=file.ssb_width_deg,
        rows=file.ssb_rows,
        columns=file.ssb_columns,
    )


def ssb_antenna(file: RadioFile) -> Antenna:
    """Return the antenna that coverage sees: the envelope of the SSB beams."""
    return envelope_antenna(
        panel_of(file),
        sweep_of(file),
        name=file.name,
        gain_dbi=file.ssb_gain_dbi,
        source=file.sources.get("ssb_gain_dbi", ""),
    )


def traffic_antenna(file: RadioFile) -> Antenna:
    """Return the antenna of an unsteered traffic beam: the whole panel."""
    return panel_antenna(
        panel_of(file),
        name=f"{file.name} traffic",
        gain_dbi=file.antenna_gain_dbi,
        source=file.sources.get("antenna_gain_dbi", ""),
    )


def carrier_of(file: RadioFile) -> Carrier:
    """Return what the carrier offers the downlink."""
    return Carrier(
        resource_blocks=file.resource_blocks,
        subcarrier_khz=file.subcarrier_khz,
        layers=file.layers,
        downlink_share=file.downlink_share,
        overhead=file.overhead,
        modulation_bits=file.modulation_bits,
    )
