"""The evaluation: questions read, six documents asked, the report written, read and compared."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import InputError
from index import BuildReport, Encoder, build, index_folder_of
from pincite.cli import FAILED, run
from pincite.evaluation.causes import cause_of, losses, worst
from pincite.evaluation.compare import compare
from pincite.evaluation.measures import RANKED, holds, share_held
from pincite.evaluation.page import page
from pincite.evaluation.questions import Expected, read_questions
from pincite.evaluation.records import EvaluationRun, Record
from pincite.evaluation.report import TRULY_NOT, Report, measures_of, read_report, write_report
from pincite.evaluation.run import ask_all
from qa import (
    AnswerForm,
    AnswerVerdict,
    Assistant,
    Excerpt,
    Hit,
    Question,
    ReaderOutput,
)
from qa.formats import answer_to_dict
from qa.reading import calibration

HORN = "How often does the horn sound when the visibility falls below two miles?"
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1).map(str.strip).filter(bool)
PATHS = TEXTS.filter(lambda name: "\\" not in name and not name.startswith("./"))


def record(question: str = "Who?", **changes: object) -> Record:
    """Return a record of a question that went well, but for ``changes``."""
    plain = Record(
        expected=Expected(1, "1", question, ("a.txt",), ("Ann",), True),
        retrieved=(),
        first_right=1,
        text="Ann",
        quote="It was Ann.",
        place="a.txt, line 1",
        confidence=0.9,
        verdict="answered",
        form="span",
        right=True,
        scores={"coverage": 1.0, "F1": 1.0, "false refusals": 0.0},
        citations=1,
        verified=1,
        milliseconds={"retrieve": 1.0, "read": 2.0, "quote": 0.5, "total": 3.5},
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def report_of(*records: Record) -> Report:
    """Return the report on these records."""
    return Report(
        made="2026-01-31T12:00:00+00:00",
        version="1",
        folder="docs",
        questions="q.jsonl",
        false_answer_rate=0.03,
        threshold=0.5,
        refitted=False,
        documents=1,
        passages=2,
        seconds=1.0,
        notes=("line 3: there is no question",),
        broken=(),
        measures=tuple(measures_of(records)),
        records=records,
    )


def as_line(expected: Expected) -> str:
    """Return ``expected`` as a line of a file of questions, with a sentence for people."""
    row = dataclasses.asdict(expected) | {"sentence": "A sentence."}
    del row["line"]
    return json.dumps(row, ensure_ascii=False)


# ---- questions ----


@given(
    st.lists(
        st.builds(
            Expected,
            line=st.just(1),
            id=TEXTS,
            question=TEXTS,
            documents=st.lists(PATHS, min_size=1).map(tuple),
            answers=st.lists(TEXTS).map(tuple),
            answerable=st.just(True),
            draft=st.booleans(),
            form=st.sampled_from(get_args(AnswerForm)),
        ),
        min_size=1,
    )
)
def test_questions_that_are_written_are_read(
    tmp_path_factory: pytest.TempPathFactory, written: list[Expected]
) -> None:
    """Catches answers split at marks inside of them, and lines cut where Unicode ends one."""
    path = tmp_path_factory.mktemp("questions") / "questions.jsonl"
    path.write_text("".join(as_line(one) + "\n" for one in written), "utf-8")
    found = read_questions(path)
    assert [dataclasses.replace(one, line=1) for one in found.asked] == written
    assert (found.problems, found.ignored) == ((), ())


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_is_read(tmp_path: Path, mark: str) -> None:
    """Catches Excel's byte order mark and semicolons, several answers, and wrong line numbers."""
    rows = (
        ("Question", "document", "Answers", "answerable", "who"),
        ("When?", ".\\a\\b.pdf", "1999 | in 1999", "", "me"),
        ('"Two\nlines?"', "", "", "no", ""),
        ("", "a.txt", "x", "", ""),
        ("Where?", "", "", "perhaps", ""),
        ("Why?", "", "because", "false", ""),
        ("How?",),
    )
    path = tmp_path / "q.csv"
    path.write_text("".join(mark.join(row) + "\r\n" for row in rows), "utf-8-sig", newline="")
    found = read_questions(path)
    assert found.asked == (
        Expected(2, "2", "When?", ("a/b.pdf",), ("1999", "in 1999"), True),
        Expected(3, "3", "Two\nlines?", (), (), False),
        Expected(8, "8", "How?"),
    )
    assert found.problems == (
        "line 5: there is no question",
        "line 6: answerable is 'perhaps'; give true or false",
        "line 7: answerable is false, but there are answers",
    )
    assert found.ignored == ("who",)


