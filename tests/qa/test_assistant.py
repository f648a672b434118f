"""Retriever and assistant, on six documents with the word-hashing encoder."""

import dataclasses
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import InputError, SettingsError
from index import BuildReport, Encoder, PassageIndex, build
from qa import (
    Answer,
    Assistant,
    Excerpt,
    Filter,
    Hit,
    Question,
    ReaderOutput,
    Retriever,
    understand,
)
from qa.formats import answer_to_json, to_text
from qa.reading.calibration import FALSE_ANSWER_RATES, Calibration, Linear
from qa.reading.reader import NeuralReader
from qa.types import AnswerForm

STATION = {f"station/{name}" for name in ("a [1].txt", "handbook.md", "log.txt", "tides.html")}
HORN = "How often does the horn sound when the visibility falls below two miles?"


def by_words(form: AnswerForm = "span", least_answerability: float = 2.0) -> Calibration:
    """Return what goes by the share of the question's words in a passage, above all.

    Args:
        form: of every answer but those to questions that ask how, or whether something is so.
        least_answerability: from which such probability on there is a perhaps; by default never.
    """
    shared = {"share of the question's terms in the passage": 12.0}
    network = {
        "share of the answer's start in the sentence, logarithm": 1.0,
        "share of the answer's end in the sentence, logarithm": 1.0,
    }
    return Calibration(
        ranking=Linear(shared | network),
        words=Linear(shared, -6.0),
        answerability=Linear(shared, -6.0),
        forms={"span": Linear({}), form: Linear({}, 1.0)},
        thresholds=((0, 1), (1, 0)),
        least_answerability=least_answerability,
    )


@pytest.fixture
def index(built: BuildReport, index_folder: Path, encoder: Encoder) -> Iterator[PassageIndex]:
    """Return the open index of the six documents."""
    opened = PassageIndex.open(index_folder, encoder)
    yield opened
    opened.close()


@pytest.fixture
def assistant(index: PassageIndex) -> Assistant:
    """Return an assistant whose reader goes by shared words only, and says no below one half."""
    return Assistant(index, NeuralReader(index, 0.5, calibrated=by_words()))


def without_timings(answer: Answer) -> str:
    """Return all of an answer that must not change from one time to the next."""
    return answer_to_json(dataclasses.replace(answer, timings_ms={}))


# ---- retriever ----


def test_the_right_passage_comes_first(index: PassageIndex) -> None:
    """Catches a ranking by the worse of two scores, or from bad to good."""
    with index.snapshot():
        hits = Retriever(index).retrieve(understand(HORN), 5)
    assert hits[0].passage.document == "station/handbook.md"
    assert hits[0].passage.heading == "Keeper's handbook > The fog signal"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_every_hit_has_its_exact_scores(index: PassageIndex) -> None:
    """Catches guessed similarities for passages that only BM25 found, and a score out of step."""
    question = understand(HORN)
    with index.snapshot():
        hits = Retriever(index).retrieve(question, 100)
        vector = index.encoder.encode_question(question.text)
        ids, similarities = index.search_vectors(vector, 100)
        passages = index.passages([int(id_) for id_ in ids])
        exact = {passages[int(i)]: float(s) for i, s in zip(ids, similarities, strict=True)}
    assert {hit.passage: pytest.approx(hit.similarity, abs=1e-3) for hit in hits} == exact
    best = max(hit.bm25 for hit in hits)
    for hit in hits:
        assert hit.score == pytest.approx(2.2 * hit.similarity + hit.bm25 / best, abs=1e-5)


def test_a_question_without_words_retrieves_nothing(index: PassageIndex) -> None:
    """Catches the nearest passages to nothing being offered."""
    with index.snapshot():
        assert Retriever(index).retrieve(understand("?!"), 5) == []


def test_copies_are_one_hit(documents: Path, encoder: Encoder, index_folder: Path) -> None:
    """Catches copies of one page crowding out all else, and pages alike in score but not in words.

    The hashing encoder and BM25 know no order, so that "a b" and "b a" score the same.
    """
    for name, text in [("a", "Boats landed gravel."), ("b", "Boats landed gravel."),
                       ("c", "Gravel landed boats."), ("d", "Boats landed gravel.")]:  # fmt: skip
        (documents / f"{name}.txt").write_text(text, "utf-8")
    build(documents, encoder)
    index = PassageIndex.open(index_folder, encoder)
    with index.snapshot():
        hits = Retriever(index).retrieve(understand("landed gravel boats"), 3)
    index.close()
    found = [(hit.passage.document, *(copy.document for copy in hit.copies)) for hit in hits[:2]]
    assert found == [("a.txt", "b.txt", "d.txt"), ("c.txt",)]
    assert len(hits) == 3


