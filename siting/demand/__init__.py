"""Where service is needed, and in which county, township and village a point lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.demand.locate import environments, locate
from siting.demand.points import SETTLED_PEOPLE_PER_KM2, demand_points
from siting.demand.settle import CLASS_NAMES

if TYPE_CHECKING:
    from siting.demand.points import Floats as Floats
    from siting.demand.points import Ints as Ints

__all__ = [
    "CLASS_NAMES",
    "SETTLED_PEOPLE_PER_KM2",
    "demand_points",
    "environments",
    "locate",
]
