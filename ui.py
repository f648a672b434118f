"""The chat: a page on this machine that asks an `Assistant`; Gradio and nothing else."""

import errno
import os
import re
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import gradio as gr
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus import PinciteError, SettingsError
from qa import Assistant, Citation, chat_page

__all__ = ["create_chat", "launch", "serve"]

LOOPBACK = ["127.0.0.1", "localhost"]
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif"
# Gradio needs inline scripts and eval; what matters is that nothing is asked of other machines.
POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; base-uri 'self'; "
    "object-src 'none'; form-action 'self'; frame-ancestors 'none'"
)
OUTSIDE = re.compile(rb"<(?:link|meta|script)\b[^>]*https?://[^>]*>", re.IGNORECASE)
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
PLAIN: dict[str, Any] = {"apply_default_css": False}
FAILED = "Something went wrong; the terminal that Pincite runs in says what."


def create_chat(assistant: Assistant, title: str, examples: Sequence[str] = ()) -> gr.Blocks:
    """Return the chat's page; `launch` serves it.

    Args:
        assistant: answers; shared by everyone who asks.
        title: of the page.
        examples: questions to offer on the empty page.
    """
    os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_RUN_HISTORY": "False"}
    empty = chat_page.conversation_html((), examples)

    def ask(question: str, turns: tuple[chat_page.Turn, ...]) -> Iterator[tuple[Any, ...]]:
        if not question.strip():
            yield tuple(gr.skip() for _ in range(4))
            return
        waiting = (*turns, chat_page.Turn(question))
        yield "", waiting, chat_page.conversation_html(waiting), gr.skip()
        turns = (*turns, _asked(assistant, question))
        yield gr.skip(), turns, chat_page.conversation_html(turns), _sources(assistant, turns[-1])

    def ask_example(
        turns: tuple[chat_page.Turn, ...], event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        yield from ask(examples[int(event.index)], turns)

    def show(turns: tuple[chat_page.Turn, ...], event: gr.EventData) -> str:
        shown = turns[int(event.turn) :][:1]
        return _sources(assistant, shown[0], int(event.number)) if shown else chat_page.NO_SOURCES

    def fail(turns: tuple[chat_page.Turn, ...]) -> tuple[tuple[chat_page.Turn, ...], str]:
        turns = tuple(replace(turn, failure=FAILED) if turn.waiting else turn for turn in turns)
        return turns, chat_page.conversation_html(turns)

    with gr.Blocks(
        title=chat_page.showable(title), analytics_enabled=False, fill_width=True
    ) as chat:
        turns = gr.State(())
        gr.HTML(f"<h1>{chat_page.text_html(title)}</h1>", elem_id="top", **PLAIN)
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="talk"):
                talk = gr.HTML(
                    empty, elem_id="conversation", js_on_load=chat_page.ON_CLICK, **PLAIN
                )
                with gr.Row(elem_id="ask"):
                    box = _question_box()
                    clear = gr.Button("Clear", size="sm", scale=0, min_width=72, elem_id="clear")
            with gr.Column(elem_id="side"):
                gr.HTML("<h2>Sources</h2>", **PLAIN)
                sources = gr.HTML(
                    chat_page.NO_SOURCES,
                    elem_id="sources",
                    js_on_load=chat_page.ON_SOURCES,
                    **PLAIN,
                )
        out = [box, turns, talk, sources]
        asked = box.submit(ask, [box, turns], out, **QUIET)
        chosen = talk.example(ask_example, [turns], out, trigger_mode="once", **QUIET)
        for event in (asked, chosen):
            event.failure(fail, [turns], [turns, talk], **QUIET)
        talk.click(show, [turns], [sources], **QUIET)
        cleared = ("", (), empty, chat_page.NO_SOURCES)
        clear.click(lambda: cleared, None, out, cancels=[asked, chosen], **QUIET)
    blocks: gr.Blocks = chat
    return blocks


