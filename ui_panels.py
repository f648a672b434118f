"""The panes beside the chat: what is indexed, and the conversations of this browser."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from corpus import LARGEST_FILE, Incoming, PinciteError, supported_suffixes
from qa import Collection, asset, choices_of, documents_html, text_html

__all__ = ["PLAIN", "QUIET", "choices", "documents_panel", "history_panel"]

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
    sent = [_incoming(**file) for file in files]
    refused = collection.add(sent)
    for file in sent:
        if file.source:
            file.source.unlink(missing_ok=True)
    return refused


def _incoming(name: str, size: int, path: str | None) -> Incoming:
    """Return a file that a page sent; a path that is not the server's own upload is not read."""
    if path is None:
        return Incoming(name, size)
    source = Path(path).resolve()
    uploads = Path(get_upload_folder()).resolve()
    if not source.is_relative_to(uploads) or not source.is_file():
        return Incoming(name, size)
    return Incoming(name, source.stat().st_size, source)


def choices(collection: Collection) -> Any:  # noqa: ANN401 - Gradio's update
    """Return an update of what a question can be limited to."""
    try:
        return gr.Dropdown(choices=choices_of(d.id for d in collection.assistant.documents()))
    except PinciteError:
        return gr.skip()
