"""The README's tables of Pincite and its peers, from ``bench/results/peers.json``.

Run: ``python -m bench.tables`` and put what it prints into the README; a test compares the two.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["ranking_table", "reading_table"]

RESULTS = Path(__file__).parent / "results" / "peers.json"
FIRST = "Pincite"
# What each data set is judged by: one right passage, or all relevant documents.
SETS = {
    "squad1_dev": ("SQuAD 1.1", ("recall@1", "recall@5", "MRR@10")),
    "covid_qa": ("COVID-QA", ("recall@1", "recall@5", "MRR@10")),
    "cranfield": ("Cranfield", ("nDCG@10",)),
    "npl_vaswani": ("NPL", ("nDCG@10",)),
}
# As sure as this that the peer is better or worse, or no difference is claimed.
SIGNIFICANT = 0.05


def main() -> None:
    """Print both tables."""
    results = json.loads(RESULTS.read_text("utf-8"))
    print(ranking_table(results))
    print()
    print(reading_table(results))


def ranking_table(results: Mapping[str, Any]) -> str:
    """Return a Markdown table: a row for each ranker, a column for each measure of each set."""
    ranking = results["ranking"]
    columns = [(key, measure) for key in SETS if key in ranking for measure in SETS[key][1]]
    heads = [f"{SETS[key][0]}: {measure}" for key, measure in columns]
    names = _by_value(ranking[columns[0][0]]["scores"], columns[0][1])
    rows = [
        [name, *(_cell(ranking[key]["scores"][name][measure]) for key, measure in columns)]
        for name in names
    ]
    return _table(["ranking", *heads], rows)


def reading_table(results: Mapping[str, Any]) -> str:
    """Return a Markdown table: a row for each reader."""
    reading = results["reading"]
    rows = []
    for name in _by_value(reading["scores"], "F1"):
        scores, abstention = reading["scores"][name], reading["abstention"][name]
        rows.append(
            [
                name,
                *(_cell(scores[measure]) for measure in ("exact match", "F1")),
                *(f"{interval['value']:.3f}" for interval in abstention.values()),
            ]
        )
    return _table(["reader", "exact match", "F1", *reading["abstention"][FIRST]], rows)


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


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