def test_bad_lines_are_named_and_the_rest_is_used(tmp_path: Path) -> None:
    """Catches one bad line that loses a whole file, and line numbers that skip empty lines."""
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "Who?"}\n\n{"question": \n[1]\n{"question": 3}\n', "utf-8")
    found = read_questions(path)
    assert [one.question for one in found.asked] == ["Who?"]
    assert [problem.split(":")[0] for problem in found.problems] == ["line 3", "line 4", "line 5"]


def test_answers_in_other_forms(tmp_path: Path) -> None:
    """Catches SQuAD's answers and the golden questions' two sides being refused."""
    path = tmp_path / "q.jsonl"
    squad = {"question": "a?", "answers": [{"text": "x", "start": 3}]}
    sides = {"question": "b?", "document": "d", "answers": [["x"], ["y | z"]]}
    path.write_text(json.dumps(squad) + "\n" + json.dumps(sides), "utf-8")
    assert [one.answers for one in read_questions(path).asked] == [("x",), ("x", "y | z")]


def test_judgements_of_the_chat_are_questions(tmp_path: Path) -> None:
    """Catches the text of an answer that was judged wrong being expected."""
    path = tmp_path / "feedback.jsonl"
    judged = [
        {"question": "a?", "good": good, "found": found, "text": "x" * found, "documents": ["d"]}
        for found in (True, False)
        for good in (True, False)
    ]
    path.write_text("\n".join(map(json.dumps, judged)), "utf-8")
    assert [(e.answerable, e.answers, e.documents) for e in read_questions(path).asked] == [
        (True, ("x",), ("d",)),
        (None, (), ()),
        (False, (), ()),
        (True, (), ()),
    ]


def test_an_unknown_form_is_named(tmp_path: Path) -> None:
    """Catches a form that is misspelt and silently taken for a span."""
    path = tmp_path / "q.csv"
    path.write_text("question,answers,form\nWhich?,a|b, List \nWhat?,c,poem\nWho?,d,\n", "utf-8")
    found = read_questions(path)
    assert [(one.form, one.answers) for one in found.asked] == [
        ("list", ("a", "b")),
        ("span", ("d",)),
    ]
    assert found.problems == ("line 3: form is 'poem'; give span, list, sentences, steps, cells",)


# ---- asking ----


@pytest.fixture
def asked(built: BuildReport, documents: Path, index_folder: Path) -> EvaluationRun:
    """Return what came of four questions about the six documents."""
    questions = [
        Expected(1, "1", HORN, ("station/handbook.md",), ("90 seconds",), True),
        Expected(2, "2", "Who owns the moon?", answerable=False),
        Expected(3, "3", "What is said?"),
        Expected(4, "4", "Where?", ("nowhere.txt",), (), True),
    ]
    return ask_all(documents, index_folder, questions, calibration(), 0.03, lambda _: None)


def test_what_is_given_is_what_the_assistant_gives(
    built: BuildReport, documents: Path, index_folder: Path
) -> None:
    """Catches a report about other answers than people get."""
    words = ("horn", "tide", "policy", "keeper", "lamp", "boat", "roof", "moon", "insurance")
    questions = [Expected(n, "", f"What about the {w}?") for n, w in enumerate(words)]
    questions.append(Expected(99, "", HORN))
    for rate in (0.01, 0.1, 0.5):
        found = ask_all(documents, index_folder, questions, calibration(), rate, lambda _: None)
        with Assistant.open(documents, false_answer_rate=rate) as assistant:
            answers = [assistant.ask(one.question) for one in questions]
        assert [(r.verdict, r.form) for r in found.records] == [
            (a.verdict, a.form) for a in answers
        ]
        for ours, theirs in zip(found.records, answers, strict=True):
            assert ours.confidence == theirs.confidence
            given = theirs.verdict == "answered"
            assert not given or ours.text == theirs.text, answer_to_dict(theirs)


def test_only_what_can_be_said_is_scored(asked: EvaluationRun) -> None:
    """Catches a question without an expected answer counted as wrong, or as right."""
    with_answer, unanswerable, unknown = asked.records
    assert {"success@1", "nDCG@10", "exact match", "false refusals"} <= with_answer.scores.keys()
    assert "false answers" not in with_answer.scores
    assert with_answer.scores["false refusals"] == (not with_answer.given)
    assert unanswerable.scores["false answers"] == unanswerable.given
    assert unanswerable.right is False
    assert {"coverage", "false answers"} <= unanswerable.scores.keys()
    assert unanswerable.scores.keys() <= {
        "coverage",
        "false answers",
        "right, of the answers given",
        TRULY_NOT,
    }
    told = unanswerable.verdict == "not_in_documents"
    assert unanswerable.scores.get(TRULY_NOT) == (1 if told else None)
    assert unknown.right is None
    assert unknown.scores.keys() == {"coverage"}
    assert asked.notes == ("line 4: the index has no document 'nowhere.txt'",)


def test_the_place_of_the_right_passage_is_that_of_the_search(
    tmp_path: Path, encoder: Encoder
) -> None:
    """Catches places after reading, wrong ones from 10 on, and copies that do not count."""
    for number in range(16):
        words = " ".join(["lamp"] * (number % 4 + 1) + [f"word{n}" for n in range(3 * number)])
        (tmp_path / f"{number:02}.txt").write_text(f"The {words} burns in house {number}.", "utf-8")
    (tmp_path / "copy.txt").write_bytes((tmp_path / "03.txt").read_bytes())
    build(tmp_path, encoder)
    question = "Where does the lamp burn?"
    with Assistant.open(tmp_path) as assistant:
        found = assistant.search(question, 20)
    names = [tuple(c.document for c in (one, *one.also)) for one in found]
    assert len(names) == 16
    expected = [Expected(1, "", question, (name,)) for group in names for name in group]
    index = index_folder_of(tmp_path)
    asked = ask_all(tmp_path, index, expected, calibration(), 0.03, lambda _: None)
    places = {r.expected.documents[0]: r.first_right for r in asked.records}
    assert places == {name: at for at, group in enumerate(names, 1) for name in group}
    assert places["copy.txt"] == places["03.txt"]
    assert [p.document for p in asked.records[0].retrieved] == [group[0] for group in names[:3]]


def test_citations_are_verified_in_the_files_as_they_are(
    asked: EvaluationRun, documents: Path, index_folder: Path
) -> None:
    """Catches citations that are checked against the index that they were made from."""
    assert asked.broken == ()
    assert all(r.verified == r.citations > 0 for r in asked.records)
    for path in documents.rglob("*.md"):
        path.write_text("Nothing of what was there.", "utf-8")
    question = [Expected(1, "1", HORN)]
    after = ask_all(documents, index_folder, question, calibration(), 0.03, lambda _: None)
    assert after.records[0].verified < after.records[0].citations
    assert len(after.broken) == after.records[0].citations - after.records[0].verified
    assert "handbook.md" in after.broken[0]


def test_a_document_that_does_not_hold_the_answer_is_said(
    built: BuildReport, documents: Path, index_folder: Path
) -> None:
    """Catches a typing mistake in an answer that makes the retrieval look bad."""
    question = [Expected(7, "7", HORN, ("station/handbook.md",), ("nintey seconds",), True)]
    found = ask_all(documents, index_folder, question, calibration(), 0.03, lambda _: None)
    assert found.notes[0].startswith("line 7: no passage of its documents holds")
    assert found.records[0].scores["success@20"] == 1


def test_an_answer_is_held_as_whole_words() -> None:
    """Catches "5" found in "1950", and a line end or a capital letter that hides an answer."""
    assert holds("In 1950\nthe Tower fell", ["the tower"])
    assert not holds("In 1950 it fell", ["5", "195"])
    assert holds("It cost $5 (about £4).", ["$5"])
    assert not holds("", ["x"])
    assert share_held("Copper, and tin.", ["copper", "tin", "zinc", "ti"]) == 0.5


class HandbookReader:
    """Quotes the beginning of the handbook in a form; perhaps only, but at rate 1."""

    def __init__(self, form: AnswerForm, marks: Sequence[tuple[int, int]], rate: float) -> None:
        self._form, self._marks, self._rate = form, marks, rate

    def read(self, question: Question, hits: Sequence[Hit]) -> ReaderOutput:
        """Return a quotation for each mark: around it for a list, else itself."""
        whole = min(a for a, _ in self._marks), max(b for _, b in self._marks)
        excerpts = tuple(
            Excerpt("station/handbook.md", *(whole if self._form == "list" else mark), *mark, 0.5)
            for mark in self._marks
        )
        verdict: AnswerVerdict = "answered" if self._rate == 1 else "perhaps"
        if "moon" in question.text and self._rate < 1:
            return ReaderOutput((), "not_in_documents", self._form, 0.3, 0.1)
        return ReaderOutput(excerpts, verdict, self._form, 0.3, 0.6, len(excerpts))


@pytest.mark.parametrize(
    ("form", "expected", "right", "scores"),
    [
        ("list", ("Keeper", "handbook", "gull"), True, {"items quoted": 2 / 3}),
        ("list", ("Keeper", "gull", "owl"), False, {"items quoted": 1 / 3}),
        ("sentences", ("Keeper", "s handbook"), True, {"F1 of the quotations": 0.8}),
        ("sentences", ("the gull",), False, {"F1 of the quotations": 0}),
        ("steps", ("handbook", "and nothing else at all in it"), True, {}),
        ("cells", ("handbook", "keeper."), True, {"exact match of cells": 1}),
        ("cells", ("handbook", "gull"), False, {"exact match of cells": 0}),
        ("cells", ("The Keeper's handbook",), False, {"exact match of cells": 0}),
        ("span", ("handbook",), True, {}),
        ("span", ("gull",), False, {"exact match": 0, "F1": 0}),
    ],
)
def test_each_form_is_judged_by_its_measure(
    built: BuildReport,
    documents: Path,
    index_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: AnswerForm,
    expected: tuple[str, ...],
    right: bool,
    scores: dict[str, float],
) -> None:
    """Catches a list or sentences compared with one of their parts, and a perhaps as an answer."""
    given_form: AnswerForm = "sentences" if form == "span" else form
    marks = ((2, 8), (11, 19))
    text = (documents / "station" / "handbook.md").read_text("utf-8")
    assert (text[2:8], text[11:19]) == ("Keeper", "handbook")

    def reader(_: object, rate: float, **_keywords: object) -> HandbookReader:
        return HandbookReader(given_form, marks, rate)

    monkeypatch.setattr("pincite.evaluation.run.NeuralReader", reader)
    documents_ = ("station/handbook.md",)
    questions = [
        Expected(1, "1", "Which keepers?", documents_, expected, answerable=True, form=form),
        Expected(2, "2", "Who owns the moon?", answerable=False),
    ]
    found = ask_all(documents, index_folder, questions, calibration(), 0.03, lambda _: None)
    record, other = found.records
    assert (record.verdict, record.given, record.right) == ("perhaps", False, right)
    assert record.scores["answered or perhaps"] == 1
    assert record.scores["coverage"] == 0
    assert {name: record.scores[name] for name in scores} == pytest.approx(scores)
    assert ("F1" in record.scores) == (form == "span")
    assert (other.verdict, other.text != "") == ("not_in_documents", True)
    assert other.scores == {"coverage": 0, "false answers": 0, TRULY_NOT: 1}
    assert found.broken == ()


# ---- report ----


def test_a_report_that_is_written_is_read(asked: EvaluationRun, tmp_path: Path) -> None:
    """Catches a field that is lost on the way to JSON or back."""
    report = dataclasses.replace(report_of(*asked.records), broken=("a.txt",))
    write_report(report, tmp_path / "report.json")
    assert read_report(tmp_path / "report.json") == report


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', '{"format": 1}'])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    """Catches a traceback for the wrong file after --compare."""
    (tmp_path / "x.json").write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"is not a report of `pincite eval`"):
        read_report(tmp_path / "x.json")


