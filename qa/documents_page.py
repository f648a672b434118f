"""The documents panel: what is indexed, what has changed, how a build goes; pure, escapes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from corpus import Skipped, first_of
from index import BuildState, Listed, Plan
from qa.chat_text import escaped, line
from qa.render import counted

__all__ = ["Panel", "documents_html"]

# More rows than this help nobody, and make the page slow; the rest is found by its name.
MOST_ROWS = 200
STAGES = {"reading": "documents", "encoding": "passages", "writing": "search files"}
NAMED = 4


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel shows.

    Args:
        documents: those of the index, by path.
        skipped: files that could not be read, with the reasons.
        plan: what a build would do; None if it is not known.
        build: how a build goes, or went.
        messages: what became of the last change, a sentence each.
        asking: id of the document that is about to be removed; empty if there is none.
        editable: whether documents may be added and removed here.
    """

    documents: Sequence[Listed]
    skipped: Sequence[Skipped]
    plan: Plan | None
    build: BuildState
    messages: tuple[str, ...] = ()
    asking: str = ""
    editable: bool = True


def documents_html(panel: Panel) -> str:
    """Return the panel."""
    passages = sum(document.passages for document in panel.documents)
    head = f"{counted(len(panel.documents), 'document')}, {counted(passages, 'passage')}"
    return (
        f"<h2>{head}</h2>{''.join(line('note', message) for message in panel.messages)}"
        f"{_progress(panel.build) if panel.build.running else _changes(panel)}"
        f"{_problems(panel.skipped)}{_asking(panel.asking)}{_table(panel)}"
    )


def _changes(panel: Panel) -> str:
    """Return what became of the last build and what the next one would do."""
    done = line("note", panel.build.failure)
    report = panel.build.report
    if report and (report.added or report.changed or report.moved or report.removed):
        done = line(
            "hint",
            f"Built in {report.seconds:.0f} seconds: {len(report.added)} added, "
            f"{len(report.changed)} changed, {len(report.removed)} removed.",
        )
    plan = panel.plan
    if plan is None:
        return done
    if plan.nothing_to_do:
        return f"{done}{line('hint', 'The index is up to date with the folder.')}"
    kinds = (
        ("New", plan.added),
        ("Changed", plan.changed),
        ("Moved", [new for _, new in plan.moved]),
        ("Gone", plan.removed),
        ("Everything is made again", plan.rebuild),
    )
    listed = "".join(
        line("change", f"{kind}: {first_of(names, NAMED)}") for kind, names in kinds if names
    )
    button = '<button class="act main" data-action="build">Update the index</button>'
    return f'{done}<div class="changes">{listed}{button}</div>'


def _progress(build: BuildState) -> str:
    """Return the bar of a running build, its speed and the time that is left."""
    stop = '<button class="act" data-action="stop">Stop</button>'
    progress = build.progress
    if progress is None or not progress.total:
        return f'<div class="changes"><p role="status">Looking for changes …</p>{stop}</div>'
    said = f"{progress.stage.capitalize()}: {progress.done:,} of {progress.total:,} "
    said += STAGES[progress.stage]
    if build.speed and build.left is not None:
        said += f", {build.speed:,.0f} a second, {build.left:,.0f} seconds left"
    share = 100 * progress.done / progress.total
    return (
        f'<div class="changes"><p role="status">{said}</p>'
        f'<progress max="100" value="{share:.0f}" aria-label="Progress">{share:.0f}%</progress>'
        f"{stop}</div>"
    )


def _problems(skipped: Sequence[Skipped]) -> str:
    if not skipped:
        return ""
    rows = "".join(
        f'<li dir="auto">{escaped(file.id)}: {escaped(file.reason)}</li>' for file in skipped
    )
    head = f"{counted(len(skipped), 'file')} could not be read"
    return f'<details class="problems"><summary>{head}</summary><ul>{rows}</ul></details>'


def _asking(id_: str) -> str:
    if not id_:
        return ""
    return (
        f'<div class="changes asking" role="alertdialog"><p dir="auto">Remove {escaped(id_)} from '
        "the folder? The file is kept beside the index.</p>"
        f'<button class="act main" data-action="remove" data-id="{escaped(id_)}">Remove</button> '
        '<button class="act" data-action="keep">Keep</button></div>'
    )


def _table(panel: Panel) -> str:
    if not panel.documents:
        return ""
    columns = ("Document", "Type", "Pages", "Passages", "Changed", "")
    head = "".join(f'<th scope="col">{name or "<span></span>"}</th>' for name in columns)
    rows = "".join(_row(document, panel.editable) for document in panel.documents[:MOST_ROWS])
    more = len(panel.documents) - MOST_ROWS
    rest = line("hint", f"and {counted(more, 'more document')}") if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{rest}"


def _row(document: Listed, editable: bool) -> str:
    known = document.modified > 0  # a file that was just written may change again unseen
    day = datetime.fromtimestamp(document.modified / 1e9, UTC).date().isoformat() if known else "–"
    title = f'<span class="title">{escaped(document.title)}</span>' if document.title else ""
    remove = (
        f'<button class="act small" data-action="ask-remove" data-id="{escaped(document.id)}" '
        f'aria-label="Remove {escaped(document.id)}">×</button>'
    )
    return (
        f'<tr><td dir="auto"><span class="id">{escaped(document.id)}</span>{title}</td>'
        f"<td>{escaped(_kind(document.id))}</td><td>{document.pages or '–'}</td>"
        f"<td>{document.passages:,}</td><td>{day}</td>"
        f"<td>{remove if editable else ''}</td></tr>"
    )


def _kind(id_: str) -> str:
    """Return a document's type as people call it: ``PDF``, ``DOCX``."""
    return PurePosixPath(id_).suffix.removeprefix(".").upper()