def test_a_no_names_the_copies_too(assistant: Assistant, documents: Path, encoder: Encoder) -> None:
    """Catches three copies of one passage as the three nearest."""
    for name in ("a", "b"):
        (documents / f"{name}.txt").write_text("The zeppelin of the mayor is grey.", "utf-8")
    build(documents, encoder)
    answer = assistant.ask("Which opera about a zeppelin did Verdi compose?")
    assert not answer.found
    nearest = answer.nearest[0]
    assert (nearest.document, nearest.number) == ("a.txt", 1)
    assert [(c.document, c.number, c.quote) for c in nearest.also] == [("b.txt", 1, nearest.quote)]
    assert "b.txt" not in [c.document for c in answer.nearest]


# ---- assistant ----


def test_an_answer_is_cited_to_the_character(assistant: Assistant, documents: Path) -> None:
    """Catches an answer from the wrong sentence, document or line."""
    answer = assistant.ask(HORN)
    assert answer.found
    citation = answer.citations[0]
    text = (documents / "station/handbook.md").read_text("utf-8")
    assert citation.document == "station/handbook.md"
    assert text[citation.start : citation.end] == citation.quote
    assert citation.quote.startswith("The horn sounds once every 90 seconds")
    assert text.splitlines()[citation.line - 1].startswith("The horn sounds")
    assert answer.text in citation.quote
    assert answer.nearest == ()


@pytest.mark.parametrize(
    ("only", "asked"),
    [
        (["station/handbook.md"], {"station/handbook.md"}),
        (["station"], STATION),
        (["station/"], STATION),
        (["*.md", "station/a [1].txt"], {"station/handbook.md", "station/a [1].txt"}),
    ],
)
def test_only_the_chosen_documents_are_asked(
    assistant: Assistant, documents: Path, encoder: Encoder, only: list[str], asked: set[str]
) -> None:
    """Catches a choice that is ignored, made after the passages were found, or read too widely."""
    for name in ("station/a [1].txt", "station-2.txt", "b.txt"):
        (documents / name).write_text(f"{HORN} {HORN}", "utf-8")
    build(documents, encoder)
    answer = assistant.ask(HORN, only=only)
    found = {p.document for hit in answer.hits for p in (hit.passage, *hit.copies)}
    assert found == asked
    assert answer.searched.documents == len(asked)
    everything = assistant.ask(HORN).searched
    assert 0 < answer.searched.passages < everything.passages


def test_a_choice_of_nothing_is_an_error(assistant: Assistant) -> None:
    """Catches a no that is not true, because a name was misspelt."""
    with pytest.raises(InputError, match=r"'station/handbok\.md'"):
        assistant.ask(HORN, only=["station", "station/handbok.md"])


def test_a_no_shows_what_was_searched(assistant: Assistant, built: BuildReport) -> None:
    """Catches an answer made up from the nearest passage, and a no without its evidence."""
    answer = assistant.ask("Which opera did Verdi compose for Cairo about an Ethiopian princess?")
    assert (answer.found, answer.text, answer.citations) == (False, "", ())
    assert (answer.searched.documents, answer.searched.passages) == (6, built.passages)
    assert len(answer.nearest) == 3
    assert answer.nearest[0].document == answer.hits[0].passage.document


@pytest.mark.parametrize("question", ["", " \n\t", "?", "…!?", "\x00", "—" * 100_000])
def test_questions_without_words_get_an_honest_no(assistant: Assistant, question: str) -> None:
    """Catches a traceback, or passages offered for a question that asks nothing."""
    answer = assistant.ask(question)
    assert (answer.found, answer.hits, answer.question) == (False, (), question)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=100), st.text(min_size=1, max_size=10).map(lambda t: t * 10_000)))
def test_any_question_gets_an_answer_that_holds(assistant: Assistant, question: str) -> None:
    """Catches any text, of any length or language, that ends in an error or a false quotation."""
    answer = assistant.ask(question)
    assert answer.found == bool(answer.citations)
    for citation in (*answer.citations, *answer.nearest):
        document = assistant.document(citation.document)
        assert document.text[citation.start : citation.end] == citation.quote
        assert document.sha256 == citation.sha256


