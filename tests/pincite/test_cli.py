"""The command line: exact output, exit codes, one sentence for every error."""

import dataclasses
import io
import json
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.formats import parse
from index import Precision, Progress, Store
from pincite import Assistant
from pincite.cli import FAILED, NOT_FOUND, run
from pincite.progress import LineLog, show_progress
from qa import Excerpt
from qa.citations import cite
from qa.reading import FALSE_ANSWER_RATES

BUILT = """\
added    station/handbook.md
added    station/log.txt
added    station/tides.html
added    trust/insurance.pdf
added    trust/minutes.docx
added    trust/repairs.rst
6 added, 0 changed, 0 moved, 0 removed, 0 unchanged, 0 skipped
"""
FOUND = "How often does the horn sound when the visibility falls below two miles?"


@pytest.fixture
def docs(documents: Path) -> Path:
    """Return the folder of six documents, set to use the word-hashing encoder."""
    (documents / ".pincite").mkdir()
    (documents / ".pincite" / "settings.toml").write_text('encoder = "hash"\n', "utf-8")
    return documents


@pytest.fixture
def built_docs(docs: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return the folder with its index."""
    assert run(["build", str(docs)]) == 0
    capsys.readouterr()
    return docs


def test_build_reports_what_it_did(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catches a report that hides or miscounts what happened."""
    assert run(["build", str(docs)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(BUILT)
    assert re.search(
        r"^6 documents, \d+ passages; \d+ passages encoded; [\d.]+ seconds$", out, re.M
    )
    assert "reading: 6 of 6 documents" in err
    assert "\x1b" not in err, "a pipe gets plain lines, not a bar"


def test_the_log_says_what_is_done_and_nothing_that_is_read(
    docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a log that is empty, one that holds documents or questions, and one that stays on."""
    (docs / "a\x1b[2J\nERROR b.pdf").write_bytes(b"no PDF")
    handlers = logging.getLogger("index").handlers[:]
    assert run(["-v", "build", str(docs)]) == 0
    assert run(["-v", "ask", str(docs), FOUND, "--false-answer-rate", "1"]) == 0
    err = capsys.readouterr().err
    assert re.search(r"INFO index.build: plan of .*: 7 to read", err)
    assert "INFO index.build: generation 1 is published\n" in err
    assert "INFO corpus.worker: a\ufffd[2J\ufffdERROR b.pdf is skipped: " in err
    assert re.search(r"INFO qa.reading.reader: best of \d+ sentences", err)
    assert "horn" not in err.casefold()
    assert "DEBUG" not in err
    assert logging.getLogger("index").handlers == handlers


@pytest.mark.parametrize(
    ("options", "expected"), [(["-vv"], "DEBUG corpus.worker: "), ([], "reading: "), (["-q"], "")]
)
def test_how_much_is_told_can_be_chosen(
    docs: Path, capsys: pytest.CaptureFixture[str], options: list[str], expected: str
) -> None:
    """Catches `--quiet` that tells of progress, or keeps an error to itself."""
    assert run([*options, "build", str(docs)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(BUILT)
    assert expected in err
    assert bool(err) == bool(expected)
    assert run([*options, "build", str(docs / "none")]) == FAILED
    assert "none is not a folder" in capsys.readouterr().err


def test_status_tells_and_changes_nothing(
    built_docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a dry run that is not dry, or does not see a change."""
    assert run(["status", str(built_docs)]) == 0
    assert capsys.readouterr().out == "nothing to do: 6 documents are up to date\n"
    (built_docs / "new.txt").write_text("New text.", "utf-8")
    (built_docs / "film.mp4").write_bytes(b"x")
    (built_docs / "gone.txt").symlink_to("nowhere")
    for option, told in (
        ((), "1 file of a kind that is not read: 1 .mp4; `pincite status {} --skipped` names each"),
        (("--skipped",), "film.mp4: files ending in .mp4 are not supported"),
    ):
        assert run(["status", str(built_docs), *option]) == 0
        assert capsys.readouterr().out == (
            "added    new.txt\nskipped  gone.txt: the link leads nowhere\n"
            f"skipped  {told.format(built_docs)}\n"
            "a build would add 1, change 0, move 0 and remove 0 documents\n"
        )


def test_names_of_files_cannot_rewrite_the_terminal(
    docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a file name that clears the screen, or fakes a line of the report."""
    (docs / "a\x1b[2J\nb.txt").write_text("Text.", "utf-8")
    (docs / "a\x1b[2J\nremoved  c.numbers").write_text("x", "utf-8")
    for command in ("status", "build"):
        run([command, str(docs)])
        out = capsys.readouterr().out
        assert "added    a\ufffd[2J\ufffdb.txt\n" in out
        assert "\x1b" not in out
        assert "\nremoved " not in out


def test_ask_is_limited_by_what_documents_say_of_themselves(
    built_docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches an option that is not passed on, and a date that is compared as text."""
    for year in (2012, 2015):
        said = f"---\ndate: {year}-05\nauthor: Ann {year}\n---\n\nThe crane lifts {year} tons.\n"
        (built_docs / f"{year}.md").write_text(said, "utf-8")
    assert run(["build", str(built_docs)]) == 0
    capsys.readouterr()
    ask = ["ask", str(built_docs), "How many tons does the crane lift?", "--json"]
    for limits, searched in (
        (["--after", "2013"], 1),
        (["--before", "2013"], 1),
        (["--by", "ann"], 2),
        (["--by", "ann", "--after", "2012-06"], 1),
        (["--type", "md", "--in", "station"], 1),
        (["--in", "2012.md", "--only", "2015.md"], 2),
    ):
        assert run([*ask, *limits]) in {0, NOT_FOUND}
        answer = json.loads(capsys.readouterr().out)
        assert answer["searched"]["documents"] == searched, limits
    for limits, told in (
        (["--after", "last year"], "'last year' is no date"),
        (["--by", "Perks"], "No document in the index is by Perks; ask for less."),
    ):
        assert run([*ask, *limits]) == FAILED
        out, err = capsys.readouterr()
        assert (out, told in err, err.count("\n")) == ("", True, 1)


def test_ask_json_holds_to_the_character(
    built_docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches offsets in the JSON that do not fit the file."""
    run(["ask", str(built_docs), FOUND, "--json"])
    answer = json.loads(capsys.readouterr().out)
    for citation in [*answer["citations"], *answer["nearest"]]:
        if citation["document"].endswith((".md", ".txt", ".rst")):
            text = (built_docs / citation["document"]).read_bytes().decode()
            assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_another_process_gives_the_same_bytes(built_docs: Path) -> None:
    """Catches an answer that depends on the order of sets, which each process shuffles anew."""
    command = [sys.executable, "-m", "pincite", "ask", str(built_docs), FOUND, "--json"]
    answers = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        answers.add(done.stdout.partition(b'"timings_ms"')[0])
    assert len(answers) == 1
    assert b'"hits": [{' in answers.pop()


def test_a_no_exits_with_1(built_docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catches a script that cannot tell a no from an answer."""
    assert run(["ask", str(built_docs), "Wer schrieb Faust?"]) == NOT_FOUND
    assert capsys.readouterr().out.startswith("The documents do not say.")


def test_the_false_answer_rate_decides_what_is_an_answer(
    built_docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches an option that is read and forgotten, and one that does not outdo the setting."""
    settings = built_docs / ".pincite" / "settings.toml"

    def verdict(*options: str) -> tuple[str, float]:
        run(["ask", str(built_docs), FOUND, "--json", *options])
        answer = json.loads(capsys.readouterr().out)
        return answer["verdict"], answer["risk"]

    assert verdict("--false-answer-rate", "1") == ("answered", 1.0)
    assert verdict("--false-answer-rate", "0") == ("perhaps", 0.0)
    settings.write_text('encoder = "hash"\nfalse_answer_rate = 0\n', "utf-8")
    assert verdict() == ("perhaps", 0.0)
    assert verdict("--false-answer-rate", "eager") == ("answered", FALSE_ANSWER_RATES["eager"])
    settings.write_text('encoder = "hash"\nfalse_answer_rate = 1.0\n', "utf-8")
    assert verdict() == ("answered", 1.0)


def test_the_help_names_the_rates_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Catches words in the help that stand for other shares than in the code."""
    assert run(["ask", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert all(f"{word} ({rate:g})" in text for word, rate in FALSE_ANSWER_RATES.items())


def test_questions_from_a_file(
    built_docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a lost id, and answers out of order."""
    questions = tmp_path / "questions.jsonl"
    odd = f"{FOUND} \u2028 \x85"  # line ends to Python, not to JSON lines
    lines = [{"id": 1, "question": odd}, {"id": "b", "question": "?"}]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    questions.write_text(text + "\n\n", "utf-8")
    run(["ask", str(built_docs), "--from", str(questions), "--json"])
    answers = [json.loads(line) for line in capsys.readouterr().out.strip().split("\n")]
    assert [answer["id"] for answer in answers] == ["1", "b"]
    assert [answer["question"] for answer in answers] == [odd, "?"]


def test_verify_finds_what_changed(
    built_docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a verification that always says yes."""
    with Assistant.open(built_docs) as assistant:
        hit = assistant.ask(FOUND).hits[0].passage
        document = assistant.document(hit.document)
    citation = cite(document, Excerpt(document.id, 2, 8, 2, 8, 1.0), 1)
    assert citation.quote == parse((built_docs / document.id).read_bytes(), document.id).text[2:8]
    saved = tmp_path / "answer.json"
    saved.write_text(json.dumps({"citations": [dataclasses.asdict(citation)]}), "utf-8")
    assert run(["verify", str(built_docs), str(saved)]) == 0
    assert capsys.readouterr().out.startswith("exact    ")
    path = built_docs / document.id
    path.write_text("New line.\n" + path.read_text("utf-8"), "utf-8")
    assert run(["verify", str(built_docs), str(saved)]) == NOT_FOUND
    assert capsys.readouterr().out.startswith("moved    ")
    path.write_text("All new.", "utf-8")
    assert run(["verify", str(built_docs), str(saved)]) == NOT_FOUND
    assert capsys.readouterr().out.startswith("changed  ")


@pytest.mark.parametrize("recorded", ["bfloat16", "float32", None])
def test_info_shows_the_precision_of_the_vectors(
    built_docs: Path, capsys: pytest.CaptureFixture[str], recorded: Precision | None
) -> None:
    """Catches the precision that this machine would choose, and an index made before any choice."""
    store = Store.create(built_docs / ".pincite")
    assert store.config is not None
    store._db.execute("DELETE FROM meta WHERE key LIKE 'precision%'")
    if recorded:
        store.set_precision(store.config.fingerprint, recorded)
    store.close()
    assert run(["info", str(built_docs)]) == 0
    assert f"\nprecision    {recorded or 'float32'}\n" in capsys.readouterr().out


def test_info_checks_the_files(built_docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catches a check that does not look."""
    assert run(["info", str(built_docs), "--check"]) == 0
    out = capsys.readouterr().out
    assert "documents    6\n" in out
    assert "every file has its recorded checksum" in out
    dense = next((built_docs / ".pincite" / "generations").glob("*/dense.faiss"))
    content = bytearray(dense.read_bytes())
    content[-1] ^= 1
    dense.write_bytes(content)
    assert run(["info", str(built_docs), "--check"]) == FAILED
    assert "dense.faiss is missing or altered" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["{docs}", FOUND, "--index", "{index}", "--json"],
        ["--index", "{index}", "{docs}", "--json", FOUND],
        ["{docs}", "--json", "--index", "{index}", FOUND],
        ["--json", "{docs}", FOUND, "--index={index}"],
    ],
)
def test_options_may_stand_anywhere(
    built_docs: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """Catches `ask DOCS --index PATH "question"` being refused."""
    index = built_docs / ".pincite"
    run(["ask", *(a.format(docs=built_docs, index=index) for a in arguments)])
    assert json.loads(capsys.readouterr().out)["question"] == FOUND


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "{tmp}/none"], "none is not a folder; give the folder"),
        (["status", "{tmp}/none"], "none is not a folder"),
        (["ask", "{tmp}", "Who?"], "There is no index in"),
        (["chat", "{tmp}"], "run `pincite build`"),
        (["info", "{tmp}"], "There is no index in"),
        (["build", "{tmp}"], "The folder holds no documents"),
        (["ask", "{docs}"], "Give either a question or a file of questions"),
        (["ask", "{docs}", "Who?", "--from", "x"], "Give either a question or a file of questions"),
        (["ask", "{docs}", "--from", "{tmp}/none"], "none cannot be read"),
        (
            ["ask", "{docs}", "Who?", "--false-answer-rate", "bold"],
            "'bold' is no false-answer rate: use cautious, balanced",
        ),
        (["chat", "{docs}", "--false-answer-rate", "2"], "'2' is no false-answer rate"),
        (["ask", "{docs}", "--from", "{docs}/station/log.txt"], "Line 1 of"),
        (["verify", "{docs}", "{tmp}/none"], "none cannot be read"),
        (["verify", "{docs}", "{docs}/station/log.txt"], "is not an answer saved by"),
        ([], "Run `pincite --help` to see"),
        (["asks", "{docs}"], "Run `pincite --help` to see"),
        (["build"], "Missing argument 'DOCS'. Run `pincite build --help` to see"),
        (["ask", "{docs}", "Who?", "--rusk", "1"], "Run `pincite ask --help` to see"),
        (["chat", "{docs}", "--port", "x"], "Run `pincite chat --help` to see"),
        (["eval", "{docs}", "--fit", "--unfit"], "--make-questions exclude each other"),
        (["eval", "{docs}", "--make-questions", "0"], "Run `pincite eval --help` to see"),
    ],
)
def test_errors_are_one_sentence(
    built_docs: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    """Catches tracebacks, wrong exit codes and messages that do not say what to do."""
    empty = tmp_path / "empty"
    empty.mkdir()
    filled = [a.format(tmp=empty, docs=built_docs) for a in arguments]
    assert run(filled) == FAILED
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("pincite: ")
    assert message in err
    assert err.count("\n") == 1


def test_an_interrupted_build_says_what_is_kept(
    docs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches Ctrl-C that ends in a traceback, or in another code than a shell expects."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pincite.api.build_index", interrupted)
    assert run(["build", str(docs)]) == 130
    assert capsys.readouterr().err == "pincite: stopped; what was read and encoded is kept.\n"


def test_an_unknown_setting_is_named(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catches a misspelt setting that is ignored."""
    (docs / ".pincite" / "settings.toml").write_text("encoders = 'hash'\n", "utf-8")
    assert run(["build", str(docs)]) == FAILED
    assert "did you mean 'encoder'?" in capsys.readouterr().err


def test_the_index_can_be_kept_elsewhere(docs: Path, tmp_path: Path) -> None:
    """Catches writing into a folder of documents that may be read-only."""
    elsewhere = tmp_path / "elsewhere"
    shutil.move(docs / ".pincite", elsewhere)
    assert run(["build", str(docs), "--index", str(elsewhere)]) == 0
    assert not (docs / ".pincite").exists()
    assert run(["ask", str(docs), "?", "--index", str(elsewhere)]) == NOT_FOUND


def test_a_closed_pipe_is_no_traceback(built_docs: Path) -> None:
    """Catches `pincite ask … | head -1` ending in a BrokenPipeError."""
    command = [sys.executable, "-m", "pincite", "ask", str(built_docs), FOUND]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert "Traceback" not in done.stderr


def test_the_terminal_gets_a_bar() -> None:
    """Catches a progress bar without counts, speed or time left."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    with show_progress(terminal) as show:
        for done in range(0, 101, 20):
            show(Progress("encoding", done, 100))
    assert "encoding" in terminal.getvalue()
    plain = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", terminal.getvalue())
    assert re.search(r"100/100 passages \d+\.\d/s 00:00", plain)


@pytest.mark.parametrize(("level", "shown"), [("INFO", "lines"), ("ERROR", "nothing")])
def test_a_bar_is_not_drawn_over_lines_of_the_log(level: str, shown: str) -> None:
    """Catches a bar that lines of the log tear apart, and one that `--quiet` does not silence."""
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    with show_progress(terminal, getattr(logging, level)) as show:
        show(Progress("reading", 6, 6))
    assert "\x1b" not in terminal.getvalue()
    assert bool(terminal.getvalue()) == (shown == "lines")


def test_lines_are_written_at_most_every_ten_seconds() -> None:
    """Catches a log of one line per passage, and a wrong speed or time left."""
    clock = iter([0.0, 0.0, 4.0, 10.0, 12.0, 20.0])
    stream = io.StringIO()
    log = LineLog(stream, lambda: next(clock))
    for done in (0, 20, 50, 60, 100):
        log(Progress("encoding", done, 100))
    assert stream.getvalue() == (
        "encoding: 50 of 100 passages, 5.0 a second, 10 seconds left\n"
        "encoding: 100 of 100 passages, 5.0 a second, 0 seconds left\n"
    )
