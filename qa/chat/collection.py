"""A folder of documents, open: asked, shown, and brought up to date while it is asked."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from corpus import InputError, PinciteError, Skipped
from index import BackgroundBuild, BuildState, DocumentSummary, Plan
from qa.assistant import Assistant
from qa.chat.sources import Sources
from qa.chat.suggestions import suggest
from qa.chat.uploads import Upload, add_files, move_to_trash
from qa.types import Answer

__all__ = ["Collection", "DocumentsPanel"]

EXAMPLES = 4
MOST_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class DocumentsPanel:
    """What the documents panel shows.

    Args:
        documents: those of the index, by path.
        skipped: files that could not be read, with the reasons; while a build runs, without those
            of kinds that are not read.
        plan: what a build would do; None if it is not known.
        build: how a build goes, or went.
        messages: what became of the last change, a sentence each.
        asking: id of the document that is about to be removed; empty if there is none.
        editable: whether documents may be added and removed here.
    """

    documents: Sequence[DocumentSummary]
    skipped: Sequence[Skipped]
    plan: Plan | None
    build: BuildState
    messages: tuple[str, ...] = ()
    asking: str = ""
    editable: bool = True


@dataclass(slots=True)
class Collection:
    """A folder of documents; safe to share between threads.

    Args:
        name: what people call it.
        folder: the documents.
        index: where its index is kept, and the files of removed documents.
        assistant: answers from its index.
        building: brings its index up to date.
        plan: returns what a build would do.
        editable: whether documents may be added and removed.
    """

    name: str
    folder: Path
    index: Path
    assistant: Assistant
    building: BackgroundBuild
    plan: Callable[[], Plan]
    editable: bool = True
    sources: Sources = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _examples: Future[list[str]] | None = field(default=None, init=False)
    _closing: threading.Event = field(default_factory=threading.Event, init=False)

    def __post_init__(self) -> None:
        self.sources = Sources(self.folder)

    def examples(self) -> Future[list[str]]:
        """Return a future for a few questions that the documents answer.

        They are looked for once, in the background; again only if the index could not be read or
        was empty.
        """
        with self._lock:
            if self._examples is None:
                looking = ThreadPoolExecutor(1, "examples")
                self._examples = looking.submit(self._look_for_examples)
                looking.shutdown(wait=False)
            return self._examples

    def _look_for_examples(self) -> list[str]:
        try:
            first = self.assistant.documents()[:MOST_LOOKED_AT]
            documents = [self.assistant.document(summary.id) for summary in first]
            found = suggest(documents, self._ask_unless_closing, EXAMPLES)
        except (KeyError, PinciteError):  # also where a build takes a document away meanwhile
            first, found = [], []
        if not first:
            with self._lock:
                self._examples = None
        return found

    def _ask_unless_closing(self, question: str) -> Answer:
        if self._closing.is_set():
            raise CancelledError
        return self.assistant.ask(question)

    def add(self, files: Iterable[Upload]) -> tuple[str, ...]:
        """Copy files into the folder and index them; return sentences on those that are refused."""
        refused = add_files(self.folder, files)
        self.building.start()
        return refused

    def remove(self, id_: str) -> str:
        """Move a document's file out of the folder and out of the index; return what was done.

        A document that lies in a file goes with that file, and all others in it.

        Raises:
            KeyError: if the index holds no such document.
        """
        document = self.assistant.document(id_)
        file = self.sources.file(document).relative_to(self.folder).as_posix()
        try:
            kept = move_to_trash(self.folder, file, self.index / "removed")
        except InputError as error:
            return str(error)
        self.building.start()
        return f"{file} was removed; it is kept as {kept}."

    def panel(self, messages: tuple[str, ...] = (), asking: str = "") -> DocumentsPanel:
        """Return what the documents panel shows now."""
        build = self.building.state
        plan = None if build.running else self.plan()
        return DocumentsPanel(
            documents=self.assistant.documents(),
            skipped=plan.skipped if plan else self.assistant.skipped(),
            plan=plan,
            build=build,
            messages=messages,
            asking=asking,
            editable=self.editable,
        )

    def close(self) -> None:
        """Stop what runs in the background, close the index and the process that draws pages."""
        self._closing.set()
        if self._examples:
            wait([self._examples])
        self.building.stop()
        self.building.wait()
        self.sources.close()
        self.assistant.close()
