"""Tables from what was measured: Pincite beside its peers, and beside an earlier version of it.

They come from the files of ``bench.peers``, ``bench.natural``, ``bench.near_misses`` and
``bench.formats`` in ``results/``.

Run: ``python -m bench.tables --plot docs/peers.png``. It writes each table below its mark in
``docs/benchmarks.md``, ``<!-- bench.tables: NAME -->``; a test compares the two.
"""

import argparse
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.plots import Panel, plot_panels

__all__ = [
    "formats_table",
    "ranking_panels",
    "ranking_table",
    "reading_panels",
    "reading_table",
    "tables",
    "versions_table",
    "with_tables",
]

RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
FIRST = "Pincite"
# What each data set is judged by: one right passage, or all relevant documents.
SETS = {
    "squad1_dev": ("SQuAD 1.1", ("success@1", "success@5", "MRR@10")),
    "squad2_dev_b": ("SQuAD 2.0", ("success@1",)),
    "covid_qa": ("COVID-QA", ("success@1", "success@5", "MRR@10")),
    "cranfield": ("Cranfield", ("nDCG@10",)),
    "npl_vaswani": ("NPL", ("nDCG@10",)),
}
READ = ("squad1_dev", "squad2_dev_b")
# Where two versions, or several settings, stand beside each other.
VERSIONS = {"natural": "natural_a", "near_misses": "squad2_dev_b"}
FORMATS = RESULTS / "formats.json"
# Times are given as ratios of Pincite's, for one set.
TIMED, INDEXING, ASKING = "squad1_dev", "index_seconds", "median milliseconds"
# As sure as this that the peer is better or worse, or no difference is claimed.
SIGNIFICANT = 0.05


