"""Write the edge data centres as a table and as GeoJSON.

The CSV begins with a byte-order mark, so that Excel on Windows reads the Chinese names; text
that a spreadsheet would run as a formula gets an apostrophe. The GeoJSON is in WGS 84, which its
standard (RFC 7946) asks for; CGCS2000 agrees with it to about a decimetre.
"""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.disk.atomic import replaced_file
from siting.exports.geopackage import EDGE_COLUMNS, records_in_degrees
from siting.exports.workbook import FORMULA_STARTS

if TYPE_CHECKING:
    from siting.plan.model import Plan


def save_edge_csv(plan: Plan, path: str | Path) -> Path:
    """Write one row per edge data centre and core room, with CGCS2000 `lon` and `lat`.

    Parameters
    ----------
    plan
        The plan; docs/reference/sites.md lists the columns.
    path
        The file to write, usually outputs/edge_data_centres.csv.
    """
    records = records_in_degrees(plan.edge_data_centres, EDGE_COLUMNS)
    header = [*(records[0] if records else EDGE_COLUMNS)]
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_harmless(value) for value in record.values()] for record in records)
    with replaced_file(path) as part:
        part.write_bytes(text.getvalue().encode("utf-8-sig"))
    return Path(path)


def save_edge_geojson(plan: Plan, path: str | Path) -> Path:
    """Write one feature per edge data centre and core room; an unknown place is null.

    Parameters
    ----------
    plan
        The plan; docs/reference/sites.md lists the properties.
    path
        The file to write, usually outputs/edge_data_centres.geojson.
    """
    features = [
        _feature(record) for record in records_in_degrees(plan.edge_data_centres, EDGE_COLUMNS)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    text = json.dumps(collection, ensure_ascii=False, indent=1, allow_nan=False)
    with replaced_file(path) as part:
        part.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return Path(path)


def _harmless(value: Any) -> Any:
    text = isinstance(value, str)
    return f"'{value}" if text and value.startswith(FORMULA_STARTS) else value


def _feature(record: dict[str, Any]) -> dict[str, Any]:
    properties = dict(record)
    lon, lat = properties.pop("lon"), properties.pop("lat")
    geometry = None if lon is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}
