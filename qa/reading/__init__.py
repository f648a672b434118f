"""From passages to the answer in them, or to the statement that there is none."""

from qa.reading.calibration import (
    FALSE_ANSWER_RATES,
    Calibration,
    Recalibration,
    calibration,
    calibration_in,
    forget_recalibration,
    keep_recalibration,
    parse_false_answer_rate,
)
from qa.reading.reader import PASSAGES_READ, NeuralReader

__all__ = [
    "FALSE_ANSWER_RATES",
    "PASSAGES_READ",
    "Calibration",
    "NeuralReader",
    "Recalibration",
    "calibration",
    "calibration_in",
    "forget_recalibration",
    "keep_recalibration",
    "parse_false_answer_rate",
]
