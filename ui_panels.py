"""The panes beside the chat: what is indexed, and the conversations of this browser."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from corpus import PinciteError
from qa import Collection, asset, choices_of, documents_html, text_html

__all__ = ["PLAIN", "QUIET", "choices", "documents_panel", "history_panel"]

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
PLAIN: dict[str, Any] = {"apply_default_css": False}
SECONDS_BETWEEN_LOOKS = 0.5
HISTORY = (
    '<input type="search" placeholder="Search conversations" aria-label="Search conversations">'
    '<p class="hint">Conversations are kept in this browser and appear here.</p><ul></ul>'
)


def history_panel() -> gr.HTML:
    """Make the list of conversations; a click on one gives its questions."""
    return gr.HTML(HISTORY, elem_id="history", js_on_load=asset("history.js"), **PLAIN)


def documents_panel(
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
        return shown, said, gr.Timer(active=active), choices(collection)

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


def choices(collection: Collection) -> Any:  # noqa: ANN401 - Gradio's update
    """Return an update of what a question can be limited to."""
    try:
        return gr.Dropdown(choices=choices_of(d.id for d in collection.assistant.documents()))
    except PinciteError:
        return gr.skip()
