"""The conversation's HTML; pure, and no text of a document is ever markup."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from urllib.parse import urlencode

from qa.chat_text import escaped, line, text_html
from qa.render import also_in, citation_place, percent, to_text, verdict
from qa.saved import answer_to_json, fingerprint
from qa.types import Answer, Citation

__all__ = [
    "Turn",
    "asset",
    "conversation_html",
    "welcome_html",
]

SAVED_AS = {
    "md": "Markdown",
    "docx": "Word",
    "jsonl": "JSON",
    "bib": "BibTeX",
    "csl.json": "CSL-JSON",
}
SURE = ((0.9, "Very likely right"), (0.7, "Likely right"), (0.5, "Perhaps right"), (0.0, "Unsure"))


def asset(name: str) -> str:
    """Return the text of one of the page's own files: style or script."""
    return files("qa").joinpath("chat_assets", name).read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer, or a sentence on why there is none, or neither yet.

    Args:
        question: as it was asked.
        answer: None until there is one.
        failure: why there is none; empty without a reason.
        stage: what is being done; empty when all is done.
        changed: documents among the answer's whose files are no longer as they were read.
        collection: which of the collections was asked, from 0.
        understood: the question that was searched for, where it took something from before.
        only: the documents, folders or patterns that were asked; all if empty.
        remark: what else to know about the answer; empty if there is nothing.
        when: it was answered, if that was in another conversation; else empty.
        began: when it was asked, in seconds of the machine's own clock.
        good: what was thought of the answer; None if nothing was said.
        noted: whether a note on it was kept.
    """

    question: str
    answer: Answer | None = None
    failure: str = ""
    stage: str = ""
    changed: frozenset[str] = frozenset()
    collection: int = 0
    understood: str = ""
    only: tuple[str, ...] = ()
    remark: str = ""
    when: str = ""
    began: float = 0.0
    good: bool | None = None
    noted: bool = False

    @property
    def waiting(self) -> bool:
        """Whether it is still being answered."""
        return self.answer is None and not self.failure


def conversation_html(turns: Sequence[Turn]) -> str:
    """Return the conversation, its last turn selected."""
    shown = (_turn(turn, at, at == len(turns) - 1) for at, turn in enumerate(turns))
    return "".join(shown) + _saving(turns)


def welcome_html(examples: Sequence[str] = ()) -> str:
    """Return what stands where the conversation will be, with questions to begin with."""
    offers = (
        f'<button data-example="{escaped(question)}">{text_html(question)}</button>'
        for question in examples
    )
    return (
        '<div class="welcome"><h2>What would you like to know?</h2><p>Answers come in the '
        "documents’ own words, with file, page and line. Where the documents do not say, "
        f"you are told so.</p>{''.join(offers)}</div>"
    )


def _turn(turn: Turn, at: int, selected: bool) -> str:
    if turn.answer is not None:
        answer = _found(turn, turn.answer) if turn.answer.found else _not_found(turn.answer)
    elif turn.failure:
        answer = line("note", turn.failure)
    else:
        answer = f'<p class="hint waiting" role="status">{escaped(turn.stage)} …</p>'
    return (
        f'<section class="turn{" selected" if selected else ""}" data-turn="{at}" '
        f'data-collection="{turn.collection}" data-only="{escaped(json.dumps(turn.only))}" '
        f'data-when="{escaped(turn.when)}">'
        f"{line('asked', turn.question)}{_understood(turn)}{_scope(turn)}"
        f'<div class="answer">{answer}</div>{line("note", turn.remark)}'
        f"{_footer(turn)}</section>"
    )


def _footer(turn: Turn) -> str:
    """Return what can be done with an answer: taken along, or judged."""
    if turn.answer is None or turn.stage:
        return ""
    verdicts = "".join(
        f'<button data-good="{value}" aria-label="This is {word}" title="This is {word}" '
        f'aria-pressed="{"true" if turn.good is good else "false"}">{sign} {word.title()}</button>'
        for value, good, word, sign in (("yes", True, "right", "✓"), ("no", False, "wrong", "✗"))
    )
    note = (
        '<input data-note aria-label="Note" placeholder="Add a note, then Enter" maxlength="2000">'
    )
    asked = "" if turn.good is None else "<span>Thank you.</span>" if turn.noted else note
    kept = answer_to_json(replace(turn.answer, hits=()))
    return (
        f'<div class="footer" data-answer="{escaped(kept)}">'
        f'<button data-copy="{escaped(to_text(turn.answer))}">Copy</button>'
        f'<button data-link="{escaped(_link(turn, turn.answer))}">Link</button>'
        f"{verdicts}{asked}</div>"
    )


def _link(turn: Turn, answer: Answer) -> str:
    """Return the part of an address that asks the same again, and knows what the answer was."""
    scope = {"only": json.dumps(turn.only)} if turn.only else {}
    return urlencode({"q": answer.understood_as} | scope | {"was": fingerprint(answer)})


def _saving(turns: Sequence[Turn]) -> str:
    """Return the buttons that save the conversation."""
    if not any(turn.answer for turn in turns):
        return ""
    buttons = "".join(
        f'<button data-save="{kind}">{name}</button>' for kind, name in SAVED_AS.items()
    )
    return f'<div class="saving">Save the conversation: {buttons}</div>'


def _understood(turn: Turn) -> str:
    """Return what a follow-up was taken to mean, to be corrected; nothing for others."""
    if not turn.understood:
        return ""
    said = escaped(turn.understood)
    return (
        f'<p class="understood">Understood as: <q dir="auto">{said}</q> '
        f'<button class="edit" data-edit="{said}">Edit</button></p>'
    )


def _scope(turn: Turn) -> str:
    """Return which documents were asked, where it was not all of them."""
    return line("understood", f"Asked only: {', '.join(turn.only)}") if turn.only else ""


def _found(turn: Turn, answer: Answer) -> str:
    whole = answer.text == answer.citations[0].quote and not answer.differing
    quotes = (_cited(c, quoted=not (whole and c.number == 1)) for c in answer.citations)
    return (
        f"{_sides(answer) or line('short long' if whole else 'short', answer.text)}"
        f"{_confidence(answer)}<ol>{''.join(quotes)}</ol>{_checked(turn)}"
    )


def _confidence(answer: Answer) -> str:
    """Return how sure the answer is: in words, as a number, and what the number means."""
    share = percent(answer.confidence)
    words = next(words for least, words in SURE if answer.confidence >= least)
    meaning = f"Of 100 answers with this number, about {share} are right."
    return (
        f'<p class="confidence" tabindex="0" title="{meaning}">'
        f'<span class="gauge" aria-hidden="true"><i style="width:{share}%"></i></span>'
        f'{words}, {share}%<span class="hidden">. {meaning}</span></p>'
    )


def _checked(turn: Turn) -> str:
    """Return whether the files are still those that were quoted."""
    if turn.stage:
        return f'<p class="hint waiting" role="status">{escaped(turn.stage)} …</p>'
    if turn.changed:
        names = ", ".join(sorted(turn.changed))
        return line("note", f"Changed since they were read: {names}. Update the index, ask again.")
    when = f"Answered {turn.when}. " if turn.when else ""
    return line("hint checked", f"{when}✓ Checked: the files are as they were read.")


def _sides(answer: Answer) -> str:
    """Return the answers of sources that differ, side by side; nothing where none does."""
    sides = "".join(
        f"<div>{line('short', c.answer)}{line('place', citation_place(c))}</div>"
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
        before, answer, after = map(escaped, citation.parts)
        answer = answer if citation.answer == citation.quote else f"<b>{answer}</b>"
        words = f'<p class="quote" dir="auto">{before}{answer}{after}</p>'
    return (
        f'<li><button class="number" data-number="{citation.number}" title="Show this source">'
        f"[{citation.number}]</button><div>{words}{line('place', citation_place(citation))}"
        f"{line('place', also_in(citation))}</div></li>"
    )
