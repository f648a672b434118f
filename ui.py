"""The chat's page: what is shown, and what happens on each event; Gradio and nothing else."""

import os
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gradio as gr
from gradio.events import api

from corpus import PinciteError
from qa import (
    NO_SOURCES,
    Collection,
    Place,
    Turns,
    answered,
    asset,
    choices_of,
    conversation_html,
    documents_html,
    exported,
    keep_feedback,
    leaf_of,
    new_turn,
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
SECONDS_BETWEEN_LOOKS = 0.5


def create_chat(
    collections: Sequence[Collection],
    examples: Sequence[str] = (),
    tools: Sequence[Callable[..., Any]] = (),
) -> gr.Blocks:
    """Return the chat's page; `pincite.serving.launch` serves it.

    Args:
        collections: what can be asked, at least one; shared by everyone who asks.
        examples: questions to offer on the empty page.
        tools: functions to offer to other programs.
    """
    os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_RUN_HISTORY": "False"}
    title = ", ".join(collection.name for collection in collections)
    with gr.Blocks(title=showable(title), analytics_enabled=False, fill_width=True) as chat:
        chosen = _header(collections, title)
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="talk"):
                talk = gr.HTML(
                    conversation_html((), examples),
                    elem_id="conversation",
                    js_on_load=asset("conversation.js"),
                    **PLAIN,
                )
                only = gr.Dropdown(
                    label="Ask only", multiselect=True, choices=[], elem_id="only", container=False
                )
                with gr.Row(elem_id="ask"):
                    box = _question_box()
                    clear = gr.Button("Clear", size="sm", scale=0, min_width=72, elem_id="clear")
            with gr.Column(elem_id="side"), gr.Tabs(selected="source") as tabs:
                with gr.Tab("Source", id="source"):
                    source = gr.HTML(
                        NO_SOURCES, elem_id="sources", js_on_load=asset("source.js"), **PLAIN
                    )
                with gr.Tab("Documents", id="documents") as documents:
                    _documents(collections, chosen, documents, only)
        _conversation(collections, examples, (chat, chosen, talk, only, box, clear, tabs, source))
        for tool in tools:
            api(tool)
        chat.load(lambda: _choices(collections[0]), None, [only], **QUIET)
    blocks: gr.Blocks = chat
    return blocks


def _header(collections: Sequence[Collection], title: str) -> gr.Dropdown:
    """Make the page's head; return what says which collection is asked."""
    with gr.Row(elem_id="top"):
        gr.HTML(f"<h1>{text_html(title)}</h1>", **PLAIN)
        return gr.Dropdown(
            [(collection.name, at) for at, collection in enumerate(collections)],
            value=0,
            label="Collection",
            container=False,
            visible=len(collections) > 1,
            elem_id="collection",
            scale=0,
            min_width=220,
        )


