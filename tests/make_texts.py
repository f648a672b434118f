"""Make the Word and OpenDocument files that the loaders are tested with, in ``tests/data/loaders``.

Run `python tests/make_texts.py` from the repository root, then look at what has changed.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from pathlib import Path
from typing import Final

import docx
from docx.enum.section import WD_SECTION

SAMPLES: Final = Path(__file__).resolve().parent / "data" / "loaders"
WRITTEN: Final = datetime.datetime(2024, 5, 17, 9, 30)
NAMESPACES: Final = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "style": "style",
        "fo": "xsl-fo-compatible",
        "meta": "meta",
        "svg": "svg-compatible",
        "presentation": "presentation",
    }.items()
)
DUBLIN_CORE: Final = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


def make_all() -> None:
    """Write every sample."""
    (SAMPLES / "report.docx").write_bytes(_report())
    (SAMPLES / "form.docm").write_bytes(_archive({"word/document.xml": _FORM.encode()}))
    (SAMPLES / "letter.odt").write_bytes(_open_document("text", _LETTER, _LETTER_STYLES))
    (SAMPLES / "talk.odp").write_bytes(_open_document("presentation", _TALK, ""))


def _archive(parts: dict[str, bytes]) -> bytes:
    """Return an archive with these parts, the same whatever the time of day."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _report() -> bytes:
    """Make numbered lists, a merged table with a caption, a comment, a note's mark, a header."""
    report = docx.Document()
    properties = report.core_properties
    properties.author, properties.title, properties.language = "Ann Lee", "Ferry report", "en-GB"
    properties.created = properties.modified = WRITTEN
    report.add_heading("Passengers", 1)
    counted = report.add_paragraph("The ferry carried 5,363")
    counted.add_run("1").font.superscript = True
    counted.add_run(" passengers in May.")
    report.add_comment(counted.runs, "Check with the harbour office.", author="Bo Berg")
    for step in ("Count those who board.", "Count those who leave.", "Compare."):
        report.add_paragraph(step, style="List Number")
    report.add_paragraph("Table 1: Passengers (in thousands)", style="Caption")
    table = report.add_table(rows=4, cols=3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "Line"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "May"
    for row, texts in (
        (1, ("", "2023", "2024")),
        (2, ("North", "2.1", "2.4")),
        (3, ("South", "3.0", "2.9")),
    ):
        for cell, text in zip(table.rows[row].cells, texts, strict=True):
            cell.text = cell.text or text
    report.add_section(WD_SECTION.NEW_PAGE)
    report.add_heading("Method", 1)
    report.add_paragraph("1 Crew is not counted.")
    report.sections[0].header.paragraphs[0].text = "Harbour Company"
    buffer = io.BytesIO()
    report.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        kept = (name for name in archive.namelist() if "thumbnail" not in name)
        parts = {name: archive.read(name) for name in kept}
    dated = re.compile(rb' w:date="[^"]*"')
    return _archive({name: dated.sub(b"", content) for name, content in parts.items()})


def _open_document(kind: str, body: str, styles: str) -> bytes:
    content = (
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    )
    meta = (
        "<office:meta><meta:initial-creator>Ann Lee</meta:initial-creator>"
        f"<dc:date>{WRITTEN.isoformat()}</dc:date><dc:language>en-GB</dc:language></office:meta>"
    )
    roots = {"content": content, "meta": meta}
    parts = {"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode()}
    for name, inside in roots.items():
        root = (
            f"<office:document-{name} {NAMESPACES} {DUBLIN_CORE}>{inside}</office:document-{name}>"
        )
        parts[f"{name}.xml"] = root.encode()
    return _archive(parts)


_FORM: Final = """
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
<w:p><w:r><w:t xml:space="preserve">Berth wanted: </w:t></w:r>
<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>
</w:fldChar></w:r><w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>
<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">Length: 7 </w:t></w:r>
<w:r><w:sym w:font="Symbol" w:char="F0B1"/></w:r>
<w:r><w:t xml:space="preserve"> 1 m</w:t></w:r></w:p>
</w:body></w:document>
"""
_LETTER_STYLES: Final = """
<text:list-style style:name="L1">
<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>
</text:list-style>
<style:style style:name="T1" style:family="text">
<style:text-properties style:text-position="super 58%"/></style:style>
"""
_LETTER: Final = """
<text:tracked-changes><text:changed-region><text:deletion><text:p>Dear all,</text:p>
</text:deletion></text:changed-region></text:tracked-changes>
<text:h text:outline-level="1">Moorings</text:h>
<text:p>We let 1,204<text:span text:style-name="T1">2</text:span> moorings<text:note>
<text:note-citation>1</text:note-citation><text:note-body><text:p>As of May.</text:p>
</text:note-body></text:note> in all.</text:p>
<text:list text:style-name="L1">
<text:list-item><text:p>Ask at the office.</text:p><text:list>
<text:list-item><text:p>Bring the papers.</text:p></text:list-item>
<text:list-item><text:p>Pay the deposit.</text:p></text:list-item></text:list></text:list-item>
<text:list-item><text:p>Moor.</text:p></text:list-item>
</text:list>
<table:table><table:table-header-rows><table:table-row>
<table:table-cell><text:p>Quay</text:p></table:table-cell>
<table:table-cell table:number-columns-spanned="2"><text:p>Fee</text:p></table:table-cell>
<table:covered-table-cell/></table:table-row></table:table-header-rows>
<table:table-row><table:table-cell><text:p>North</text:p></table:table-cell>
<table:table-cell><text:p>12</text:p></table:table-cell>
<table:table-cell><text:p>15</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>South</text:p></table:table-cell>
<table:table-cell><text:p>10</text:p></table:table-cell>
<table:table-cell><text:p>11</text:p></table:table-cell></table:table-row></table:table>
<text:p>Yours<draw:frame text:anchor-type="paragraph"><draw:text-box>
<text:p>Open daily.</text:p></draw:text-box></draw:frame>, the harbour master</text:p>
"""
_TALK: Final = """
<draw:page draw:name="page1">
<draw:frame presentation:class="title"><draw:text-box>
<text:p>The new quay</text:p></draw:text-box></draw:frame>
<draw:frame presentation:class="subtitle"><draw:text-box>
<text:p>May 2024</text:p></draw:text-box></draw:frame>
<presentation:notes><draw:frame presentation:class="notes"><draw:text-box>
<text:p>Greet the council.</text:p></draw:text-box></draw:frame></presentation:notes>
</draw:page>
<draw:page draw:name="page2">
<draw:frame presentation:class="title"><draw:text-box>
<text:p>What it costs</text:p></draw:text-box></draw:frame>
<draw:frame><table:table>
<table:table-row><table:table-cell><text:p>Part</text:p></table:table-cell>
<table:table-cell><text:p>Cost</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>Piles</text:p></table:table-cell>
<table:table-cell><text:p>1.2</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>Deck</text:p></table:table-cell>
<table:table-cell><text:p>0.8</text:p></table:table-cell></table:table-row>
</table:table><draw:image/></draw:frame>
<draw:frame><draw:image/><svg:desc>The quay from the sea</svg:desc></draw:frame>
</draw:page>
"""


if __name__ == "__main__":
    make_all()
