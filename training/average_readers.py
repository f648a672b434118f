"""Average the weights of readers that were trained from one beginning.

Networks that went the same way at first lie in one basin of the loss; the mean of their weights
answers better than each of them (Izmailov et al. 2018; Wortsman et al. 2022), at no cost in use.

Run: ``python -m training.average_readers WORK READER.pt READER.pt ...``; writes ``WORK/reader.pt``.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

__all__ = ["averaged"]


def main() -> None:
    """Read, average, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path, help="for the result")
    parser.add_argument("readers", type=Path, nargs="+")
    options = parser.parse_args()
    trained = [torch.load(path, weights_only=True) for path in options.readers]
    torch.save(averaged(trained), options.work / "reader.pt")


def averaged(trained: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Return the mean of each weight; the readers must have the same ones."""
    if any(weights.keys() != trained[0].keys() for weights in trained):
        raise SystemExit("these are networks of different kinds")
    # In double precision, so that a weight that all have stays the same to the last bit.
    return {
        name: torch.stack([w[name].double() for w in trained]).mean(0).to(weight.dtype)
        for name, weight in trained[0].items()
    }


if __name__ == "__main__":
    main()
