"""The chat's page: its HTML, style and scripts; pure, and no text of a document is ever markup."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from corpus import Document
from qa.render import also_in, citation_place, verdict
from qa.surroundings import surroundings
from qa.types import Answer, Citation

__all__ = [
    "NO_SOURCES",
    "ON_CLICK",
    "ON_SOURCES",
    "STYLE",
    "Turn",
    "conversation_html",
    "showable",
    "source_html",
    "text_html",
]

LINE_END = re.compile(r"\r\n?|\f")
UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
NO_SOURCES = '<p class="hint">The passages behind an answer appear here, in their context.</p>'

# A click on an answer shows its sources; one on a citation's number brings that source up, too.
ON_CLICK = """
element.addEventListener('click', (event) => {
  const example = event.target.closest('[data-example]');
  if (example) return trigger('example', { index: Number(example.dataset.example) });
  const turn = event.target.closest('[data-turn]');
  if (!turn || String(window.getSelection())) return;
  element.querySelectorAll('.turn').forEach((t) => t.classList.toggle('selected', t === turn));
  const number = Number(event.target.closest('[data-number]')?.dataset.number ?? 0);
  trigger('click', { turn: Number(turn.dataset.turn), number });
});
watch('value', () => {
  const last = element.querySelector('.turn:last-child');
  const pane = element.closest('#conversation');
  if (last) pane.scrollTo({ top: last.offsetTop - pane.offsetTop, behavior: 'smooth' });
});
"""
ON_SOURCES = """
watch('value', () => {
  const wanted = element.querySelector('.wanted');
  if (wanted) wanted.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  else element.closest('#sources').scrollTop = 0;
});
"""
STYLE = """
.gradio-container {
  --ground: #f4f6f8; --card: #ffffff; --ink: #1c2531; --soft: #5d6979; --line: #dfe4ea;
  --accent: #235a8c; --tint: #e8f0f8; --mark: #fff2b8; --strong: #ffd45c; --warn: #8a5200;
}
.dark .gradio-container, .gradio-container.dark {
  --ground: #10151b; --card: #19202a; --ink: #e4e9f0; --soft: #9aa6b6; --line: #2b3542;
  --accent: #8bbcec; --tint: #1e2d3d; --mark: #40391a; --strong: #856c17; --warn: #e8bb70;
}
body, gradio-app, .gradio-container { background: var(--ground) !important; }
.gradio-container { color: var(--ink); font-size: 15px; line-height: 1.5; }
.gradio-container .main.fillable { padding: 0 !important; }
.gradio-container main { width: 100%; max-width: 1360px; margin: 0 auto !important;
  padding: 16px 28px 20px !important; }
.gradio-container main > .column { gap: 12px; }
.gradio-container .html-container { padding: 0 !important; }
footer { display: none !important; }
#top h1 { font-size: 18px; font-weight: 650; margin: 0; letter-spacing: -.01em; }
#top { padding-bottom: 12px !important; border-bottom: 1px solid var(--line) !important; }
#side h2 { font-size: 13px; font-weight: 650; margin: 0; color: var(--soft); line-height: 20px; }
#columns { gap: 22px; align-items: stretch; }
#talk, #side { min-width: 0 !important; gap: 10px; flex: 1 1 0; }
#side { border-left: 1px solid var(--line); padding-left: 28px; }
.hint, .facts, .place, .confidence { color: var(--soft); font-size: 13px; margin: 0; }
.welcome { padding: 8vh 12px 24px; text-align: center; max-width: 540px; margin: 0 auto; }
.welcome h2 { font-size: 24px; font-weight: 650; margin: 0 0 8px; letter-spacing: -.015em; }
.welcome p { color: var(--soft); margin: 0 0 24px; }
.welcome button { display: block; width: 100%; margin: 8px 0; padding: 11px 16px; text-align: left;
  font: inherit; cursor: pointer; background: var(--card); color: var(--ink);
  border: 1px solid var(--line); border-radius: 10px; }
.welcome button:hover { border-color: var(--accent); background: var(--tint); }
.turn { margin: 0 0 20px; }
.turn .asked { margin: 0 0 8px auto; width: fit-content; max-width: 85%; padding: 9px 14px;
  border-radius: 14px 14px 3px; background: var(--tint); max-height: 12em; overflow: auto; }
.turn .answer, .source { background: var(--card); border: 1px solid var(--line);
  border-radius: 12px; padding: 16px 18px; }
.turn .answer { cursor: pointer; border-left: 3px solid var(--line); }
.turn.selected .answer { border-left-color: var(--accent); }
.turn .short { font-size: 19px; font-weight: 680; line-height: 1.35; margin: 0 0 2px; }
.turn .short.long { font-size: 16px; }
.sides { display: flex; flex-wrap: wrap; gap: 8px 0; margin: 6px 0 8px; }
.sides > div { flex: 1 1 0; min-width: 140px; padding: 0 14px; border-left: 2px solid var(--line); }
.turn .note { margin: 0; }
.turn ol { list-style: none; margin: 14px 0 0; padding: 0; }
.turn li { display: flex; gap: 10px; margin: 12px 0 0; }
.turn li > div { min-width: 0; flex: 1; }
.turn li p { margin: 0; }
.turn li .place { margin-top: 2px; }
.turn .quote { display: -webkit-box; -webkit-line-clamp: 5; -webkit-box-orient: vertical;
  overflow: hidden; }