def _conversation(
    collections: Sequence[Collection], examples: Sequence[str], parts: tuple[Any, ...]
) -> None:
    """Wire what happens when something is asked, shown or cleared."""
    page, chosen, talk, only, box, clear, tabs, source = parts
    turns = gr.State(())
    empty = conversation_html((), examples)

    def ask(
        question: str, asked: Turns, at: int, names: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        yield from _asked(collections, question, asked, at, names)

    def ask_example(
        asked: Turns, at: int, names: Sequence[str], event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        yield from _asked(collections, examples[int(event.index)], asked, at, names)

    def show(asked: Turns, event: gr.EventData) -> tuple[str, Any]:
        turn, number, leaf = (int(getattr(event, name)) for name in ("turn", "number", "leaf"))
        return _source(collections, asked, turn, number, leaf), gr.Tabs(selected="source")

    def fail(asked: Turns) -> tuple[Turns, str]:
        asked = tuple(replace(turn, failure=FAILED) if turn.waiting else turn for turn in asked)
        return asked, conversation_html(asked)

    out = [box, turns, talk, source, tabs]

    def ask_linked(
        asked: Turns, at: int, names: Sequence[str], request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        yield from _asked(collections, request.query_params.get("q", ""), asked, at, names)

    asking = [
        page.load(ask_linked, [turns, chosen, only], out, **QUIET),
        box.submit(ask, [box, turns, chosen, only], out, **QUIET),
        talk.example(ask_example, [turns, chosen, only], out, trigger_mode="once", **QUIET),
    ]
    _afterwards(collections, turns, talk, box)
    for event in asking:
        event.failure(fail, [turns], [turns, talk], **QUIET)
    for pane in (talk, source):
        pane.click(show, [turns], [source, tabs], **QUIET)
    cleared = ("", (), empty, NO_SOURCES)
    clear.click(lambda: cleared, None, out[:4], cancels=asking, **QUIET)


def _afterwards(
    collections: Sequence[Collection], turns: gr.State, talk: gr.HTML, box: gr.Textbox
) -> None:
    """Wire what may be done with an answer: correct its question, judge it, take it along."""
    saver = gr.HTML(elem_id="saver", js_on_load=asset("saver.js"), **PLAIN)

    def edit(event: gr.EventData) -> str:
        return str(event.text)

    def judge(asked: Turns, event: gr.EventData) -> tuple[Turns, str]:
        at, turn = int(event.turn), asked[int(event.turn)]
        good = turn.good if event.good is None else bool(event.good)
        if turn.answer is not None and good is not None:
            index, note = collections[turn.collection].index, str(event.note)
            keep_feedback(index, turn.answer, good=good, note=note)
            turn = replace(turn, good=good, noted=bool(note))
        asked = (*asked[:at], turn, *asked[at + 1 :])
        return asked, conversation_html(asked)

    def save(asked: Turns, event: gr.EventData) -> str:
        answers = [turn.answer for turn in asked if turn.answer]
        file = b64encode(exported(str(event.kind), answers)).decode("ascii")
        return f'<span data-name="conversation.{event.kind}" data-file="{file}"></span>'

    talk.edit(edit, None, [box], **QUIET)
    for event in (talk.like, talk.apply):
        event(judge, [turns], [turns, talk], **QUIET)
    talk.download(save, [turns], [saver], **QUIET)


def _documents(
    collections: Sequence[Collection], chosen: gr.Dropdown, tab: gr.Tab, only: gr.Dropdown
) -> None:
    """Make the documents panel and wire what happens in it."""
    files = gr.File(
        label="Add files",
        file_count="multiple",
        elem_id="add",
        height=66,
        visible=all(collection.editable for collection in collections),
    )
    panel = gr.HTML(elem_id="documents", js_on_load=asset("documents.js"), **PLAIN)
    messages = gr.State(())
    clock = gr.Timer(SECONDS_BETWEEN_LOOKS, active=False)

    def look(at: int, said: tuple[str, ...], asking: str = "") -> tuple[Any, ...]:
        collection = collections[at]
        try:
            shown = documents_html(collection.panel(said, asking))
        except PinciteError as error:
            shown = f'<p class="note">{text_html(str(error))}</p>'
        active = collection.building.state.running
        return shown, said, gr.Timer(active=active), _choices(collection)

    def act(at: int, event: gr.EventData) -> tuple[Any, ...]:
        collection, action, id_ = collections[at], str(event.action), str(event.id)
        said: tuple[str, ...] = ()
        if action == "build":
            collection.building.start()
        elif action == "stop":
            collection.building.stop()
        elif action == "remove" and collection.editable:
            said = (collection.remove(id_),)
        return look(at, said, id_ if action == "ask-remove" else "")

    def add(at: int, paths: Sequence[str] | None) -> tuple[Any, ...]:
        if not paths or not collections[at].editable:
            return (*look(at, ()), None)
        refused = collections[at].add((Path(path), Path(path).name) for path in paths)
        return (*look(at, refused), None)

    out = [panel, messages, clock, only]
    for event in (tab.select, clock.tick):
        event(look, [chosen, messages], out, **QUIET)
    chosen.change(lambda at: look(at, ()), [chosen], out, **QUIET)
    panel.click(act, [chosen], out, **QUIET)
    files.upload(add, [chosen, files], [*out, files], **QUIET)


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


def _choices(collection: Collection) -> Any:  # noqa: ANN401 - Gradio's update
    """Return an update of what a question can be limited to."""
    try:
        return gr.Dropdown(choices=choices_of(d.id for d in collection.assistant.documents()))
    except PinciteError:
        return gr.skip()


def _asked(
    collections: Sequence[Collection], question: str, asked: Turns, at: int, names: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """Yield what the question box, the turns, the two panes and the tabs show, stage by stage."""
    if not question.strip():
        yield tuple(gr.skip() for _ in range(5))
        return
    new = new_turn(question, asked, at)
    yield "", (*asked, new), gr.skip(), gr.skip(), gr.Tabs(selected="source")
    shown_already = False
    for turn in answered(collections[at], new, names):
        now = (*asked, turn)
        shown = gr.skip()
        if turn.answer and not shown_already:
            shown_already, shown = True, _source(collections, now, len(asked))
        yield gr.skip(), now, conversation_html(now), shown, gr.skip()


def _source(
    collections: Sequence[Collection], turns: Turns, at: int, number: int = 1, leaf: int = 0
) -> str:
    """Return the viewer with a citation of a turn; ``leaf`` 0 is the one where it stands."""
    answer = turns[at].answer if at < len(turns) else None
    citations = (answer.citations or answer.nearest) if answer else ()
    if answer is None or not 1 <= number <= len(citations):
        return NO_SOURCES
    collection = collections[turns[at].collection]
    try:
        document = collection.assistant.document(citations[number - 1].document)
    except KeyError:
        document = None
    except PinciteError as error:
        return f'<p class="note">{text_html(str(error))}</p>'
    place = Place(at, citations, number, answers=answer.found)
    if document is None:
        return viewer_html(place, None, None)
    place = replace(place, leaf=leaf or leaf_of(document, place.citation.start))
    page, note = collection.sources.page(document, place.leaf, spans_in(document, place))
    download = f"{FILES.lstrip('/')}{turns[at].collection}/{quote(document.id)}"
    return viewer_html(replace(place, note=note, download=download), document, page)
