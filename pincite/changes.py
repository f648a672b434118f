"""What a build did or would do, for a terminal."""

from collections.abc import Iterator

from index import BuildReport, Plan

__all__ = ["change_lines", "report_lines"]


def report_lines(report: BuildReport) -> Iterator[str]:
    """Yield what a build did, a line each, and its sums."""
    yield from (f"rebuilt because {reason}" for reason in report.rebuild)
    yield from change_lines(report)
    yield (
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.moved)} moved, "
        f"{len(report.removed)} removed, {report.unchanged} unchanged, "
        f"{len(report.skipped)} skipped"
    )
    yield (
        f"{report.documents} documents, {report.passages} passages; {report.encoded} passages "
        f"encoded; {report.seconds:.1f} seconds"
    )


def change_lines(changes: BuildReport | Plan) -> Iterator[str]:
    """Yield the documents that change or are skipped, a line each."""
    for word, ids in (
        ("added", changes.added),
        ("changed", changes.changed),
        ("removed", changes.removed),
    ):
        yield from (f"{word:8} {id_}" for id_ in ids)
    yield from (f"{'moved':8} {old} -> {new}" for old, new in changes.moved)
    yield from (f"{'skipped':8} {skipped.id}: {skipped.reason}" for skipped in changes.skipped)
