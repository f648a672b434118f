"""Train the reader, or go on from where its training stopped.

Two losses are added. The first takes each window alone: its answer's ends against all its tokens,
the first token standing for "no answer here" (Devlin et al. 2019). The second compares the tokens
of all of a question's windows in one softmax (the shared normalisation of Clark & Gardner 2018), so
that scores can be compared across passages.

The rate of learning is constant until it falls to zero over the last steps. The state before the
fall is kept, so that a run with more epochs goes on from there and nothing is learned twice.

Run: ``python -m training.train_reader DATA WORK [--epochs 2]``. ``WORK`` gets ``checkpoint.pt`` (to
go on from), ``before_fall.pt`` (to go on from with more epochs), ``reader.pt`` (when done),
``train.csv`` (step, loss) and ``watch.csv`` (step, scores on articles kept apart). On CUDA if it is
there, else on the CPU; with bfloat16 products on both.
"""

import argparse
import csv
import time
from collections.abc import Iterator, Sequence
from math import ceil
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from index import default_encoder_folder, open_tokenizer
from pincite.evaluation.measures import exact_match, f1
from qa.reading.model import tokenize, windows_of
from qa.reading.spans import best_spans
from training.data import Example
from training.groups import Batch, Group, GroupSource, batches, collate
from training.model import ReaderModel, initial_model

SEED = 20181108
RATE, DECAY, CLIP = 1.5e-4, 0.01, 1.0
# Steps until the rate is reached, and the share of all steps over which it falls to zero.
WARM_UP, FALL = 200, 0.3
REPORT_EVERY, WATCH_EVERY, SAVE_EVERY = 25, 500, 250
WATCHED = 400
NEVER = -1e4