def test_a_damaged_report_is_refused_by_its_field(asked: EvaluationRun, tmp_path: Path) -> None:
    """Catches a number that is a text, which would fail in the comparison, far from its cause."""
    path = tmp_path / "report.json"
    write_report(report_of(*asked.records), path)
    saved = json.loads(path.read_text("utf-8"))
    saved["records"][0]["confidence"] = "0.5"
    path.write_text(json.dumps(saved), "utf-8")
    with pytest.raises(InputError, match=r"\(records\.0\.confidence: Input should be a valid num"):
        read_report(path)


def test_the_numbers_are_those_of_the_records() -> None:
    """Catches means over the wrong questions, and rates that are upside down."""
    no = Expected(2, "2", "b?", answerable=False)
    false = record(expected=no, right=False, scores={"coverage": 1.0, "false answers": 1.0})
    refused = record(
        verdict="not_in_documents",
        right=True,
        confidence=0.2,
        scores={"coverage": 0.0, "false refusals": 1.0},
    )
    report = report_of(record(), record(), false, refused)
    found = {m.name: (m.interval.value, m.interval.count) for m in report.measures}
    verified = next(m.interval for m in report.measures if m.name == "verified")
    assert verified.low < 0.6, "four citations are no proof"
    assert found["coverage"] == (3 / 4, 4)
    assert found["false answers"] == (1.0, 1)
    assert found["false refusals"] == (1 / 3, 3)
    assert found["verified"] == (1.0, 4)
    assert found["in all, median"] == (3.5, 4)
    # Right at 0.9, 0.9 and 0.2, wrong at 0.9: two ties and one pair in the wrong order.
    assert found["area under ROC"] == (1 / 3, 4)
    assert found["expected calibration error"][0] == pytest.approx(
        3 / 4 * abs(0.9 - 2 / 3) + 1 / 4 * abs(0.2 - 1)
    )


