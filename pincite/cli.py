"""The command line: every command with its options; text or JSON out, exit codes 0, 1 and 2.

What a command needs is imported when it runs, so that ``pincite --help`` answers at once.
"""

import json
import logging
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from corpus import (
    IndexDamaged,
    InputError,
    PinciteError,
    count_unread_kinds,
    describe_unread_pages,
    printable,
)
from pincite import __version__
from pincite.progress import show_progress

if TYPE_CHECKING:
    from corpus import Skipped
    from index import BuildReport, Plan

__all__ = ["ANSWERED", "FAILED", "NOT_FOUND", "command_line", "run"]

ANSWERED, NOT_FOUND, FAILED, STOPPED = 0, 1, 2, 130
UNVERIFIED = NOT_FOUND
PATH = click.Path(path_type=Path)
PACKAGES = ("corpus", "index", "qa", "ui", "pincite")


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: what follows ``pincite`` on the command line.

    Returns:
        The exit code: 0 answered (or done), 1 not in the documents, 2 an error, reported in one
        sentence on standard error; 130 if it was interrupted.
    """
    try:
        with command_line.make_context("pincite", list(arguments)) as context:
            code: int = command_line.invoke(context)
            return code
    except click.exceptions.Exit as done:  # --help and --version
        return done.exit_code
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "pincite"
        return _fail(f"{error.format_message()} Run `{path} --help` to see what it takes.")
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; there is nobody to tell
        return FAILED
    except (PinciteError, OSError, sqlite3.Error) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        print("pincite: stopped; what was read and encoded is kept.", file=sys.stderr)
        return STOPPED


def _fail(message: str) -> int:
    print(printable(f"pincite: {message}"), file=sys.stderr)
    return FAILED


class _Commands(click.Group):
    """Commands in the order in which they are needed, not in that of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as in click
        return list(self.commands)


@click.group(
    cls=_Commands,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 answered or done, 1 not in the documents, 2 an error.",
)
@click.option(
    "-v", "--verbose", count=True, help="Log to standard error what is being done; -vv logs more."
)
@click.option("-q", "--quiet", is_flag=True, help="Report errors only: no progress, no warnings.")
@click.version_option(__version__, message="pincite %(version)s")
@click.pass_context
def command_line(context: click.Context, verbose: int, quiet: bool) -> None:
    """Ask a folder of documents and get answers in their own words.

    Each answer has a citation that a machine can check.
    """
    level = logging.INFO if verbose == 1 else logging.DEBUG if verbose else logging.WARNING
    context.obj = logging.ERROR if quiet else level
    context.with_resource(_log(context.obj))


class _LineFormatter(logging.Formatter):
    """Writes the message of a record as one line."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line; what a traceback adds to it keeps its lines."""
        return _one_line(super().formatMessage(record))