.nearest .quote { -webkit-line-clamp: 2; color: var(--soft); }
.number { flex: none; align-self: flex-start; min-width: 30px; padding: 1px 5px; border: 0;
  border-radius: 6px; background: var(--tint); color: var(--accent); font: inherit;
  font-size: 13px; font-weight: 650; text-align: center; cursor: pointer; }
.number:hover { background: var(--accent); color: var(--card); }
.gauge { display: inline-block; width: 64px; height: 5px; margin-right: 8px; border-radius: 3px;
  vertical-align: 2px; background: var(--line); overflow: hidden; }
.gauge i { display: block; height: 100%; background: var(--accent); }
.waiting { color: var(--soft); animation: waiting 1.2s ease-in-out infinite alternate; }
@keyframes waiting { from { opacity: 1; } to { opacity: .45; } }
#sources .hint { margin-bottom: 10px; }
.source { margin: 0 0 14px; }
.source.wanted { border-color: var(--accent); }
.source h3 { display: flex; gap: 10px; font-size: 15px; font-weight: 620; margin: 0; }
.source .number { cursor: default; }
.source .heading, .source .title { color: var(--soft); font-size: 13px; margin: 2px 0 0; }
.note { color: var(--warn); font-size: 13px; margin: 6px 0 0; }
.passage { white-space: pre-wrap; margin: 10px 0; padding: 0 0 0 14px; font-size: 14px;
  border-left: 2px solid var(--line); }
.passage mark { background: var(--mark); color: inherit; padding: 1px 0; border-radius: 2px; }
.passage mark strong { background: var(--strong); color: inherit; font-weight: 680;
  border-radius: 2px; }
code { font-family: ui-monospace, 'Liberation Mono', monospace; font-size: 12px; }
.asked, .short, .quote, .place, .passage, .source h3, .heading, #top h1, .welcome button {
  overflow-wrap: anywhere; }
#ask { gap: 10px; align-items: stretch; flex-wrap: nowrap; }
#ask .block { overflow: visible !important; border: 0; background: none; box-shadow: none; }
#ask .input-container { background: var(--card); border: 1px solid var(--line); padding: 5px;
  border-radius: 12px; align-items: flex-end; }
#ask .input-container:focus-within { border-color: var(--accent); }
#ask textarea { background: none; border: 0; box-shadow: none; color: var(--ink); font-size: 15px;
  padding: 7px 9px; }
#ask .submit-button { background: var(--accent); color: var(--card); border-radius: 8px;
  padding: 8px 16px; font-weight: 620; height: auto; margin: 0; }
#ask .submit-button:hover { opacity: .88; }
#clear { background: none; border: 1px solid var(--line); border-radius: 12px; color: var(--soft);
  font-size: 14px; font-weight: 500; box-shadow: none; }
