"""The neural reader: what it makes of the network's scores."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from corpus import Passage, Span
from index import Encoder, PassageIndex, build
from qa.question import understand
from qa.reading.calibration import Calibration
from qa.reading.features import SPAN_FEATURES, span_features
from qa.reading.model import SpanModel
from qa.reading.quotations import quote_sentences
from qa.reading.reader import CANDIDATES, PASSAGES_READ, NeuralReader, find_candidates
from qa.reading.spans import Context, SpanCandidate, build_contexts, normalise_answer
from qa.retriever import Retriever
from qa.types import Hit, ReaderOutput
from tests.qa.reading.test_spans import RuleModel

# A span's score alone decides, and a score of 4 is as likely right as wrong.
BY_SCORE = Calibration(
    tuple(1.0 * (name == "score of the span") for name in SPAN_FEATURES),
    -4.0,
    ((0.0, 1.0), (0.5, 0.5), (1.0, 0.0)),
)


@pytest.fixture
def index(documents: Path, encoder: Encoder, index_folder: Path) -> Iterator[PassageIndex]:
    """Return the open index of two small documents beside the six."""
    (documents / "a.txt").write_text("Boats landed. The mole is 300 metres long. It was fine.")
    (documents / "b.txt").write_text("The mole is 310 metres long. It was fine too.")
    build(documents, encoder)
    opened = PassageIndex.open(index_folder, encoder)
    yield opened
    opened.close()


def read(
    index: PassageIndex, model: SpanModel, question: str, false_answer_rate: float = 0.5
) -> ReaderOutput:
    """Return what the reader makes of ``question``."""
    understood = understand(question)
    with index.snapshot():
        hits = Retriever(index).retrieve(understood, 10)
        return NeuralReader(index, false_answer_rate, model, BY_SCORE).read(understood, hits)


def texts(index: PassageIndex, reading: ReaderOutput) -> list[tuple[str, str, str]]:
    """Return document, quotation and short answer of each excerpt."""
    found = []
    with index.snapshot():
        for e in reading.excerpts:
            text = index.document(e.document).text
            found.append((e.document, text[e.start : e.end], text[e.answer_start : e.answer_end]))
    return found


MOLE = "How many metres long is the mole?"


def test_the_answer_stands_in_its_sentence(index: PassageIndex) -> None:
    """Catches a quotation that is not the whole sentence, or a mark in the wrong place."""
    reading = read(index, RuleModel({"300": 4.0}, {}), MOLE)
    assert texts(index, reading)[0] == ("a.txt", "The mole is 300 metres long.", "300")
    assert reading.confidence > 0.9


@pytest.mark.parametrize("question", ["Is the mole 300 metres long?", "Describe the mole."])
def test_whether_something_is_so_is_answered_by_a_sentence(
    index: PassageIndex, question: str
) -> None:
    """Catches "300" as the answer to a question that a yes or no would answer."""
    sentence = "The mole is 300 metres long."
    reading = read(index, RuleModel({"300": 4.0}, {}), question)
    assert texts(index, reading)[0] == ("a.txt", sentence, sentence)


def test_the_same_sentence_is_quoted_once(index: PassageIndex, documents: Path) -> None:
    """Catches copies filling the answer, copies kept quiet, and offsets of another document.

    One file is a copy to the character, one holds the sentence elsewhere, and one holds the copied
    passage in a longer text.
    """
    original = (documents / "a.txt").read_text()
    (documents / "copy.txt").write_text(original)
    (documents / "other.txt").write_text("Another day. The mole is 300 metres long.")
    build(documents, index.encoder)
    reading = read(index, RuleModel({"300": 4.0}, {}), MOLE)
    quotes = [quote for _, quote, _ in texts(index, reading)]
    assert quotes.count("The mole is 300 metres long.") == 1
    first = reading.excerpts[0]
    shown = texts(index, ReaderOutput((first, *first.also), "answered", "span", 1.0, 1.0))
    sentence = ("The mole is 300 metres long.", "300")
    assert sorted(shown) == [(f"{name}.txt", *sentence) for name in ("a", "copy", "other")]


def test_a_copy_is_named_only_where_all_the_words_are_there(
    index: PassageIndex, documents: Path
) -> None:
    """Catches a sentence that began before the copied passage being cited from the copy too."""
    same = "mole is 300 metres long."
    contents = {"whole": f"The old {same}", "twin": f"The old {same}", "other": f"The new {same}",
                "short": same}  # fmt: skip
    for name, text in contents.items():
        (documents / f"{name}.txt").write_text(text)
    build(documents, index.encoder)
    places = {
        name: Passage(f"{name}.txt", text.index(same), len(text), "")
        for name, text in contents.items()
    }
    hit = Hit(places.pop("whole"), 1.0, 1.0, 1, 1.0, 1, tuple(places.values()))
    with index.snapshot():
        whole = index.document("whole.txt")
        context = Context(whole, Span(0, len(whole.text)), whole.text, "", 0)
        start = whole.text.index("300")
        candidate = SpanCandidate(context, Span(start, start + 3), 4.0, 0.0, 0.0, 1)
        quotation = quote_sentences(index, hit, candidate, 0.9, whole=False)
    assert [(e.document, e.start, e.answer_start) for e in quotation.copies] == [
        ("twin.txt", 0, start)
    ]


def test_documents_that_differ_are_both_shown(index: PassageIndex) -> None:
    """Catches one side of a contradiction being held back, or not being called one."""
    reading = read(index, RuleModel({"300": 4.0, "310": 3.9}, {}), MOLE)
    answers = [answer for _, _, answer in texts(index, reading)]
    assert [answers[place] for place in reading.conflicting] == ["300", "310"]


def test_a_far_less_likely_answer_is_no_contradiction(index: PassageIndex) -> None:
    """Catches every second-best span being shown as another source's opinion."""
    assert read(index, RuleModel({"300": 4.0, "310": 1.0}, {}), MOLE).conflicting == ()


