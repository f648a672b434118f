"""The Python API's building side: paths and settings in, a report out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from index import (
    DEFAULT_ENCODER,
    BackgroundBuild,
    BuildReport,
    OnDownload,
    Plan,
    Progress,
    Settings,
    config_of,
    encoder_of,
    index_folder_of,
    open_encoder,
    plan,
)
from index import build as build_index
from qa import Assistant
from qa.chat import Collection

__all__ = ["build", "open_collections", "status"]


def build(
    folder: str | Path,
    *,
    index: str | Path | None = None,
    full: bool = False,
    encoder: str | None = None,
    download: bool = False,
    settings: Settings | None = None,
    on_download: OnDownload = lambda _name, _size: None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> BuildReport:
    """Bring the index of ``folder`` up to date; only what changed is read and encoded.

    Args:
        folder: the documents.
        index: where the index is kept; ``folder/.pincite`` by default.
        full: read, split and encode everything again.
        encoder: the name or folder of the encoder; by default that of the settings, else the one
            that the index was built with, else ``all-MiniLM-L6-v2``.
        download: whether to fetch an encoder that is not on this machine; without it, the network
            is never touched.
        settings: instead of those in the index folder's ``settings.toml``.
        on_download: is told the encoder's name and how many bytes will be fetched.
        on_progress: is told how far the build is.

    Returns:
        What was added, changed, moved, removed and skipped.

    Raises:
        PinciteError: a subclass that says what is wrong: `InputError` (the folder),
            `SettingsError`, `ModelUnavailable`, `IndexBusy` or `IndexDamaged`.
    """
    where = index_folder_of(folder, index)
    settings = settings or Settings.read(where)
    name = encoder or _encoder_name(settings, where)
    return build_index(
        Path(folder),
        open_encoder(name, download=download, on_download=on_download),
        index=where,
        passage_tokens=settings.passage_tokens,
        full=full,
        file_seconds=settings.file_seconds,
        on_progress=on_progress,
    )


def status(
    folder: str | Path, *, index: str | Path | None = None, settings: Settings | None = None
) -> Plan:
    """Return what `build` would do, without doing it; takes the arguments of `build`."""
    where = index_folder_of(folder, index)
    settings = settings or Settings.read(where)
    encoder = open_encoder(_encoder_name(settings, where))
    return plan(Path(folder), where, config_of(encoder, settings.passage_tokens))


def _encoder_name(settings: Settings, index_folder: Path) -> str:
    """Return the encoder of the settings, else that of the index, else the default one."""
    return settings.encoder or encoder_of(index_folder) or DEFAULT_ENCODER


@contextmanager
def open_collections(
    folders: Sequence[str | Path],
    *,
    index: str | Path | None = None,
    false_answer_rate: str | float | None = None,
    editable: bool = True,
) -> Iterator[list[Collection]]:
    """Open the indexes of ``folders`` for the chat, and close them at the end.

    Args:
        folders: the documents; those with the same name are called by their whole paths.
        index: where the index of a single folder is kept; ``folder/.pincite`` by default.
        false_answer_rate: as `Assistant.open` takes it; by default the one in the settings.
        editable: whether documents may be added and removed in the chat.

    Raises:
        PinciteError: what `Assistant.open` raises.
    """
    names = [Path(folder).resolve().name for folder in folders]

    def open_collection(folder: Path) -> Collection:
        whole = folder.resolve()
        return Collection(
            name=whole.name if names.count(whole.name) == 1 else str(whole),
            folder=folder,
            index=index_folder_of(folder, index),
            assistant=Assistant.open(folder, index=index, false_answer_rate=false_answer_rate),
            building=BackgroundBuild(lambda show: build(folder, index=index, on_progress=show)),
            plan=partial(status, folder, index=index),
            editable=editable,
        )

    with ExitStack() as opened:
        yield [opened.enter_context(closing(open_collection(Path(f)))) for f in folders]
