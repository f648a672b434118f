"""The confidence as it was refitted to one folder's questions, kept beside its index."""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from corpus import SettingsError
from qa.calibration import LogisticRegression, RiskTable
from qa.neural_reader import FITTED, Calibration, calibration
from qa.span_model import MODEL_SHA256

__all__ = [
    "RECALIBRATION",
    "Recalibration",
    "calibration_in",
    "forget_recalibration",
    "keep_recalibration",
    "recalibrated",
]

RECALIBRATION = "abstention.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Recalibration:
    """How the shipped confidence is changed, and from which confidence on an answer is given.

    The logit of the confidence becomes ``slope * logit + intercept`` (Platt 1999), so that the
    order of answers stays.

    Args:
        slope: above 0.
        intercept: added to it.
        risks: pairs of an accepted risk and the least confidence, risks ascending from 0 to 1.
        answerable: how many answerable questions it was fitted to.
        unanswerable: how many others.
    """

    slope: float
    intercept: float
    risks: tuple[tuple[float, float], ...]
    answerable: int
    unanswerable: int

    def __post_init__(self) -> None:
        numbers = (self.slope, self.intercept, *(n for pair in self.risks for n in pair))
        if not all(isinstance(n, int | float) and abs(n) < 1e6 for n in numbers):
            raise ValueError("there is something else than a number")
        if self.slope <= 0:
            raise ValueError(f"the slope is {self.slope}")
        risks, least = zip(*self.risks, strict=True)
        if list(risks) != sorted(set(risks)) or list(least) != sorted(least, reverse=True):
            raise ValueError("the risks do not ascend, or the confidences do not descend")


def calibration_in(index_folder: Path) -> Calibration:
    """Return how the answers of an index are judged: as refitted, or else as shipped.

    Raises:
        SettingsError: if the refit is damaged or was made with another reader.
    """
    try:
        text = (index_folder / RECALIBRATION).read_text("utf-8")
    except FileNotFoundError:
        return calibration()
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(index_folder, str(error)) from error
    try:
        kept = json.loads(text)
        if kept["format"] != FORMAT or kept["reader"] != _reader():
            raise ValueError("it was made with another version of Pincite")
        names = Recalibration.__dataclass_fields__
        values = {name: kept[name] for name in names}
        values["risks"] = tuple((risk, least) for risk, least in values["risks"])
        return recalibrated(Recalibration(**values))
    except (ValueError, KeyError, TypeError) as error:
        raise _unusable(index_folder, str(error)) from error


def recalibrated(refit: Recalibration) -> Calibration:
    """Return the shipped calibration changed by ``refit``; it is a logistic regression again."""
    shipped = calibration().regression
    weights = (shipped.weights * refit.slope).tolist()
    bias = shipped.bias * refit.slope + refit.intercept
    risks, least = zip(*refit.risks, strict=True)
    return Calibration(LogisticRegression(weights, bias), RiskTable(risks, least))


def keep_recalibration(index_folder: Path, refit: Recalibration) -> Path:
    """Write ``refit`` beside the index, for the next time that it is opened; return the file."""
    path = index_folder / RECALIBRATION
    text = json.dumps({"format": FORMAT, "reader": _reader()} | asdict(refit), indent=1)
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(text + "\n", "utf-8")
    unfinished.replace(path)
    return path


def forget_recalibration(index_folder: Path) -> bool:
    """Remove the refit of an index, whatever its state; say whether there was one."""
    path = index_folder / RECALIBRATION
    there = path.exists()
    path.unlink(missing_ok=True)
    return there


def _reader() -> str:
    """Return a digest of what gives the confidence that was refitted."""
    shipped = files("qa").joinpath(FITTED).read_bytes()
    return sha256(MODEL_SHA256.encode() + shipped).hexdigest()[:16]


def _unusable(index_folder: Path, reason: str) -> SettingsError:
    return SettingsError(
        f"The refitted confidence {index_folder / RECALIBRATION} cannot be used ({reason}); run "
        "`pincite eval` with --fit again, or with --unfit to do without it."
    )