def test_passages_are_ranked_by_their_best_span(index: PassageIndex) -> None:
    """Catches passages shown in the order of the search, which knows less than the reader."""
    question = understand(MOLE)
    for first, second in (("300", "310"), ("310", "300")):
        with index.snapshot():
            hits = Retriever(index).retrieve(question, 10)
            model = RuleModel({first: 4.0, second: 3.0}, {})
            ranking = NeuralReader(index, 0.0, model, BY_SCORE).read(question, hits).ranking
            words = [index.document(hits[place].passage.document).text for place in ranking[:2]]
        assert [first in words[0], second in words[1]] == [True, True]
        assert sorted(ranking) == list(range(len(hits)))


def test_one_document_does_not_contradict_itself(index: PassageIndex, documents: Path) -> None:
    """Catches two numbers of one text being taken for two opinions."""
    model = RuleModel({"310": 3.9, "300": 1.0, "two": 4.0}, {})
    (documents / "b.txt").write_text("The mole is 310 metres long and two metres wide.")
    build(documents, index.encoder)
    assert read(index, model, MOLE).conflicting == ()


def test_below_the_threshold_there_is_no_answer(index: PassageIndex) -> None:
    """Catches a rate that changes nothing, and a no without its probability."""
    model = RuleModel({"300": 1.9}, {})
    no = read(index, model, MOLE)
    assert no.excerpts == ()
    assert 0.4 < no.confidence < 0.5
    assert read(index, model, MOLE, false_answer_rate=0.9).excerpts
    assert not read(index, model, MOLE, false_answer_rate=0.1).excerpts


def test_confident_nulls_elsewhere_change_nothing(index: PassageIndex) -> None:
    """Catches the one passage that answers being outvoted by those that do not."""
    alone = read(index, RuleModel({"300": 4.0}, {}), MOLE)
    among = read(index, RuleModel({"300": 4.0}, {"horn": 30.0, "lamp": 30.0}), MOLE)
    assert among.excerpts[0] == alone.excerpts[0]
    assert among.confidence == alone.confidence


def test_reading_nothing_finds_nothing(index: PassageIndex) -> None:
    """Catches a crash where the retriever found no passage."""
    question = understand("?!")
    with index.snapshot():
        reading = NeuralReader(index, 1.0, RuleModel({}, {}), BY_SCORE).read(question, [])
    assert reading == ReaderOutput((), "not_in_documents", "span", 0.0, 0.0)


