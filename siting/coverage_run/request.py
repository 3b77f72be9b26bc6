"""What is asked of a run, checked before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.coverage.ranges import RangeCheck, require_choice

if TYPE_CHECKING:
    from pathlib import Path

NETWORKS = ("existing", "plan", "sectors")
NAME = "coverage"


@dataclass(frozen=True, kw_only=True)
class Request:
    """The choices of a run.

    Parameters
    ----------
    network
        "existing" is the register or, where there is none, the modelled network; "plan" the sites
        of a plan, standing and proposed; "sectors" the table of sectors.
    plan
        The sites of a plan: sites.gpkg or the folder that holds it.
    carriers
        Bands [MHz] that are computed; all of the network where empty.
    cell_m
        Side of a cell [m], 1 to 1000, whole or half metres.
    radius_km
        How far each mast is followed [km], 0.1 to 30; by default 5 below 1 GHz and 3 above.
    terrain
        "dem" is bare earth, "surface" has buildings and trees.
    flat
        Leave the relief out, which the files then say.
    threshold_dbm
        Level that counts as covered [dBm]; by default that of the scenario's outdoor service.
    load
        Share of the other cells' resource elements that are busy, 0 to 1.
    edges
        "exclude" counts masts and cells without known ground out, "refuse" raises them.
    tile_cells
        Side of a tile [cells], 16 to 4096; changes no value.
    name
        Begins the name of every file; by default that of the study.
    """

    network: str = "existing"
    plan: Path | None = None
    carriers: tuple[str, ...] = ()
    cell_m: float = 30.0
    radius_km: float | None = None
    terrain: str = "dem"
    flat: bool = False
    threshold_dbm: float | None = None
    load: float = 0.5
    edges: str = "exclude"
    tile_cells: int = 1024
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        require_choice("network", self.network, NETWORKS)
        require_choice("terrain", self.terrain, ("dem", "surface"))
        require_choice("edges", self.edges, ("exclude", "refuse"))
        check = RangeCheck(model="coverage")
        check.within("cell_m", self.cell_m, 1.0, 1000.0, unit="m")
        check.within("load", self.load, 0.0, 1.0, unit="")
        check.within("tile_cells", self.tile_cells, 16, 4096, unit="cells")
        if self.radius_km is not None:
            check.within("radius_km", self.radius_km, 0.1, 30.0, unit="km")
        if self.threshold_dbm is not None:
            check.within("threshold_dbm", self.threshold_dbm, -120.0, -31.0, unit="dBm")
        check.require(
            condition=self.network == "plan" or self.plan is None,
            name="plan",
            what=f"a plan is named, and the network is {self.network}",
            remedy="add --network plan, or leave --plan out",
        )
        check.require(
            condition=not (self.flat and self.terrain == "surface"),
            name="terrain",
            what="flat ground has no roofs and trees to decide what is in sight",
            remedy="leave --flat out, or leave out --terrain surface",
        )
        check.require(
            condition=not any(sign in self.name for sign in '/\\:*?"<>|'),
            name="name",
            what=f"{self.name!r} cannot begin the name of a file",
            remedy="use letters, digits and hyphens",
        )
        check.raise_all()
