"""Compute the coverage of a network over an area: tiles, files, resumable, on one machine or many."""

from siting.coverage_run.report import CoverageReport
from siting.coverage_run.request import Request as CoverageRequest
from siting.coverage_run.run import compute_coverage

__all__ = ["CoverageReport", "CoverageRequest", "compute_coverage"]
