"""The composed reader: which of the cell and the text answers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import FileLoader, LoadedFile
from index import HashEncoder, PassageIndex, build
from qa.question import Question, understand
from qa.retriever import Retriever
from qa.tables import TableReader
from qa.tables.judging import cell_calibration
from qa.types import AnswerVerdict, Excerpt, Hit, ReaderOutput
from tests.qa.tables.documents import table_document

PROSE = "Kelp Ltd paid wages of 54 in 2018, says the letter."
REPORT = table_document(
    [
        (("Wages",), ("55", "44")),
        (("Rent of boats",), ("21", "33")),
        (("Manager of the yard",), ("Ann Lee", "Bo Fry")),
    ],
    columns=("2018", "2017"),
    caption="Costs of Kelp Ltd",
    before=PROSE,
    title="Kelp Ltd: report 2018",
)


class TextReader:
    """Says what it was made with."""

    def __init__(self, words: str = "", confidence: float = 0.0) -> None:
        self._words, self._confidence = words, confidence

    def read(self, _: Question, hits: Sequence[Hit]) -> ReaderOutput:
        """Return the words as a span in their line, or nothing."""
        ranking = tuple(range(len(hits)))
        if not self._words:
            return ReaderOutput((), "not_in_documents", "span", 0.0, 0.0, ranking=ranking)
        start = REPORT.text.index(self._words)
        end = start + len(self._words)
        line = REPORT.text.rfind("\n", 0, start) + 1
        excerpt = Excerpt(REPORT.id, line, end, start, end, self._confidence)
        odds = self._confidence, self._confidence
        return ReaderOutput((excerpt,), "answered", "span", *odds, 1, (), ranking)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PassageIndex]:
    """Return the open index of the report alone."""
    loaded = LoadedFile("", (REPORT,))
    monkeypatch.setattr(FileLoader, "load_all", lambda *_: loaded)
    (tmp_path / REPORT.id).write_text("anything")
    build(tmp_path, HashEncoder())
    opened = PassageIndex.open(tmp_path / ".pincite", HashEncoder())
    yield opened
    opened.close()


def read(index: PassageIndex, question: str, text: TextReader) -> ReaderOutput:
    """Return what the composed reader makes of ``question``."""
    understood = understand(question)
    with index.snapshot():
        hits = Retriever(index).retrieve(understood, 10)
        # The encoder of tests finds everything less similar than the one that this is fitted to.
        fitted = replace(cell_calibration(), least_near=0.05)
        return TableReader(index, text, 0.35, fitted).read(understood, hits)


def answers(output: ReaderOutput) -> tuple[AnswerVerdict, list[str]]:
    """Return the verdict and the marked words of the answer's parts."""
    parts = output.excerpts[: output.parts]
    return output.verdict, [REPORT.text[e.answer_start : e.answer_end] for e in parts]


def test_a_figure_is_the_cell_of_its_row_and_year(index: PassageIndex) -> None:
    """Catches the other year's number, and a run of numbers."""
    output = read(index, "What was the rent of boats at Kelp Ltd in 2017?", TextReader())
    assert answers(output) == ("answered", ["33"])
    assert (output.form, output.fitted_on) == ("cells", "questions about generated tables")
    assert output.confidence >= 0.5


def test_a_run_of_numbers_is_no_answer(index: PassageIndex) -> None:
    """Catches a span over several cells that is answered because the network is sure of it."""
    output = read(index, "What was the glue of Ostrava in 1999?", TextReader("44\t\nRent", 0.96))
    assert output.verdict != "answered"


def test_prose_answers_where_it_is_likelier_right(index: PassageIndex) -> None:
    """Catches a table that always wins."""
    output = read(index, "What wages were paid in 2018, says the letter?", TextReader("54", 0.999))
    assert answers(output) == ("answered", ["54"])
    assert output.form == "span"


def test_a_name_in_a_cell_may_be_read(index: PassageIndex) -> None:
    """Catches text cells that only count as answers if their heads are said."""
    output = read(index, "Who looks after everything?", TextReader("Ann Lee", 0.9))
    assert answers(output) == ("answered", ["Ann Lee"])


def test_without_a_year_the_row_is_shown(index: PassageIndex) -> None:
    """Catches a guess between two columns that fit equally."""
    output = read(index, "What was the rent of boats at Kelp Ltd?", TextReader())
    verdict, (marked,) = answers(output)
    assert (verdict, marked) == ("perhaps", "Rent of boats\t21\t33")


def test_a_change_is_both_cells(index: PassageIndex) -> None:
    """Catches a comparison that is answered with one number, or with the years turned round."""
    question = "How much did the rent of boats at Kelp Ltd change from 2017 to 2018?"
    assert answers(read(index, question, TextReader())) == ("answered", ["33", "21"])


@pytest.mark.parametrize(
    "question",
    [
        "What was the rent of boats at Kelp Ltd in 2009?",
        "What was the price of gold at Quartz plc in 2018?",
        "What was the rent of boats at Quartz in 2018?",
    ],
)
def test_what_is_not_there_is_not_answered(index: PassageIndex, question: str) -> None:
    """Catches another year, another item or another company given for what was asked."""
    assert read(index, question, TextReader()).verdict != "answered"


def test_a_text_without_tables_is_read_as_before(
    tmp_path: Path, documents: Path, encoder: HashEncoder, index_folder: Path
) -> None:
    """Catches an answer that changes although there is no table."""
    build(documents, encoder)
    opened = PassageIndex.open(index_folder, encoder)
    question = understand("When is the lamp lit?")
    with opened.snapshot():
        hits = Retriever(opened).retrieve(question, 10)
        output = ReaderOutput((), "not_in_documents", "span", 0.1, 0.2)

        class Fixed:
            def read(self, _: Question, __: Sequence[Hit]) -> ReaderOutput:
                return output

        assert TableReader(opened, Fixed(), 0.35).read(question, hits) is output
    opened.close()
