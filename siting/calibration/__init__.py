"""Calibrate a radio from the files of a planner: tables in, a radio file and its figures out."""

from siting.calibration.files import LevelsReport, calibrate_radio, predict_levels

__all__ = ["LevelsReport", "calibrate_radio", "predict_levels"]