def test_features_are_what_their_names_say(index: PassageIndex, documents: Path) -> None:
    """Catches features out of step with their names, which the fitted weights go by."""
    (documents / "copy.txt").write_text("Another day. The mole is 300 metres long.")
    build(documents, index.encoder)
    question = understand(MOLE)
    model = RuleModel({"300": 4.0, "310": 3.0}, {"mole": 2.0})
    with index.snapshot():
        hits = Retriever(index).retrieve(question, 10)
        found, values = find_candidates(index, model, question, hits)
        rows = [dict(zip(SPAN_FEATURES, row, strict=True)) for row in values.tolist()]
    assert values.shape == (min(len(found), CANDIDATES), len(SPAN_FEATURES))
    best = rows[0]
    assert [c.text for c in found[:3]] == ["300", "300", "310"]
    assert best["score of the span"] == 8.0
    assert best["score above that of no answer here"] == 6.0
    assert best["score above the best other answer's"] == 2.0
    assert rows[2]["score above the best other answer's"] == -2.0
    assert best["other passages that give the same answer"] == 1
    assert rows[2]["other passages that give the same answer"] == 0
    hit = hits[found[0].context.rank]
    assert best["score of the passage"] == pytest.approx(hit.score, abs=1e-5)
    assert best["similarity of the passage"] == pytest.approx(hit.similarity, abs=1e-5)
    assert best["reciprocal rank of the passage"] == 1 / (1 + found[0].context.rank)
    assert best["has what was asked for"] == 1
    assert best["lacks what was asked for"] == 0
    assert best["share of the question's idf in the passage"] == pytest.approx(1.0)
    assert best["new terms in the span"] == 1


def test_an_answer_within_another_is_no_rival(index: PassageIndex) -> None:
    """Catches "August" speaking against "last August", and "0" not speaking against "300"."""

    def candidate(context: Context, text: str, score: float) -> SpanCandidate:
        start = context.document.text.index(text)
        return SpanCandidate(context, Span(start, start + len(text)), score, 0.0, -1.0, 1)

    question = understand(MOLE)
    with index.snapshot():
        hits = Retriever(index).retrieve(question, 10)
        contexts = {s.document.id: s for s in build_contexts(index, hits)}
        one, other = contexts["a.txt"], contexts["b.txt"]
        found = [
            candidate(one, "300 metres", 8.0),
            candidate(other, "metres", 7.0),
            candidate(other, "310", 3.0),
            candidate(one, "0", 2.0),
        ]
        values = span_features(index, question, hits, found)
    rows = [dict(zip(SPAN_FEATURES, row, strict=True)) for row in values.tolist()]
    assert [row["score above the best other answer's"] for row in rows] == [5.0, 4.0, -5.0, -6.0]


def test_no_candidates_have_no_features(index: PassageIndex) -> None:
    """Catches a wrong shape where nothing was found."""
    with index.snapshot():
        assert span_features(index, understand(MOLE), [], []).shape == (0, len(SPAN_FEATURES))


@pytest.mark.parametrize(
    ("one", "two"), [("The Mole,", "mole"), ("300", "300."), ("an  old\nboat", "Old boat")]
)
def test_answers_are_compared_without_trimmings(one: str, two: str) -> None:
    """Catches the same answer counting as two."""
    assert normalise_answer(one) == normalise_answer(two)


def test_a_passage_is_read_with_its_neighbours(
    documents: Path, encoder: Encoder, index_folder: Path
) -> None:
    """Catches an answer that is cut by the end of a passage, and text of another section."""
    sentences = [f"Sentence number {n} tells of the lamp and of the keeper." for n in range(60)]
    (documents / "long.md").write_text(
        "# One\n\n" + " ".join(sentences) + "\n\n# Two\n\nThe second part begins here.\n"
    )
    build(documents, encoder, passage_tokens=128)
    index = PassageIndex.open(index_folder, encoder)
    with index.snapshot():
        hits = Retriever(index).retrieve(understand("Which sentence tells of the lamp?"), 50)
        inside = [h for h in hits if h.passage.document == "long.md"]
        for hit, context in zip(inside, build_contexts(index, inside), strict=True):
            text = index.document("long.md").text
            passage = hit.passage
            assert context.span.start <= passage.start < passage.end <= context.span.end
            assert context.text == text[context.span.start : context.span.end]
            if 10 < passage.start < text.index("# Two") - 5:
                assert context.span.start < passage.start
                assert context.text.startswith("Sentence number")
            assert not ("# Two" in context.text and "number 1 " in context.text)
    index.close()


def test_how_many_passages_are_read(index: PassageIndex) -> None:
    """Catches a reader that reads all hits, and takes too long."""

    class Counting(RuleModel):
        seen = 0

        def score(self, windows: Sequence[object]) -> list[object]:  # type: ignore[override]
            Counting.seen += len(windows)
            return super().score(windows)  # type: ignore[arg-type, return-value]

    read(index, Counting({}, {}), "What is the lamp of the station like?")
    assert 0 < Counting.seen <= PASSAGES_READ
