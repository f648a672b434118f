"""The command line: arguments in, text or JSON out, exit codes 0, 1 and 2."""

import argparse
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from corpus import IndexDamaged, InputError, PinciteError, printable
from pincite.arguments import command_line

__all__ = ["ANSWERED", "FAILED", "NOT_FOUND", "run"]

ANSWERED, NOT_FOUND, FAILED, STOPPED = 0, 1, 2, 130
UNVERIFIED = NOT_FOUND


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: what follows ``pincite`` on the command line.

    Returns:
        The exit code: 0 answered (or done), 1 not in the documents, 2 an error, which is then told
        in one sentence on standard error; 130 if it was interrupted.
    """
    options = command_line().parse_args(arguments)
    try:
        return COMMANDS[options.command](options)
    except (PinciteError, OSError, sqlite3.Error) as error:
        if isinstance(error, BrokenPipeError):
            sys.stderr.close()  # whoever read our output has gone; there is nobody to tell
        else:
            print(printable(f"pincite: {error}"), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("pincite: stopped; what was read and encoded is kept.", file=sys.stderr)
        return STOPPED


def _build(options: argparse.Namespace) -> int:
    from pincite.api import build
    from pincite.changes import report_lines
    from pincite.progress import show_progress

    with show_progress(sys.stderr) as show:
        report = build(options.docs, index=options.index, full=options.full, on_progress=show)
    for line in report_lines(report):
        _print_line(line)
    return ANSWERED


def _print_line(text: str) -> None:
    """Print one line; the name of a file may hold anything, line ends too."""
    print(printable(text.replace("\n", "\ufffd")))


def _status(options: argparse.Namespace) -> int:
    from pincite.api import status
    from pincite.changes import change_lines

    plan = status(options.docs, index=options.index)
    for reason in plan.rebuild:
        print(f"everything will be rebuilt because {reason}")
    for line in change_lines(plan):
        _print_line(line)
    if plan.nothing_to_do:
        print(f"nothing to do: {plan.unchanged} documents are up to date")
    else:
        print(
            f"a build would add {len(plan.added)}, change {len(plan.changed)}, "
            f"move {len(plan.moved)} and remove {len(plan.removed)} documents"
        )
    return ANSWERED


def _ask(options: argparse.Namespace) -> int:
    if (options.question is None) == (options.questions is None):
        raise InputError("Give either a question or a file of questions with --from.")
    from pincite.api import open_assistant
    from qa.formats import answer_to_json, to_text

    questions: list[tuple[str | None, str]] = [(None, options.question)]
    if options.questions is not None:
        questions = list(_questions(options.questions))
    with open_assistant(options.docs, index=options.index, risk=options.risk) as assistant:
        found = False
        for id_, question in questions:
            answer = assistant.ask(question, only=options.only)
            found = found or answer.found
            print(answer_to_json(answer, id_) if options.json else to_text(answer), flush=True)
    return ANSWERED if found else NOT_FOUND


def _questions(path: Path) -> Iterator[tuple[str | None, str]]:
    """Yield id and question of each line of a question file."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            yield str(entry["id"]), str(entry["question"])
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f'Line {number} of {path} is not {{"id": …, "question": …}}; correct that line.'
            ) from error


def _chat(options: argparse.Namespace) -> int:
    if options.more and options.index:
        raise InputError("--index goes with one folder; open the others without it.")
    from pincite.api import open_collections
    from pincite.server.app import LOOPBACK, serve

    folders = (options.docs, *options.more)
    here = options.host in LOOPBACK
    with open_collections(
        folders, index=options.index, risk=options.risk, editable=here
    ) as collections:
        serve(
            collections,
            host=options.host,
            port=options.port,
            open_browser=not options.no_browser,
            on_ready=lambda url: print(f"The chat is at {url} (Ctrl-C ends it)", flush=True),
        )
    return ANSWERED


def _eval(options: argparse.Namespace) -> int:
    if options.unfit or options.make_questions is not None:
        return _beside_eval(options)
    if options.questions is None:
        raise InputError("Give a file of questions; --make-questions 100 drafts one to edit.")
    from pincite.evaluation.command import evaluate
    from pincite.progress import show_progress

    with show_progress(sys.stderr) as show:
        outcome = evaluate(
            options.docs,
            options.questions,
            index=options.index,
            out=options.out,
            risk=options.risk,
            other=options.compare,
            fit=options.fit,
            on_progress=show,
        )
    for line in outcome.lines:
        _print_line(line)
    return ANSWERED if outcome.verified else UNVERIFIED


def _beside_eval(options: argparse.Namespace) -> int:
    """Do what needs no question to be asked."""
    from pincite.evaluation.command import DRAFTS, make_questions, unfit

    if options.unfit:
        _print_line(unfit(options.docs, options.index))
    else:
        target = options.questions or DRAFTS
        _print_line(make_questions(options.docs, options.make_questions, target, options.index))
    return ANSWERED


def _info(options: argparse.Namespace) -> int:
    from index import Store, index_folder_of

    where = index_folder_of(options.docs, options.index)
    store = Store.open(where)
    try:
        config, counts = store.config, store.counts()
        print(f"index        {where}")
        for name, count in counts.items():
            print(f"{name:12} {count}")
        print(f"generation   {store.generation}")
        if config is not None:
            print(f"encoder      {config.encoder} ({config.fingerprint[:12]})")
            print(f"passages of  at most {config.passage_tokens} tokens")
            print(f"format       {config.format}")
    finally:
        store.close()
    return _check(where) if options.check else ANSWERED


def _check(index_folder: Path) -> int:
    from index import PassageIndex

    index = PassageIndex.open(index_folder)
    try:
        with index.snapshot():
            damage = index.damage()
    finally:
        index.close()
    for line in damage:
        print(f"damaged      {line}")
    if damage:
        raise IndexDamaged(f"{len(damage)} files are damaged; run `pincite build --full`.")
    print("checked      every file has its recorded checksum")
    return ANSWERED


def _verify(options: argparse.Namespace) -> int:
    from index import index_folder_of
    from qa import verify
    from qa.formats import citations_from_json

    try:
        saved = (
            sys.stdin.read() if options.answer == "-" else Path(options.answer).read_text("utf-8")
        )
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{options.answer} cannot be read: {error}.") from error
    where = index_folder_of(options.docs, options.index)
    verdicts = verify(citations_from_json(saved), options.docs, where)
    if not verdicts:
        print("there is no citation to check")
    for verdict in verdicts:
        cited = verdict.citation
        place = f"{cited.document} {cited.start}-{cited.end}"
        _print_line(f"{verdict.status:8} {place}: {verdict.detail}")
    return ANSWERED if all(v.status == "exact" for v in verdicts) else NOT_FOUND


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "ask": _ask,
    "build": _build,
    "chat": _chat,
    "eval": _eval,
    "info": _info,
    "status": _status,
    "verify": _verify,
}
