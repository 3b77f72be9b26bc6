"""The choices of a sweep, checked once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from siting.coverage.radio import ENVIRONMENTS, Environment
from siting.coverage.ranges import RangeCheck, require_choice

if TYPE_CHECKING:
    from siting.coverage.antennas import Antenna
    from siting.coverage.radio import Service

# On terrain the relief is seen, not assumed: factor 1 and no extra loss.
ON_TERRAIN: tuple[Environment, ...] = tuple(
    replace(each, line_of_sight_factor=1.0, extra_loss_db=0.0) for each in ENVIRONMENTS
)
EXACT_WITHIN_M = 1000.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Settings:
    """What holds for a whole sweep.

    Parameters
    ----------
    carriers_ghz, max_range_m
        Carriers [GHz], and how far each is followed at most [m].
    antennas
        Patterns that sectors refer to.
    environments
        What the cells of the environment raster refer to.
    ue_height_m
        Height of the terminals above ground [m], 1 to 3.
    rsrp_floor_dbm
        Levels below it are not kept and count for nothing [dBm], -150 to -60.
    location_probability
        Share of places that exceed a level: 0.5 is the median.
    at_edges
        "refuse" terrain with voids or edges within reach, or "exclude" and count those cells.
    partial_obstruction
        Count Fresnel zones that the ground enters without blocking the path, P.526-15 clause 4.5.1.
    exact_within_m
        Each cell nearer than this has a profile of its own [m].
    rays_per_cell
        Rays for each cell of the rim, 1.1 to 8; 0 takes as many as the accuracy needs.
    service
        With an indoor service the entry loss of the building counts.

    """

    carriers_ghz: tuple[float, ...]
    max_range_m: tuple[float, ...]
    antennas: tuple[Antenna, ...]
    environments: tuple[Environment, ...] = ON_TERRAIN
    ue_height_m: float = 1.5
    rsrp_floor_dbm: float = -120.0
    location_probability: float = 0.5
    at_edges: str = "refuse"
    partial_obstruction: bool = False
    exact_within_m: float = EXACT_WITHIN_M
    rays_per_cell: float = 0.0
    service: Service | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, all of it at once."""
        require_choice("at_edges", self.at_edges, ("refuse", "exclude"))
        check = RangeCheck(model="sweep")
        carriers = len(self.carriers_ghz)
        some = carriers > 0 and len(self.antennas) > 0 and len(self.environments) > 0
        check.require(
            condition=some,
            name="carriers_ghz",
            what="there are no carriers, no antennas or no environments",
            remedy="give one or more of each",
        )
        check.require(
            condition=len(self.max_range_m) == carriers,
            name="max_range_m",
            what=f"{len(self.max_range_m)} ranges for {carriers} carriers",
            remedy="give one range, or one for each carrier",
        )
        check.within("carriers_ghz", self.carriers_ghz, 0.5, 100.0, unit="GHz")
        check.within("max_range_m", self.max_range_m, 10.0, 30_000.0, unit="m")
        check.within("ue_height_m", self.ue_height_m, 1.0, 3.0, unit="m")
        check.within("rsrp_floor_dbm", self.rsrp_floor_dbm, -150.0, -60.0, unit="dBm")
        check.within("location_probability", self.location_probability, 0.5, 0.999, unit="")
        check.within("exact_within_m", self.exact_within_m, 150.0, 3000.0, unit="m")
        check.raise_all()
