"""The chat's page: its layout, and what happens on each event; Gradio and nothing else."""

import os
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import gradio as gr
from gradio.events import api
from gradio.utils import get_upload_folder

from corpus import LARGEST_FILE, InputError, PinciteError, supported_suffixes
from qa import choices_of
from qa.chat import (
    NO_SOURCES,
    Collection,
    Place,
    Turn,
    Turns,
    Upload,
    answer_turn,
    asset,
    conversation_html,
    documents_html,
    is_repeat,
    keep_feedback,
    leaf_of,
    make_turn,
    restore,
    showable,
    spans_in,
    text_html,
    turn_from_link,
    viewer_html,
    welcome_html,
)
from qa.formats import export

__all__ = ["FILES", "PLAIN", "QUIET", "choices", "create_chat", "documents_panel", "history_panel"]

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
PLAIN: dict[str, Any] = {"apply_default_css": False}
SECONDS_BETWEEN_LOOKS = 0.5
HISTORY = (
    '<input type="search" placeholder="Search conversations" aria-label="Search conversations">'
    '<p class="hint">Conversations are kept in this browser and appear here.</p><ul></ul>'
)


ADDING = (
    '<div class="zone"><p>Drop files or folders here, or <button data-pick="files">choose files'
    '</button> or <button data-pick="folder">a folder</button>.</p><p role="status"></p></div>'
)


def history_panel(collections: Sequence[Collection]) -> gr.HTML:
    """Make the list of conversations; a click on one gives its turns."""
    return gr.HTML(
        HISTORY,
        elem_id="history",
        js_on_load=asset("history.js"),
        collections=[collection.name for collection in collections],
        **PLAIN,
    )


def documents_panel(
    collections: Sequence[Collection], chosen: gr.Dropdown, tab: gr.Tab, only: gr.Dropdown
) -> None:
    """Make the documents panel and wire what happens in it."""
    adding = gr.HTML(
        ADDING,
        elem_id="add",
        js_on_load=asset("adding.js"),
        visible=all(collection.editable for collection in collections),
        endings=list(supported_suffixes()),
        largest=LARGEST_FILE,
        **PLAIN,
    )
    panel = gr.HTML(elem_id="documents", js_on_load=asset("documents.js"), **PLAIN)
    messages = gr.State(())
    clock = gr.Timer(SECONDS_BETWEEN_LOOKS, active=False)

    def look(at: int, said: tuple[str, ...], asking: str = "") -> tuple[Any, ...]:
        collection = collections[at]
        active = gr.Timer(active=collection.building.state.running)
        try:
            shown = collection.panel(said, asking)
        except PinciteError as error:
            return f'<p class="note">{text_html(str(error))}</p>', said, active, gr.skip()
        names = gr.Dropdown(choices=choices_of(document.id for document in shown.documents))
        return documents_html(shown), said, active, names

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

    def add(at: int, event: gr.EventData) -> tuple[Any, ...]:
        collection = collections[at]
        return look(at, _added(collection, event.files) if collection.editable else ())

    out = [panel, messages, clock, only]
    for event in (tab.select, clock.tick):
        event(look, [chosen, messages], out, **QUIET)
    chosen.change(lambda at: look(at, ()), [chosen], out, **QUIET)
    panel.click(act, [chosen], out, **QUIET)
    adding.upload(add, [chosen], out, **QUIET)


