"""Questions and what is known of their answers: read from JSON lines or CSV, bad rows named."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from corpus import InputError
from qa import AnswerForm

__all__ = ["Expected", "Questions", "read_questions"]

COLUMNS = (
    "id",
    "question",
    "document",
    "documents",
    "answer",
    "answers",
    "answerable",
    "form",
    "draft",
)
# What drafts and the chat's judgements say besides.
UNUSED = ("sentence", "time", "good", "note", "verdict", "found", "text", "confidence")
YES_OR_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
SEPARATOR = "|"
FORMS: tuple[AnswerForm, ...] = get_args(AnswerForm)
DELIMITERS = ",;\t"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Expected:
    """A question and what is known of its answer.

    Args:
        line: where it stands in its file, from 1.
        id: as the file says; its line by default.
        question: what to ask.
        documents: paths of those that answer it, any of which will do; empty if not said.
        answers: texts, any of which is right; of a list, sentences or steps, all of them, in their
            order; of cells, those that may be given; empty if not said.
        answerable: whether the documents answer it; None if not said.
        draft: whether it was made by rule and nobody has looked at it.
        form: of the expected answer.
    """

    line: int
    id: str
    question: str
    documents: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    answerable: bool | None = None
    draft: bool = False
    form: AnswerForm = "span"


@dataclass(frozen=True, slots=True)
class Questions:
    """What a file of questions holds.

    Args:
        asked: the questions, in order.
        problems: a sentence for each row that cannot be used, with its line.
        ignored: names of columns that mean nothing here.
    """

    asked: tuple[Expected, ...]
    problems: tuple[str, ...]
    ignored: tuple[str, ...]


def read_questions(path: Path) -> Questions:
    """Return the questions in ``path``, JSON lines or CSV; rows that cannot be used are named.

    Raises:
        InputError: if the file cannot be read or holds no question.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}; save it as UTF-8 text.") from error
    rows = _json_rows(text) if text.lstrip().startswith("{") else _csv_rows(text)
    asked: list[Expected] = []
    problems: list[str] = []
    ignored: dict[str, None] = {}
    for line, row in rows:
        try:
            if isinstance(row, ValueError):
                raise row
            ignored |= dict.fromkeys(key for key in row if key not in COLUMNS + UNUSED)
            asked.append(_expected(line, row))
        except ValueError as error:
            problems.append(f"line {line}: {error}")
    if not asked:
        first = f" ({problems[0]})" if problems else ""
        raise InputError(
            f"{path} holds no question that can be asked{first}; give JSON lines such as "
            '{"question": "…", "document": "…", "answers": ["…"]} or CSV with these columns.'
        )
    return Questions(tuple(asked), tuple(problems), tuple(ignored))


def _json_rows(text: str) -> Iterator[tuple[int, Row | ValueError]]:
    # Not splitlines(): it also splits at characters that may stand inside of a JSON string.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            yield number, ValueError(f"this is not JSON: {error}")
            continue
        usable = isinstance(row, dict)
        yield number, _lower(row) if usable else ValueError("this is not a JSON object")


def _csv_rows(text: str) -> Iterator[tuple[int, Row | ValueError]]:
    head = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=head.count)
    # newline="" so that line ends inside of quoted cells stay as they are.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = [name.strip().lower() for name in next(reader, [])]
    line = reader.line_num + 1
    try:
        for cells in reader:
            if len(cells) > len(names):
                yield line, ValueError(f"{len(cells)} cells for {len(names)} columns")
            elif any(cell.strip() for cell in cells):
                yield line, dict(zip(names, cells, strict=False))
            line = reader.line_num + 1
    except csv.Error as error:
        yield line, ValueError(f"this is not CSV: {error}")


def _lower(row: Row) -> Row:
    return {key.strip().lower(): value for key, value in row.items()}


def _expected(line: int, row: Row) -> Expected:
    """Return the question in a row; ValueError if it cannot be used."""
    question = row.get("question")
    if not isinstance(question, str) or not question.strip():
        raise ValueError("there is no question")
    if isinstance(row.get("good"), bool):
        return _judged(line, question, row)
    answers = tuple(_texts(row.get("answer", row.get("answers"))))
    documents = tuple(map(_path, _texts(row.get("document", row.get("documents")))))
    answerable = _yes_or_no("answerable", row.get("answerable"))
    if answerable is False and answers:
        raise ValueError("answerable is false, but there are answers")
    if answerable is None and (answers or documents):
        answerable = True
    return Expected(
        line=line,
        id=str(row.get("id") or line),
        question=question,
        documents=documents if answerable else (),
        answers=answers,
        answerable=answerable,
        draft=_yes_or_no("draft", row.get("draft")) or False,
        form=_form(row),
    )


def _judged(line: int, question: str, row: Row) -> Expected:
    """Return what a judgement in the chat says: of a wrong answer, not what the right one is."""
    good, found = bool(row["good"]), bool(row.get("found"))
    if not found:  # the chat said no, rightly or wrongly
        return Expected(line, str(line), question, answerable=not good)
    if not good:
        return Expected(line, str(line), question)
    documents = tuple(map(_path, _texts(row.get("documents"))))
    if row.get("verdict") == "perhaps":  # it stands in one of the sentences, not known in which
        return Expected(line, str(line), question, documents, answerable=True)
    answers = tuple(_texts(row.get("answers", row.get("text"))))
    return Expected(line, str(line), question, documents, answers, True, form=_form(row))


def _texts(value: object) -> Iterator[str]:
    """Yield the texts in a cell, a list, a list of lists or SQuAD's ``{"text": …}``."""
    if value is None:
        return
    if isinstance(value, str):
        yield from filter(None, (part.strip() for part in value.split(SEPARATOR)))
    elif isinstance(value, Mapping) and isinstance(value.get("text"), str):
        yield value["text"]
    elif isinstance(value, Iterable) and not isinstance(value, Mapping):
        for one in value:
            # In a list each text stands alone, so that it may hold the separator.
            yield from [one] if isinstance(one, str) and one.strip() else _texts(one)
    else:
        raise ValueError(f"{value!r} is neither a text nor a list of texts")


def _form(row: Row) -> AnswerForm:
    """Return the form of the expected answer, a span if it is not said."""
    said = str(row.get("form") or FORMS[0]).strip().lower()
    for form in FORMS:
        if said == form:
            return form
    raise ValueError(f"form is {said!r}; give {', '.join(FORMS)}")


def _yes_or_no(name: str, value: object) -> bool | None:
    if isinstance(value, bool) or value is None:
        return value
    said = str(value).strip().lower()
    if said and said not in YES_OR_NO:
        raise ValueError(f"{name} is {value!r}; give true or false")
    return YES_OR_NO.get(said)


def _path(name: str) -> str:
    return name.replace("\\", "/").removeprefix("./")