@contextmanager
def _log(level: int) -> Iterator[None]:
    """Write what the modules log, from ``level`` on, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_LineFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    loggers = [logging.getLogger(package) for package in PACKAGES]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(level)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)


docs_argument = click.argument("docs", type=PATH)
index_option = click.option("--index", type=PATH, help="Where its index is kept (DOCS/.pincite).")
false_answer_rate_option = click.option(
    "--false-answer-rate",
    metavar="RATE",
    help="What share of near misses, questions that a passage just fails to answer, may get an "
    "answer: cautious (0.1), balanced (0.35), eager (0.6) or a number from 0 to 1.",
)


@command_line.command()
@docs_argument
@index_option
@click.option("--full", is_flag=True, help="Read and encode everything again.")
@click.option(
    "--encoder",
    metavar="ENCODER",
    help="A folder that sentence-transformers saved or a model's name, kept for later builds.",
)
@click.option(
    "--download",
    is_flag=True,
    help="Fetch the encoder from the Hugging Face Hub if it is not here; its size is shown first.",
)
@click.pass_obj
def build(
    log_level: int,
    docs: Path,
    index: Path | None,
    full: bool,
    encoder: str | None,
    download: bool,
) -> int:
    """Index a folder; only what has changed is worked on.

    DOCS is the folder of documents.
    """
    from pincite.api import build

    with show_progress(sys.stderr, log_level) as show:
        report = build(
            docs,
            index=index,
            full=full,
            encoder=encoder,
            download=download,
            on_download=_print_download,
            on_progress=show,
        )
    for reason in report.rebuild:
        print(f"rebuilt because {reason}")
    _print_changes(report)
    _print_unread(report, docs)
    print(
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.moved)} moved, "
        f"{len(report.removed)} removed, {report.unchanged} unchanged, "
        f"{len(report.skipped)} skipped"
    )
    print(
        f"{report.documents} documents, {report.passages} passages; {report.encoded} passages "
        f"encoded; {report.seconds:.1f} seconds"
    )
    if report.unread:
        print(describe_unread_pages(report.unread))
    return ANSWERED


def _print_download(name: str, size: int) -> None:
    print(f"fetching {name}: {size / 1e6:.0f} MB from the Hugging Face Hub", file=sys.stderr)


@command_line.command()
@docs_argument
@index_option
@click.option("--skipped", is_flag=True, help="Name also each file of a kind that is not read.")
def status(docs: Path, index: Path | None, skipped: bool) -> int:
    """Show what a build would do, without doing it.

    DOCS is the folder of documents.
    """
    from pincite.api import status

    plan = status(docs, index=index)
    for reason in plan.rebuild:
        print(f"everything will be rebuilt because {reason}")
    _print_changes(plan)
    if skipped:
        _print_skipped(file for file in plan.skipped if file.unread_kind)
    else:
        _print_unread(plan, docs)
    if plan.nothing_to_do:
        print(f"nothing to do: {plan.unchanged} documents are up to date")
    else:
        print(
            f"a build would add {len(plan.added)}, change {len(plan.changed)}, "
            f"move {len(plan.moved)} and remove {len(plan.removed)} documents"
        )
    return ANSWERED


def _print_changes(changes: "BuildReport | Plan") -> None:
    """Print the documents that change or cannot be read, a line each."""
    for word, ids in (
        ("added", changes.added),
        ("changed", changes.changed),
        ("removed", changes.removed),
    ):
        for id_ in ids:
            _print_line(f"{word:8} {id_}")
    for old, new in changes.moved:
        _print_line(f"{'moved':8} {old} -> {new}")
    _print_skipped(file for file in changes.skipped if not file.unread_kind)


def _print_skipped(skipped: Iterable["Skipped"]) -> None:
    for file in skipped:
        _print_line(f"{'skipped':8} {file.id}: {file.reason}")


def _print_unread(changes: "BuildReport | Plan", docs: Path) -> None:
    """Print in one line how many files are of kinds that are not read."""
    if unread := count_unread_kinds(changes.skipped):
        _print_line(
            f"{'skipped':8} {unread}; `pincite status {quote(str(docs))} --skipped` names each"
        )


def _print_line(text: str) -> None:
    print(_one_line(text))


def _one_line(text: str) -> str:
    """Return ``text`` as one line; the name of a file may hold anything, line ends too."""
    return printable(text.replace("\n", "\ufffd"))


@command_line.command()
@docs_argument
@click.argument("question", required=False)
@index_option
@click.option("--json", "as_json", is_flag=True, help="Write one line of JSON for each answer.")
@click.option(
    "--from",
    "questions",
    type=PATH,
    metavar="FILE",
    help='Ask each line of FILE, {"id": …, "question": …}, instead of QUESTION.',
)
@click.option(
    "--in",
    "--only",
    "only",
    multiple=True,
    metavar="NAME",
    help="Ask only this document, this folder or those that match, such as '*.pdf'; may be given "
    "several times.",
)
@click.option(
    "--after",
    default="",
    metavar="DATE",
    help="Ask only documents dated from DATE on: 2013, 2013-04 or 2013-04-30.",
)
@click.option("--before", default="", metavar="DATE", help="Ask only documents dated before DATE.")
@click.option(
    "--by",
    default="",
    metavar="NAME",
    help="Ask only documents whose author or sender has NAME in the name.",
)
@click.option("--type", default="", metavar="TYPE", help="Ask only documents of this type: pdf.")
@false_answer_rate_option
def ask(
    docs: Path,
    question: str | None,
    index: Path | None,
    as_json: bool,
    questions: Path | None,
    only: tuple[str, ...],
    after: str,
    before: str,
    by: str,
    type: str,
    false_answer_rate: str | None,
) -> int:
    """Answer a question in the documents' own words.

    DOCS is the folder of documents, QUESTION what you want to know.
    """
    if questions is not None and question is None:
        asked = list(_questions_in(questions))
    elif question is not None and questions is None:
        asked = [(None, question)]
    else:
        raise InputError("Give either a question or a file of questions with --from.")
    from qa import Assistant, Filter
    from qa.formats import answer_to_json, to_text

    found, where = False, Filter(after, before, by, type)
    with Assistant.open(docs, index=index, false_answer_rate=false_answer_rate) as assistant:
        for id_, text in asked:
            answer = assistant.ask(text, only=only, where=where)
            found = found or answer.found
            print(answer_to_json(answer, id_) if as_json else to_text(answer), flush=True)
    return ANSWERED if found else NOT_FOUND


def _questions_in(path: Path) -> Iterator[tuple[str | None, str]]:
    """Yield id and question of each line of a question file."""
    for number, line in enumerate(_text_of(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            yield str(entry["id"]), str(entry["question"])
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f'Line {number} of {path} is not {{"id": …, "question": …}}; correct that line.'
            ) from error


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from error


@command_line.command()
@docs_argument
@click.argument("more", nargs=-1, type=PATH)
@index_option
@click.option(
    "--host", default="127.0.0.1", metavar="HOST", help="Address to listen on (127.0.0.1)."
)
@click.option("--port", default=7860, metavar="PORT", help="Port to listen on (7860).")
@click.option("--no-browser", is_flag=True, help="Do not open a browser window.")
@false_answer_rate_option
def chat(
    docs: Path,
    more: tuple[Path, ...],
    index: Path | None,
    host: str,
    port: int,
    no_browser: bool,
    false_answer_rate: str | None,
) -> int:
    """Open the chat in the browser.

    DOCS is the folder of documents, MORE are more folders, each with its own index.
    """
    if more and index:
        raise InputError("--index goes with one folder; open the others without it.")
    import threading
    import webbrowser

    from pincite.api import open_collections
    from pincite.server import LOOPBACK, launch

    here = host in LOOPBACK
    with open_collections(
        (docs, *more), index=index, false_answer_rate=false_answer_rate, editable=here
    ) as collections:
        page, url = launch(collections, host, port)
        with suppress(KeyboardInterrupt):
            try:
                print(f"The chat is at {url} (Ctrl-C ends it)", flush=True)
                if not no_browser:
                    webbrowser.open(url)
                threading.Event().wait()
            finally:
                page.close(verbose=False)
    return ANSWERED


@command_line.command("eval")
@docs_argument
@click.argument("questions", required=False, type=PATH)
@index_option
@click.option("--out", type=PATH, help="Where the report goes (a new folder in the index).")
@false_answer_rate_option
@click.option(
    "--compare",
    type=PATH,
    metavar="REPORT",
    help="Compare with another run's report.json, question by question.",
)
@click.option(
    "--fit",
    is_flag=True,
    help="Refit the confidence to these questions, for all later answers from this index.",
)
@click.option("--unfit", "undo_fit", is_flag=True, help="Undo --fit.")
@click.option(
    "--make-questions",
    "drafts",
    type=click.IntRange(min=1),
    metavar="N",
    help="Draft N questions about the documents, to be edited, into QUESTIONS (questions.jsonl).",
)
@click.pass_obj
def measure(
    log_level: int,
    docs: Path,
    questions: Path | None,
    index: Path | None,
    out: Path | None,
    false_answer_rate: str | None,
    compare: Path | None,
    fit: bool,
    undo_fit: bool,
    drafts: int | None,
) -> int:
    """Measure how good the answers are, on your own questions.

    DOCS is the folder of documents, QUESTIONS a file of JSON lines or CSV: question, and what is
    known of document, answers, answerable, form.
    """
    if fit + undo_fit + (drafts is not None) > 1:
        raise click.UsageError("--fit, --unfit and --make-questions exclude each other.")
    from pincite.evaluation.command import DRAFTS, evaluate, make_questions, unfit

    if undo_fit:
        _print_line(unfit(docs, index))
        return ANSWERED
    if drafts is not None:
        _print_line(make_questions(docs, drafts, questions or DRAFTS, index))
        return ANSWERED
    if questions is None:
        raise InputError("Give a file of questions; --make-questions 100 drafts one to edit.")

    with show_progress(sys.stderr, log_level) as show:
        lines, verified = evaluate(
            docs,
            questions,
            index=index,
            out=out,
            false_answer_rate=false_answer_rate,
            other=compare,
            fit=fit,
            on_progress=show,
        )
    for line in lines:
        _print_line(line)
    return ANSWERED if verified else UNVERIFIED


@command_line.command()
@docs_argument
@index_option
@click.option("--check", is_flag=True, help="Compare its files with their checksums.")
def info(docs: Path, index: Path | None, check: bool) -> int:
    """Show what is in the index and what made it.

    DOCS is the folder of documents.
    """
    from index import Store, index_folder_of

    where = index_folder_of(docs, index)
    with closing(Store.open(where)) as store:
        config = store.config
        print(f"index        {where}")
        for name, count in store.count().items():
            print(f"{name:12} {count}")
        print(f"generation   {store.generation}")
        if config is not None:
            print(f"encoder      {config.encoder} ({config.fingerprint[:12]})")
            print(f"precision    {store.precision(config.fingerprint) or 'float32'}")
            print(f"passages of  at most {config.passage_tokens} tokens")
            print(f"format       {config.format}")
    return _check(where) if check else ANSWERED


def _check(index_folder: Path) -> int:
    from index import PassageIndex

    with closing(PassageIndex.open(index_folder)) as index:
        damage = index.find_damage()
    for line in damage:
        print(f"damaged      {line}")
    if damage:
        raise IndexDamaged(f"{len(damage)} files are damaged; run `pincite build --full`.")
    print("checked      every file has its recorded checksum")
    return ANSWERED


@command_line.command()
@docs_argument
@click.argument("answer", type=click.Path(allow_dash=True, path_type=Path))
@index_option
def verify(docs: Path, answer: Path, index: Path | None) -> int:
    """Check a saved answer's citations against the files as they are.

    DOCS is the folder of documents, ANSWER what `ask --json` wrote; - reads standard input.
    """
    from index import index_folder_of
    from qa import verify
    from qa.formats import citations_from_json

    saved = sys.stdin.read() if answer == Path("-") else _text_of(answer)
    verdicts = verify(citations_from_json(saved), docs, index_folder_of(docs, index))
    if not verdicts:
        print("there is no citation to check")
    for verdict in verdicts:
        cited = verdict.citation
        place = f"{cited.document} {cited.start}-{cited.end}"
        _print_line(f"{verdict.status:8} {place}: {verdict.detail}")
    return ANSWERED if all(v.status == "exact" for v in verdicts) else NOT_FOUND
