"""Serving the chat, sealed against the network."""

import errno
import io
import json
import logging
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import redirect_stdout
from functools import wraps
from typing import Any

import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus import LARGEST_FILE, PinciteError, SettingsError
from pincite.server.rest import PREFIX, rest_app
from pincite.server.service import Service
from qa.chat import FILES, Collection, asset, render
from ui import create_chat

__all__ = ["LOOPBACK", "launch"]

logger = logging.getLogger(__name__)

LOOPBACK = ["127.0.0.1", "localhost"]
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif"
# Gradio needs inline scripts and eval; what matters is that nothing is asked of other machines.
POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; base-uri 'self'; "
    "object-src 'none'; form-action 'self'; frame-ancestors 'none'"
)
OUTSIDE = re.compile(rb"<(?:link|meta|script)\b[^>]*https?://[^>]*>", re.IGNORECASE)


def launch(
    collections: Sequence[Collection], host: str, port: int, examples: Sequence[str] = ()
) -> tuple[gr.Blocks, str]:
    """Serve the chat in the background until the returned ``Blocks`` are closed.

    Args:
        collections: what can be asked, at least one.
        host: where to listen.
        port: where to listen.
        examples: questions to offer on the empty page.

    Returns:
        The page, and its address.

    Raises:
        SettingsError: if nothing can be served at that host and port.
    """
    _check_free(host, port)
    # A page elsewhere that gives its own name this machine's address must not read the documents.
    hosts = LOOPBACK if host in LOOPBACK else ["*"]
    middleware = [Middleware(TrustedHostMiddleware, allowed_hosts=hosts), Middleware(_Sealed)]
    service = Service(collections)
    tools = (service.ask, service.search, service.documents, service.verify, service.collections)
    chat = create_chat(collections, examples, [_as_tool(tool) for tool in tools])
    with redirect_stdout(io.StringIO()):  # Gradio announces its MCP server, quiet or not
        _, url, _ = chat.launch(
            server_name=host,
            server_port=port,
            quiet=True,
            share=False,
            inline=False,
            prevent_thread_lock=True,
            ssr_mode=False,
            footer_links=[],
            mcp_server=True,
            theme=gr.themes.Base(font=FONTS, font_mono="ui-monospace, monospace"),
            css=asset("chat.css"),
            head=render("head", {"script": asset("kept.js")}),
            max_file_size=LARGEST_FILE,
            app_kwargs={
                "docs_url": None,
                "redoc_url": None,
                "middleware": middleware,
                "routes": [
                    Mount(PREFIX, rest_app(service)),
                    Route(f"{FILES}{{at:int}}/{{id:path}}", _make_download(collections)),
                ],
            },
        )
    logger.info("%d collections are served at %s", len(collections), url)
    return chat, url


def _as_tool(tool: Callable[..., Any]) -> Callable[..., str]:
    """Return ``tool`` as Gradio passes it on: its result as JSON, its errors as sentences."""

    @wraps(tool)
    def call(*arguments: Any) -> str:  # noqa: ANN401 - as the tool has them
        try:
            return json.dumps(tool(*arguments), ensure_ascii=False)
        except PinciteError as error:
            raise gr.Error(str(error), print_exception=False) from error

    call.__annotations__ = {**tool.__annotations__, "return": str}  # wraps shares the tool's own
    return call


def _make_download(collections: Sequence[Collection]) -> Callable[[Request], Awaitable[Response]]:
    """Return a handler that sends an indexed document's file to be saved, never to be run."""

    async def download(request: Request) -> Response:
        at, id_ = request.path_params["at"], request.path_params["id"]
        try:
            collection = collections[at]
            document = await run_in_threadpool(collection.assistant.document, id_)
        except LookupError:
            return PlainTextResponse("There is no such document in the index.", 404)
        file = collection.sources.file(document)
        if not file.is_file():
            return PlainTextResponse("The file is gone.", 404)
        headers = {"x-content-type-options": "nosniff"}
        return FileResponse(
            file, media_type="application/octet-stream", filename=file.name, headers=headers
        )

    return download


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
