"""Find passages that Pincite's own index takes for the answer and that do not hold it.

The training articles are indexed as documents, every question is asked of the index by its terms,
and the best passages without any of its answers are kept: what the reader meets in use.

Run: ``python -m training.mine_negatives DATA WORK``. Resumes nothing; about five minutes.
"""

import argparse
import gzip
import json
from pathlib import Path

from bench.data import write_articles
from index import PassageIndex, build, index_folder_of, open_encoder
from qa.question import understand
from training.data import SquadTrain

LOOKED_AT, KEPT = 12, 4


def main() -> None:
    """Write ``WORK/retrieved_negatives.jsonl.gz``: question id, texts with the line above them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="holds squad1_train")
    parser.add_argument("work", type=Path)
    options = parser.parse_args()
    squad = SquadTrain(options.data / "squad1_train")
    titles = frozenset(squad.titles)
    examples = squad.examples(titles)
    folder = options.work / "articles"
    folder.mkdir(parents=True, exist_ok=True)
    write_articles(folder, squad.rows(titles))
    # Only terms are searched here, so the quick encoder will do.
    encoder = open_encoder("hash")
    build(folder, encoder)
    index = PassageIndex.open(index_folder_of(folder), encoder)
    out = options.work / "retrieved_negatives.jsonl.gz"
    with index.snapshot(), gzip.open(out, "wt", encoding="utf-8") as file:
        for example in examples:
            ids, _ = index.search_terms(understand(example.question).terms, LOOKED_AT)
            hits = index.passages([int(id_) for id_ in ids])
            found = []
            for id_ in ids:
                passage = hits[int(id_)]
                document = index.document(passage.document)
                text = document.text[passage.start : passage.end]
                if not any(answer.lower() in text.lower() for answer in example.texts):
                    found.append({"title": document.label, "text": text})
            file.write(json.dumps({"qid": example.id, "passages": found[:KEPT]}) + "\n")
    index.close()


if __name__ == "__main__":
    main()
