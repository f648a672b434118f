"""From text to the terms that BM25 counts."""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Any

__all__ = ["terms"]

# Scripts written without spaces between words are searched by pairs of characters.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
TOKEN = re.compile(
    rf"(?P<number>\d+(?:[.,]\d+)+)|(?P<unspaced>[{UNSPACED}]+)|(?P<word>(?:(?![{UNSPACED}])[^\W_])+"
    rf"(?:['’](?:(?![{UNSPACED}])[^\W_])+)*)"
)
ACCENT = re.compile("[\u0300-\u036f]")
LONGEST_TERM = 64


def terms(text: str) -> list[str]:
    """Return the search terms of ``text`` in order, repeats included.

    Words are case-folded, freed of accents and reduced to their English stem; numbers lose their
    thousands separators; runs of Chinese, Japanese, Korean, Thai, Lao, Khmer or Burmese characters
    become overlapping pairs.
    """
    folded = ACCENT.sub("", unicodedata.normalize("NFKD", text.casefold()))
    folded = unicodedata.normalize("NFKC", folded)
    found: list[str] = []
    for match in TOKEN.finditer(folded):
        token = match.group()[:LONGEST_TERM]
        if match.lastgroup == "number":
            found.append(token.replace(",", ""))
        elif match.lastgroup == "unspaced":
            run = match.group()
            found += [run[i : i + 2] for i in range(max(1, len(run) - 1))]
        else:
            found.append(_stem(token.replace("’", "'")))
    return found


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    return str(_stemmer(threading.get_ident()).stemWord(word))


@lru_cache(maxsize=64)
def _stemmer(thread: int) -> Any:  # noqa: ANN401, ARG001 - no types; a stemmer serves one thread
    import Stemmer

    return Stemmer.Stemmer("english")
