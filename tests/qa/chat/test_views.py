"""What the chat shows of documents and answers, as HTML that no text of theirs is part of."""

import json
import re
import zipfile
from contextlib import closing
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from corpus import (
    Box,
    Document,
    Heading,
    PageView,
    Place,
    RecognisedWord,
    Span,
    file_sha256,
)
from corpus.formats import parse
from qa.chat.conversation import Turn
from qa.chat.sources import (
    Sources,
    SourceView,
    clip_to_page,
    find_page,
    list_marks,
    split_pages,
)
from qa.chat.tables import CellTable, CellTableRow, ColumnHead, excerpt_tables
from qa.chat.views import render_source, render_turn, render_welcome
from qa.citations import cite, join_parts
from qa.formats.json import answer_from_dict, answer_to_json, fingerprint
from qa.types import Answer, AnswerForm, AnswerVerdict, Citation, Excerpt, Searched
from tests.chat_site import TEXT
from tests.table_samples import cash_flows, cell_citation, row_excerpt

ATTACKS = (
    "<script>window.pwned=1</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=window.pwned=1>",
    "<img src=https://example.com/a.png>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<body onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:window.pwned=1'>press</a>",
    "<style>body{display:none}</style>",
    "<link rel=stylesheet href=https://example.com/a.css>",
    "<meta http-equiv=refresh content='0;url=https://example.com'>",
    "<form action=https://example.com><button>go</button></form>",
    "<math><mtext></mtext></math>",
    "<mark>not a quotation</mark>",
    "</mark></div></article><h1>out</h1>",
    '" onmouseover="window.pwned=1" x="',
    "' autofocus onfocus='window.pwned=1",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp; &#60;b&#62; &nbsp;",
    "[press](javascript:alert(1))",
    "![picture](https://example.com/b.png)",
    "https://example.com/auto <https://example.com/link>",
    "**bold** _slanted_ `code` # heading",
    "$$\\frac{a}{b}$$ $x^2$ \\(y\\) \\[z\\]",
    "${window.pwned=1} `${alert(1)}`",
    "{{value}} {{#each value}}x{{/each}} @children",
    "<!-- hidden --> <![CDATA[ hidden ]]>",
    "<ScRiPt>window.pwned=1</sCrIpT>",
    "<script src=https://example.com/x.js></script>",
    "<scr<script>ipt>window.pwned=1</scr</script>ipt>",
    "<img/src=x/onerror=window.pwned=1>",
    "<img src=`x` onerror=`window.pwned=1`>",
    "<video><source onerror=window.pwned=1>",
    "<audio src=x onerror=window.pwned=1>",
    "<details open ontoggle=window.pwned=1>",
    "<input autofocus onfocus=window.pwned=1>",
    "<select onfocus=window.pwned=1 autofocus>",
    "<marquee onstart=window.pwned=1>",
    "<object data=javascript:window.pwned=1></object>",
    "<embed src=javascript:window.pwned=1>",
    "<base href=https://example.com/>",
    "<template><script>window.pwned=1</script></template>",
    "<svg><animate onbegin=window.pwned=1 attributeName=x>",
    "<svg><use href='data:image/svg+xml,<svg onload=window.pwned=1>'></use></svg>",
    "<math href=javascript:window.pwned=1>press</math>",
    "<div style='background:url(https://example.com/c.png)'>",
    "<p style=animation-name:x onanimationstart=window.pwned=1>",
    "<textarea><img src=x onerror=window.pwned=1></textarea>",
    "<noscript><p title='</noscript><img src=x onerror=window.pwned=1>'>",
    '" style="position:fixed;inset:0" data-number="9',
    "' data-action='remove' data-id='bridges.md",
    "</button></td></tr></table><script>window.pwned=1</script>",
    "\u003cscript\u003ewindow.pwned=1\u003c/script\u003e",
)


def document(text: str = TEXT, id_: str = "bridges.md", sha256: str = "a" * 64) -> Document:
    return Document(id_, "Bridges", "text/markdown", sha256, text)


def citation(source: Document, quote: str, answer: str) -> Citation:
    start = source.text.index(quote)
    at = source.text.index(answer, start)
    excerpt = Excerpt(source.id, start, start + len(quote), at, at + len(answer), 0.9)
    return cite(source, excerpt, 1)


def shown(
    cited: Citation, now: Document | None, page: int = 0, verdict: AnswerVerdict = "answered"
) -> str:
    """Return the source of one citation, its document as it is now."""
    page = page or (find_page(now, cited.start) if now else 1)
    return render_source(SourceView(1, (cited,), 1, verdict, document=now, page=page))


