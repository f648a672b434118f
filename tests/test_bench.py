"""The measures behind the benchmarks' numbers, written out as arithmetic."""

import gzip
import json
from contextlib import closing
from math import log2
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import bench.encoding
import bench.growth
import bench.near_misses
import bench.peers.__main__ as peers
import index.encoding.minilm
from bench.checkout import HERE, ask, index_of, write_questions
from bench.data import questions_of
from bench.fetch import passages_and_questions
from bench.growth import made_up_vectors, nearest
from bench.incremental import write_documents
from bench.natural import FACTOID, FIRST, LIST, RETRIEVED, SENTENCES, held_out
from bench.natural import scores_of as natural_scores
from bench.near_misses import Setting, WrittenQuestion, written
from bench.near_misses import scores_of as near_miss_scores
from bench.peers.corpora import Corpus, JudgedQuestion, passages_given
from bench.peers.scores import _flags, fused
from bench.plots import plot_panels
from bench.quick import drops
from bench.retrieval import RANKINGS, _rank, scores_of
from bench.tables import (
    PAGE,
    _ratio,
    ranking_panels,
    reading_panels,
    tables,
    versions_table,
    with_tables,
)
from bench.unchanged import renamed
from bench.verdicts import TRULY_NOT, summarised, verdict_of, verdict_scores
from corpus import Passage
from index import HashEncoder, PassageIndex, build, index_folder_of
from pincite.evaluation.intervals import Interval
from pincite.evaluation.report import Measure
from qa import Hit
from training.readings import Asked, Kind, Readings


def hit(document: str, similarity: float, near: int | None, bm25: float, match: int | None) -> Hit:
    """Return a hit with these scores and ranks."""
    return Hit(Passage(document, 0, 1, ""), 0.0, similarity, near, bm25, match)


def test_recall_and_reciprocal_rank() -> None:
    """Catches ranks counted from 0, cut-offs off by one, and misses left out of the mean."""
    assert scores_of([1, 2, 5, 6, 20, 21, None, 10]) == {
        "success@1": pytest.approx(1 / 8),
        "success@5": pytest.approx(3 / 8),
        "success@20": pytest.approx(6 / 8),
        "MRR@10": pytest.approx((1 + 1 / 2 + 1 / 5 + 1 / 6 + 1 / 10) / 8, abs=1e-4),
        "nDCG@10": pytest.approx(sum(1 / log2(1 + r) for r in (1, 2, 5, 6, 10)) / 8, abs=1e-4),
    }


def test_a_document_counts_once() -> None:
    """Catches several passages of one document pushing the right one down."""
    hits = [hit(name, 0, 1, 0, 1) for name in ("a", "a", "b", "a", "c")]
    assert [_rank(hits, name) for name in ("a", "b", "c", "d")] == [1, 2, 3, None]


def test_the_rankings_that_are_compared() -> None:
    """Catches a peer that is measured by the wrong score."""
    near, match, both = hit("n", 0.9, 1, 0, None), hit("m", 0.1, None, 9, 1), hit("b", 0.5, 2, 5, 2)
    order = {
        name: "".join(h.passage.document for h in rank([match, near, both]))
        for name, rank in RANKINGS.items()
    }
    assert order == {
        "fused": "mnb",
        "similarity alone": "nbm",
        "BM25 alone": "mb",
        "reciprocal rank fusion": "bmn",
    }


def test_made_up_documents_are_the_same_each_time(tmp_path: Path) -> None:
    """Catches a benchmark that measures other files every time."""
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        write_documents(folder, 120)
    texts = [[p.read_text("utf-8") for p in sorted(f.rglob("*.txt"))] for f in folders]
    assert texts[0] == texts[1]
    assert len(set(texts[0])) == 120


