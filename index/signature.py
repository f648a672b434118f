"""Which documents are nearly the same: MinHash signatures of their words, compared at any time.

The share of places in which two signatures agree estimates the Jaccard similarity of the two sets
of shingles (Broder 1997, "On the resemblance and containment of documents"), within 0.04 in two of
three cases at 128 places.
"""

import re

import numpy as np
import numpy.typing as npt

__all__ = ["PLACES", "Signatures", "find_alike", "signature_of"]

PLACES = 128
WORDS = 5
# How much of the words, in their order, two versions of a document have in common.
ALIKE = 0.8
# Shingles that are worked on at once: a matrix of 4 MB.
BATCH = 4096
WORD = re.compile(r"\w+")

# A row of `PLACES` for each document.
Signatures = npt.NDArray[np.uint32]


def signature_of(text: str) -> bytes:
    """Return the signature of a text: the least of each of 128 hashes of its shingles.

    Args:
        text: whose words count, case apart; a shingle is five that follow each other.
    """
    from datasketch import MinHash  # asking needs none of it, and it is slow to import

    words = WORD.findall(text.casefold())
    last = max(1, len(words) - WORDS + 1)
    shingles = sorted({" ".join(words[at : at + WORDS]) for at in range(last)})
    made = MinHash(PLACES)
    for at in range(0, len(shingles), BATCH):
        made.update_batch([shingle.encode() for shingle in shingles[at : at + BATCH]])
    return np.asarray(made.hashvalues, "<u4").tobytes()


def find_alike(signatures: Signatures, row: int) -> list[int]:
    """Return the rows of the documents that are nearly the same as that of ``row``, without it."""
    agree = (signatures == signatures[row]).mean(axis=1)
    return [int(at) for at in np.flatnonzero(agree >= ALIKE) if at != row]
