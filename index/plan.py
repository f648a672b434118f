"""What a build would do: the folder against the index, without changing either."""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from corpus import FoundFile, IndexMissing, Skipped, file_sha256, scan
from index.config import IndexConfig, compare_configs
from index.store import Store, StoredFile

__all__ = ["Plan", "drop_fresh_time", "make_plan", "plan"]

# Two writes this close together can leave a file's size and times the same.
CLOCK_GRAIN_NS = 2_000_000_000
NO_TIME = -1


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build would do.

    Args:
        added: paths of new files.
        changed: paths of files that have other bytes.
        moved: old and new paths of files that were renamed or moved.
        removed: paths of files that are gone or are now left out.
        skipped: files, also inside of files that stay, that are left out, with the reasons.
        unchanged: how many files stay as they are.
        rebuild: why every passage has to be made again, one clause each; empty if it does not.
        load: files to read, in the order of their paths.
        keep: rows of files that stay, with their present path and state, if it differs.
        drop: rows of files that go, with all their documents.
        failed: files known to be unreadable, with the reasons.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    unchanged: int
    rebuild: tuple[str, ...]
    load: tuple[FoundFile, ...]
    keep: tuple[tuple[int, FoundFile], ...]
    drop: tuple[int, ...]
    failed: tuple[tuple[FoundFile, str], ...]

    @property
    def nothing_to_do(self) -> bool:
        """Whether a build would leave the index as it is."""
        return not (self.added or self.changed or self.moved or self.removed or self.rebuild)


def plan(folder: Path, index_folder: Path, config: IndexConfig) -> Plan:
    """Compare ``folder`` with the index in ``index_folder``; see `make_plan`."""
    try:
        store = Store.open(index_folder)
    except IndexMissing:
        return make_plan(folder, index_folder, None, config)
    with closing(store):
        return make_plan(folder, index_folder, store, config)


def make_plan(
    folder: Path,
    index_folder: Path,
    store: Store | None,
    config: IndexConfig,
    *,
    full: bool = False,
) -> Plan:
    """Compare the files of ``folder`` with those of ``store``.

    A file is read only where its size or times differ from those recorded, and then only to compare
    its SHA-256.

    Args:
        folder: the documents.
        index_folder: where the index is; never searched for documents.
        store: the index; None if there is none yet.
        config: what would shape the index now.
        full: treat every file as changed.

    Raises:
        InputError: if ``folder`` cannot be listed.
    """
    found = scan(folder, exclude=index_folder)
    files = {entry.id: entry for entry in found if isinstance(entry, FoundFile)}
    stored = store.files() if store else {}
    rebuild = compare_configs(store.config if store else None, config)
    if full and stored:
        rebuild = ("a full rebuild was asked for",)

    failed = _find_still_failing(files, store.skipped()) if store and not rebuild else {}
    gone = {path: row for path, row in stored.items() if path not in files}
    new = [file for path, file in files.items() if path not in stored and path not in failed]
    moves = dict(_find_moves(new, gone))
    added = [file for file in new if file.id not in moves]
    verdicts = {path: _compare(files[path], row) for path, row in stored.items() if path in files}
    changed = [files[path] for path, verdict in verdicts.items() if verdict == "changed"]
    touched = [files[path] for path, verdict in verdicts.items() if verdict == "touched"]
    removed = gone.keys() - moves.values()

    load = files.values() if rebuild else (*added, *changed)
    drop = stored.keys() if rebuild else (*removed, *(file.id for file in changed))
    stay = {path: stored[path].row for path in verdicts.keys() - {file.id for file in changed}}
    stay |= {new: stored[old].row for new, old in moves.items()}
    inside = store.skipped_members() if store and not rebuild else {}
    rows = [(stored[moves.get(f.id, f.id)], f) for f in (*touched, *(files[new] for new in moves))]
    return Plan(
        added=_ids(added),
        changed=_ids(changed),
        moved=tuple(sorted((old, new) for new, old in moves.items())),
        removed=tuple(sorted(removed)),
        skipped=tuple(
            [entry for entry in found if isinstance(entry, Skipped)]
            + [Skipped(path, reason) for path, (_, reason) in failed.items()]
            + [
                Skipped(path + member, reason)
                for path in sorted(stay)
                for member, reason in inside.get(stay[path], ())
            ]
        ),
        unchanged=len(verdicts) - len(changed),
        rebuild=rebuild,
        load=tuple(sorted(load, key=lambda file: file.id)),
        keep=() if rebuild else tuple((row.row, drop_fresh_time(file)) for row, file in rows),
        drop=tuple(stored[path].row for path in drop),
        failed=tuple(failed.values()),
    )


def _compare(file: FoundFile, row: StoredFile) -> Literal["same", "touched", "changed"]:
    if _state(file) == _state(row):
        return "same"
    return "touched" if _sha256(file.path) == row.sha256 else "changed"


def _find_still_failing(
    files: dict[str, FoundFile], failed_before: dict[str, tuple[FoundFile, str]]
) -> dict[str, tuple[FoundFile, str]]:
    """Return the files that could not be read before and have not been touched since."""
    return {
        path: (file, reason)
        for path, (file, reason) in failed_before.items()
        if path in files and _state(files[path]) == _state(file)
    }


def _find_moves(new: Iterable[FoundFile], gone: dict[str, StoredFile]) -> Iterator[tuple[str, str]]:
    """Yield new and old path of each file that is gone in one place and new in another."""
    by_content: dict[tuple[int, str], list[str]] = {}
    for path, row in sorted(gone.items(), reverse=True):
        by_content.setdefault((row.size, row.sha256), []).append(path)
    sizes = {size for size, _ in by_content}
    for file in new:
        if file.size not in sizes:
            continue
        old_paths = by_content.get((file.size, _sha256(file.path) or ""), [])
        # Another ending means another loader, and so perhaps another text.
        alike = [p for p in old_paths if Path(p).suffix.lower() == file.path.suffix.lower()]
        if alike:
            old_paths.remove(alike[-1])
            yield file.id, alike[-1]


def drop_fresh_time(file: FoundFile) -> FoundFile:
    """Return ``file``, without its time if that is too recent to prove that nothing changed."""
    fresh = time.time_ns() - max(file.mtime_ns, file.ctime_ns) < CLOCK_GRAIN_NS
    return replace(file, mtime_ns=NO_TIME) if fresh else file


def _state(file: FoundFile | StoredFile) -> tuple[int, int, int]:
    return file.size, file.mtime_ns, file.ctime_ns


def _sha256(path: Path) -> str | None:
    """Return the digest of a file, or None if it cannot be read now (loading will say why)."""
    try:
        return file_sha256(path)
    except OSError:
        return None


def _ids(files: Iterable[FoundFile]) -> tuple[str, ...]:
    return tuple(sorted(file.id for file in files))
