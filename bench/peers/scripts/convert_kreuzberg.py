"""Files read by kreuzberg, without recognition of scans."""

from importlib.metadata import version

from exchange import convert_all
from kreuzberg import extract_file_sync

convert_all(lambda path: extract_file_sync(path).content, version("kreuzberg"))
