"""A folder of documents, open: asked, shown, and brought up to date while it is asked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from corpus import InputError
from index import BackgroundBuild, Plan
from qa.assistant import Assistant
from qa.chat.sources import Sources
from qa.chat.suggestions import suggest
from qa.chat.uploads import Upload, add_files, move_to_trash
from qa.chat.views import Panel

__all__ = ["Collection"]

EXAMPLES = 4
MOST_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder of documents; safe to share between threads.

    Args:
        name: what people call it.
        folder: the documents.
        index: where its index is kept, and the files of removed documents.
        assistant: answers from its index.
        sources: shows its files.
        building: brings its index up to date.
        plan: returns what a build would do.
        editable: whether documents may be added and removed.
        offered: questions to begin with, once they have been looked for.
    """

    name: str
    folder: Path
    index: Path
    assistant: Assistant
    sources: Sources
    building: BackgroundBuild
    plan: Callable[[], Plan]
    editable: bool = True
    offered: list[str] = field(default_factory=list)

    def examples(self) -> list[str]:
        """Return a few questions that the documents answer; looked for once."""
        if not self.offered:
            first = (document.id for document in self.assistant.documents()[:MOST_LOOKED_AT])
            documents = [self.assistant.document(id_) for id_ in first]
            self.offered[:] = suggest(documents, self.assistant.ask, EXAMPLES)
        return self.offered

    def add(self, files: Iterable[Upload]) -> tuple[str, ...]:
        """Copy files into the folder and index them; return sentences on those that are refused."""
        refused = add_files(self.folder, files)
        self.building.start()
        return refused

    def remove(self, id_: str) -> str:
        """Move a document's file out of the folder and out of the index; return what was done.

        Raises:
            KeyError: if the index holds no such document.
        """
        self.assistant.document(id_)
        try:
            kept = move_to_trash(self.folder, id_, self.index / "removed")
        except InputError as error:
            return str(error)
        self.building.start()
        return f"{id_} was removed; it is kept as {kept}."

    def panel(self, messages: tuple[str, ...] = (), asking: str = "") -> Panel:
        """Return what the documents panel shows now."""
        build = self.building.state
        return Panel(
            documents=self.assistant.documents(),
            skipped=self.assistant.skipped(),
            plan=None if build.running else self.plan(),
            build=build,
            messages=messages,
            asking=asking,
            editable=self.editable,
        )

    def close(self) -> None:
        """Stop a running build, and close the index and the process that draws pages."""
        self.building.stop()
        self.building.wait()
        self.sources.close()
        self.assistant.close()
