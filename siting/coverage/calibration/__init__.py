"""A radio model from measurements: physical coefficients, a learned residual, honest intervals."""

from siting.coverage.calibration.fit import Trial, calibrate
from siting.coverage.calibration.model import REASONS, Model, Prediction, predict
from siting.coverage.calibration.network import UNKNOWN_CLUTTER, Cells, Measurements, Places
from siting.coverage.calibration.radio_file import radio_bytes, read_radio
from siting.coverage.calibration.strongest import predict_strongest

__all__ = [
    "REASONS",
    "UNKNOWN_CLUTTER",
    "Cells",
    "Measurements",
    "Model",
    "Places",
    "Prediction",
    "Trial",
    "calibrate",
    "predict",
    "predict_strongest",
    "radio_bytes",
    "read_radio",
]