def main() -> None:
    """Train to the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="holds squad1_train and the other sets")
    parser.add_argument("work", type=Path, help="holds retrieved_negatives.jsonl.gz")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--changed", type=float, default=0.2, help="share of near misses")
    options = parser.parse_args()
    folder = default_encoder_folder()
    tokenizer = open_tokenizer(folder)
    source = GroupSource(options.data, options.work, tokenizer, SEED, options.changed)
    Training(source, tokenizer, options.work, options.epochs, folder / "model.safetensors").run()


class Training:
    """One run: the network, its optimizer, and how far it is.

    Args:
        source: of the groups.
        tokenizer: for the questions that watch.
        work: for the files.
        epochs: how often each question comes.
        weights: to begin with.
    """

    def __init__(
        self, source: GroupSource, tokenizer: Tokenizer, work: Path, epochs: float, weights: Path
    ) -> None:
        self._source = source
        self._tokenizer = tokenizer
        self._work = work
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model = initial_model(weights, SEED).to(self._device)
        learned = [p for p in self._model.parameters() if p.requires_grad]
        self._optimizer = torch.optim.AdamW(learned, lr=RATE, weight_decay=DECAY, fused=True)
        self._epochs = [list(batches(source.epoch(n), SEED + n)) for n in range(ceil(epochs))]
        self._steps = round(epochs * len(self._epochs[0]))
        self._fall = round((1 - FALL) * self._steps)
        self._step = 0
        self._seconds = 0.0
        self._resume()

    def _resume(self) -> None:
        for name in ("checkpoint.pt", "before_fall.pt"):
            path = self._work / name
            saved = torch.load(path, weights_only=True) if path.exists() else None
            # A checkpoint from the fall of a shorter run is of no use to a longer one.
            if saved and (saved["step"] <= saved["fall"] or saved["fall"] == self._fall):
                self._model.load_state_dict(saved["model"])
                self._optimizer.load_state_dict(saved["optimizer"])
                self._step, self._seconds = saved["step"], saved["seconds"]
                return

    def run(self) -> None:
        """Train from the checkpoint, if there is one, to the end."""
        began = time.monotonic() - self._seconds
        losses: list[float] = []
        for groups in self._to_come():
            losses.append(self._learn(collate(groups)))
            self._step += 1
            self._seconds = time.monotonic() - began
            if self._step % REPORT_EVERY == 0:
                self._log("train", loss=sum(losses) / len(losses))
                losses = []
            if self._step % WATCH_EVERY == 0 or self._step == self._steps:
                self._log("watch", **watch(self._model, self._tokenizer, self._watched()))
            if self._step % SAVE_EVERY == 0:
                self._save("checkpoint.pt")
            if self._step == self._fall:
                self._save("before_fall.pt")
        torch.save(self._model.state_dict(), self._work / "reader.pt")

    def _to_come(self) -> Iterator[list[Group]]:
        planned = [groups for epoch in self._epochs for groups in epoch]
        yield from planned[self._step : self._steps]

    def _watched(self) -> Sequence[Example]:
        return self._source.watched[:: max(1, len(self._source.watched) // WATCHED)]

    def _learn(self, batch: Batch) -> float:
        left = self._steps - self._step
        rate = RATE * min(1.0, (self._step + 1) / WARM_UP, left / (FALL * self._steps))
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        # What is dropped is drawn anew for each step, the same however often a run was stopped.
        torch.manual_seed(SEED + self._step)
        self._model.train()
        with torch.autocast(self._device, torch.bfloat16):
            scores = self._model(
                *(t.to(self._device) for t in (batch.ids, batch.token_type_ids, batch.mask))
            )
        loss = loss_of(scores.float(), batch)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._model.parameters(), CLIP)
        self._optimizer.step()
        self._optimizer.zero_grad()
        return loss.item()

    def _log(self, name: str, **values: float) -> None:
        path = self._work / f"{name}.csv"
        row: dict[str, float] = {"step": self._step, "of": self._steps}
        row |= {"seconds": round(self._seconds)}
        row |= {key: round(value, 4) for key, value in values.items()}
        new = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            if new:
                writer.writeheader()
            writer.writerow(row)
        print(row, flush=True)

    def _save(self, name: str) -> None:
        state = {
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "step": self._step,
            "fall": self._fall,
            "seconds": self._seconds,
        }
        torch.save(state, self._work / "saving.pt")
        (self._work / "saving.pt").replace(self._work / name)


def loss_of(scores: Tensor, batch: Batch) -> Tensor:
    """Return the sum of the two losses, averaged over starts and ends; see the module."""
    text, starts, ends, groups = (
        t.to(scores.device) for t in (batch.text, batch.starts, batch.ends, batch.groups)
    )
    answered = torch.zeros(int(groups[-1]) + 1, dtype=torch.bool, device=scores.device)
    answered[groups[starts > 0]] = True
    total = scores.new_zeros(())
    for side, targets in ((0, starts), (1, ends)):
        logits = scores[..., side]
        in_text = logits.masked_fill(~text, NEVER)
        with_none = torch.cat([logits[:, :1], in_text[:, 1:]], dim=1)
        total = total + functional.cross_entropy(with_none, targets)
        if answered.any():
            total = total + _shared(in_text, targets, groups, answered)
    return total / 2


def _shared(logits: Tensor, targets: Tensor, groups: Tensor, answered: Tensor) -> Tensor:
    """Return the mean of -log p(target) over groups, p normalised over all windows of each."""
    whole = torch.logsumexp(logits, dim=1)
    member = groups[None, :] == torch.arange(len(answered), device=groups.device)[:, None]
    per_group = torch.logsumexp(whole[None, :].masked_fill(~member, NEVER), dim=1)
    right = logits.gather(1, targets[:, None])[:, 0]
    holds = targets > 0
    return (per_group[groups[holds]] - right[holds]).mean()


@torch.inference_mode()
def watch(
    model: ReaderModel, tokenizer: Tokenizer, examples: Sequence[Example]
) -> dict[str, float]:
    """Return exact match and F1 of the best span, the passage given (its first window)."""
    model.eval()
    device = next(model.parameters()).device
    questions = tokenize(tokenizer, [example.question for example in examples])
    texts = tokenize(tokenizer, [example.passage.text for example in examples])
    nothing = tokenize(tokenizer, [""])[0]
    windows = [next(windows_of(q, nothing, t)) for q, t in zip(questions, texts, strict=True)]
    order = sorted(range(len(windows)), key=lambda i: len(windows[i].ids))
    exact = overlap = sure = 0.0
    for begin in range(0, len(order), 32):
        chosen = order[begin : begin + 32]
        batch = collate([Group((windows[i],), 0, 0) for i in chosen])
        with torch.autocast(device.type, torch.bfloat16):
            scores = model(*(t.to(device) for t in (batch.ids, batch.token_type_ids, batch.mask)))
        for row, i in enumerate(chosen):
            window = windows[i]
            part = scores[row, window.text_start : len(window.ids) - 1].float().cpu().numpy()
            best = best_spans(part[:, 0], part[:, 1], 1)[0]
            answer = examples[i].passage.text[window.starts[best.start] : window.ends[best.end]]
            exact += exact_match(answer, examples[i].texts)
            overlap += f1(answer, examples[i].texts)
            sure += best.score > float(scores[row, 0].float().sum())
    count = len(examples)
    return {"exact": exact / count, "f1": overlap / count, "answered": sure / count}


if __name__ == "__main__":
    main()
