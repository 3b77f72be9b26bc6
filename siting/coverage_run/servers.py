"""Write what the numbers of the best-server rasters stand for, and tell how firm the network is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.layers.schema import PROVENANCES

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from siting.coverage.tiles import Network

SERVERS = "servers.csv"


def write_servers(folder: Path, faces: pd.DataFrame, network: Network, crs: str) -> str:
    """Write one row per sector, `server` being the number in the rasters; return the file's name."""
    table = faces.assign(
        eirp_per_re_dbm=network.sectors.eirp_per_re_dbm.round(3),
        antenna=[network.settings.antennas[each].name for each in network.sectors.antenna],
        x_m=faces["x_m"].round(3),
        y_m=faces["y_m"].round(3),
        crs=crs,
    )
    table.insert(0, "server", range(len(table)))
    table.to_csv(folder / SERVERS, index=False, encoding="utf-8", lineterminator="\n")
    return SERVERS


def provenance_of(faces: pd.DataFrame) -> tuple[str, dict[str, int]]:
    """Return the provenance of a network, that of its weakest rows, and the count of each."""
    counts = faces["provenance"].value_counts()
    known = {str(name): int(count) for name, count in sorted(counts.items())}
    if "modelled" in known:
        return "modelled", known
    order = [name for name in PROVENANCES if name in known]
    return (order[-1] if order else "unknown"), known