def _added(collection: Collection, files: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Add what a page sent, and delete what was kept of it on the way."""
    sent = [_upload(**file) for file in files]
    refused = collection.add(sent)
    for file in sent:
        if file.source:
            file.source.unlink(missing_ok=True)
    return refused


def _upload(name: str, size: int, path: str | None) -> Upload:
    """Return a file that a page sent; a path that is not the server's own upload is not read."""
    if path is None:
        return Upload(name, size)
    source = Path(path).resolve()
    uploads = Path(get_upload_folder()).resolve()
    if not source.is_relative_to(uploads) or not source.is_file():
        return Upload(name, size)
    return Upload(name, source.stat().st_size, source)


def choices(collection: Collection) -> Any:  # noqa: ANN401 - Gradio's update
    """Return an update of what a question can be limited to."""
    try:
        return gr.Dropdown(choices=choices_of(d.id for d in collection.assistant.documents()))
    except PinciteError:
        return gr.skip()


# Where the files of documents are served.
FILES = "/source/"
FAILED = "Something went wrong; the terminal that Pincite runs in says what."
# Of each event; the answers themselves are worked out one after the other.
AT_ONCE = 16


class _Parts(NamedTuple):
    """The parts of the page that the conversation's events read and change."""

    page: gr.Blocks
    welcome: gr.HTML
    chosen: gr.Dropdown
    talk: gr.HTML
    only: gr.Dropdown
    box: gr.Textbox
    clear: gr.Button
    tabs: gr.Tabs
    source: gr.HTML
    history: gr.HTML


def create_chat(
    collections: Sequence[Collection],
    examples: Sequence[str] = (),
    tools: Sequence[Callable[..., Any]] = (),
) -> gr.Blocks:
    """Return the chat's page; `pincite.server.launch` serves it.

    Args:
        collections: what can be asked, at least one; shared by everyone who asks.
        examples: questions to offer at the beginning; some from the documents by default.
        tools: functions to offer to other programs.
    """
    os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_RUN_HISTORY": "False"}
    title = ", ".join(collection.name for collection in collections)
    with gr.Blocks(title=showable(title), analytics_enabled=False, fill_width=True) as chat:
        chosen = _header(collections, title)
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="talk"):
                welcome = gr.HTML(
                    welcome_html(examples),
                    elem_id="welcome",
                    js_on_load=asset("welcome.js"),
                    **PLAIN,
                )
                talk = gr.HTML(
                    elem_id="conversation",
                    js_on_load=asset("conversation.js"),
                    collections=[collection.name for collection in collections],
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
                with gr.Tab("History", id="history"):
                    history = history_panel(collections)
                with gr.Tab("Documents", id="documents") as documents:
                    documents_panel(collections, chosen, documents, only)
        parts = _Parts(chat, welcome, chosen, talk, only, box, clear, tabs, source, history)
        _conversation(collections, parts)
        for tool in tools:
            api(tool)
        chat.load(lambda: choices(collections[0]), None, [only], **QUIET)
        if not examples:
            for event in (chat.load, chosen.change):
                event(
                    lambda at: welcome_html(collections[at].examples()),
                    [chosen],
                    [welcome],
                    **QUIET,
                )
    blocks: gr.Blocks = chat.queue(default_concurrency_limit=AT_ONCE)
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


def _conversation(collections: Sequence[Collection], parts: _Parts) -> None:
    """Wire what happens when something is asked, shown or cleared."""
    talk, chosen, only = parts.talk, parts.chosen, parts.only
    turns = gr.State(())

    def ask(
        question: str, asked: Turns, at: int, names: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        yield from _asked(collections, make_turn(question, asked, at, names), asked)

    def ask_example(
        asked: Turns, at: int, names: Sequence[str], event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        yield from _asked(collections, make_turn(str(event.text), asked, at, names), asked)

    def show(asked: Turns, event: gr.EventData) -> tuple[str, Any]:
        turn, number, leaf = (int(getattr(event, name)) for name in ("turn", "number", "leaf"))
        return _source(collections, asked, turn, number, leaf), gr.Tabs(selected="source")

    def fail(asked: Turns) -> tuple[Turns, str]:
        asked = tuple(replace(turn, failure=FAILED) if turn.waiting else turn for turn in asked)
        return asked, conversation_html(asked)

    out = [parts.box, turns, talk, parts.source, parts.tabs]

    asking = [
        parts.history.select(_reopening(collections), None, out, **QUIET),
        parts.page.load(_linking(collections), [turns], out, **QUIET),
        # What is asked while another question is being answered comes after it.
        parts.box.submit(
            ask, [parts.box, turns, chosen, only], out, trigger_mode="always_last", **QUIET
        ),
        parts.welcome.example(
            ask_example, [turns, chosen, only], out, trigger_mode="once", **QUIET
        ),
    ]
    _afterwards(collections, turns, talk, parts.box)
    for event in asking:
        event.failure(fail, [turns], [turns, talk], **QUIET)
    for pane in (talk, parts.source):
        pane.click(show, [turns], [parts.source, parts.tabs], **QUIET)
    cleared = ("", (), "", NO_SOURCES)
    parts.clear.click(lambda: cleared, None, out[:4], cancels=asking, **QUIET)


def _linking(collections: Sequence[Collection]) -> Callable[..., Iterator[tuple[Any, ...]]]:
    """Return what asks the question of the link that opened the page, if it was one."""

    def ask(asked: Turns, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        try:
            turn, was = turn_from_link(dict(request.query_params), [c.name for c in collections])
        except InputError as error:
            raise gr.Error(str(error), print_exception=False) from error
        yield from _asked(collections, turn, asked, was)

    return ask


def _reopening(collections: Sequence[Collection]) -> Callable[..., tuple[Any, ...]]:
    """Return what shows a conversation again that the browser has kept."""

    def reopen(event: gr.EventData) -> tuple[Any, ...]:
        try:
            turns = restore(collections, event.turns)
        except PinciteError as error:
            raise gr.Error(str(error), print_exception=False) from error
        source = _source(collections, turns, len(turns) - 1)
        return "", turns, conversation_html(turns), source, gr.Tabs(selected="source")

    return reopen


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
        file = b64encode(export(str(event.kind), answers)).decode("ascii")
        return f'<span data-name="conversation.{event.kind}" data-file="{file}"></span>'

    talk.edit(edit, None, [box], **QUIET)
    for event in (talk.like, talk.apply):
        event(judge, [turns], [turns, talk], **QUIET)
    talk.download(save, [turns], [saver], **QUIET)


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


def _asked(
    collections: Sequence[Collection], new: Turn, asked: Turns, was: str = ""
) -> Iterator[tuple[Any, ...]]:
    """Yield what the question box, the turns, the two panes and the tabs show, stage by stage."""
    if not new.question.strip() or is_repeat(new, asked):
        yield tuple(gr.skip() for _ in range(5))
        return
    yield "", (*asked, new), gr.skip(), gr.skip(), gr.Tabs(selected="source")
    for turn in answer_turn(collections[new.collection], new, was):
        now = (*asked, turn)
        # The source is shown once: at the stage at which the answer is there, but not checked yet.
        first = turn.answer is not None and bool(turn.stage)
        shown = _source(collections, now, len(asked)) if first else gr.skip()
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
