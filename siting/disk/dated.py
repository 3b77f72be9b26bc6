"""Let files bear a date of the plan instead of the clock, so that equal content is equal bytes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyogrio

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def gdal_date(date: str) -> Iterator[None]:
    """Let GDAL take `date` (YYYY-MM-DD) for the present; what was set before comes back after."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{date}T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