def test_every_cause_is_told() -> None:
    """Catches a refusal told as a wrong answer, and the reader blamed for the retrieval."""
    no = Expected(2, "2", "b?", answerable=False)
    told = {
        "": record(),
        "answered, although": record(expected=no, right=False),
        "answered wrongly: no right passage": record(right=False, first_right=None),
        "answered wrongly: the right passage was in place 9, and was not read": record(
            right=False, first_right=9
        ),
        "answered wrongly: the right sentence": record(
            right=False, scores={"right sentence quoted": 1.0}
        ),
        "refused: the best answer was right": record(verdict="not_in_documents"),
        "perhaps: the best answer was right": record(verdict="perhaps"),
        "refused: the right passage was in place 1": record(
            verdict="not_in_documents", right=False
        ),
    }
    for words, one in told.items():
        assert cause_of(one).startswith(words), words
        assert bool(cause_of(one)) is bool(words)
    assert not cause_of(record(expected=no, verdict="not_in_documents", right=False))
    order = worst(list(told.values()), 3)
    assert all(one.given for one in order)
    assert [count for _, count in losses(list(told.values()))] == [7, 6, 5, 3, 1]


def test_documents_and_questions_are_never_markup() -> None:
    """Catches a document that draws on the page, or runs a script in it."""
    attack = '<script>alert("x")</script><img src=x onerror=y>&lt;\x00\ud800'
    bad = record(attack, text=attack, quote=attack, place=attack, right=False)
    report = dataclasses.replace(
        report_of(bad, *[record() for _ in range(40)]),
        folder=attack,
        questions=attack,
        broken=(attack,),
        notes=(attack,),
    )
    html = page(report, compare(report, report))
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;") >= 8
    assert "&amp;lt;" in html
    html.encode()


