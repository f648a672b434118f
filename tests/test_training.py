"""What the reader is trained on, and the loss that it is trained with."""

import random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from corpus import Span
from qa.reading.model import Window
from training.average_readers import averaged
from training.data import Example, Paragraph, parts_of
from training.groups import Group, _tokens_at, batches, collate, cut
from training.model import Dropout
from training.near_misses import near_miss
from training.train_reader import loss_of

TITLES = [f"article {n}" for n in range(200)]


def window(tokens: int, first: int = 3) -> Window:
    """Return a window of ``tokens`` text tokens, of three characters each, two apart."""
    ids = np.arange(100, 101 + first + tokens, dtype=np.int64)
    token_type_ids = (np.arange(len(ids)) >= first).astype(np.int64)
    starts = 5 * np.arange(tokens, dtype=np.int64)
    return Window(ids, token_type_ids, first, starts, starts + 3)


def test_no_article_serves_two_purposes() -> None:
    """Catches abstention that is fitted on articles which trained the reader."""
    kept = frozenset(TITLES[:10])
    parts = parts_of(TITLES, kept)
    sets = [parts.train, parts.watch, parts.fit, parts.check]
    assert sum(map(len, sets)) == len(frozenset().union(*sets)) == len(TITLES)
    assert kept <= parts.train
    assert parts == parts_of(TITLES, kept)


@given(span=st.tuples(st.integers(0, 99), st.integers(1, 40)))
def test_the_tokens_of_a_span_hold_it_and_no_more(span: tuple[int, int]) -> None:
    """Catches targets that are one token off, or outside of the window."""
    start, end = span[0], span[0] + span[1]
    here = window(20)
    found = _tokens_at(here, (start, end))
    touching = [i for i in range(20) if 5 * i < end and start < 5 * i + 3]
    if found is None:
        whole = touching and 5 * touching[0] <= start and end <= 5 * touching[-1] + 3
        assert not whole
    else:
        assert found == (3 + touching[0], 3 + touching[-1])


def test_the_loss_is_its_formula() -> None:
    """Catches a softmax over padding or the question, and windows of other questions in it."""
    groups = [Group((window(4), window(2)), 4, 5), Group((window(3),), 0, 0)]
    batch = collate(groups)
    scores = torch.randn(*batch.ids.shape, 2)

    def minus_log(values: list[float], right: float) -> float:
        return float(np.log(np.exp(values).sum()) - right)

    expected = 0.0
    for side, target in ((0, 4), (1, 5)):
        s = scores[..., side].numpy()
        texts = [s[0, 3:7], s[1, 3:5], s[2, 3:6]]
        alone = [
            minus_log([s[0, 0], *texts[0]], s[0, target]),
            minus_log([s[1, 0], *texts[1]], s[1, 0]),
            minus_log([s[2, 0], *texts[2]], s[2, 0]),
        ]
        together = minus_log([*texts[0], *texts[1]], s[0, target])
        expected += (sum(alone) / 3 + together) / 2
    assert loss_of(scores, batch).item() == pytest.approx(expected, rel=1e-4)


def test_a_batch_without_answers_has_a_loss() -> None:
    """Catches a mean over nothing."""
    batch = collate([Group((window(4),), 0, 0)])
    assert torch.isfinite(loss_of(torch.zeros(*batch.ids.shape, 2), batch))


def test_batches_hold_every_group_once() -> None:
    """Catches groups that are lost between batches, or windows of one question that are parted."""
    rng = random.Random()
    groups = [Group((window(rng.randint(1, 300)),) * rng.randint(1, 2), 0, 0) for _ in range(300)]
    found = [group for batch in batches(groups, 1) for group in batch]
    assert sorted(map(id, found)) == sorted(map(id, groups))


