"""Draw the loss and the watched scores of a training run.

Run: ``python -m training.plot_training WORK``. Writes ``docs/training.png``.
"""

import argparse
import csv
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt

from pincite.evaluation.plots import INK

mpl.use("Agg")


def main() -> None:
    """Draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path, help="holds train.csv and watch.csv")
    parser.add_argument("--out", type=Path, default=Path("docs/training.png"))
    options = parser.parse_args()
    loss, watched = (_columns(options.work / f"{name}.csv") for name in ("train", "watch"))
    figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    axes.plot(loss["step"], loss["loss"], color="0.6", linewidth=1)
    axes.set(xlabel="step", ylabel="loss (grey)", ylim=(0, None))
    scores = axes.twinx()
    for name, colour in (("exact", INK), ("f1", "#c2571a")):
        scores.plot(watched["step"], watched[name], "o-", color=colour, label=name)
    scores.set(ylabel="articles kept apart", ylim=(0, 1))
    scores.legend(loc="center right")
    figure.savefig(options.out, dpi=110)


def _columns(path: Path) -> dict[str, list[float]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    # A run that went on from a checkpoint wrote some steps twice; the later ones count.
    last = {row["step"]: row for row in rows}
    ordered = [last[step] for step in sorted(last)]
    return {name: [row[name] for row in ordered] for name in ordered[0]}


if __name__ == "__main__":
    main()