def test_the_same_question_gets_the_same_bytes(
    assistant: Assistant, index_folder: Path, encoder: Encoder
) -> None:
    """Catches an answer that depends on what was asked before, on threads or on open handles."""
    first = without_timings(assistant.ask(HORN))
    assistant.ask("Who repairs the roof?")
    assert without_timings(assistant.ask(HORN)) == first
    with (
        Assistant.open("unused", index=index_folder, encoder=encoder) as one,
        Assistant.open("unused", index=index_folder, encoder=encoder) as other,
    ):
        assert without_timings(one.ask(HORN)) == without_timings(other.ask(HORN))


def test_threads_do_not_mix_up_answers(assistant: Assistant) -> None:
    """Catches two people's questions sharing one transaction or one result."""
    questions = [HORN, "Who repairs the roof of the tower?", "What does a child pay?"] * 4
    expected = {question: without_timings(assistant.ask(question)) for question in set(questions)}
    got: list[tuple[str, str]] = []

    def ask(question: str) -> None:
        got.append((question, without_timings(assistant.ask(question))))

    threads = [threading.Thread(target=ask, args=(question,)) for question in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(questions)
    assert all(expected[question] == answer for question, answer in got)


def test_nobody_waits_for_somebody_who_keeps_asking(assistant: Assistant) -> None:
    """Catches a lock that one person takes again before the others get it."""
    done, enough = [0], threading.Event()

    def keep_asking() -> None:
        while not enough.is_set():
            assistant.ask(HORN)
            done[0] += 1

    busy = threading.Thread(target=keep_asking)
    busy.start()
    waited = []
    for _ in range(20):
        before = done[0]
        assistant.ask(HORN)
        waited.append(done[0] - before)
    enough.set()
    busy.join()
    assert max(waited) <= 3, waited


class MeetingReader:
    """Answers nothing, and only when two are reading at the same time."""

    def __init__(self, meeting: threading.Barrier) -> None:
        self._meeting = meeting

    def read(self, question: Question, hits: Sequence[Hit]) -> ReaderOutput:
        """Wait for the other one."""
        self._meeting.wait(20)
        return ReaderOutput((), "not_in_documents", "span", 0.0, 0.0)


def test_two_questions_are_worked_on_at_a_time_on_the_newest_state(
    index: PassageIndex, documents: Path, encoder: Encoder
) -> None:
    """Catches processors that wait for each other, and a second handle that stays behind."""
    meeting = threading.Barrier(2)
    with Assistant(
        index, MeetingReader(meeting), make_reader=lambda _: MeetingReader(meeting)
    ) as assistant:
        for name in ("new.txt", "newer.txt"):
            (documents / name).write_text(f"The ceremonial zeppelin of {name} is purple.", "utf-8")
            build(documents, encoder)
            with ThreadPoolExecutor(2) as people:
                answers = list(people.map(assistant.ask, ["purple zeppelin?"] * 2))
            assert [name in {h.passage.document for h in a.hits} for a in answers] == [True] * 2


def test_the_stages_of_an_answer_end_with_what_asking_returns(assistant: Assistant) -> None:
    """Catches stages that are told only at the end, another answer, and an error that is lost."""
    *stages, answer = assistant.ask_in_stages(HORN)
    assert stages == ["searching", "reading", "quoting"]
    assert isinstance(answer, Answer)
    assert without_timings(answer) == without_timings(assistant.ask(HORN))
    told: list[str] = []
    assistant.ask(HORN, on_stage=told.append)
    assert told == stages
    with pytest.raises(InputError, match="nope"):
        list(assistant.ask_in_stages(HORN, only=["nope.md"]))
    assert assistant.ask(HORN).found


def test_an_answer_that_nobody_waits_for_stands_in_nobodys_way(assistant: Assistant) -> None:
    """Catches a question that holds its place until somebody takes its stages."""
    for _ in range(5):
        assert next(assistant.ask_in_stages(HORN)) == "searching"
    assert assistant.ask(HORN).found


def test_a_new_build_is_picked_up(assistant: Assistant, documents: Path, encoder: Encoder) -> None:
    """Catches an assistant that must be restarted after a build."""
    question = "What colour is the ceremonial zeppelin?"
    assert not assistant.ask(question).found
    (documents / "new.txt").write_text("The ceremonial zeppelin is of a purple colour.", "utf-8")
    build(documents, encoder)
    answer = assistant.ask(question)
    assert answer.found
    assert answer.citations[0].document == "new.txt"


class FixedReader:
    """A reader that always returns the same excerpts; the protocol needs no more."""

    def __init__(self, *excerpts: Excerpt) -> None:
        self._excerpts = excerpts

    def read(self, question: Question, hits: Sequence[Hit]) -> ReaderOutput:
        """Return the fixed excerpts."""
        return ReaderOutput(self._excerpts, "answered", "span", 0.9, 0.9)


def test_a_reader_cannot_quote_outside_the_document(index: PassageIndex) -> None:
    """Catches a quotation cut short without a word when a reader returns wrong offsets."""
    wrong = Excerpt("station/handbook.md", 0, 10**6, 0, 10, 0.9)
    with pytest.raises(ValueError, match="no part of"):
        Assistant(index, FixedReader(wrong)).ask(HORN)


def test_another_reader_takes_the_place(index: PassageIndex) -> None:
    """Catches an assistant that is tied to the sentence reader."""
    fixed = Excerpt("station/handbook.md", 2, 19, 2, 8, 0.9)
    answer = Assistant(index, FixedReader(fixed)).ask(HORN)
    assert (answer.text, answer.citations[0].quote) == ("Keeper", "Keeper's handbook")


# ---- the forms of answers ----

TREES = """# The garden

Behind the tower grow oak, elm and ash. Nobody planted them; they were brought by birds.

To water the garden of the tower:

1. Fill the can at the well.
2. Carry it up the path. It is
   steep, so take your time.
3. Pour it out.

The can holds nine litres.
"""


@pytest.mark.parametrize(
    ("form", "question", "text", "quotes"),
    [
        (
            "span",
            "How many litres does the can hold?",
            "nine",
            ["The can holds nine litres."],
        ),
        (
            "list",
            "Which trees grow behind the tower?",
            "oak, elm and ash",
            ["Behind the tower grow oak, elm and ash."] * 3,
        ),
        (
            "sentences",
            "Who brought the trees behind the tower?",
            "Nobody planted them; they were brought by birds.",
            ["Nobody planted them; they were brought by birds."],
        ),
        (
            "steps",
            "How do I water the garden of the tower?",
            "1. Fill the can at the well.\n"
            "2. Carry it up the path. It is\n   steep, so take your time.\n"
            "3. Pour it out.",
            [
                "1. Fill the can at the well.",
                "2. Carry it up the path. It is\n   steep, so take your time.",
                "3. Pour it out.",
            ],
        ),
    ],
)
def test_each_form_is_cited_part_by_part(
    index: PassageIndex,
    documents: Path,
    form: AnswerForm,
    question: str,
    text: str,
    quotes: list[str],
) -> None:
    """Catches a form that loses its parts between the reader and the answer."""
    (documents / "garden.md").write_text(TREES, "utf-8")
    build(documents, index.encoder)
    wanted: AnswerForm = "span" if form == "steps" else form
    assistant = Assistant(index, NeuralReader(index, 1.0, calibrated=by_words(wanted)))
    answer = assistant.ask(question)
    parts = answer.citations[: answer.parts]
    assert (answer.verdict, answer.form) == ("answered", form)
    assert [citation.quote for citation in parts] == quotes
    assert answer.text == text
    assert {citation.document for citation in parts} == {"garden.md"}
    assert all(TREES[c.start : c.end] == c.quote for c in parts)
    assert [citation.number for citation in parts] == list(range(1, len(parts) + 1))


def test_a_perhaps_has_citations_and_says_how_sure_it_is(index: PassageIndex) -> None:
    """Catches a perhaps without its sentences, with the nearest passages, or taken for a no."""
    reader = NeuralReader(index, 0.0, calibrated=by_words(least_answerability=0.5))
    answer = Assistant(index, reader, fitted_on="ten questions").ask(HORN)
    assert (answer.verdict, answer.found, answer.nearest) == ("perhaps", True, ())
    assert answer.citations[0].quote.startswith("The horn sounds once every 90 seconds")
    assert answer.citations[0].answer == answer.citations[0].quote
    assert answer.parts == len(answer.citations) <= 3
    assert answer.answerability > 0.9
    assert answer.fitted_on == "ten questions"


# ---- reader ----


def test_the_only_number_is_the_short_answer(assistant: Assistant) -> None:
    """Catches a number of the question, or the whole sentence, where one number was asked for."""
    answer = assistant.ask("At most how many visitors may stand on the gallery at a time?")
    assert answer.text == "eight"


def test_what_is_counted_picks_the_number(assistant: Assistant) -> None:
    """Catches giving up, or the first number, where the sentence has several."""
    answer = assistant.ask("How many nautical miles is the light seen in clear weather?")
    assert (answer.text, answer.citations[0].quote[:9]) == ("21", "The light")


def test_both_sources_are_quoted(assistant: Assistant, documents: Path, encoder: Encoder) -> None:
    """Catches an answer that hides a second source which says something else."""
    (documents / "a.txt").write_text("The zeppelin of the mayor weighs 90 tonnes.", "utf-8")
    (documents / "b.txt").write_text("The zeppelin of the mayor weighs 80 tonnes.", "utf-8")
    build(documents, encoder)
    answer = assistant.ask("How many tonnes does the zeppelin of the mayor weigh?")
    assert sorted(c.answer for c in answer.citations[:2]) == ["80", "90"]


def test_the_settings_beside_the_index_hold_here_too(
    built: BuildReport, documents: Path, index_folder: Path, encoder: Encoder
) -> None:
    """Catches a program that answers at another rate than the command line, for want of the file.

    And a setting that outdoes what the program asks for, and a misspelt one that is ignored.
    """
    settings_file = index_folder / "settings.toml"
    settings_file.write_text("false_answer_rate = 0.25\n", "utf-8")
    with Assistant.open(documents, encoder=encoder) as opened:
        assert opened.ask(HORN).false_answer_rate == 0.25
    with Assistant.open(documents, encoder=encoder, false_answer_rate="eager") as opened:
        assert opened.ask(HORN).false_answer_rate == FALSE_ANSWER_RATES["eager"]
    settings_file.write_text("false_answer_rates = 0.25\n", "utf-8")
    with pytest.raises(SettingsError, match="did you mean 'false_answer_rate'"):
        Assistant.open(documents, encoder=encoder)


def test_an_empty_index_says_that_the_documents_do_not_say(
    documents: Path, encoder: Encoder, built: BuildReport, assistant: Assistant
) -> None:
    """Catches an exception over no passages, and the blame put on a question with words."""
    assert assistant.ask(HORN).found
    for id_ in built.added:
        (documents / id_).unlink()
    build(documents, encoder)
    answer = assistant.ask(HORN)
    assert (answer.found, answer.citations, answer.nearest, answer.hits) == (False, (), (), ())
    assert (answer.searched.documents, answer.searched.passages) == (0, 0)
    assert to_text(answer).startswith("The documents do not say.\n")
    assert (assistant.search(HORN), assistant.documents()) == ((), [])
    with pytest.raises(InputError, match="No document in the index"):
        assistant.ask(HORN, only=["*.txt"])


def test_a_filter_is_kept_by_every_call(
    assistant: Assistant, documents: Path, encoder: Encoder
) -> None:
    """Catches a call that forgets the filter, one made after the search, and a lost author."""
    for year, author in ((2012, "Ann Smith"), (2015, "Ján Perks")):
        said = f"---\ndate: {year}\nauthor: {author}\n---\n\n{HORN} {HORN}\n"
        (documents / f"{year}.md").write_text(said, "utf-8")
    build(documents, encoder)
    for where, left in (
        (Filter(after="2013"), "2015.md"),
        (Filter(before="2013"), "2012.md"),
        (Filter(by="jan perks", type="md"), "2015.md"),
    ):
        answer = assistant.ask(HORN, where=where)
        assert (answer.searched.documents, {hit.passage.document for hit in answer.hits}) == (
            1,
            {left},
        )
        assert {found.document for found in assistant.search(HORN, where=where)} == {left}
        *_, staged = assistant.ask_in_stages(HORN, where=where)
        assert isinstance(staged, Answer)
        assert without_timings(staged) == without_timings(answer)
    with pytest.raises(InputError, match="that was named is dated from 2013 on"):
        assistant.ask(HORN, only=["2012.md"], where=Filter(after="2013"))
