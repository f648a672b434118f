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
    recalibrate,
)
from qa.reading.model import SpanModel
from qa.reading.reader import PASSAGES_READ, NeuralReader, Reader

__all__ = [
    "PASSAGES_READ",
    "RISKS",
    "Calibration",
    "NeuralReader",
    "Reader",
    "Recalibration",
    "SpanModel",
    "calibration",
    "calibration_in",
    "forget_recalibration",
    "keep_recalibration",
    "parse_risk",
    "recalibrate",
]