#clear:hover { border-color: var(--accent); color: var(--accent); }
.gradio-container button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (min-width: 820px) {
  #columns { height: calc(100dvh - 90px); min-height: 420px; flex-wrap: nowrap; }
  #conversation, #sources { flex: 1 1 0; min-height: 0; overflow-y: auto !important;
    scrollbar-width: thin; padding-right: 6px; }
}
@media (max-width: 819px) {
  .gradio-container main { padding: 12px 14px 16px !important; }
  #columns { flex-direction: column; }
  #talk, #side { flex: none; width: 100%; }
  #side { border: 0; padding: 8px 0 0; }
  .welcome { padding: 12px 0; }
  .turn .answer, .source { padding: 14px; }
}
@media (prefers-reduced-motion: reduce) { .waiting { animation: none; } }
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer, or a sentence on why there is none, or neither yet."""

    question: str
    answer: Answer | None = None
    failure: str = ""

    @property
    def waiting(self) -> bool:
        """Whether it is still being answered."""
        return self.answer is None and not self.failure


def showable(text: str) -> str:
    """Return ``text`` with a replacement character for each one that no page can carry."""
    return UNSHOWABLE.sub("\ufffd", LINE_END.sub("\n", text))


def text_html(text: str) -> str:
    """Return HTML that shows ``text`` and nothing else, its direction kept to itself."""
    return f"<bdi>{_escape(text)}</bdi>"


def conversation_html(turns: Sequence[Turn], examples: Sequence[str] = ()) -> str:
    """Return the conversation, its last turn selected, or the examples if it is empty."""
    if turns:
        return "".join(_turn(turn, at, at == len(turns) - 1) for at, turn in enumerate(turns))
    offers = (
        f'<button data-example="{at}">{text_html(question)}</button>'
        for at, question in enumerate(examples)
    )
    return (
        '<div class="welcome"><h2>What would you like to know?</h2><p>Answers come in the '
        "documents’ own words, with file, page and line. Where the documents do not say, "
        f"you are told so.</p>{''.join(offers)}</div>"
    )


def source_html(
    citation: Citation, document: Document | None, *, answers: bool = True, wanted: bool = False
) -> str:
    """Return a citation in its surroundings, or the statement that it no longer stands there.

    Args:
        citation: what to show.
        document: the cited document as it is now; None if it is gone.
        answers: whether to mark the quotation and the short answer in it.
        wanted: whether to bring it up.
    """
    note, passage = _passage(citation, document, answers)
    shown = (citation.document.rpartition("/")[2], citation.heading.partition(" > ")[0])
    title = "" if citation.title in shown else citation.title
    number = f'<span class="number">[{citation.number}]</span>'
    return (
        f'<article class="source{" wanted" if wanted else ""}">'
        f"<h3>{number}<span>{text_html(citation_place(citation))}</span></h3>"
        f"{_line('title', title)}{_line('heading', citation.heading)}"
        f'{_line("note", note)}<div class="passage" dir="auto">{passage}</div>'
        f'<p class="facts">Characters {citation.start:,} to {citation.end:,} · '
        f"SHA-256 <code>{_escape(citation.sha256[:12])}</code></p></article>"
    )


def _passage(citation: Citation, document: Document | None, answers: bool) -> tuple[str, str]:
    """Return what to note about a cited passage, and the passage."""
    here = surroundings(document, citation) if document else None
    if here is None or document is None:
        what = "has changed" if document else "is no longer there"
        return f"The document {what}. When it was cited, it said:", _escape(citation.quote)
    note = "" if here.unchanged else "The document has changed since, but not these words."
    if not answers:
        return note, _escape(citation.quote.strip())
    before, answer, after = (
        _escape(part) for part in (here.quote_before_answer, here.answer, here.quote_after_answer)
    )
    opening = f"{'… ' if here.start else ''}{_escape(here.before.lstrip())}"
    closing = f"{_escape(here.after.rstrip())}{' …' if here.end < len(document.text) else ''}"
    return note, f"{opening}<mark>{before}<strong>{answer}</strong>{after}</mark>{closing}"


def _turn(turn: Turn, at: int, selected: bool) -> str:
    if turn.answer is not None:
        answer = _found(turn.answer) if turn.answer.found else _not_found(turn.answer)
    elif turn.failure:
        answer = _line("note", turn.failure)
    else:
        answer = '<p class="hint waiting">Searching the documents …</p>'
    return (
        f'<section class="turn{" selected" if selected else ""}" data-turn="{at}">'
        f'{_line("asked", turn.question)}<div class="answer">{answer}</div></section>'
    )


def _found(answer: Answer) -> str:
    sure = f"{answer.confidence:.0%}"
    whole = answer.text == answer.citations[0].quote and not answer.differing
    quotes = (_cited(c, quoted=not (whole and c.number == 1)) for c in answer.citations)
    return (
        f"{_sides(answer) or _line('short long' if whole else 'short', answer.text)}"
        f'<p class="confidence"><span class="gauge"><i style="width:{sure}"></i></span>'
        f"Confidence {sure}</p><ol>{''.join(quotes)}</ol>"
    )


def _sides(answer: Answer) -> str:
    """Return the answers of sources that differ, side by side; nothing where none does."""
    sides = "".join(
        f"<div>{_line('short', c.answer)}{_line('place', citation_place(c))}</div>"
        for c in answer.citations
        if c.number in answer.differing
    )
    return f'<p class="note">The sources differ:</p><div class="sides">{sides}</div>' * bool(sides)


def _not_found(answer: Answer) -> str:
    head, detail = verdict(answer)
    nearest = "".join(_cited(citation) for citation in answer.nearest)
    passages = f'<ol class="nearest">{nearest}</ol>' if nearest else ""
    return f'<p class="short">{head}</p><p class="hint">{detail}</p>{passages}'


def _cited(citation: Citation, *, quoted: bool = True) -> str:
    """Return a citation for the conversation: its number, its words, its place."""
    words = ""
    if quoted:
        before, answer, after = map(_escape, citation.parts)
        answer = answer if citation.answer == citation.quote else f"<b>{answer}</b>"
        words = f'<p class="quote" dir="auto">{before}{answer}{after}</p>'
    return (
        f'<li><button class="number" data-number="{citation.number}" title="Show this source">'
        f"[{citation.number}]</button><div>{words}{_line('place', citation_place(citation))}"
        f"{_line('place', also_in(citation))}</div></li>"
    )


def _line(kind: str, text: str) -> str:
    return f'<p class="{kind}" dir="auto">{_escape(text)}</p>' if text else ""


def _escape(text: str) -> str:
    return escape(showable(text))
