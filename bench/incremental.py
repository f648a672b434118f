"""How long the ``pincite`` command takes after various changes, starting of Python included.

A folder of text files is made up, built, changed and built again, each time by a new process, as a
user would do it. A question is asked twice: first with nothing of Python, its packages and the
index left in the system's cache of files, as after the machine was started, then again. Run:
``python -m bench.incremental --files 2000``; some minutes on two cores.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.machine import described

SYLLABLES = [consonant + vowel for consonant in "bdfglmnprstvwxk" for vowel in "aeiou"]
WORDS_A_SENTENCE, SENTENCES_A_FILE = 14, 8


def main() -> None:
    """Measure and print one JSON object: seconds and what the command said, by what was done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "documents"
        write_documents(folder, options.files)
        steps = measure(folder)
    print(json.dumps({**described(), "files": options.files, "steps": steps}, indent=1))


def write_documents(folder: Path, count: int) -> None:
    """Write ``count`` text files of made-up words, a hundred to a subfolder."""
    chance = random.Random(count)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 3))) for _ in range(3000)]
    for number in range(count):
        path = folder / f"part{number // 100:03d}" / f"{number:05d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        sentences = (
            " ".join(chance.choices(words, k=WORDS_A_SENTENCE)).capitalize() + "."
            for _ in range(SENTENCES_A_FILE)
        )
        path.write_text(" ".join(sentences), "utf-8")


def measure(folder: Path) -> dict[str, dict[str, object]]:
    """Run the commands; return seconds and the last line of output of each step."""
    steps: dict[str, dict[str, object]] = {}

    def step(name: str, *arguments: str) -> None:
        command = [sys.executable, "-m", "pincite", *arguments]
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = round(time.perf_counter() - start, 2)
        steps[name] = {"seconds": seconds, "said": done.stdout.strip().splitlines()[-1]}

    docs = str(folder)
    step("first build", "build", docs)
    step("build, nothing changed", "build", docs)
    step("status, nothing changed", "status", docs)
    changed = next(folder.rglob("*.txt"))
    changed.write_text(changed.read_text("utf-8") + " One more sentence.", "utf-8")
    step("build, one file changed", "build", docs)
    for path in sorted(folder.rglob("*.txt"))[::10]:
        path.write_text(path.read_text("utf-8") + " Another sentence.", "utf-8")
    step("build, every tenth file changed", "build", docs)
    part = sorted(path for path in folder.iterdir() if path.name.startswith("part"))[0]
    part.rename(folder / "renamed")
    step("build, a folder of a hundred files renamed", "build", docs)
    shutil.rmtree(folder / "renamed")
    step("build, that folder removed", "build", docs)
    question = ("ask", docs, "Where is the one more sentence?")
    python = sysconfig.get_paths()
    forget([folder, *(Path(python[name]) for name in ("stdlib", "purelib"))])
    step("ask, nothing in the cache of files", *question)
    step("ask, again", *question)
    return steps


def forget(folders: Sequence[Path]) -> None:
    """Have the system drop from memory what it keeps of the files in ``folders``."""
    os.sync()  # what is not yet written cannot be dropped
    for path in (path for folder in folders for path in folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            file = os.open(path, os.O_RDONLY)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)


if __name__ == "__main__":
    main()