def test_the_page_shows_the_confidence_as_the_answer_does() -> None:
    """Catches "confidence 100%" in the report, where the same answer in the chat says 99."""
    html = page(report_of(record(confidence=0.998, right=False)))
    assert "confidence 99%<" in html


def test_the_page_begins_with_the_numbers_that_people_ask_for() -> None:
    """Catches a measure that was renamed and is no longer found by the page's head."""
    html = page(report_of(record(scores=dict.fromkeys((*RANKED, "F1"), 1.0))))
    head = html[html.index('class="facts"') : html.index("All numbers")]
    assert "a right passage among the first five" in head
    assert "of the citations verify" in head


def test_the_page_loads_nothing() -> None:
    """Catches a picture, font or script from elsewhere."""
    html = page(report_of(*[record() for _ in range(40)]))
    assert html.count("<svg") == 2
    outside = html.replace("http://www.w3.org/", "")
    for word in ("http:", "https:", "src=", "@import", "<link", "<script"):
        assert word not in outside
    assert page(report_of(record())).count("<svg") == 0


# ---- comparing ----


def test_runs_are_compared_question_by_question() -> None:
    """Catches questions paired by their place, and a difference of the wrong sign."""
    worse = [record(str(n), scores={"F1": 0.0, "coverage": 1.0}) for n in range(20)]
    better = [record(str(n), scores={"F1": 1.0, "coverage": 1.0}) for n in reversed(range(15))]
    compared = compare(report_of(*worse), report_of(*better))
    rows = {row.name: row for row in compared.rows}
    assert compared.questions == 15
    assert (rows["F1"].before, rows["F1"].after) == (0, 1)
    assert rows["F1"].paired.difference.value == 1
    assert rows["F1"].paired.p < 0.001
    assert rows["coverage"].paired.p == 1
    with pytest.raises(InputError, match="no question in common"):
        compare(report_of(record("a?")), report_of(record("b?")))


