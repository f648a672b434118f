"""Builds in processes that a test kills; one process imports, and is forked for each of them.

Every line of standard input is a folder, a tab and a file to write down what was encoded. The
answers are the process id of the build and, when that has ended, ``ended`` or ``killed``.
"""

import os
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import index
from index import HashEncoder, Vectors


class SlowEncoder(HashEncoder):
    """Takes its time, and writes down what it is about to encode."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors; see `Encoder.encode`."""
        with self._log.open("a", encoding="utf-8") as log:
            log.writelines(f"{text!r}\n" for text in texts)
        time.sleep(0.004)
        return super().encode(texts)


def say(answer: object) -> None:
    """Answer the test."""
    print(answer, flush=True)  # noqa: T201


def main() -> None:
    """Serve until standard input ends."""
    import_module("index.build").BATCH = 2  # type: ignore[attr-defined]
    import_module("index.lexical")
    for request in sys.stdin:
        folder, log = map(Path, request.rstrip("\n").split("\t"))
        if child := os.fork():
            say(child)
            _, status = os.waitpid(child, 0)
            say("ended" if status == 0 else "killed")
        else:
            index.build(folder, SlowEncoder(log))
            os._exit(0)


if __name__ == "__main__":
    main()
