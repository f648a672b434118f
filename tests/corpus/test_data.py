"""JSON and XML: the path of each value, and files that are not meant for people."""

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from corpus.formats import parse
from corpus.formats.plain import data

KEYS = st.text(
    st.characters(codec="utf-8", exclude_characters='"\\', exclude_categories=["Cc"]), max_size=20
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
STEP = re.compile(r"\.(\w+)|\[(\d+)\]|\[\"(.*?)\"\]", re.DOTALL)


def value_at(whole: Any, path: str) -> Any:  # noqa: ANN401 - JSON
    """Return the value to which a path leads."""
    for name, index, key in STEP.findall(path.removeprefix("$")):
        whole = whole[int(index)] if index else whole[name or key]
    return whole


def count(value: Any) -> int:  # noqa: ANN401 - JSON
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(count, inner))


@given(VALUES, st.sampled_from([None, 1]))
def test_a_path_leads_to_the_value_that_stands_at_its_place(value: Any, indent: int | None) -> None:  # noqa: ANN401
    """Catches paths that are one element late, strings taken for structure, and values left out."""
    document = parse(f" {json.dumps(value, indent=indent, ensure_ascii=False)}".encode(), "a.json")
    decoder = json.JSONDecoder()
    for place in document.places:
        found, end = decoder.raw_decode(document.text, place.start)
        rest = document.text[end:].lstrip()
        if rest.startswith(":"):
            found, _ = decoder.raw_decode(rest[1:].lstrip())
        assert found == value_at(value, place.name)
    assert len(document.places) == count(value)


def test_json_without_lines_is_laid_out_and_keeps_every_character_of_its_values() -> None:
    """Catches a quotation as long as the file, and numbers that are read and written again."""
    item = '{"a":1.10,"b":"\\u00e9","a":12345678901234567890}'
    document = parse(f"[{','.join([item] * 100)}]".encode(), "a.json")
    assert document.text.startswith('[\n  {\n    "a": 1.10,\n    "b": "\\u00e9",\n')
    assert document.text.count("12345678901234567890") == 100
    assert document.places[-1].name == "$[99].a"
    assert document.place_of(document.text.rindex("1.10")) == "$[99].a"


def test_places_are_as_deep_as_there_is_room_for() -> None:
    """Catches a place for each of a million numbers, and paths as long as the file."""
    many = parse(json.dumps({"a": [[1]] * data.MOST_PLACES, "b": 1}, indent=1).encode(), "a.json")
    assert [place.name for place in many.places] == ["$", "$.a", "$.b"]
    deep = parse(b"[" * 900 + b"]" * 900, "a.json")
    assert len(deep.places) == data.DEEPEST + 1
    assert [p.name for p in parse(b'{"%s":{"a":1},"b":2}' % (b"x" * 101), "a.json").places] == [
        "$", "$.b"
    ]  # fmt: skip


def test_what_is_not_quite_json_is_text() -> None:
    """Catches a settings file refused for its comments, and endless recursion."""
    for source in ('{"a": 1, // why\n}', "[" * 100_000, '{"a": NaN}'):
        document = parse(source.encode(), "a.json")
        assert (document.text, document.places) == (source, ())


def test_each_line_of_json_lines_has_its_own_paths() -> None:
    """Catches one bad line that takes the places of all others away."""
    document = parse(b'{"a": [1, 2]}\r\n{"a": \n\n{"b": "x"}', "a.jsonl")
    assert [(place.start, place.name) for place in document.places] == [
        (0, "$"), (1, "$.a"), (7, "$.a[0]"), (10, "$.a[1]"), (23, "$"), (24, "$.b")
    ]  # fmt: skip


def test_xml_is_read_in_the_encoding_that_it_declares() -> None:
    """Catches a guess from a few bytes."""
    source = '<?xml version="1.0" encoding="windows-1251"?>\n<a>Чай</a>'
    assert parse(source.encode("cp1251"), "a.xml").text == source
