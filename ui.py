"""The chat's page: its layout, and which event goes where; Gradio and nothing else."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api
from gradio.utils import get_upload_folder

from corpus import LARGEST_FILE, PinciteError, supported_suffixes
from qa import Filter
from qa.chat import (
    Chat,
    Choices,
    Collection,
    Conversation,
    Documents,
    Shown,
    Upload,
    asset,
    render,
)

__all__ = ["create_chat"]

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
SECONDS_BETWEEN_LOOKS = 0.5
# For each field of a `Filter` what it is called, what stands before a choice, and for no limit.
LIMITS = (
    ("Dated from", "From ", "From any time"),
    ("Dated before", "Before ", "Before any time"),
    ("Author or sender", "By ", "By anybody"),
    ("Type", "", "Any type"),
)
News = Mapping[str, object]
# Of each event; the answers themselves are worked out in the order of asking.
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class _Scope:
    """The fields that limit a question to some documents, in the order of their use."""

    only: gr.Dropdown
    after: gr.Dropdown
    before: gr.Dropdown
    by: gr.Dropdown
    type: gr.Dropdown

    @property
    def fields(self) -> list[gr.Dropdown]:
        return [self.only, self.after, self.before, self.by, self.type]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of the page that its events read and change."""

    page: gr.Blocks
    conversation: gr.State
    chosen: gr.Dropdown
    welcome: gr.HTML
    talk: gr.HTML
    scope: _Scope
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
    chat = Chat(collections, examples)
    names = {"collections": chat.names}
    with gr.Blocks(title=chat.title, analytics_enabled=False, fill_width=True) as page:
        with gr.Row(elem_id="top"):
            gr.HTML(render("title", {"title": chat.title}), apply_default_css=False)
            chosen = _make_choice(chat.names)
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="talk"):
                welcome = _make_pane("welcome", chat.show_welcome())
                talk = _make_pane(
                    "conversation", props={"html_template": render("conversation"), **names}
                )
                scope = _make_scope()
                with gr.Row(elem_id="ask"):
                    box = _make_box()
                    clear = gr.Button("Clear", size="sm", scale=0, min_width=72, elem_id="clear")
            with gr.Column(elem_id="side"), gr.Tabs(selected="source") as tabs:
                with gr.Tab("Source", id="source"):
                    source = _make_pane("sources", render("no_source"))
                with gr.Tab("History", id="history"):
                    history = _make_pane("history", render("history"), names)
                with gr.Tab("Documents", id="documents") as documents:
                    _make_documents(chat, chosen, documents, scope)
        conversation = gr.State(Conversation())
        parts = _Parts(
            page, conversation, chosen, welcome, talk, scope, box, clear, tabs, source, history
        )
        page.load(lambda at: _offer(chat.list_choices(at)), [chosen], scope.fields, **QUIET)
        _wire_questions(chat, parts)
        _wire_answers(chat, parts)
        for tool in tools:
            api(tool)
    blocks: gr.Blocks = page.queue(default_concurrency_limit=AT_ONCE)
    return blocks


def _make_pane(name: str, html: str = "", props: Mapping[str, Any] | None = None) -> gr.HTML:
    """Return a part of the page with the script of the same name and its properties."""
    script = asset(f"{name}.js")
    return gr.HTML(html, elem_id=name, js_on_load=script, apply_default_css=False, **(props or {}))


def _make_choice(names: Sequence[str]) -> gr.Dropdown:
    return gr.Dropdown(
        [(name, at) for at, name in enumerate(names)],
        value=0,
        label="Collection",
        container=False,
        visible=len(names) > 1,
        elem_id="collection",
        scale=0,
        min_width=220,
    )


def _make_scope() -> _Scope:
    """Make the fields that limit a question; what the documents do not say is not offered."""
    only = gr.Dropdown(
        label="Ask only", multiselect=True, choices=[], elem_id="only", container=False
    )
    with gr.Row(elem_id="where"):
        return _Scope(only, *(_make_limit(label, anything) for label, _, anything in LIMITS))


