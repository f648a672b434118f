"""What the reader is trained on: windows in groups whose scores are compared with each other."""

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from corpus import Document, Span, sentence_spans
from qa.reading.model import Tokens, Window, tokenize, windows_of
from training.data import Example, SquadTrain, parts_of, unanswerable_examples
from training.near_misses import changed_example, questions_by_article

__all__ = ["Batch", "Group", "GroupSource", "batches", "collate", "cut"]

# Shares: of the questions that come with a passage to mistake, of the texts under their heading,
# of the passages to mistake that the index retrieved, and of the passages that are cut to a run of
# their sentences.
WITH_NEGATIVE, WITH_HEADING, RETRIEVED, CUT = 0.4, 0.5, 0.5, 0.5
SUBJECTIVE = 1000
BATCH_TOKENS = 6144
POOL = 64

# A question, the heading above a text, the text, and the answer's offsets there.
Row = tuple[str, str, str, tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class Group:
    """A question's windows and where its answer stands.

    Args:
        windows: the first holds the answer, if there is one.
        start: token of the first window where the answer begins; 0 if there is none.
        end: its last token, inclusive.
    """

    windows: tuple[Window, ...]
    start: int
    end: int

    @property
    def length(self) -> int:
        """Tokens of the longest window."""
        return max(len(window.ids) for window in self.windows)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded windows; shapes ``(windows, tokens)`` and ``(windows,)``.

    Args:
        ids: token ids.
        token_type_ids: segments.
        mask: 1 for tokens, 0 for padding.
        text: True for the tokens of texts, where answers may stand.
        starts: where each window's answer begins, 0 for none.
        ends: where it ends, inclusive.
        groups: number of each window's group.
    """

    ids: Tensor
    token_type_ids: Tensor
    mask: Tensor
    text: Tensor
    starts: Tensor
    ends: Tensor
    groups: Tensor


class GroupSource:
    """Makes each epoch's groups; the same ones each time.

    Args:
        data: the folder of the training data.
        work: where `training.mine_negatives` has written.
        tokenizer: of the encoder.
        seed: of all choices.
        changed: share of the questions that come again, changed so that they have no answer.
    """

    def __init__(
        self, data: Path, work: Path, tokenizer: Tokenizer, seed: int, changed: float
    ) -> None:
        squad = SquadTrain(data / "squad1_train")
        self._tokenizer = tokenizer
        self._seed = seed
        self._share_changed = changed
        self._unanswerable = unanswerable_examples(data / "squad2_train_10art")
        self._subjective = unanswerable_examples(data / "subjqa_train")
        parts = parts_of(squad.titles, squad.titles_of(data / "squad2_train_10art"))
        self._examples = squad.examples(parts.train)
        self.watched = squad.examples(parts.watch)
        self._same_article = {
            id_: [(p.title, p.text) for p in passages]
            for id_, passages in squad.hard_negatives().items()
        }
        self._retrieved = _retrieved(work / "retrieved_negatives.jsonl.gz")
        self._asked = questions_by_article(self._examples)
        self._sentences: dict[str, list[Span]] = {}
        self._tokens: dict[str, Tokens] = {"": tokenize(tokenizer, [""])[0]}

    def epoch(self, number: int) -> list[Group]:
        """Return the groups of epoch ``number``, in the order of training."""
        rng = random.Random(f"{self._seed} {number}")
        subjective = rng.sample(self._subjective, SUBJECTIVE)
        planned = [self._plan(self._perhaps_cut(example, rng), rng) for example in self._examples]
        planned += [
            self._changed(self._perhaps_cut(e, rng), rng)
            for e in self._examples
            if rng.random() < self._share_changed
        ]
        planned += [[self._row(e, rng)] for e in [*self._unanswerable, *subjective]]
        planned = [rows for rows in planned if rows]
        self._learn({text for rows in planned for row in rows for text in row[:3]})
        groups = [self._group(rows, rng) for rows in planned]
        rng.shuffle(groups)
        return groups

    def _perhaps_cut(self, example: Example, rng: random.Random) -> Example:
        """Return the example with some of its sentences: its words come in other company."""
        if rng.random() >= CUT:
            return example
        passage = example.passage
        if passage.id not in self._sentences:
            document = Document(passage.id, passage.title, "text/plain", "", passage.text)
            self._sentences[passage.id] = sentence_spans(document)
        return cut(example, self._sentences[passage.id], rng)

    def _row(self, example: Example, rng: random.Random) -> Row:
        heading = example.passage.title if rng.random() < WITH_HEADING else ""
        return example.question, heading, example.passage.text, example.span

    def _plan(self, example: Example, rng: random.Random) -> list[Row]:
        """Return the rows of a question: its passage and perhaps one to mistake for it."""
        row = self._row(example, rng)
        retrieved = rng.random() < RETRIEVED
        first, second = self._retrieved.get(example.id, []), self._same_article.get(example.id, [])
        mistakable = (first if retrieved else second) or first or second
        if not mistakable or rng.random() >= WITH_NEGATIVE:
            return [row]
        title, text = rng.choice(mistakable)
        return [row, (example.question, title if row[1] else "", text, None)]

    def _changed(self, example: Example, rng: random.Random) -> list[Row]:
        """Return the row of a question that almost fits; none if it cannot be changed."""
        _, heading, text, _ = self._row(example, rng)
        changed = changed_example(example, self._asked, rng)
        return [] if changed is None else [(changed.question, heading, text, None)]

    def _learn(self, texts: set[str]) -> None:
        new = sorted(texts - self._tokens.keys())
        self._tokens |= zip(new, tokenize(self._tokenizer, new), strict=True)

    def _group(self, rows: Sequence[Row], rng: random.Random) -> Group:
        question, heading, text, span = rows[0]
        found = list(windows_of(*(self._tokens[t] for t in (question, heading, text))))
        answer = (0, 0)
        first = rng.choice(found)
        if span is not None:
            holding = [(w, at) for w in found if (at := _tokens_at(w, span)) is not None]
            if holding:
                first, answer = rng.choice(holding)
        others = []
        for question, heading, text, _ in rows[1:]:
            found = list(windows_of(*(self._tokens[t] for t in (question, heading, text))))
            others.append(rng.choice(found))
        return Group((first, *others), *answer)


def cut(example: Example, sentences: Sequence[Span], rng: random.Random) -> Example:
    """Return ``example`` with a run of its passage's sentences that holds the whole answer.

    Args:
        example: one that its passage answers.
        sentences: of its passage, in order.
        rng: chooses where the run begins and ends.
    """
    if example.span is None:
        raise ValueError("Only an example with an answer can be cut around it.")
    start, end = example.span
    first = [i for i, sentence in enumerate(sentences) if sentence.start <= start]
    last = [i for i, sentence in enumerate(sentences) if sentence.end >= end]
    if not first or not last:
        return example
    begin = sentences[rng.choice(first)].start
    text = example.passage.text[begin : sentences[rng.choice(last)].end]
    passage = replace(example.passage, text=text)
    return replace(example, passage=passage, span=(start - begin, end - begin))


def batches(groups: Sequence[Group], seed: int) -> Iterator[list[Group]]:
    """Yield groups of similar length, in batches of about `BATCH_TOKENS` with their padding."""
    rng = random.Random(seed)
    pool = POOL * 16
    for begin in range(0, len(groups), pool):
        ready: list[list[Group]] = []
        batch: list[Group] = []
        for group in sorted(groups[begin : begin + pool], key=lambda group: group.length):
            count = sum(len(g.windows) for g in batch) + len(group.windows)
            if batch and count * group.length > BATCH_TOKENS:
                ready.append(batch)
                batch = []
            batch.append(group)
        ready.append(batch)
        rng.shuffle(ready)
        yield from ready


def collate(groups: Sequence[Group]) -> Batch:
    """Pad the windows of ``groups`` to one length."""
    windows = [window for group in groups for window in group.windows]
    length = max(len(window.ids) for window in windows)
    ids, token_type_ids, mask, text = (np.zeros((len(windows), length), np.int64) for _ in range(4))
    targets = np.zeros((3, len(windows)), np.int64)
    row = 0
    for number, group in enumerate(groups):
        targets[:2, row] = group.start, group.end
        for window in group.windows:
            size = len(window.ids)
            ids[row, :size], token_type_ids[row, :size], mask[row, :size] = (
                window.ids,
                window.token_type_ids,
                1,
            )
            text[row, window.text_start : size - 1] = 1
            targets[2, row] = number
            row += 1
    arrays = [torch.from_numpy(array) for array in (ids, token_type_ids, mask, text, *targets)]
    return Batch(arrays[0], arrays[1], arrays[2], arrays[3].bool(), *arrays[4:])


def _tokens_at(window: Window, span: tuple[int, int]) -> tuple[int, int] | None:
    """Return the first and last token of ``span`` in ``window``; None if it is not all there."""
    inside = np.flatnonzero((window.ends > span[0]) & (window.starts < span[1]))
    if len(inside) == 0 or window.starts[inside[0]] > span[0] or window.ends[inside[-1]] < span[1]:
        return None
    return window.text_start + int(inside[0]), window.text_start + int(inside[-1])


def _retrieved(path: Path) -> dict[str, list[tuple[str, str]]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = map(json.loads, file)
        return {r["qid"]: [(p["title"], p["text"]) for p in r["passages"]] for r in rows}
