"""Files read by Pincite, that of the checkout in PYTHONPATH."""

from pathlib import Path

from exchange import convert_all

from corpus.formats import parse

convert_all(lambda path: parse(Path(path).read_bytes(), Path(path).name).text, "")