def _make_limit(label: str, anything: str) -> gr.Dropdown:
    """Return a field in which one may choose or write; ``anything`` sets no limit."""
    return gr.Dropdown(
        [(anything, "")],
        value="",
        label=label,
        allow_custom_value=True,
        container=False,
        visible=False,
        min_width=110,
    )


def _make_box() -> gr.Textbox:
    return gr.Textbox(
        placeholder="Ask a question",
        label="Question",
        show_label=False,
        container=False,
        submit_btn="Ask",
        autofocus=True,
        max_lines=6,
    )


def _wire_questions(chat: Chat, parts: _Parts) -> None:
    """Wire how questions come in: typed, offered, linked to, kept, and how they are cleared."""
    conversation, chosen = parts.conversation, parts.chosen
    out = [conversation, parts.talk, parts.source]
    asked = [*out, parts.box, parts.tabs]

    def ask(
        conversation: Conversation,
        question: str,
        at: int,
        only: Sequence[str],
        *limits: str | None,
    ) -> Iterator[tuple[Any, ...]]:
        with _show_errors():
            stages = chat.ask(conversation, question, at, only, _filter(limits))
        yield from _show_stages(conversation, stages, typed=True)

    def ask_offered(
        event: gr.EventData,
        conversation: Conversation,
        at: int,
        only: Sequence[str],
        *limits: str | None,
    ) -> Iterator[tuple[Any, ...]]:
        with _show_errors():
            stages = chat.ask_offered(conversation, str(event.text), at, only, _filter(limits))
        yield from _show_stages(conversation, stages, typed=False)

    def follow_link(conversation: Conversation, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        with _show_errors():
            for shown in chat.follow_link(conversation, dict(request.query_params)):
                yield conversation, *_update(shown)

    def reopen(conversation: Conversation, event: gr.EventData) -> tuple[Any, ...]:
        with _show_errors():
            shown = chat.reopen(conversation, str(event.id), event.turns)
        return conversation, *_update(shown), "", gr.Tabs(selected="source")

    def clear(conversation: Conversation) -> tuple[Any, ...]:
        return conversation, *_update(chat.clear(conversation)), ""

    scope = [chosen, *parts.scope.fields]
    typed, offered = [conversation, parts.box, *scope], [conversation, *scope]
    asking: list[Any] = [
        # What is asked while another question is being answered comes after it.
        parts.box.submit(ask, typed, asked, trigger_mode="always_last", **QUIET),
        parts.welcome.example(ask_offered, offered, asked, trigger_mode="once", **QUIET),
        parts.talk.ask(ask_offered, offered, asked, trigger_mode="once", **QUIET),
        parts.page.load(follow_link, [conversation], out, **QUIET),
        parts.history.select(reopen, [conversation], asked, **QUIET),
    ]
    for event in asking:
        event.failure(chat.show_news, [conversation], [parts.talk], **QUIET)
    parts.clear.click(clear, [conversation], [*out, parts.box], cancels=asking, **QUIET)
    for moment in (parts.page.load, chosen.change):
        moment(chat.find_welcome, [chosen], [parts.welcome], **QUIET)


def _wire_answers(chat: Chat, parts: _Parts) -> None:
    """Wire what can be done with an answer: shown in its source, judged, corrected, saved."""
    conversation, talk = [parts.conversation], parts.talk

    def show(conversation: Conversation, event: gr.EventData) -> tuple[str, Any]:
        turn, number, page = (int(getattr(event, name)) for name in ("turn", "number", "page"))
        return chat.show_source(conversation, turn, number, page), gr.Tabs(selected="source")

    def judge(conversation: Conversation, event: gr.EventData) -> News:
        good = None if event.good is None else bool(event.good)
        return chat.judge(conversation, int(event.turn), good, str(event.note))

    def edit(event: gr.EventData) -> str:
        return str(event.text)

    def save(conversation: Conversation, event: gr.EventData) -> News:
        return chat.export(conversation, str(event.kind))

    def catch_up(conversation: Conversation, event: gr.EventData) -> News:
        return chat.show_news(conversation, int(event.since))

    for pane in (talk, parts.source):
        pane.click(show, conversation, [parts.source, parts.tabs], **QUIET)
    talk.judge(judge, conversation, [talk], **QUIET)
    talk.edit(edit, None, [parts.box], **QUIET)
    talk.save(save, conversation, [talk], **QUIET)
    talk.missed(catch_up, conversation, [talk], **QUIET)


def _make_documents(chat: Chat, chosen: gr.Dropdown, tab: gr.Tab, scope: _Scope) -> None:
    """Make the documents panel and wire what happens in it."""
    limits = {"endings": list(supported_suffixes()), "largest": LARGEST_FILE}
    adding = _make_pane("add", render("add"), {"visible": chat.editable, **limits})
    panel = _make_pane("documents")
    messages = gr.State(())
    clock = gr.Timer(SECONDS_BETWEEN_LOOKS, active=False)

    def show(at: int, messages: tuple[str, ...] = ()) -> tuple[Any, ...]:
        return _update_panel(chat.show_documents(at, messages))

    def act(at: int, event: gr.EventData) -> tuple[Any, ...]:
        return _update_panel(chat.act(at, str(event.action), str(event.id)))

    def add(at: int, event: gr.EventData) -> tuple[Any, ...]:
        sent = [_upload(**file) for file in event.files]
        shown = chat.add(at, sent)
        for file in sent:
            if file.source:
                file.source.unlink(missing_ok=True)
        return _update_panel(shown)

    out = [panel, messages, clock, *scope.fields]
    for event in (tab.select, clock.tick):
        event(show, [chosen, messages], out, **QUIET)
    chosen.change(show, [chosen], out, **QUIET)
    panel.click(act, [chosen], out, **QUIET)
    adding.upload(add, [chosen], out, **QUIET)


def _show_stages(
    conversation: Conversation, stages: Iterable[Shown], *, typed: bool
) -> Iterator[tuple[Any, ...]]:
    """Yield what an answer's stages change: the conversation, the source, the box and the tabs.

    What stands in the box stays there unless it is the question that was ``typed``.
    """
    box, tabs = "" if typed else gr.skip(), gr.Tabs(selected="source")
    shown = None
    for shown in stages:
        yield conversation, *_update(shown), box, tabs
        box = tabs = gr.skip()
    if shown is None:  # nothing was asked, and Gradio takes an empty iterator for empty parts
        yield tuple(gr.skip() for _ in range(5))


def _update(shown: Shown) -> tuple[Any, Any]:
    """Return what the conversation and the source become."""
    return shown.news, shown.source or gr.skip()


@contextmanager
def _show_errors() -> Iterator[None]:
    """Show an error on the page, as its one sentence."""
    try:
        yield
    except PinciteError as error:
        raise gr.Error(str(error), print_exception=False) from error


def _filter(limits: Sequence[str | None]) -> Filter:
    """Return what the fields say, in the order of `LIMITS`; an emptied one has None."""
    return Filter(*((limit or "").strip() for limit in limits))


def _offer(choices: Choices | None) -> list[Any]:
    """Return what the fields of a `_Scope` become; as they were where the choices are unknown."""
    if choices is None:
        return [gr.skip()] * (1 + len(LIMITS))
    offered = (choices.years, choices.years, choices.authors, choices.types)
    limits = [
        gr.Dropdown([(anything, ""), *((f"{sign}{one}", one) for one in some)], visible=True)
        if some
        # What is not to be seen must not limit anything either.
        else gr.Dropdown([(anything, "")], value="", visible=False)
        for (_, sign, anything), some in zip(LIMITS, offered, strict=True)
    ]
    return [gr.Dropdown(choices=list(choices.names)), *limits]


def _update_panel(shown: Documents) -> tuple[Any, ...]:
    """Return what the documents panel, its messages, its clock and the choices become."""
    clock = gr.Timer(active=shown.building)
    return shown.html, shown.messages, clock, *_offer(shown.choices)


def _upload(name: str, size: int, path: str | None) -> Upload:
    """Return a file that a page sent; a path that is not the server's own upload is not read."""
    source = Path(path).resolve() if path else None
    uploads = Path(get_upload_folder()).resolve()
    if source and source.is_relative_to(uploads) and source.is_file():
        return Upload(name, source.stat().st_size, source)
    return Upload(name, size)