def test_the_exact_neighbours_are_those_of_one_large_product(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Catches rows counted from the start of their block, which would make any recall look bad."""
    monkeypatch.setattr(bench.growth, "ROWS", 7)
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(40, 8)).astype(np.float32)
    questions = chance.normal(size=(5, 8)).astype(np.float32)
    wanted = np.argsort(-questions @ vectors.T, axis=1)[:, :3]
    assert nearest(vectors, questions, 3).tolist() == wanted.tolist()


def test_made_up_vectors_are_near_the_real_ones_that_they_come_from() -> None:
    """Catches noise that drowns the passage, so that no search could find anything."""
    chance = np.random.default_rng(2)
    real = chance.normal(size=(60, 384)).astype(np.float32)
    real /= np.linalg.norm(real, axis=1, keepdims=True)
    pairs = chance.integers(60, size=(200, 2))
    made = made_up_vectors(real, pairs, 3)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-3)
    similar = made @ real.T
    other = similar[np.arange(200), pairs.sum(axis=1) % 60]
    assert similar[np.arange(200), pairs[:, 0]].min() > 0.6
    assert np.median(other) < 0.3


def measure(value: float, low: float, high: float, *, lower_is_better: bool = False) -> Measure:
    """Return a measure with its interval."""
    interval = Interval(value, low, high, 100)
    return Measure("Answers", "m", interval, lower_is_better=lower_is_better)


@pytest.mark.parametrize(
    ("now", "committed", "worse"),
    [
        (measure(0.7, 0.6, 0.79), 0.8, True),
        (measure(0.7, 0.6, 0.81), 0.8, False),
        (measure(0.9, 0.85, 0.95), 0.8, False),
        (measure(0.3, 0.21, 0.4, lower_is_better=True), 0.2, True),
        (measure(0.3, 0.19, 0.4, lower_is_better=True), 0.2, False),
        (measure(0.1, 0.05, 0.15, lower_is_better=True), 0.2, False),
    ],
)
def test_a_drop_is_one_beyond_the_interval(now: Measure, committed: float, worse: bool) -> None:
    """Catches chance that fails the check, progress that does, and errors judged upside down."""
    assert len(drops([now], {"m": committed})) == worse


def test_reciprocal_rank_fusion_of_the_peers() -> None:
    """Catches ranks from 0, and a passage that only one of the two has being lost."""
    found = fused({"q": [7, 8]}, {"q": [8, 9]})
    assert found == {"q": [8, 7, 9]}
    assert fused({"q": [1]}, {"q": []}) == {"q": [1]}


def test_each_unit_is_judged_once_and_some_not_at_all() -> None:
    """Catches a document that counts twice, and one that must not count."""
    units = {1: "a", 2: "a", 3: "b", 4: "c"}
    corpus = Corpus(Path(), None, {}, units, [], 0.0)  # type: ignore[arg-type]
    question = JudgedQuestion("q", "?", frozenset({"a", "c"}), ignored=frozenset({"b"}))
    assert _flags(corpus, question, [3, 1, 2, 4]) == [True, True]


def test_a_question_is_given_the_passages_of_its_own_document(tmp_path: Path) -> None:
    """Catches readers that are given another paragraph, or only a part of a long one."""
    texts = {"a.txt": "The lamp is lit at sunset.", "b.txt": "The bell rings at noon. " * 80}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    build(tmp_path, HashEncoder())
    with closing(PassageIndex.open(index_folder_of(tmp_path), HashEncoder())) as index:
        with index.snapshot():
            numbers = [int(number) for number in index.passage_ids(["b.txt"])]
            every = [int(number) for number in index.passage_ids(["a.txt", "b.txt"])]
        asked = [JudgedQuestion(n, "?", frozenset(), document=n) for n in texts]
        asked.append(JudgedQuestion("c", "?", frozenset()))
        given = passages_given(Corpus(tmp_path, index, dict.fromkeys(every, ""), {}, asked, 0.0))
    assert len(numbers) > 1
    assert sorted(given["b.txt"]) == sorted(numbers)
    assert set(given["a.txt"]) == set(every) - set(numbers)
    assert given["c"] == []


def test_rankings_are_compared_question_by_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a comparison that cannot run, and a peer that is judged by another's ranking."""
    right = {"a": [1, 2], "b": [2, 1]}
    wrong = {question: ranking[::-1] for question, ranking in right.items()}
    found = {"rankings": wrong, "milliseconds": [2.0, 2.0], "index_seconds": 1.0}
    monkeypatch.setattr(peers, "ranked_by_pincite", lambda _: (right, [1.0, 1.0]))
    monkeypatch.setattr(peers, "run", lambda *_: found)
    asked = [JudgedQuestion(q, "?", frozenset({str(r[0])})) for q, r in right.items()]
    unanswered = JudgedQuestion("c", "?", frozenset())
    corpus = Corpus(
        Path(),
        None,  # type: ignore[arg-type]
        {1: "one", 2: "two"},
        {1: "1", 2: "2"},
        [*asked, unanswered],
        0.5,
    )
    result = peers.compare_rankings(corpus, Path())
    assert result["questions"] == 2
    values = {name: scores["success@1"]["value"] for name, scores in result["scores"].items()}
    assert values.pop("Pincite") == 1
    assert set(values.values()) == {0}
    assert result["timing"]["Pincite"] == {"index_seconds": 0.5, "median milliseconds": 1.0}


def test_times_are_told_as_ratios_of_pincites() -> None:
    """Catches a ratio upside down, and one of a time that was not measured."""
    timing = {"Pincite": {"ms": 4.0}, "slow": {"ms": 100.0}, "fast": {"ms": 1.0}, "silent": {}}
    assert [_ratio(timing, name, "ms") for name in timing] == ["× 1", "× 25", "× 0.25", "–"]
    assert _ratio(timing, "fused", "ms") == "–"


def test_public_data_is_read_as_it_is_published() -> None:
    """Catches offsets and answers that go astray, and questions without an answer left out."""
    paragraph = {
        "context": "The bridge was built in 1871.",
        "qas": [
            {"id": 1, "question": " When? ", "answers": [{"text": "1871", "answer_start": 24}]},
            {"id": "2", "question": "Who?", "answers": []},
        ],
    }
    titles = ("Old_Bridge", "New_Bridge")
    squad = {"data": [{"title": title, "paragraphs": [paragraph]} for title in titles]}
    assert len(passages_and_questions(squad)[0]) == 2
    (passage,), (when, who) = passages_and_questions(squad, {"Old Bridge"})
    assert passage == {"id": "old-bridge-000", "title": "Old Bridge", "text": paragraph["context"]}
    (answer,) = when["answers"]
    assert passage["text"][answer["start"] :].startswith(answer["text"])
    assert (when["question"], when["doc_id"], when["answerable"]) == ("When?", passage["id"], True)
    assert (who["id"], who["answers"], who["answerable"]) == ("2", [], False)


def test_the_page_has_the_tables_as_they_were_measured() -> None:
    """Catches numbers of the peers that are typed by hand, or of another run."""
    page = PAGE.read_text("utf-8")
    assert with_tables(page) == page
    assert all(table in page for table in tables().values())
    typed = page.replace("| Pincite | 0.820 |", "| Pincite | 0.990 |")
    assert typed != page
    assert with_tables(typed) == page


def test_a_page_without_a_mark_is_refused() -> None:
    """Catches a table that is written nowhere, without a word."""
    with pytest.raises(ValueError, match="the mark of the table 'ranking' 0 times"):
        with_tables("# Benchmarks\n")


def test_the_picture_shows_the_tables(tmp_path: Path) -> None:
    """Catches a panel with other candidates, another order or another measure than its table."""
    written = list(tables().values())
    ranking, *reading = ([row.split("|")[1].strip() for row in t.splitlines()] for t in written)
    rows = [ranking_panels(), reading_panels()]
    for panels, table in zip(rows, (ranking, reading[0]), strict=True):
        assert all(list(panel.scores) == table[2:] for panel in panels)
    heads = [" ".join(panel.title.split("\n")) for panel in rows[0]]
    titles = [head.strip().replace(":", "") for head in written[0].splitlines()[0].split("|")]
    assert heads == [title for title in titles if title in heads]
    first = written[0].splitlines()[2].split("|")[2]
    assert float(first) == round(rows[0][0].scores["Pincite"]["value"], 3)
    plot_panels(rows, tmp_path / "peers.png")
    assert (tmp_path / "peers.png").read_bytes().startswith(b"\x89PNG")


def test_versions_are_compared_by_the_present_names_of_fields(tmp_path: Path) -> None:
    """Catches a renamed field that makes every answer differ, and two versions in one index."""
    assert renamed({"differing": [1], "text": "a"}) == renamed({"conflicting": [1], "text": "a"})
    assert renamed({"text": "a"}) != renamed({"text": "b"})
    docs = tmp_path / "docs"
    assert len({index_of(docs, "before"), index_of(docs, "now"), docs}) == 3


def answer(verdict: str, *quotes: str, parts: int = 1) -> dict[str, Any]:
    """Return what the measures look at in an answer's JSON."""
    cited = [{"quote": quote} for quote in quotes]
    return {"verdict": verdict, "text": "", "citations": cited, "parts": parts, "hits": []} | {
        "found": verdict != "not_in_documents"
    }


def test_an_answer_of_before_the_verdicts_is_an_answer_or_a_no() -> None:
    """Catches the earlier version's answers counted as noes, or its noes as "perhaps"."""
    verdicts = [verdict_of({"found": found}) for found in (True, False)]
    assert verdicts == ["answered", "not_in_documents"]
    assert verdict_of({"found": True, "verdict": "perhaps"}) == "perhaps"


def test_what_a_verdict_counts() -> None:
    """Catches "perhaps" counted as an answer or as a no, and a no to a near miss as wrong."""
    assert verdict_scores("perhaps", answerable=True) == {
        "answerable: answered": 0,
        "answerable: answered or perhaps": 1,
    }
    assert verdict_scores("answered", answerable=False) == {
        "near misses: answered": 1,
        "near misses: answered or perhaps": 1,
    }
    told = [verdict_scores("not_in_documents", answerable=known) for known in (True, False)]
    assert [scores[TRULY_NOT] for scores in told] == [0, 1]


def test_each_measure_is_of_the_questions_that_have_it() -> None:
    """Catches questions of another kind counted as misses, and graded scores rounded to shares."""
    found = summarised([{"a": 1.0, "b": 0.25}, {"a": 0.0}, {"b": 0.5}], graded=["b"])
    assert found["a"] | {"low": 0, "high": 0} == {"value": 0.5, "low": 0, "high": 0, "of": 2}
    assert (found["b"]["value"], found["b"]["of"]) == (0.375, 2)
    assert found["b"]["low"] >= 0.25
    assert found["b"]["high"] <= 0.5


def natural(kind: Kind, *texts: str) -> Asked:
    """Return a question that a passage answers, or none."""
    passage = "" if kind == "near_miss" else "p"
    return Asked("?", kind, "article", passage, (), texts)


@pytest.mark.parametrize("verdict", ["answered", "perhaps"])
def test_a_factoid_is_held_by_the_first_quotation_as_whole_words(verdict: str) -> None:
    """Catches later quotations that count, parts of words, and "perhaps" that does not count."""
    asked = natural("span", "1871", "in 1871")
    quotes = ["Built in 1871.", "No. 18710.", "Built in 1900."]
    scores = [
        natural_scores(asked, answer(verdict, *order), "p.txt")[FACTOID]
        for order in (quotes, quotes[1:], quotes[::-1])
    ]
    assert scores == [1, 0, 0]
    assert natural_scores(asked, answer("not_in_documents"), "p.txt")[FACTOID] == 0


def test_a_list_is_the_share_of_its_items_in_all_quotations() -> None:
    """Catches items counted once for each place, and items of later quotations that are lost."""
    asked = natural("list", "tin", "copper", "lead", "tin")
    found = answer("answered", "Copper and tin.", "Then lead.")
    assert natural_scores(asked, found, "p.txt")[LIST] == 1
    assert natural_scores(asked, answer("answered", "Tin."), "p.txt")[LIST] == pytest.approx(1 / 3)


def test_sentences_are_the_words_of_the_answers_own_quotations() -> None:
    """Catches what merely supports an answer counted in, and the rest of "perhaps" left out."""
    asked = natural("sentences", "Birds fly south.", "It is cold.")
    quotes = ("Birds fly south.", "It is cold.", "Wholly other words here.")
    scores = [
        natural_scores(asked, found, "p.txt")[SENTENCES]
        for found in (
            answer("answered", *quotes, parts=2),
            answer("answered", *quotes, parts=1),
            answer("perhaps", *quotes, parts=2),
            answer("not_in_documents"),
        )
    ]
    assert scores == pytest.approx([1, 2 * 3 / (3 + 6), 2 * 6 / (6 + 10), 0])
    before = answer("answered", *quotes)
    del before["parts"]
    assert natural_scores(asked, before, "p.txt")[SENTENCES] == pytest.approx(2 / 3)


def test_the_readers_order_is_judged_beside_the_retrievers() -> None:
    """Catches one order judged for both, scores that ascend, and near misses judged at all."""
    hits = [{"document": "read.txt", "score": 1.0}, {"document": "retrieved.txt", "score": 2.0}]
    found = answer("answered", "Words.") | {"hits": hits}
    for document, expected in (("read.txt", (1, 0)), ("retrieved.txt", (0, 1)), ("c.txt", (0, 0))):
        scores = natural_scores(natural("span", "a"), found, document)
        assert (scores[FIRST], scores[RETRIEVED]) == expected
    assert not natural_scores(natural("near_miss"), found, None).keys() & {FIRST, RETRIEVED}


def test_nobody_is_asked_about_an_article_that_was_fitted_on() -> None:
    """Catches the same question in a titled folder being fitted on, and other sources cut down."""
    articles = np.array([f"article {n % 7}" for n in range(21)])
    rows = np.arange(21)
    flags = np.ones(21, bool)
    texts = np.array([f"question {n}" for n in rows])
    values = np.zeros((21, 1), np.float32)
    same = Readings(values, rows, flags, flags, flags, flags, texts, np.zeros(21, int), articles)
    sources = {"natural_passages": same, "natural_articles": same, "squad": same}
    asked: list[int] = []
    for fitting, held in held_out(sources, ("natural_passages", "natural_articles")):
        for name in ("natural_passages", "natural_articles"):
            assert not set(fitting[name].articles) & set(articles[held])
            assert len(fitting[name].texts) == len(fitting[name].values) == 21 - len(held)
        assert fitting["squad"] is same
        asked += held.tolist()
    assert sorted(asked) == rows.tolist()


def test_an_answer_to_a_written_question_is_judged_by_its_words_and_by_its_quotations() -> None:
    """Catches other subjects among the near misses, and rightness of answers not given."""
    asked = WrittenQuestion("?", "answerable", ("Central Asia",))
    given = answer("answered", "It came from Central Asia by ship.") | {"text": "It came from"}
    whose = "of the answerable answered"
    scores = near_miss_scores(asked, given)
    assert (scores[f"{whose}: right"], scores[f"{whose}: quotations hold it"]) == (0, 1)
    assert near_miss_scores(asked, given | {"text": "Asia"})[f"{whose}: right"] == 1
    unsure = near_miss_scores(asked, given | {"verdict": "perhaps"})
    assert not any(name.startswith(whose) for name in unsure)
    elsewhere = near_miss_scores(WrittenQuestion("?", "elsewhere"), answer("perhaps", "Asia"))
    assert elsewhere == {"elsewhere: answered": 0, "elsewhere: perhaps": 1}


def write_set(folder: Path, passages: dict[str, str], questions: dict[str, str]) -> None:
    """Write a data set: titles with a passage each, and questions on them, none answerable."""
    folder.mkdir()
    corpus = [{"id": title, "title": title, "text": text} for title, text in passages.items()]
    asked = [{"question": q, "doc_id": title, "answers": []} for q, title in questions.items()]
    for name, rows in (("corpus", corpus), ("questions", asked)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(row)}\n" for row in rows)


def test_questions_on_the_articles_of_another_set_are_left_out(tmp_path: Path) -> None:
    """Catches reports on articles that the reader learned from, and all others left out."""
    write_set(tmp_path / "all", {"A": "a", "B": "b"}, {"of a?": "A", "of b?": "B"})
    write_set(tmp_path / "learned", {"A": "a"}, {})
    assert [q["question"] for q in questions_of(tmp_path / "all")] == ["of a?", "of b?"]
    left = questions_of(tmp_path / "all", tmp_path / "learned")
    assert [q["question"] for q in left] == ["of b?"]
    others = written(tmp_path / "all", tmp_path / "all", None)
    assert {question.subject for question in others} == {"near miss"}


@pytest.mark.model
def test_another_checkout_is_asked_by_its_command_line() -> None:
    """Catches answers of another order than the questions, and settings that are not passed on."""
    passages = [
        {"id": "a", "title": "", "text": "The lamp in the tower is lit at sunset by the keeper."},
        {"id": "b", "title": "", "text": "The bell of the harbour rings at noon on Sundays."},
    ]
    questions = [
        WrittenQuestion("When does the bell of the harbour ring?", "answerable", ("at noon",)),
        WrittenQuestion("What is the capital of Mongolia?", "elsewhere"),
    ]
    settings = {
        "before": Setting(HERE, ("--false-answer-rate", "1")),
        "never": Setting(HERE, ("--false-answer-rate", "0")),
    }
    found = bench.near_misses.measure(passages, questions, settings)
    always, never = found["before"], found["never"]
    assert always["answerable: answered"]["value"] == 1
    assert always["of the answerable answered: quotations hold it"]["value"] == 1
    assert always["elsewhere: answered"]["value"] == 1
    assert never["answerable: answered"]["value"] == never["elsewhere: answered"]["value"] == 0
    assert always["milliseconds, median"]["value"] > 0


def test_versions_stand_beside_each_other() -> None:
    """Catches a measure of one version lost, no word on what was measured, and bad rounding."""
    share = {"value": 0.5, "low": 0.4, "high": 0.61, "of": 9}
    time = {"value": 71.6, "low": 70.0, "high": 80.2, "of": 9}
    columns = {"before": {"a": share}, "now": {"a": share, "milliseconds, median": time}}
    about = {"date": "2026-11-25", "commit": "def5678", "before": "abc1234"}
    assert versions_table(about | {"columns": columns}).splitlines() == [
        "| 2026-11-25, commit def5678 | before (abc1234) | now |",
        "| --- | --- | --- |",
        "| a | 0.500 (0.400 to 0.610) | 0.500 (0.400 to 0.610) |",
        "| milliseconds, median | – | 72 (70 to 80) |",
    ]


def test_a_checkout_that_crashes_has_not_said_no(tmp_path: Path) -> None:
    """Catches Python's exit code of a crash, which is that of a no, counted as no answers."""
    (tmp_path / "pincite").mkdir()
    (tmp_path / "pincite" / "__main__.py").write_text("raise ValueError('broken')\n", "utf-8")
    write_questions(tmp_path / "questions.jsonl", ["Who?", "When?"])
    with pytest.raises(SystemExit, match="broken"):
        ask(tmp_path, tmp_path, tmp_path / "index", tmp_path / "questions.jsonl")


@pytest.mark.model
def test_a_processor_without_bfloat16_does_not_multiply_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Catches the limit of bfloat16 taken where each product would take an hour."""
    multiplied: list[torch.dtype] = []

    def limit(dtype: torch.dtype) -> float:
        multiplied.append(dtype)
        return 1e9

    for module in (bench.encoding, index.encoding.minilm):
        monkeypatch.setattr(module, "multiplies_bfloat16", lambda: False)
    monkeypatch.setattr(bench.encoding, "_limit", limit)
    found = bench.encoding.measure(["The lamp is lit.", "The bell rings."], 1)
    assert set(multiplied) == {torch.float32}
    assert (found["chosen"], found["limit_bfloat16_gflops"]) == ("float32", None)