def test_the_picture_marks_the_setting() -> None:
    """Catches a curve whose current setting is not shown."""
    confidences = np.linspace(0, 1, 40).tolist()
    html = page(report_of(*[record(confidence=c, right=c > 0.3) for c in confidences]))
    assert "current setting: 50% answered" in html


# ---- the command ----


def test_the_command_writes_a_report(
    built: BuildReport, documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a report that is not where it is said to be, and a second one over the first."""
    questions = documents.parent / "q.jsonl"
    questions.write_text(as_line(Expected(1, "1", HORN, ("station/handbook.md",))), "utf-8")
    out = documents.parent / "first"
    assert run(["eval", str(documents), str(questions), "--out", str(out)]) == 0
    assert f"The report is {out / 'report.html'}" in capsys.readouterr().out
    again = ["eval", str(documents), str(questions), "--compare", str(out / "report.json")]
    assert run(again) == 0
    assert "Compared with the run of" in capsys.readouterr().out
    (folder,) = (documents / ".pincite" / "evaluations").iterdir()
    assert {path.name for path in folder.iterdir()} == {"report.html", "report.json"}


def test_a_broken_citation_fails_the_command(
    built: BuildReport, documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a citation that does not verify passing as a success."""
    questions = documents.parent / "q.jsonl"
    questions.write_text(as_line(Expected(1, "1", HORN)), "utf-8")
    for path in documents.rglob("*.md"):
        path.write_text("Nothing of what was there.", "utf-8")
    assert run(["eval", str(documents), str(questions)]) == 1
    assert "citations do not verify: if the folder has changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Give a file of questions; --make-questions 100 drafts one"),
        (["{tmp}/none"], "none cannot be read"),
        (["{docs}/station/log.txt"], "log.txt holds no question that can be asked"),
        (["{q}", "--compare", "{q}"], "is not a report of `pincite eval`"),
        (["{q}", "--fit"], "--fit needs at least 50 answerable questions"),
        (["{q}", "--make-questions", "3"], "is there already; name another file"),
        (["{lost}"], "No question of"),
        (["{q}", "--out", "{docs}/report"], "is among the documents"),
        (["{q}", "--false-answer-rate", "bold"], "'bold' is no false-answer rate"),
    ],
)
def test_errors_are_one_sentence(
    built: BuildReport,
    documents: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    """Catches tracebacks and messages that do not say what to do."""
    names = {"docs": documents, "tmp": tmp_path, "q": tmp_path / "q", "lost": tmp_path / "lost"}
    names["q"].write_text(as_line(Expected(1, "1", HORN)), "utf-8")
    names["lost"].write_text(as_line(Expected(1, "1", HORN, ("no.txt",))), "utf-8")
    assert run(["eval", str(documents), *(a.format(**names) for a in arguments)]) == FAILED
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert "Traceback" not in err


BARE = """
import sys
sys.modules |= dict.fromkeys(("matplotlib", "pytrec_eval"))
from pincite.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["{q}"], 2, "pincite: `pincite eval` needs matplotlib, pytrec_eval: run `pip install 'p"),
        (["{new}", "--make-questions", "1"], 0, ""),
        (["--unfit"], 0, ""),
    ],
)
def test_what_is_not_installed_is_asked_for_where_it_is_needed(
    built: BuildReport, documents: Path, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    """Catches a traceback where the extra is not installed, and drafts that want pictures."""
    names = {"q": tmp_path / "q.jsonl", "new": tmp_path / "new.jsonl"}
    names["q"].write_text(as_line(Expected(1, "1", HORN)), "utf-8")
    filled = [a.format(**names) for a in arguments]
    command = [sys.executable, "-c", BARE, "eval", str(documents), *filled]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == bool(said)
