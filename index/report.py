"""What a build tells while it runs and when it is done."""

from dataclasses import dataclass

from corpus import Skipped

__all__ = ["BuildReport", "Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is, or what else takes its time.

    Args:
        stage: ``reading`` (files), ``encoding`` (passages) or ``writing`` (the search files);
            ``asking`` (questions).
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
        added: ids of new documents.
        changed: ids of documents whose file has other bytes.
        moved: old and new ids of documents whose file was renamed or moved.
        removed: ids of documents that are no longer in the folder.
        skipped: files that were left out, with the reasons.
        unchanged: how many documents stayed as they were.
        rebuild: why every passage was made again; empty if that was not needed.
        encoded: how many passages were encoded.
        documents: how many documents are in the index now.
        passages: how many passages are in the index now.
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
    seconds: float
