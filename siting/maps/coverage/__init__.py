"""Coverage rasters as a page and as printed sheets."""

from siting.maps.coverage.page import save_coverage_page
from siting.maps.coverage.sheet import save_coverage_sheets

__all__ = ["save_coverage_page", "save_coverage_sheets"]
