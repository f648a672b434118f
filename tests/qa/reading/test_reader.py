"""The neural reader: what it makes of the network's scores."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from corpus import Passage, Span
from index import Encoder, PassageIndex, build
from qa.question import understand
from qa.reading.calibration import Calibration, Linear
from qa.reading.composition import AnswerPart
from qa.reading.model import SpanModel, Window, WindowScores
from qa.reading.quotations import quote_part
from qa.reading.reader import PASSAGES_READ, NeuralReader
from qa.reading.sentences import read_sentences
from qa.reading.spans import Context, build_contexts, normalise_answer
from qa.retriever import Retriever
from qa.types import AnswerForm, Hit, ReaderOutput
from tests.qa.reading.test_spans import RuleModel

# The score of a sentence's best span, and nothing else.
SCORE = {"score of the span above that of no answer": 1.0, "score of no answer": 1.0}


def by_score(form: AnswerForm = "span", least_answerability: float = 2.0) -> Calibration:
    """Return what goes by the span's score alone: one of 4 is as likely right as wrong.

    Args:
        form: of every answer.
        least_answerability: from which probability on a passage may answer; of one whose best span
            has the score 0, it is one half.
    """
    return Calibration(
        ranking=Linear(SCORE),
        words=Linear(SCORE, -4.0),
        answerability=Linear(SCORE),
        forms={"span": Linear({}), form: Linear({}, 1.0)},
        thresholds=((0.0, 1.0), (0.5, 0.5), (1.0, 0.0)),
        least_answerability=least_answerability,
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
    index: PassageIndex,
    model: SpanModel,
    question: str,
    false_answer_rate: float = 0.5,
    calibrated: Calibration | None = None,
) -> ReaderOutput:
    """Return what the reader makes of ``question``."""
    understood = understand(question)
    judged = calibrated or by_score()
    with index.snapshot():
        hits = Retriever(index).retrieve(understood, 10)
        return NeuralReader(index, false_answer_rate, model, judged).read(understood, hits)


def texts(index: PassageIndex, reading: ReaderOutput) -> list[tuple[str, str, str]]:
    """Return document, quotation and short answer of each excerpt."""
    found = []
    with index.snapshot():
        for e in reading.excerpts:
            text = index.document(e.document).text
            found.append((e.document, text[e.start : e.end], text[e.answer_start : e.answer_end]))
    return found


MOLE = "How many metres long is the mole?"
FORMS: tuple[AnswerForm, ...] = ("span", "list", "sentences", "steps")


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
        start = whole.text.index("300")
        context = Context(whole, Span(0, len(whole.text)), whole.text, "", 0)
        (sentence,) = read_sentences(RuleModel({}, {}), MOLE, [context])
        part = AnswerPart(sentence, sentence.span, Span(start, start + 3), 0.9)
        quotation = quote_part(index, hit, part)
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
            ranking = NeuralReader(index, 0.0, model, by_score()).read(question, hits).ranking
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


def test_between_yes_and_no_there_is_perhaps(index: PassageIndex) -> None:
    """Catches a passage that probably answers being passed over, and thresholds taken wrongly.

    The words of a score of 3.8 are right with a probability of 0.45, their passage answers with
    one of 0.98; the rate asks for 0.5 of the former.
    """
    model = RuleModel({"300": 1.9}, {})
    for least, verdict in ((0.97, "perhaps"), (0.99, "not_in_documents")):
        found = read(index, model, MOLE, calibrated=by_score(least_answerability=least))
        assert found.verdict == verdict
        assert found.confidence == pytest.approx(0.45, abs=0.01)
        assert found.answerability == pytest.approx(0.978, abs=0.001)
    sure = read(index, RuleModel({"300": 2.1}, {}), MOLE, calibrated=by_score())
    assert sure.verdict == "answered"


def test_perhaps_shows_the_best_sentences_whole(index: PassageIndex) -> None:
    """Catches unsure words marked as the answer, and sentences that are far from the best one."""
    model = RuleModel({"300": 1.9, "310": 1.8, "lamp": -1.0}, {})
    found = read(index, model, MOLE, calibrated=by_score(least_answerability=0.5))
    assert found.verdict == "perhaps"
    assert texts(index, found) == [
        ("a.txt", *["The mole is 300 metres long."] * 2),
        ("b.txt", *["The mole is 310 metres long."] * 2),
    ]
    assert found.parts == len(found.excerpts)


def test_perhaps_shows_the_same_words_once(index: PassageIndex, documents: Path) -> None:
    """Catches three sources of one sentence as three places where the answer may stand."""
    for name in ("c", "d"):
        text = f"Day {name}. The mole is 300 metres long. Night {name}."
        (documents / f"{name}.txt").write_text(text)
    build(documents, index.encoder)
    model = RuleModel({"300": 1.9, "310": 1.8}, {})
    found = read(index, model, MOLE, calibrated=by_score(least_answerability=0.5))
    assert found.verdict == "perhaps"
    quotes = [quote for _, quote, _ in texts(index, found)]
    assert quotes.count("The mole is 300 metres long.") == 1
    where = {found.excerpts[0].document, *(e.document for e in found.excerpts[0].also)}
    assert where == {"a.txt", "c.txt", "d.txt"}


@pytest.mark.parametrize("score", [-5.0, -1.0, 1.0, 4.0])
@pytest.mark.parametrize("least", [0.0, 0.5, 2.0])
def test_the_rate_of_one_always_answers_and_that_of_none_never(
    index: PassageIndex, score: float, least: float
) -> None:
    """Catches a rate that does not keep what it says at its ends."""
    model, judged = RuleModel({"300": score}, {}), by_score(least_answerability=least)
    assert read(index, model, MOLE, 1.0, judged).verdict == "answered"
    never = read(index, model, MOLE, 0.0, judged)
    assert never.verdict != "answered"
    assert (never.verdict == "perhaps") == (never.answerability >= least)


def test_reading_twice_gives_the_same(index: PassageIndex) -> None:
    """Catches an order that depends on what was read before."""
    model = RuleModel({"300": 4.0, "310": 4.0, "lamp": 4.0}, {})
    for form in FORMS:
        first = read(index, model, MOLE, calibrated=by_score(form))
        assert read(index, model, MOLE, calibrated=by_score(form)) == first


def test_the_parts_of_a_list_are_its_items(index: PassageIndex, documents: Path) -> None:
    """Catches a list of one citation, and items of which the wrong words are marked."""
    (documents / "trees.txt").write_text("On the mole grow oak, elm and ash. It was dry.")
    build(documents, index.encoder)

    class Listing(RuleModel):
        def score(self, windows: Sequence[Window]) -> list[WindowScores]:
            scored = super().score(windows)
            for window, scores in zip(windows, scored, strict=True):
                words = [str(self._tokenizer.id_to_token(i)) for i in window.ids.tolist()]
                if "oak" in words:
                    scores.starts[words.index("oak") - window.text_start] = 9.0
                    scores.ends[words.index("ash") - window.text_start] = 9.0
            return scored

    found = read(index, Listing({}, {}), "Which trees grow?", calibrated=by_score("list"))
    assert (found.verdict, found.form, found.parts) == ("answered", "list", 3)
    quote = "On the mole grow oak, elm and ash."
    assert texts(index, found) == [("trees.txt", quote, tree) for tree in ("oak", "elm", "ash")]


def test_the_parts_of_sentences_are_whole_and_in_the_texts_order(
    index: PassageIndex, documents: Path
) -> None:
    """Catches sentences in the order of their scores, and words marked in them."""
    (documents / "why.txt").write_text("It fell because of rain. It was old. It stood on sand.")
    build(documents, index.encoder)
    model = RuleModel({"rain": 3.0, "sand": 3.4, "old": 0.0}, {})
    found = read(index, model, "Why did it fall on the sand?", calibrated=by_score("sentences"))
    assert (found.verdict, found.form, found.parts) == ("answered", "sentences", 2)
    expected = ["It fell because of rain.", "It stood on sand."]
    assert texts(index, found) == [("why.txt", text, text) for text in expected]


def test_the_parts_of_a_procedure_are_its_steps(index: PassageIndex, documents: Path) -> None:
    """Catches one step for the whole procedure."""
    text = "To cross the mole do this:\n\n1. Wait for the ebb.\n2. Walk fast.\n\nIt was dry.\n"
    (documents / "cross.txt").write_text(text)
    build(documents, index.encoder)
    model = RuleModel({"wait": 4.0}, {})
    found = read(index, model, "How do I cross the mole?")
    assert (found.verdict, found.form, found.parts) == ("answered", "steps", 2)
    steps = ["1. Wait for the ebb.", "2. Walk fast."]
    assert texts(index, found) == [("cross.txt", step, step) for step in steps]


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
        reading = NeuralReader(index, 1.0, RuleModel({}, {}), by_score()).read(question, [])
    assert reading == ReaderOutput((), "not_in_documents", "span", 0.0, 0.0)


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

        def score(self, windows: Sequence[Window]) -> list[WindowScores]:
            Counting.seen += len(windows)
            return super().score(windows)

    read(index, Counting({}, {}), "What is the lamp of the station like?")
    assert 0 < Counting.seen <= PASSAGES_READ