def launch(chat: gr.Blocks, host: str, port: int) -> str:
    """Serve ``chat`` in the background until ``chat.close()``, and return its address.

    Raises:
        SettingsError: if nothing can be served at that host and port.
    """
    _check_free(host, port)
    # A page elsewhere that gives its own name this machine's address must not read the documents.
    hosts = LOOPBACK if host in LOOPBACK else ["*"]
    middleware = [Middleware(TrustedHostMiddleware, allowed_hosts=hosts), Middleware(_Sealed)]
    _, url, _ = chat.launch(
        server_name=host,
        server_port=port,
        quiet=True,
        share=False,
        inline=False,
        prevent_thread_lock=True,
        ssr_mode=False,
        footer_links=[],
        theme=gr.themes.Base(font=FONTS, font_mono="ui-monospace, monospace"),
        css=chat_page.STYLE,
        app_kwargs={"docs_url": None, "redoc_url": None, "middleware": middleware},
    )
    return url


def serve(
    assistant: Assistant,
    title: str,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = True,
    examples: Sequence[str] = (),
    on_ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the chat until Ctrl-C.

    Args:
        assistant: answers; shared by everyone who asks.
        title: of the page.
        host: where to listen; only to this machine by default.
        port: where to listen.
        open_browser: show the page at once.
        examples: questions to offer on the empty page.
        on_ready: is told the page's address once it can be opened.

    Raises:
        SettingsError: if nothing can be served at that host and port.
    """
    chat = create_chat(assistant, title, examples)
    with suppress(KeyboardInterrupt):
        try:
            url = launch(chat, host, port)
            on_ready(url)
            if open_browser:
                webbrowser.open(url)
            threading.Event().wait()
        finally:
            chat.close(verbose=False)


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


def _asked(assistant: Assistant, question: str) -> chat_page.Turn:
    try:
        return chat_page.Turn(question, answer=assistant.ask(chat_page.showable(question)))
    except PinciteError as error:
        return chat_page.Turn(question, failure=str(error))


def _sources(assistant: Assistant, turn: chat_page.Turn, wanted: int = 0) -> str:
    """Return the sources of a turn; the one with the number ``wanted`` is brought up."""
    if turn.answer is None:
        return chat_page.NO_SOURCES
    found = turn.answer.found
    hint = '<p class="hint">Not answers, only the passages nearest to the question.</p>'
    cards = (
        _source(assistant, citation, answers=found, wanted=citation.number == wanted)
        for citation in turn.answer.citations or turn.answer.nearest
    )
    return ("" if found else hint) + "".join(cards)


def _source(assistant: Assistant, citation: Citation, *, answers: bool, wanted: bool) -> str:
    try:
        document = assistant.document(citation.document)
    except KeyError:
        document = None
    except PinciteError as error:
        return f'<p class="note">{chat_page.text_html(str(error))}</p>'
    return chat_page.source_html(citation, document, answers=answers, wanted=wanted)


def _check_free(host: str, port: int) -> None:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(f"Port {port} is taken; give another with --port.") from error
        raise SettingsError(f"Cannot serve at {host}, port {port} ({error.strerror}).") from error


class _Sealed:
    """Middleware: the page asks nothing of other machines, whatever Gradio's template holds."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        pending: list[Message] = []

        async def seal(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = POLICY
                headers["referrer-policy"] = "no-referrer"
                if headers.get("content-type", "").startswith("text/html"):
                    pending.append(message)
                    return
            elif pending:
                pending.append(message)
                if message.get("more_body"):
                    return
                message = _without_links(pending)
                await send(pending[0])
            await send(message)

        await self._app(scope, receive, seal)


def _without_links(messages: list[Message]) -> Message:
    """Join a page's parts without tags that point elsewhere, and correct its length."""
    page = OUTSIDE.sub(b"", b"".join(part.get("body", b"") for part in messages[1:]))
    MutableHeaders(scope=messages[0])["content-length"] = str(len(page))
    return {"type": "http.response.body", "body": page}