@pytest.mark.parametrize(
    ("question", "passage", "others", "token_type_ids"),
    [
        ("What did Ada write in 1843?", "In 1843 Ada wrote notes.", ["Who was Charles Babbage?"],
         {"Babbage", "Charles"}),
        ("Which is the largest lake?", "The largest lake is Ladoga.", [], {"smallest", "isn't"}),
        ("How many boats were there?", "There were 12.", [], {"weren't"}),
    ],
)  # fmt: skip
def test_near_misses_change_one_point(
    question: str, passage: str, others: list[str], token_type_ids: set[str]
) -> None:
    """Catches a question that stays the same, or that gets a name which its passage holds."""
    found = {near_miss(question, passage, others, random.Random(seed)) for seed in range(30)}
    assert None not in found
    assert question not in found
    for changed in found:
        assert changed is not None
        new = set(changed.strip("?").split()) - set(question.strip("?").split())
        assert new
        assert not new & set(passage.strip(".").split())
    assert token_type_ids & {
        word for changed in found if changed for word in changed.strip("?").split()
    }


def test_a_number_is_changed_into_another_that_the_passage_gives() -> None:
    """Catches near misses whose wrong year stands nowhere, so that its absence gives them away."""
    question, passage = (
        "What did Ada write in 1843?",
        "Ada met him in 1833, wrote in 1843, 12 notes.",
    )
    found = {near_miss(question, passage, [], random.Random(seed)) for seed in range(30)}
    assert "What did Ada write in 1833?" in found
    assert "What did Ada write in 12?" not in found


def test_a_question_that_cannot_be_changed_is_left_out() -> None:
    """Catches a near miss that is none."""
    assert near_miss("Why so?", "Because.", [], random.Random(1)) is None


@given(seed=st.integers(0, 1000), answer=st.sampled_from(["mole", "boats in", "C d. Ef"]))
def test_a_cut_passage_holds_the_answer_where_it_says(seed: int, answer: str) -> None:
    """Catches a target that is off by what was cut away, or an answer cut in two."""
    text = "A b. The mole. Two boats in it. C d. Ef."
    sentences = [Span(0, 4), Span(5, 14), Span(15, 31), Span(32, 36), Span(37, 40)]
    start = text.index(answer)
    passage = Paragraph("p", "Title", text)
    example = Example("1", "?", passage, (start, start + len(answer)), (answer,))
    found = cut(example, sentences, random.Random(seed))
    assert found.span is not None
    assert found.passage.text[slice(*found.span)] == answer
    assert found.passage.text in text
    begin = text.index(found.passage.text)
    assert begin in {s.start for s in sentences}
    assert begin + len(found.passage.text) in {s.end for s in sentences}


def test_passages_are_cut_on_both_sides() -> None:
    """Catches a cut that always keeps the beginning, or the end, or everything."""
    sentences = [Span(n, n + 1) for n in range(5)]
    example = Example("1", "?", Paragraph("p", "Title", "abcde"), (2, 3), ("c",))
    found = {cut(example, sentences, random.Random(n)).passage.text for n in range(100)}
    assert found == {"abcde"[low:high] for low in range(3) for high in range(3, 6)}


def test_a_tenth_of_the_states_is_dropped_and_their_mean_stays() -> None:
    """Catches dropout that drops in use too little or too much, or shifts what follows it."""
    torch.manual_seed(1)
    dropout = Dropout()
    states = dropout(torch.ones(3, 1001, 7))
    assert states.shape == (3, 1001, 7)
    assert float((states == 0).float().mean()) == pytest.approx(0.1, abs=0.01)
    assert float(states.mean()) == pytest.approx(1, abs=0.01)
    # Neighbouring bytes of one random number are independent.
    gone = (states.flatten() == 0).float()
    assert float((gone[1:] * gone[:-1]).mean()) == pytest.approx(0.01, abs=0.003)
    assert torch.equal(dropout.eval()(states), states)


def test_readers_are_averaged_weight_by_weight() -> None:
    """Catches a sum, a mean over rows, rounding, and networks of different sizes averaged."""
    one, two = {"a": torch.tensor([1.0, 2.0])}, {"a": torch.tensor([3.0, 6.0])}
    assert averaged([one, two])["a"].tolist() == [2.0, 4.0]
    same = {"a": torch.rand(1000)}
    assert torch.equal(averaged([same] * 3)["a"], same["a"])
    with pytest.raises(SystemExit, match="different kinds"):
        averaged([one, {"b": torch.zeros(2)}])
