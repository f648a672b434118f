"""The command line's arguments: every command with its options, and nothing that they do."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from pincite import __version__

__all__ = ["command_line"]


class _Command(argparse.ArgumentParser):
    """A command whose options may stand before, between and behind its arguments."""

    _mixing = False

    def parse_known_args(  # type: ignore[override]  # argparse has three overloads
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse as `parse_known_intermixed_args` does, which some versions call this for."""
        if self._mixing:
            return super().parse_known_args(args, namespace)
        self._mixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._mixing = False


def command_line() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="pincite",
        description="Ask a folder of documents and get answers in their own words, each with a "
        "citation that a machine can check.",
        epilog="Exit codes: 0 answered or done, 1 not in the documents, 2 an error.",
    )
    parser.add_argument("--version", action="version", version=f"pincite {__version__}")
    commands = parser.add_subparsers(
        title="commands", required=True, metavar="COMMAND", parser_class=_Command
    )

    def command(name: str, summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=summary)
        added.add_argument("docs", type=Path, metavar="DOCS", help="the folder of documents")
        added.add_argument(
            "--index", type=Path, metavar="PATH", help="where its index is kept (DOCS/.pincite)"
        )
        return added

    def add_risk(command: argparse.ArgumentParser) -> None:
        command.add_argument(
            "--risk",
            metavar="RISK",
            help="which share of the questions that the documents do not answer may get an answer: "
            "cautious (0.01), balanced (0.03), eager (0.1) or a number",
        )

    build = command("build", "Index a folder; only what changed since the last time is worked on.")
    build.add_argument("--full", action="store_true", help="read and encode everything again")
    build.set_defaults(command="build")

    status = command("status", "Show what a build would do, without doing it.")
    status.set_defaults(command="status")

    ask = command("ask", "Answer a question in the documents' own words.")
    ask.add_argument("question", nargs="?", metavar="QUESTION", help="what you want to know")
    ask.add_argument("--json", action="store_true", help="write one line of JSON for each answer")
    ask.add_argument(
        "--from",
        dest="questions",
        type=Path,
        metavar="FILE",
        help='ask each line of FILE, {"id": …, "question": …}, instead of QUESTION',
    )
    ask.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="ask only this document, this folder or those that match, such as '*.pdf'; may be "
        "given several times",
    )
    add_risk(ask)
    ask.set_defaults(command="ask")

    chat = command("chat", "Open the chat in the browser.")
    chat.add_argument(
        "more", nargs="*", type=Path, metavar="MORE", help="more folders, each with its own index"
    )
    chat.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    chat.add_argument("--port", type=int, default=7860, help="port to listen on (7860)")
    chat.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    add_risk(chat)
    chat.set_defaults(command="chat")

    _add_eval(command("eval", "Measure how good the answers are, on your own questions."), add_risk)

    info = command("info", "Show what is in the index and what made it.")
    info.add_argument("--check", action="store_true", help="compare its files with their checksums")
    info.set_defaults(command="info")

    verify = command(
        "verify", "Check the citations of a saved answer against the files as they are."
    )
    verify.add_argument(
        "answer", metavar="ANSWER", help="what `ask --json` wrote; - reads standard input"
    )
    verify.set_defaults(command="verify")
    return parser


def _add_eval(
    command: argparse.ArgumentParser, add_risk: Callable[[argparse.ArgumentParser], None]
) -> None:
    command.add_argument(
        "questions",
        nargs="?",
        type=Path,
        metavar="QUESTIONS",
        help="JSON lines or CSV: question, and what is known of document, answers, answerable",
    )
    command.add_argument(
        "--out", type=Path, metavar="PATH", help="where the report goes (a new folder in the index)"
    )
    add_risk(command)
    command.add_argument(
        "--compare",
        type=Path,
        metavar="REPORT",
        help="compare with another run's report.json, question by question",
    )
    one = command.add_mutually_exclusive_group()
    one.add_argument(
        "--fit",
        action="store_true",
        help="refit the confidence to these questions, for all later answers from this index",
    )
    one.add_argument("--unfit", action="store_true", help="undo --fit")
    one.add_argument(
        "--make-questions",
        type=_count,
        metavar="N",
        help="draft N questions about the documents, to be edited, into QUESTIONS "
        "(questions.jsonl)",
    )
    command.set_defaults(command="eval")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of questions")
    return number