def answer_of(*citations: Citation, question: str = "When?") -> Answer:
    return Answer(
        question=question,
        understood_as=question,
        verdict="answered" if citations else "not_in_documents",
        form="span",
        text=citations[0].answer if citations else "",
        confidence=0.9,
        answerability=0.9,
        citations=citations,
        parts=1,
        conflicting=(),
        nearest=(),
        hits=(),
        searched=Searched(1, 1),
        false_answer_rate=0.05,
        fitted_on="",
        timings_ms={},
    )


class Texts(HTMLParser):
    """The elements of a page, and the text inside of each kind; fails where they do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.inside: dict[str, str] = {"": ""}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the start of an element; none may carry a script."""
        assert all(not name.startswith("on") for name, _ in attrs), attrs
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Take the end of the innermost element."""
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        """Take text."""
        for tag in {"", *self.open}:
            self.inside[tag] = self.inside.get(tag, "") + data


@given(lines=st.lists(st.text("ab ", max_size=4), max_size=300), end=st.sampled_from("\n\r\f"))
def test_pages_tile_the_text(lines: list[str], end: str) -> None:
    """Catches text that no page shows, that two show, and an offset looked for on another page."""
    source = document(end.join(lines))
    found = split_pages(source)
    assert "".join(source.text[start:stop] for start, stop in found) == source.text
    for number, (start, stop) in enumerate(found, 1):
        assert {find_page(source, offset) for offset in range(start, stop)} <= {number}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_source_shows_the_page_and_marks_the_words(end: str) -> None:
    """Catches one that trims, marks other words, or loses what stands around them."""
    quote = f"The old bridge{end}was built in{end}1871, in May."
    text = f"# Bridges{end}{end}See: {quote} It is{end}fine.{end}"
    source = replace(document(text), headings=(Heading(0, 9, 1, "Bridges"),))
    html = shown(citation(source, quote, f"in{end}1871"), source)
    texts = Texts(html)
    assert texts.inside["mark"].split() == quote.split()
    assert texts.inside["strong"].split() == ["in", "1871"]
    words = re.findall(r'<span class="words" dir="auto">(.*?)</span></div>', html, re.DOTALL)
    plain = [unescape(re.sub(r"<[^>]+>", "", word)) for word in words]
    assert "".join(plain) == source.text.replace("\r\n", "\n").replace("\r", "\n")
    numbers = re.findall(r'"line-number">(\d+)<', html)
    assert numbers == [str(n) for n in range(1, len(words) + 1)]
    assert re.findall('class="(row[^"]*)"', html) == ["row title", *["row"] * (len(words) - 1)]


def test_a_later_page_keeps_counting_lines_and_marks_nothing_of_another() -> None:
    """Catches line numbers that begin again, and marks at the offsets of another page."""
    source = document("".join(f"line {n}\n" for n in range(1, 301)))
    cited = citation(source, "line 150", "150")
    here, after = shown(cited, source), shown(cited, source, page=3)
    assert find_page(source, cited.start) == 2
    assert Texts(here).inside["mark"] == "line 150"
    assert "mark" not in Texts(after).tags
    assert '"line-number">241<' in after
    assert "Part 2 of 3" in here
    assert 'data-page="1" aria-label="Previous part">' in here
    assert 'data-page="4" aria-label="Next part" disabled>' in after


def test_a_page_is_an_image_with_boxes() -> None:
    """Catches boxes of the wrong place or kind, and boxes that call a near passage an answer."""
    source = replace(document(), page_starts=(0, 30), id="b.pdf")
    cited = citation(source, "It is 260 metres long.", "260")
    page = PageView(b"png", 700, 1000, ((Box(0.1, 0.2, 0.5, 0.25),), (Box(0.2, 0.2, 0.3, 0.25),)))
    view = SourceView(1, (cited,), 1, "answered", document=source, page=2, image=page)
    first, second = split_pages(source)
    assert [clip_to_page(second, span) for _, span in list_marks(cited)] == [
        (cited.start, cited.end),
        (cited.answer_start, cited.answer_end),
    ]
    assert clip_to_page(first, Span(cited.start, cited.end)) == (30, 30)
    html = render_source(view)
    assert "Page 2 of 2" in html
    assert 'src="data:image/png;base64,cG5n"' in html
    assert 'class="box now quoted" style="left:10.000%;top:20.000%;width:40.000%;' in html
    assert 'class="box now answer" style="left:20.000%;top:20.000%;width:10.000%;' in html
    near = render_source(replace(view, verdict="not_in_documents"))
    assert re.findall('class="box ([^"]*)"', near) == ["near"]


@pytest.mark.parametrize("now", [None, document("It is 261 metres long."), document("")])
def test_a_source_that_has_changed_or_gone_says_so(now: Document | None) -> None:
    """Catches one that marks words in a document that no longer holds them, or fails."""
    texts = Texts(shown(citation(document(), "It is 260 metres long.", "260"), now))
    assert "mark" not in texts.tags
    assert ("has changed" if now else "is no longer there") in texts.inside["p"]
    assert "It is 260 metres long." in texts.inside["div"]


def test_files_that_have_changed_since_the_index_was_built_are_told(tmp_path: Path) -> None:
    """Catches a page of today's file under the offsets of yesterday's, and a silent difference."""
    file = tmp_path / "a.md"
    file.write_text(TEXT)
    source = parse(file.read_bytes(), "a.md")
    cited = citation(source, "It is 260 metres long.", "260")
    view = SourceView(1, (cited,), 1, "answered", document=source)
    with closing(Sources(tmp_path)) as sources:
        drawn = sources.draw(view)
        assert (drawn.page, drawn.image, drawn.note) == (1, None, "")
        assert sources.unchanged(source)
        file.write_text("Other.")
        drawn = sources.draw(view)
        assert (drawn.image, drawn.note[:32]) == (None, "The file has changed since it wa")
        assert not sources.unchanged(source)
        file.unlink()
        assert sources.draw(view).note.startswith("The file is gone.")


def test_a_pdf_in_an_archive_is_shown_and_its_archive_is_the_file(tmp_path: Path) -> None:
    """Catches a viewer that looks for the attachment on the disk, and a change that is not seen."""
    briefing = Path("starter/trade/briefing.pdf").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("in/b.pdf", briefing)
    source = parse(briefing, "a.zip/in/b.pdf")
    excerpt = Excerpt(source.id, 0, 9, 0, 5, 0.9)
    view = SourceView(1, (cite(source, excerpt, 1),), 1, "answered", document=source)
    with closing(Sources(tmp_path)) as sources:
        drawn = sources.draw(view)
        assert drawn.image is not None
        assert (drawn.page, drawn.note) == (1, "")
        assert sources.unchanged(source)
        assert sources.file(source) == tmp_path / "a.zip"
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr("c.txt", "c")
        assert (sources.draw(view).image, sources.unchanged(source)) == (None, False)
        assert sources.draw(view).note.startswith("The file has changed")
        (tmp_path / "a.zip").unlink()
        assert sources.draw(view).note.startswith("The file is gone.")


def test_the_page_of_another_file_is_never_shown(tmp_path: Path) -> None:
    """Catches boxes at the old offsets on the new page, when a PDF has been replaced."""
    briefing = Path("starter/trade/briefing.pdf").read_bytes()
    (tmp_path / "a.pdf").write_bytes(briefing)
    source = parse((tmp_path / "a.pdf").read_bytes(), "a.pdf")
    start = source.page_starts[1]
    excerpt = Excerpt(source.id, start, start + 9, start, start + 5, 0.9)
    view = SourceView(1, (cite(source, excerpt, 1),), 1, "answered", document=source)
    with closing(Sources(tmp_path)) as sources:
        drawn = sources.draw(view)
        assert drawn.image is not None
        assert (drawn.page, len(drawn.image.boxes), drawn.note) == (2, 2, "")
        (tmp_path / "a.pdf").write_bytes(Path("starter/council/policing-note.pdf").read_bytes())
        assert sources.draw(view).image is None
        (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 nonsense")
        drawn = sources.draw(view)
        assert (drawn.image, drawn.note[:20]) == (None, "The file has changed")


def test_sources_that_differ_stand_side_by_side() -> None:
    """Catches one of two answers being shown as the only one, and agreement called difference."""
    one = citation(document(), "The old bridge was built in 1871.", "1871")
    other = replace(citation(document(id_="b.md"), "It is 260 metres long.", "260"), number=2)
    agreeing = answer_of(one, other)
    html = render_turn(Turn("When?", replace(agreeing, conflicting=(1, 2))))
    texts = Texts(html)
    assert "The sources differ:" in texts.inside["p"]
    sides = html.partition('class="sides"')[2].partition("<ol>")[0]
    assert sides.count("1871") == sides.count("260") == 1
    assert sides.index("1871") < sides.index("bridges.md") < sides.index("260")
    assert "sources differ" not in render_turn(Turn("When?", agreeing))


BRONZE = replace(
    document(
        "# Bronze\n\nBronze has copper, tin and\nlead. It is hard. It rings.\n\n- zinc\n- 2) iron\n"
    ),
    id="bronze.md",
)
ALLOY = "Bronze has copper, tin and\nlead."


def composed(
    form: AnswerForm, *cited: tuple[str, str], verdict: AnswerVerdict = "answered", parts: int = 0
) -> Answer:
    """Return an answer of quotations from `BRONZE`, each with its marked words."""
    citations = [
        replace(citation(BRONZE, quote, words), number=number)
        for number, (quote, words) in enumerate(cited, 1)
    ]
    text = join_parts(form, citations)
    answer = answer_of(*citations)
    parts = parts or len(citations)
    return replace(answer, form=form, verdict=verdict, text=text, parts=parts, answerability=0.6)


def whole(*quotes: str) -> list[tuple[str, str]]:
    return [(quote, quote) for quote in quotes]


def shown_parts(html: str) -> list[tuple[str, str]]:
    """Return the number and the words of each part that can be pressed."""
    parts = re.findall(
        r'<span class="part" role="button" tabindex="0" data-number="(\d+)" dir="auto">(.*?)<sup>'
        r'<span class="hidden">source </span>(\d+)</sup></span>',
        html,
        re.DOTALL,
    )
    assert all(number == said for number, _, said in parts)
    return [(number, unescape(words)) for number, words, _ in parts]


def test_a_list_shows_its_items_and_each_sentence_once() -> None:
    """Catches a sentence told once for each item, marks that are lost, an item that is no part."""
    answer = composed("list", (ALLOY, "copper"), (ALLOY, "lead"), (ALLOY, "tin"), parts=2)
    html = render_turn(Turn("What?", answer))
    assert shown_parts(html) == [("1", "copper"), ("2", "lead")]
    assert html.count('<p class="quote"') == 1
    marked = re.findall(r'<b data-number="(\d)">(.*?)</b>', html)
    assert marked == [("1", "copper"), ("3", "tin"), ("2", "lead")]
    assert "[1–3]</button>" in html
    assert "bronze.md, line 3</p>" in html
    marks = composed("list", *whole("- zinc", "- 2) iron"))
    html = render_turn(Turn("What?", marks))
    assert shown_parts(html) == [("1", "zinc"), ("2", "2) iron")]
    assert "bronze.md, lines 6–7</p>" in html
    assert "quote" not in html.partition("</section>")[0].partition("footer")[0]


def test_sentences_that_follow_each_other_are_one_paragraph() -> None:
    """Catches sentences that run together over a gap, or that are told again below."""
    answer = composed("sentences", *whole(ALLOY, "It is hard.", "- zinc"))
    html = render_turn(Turn("Why?", answer))
    assert shown_parts(html) == [("1", ALLOY), ("2", "It is hard."), ("3", "- zinc")]
    paragraphs = html.partition('class="short long sentences"')[2].partition("</div>")[0]
    assert [p.count('"part"') for p in paragraphs.split("<p>")[1:]] == [2, 1]
    assert "<p>… <span" in paragraphs
    assert '<p class="quote"' not in html
    assert "[1–3]</button>" in html
    assert "bronze.md, lines 3–6</p>" in html


def test_what_supports_or_contradicts_sentences_is_quoted() -> None:
    """Catches a further quotation taken for a part, and a contradiction that is kept quiet."""
    answer = composed("sentences", *whole(ALLOY, "It rings."), parts=1)
    html = render_turn(Turn("Why?", replace(answer, conflicting=(1, 2))))
    assert shown_parts(html) == [("1", ALLOY)]
    assert 'dir="auto">It rings.</p>' in html
    differ = html.partition("The sources differ: ")[2].partition("</p>")[0]
    assert re.findall(r"\[\d\]", differ) == ["[1]", "[2]"]


def test_steps_keep_their_own_numbers() -> None:
    """Catches steps counted anew, signs of the list in the words, and steps told out of order."""
    html = render_turn(Turn("How?", composed("steps", *whole("- zinc", "2) iron", "It is hard."))))
    assert shown_parts(html) == [("1", "zinc"), ("2", "iron"), ("3", "It is hard.")]
    assert re.findall(r'<span class="marker">(.*?)</span>', html) == ["2"]
    assert html.count("<li><span") == 3


def test_a_perhaps_is_no_answer_and_shows_what_stands_around() -> None:
    """Catches an unsure answer shown as one, words cut in two, and text of another paragraph."""
    answer = composed("span", (ALLOY, "tin"), *whole("It rings."), verdict="perhaps")
    html = render_turn(Turn("What?", answer))
    assert '<div class="answer perhaps">' in html
    assert '<h3 class="short">No sure answer. It may stand here:</h3>' in html
    assert "Probability that the passage answers: 60%." in html
    assert "ikely right" not in html
    assert shown_parts(html) == []
    quotes = re.findall(r'<p class="quote" dir="auto">(.*?)</p>', html, re.DOTALL)
    around = '<span class="around">'
    assert quotes == [
        f'<mark>Bronze has copper, <b data-number="1">tin</b> and\nlead.</mark>'
        f"{around} It is hard. It rings.</span>",
        f"{around}Bronze has copper, tin and\nlead. It is hard. </span><mark>It rings.</mark>",
    ]
    source = document(
        f"{'Before the high walls fell. ' * 9}Here it is. {'After that they rose. ' * 9}"
    )
    unsure = replace(answer_of(citation(source, "Here it is.", "it")), verdict="perhaps")
    html = render_turn(Turn("What?", unsure))
    before, after = re.findall(f"{around}(.*?)</span>", html)
    assert before == "… high walls fell. Before the high walls fell. "
    assert after == " After that they rose. After that they rose. …"
    near = shown(unsure.citations[0], source, verdict="perhaps")
    assert "Not a sure answer: it may stand here." in near
    assert Texts(near).inside["strong"] == "it"
    sentence = Texts(shown(citation(source, *whole("Here it is.")[0]), source, verdict="perhaps"))
    assert sentence.inside["mark"] == "Here it is."
    assert "strong" not in sentence.tags


@pytest.mark.parametrize("measured", ["", "40 questions about this folder"])
@pytest.mark.parametrize("verdict", get_args(AnswerVerdict))
def test_a_number_says_what_it_was_measured_on(verdict: AnswerVerdict, measured: str) -> None:
    """Catches a share of 100 that is promised for documents on which nobody measured it."""
    found = composed("span", (ALLOY, "tin"), verdict=verdict)
    if verdict == "not_in_documents":
        found = replace(found, citations=(), nearest=found.citations, text="")
    html = render_turn(Turn("What?", replace(found, fitted_on=measured)))
    said = html.partition('<div class="footer"')[0]
    of_100, on_what = "of 100 " in said.lower(), f" on {measured or None}" in said
    assert (of_100, on_what) == (bool(measured),) * 2
    expected = {"answered": "90", "perhaps": "60", "not_in_documents": "40"}[verdict]
    assert re.search(rf"\b{expected}\b", said)


def test_a_no_that_was_kept_stays_one() -> None:
    """Catches a no that becomes "nothing to search for", because its hits are not kept."""
    near = citation(BRONZE, "It rings.", "It rings.")
    no = replace(answer_of(), nearest=(near,), verdict="not_in_documents")
    html = render_turn(Turn("What?", answer_from_dict(json.loads(answer_to_json(no)))))
    assert "The documents do not say." in html
    assert "nothing to search" not in html


def test_a_link_knows_an_answer_from_a_perhaps() -> None:
    """Catches a link that calls a doubt the answer that it was copied from, or the reverse."""
    answer = composed("sentences", *whole(ALLOY))
    assert fingerprint(answer) == fingerprint(replace(answer, confidence=0.7))
    assert fingerprint(answer) != fingerprint(replace(answer, verdict="perhaps"))


REPORT = cash_flows()


def told(verdict: AnswerVerdict, *cited: Citation, conflicting: tuple[int, ...] = ()) -> str:
    """Return the turn of an answer of cells."""
    cited = tuple(replace(one, number=number) for number, one in enumerate(cited, 1))
    answer = replace(
        answer_of(*cited),
        form="cells",
        verdict=verdict,
        parts=1 if conflicting else len(cited),
        conflicting=conflicting,
    )
    return render_turn(Turn("?", answer, tables=excerpt_tables(cited, {REPORT.id: REPORT})))


def test_a_cell_is_a_part_with_what_names_it() -> None:
    """Catches a figure that cannot be pressed, labels out of order, a table that is not one."""
    html = told("answered", cell_citation(REPORT, "1,577"), cell_citation(REPORT, "1,373"))
    assert shown_parts(html) == [("1", "1,577"), ("2", "1,373")]
    named = re.findall(r'<span class="name of-(\w+)" dir="auto">(.*?)</span>', html)
    assert named[:5] == [
        ("row", "Investing activities"),
        ("row", "Purchases of property, plant and equipment"),
        ("column", "Year ended 31 December"),
        ("column", "2018"),
        ("unit", "in millions"),
    ]
    assert html.count("<table>") == 1
    assert re.findall(r'<td class="cell" data-number="(\d)" dir="auto"><mark>(.*?)<', html) == [
        ("1", "1,577"),
        ("2", "1,373"),
    ]
    assert '<th scope="colgroup" colspan="2" class="names" dir="auto">Year ended' in html
    assert '<th scope="col" class="names" dir="auto">2018</th>' in html
    assert '<th scope="rowgroup" colspan="3" dir="auto">Investing activities</th>' in html
    assert '<th scope="row" dir="auto">Purchases of property, plant and equipment</th>' in html
    assert "3 of 5 rows</p>" in html
    assert '<p class="quote"' not in html


def test_cells_that_differ_are_parts_both() -> None:
    """Catches a second figure that is only quoted below, as if it did not matter."""
    cited = cell_citation(REPORT, "1,577"), cell_citation(REPORT, "262")
    html = told("answered", *cited, conflicting=(1, 2))
    assert shown_parts(html) == [("1", "1,577"), ("2", "262")]
    assert "The sources differ: " in html


def test_a_row_that_may_answer_is_shown_in_its_table() -> None:
    """Catches a cell of an unsure row that looks like the answer."""
    html = told("perhaps", cite(REPORT, row_excerpt(REPORT, "Acquisitions"), 1))
    assert "No sure answer. It may stand in this row:</h3>" in html
    assert '<tr class="candidate" data-number="1">' in html
    assert "<mark>" not in html
    assert 'class="names"' not in html
    assert shown_parts(html) == []
    without = render_turn(
        Turn("?", replace(answer_of(cell_citation(REPORT, "1,577")), form="cells"))
    )
    assert '<p class="quote"' in without


def test_the_source_marks_the_cell_and_what_names_it() -> None:
    """Catches a head marked as part of the quotation, and a row that is no row of a table."""
    cited = cell_citation(REPORT, "1,577")
    html = render_source(SourceView(1, (cited,), 1, "answered", document=REPORT, page=1))
    texts = Texts(html)
    assert texts.inside["strong"] == "1,577"
    assert texts.inside["mark"] == cited.quote.replace("\t", "")
    marked = re.findall(r'<span class="named of-(\w+)">(.*?)</span>', html)
    assert [(role, unescape(words)) for role, words in marked] == [
        ("caption", "Consolidated statements of cash flows"),
        ("unit", "(in millions)"),
        ("column", "Year ended 31 December"),
        ("column", "2018"),
        ("row", "Investing activities"),
        ("row", "Purchases of property, plant and equipment"),
    ]
    legend = re.findall(r'<span class="called">(.*?)</span>', html)
    assert legend == ["Cell", "Its row", "Row head", "Column head", "Unit", "Caption"]
    assert html.count("<table>") == 1
    assert re.findall(r'colspan="(\d)" dir="auto">(?:<span[^>]*>)?(\w+)', html) == [
        ("3", "Operating"),
        ("3", "Investing"),
        ("3", "Financing"),
    ]
    plain = render_source(
        SourceView(1, (citation(REPORT, "See the notes.", "notes"),), 1, "answered", REPORT, 1)
    )
    assert "legend" not in plain


def test_boxes_of_a_cell_have_their_own_colours() -> None:
    """Catches a legend of what stands on another page, and boxes without a kind."""
    cited = cell_citation(REPORT, "1,577")
    source = replace(REPORT, page_starts=(0, REPORT.text.index("Operating")))
    box = (Box(0.1, 0.2, 0.5, 0.25),)
    kinds = [kind for kind, _ in list_marks(cited)]
    boxes = tuple(box if kind in ("quoted", "answer", "row") else () for kind in kinds)
    page = PageView(b"png", 700, 1000, boxes)
    view = SourceView(1, (cited,), 1, "answered", document=source, page=2, image=page)
    html = render_source(view)
    assert re.findall('class="box ([^"]*)"', html) == [
        "now quoted", "now answer", "named of-row", "named of-row",
    ]  # fmt: skip
    assert re.findall(r'<span class="called">(.*?)</span>', html) == ["Cell", "Its row", "Row head"]
    unsure = replace(view, verdict="perhaps", citations=(cited,))
    assert "now answer" in render_source(unsure)


SLIDES = ("Our year\n", "What we sold\nWe sold 410 bicycles.\n", "Thank you\n")


def placed(*places: Place, text: str = "".join(SLIDES)) -> Document:
    return replace(document(text, "deck.pptx"), places=places, media_type="text/html")


def slides() -> Document:
    starts = (sum(map(len, SLIDES[:n])) for n in range(3))
    return placed(*(Place(start, f"slide {n}") for n, start in enumerate(starts, 1)))


def test_a_document_with_places_is_shown_place_by_place() -> None:
    """Catches a deck cut after so many lines, and lines counted from the top of the file."""
    deck = slides()
    assert [deck.text[start:end] for start, end in split_pages(deck)] == list(SLIDES)
    html = shown(citation(deck, "We sold 410 bicycles.", "410"), deck)
    assert '<span class="where" dir="auto">Slide 2 of 3</span>' in html
    assert re.findall(r'"line-number">(\d+)<', html) == ["1", "2"]
    assert 'data-page="3" aria-label="Next part">' in html
    other = shown(citation(deck, "We sold 410 bicycles.", "410"), deck, page=3)
    assert "Slide 3 of 3" in other
    assert '<p class="heading" dir="auto">slide 2</p>' in other


@pytest.mark.parametrize("first", [0, 11])
def test_long_places_are_cut_and_keep_their_names(first: int) -> None:
    """Catches a chapter of a thousand lines on one page, and text before the first place lost."""
    text = "title page\n" + "".join(f"line {n}\n" for n in range(300))
    book = placed(Place(first, "chapter 1"), Place(text.index("line 250"), "chapter 2"), text=text)
    found = split_pages(book)
    assert "".join(text[start:end] for start, end in found) == text
    assert max(text[start:end].count("\n") for start, end in found) <= 120
    html = shown(citation(book, "line 150", "150"), book)
    assert f"Chapter 1 ({find_page(book, text.index('line 150'))} of {len(found)})" in html
    assert '"line-number">152<' in html
    begun = shown(citation(book, "title page", "title"), book)
    assert ("Part 1 of 5" if first else "Chapter 1 (1 of 4)") in begun


def test_a_sheet_has_letters_and_the_numbers_of_its_rows() -> None:
    """Catches a cell that is cited as C7 and stands in row 2 of the page."""
    text = "Notes\nItem\tPlan\tSpent\nRoads\t1,200\n"
    book = placed(Place(0, "sheet Notes", 1, 1), Place(6, "sheet Budget", 6, 2), text=text)
    cited = citation(book, "Roads\t1,200", "1,200")
    assert cited.place == "sheet Budget, cell B7"
    html = shown(cited, book)
    assert re.findall(r'<th scope="col">(\w+)</th>', html) == ["B", "C", "D"]
    assert re.findall(r'<th scope="row" class="line-number">(\d+)</th>', html) == ["6", "7"]
    assert "Sheet Budget (2 of 2)" in html
    assert "sheet Budget, cell B7" in html


def test_a_wide_row_does_not_fill_the_page_with_cells() -> None:
    """Catches an element for each of thousands of cells, and a cell that is lost behind them."""
    text = "\t".join(f"v{n}" for n in range(5000)) + "\n"
    book = placed(Place(0, "sheet Wide", 1, 1), text=text)
    html = shown(citation(book, "v4000", "v4000"), book)
    assert html.count("<td") < 70
    assert Texts(html).inside["strong"] == "v4000"
    assert "v4999" in html


@given(
    lines=st.lists(st.text("ab\t ", max_size=4), max_size=300),
    places=st.lists(st.integers(0, 900), max_size=5, unique=True),
)
def test_places_tile_the_text(lines: list[str], places: list[int]) -> None:
    """Catches text that no part shows, that two show, and an offset looked for in another part."""
    text = "\n".join(lines)
    starts = sorted(start for start in places if start < len(text))
    source = placed(*(Place(start, f"place {start}") for start in starts), text=text)
    found = split_pages(source)
    assert "".join(text[start:stop] for start, stop in found) == text
    assert {*starts} <= {start for start, _ in found} | {0}
    for number, (start, stop) in enumerate(found, 1):
        assert {find_page(source, offset) for offset in range(start, stop)} <= {number}


def test_a_scan_is_shown_with_the_words_that_were_read_off_it(tmp_path: Path) -> None:
    """Catches a scan shown as bare text, and words boxed by characters that it has not got."""
    Image.new("L", (200, 100), 255).save(tmp_path / "scan.png")
    words = ("Total", "84.50")
    recognised = tuple(
        RecognisedWord(Span(6 * n, 6 * n + 5), Box(0.1 + 0.4 * n, 0.5, 0.3 + 0.4 * n, 0.6), 0.93)
        for n in range(2)
    )
    digest = file_sha256(tmp_path / "scan.png")
    source = replace(
        document(f"{words[0]} {words[1]}\n", "scan.png", digest),
        page_starts=(0,),
        recognised=recognised,
        media_type="image/png",
    )
    cited = citation(source, "Total 84.50", "84.50")
    view = SourceView(1, (cited,), 1, "answered", document=source)
    with closing(Sources(tmp_path)) as sources:
        drawn = sources.draw(view)
    assert drawn.image is not None
    quoted, answer = drawn.image.boxes
    assert [box.left for box in quoted] == [0.1, 0.5]
    assert [box.left for box in answer] == [0.5]
    html = render_source(drawn)
    assert "read off a scan, 93% sure" in html
    assert "Page 1 of 1" in html


def test_nearest_passages_are_not_marked() -> None:
    """Catches one that makes a passage that does not answer look like an answer."""
    cited = citation(document(), "It is 260 metres long.", "It is 260 metres long.")
    texts = Texts(shown(cited, document(), verdict="not_in_documents"))
    assert not {"mark", "strong"} & set(texts.tags)
    assert "It is 260 metres long." in texts.inside["div"]
    assert "Not an answer" in texts.inside["p"]


def attacking_table(attack: str) -> CellTable:
    """Return a table in which each text is ``attack``."""
    rows = (CellTableRow(attack, attack, ((attack, 1), (attack, 0)), 1, after_gap=True),)
    heads = ((ColumnHead(attack, 2, names=True),),)
    return CellTable(attack, attack, heads, rows, (1,), (9, 9))


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_or_place_is_markup(attack: str) -> None:
    """Catches one that forgets to escape a head, a unit, a place, an author, a cell of a sheet."""
    rows = [(f"G {attack}", f"H {attack}", "1,577", attack)]
    source = replace(cash_flows(rows, (f"Y {attack}", "2017")), places=(Place(0, attack),))
    cited = replace(cell_citation(source, "1,577"), author=attack, date=attack)
    html = render_source(SourceView(1, (cited,), 1, "answered", document=source, page=1))
    texts = Texts(html)
    known = {"div", "button", "h3", "p", "a", "span", "ul", "li", "i", "table", "tbody", "tr"}
    assert set(texts.tags) <= known | {"td", "mark", "strong", "code"}
    for said in (f"G {attack}", f"H {attack}", f"Y {attack}", f"{attack}, {attack}"):
        assert said in texts.inside[""]
    answer = replace(answer_of(cited), form="cells")
    talk = Texts(
        render_turn(Turn("?", answer, tables=excerpt_tables([cited], {source.id: source})))
    )
    assert f"Y {attack}"[:80] in " ".join(talk.inside["th"].split())


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_is_shown_is_markup(attack: str) -> None:
    """Catches one that forgets to escape one of: text, name, title, heading, question, failure."""
    source = document(f"Before {attack} 42 after {attack}\nNext.", id_=f"{attack}.md")
    cited = replace(
        citation(source, f"{attack} 42 after", "42"), title=f"T {attack}", heading=f"H {attack}"
    )
    plain = Texts(shown(citation(document(), "It is 260", "260"), document()))
    texts = Texts(shown(cited, source))
    assert set(texts.tags) == set(plain.tags)
    assert texts.inside["mark"] == cited.quote
    for kind in (f"T {attack}", f"H {attack}", f"{attack}.md"):
        assert kind in texts.inside[""]
    changed = Texts(shown(cited, None))
    assert set(changed.tags) <= {"button", "h3", "span", "p", "div"}
    found = answer_of(cited, cited, question=attack)
    answers = [replace(found, form=form, parts=1) for form in get_args(AnswerForm)]
    answers += [replace(found, verdict="perhaps", fitted_on=attack, conflicting=(1,))]
    failed = Turn(attack, failure=attack, understood=attack, otherwise=(attack,))
    turns = [failed, *(Turn(attack, answer) for answer in answers)]
    turns += [Turn(attack, answer, tables=(attacking_table(attack),)) for answer in answers[-2:]]
    talk = Texts("".join(map(render_turn, turns)))
    known = {"section", "div", "h2", "p", "span", "i", "ol", "li", "button", "b", "q", "bdi"}
    known |= {"h3", "ul", "sup", "mark"}
    known |= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert set(talk.tags) <= known
    assert talk.inside[""].count(attack) >= 18
    assert attack in Texts(render_welcome([attack])).inside["button"]


def test_what_no_page_can_carry_is_replaced() -> None:
    """Catches one that fails on lone surrogates (JSON cannot carry them) or passes on controls."""
    html = render_turn(Turn("a\ud800b\x00c\x1bd\r\ne"))
    assert "a\ufffdb\ufffdc\ufffdd\ne" in html
    html.encode("utf-8")
