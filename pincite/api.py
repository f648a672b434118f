"""The Python API's building side: paths and settings in, a report out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from index import (
    BackgroundBuild,
    BuildReport,
    Plan,
    Progress,
    Settings,
    config_of,
    index_folder_of,
    open_encoder,
    plan,
)
from index import build as build_index
from qa import Assistant
from qa.chat import Collection, Sources

__all__ = ["build", "open_collections", "status"]


def build(
    folder: str | Path,
    *,
    index: str | Path | None = None,
    full: bool = False,
    settings: Settings | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> BuildReport:
    """Bring the index of ``folder`` up to date; only what changed is read and encoded.

    Args:
        folder: the documents.
        index: where the index is kept; ``folder/.pincite`` by default.
        full: read, split and encode everything again.
        settings: instead of those in the index folder's ``settings.toml``.
        on_progress: is told how far the build is.

    Returns:
        What was added, changed, moved, removed and skipped.

    Raises:
        PinciteError: a subclass that says what is wrong: `InputError` (the folder),
            `SettingsError`, `ModelUnavailable`, `IndexBusy` or `IndexDamaged`.
    """
    folder, where = _paths(folder, index)
    settings = settings or Settings.read(where)
    return build_index(
        folder,
        open_encoder(settings.encoder),
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
    folder, where = _paths(folder, index)
    settings = settings or Settings.read(where)
    config = config_of(open_encoder(settings.encoder), settings.passage_tokens)
    return plan(folder, where, config)


@contextmanager
def open_collections(
    folders: Sequence[str | Path],
    *,
    index: str | Path | None = None,
    risk: str | float | None = None,
    editable: bool = True,
) -> Iterator[list[Collection]]:
    """Open the indexes of ``folders`` for the chat, and close them at the end.

    Args:
        folders: the documents; those with the same name are called by their whole paths.
        index: where the index of a single folder is kept; ``folder/.pincite`` by default.
        risk: as `Assistant.open` takes it; by default the one in the settings.
        editable: whether documents may be added and removed in the chat.

    Raises:
        PinciteError: what `Assistant.open` raises.
    """
    names = [Path(folder).resolve().name for folder in folders]
    with ExitStack() as opened:
        collections = []
        for folder, name in zip(folders, names, strict=True):
            called = name if names.count(name) == 1 else str(Path(folder).resolve())
            collection = _open_collection(folder, called, index, risk, editable)
            collections.append(opened.enter_context(closing(collection)))
        yield collections


def _open_collection(
    folder: str | Path,
    name: str,
    index: str | Path | None,
    risk: str | float | None,
    editable: bool,
) -> Collection:
    folder, where = _paths(folder, index)
    return Collection(
        name=name,
        folder=folder,
        index=where,
        assistant=Assistant.open(folder, index=where, risk=risk),
        sources=Sources(folder),
        building=BackgroundBuild(lambda show: build(folder, index=where, on_progress=show)),
        plan=partial(status, folder, index=where),
        editable=editable,
    )


def _paths(folder: str | Path, index: str | Path | None) -> tuple[Path, Path]:
    folder = Path(folder)
    return folder, index_folder_of(folder, Path(index) if index is not None else None)
