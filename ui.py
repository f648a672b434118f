"""The chat's page: what is shown, and what happens on each event; Gradio and nothing else."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from queue import SimpleQueue
from typing import Any
from urllib.parse import quote

import gradio as gr

from corpus import PinciteError
from qa import (
    Assistant,
    Place,
    Sources,
    Turn,
    asset,
    conversation_html,
    leaf_of,
    showable,
    spans_in,
    text_html,
    viewer_html,
)

__all__ = ["FILES", "create_chat"]

# Where the files of documents are served.
FILES = "/source/"

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
PLAIN: dict[str, Any] = {"apply_default_css": False}
FAILED = "Something went wrong; the terminal that Pincite runs in says what."
STAGES = {
    "searching": "Searching the documents",
    "reading": "Reading the passages",
    "quoting": "Quoting",
}
CHECKING = "Checking the quotations"
NO_SOURCES = '<p class="hint">The pages behind an answer appear here, with its words marked.</p>'

Turns = tuple[Turn, ...]


def create_chat(
    assistant: Assistant, sources: Sources, title: str, examples: Sequence[str] = ()
) -> gr.Blocks:
    """Return the chat's page; `pincite.serving.launch` serves it.

    Args:
        assistant: answers; shared by everyone who asks.
        sources: the files behind its documents.
        title: of the page.
        examples: questions to offer on the empty page.
    """
    os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_RUN_HISTORY": "False"}
    empty = conversation_html((), examples)

    def ask(question: str, turns: Turns) -> Iterator[tuple[Any, ...]]:
        if not question.strip():
            yield tuple(gr.skip() for _ in range(4))
            return
        yield "", (*turns, Turn(question)), gr.skip(), gr.skip()
        for turn in _turns(assistant, question):
            now = (*turns, turn)
            shown = _source(assistant, sources, now, len(turns)) if turn.answer else gr.skip()
            yield gr.skip(), now, conversation_html(now), shown
        if turn.answer is None:
            return
        cited = {citation.document for citation in turn.answer.citations}
        now = (*turns, replace(turn, stage="", changed=_changed(assistant, sources, cited)))
        yield gr.skip(), now, conversation_html(now), gr.skip()

    def ask_example(turns: Turns, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        yield from ask(examples[int(event.index)], turns)

    def show(turns: Turns, event: gr.EventData) -> str:
        turn, number, leaf = (int(getattr(event, name)) for name in ("turn", "number", "leaf"))
        return _source(assistant, sources, turns, turn, number, leaf)

    def fail(turns: Turns) -> tuple[Turns, str]:
        turns = tuple(replace(turn, failure=FAILED) if turn.waiting else turn for turn in turns)
        return turns, conversation_html(turns)

    with gr.Blocks(title=showable(title), analytics_enabled=False, fill_width=True) as chat:
        turns = gr.State(())
        gr.HTML(f"<h1>{text_html(title)}</h1>", elem_id="top", **PLAIN)
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="talk"):
                talk = gr.HTML(
                    empty, elem_id="conversation", js_on_load=asset("conversation.js"), **PLAIN
                )
                with gr.Row(elem_id="ask"):
                    box = _question_box()
                    clear = gr.Button("Clear", size="sm", scale=0, min_width=72, elem_id="clear")
            with gr.Column(elem_id="side"):
                source = gr.HTML(
                    NO_SOURCES, elem_id="sources", js_on_load=asset("source.js"), **PLAIN
                )
        out = [box, turns, talk, source]
        asked = box.submit(ask, [box, turns], out, **QUIET)
        chosen = talk.example(ask_example, [turns], out, trigger_mode="once", **QUIET)
        for event in (asked, chosen):
            event.failure(fail, [turns], [turns, talk], **QUIET)
        for pane in (talk, source):
            pane.click(show, [turns], [source], **QUIET)
        cleared = ("", (), empty, NO_SOURCES)
        clear.click(lambda: cleared, None, out, cancels=[asked, chosen], **QUIET)
    blocks: gr.Blocks = chat
    return blocks


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        placeholder="Ask a question",
        label="Question",
        show_label=False,
        container=False,
        submit_btn="Ask",
        autofocus=True,
        max_lines=6,
    )


def _turns(assistant: Assistant, question: str) -> Iterator[Turn]:
    """Yield the turn at each stage of its answering, with the answer or the failure at last."""
    stages: SimpleQueue[str] = SimpleQueue()
    with ThreadPoolExecutor(1) as pool:
        answering = pool.submit(assistant.ask, showable(question), on_stage=stages.put)
        answering.add_done_callback(lambda _: stages.put(""))
        while stage := stages.get():
            yield Turn(question, stage=STAGES[stage])
    try:
        yield Turn(question, answer=answering.result(), stage=CHECKING)
    except PinciteError as error:
        yield Turn(question, failure=str(error))


def _source(
    assistant: Assistant, sources: Sources, turns: Turns, at: int, number: int = 1, leaf: int = 0
) -> str:
    """Return the viewer with a citation of a turn; ``leaf`` 0 is the one where it stands."""
    answer = turns[at].answer if at < len(turns) else None
    citations = (answer.citations or answer.nearest) if answer else ()
    if answer is None or not 1 <= number <= len(citations):
        return NO_SOURCES
    try:
        document = assistant.document(citations[number - 1].document)
    except KeyError:
        document = None
    except PinciteError as error:
        return f'<p class="note">{text_html(str(error))}</p>'
    place = Place(at, citations, number, answers=answer.found)
    if document is None:
        return viewer_html(place, None, None)
    place = replace(place, leaf=leaf or leaf_of(document, place.citation.start))
    page, note = sources.page(document, place.leaf, spans_in(document, place))
    download = f"{FILES.lstrip('/')}{quote(document.id)}"
    return viewer_html(replace(place, note=note, download=download), document, page)


def _changed(assistant: Assistant, sources: Sources, ids: set[str]) -> frozenset[str]:
    """Return which documents' files are no longer as they were indexed."""
    with suppress(KeyError):
        return sources.changed(assistant.document(id_) for id_ in ids)
    return frozenset(ids)
