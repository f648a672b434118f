"""Score fusion, against its formula; passages that do not say whose they are."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Encoder, PassageIndex, build
from qa.question import understand
from qa.retriever import Retriever, fuse

SCORES = st.lists(st.tuples(st.floats(-1, 1, width=32), st.floats(0, 50, width=32)), max_size=20)


def test_the_formula_written_out() -> None:
    """Catches a weight on the wrong side, or BM25 divided by something else than its best."""
    fused = fuse(np.array([0.5, 0.2], np.float32), np.array([2.0, 8.0], np.float32), weight=2.0)
    np.testing.assert_allclose(fused, [2 * 0.5 + 2 / 8, 2 * 0.2 + 8 / 8], rtol=1e-6)


def test_no_match_by_terms_leaves_the_similarity() -> None:
    """Catches a division by zero when no passage shares a term with the question."""
    fused = fuse(np.array([0.5, -0.1], np.float32), np.zeros(2, np.float32), weight=1.0)
    np.testing.assert_allclose(fused, [0.5, -0.1], rtol=1e-6)


@given(SCORES, st.randoms())
def test_order_of_candidates_does_not_matter(
    scores: list[tuple[float, float]], random: object
) -> None:
    """Catches a fusion that depends on positions instead of scores."""
    pairs = np.array(scores, np.float32).reshape(-1, 2)
    fused = fuse(pairs[:, 0], pairs[:, 1])
    backwards = fuse(pairs[::-1, 0], pairs[::-1, 1])
    np.testing.assert_array_equal(fused, backwards[::-1])


@given(SCORES)
def test_better_in_both_is_better(scores: list[tuple[float, float]]) -> None:
    """Catches lower-is-better slipping in from either side."""
    pairs = np.array(scores, np.float32).reshape(-1, 2)
    fused = fuse(pairs[:, 0], pairs[:, 1])
    for a, (cosine_a, bm25_a) in zip(fused, pairs, strict=True):
        for b, (cosine_b, bm25_b) in zip(fused, pairs, strict=True):
            if cosine_a >= cosine_b and bm25_a >= bm25_b:
                assert a >= b


def test_shapes_must_agree() -> None:
    """Catches silent broadcasting of one score over all candidates."""
    with pytest.raises(ValueError, match="similarities for"):
        fuse(np.zeros(3, np.float32), np.zeros(1, np.float32))


FILLER = (
    "The weather was mild for most of the year, and the roads were open. Prices of steel and of"
    " copper rose in spring and fell again in autumn, as they often do. "
) * 9
STAFF = "We employed {} full-time and part-time employees. None of them went on strike.\n\n"
SIGNS = {
    "a definition": "About this report\n\n{} and its subsidiaries (“we”, “us”) report each year. ",
    "a registrant": "FORM 10-K\n\n{}\n(Exact name of registrant as specified in its charter)\n\n",
    "a letterhead": "Annual report 2019\n\n{}\n\n",
    "a title": "{}: how we fared in 2019\n\n",
}
COMPANIES = {"Kestrel Widgets plc": 412, "Merlin Freight Ltd": 97, "Osprey Foods, Inc.": 3100}


@pytest.mark.parametrize("sign", SIGNS.values(), ids=SIGNS)
def test_a_passage_is_found_by_who_speaks_in_its_document(
    tmp_path: Path, encoder: Encoder, sign: str
) -> None:
    """Catches passages that only say "we", and are then as good an answer for any company."""
    for number, (company, staff) in enumerate(COMPANIES.items()):
        report = sign.format(company) + FILLER + "\n\n" + STAFF.format(staff) + FILLER
        (tmp_path / f"{number}.txt").write_text(report, "utf-8")
    _expect_own_staff(tmp_path, encoder)


def test_a_passage_is_found_by_the_name_of_its_file(tmp_path: Path, encoder: Encoder) -> None:
    """Catches a name of which only the file's own part counts, not its folder's."""
    for company, staff in COMPANIES.items():
        folder = tmp_path / company.split()[0].lower()
        folder.mkdir()
        (folder / "2019.txt").write_text(FILLER + STAFF.format(staff) + FILLER, "utf-8")
    _expect_own_staff(tmp_path, encoder)


def _expect_own_staff(folder: Path, encoder: Encoder) -> None:
    """Ask for each company's employees; the first passage must be from its own report."""
    build(folder, encoder)
    index = PassageIndex.open(folder / ".pincite", encoder)
    with index.snapshot():
        for company, staff in COMPANIES.items():
            question = understand(f"How many employees does {company.split()[0]} have?")
            passage = Retriever(index).retrieve(question, 1)[0].passage
            text = index.document(passage.document).text[passage.start : passage.end]
            assert f"We employed {staff} full-time" in text
    index.close()
