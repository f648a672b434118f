"""From passages to the answer in them, or to the statement that there is none."""

from qa.reading.calibration import (
    RISKS,
    Calibration,
    Recalibration,
    calibration,
    calibration_in,
    forget_recalibration,
    keep_recalibration,
    parse_risk,
)
from qa.reading.reader import PASSAGES_READ, NeuralReader

__all__ = [
    "PASSAGES_READ",
    "RISKS",
    "Calibration",
    "NeuralReader",
    "Recalibration",
    "calibration",
    "calibration_in",
    "forget_recalibration",
    "keep_recalibration",
    "parse_risk",
]
