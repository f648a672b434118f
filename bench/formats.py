"""How well files are read: beside markitdown and kreuzberg, on real files with known text.

For each format, over all words of its files together: recall, the share of the known words that
were read; precision, the share of the words read that are known; order, the share of the words read
rightly that stand before the same word as in the known text; and files a second of processor time.
Words are compared without case and without the marks of Markdown.

Run: ``python -m bench.formats FILES WORK [--before CHECKOUT]``. FILES holds folders of files, each
with ``groundtruth`` or ``expected_outputs`` beside or below it, in which ``NAME.ENDING.md`` or
``NAME.md`` is the known text; WORK as in `bench.peers`; CHECKOUT is a checkout of another
version of Pincite. Prints one JSON object. Five minutes on two cores.
"""

import argparse
import glob
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.machine import commit_of, described
from bench.peers.environments import Peer, run

KNOWN = ("groundtruth", "expected_outputs")
PINCITE = "Pincite"
HERE = Path(__file__).parent.parent
PEERS = (
    Peer("markitdown", "convert_markitdown.py", "converters"),
    Peer("kreuzberg", "convert_kreuzberg.py", "converters"),
)
IMAGE = re.compile(r"!\[([^\]\[]*)\]\([^()]*\)|<!--.*?-->", re.DOTALL)
LINK = re.compile(r"\[([^\]\[]*)\]\([^()]*\)")
MARK = re.compile(r"\\|&(?:amp|lt|gt|quot|nbsp);|(?<![^\W_])_+|_+(?![^\W_])")
WORD = re.compile(r"\w+")


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--before", type=Path, help="a checkout of another version")
    options = parser.parse_args()
    known = find_known(options.files)
    paths = [str(path) for path in known]
    task, work = {"paths": paths}, options.work.resolve()
    checkouts = {PINCITE: HERE} | ({"before": options.before} if options.before else {})
    read: dict[str, Any] = {
        name: run(Peer(name, "convert_pincite.py", None), task, work, {"PYTHONPATH": str(checkout)})
        | {"version": commit_of(checkout)}
        for name, checkout in checkouts.items()
    }
    for peer in PEERS:
        read[peer.name] = run(peer, task, work)
    texts = {str(path): text.read_text("utf-8") for path, text in known.items()}
    print(
        json.dumps(
            {
                **described(),
                "versions": {name: result.get("version", "") for name, result in read.items()},
                "formats": {
                    ending: {
                        name: measure(among, texts, result["texts"], result["seconds"])
                        for name, result in read.items()
                    }
                    for ending, among in by_ending(paths).items()
                },
            },
            indent=1,
        )
    )


def find_known(files: Path) -> dict[Path, Path]:
    """Return the files whose text is known, and where it stands."""
    found: dict[Path, Path] = {}
    for path in sorted(files.rglob("*")):
        if not path.is_file() or path.parent.name in KNOWN:
            continue
        names = [f"{path.name}.md"]
        # A text without the ending is known to be this file's if no other has the name.
        if len(list(path.parent.glob(f"{glob.escape(path.stem)}.*"))) == 1:
            names.append(f"{path.stem}.md")
        beside = (path.parent / kind for kind in KNOWN), (path.parent.parent / k for k in KNOWN)
        texts = (folder / name for folders in beside for folder in folders for name in names)
        text = next((text for text in texts if text.is_file()), None)
        if text:
            found[path] = text
    return found


def by_ending(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return the paths by their endings, in alphabetical order."""
    grouped: dict[str, list[str]] = {}
    for path in sorted(paths, key=lambda path: (Path(path).suffix.lower(), path)):
        grouped.setdefault(Path(path).suffix.lower(), []).append(path)
    return grouped


def measure(
    paths: Sequence[str],
    known: Mapping[str, str],
    read: Mapping[str, str | None],
    seconds: Mapping[str, float],
) -> dict[str, float]:
    """Return the measures of one format, whose files are ``paths``."""
    right = expected = found = pairs = 0
    for path in paths:
        gold, words = words_of(known[path]), words_of(read.get(path) or "")
        right += (Counter(gold) & Counter(words)).total()
        pairs += (Counter(pairwise(gold)) & Counter(pairwise(words))).total()
        expected, found = expected + len(gold), found + len(words)
    lost = sum(not (read.get(path) or "").strip() for path in paths if known[path].strip())
    return {
        "files": len(paths),
        "lost": lost,
        "recall": round(right / expected, 4) if expected else 1.0,
        "precision": round(right / found, 4) if found else 0.0,
        "order": round(min(1.0, pairs / right), 4) if right else 0.0,
        "files a second": round(len(paths) / max(1e-9, sum(seconds[p] for p in paths)), 1),
    }


def words_of(markdown: str) -> list[str]:
    """Return the words of a text, in lower case, without the marks of Markdown."""
    plain = LINK.sub(r"\1", IMAGE.sub(r"\1", markdown))
    return [word.casefold() for word in WORD.findall(MARK.sub(" ", plain))]


if __name__ == "__main__":
    main()
