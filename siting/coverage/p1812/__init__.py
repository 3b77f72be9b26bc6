"""Basic transmission loss of one path over real terrain after ITU-R P.1812-8, 30 MHz to 6 GHz.

The model joins line of sight, diffraction (delta-Bullington), troposcatter and ducts for the share
of time and of places that is asked for. It holds for 0.25 to 3,000 km, antennas 1 to 3,000 m above
ground, 1 to 50 % of time and 1 to 99 % of places. It wants bare earth, with the height of clutter
apart; a surface model takes no clutter on top.

| module        | clauses    | what                                                          |
|---------------|------------|---------------------------------------------------------------|
| `climate`     | 3.5 to 3.7 | zones, time of ducting, effective earth radius                |
| `geometry`    | attachment 1 | horizons, smooth earth, roughness                           |
| `mechanisms`  | 4.2, 4.4, 4.5 | line of sight, troposcatter, ducts                         |
| `combination` | 4.3.5, 4.6 | diffraction in time, and all mechanisms together              |
| `location`    | 4.7 to 4.9 | variation between places, buildings                           |
| `inputs`      | --         | what is refused                                               |
| `loss`        | --         | the doors: `basic_loss_db`, `loss_terms`, `ray_loss_db`       |
"""

from siting.coverage.p1812.climate import ZONES
from siting.coverage.p1812.combination import Terms
from siting.coverage.p1812.inputs import Air
from siting.coverage.p1812.location import location_db, location_sigma_db
from siting.coverage.p1812.loss import (
    FAR_FROM_COAST_KM,
    basic_loss_db,
    field_strength_dbuv_per_m,
    loss_terms,
    ray_loss_db,
)

__all__ = [
    "FAR_FROM_COAST_KM",
    "ZONES",
    "Air",
    "Terms",
    "basic_loss_db",
    "field_strength_dbuv_per_m",
    "location_db",
    "location_sigma_db",
    "loss_terms",
    "ray_loss_db",
]