def main() -> None:
    """Write the tables and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plot", type=Path, help="write a picture of the scores there")
    options = parser.parse_args()
    PAGE.write_text(with_tables(PAGE.read_text("utf-8")), "utf-8")
    if options.plot:
        plot_panels([ranking_panels(), reading_panels()], options.plot)


def with_tables(page: str) -> str:
    """Return ``page`` with each table as it was measured, below its mark."""
    for name, table in tables().items():
        mark = re.escape(f"<!-- bench.tables: {name} -->")
        page, times = re.subn(rf"({mark}\n\n)(?:\|.*\n)*", rf"\g<1>{table}\n", page)
        if times != 1:
            raise ValueError(f"the page has the mark of the table {name!r} {times} times")
    return page


def tables() -> dict[str, str]:
    """Return the tables by name: of rankings, of each set that was read, of versions."""
    read = _results("reading", READ)
    versions = {what: RESULTS / f"{what}_{data}.json" for what, data in VERSIONS.items()}
    return {
        "ranking": ranking_table(_results("ranking", SETS)),
        **{f"reading {name}": reading_table(result) for name, result in read.items()},
        **{what: versions_table(_saved(p)) for what, p in versions.items() if p.exists()},
        **({"formats": formats_table(_saved(FORMATS))} if FORMATS.exists() else {}),
    }


def ranking_panels() -> list[Panel]:
    """Return the first measure of each ranked set."""
    ranking = _results("ranking", SETS)
    first = next(iter(ranking))
    names = _by_value(ranking[first]["scores"], SETS[first][1][0])
    return [
        Panel(f"{title}\n{measures[0]}", {n: ranking[key]["scores"][n][measures[0]] for n in names})
        for key, (title, measures) in SETS.items()
        if key in ranking
    ]


def reading_panels() -> list[Panel]:
    """Return F1 and the area under ROC of each set that was read."""
    reading = _results("reading", READ)
    names = _by_value(next(iter(reading.values()))["scores"], "F1")
    return [
        Panel(f"{SETS[key][0]}\n{measure}", {n: result[kind][n][measure] for n in names})
        for key, result in reading.items()
        for kind, measure in (("scores", "F1"), ("abstention", "area under ROC"))
    ]


def _results(what: str, sets: Iterable[str]) -> dict[str, Any]:
    """Return what was measured, by set."""
    paths = {name: RESULTS / f"peers_{what}_{name}.json" for name in sets}
    return {n: _saved(path) for n, path in paths.items() if path.exists()}


def _saved(path: Path) -> Any:  # noqa: ANN401 - as in the file
    return json.loads(path.read_text("utf-8"))


def ranking_table(ranking: Mapping[str, Any]) -> str:
    """Return a Markdown table: a row for each ranker, a column for each measure of each set."""
    columns = [(key, measure) for key in ranking for measure in SETS[key][1]]
    heads = [f"{SETS[key][0]}: {measure}" for key, measure in columns]
    names = _by_value(ranking[columns[0][0]]["scores"], columns[0][1])
    rows = [
        [
            name,
            *(_cell(ranking[key]["scores"][name][measure]) for key, measure in columns),
            *(_ratio(ranking[TIMED]["timing"], name, what) for what in (INDEXING, ASKING)),
        ]
        for name in names
    ]
    times = [f"{SETS[TIMED][0]}: time to {doing}" for doing in ("index", "rank")]
    return _table(["ranking", *heads, *times], rows)


def reading_table(reading: Mapping[str, Any]) -> str:
    """Return a Markdown table: a row for each reader."""
    rows = []
    for name in _by_value(reading["scores"], "F1"):
        scores, abstention = reading["scores"][name], reading["abstention"][name]
        rows.append(
            [
                name,
                *(_cell(scores[measure]) for measure in ("exact match", "F1")),
                *(f"{interval['value']:.3f}" for interval in abstention.values()),
                _ratio(reading["timing"], name, ASKING),
            ]
        )
    heads = ["reader", "exact match", "F1", *reading["abstention"][FIRST], "time"]
    return _table(heads, rows)


def versions_table(result: Mapping[str, Any]) -> str:
    """Return a Markdown table: a row for each measure, a column for each version or setting."""
    columns = result["columns"]
    names = dict.fromkeys(name for measures in columns.values() for name in measures)
    rows = [
        [name, *(_with_interval(c.get(name), name) for c in columns.values())] for name in names
    ]
    heads = [f"before ({result['before']})" if head == "before" else head for head in columns]
    return _table([f"{result['date']}, commit {result['commit']}", *heads], rows)


def formats_table(result: Mapping[str, Any]) -> str:
    """Return a Markdown table: a row for each format and reader, a column for each measure."""
    rows = [
        [
            f"{ending} ({m['files']})",
            f"{name} {result['versions'][name]}".strip(),
            *(f"{m[measure]:.3f}" for measure in ("recall", "precision", "order")),
            str(m["lost"]),
            f"{m['files a second']:.0f}" if m["lost"] < m["files"] else "–",
        ]
        for ending, readers in result["formats"].items()
        for name, m in readers.items()
    ]
    measures = ["recall", "precision", "order", "files lost", "files a second of processor time"]
    return _table(["format (files)", "reader", *measures], rows)


def _with_interval(found: Mapping[str, float] | None, name: str) -> str:
    """Return a share or milliseconds with the 95 % interval."""
    if found is None:
        return "–"
    places = 0 if name.startswith("milliseconds") else 3
    value, low, high = (f"{found[end]:.{places}f}" for end in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def _by_value(scores: Mapping[str, Any], measure: str) -> list[str]:
    """Return the names, Pincite first, then the best first."""
    others = sorted(scores, key=lambda name: -scores[name][measure]["value"])
    return [FIRST, *(name for name in others if name != FIRST)]


def _cell(score: Mapping[str, Any]) -> str:
    """Return a score; ▼ if it is lower than Pincite's beyond chance, ▲ if higher."""
    lead = score.get("Pincite's lead")
    sign = ""
    if lead and score["p"] < SIGNIFICANT:
        sign = " ▼" if lead["value"] > 0 else " ▲"
    return f"{score['value']:.3f}{sign}"


def _ratio(timing: Mapping[str, Any], name: str, what: str) -> str:
    """Return how many times Pincite's a time is."""
    if not all(what in timing.get(one, {}) for one in (name, FIRST)):
        return "–"
    times = timing[name][what] / timing[FIRST][what]
    return f"× {times:.0f}" if times >= 10 else f"× {times:.2g}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
