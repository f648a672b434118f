"""Bringing the index up to date with the folder."""

import logging
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from corpus import (
    Document,
    FileLoader,
    FoundFile,
    IndexBusy,
    InputError,
    LoadedFile,
    Skipped,
    can_recognise,
    encoded_text,
    split,
)
from index.config import FORMAT, IndexConfig, config_of
from index.encoding import Encoder, Precision
from index.generation import Change, find_damaged_files, write_generation
from index.plan import Plan, drop_fresh_time, make_plan
from index.scans import read_scans
from index.store import NewPassage, Store

__all__ = ["PASSAGE_TOKENS", "BuildReport", "Progress", "build", "index_folder_of"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is, or what else takes its time.

    Args:
        stage: ``reading`` (files), ``encoding`` (passages), ``writing`` (the search files) or
            ``recognising`` (pages that are images); ``asking`` (questions).
        done: how many are done.
        total: of how many.
    """

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Args:
        added: paths of new files.
        changed: paths of files that have other bytes.
        moved: old and new paths of files that were renamed or moved.
        removed: paths of files that are no longer in the folder.
        skipped: files, also inside of files, that were left out, with the reasons.
        unchanged: how many files stayed as they were.
        rebuild: why every passage was made again; empty if that was not needed.
        encoded: how many passages were encoded.
        documents: how many documents, those inside of files too, are in the index now.
        passages: how many passages are in the index now.
        unread: how many pages with images that may hold words have not been read, because nothing
            is installed that reads them.
        seconds: how long it took.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    unchanged: int
    rebuild: tuple[str, ...]
    encoded: int
    documents: int
    passages: int
    unread: int
    seconds: float


PASSAGE_TOKENS = 200
# Passages are sorted by length within a window and kept after each batch.
WINDOW = 1024
BATCH = 128
# So many texts take about five times as long as finding out which precision is the fastest.
MANY = 1024

# In seconds, while pages that are images are read.
PUBLISHED_EVERY = 300.0

OnProgress = Callable[[Progress], None]


def index_folder_of(folder: str | Path, index: str | Path | None = None) -> Path:
    """Return where the index of ``folder`` is: ``index`` if given, else ``folder/.pincite``."""
    return Path(index) if index is not None else Path(folder) / ".pincite"


def build(
    folder: Path,
    encoder: Encoder,
    *,
    index: Path | None = None,
    passage_tokens: int = PASSAGE_TOKENS,
    full: bool = False,
    file_seconds: float = 120.0,
    on_progress: OnProgress = lambda _: None,
) -> BuildReport:
    """Bring the index of ``folder`` up to date; only what changed is read and encoded.

    The old index answers until the new state is published, in one step. Pages that are images are
    read after that, if Tesseract or RapidOCR is installed, and their words published every few
    minutes. A build that is killed keeps what it has read and encoded for the next one.

    Args:
        folder: the documents.
        encoder: makes the vectors.
        index: where the index is kept; ``folder/.pincite`` by default.
        passage_tokens: the most tokens of a passage with its subject and headings.
        full: read, split and encode everything again.
        file_seconds: how long parsing one file may take.
        on_progress: is told how far the build is.

    Raises:
        InputError: if ``folder`` cannot be listed, the index cannot be written, or nothing could
            be read in a folder that has no index yet.
        IndexBusy: if another process is building this index.
        IndexDamaged: if what is in the index folder is no index.
        ModelUnavailable: if the encoder's weights are missing or wrong.
    """
    started = time.monotonic()
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; give the folder that holds your documents.")
    index = index_folder_of(folder, index)
    with _lock_for_writing(index), closing(Store.create(index)) as store:
        config = config_of(encoder, passage_tokens)
        published = store if store.generation else None
        plan = make_plan(folder, index, published, config, full=full)
        logger.info(
            "plan of %s: %d to read, %d to keep under another name or time, %d to drop; %s",
            index,
            len(plan.load),
            len(plan.keep),
            len(plan.drop),
            "; ".join(plan.rebuild) or "the rest stays",
        )
        work = _Work(store, index, encoder, config, plan, full, on_progress)
        failed, inside = work.read(file_seconds)
        encoded = work.encode()
        work.publish(failed)
        if store.count()["unread"] and can_recognise():
            encoded += work.recognise(folder, file_seconds, failed)
        counts = store.count()
    unread = {file.id for file, _ in failed}
    return BuildReport(
        added=tuple(path for path in plan.added if path not in unread),
        changed=tuple(path for path in plan.changed if path not in unread),
        moved=plan.moved,
        removed=plan.removed,
        skipped=(*plan.skipped, *(Skipped(file.id, reason) for file, reason in failed), *inside),
        unchanged=plan.unchanged,
        rebuild=plan.rebuild,
        encoded=encoded,
        documents=counts["documents"],
        passages=counts["passages"],
        unread=counts["unread"],
        seconds=time.monotonic() - started,
    )


def _lock_for_writing(index: Path) -> AbstractContextManager[object]:
    try:
        index.mkdir(parents=True, exist_ok=True)
        return FileLock(index / "build.lock", timeout=0).acquire()
    except Timeout as error:
        raise IndexBusy(
            f"Another build is writing to {index}; wait until it has ended, then build again."
        ) from error
    except OSError as error:
        raise InputError(
            f"{index} cannot be written to; give another place with --index."
        ) from error


@dataclass(frozen=True, slots=True)
class _Work:
    """One build's steps, in order: read, encode, publish."""

    store: Store
    index: Path
    encoder: Encoder
    config: IndexConfig
    plan: Plan
    full: bool
    on_progress: OnProgress

    def read(self, file_seconds: float) -> tuple[list[tuple[FoundFile, str]], list[Skipped]]:
        """Stage every file to be loaded.

        Returns:
            The files that could not be read, with the reasons, and what could not inside of others.
        """
        ready = self._keep_staged()
        failed: list[tuple[FoundFile, str]] = []
        kept = self._find_kept()
        with FileLoader(file_seconds) as loader:
            for number, file in enumerate(self.plan.load):
                self.on_progress(Progress("reading", number, len(self.plan.load)))
                if file.id in ready:
                    continue
                if file.id in kept:
                    loaded: LoadedFile | Skipped = self.store.loaded_file(file.id)
                else:
                    loaded = loader.load_all(file.path, file.id)
                if isinstance(loaded, Skipped):
                    failed.append((file, loaded.reason))
                else:
                    passages = map(self._split, loaded.documents)
                    self.store.stage(drop_fresh_time(file), loaded, passages)
        self.on_progress(Progress("reading", len(self.plan.load), len(self.plan.load)))
        logger.info("%d files read, %d of them skipped", len(self.plan.load), len(failed))
        return failed, self._find_skipped_inside()

    def _find_skipped_inside(self) -> list[Skipped]:
        """Return what could not be read inside of the staged files."""
        inside = self.store.skipped_members(live=False)
        return [
            Skipped(path + member, reason)
            for path, file in self.store.files(live=False).items()
            for member, reason in inside.get(file.row, ())
        ]

    def _keep_staged(self) -> set[str]:
        """Return the ids of files that an interrupted build has staged already."""
        wanted = {file.id: (file.size, file.mtime_ns, file.ctime_ns) for file in self.plan.load}
        staged = self.store.files(live=False)
        usable = not self.full and self.store.staged_config == self.config
        ready = {
            path
            for path, row in staged.items()
            if usable and wanted.get(path) == (row.size, row.mtime_ns, row.ctime_ns)
        }
        self.store.begin_staging(self.config, staged.keys() - ready)
        return ready

    def _find_kept(self) -> set[str]:
        """Return the paths of files whose texts still hold and need only be split again."""
        old = self.store.config
        if self.full or not self.plan.rebuild or old is None or old.format != FORMAT:
            return set()
        other = {*self.plan.changed, *(new for _, new in self.plan.moved)}
        return self.store.files().keys() - other

    def _split(self, document: Document) -> list[NewPassage]:
        """Return the document's passages, with what is searched of each and its key."""
        limit = min(self.config.passage_tokens, self.encoder.max_tokens)
        passages = split(document, self.encoder.count_tokens, limit)
        rows: list[NewPassage] = []
        for passage in passages:
            text = encoded_text(document, passage) or None
            rows.append((passage, text, self._text_key(text) if text else None))
        return rows

    def _text_key(self, text: str) -> bytes:
        return sha256(f"{self.config.fingerprint}\0{text}".encode()).digest()[:16]

    def encode(self) -> int:
        """Encode the staged texts that have no vector; return how many."""
        rows = self.store.find_unencoded(again=self.full)
        total = sum(len(ids) for ids in rows.values())
        done = 0
        encoder = self.encoder.in_precision(self._precision(total)) if total else self.encoder
        for batch in self._batches(rows):
            self.on_progress(Progress("encoding", done, total))
            keys, texts = zip(*batch, strict=True)
            self.store.put_vectors(keys, encoder.encode(texts))
            done += len(batch)
        self.on_progress(Progress("encoding", total, total))
        logger.info("%d passages encoded with %s", total, self.encoder.name)
        return total

    def _precision(self, total: int) -> Precision:
        """Return what to encode ``total`` texts in: chosen once, where no older vector stays."""
        fingerprint, published = self.config.fingerprint, self.store.config
        recorded = self.store.precision(fingerprint)
        other = published is not None and published.fingerprint != fingerprint
        first = self.store.count()["vectors"] == 0 or (other and recorded is None)
        if not first and not self.full:
            return recorded or "float32"
        chosen = self.encoder.fastest_precision() if total >= MANY else "float32"
        self.store.set_precision(fingerprint, chosen)
        return chosen

    def _batches(self, rows: dict[int, set[int]]) -> Iterator[Sequence[tuple[bytes, str]]]:
        """Yield text keys and texts, texts of like length together (padding costs time)."""
        window: list[tuple[bytes, str]] = []
        for row, ids in rows.items():
            for stored in self.store.passages_in(row):
                if stored.id in ids and stored.text and stored.text_key:
                    window.append((stored.text_key, stored.text))
            if len(window) >= WINDOW:
                yield from _batch_by_length(window)
                window = []
        yield from _batch_by_length(window)

    def publish(self, failed: list[tuple[FoundFile, str]]) -> None:
        """Write the next generation's search files and swap the new state in."""
        change = self._change()
        generation = self.store.generation
        if not generation and not change.added:
            raise InputError(_explain_nothing_read(self.plan, failed))
        generations = self.index / "generations"
        previous = generations / str(generation) if generation else None
        same = change == Change((), (), {}) and not self.plan.drop
        if not same or previous is None or find_damaged_files(previous):
            self.on_progress(Progress("writing", 0, 1))
            generation += 1
            write_generation(generations / str(generation), self.store, change, previous)
            self.on_progress(Progress("writing", 1, 1))
        skipped = [*self.plan.failed, *failed]
        self.store.publish(
            config=self.config,
            generation=generation,
            removed=self.plan.drop,
            kept=self.plan.keep,
            skipped=skipped,
        )
        logger.info("generation %d is published", generation)
        for old in generations.iterdir():
            if old.name != str(generation):
                shutil.rmtree(old, ignore_errors=True)

    def recognise(
        self, folder: Path, page_seconds: float, failed: list[tuple[FoundFile, str]]
    ) -> int:
        """Read the pages that are images, and publish them; return how many texts were encoded."""
        plan = replace(self.plan, keep=(), drop=(), failed=(*self.plan.failed, *failed))
        encoded, ready, since = 0, list[int](), time.monotonic()

        def publish() -> int:
            work = replace(self, plan=replace(plan, drop=tuple(ready)))
            done = work.encode()
            work.publish([])
            ready.clear()
            return done

        def report(done: int, total: int) -> None:
            self.on_progress(Progress("recognising", done, total))

        stored = self.store.files()
        with FileLoader(page_seconds) as loader:
            for path, loaded in read_scans(self.store, folder, loader, report):
                row = stored[path]
                file = FoundFile(path, folder / path, row.size, row.mtime_ns, row.ctime_ns)
                self.store.stage(file, loaded, map(self._split, loaded.documents))
                ready.append(row.row)
                if time.monotonic() - since > PUBLISHED_EVERY:
                    encoded, since = encoded + publish(), time.monotonic()
        return encoded + publish()

    def _change(self) -> Change:
        """Return how the documents, by row, differ from the published ones."""
        added = tuple(document.row for document in self.store.documents(live=False).values())
        live = self.store.documents()
        dropped = set(self.plan.drop)
        paths = {file.row: path for path, file in self.store.files().items()}
        moved = {row: file.id for row, file in self.plan.keep if paths[row] != file.id}
        return Change(
            added,
            tuple(document.row for document in live.values() if document.file in dropped),
            {
                document.row: moved[document.file] + id_.removeprefix(paths[document.file])
                for id_, document in live.items()
                if document.file in moved
            },
        )


def _batch_by_length(window: list[tuple[bytes, str]]) -> Iterator[Sequence[tuple[bytes, str]]]:
    window.sort(key=lambda entry: len(entry[1]))
    for start in range(0, len(window), BATCH):
        yield window[start : start + BATCH]


def _explain_nothing_read(plan: Plan, failed: list[tuple[FoundFile, str]]) -> str:
    reasons = [*plan.skipped, *(Skipped(file.id, reason) for file, reason in failed)]
    if not reasons:
        return "The folder holds no documents; add some and build again."
    first = reasons[0]
    return (
        f"Nothing in the folder could be read: {len(reasons)} skipped ({first.id}: {first.reason})."
    )
