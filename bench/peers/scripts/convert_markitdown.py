"""Files read by markitdown."""

from importlib.metadata import version

from exchange import convert_all
from markitdown import MarkItDown

reader = MarkItDown()
convert_all(lambda path: reader.convert(path).text_content, version("markitdown"))
