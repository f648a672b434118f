"""How far a build or an evaluation is, on a terminal as a bar and elsewhere as lines."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from index import Progress

__all__ = ["LineLog", "show_progress"]

SECONDS_BETWEEN_LINES = 10.0
UNITS = {
    "reading": "documents",
    "encoding": "passages",
    "writing": "index",
    "recognising": "pages",
    "asking": "questions",
}


@contextmanager
def show_progress(
    stream: TextIO, log_level: int = logging.WARNING
) -> Iterator[Callable[["Progress"], None]]:
    """Yield a function that shows the progress that it is called with on ``stream``.

    Args:
        stream: where to show it; a terminal gets a bar, unless the log is written there too.
        log_level: the least level that is logged; if only errors are, no progress is shown.
    """
    if log_level >= logging.ERROR:
        yield lambda _: None
    elif stream.isatty() and log_level >= logging.WARNING:
        with _bars(stream) as show:
            yield show
    else:
        yield LineLog(stream)


@contextmanager
def _bars(stream: TextIO) -> Iterator[Callable[["Progress"], None]]:
    import rich.progress
    from rich.console import Console
    from rich.text import Text

    class Speed(rich.progress.ProgressColumn):
        def render(self, task: rich.progress.Task) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "")

    columns = (
        rich.progress.TextColumn("{task.description:>11}"),
        rich.progress.BarColumn(),
        rich.progress.MofNCompleteColumn(),
        rich.progress.TextColumn("{task.fields[unit]}"),
        Speed(),
        rich.progress.TimeRemainingColumn(compact=True),
    )
    console = Console(file=stream)
    with rich.progress.Progress(*columns, console=console, speed_estimate_period=60) as bars:
        tasks = {
            stage: bars.add_task(stage, unit=unit, visible=False) for stage, unit in UNITS.items()
        }

        def show(progress: "Progress") -> None:
            bars.update(
                tasks[progress.stage],
                completed=progress.done,
                total=progress.total,
                visible=progress.total > 0,
            )

        yield show


class LineLog:
    """Writes a line at the end of each stage, and every ten seconds in between.

    Args:
        stream: where to.
        now: seconds of a steady clock.
    """

    def __init__(self, stream: TextIO, now: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._now = now
        self._stage = ""
        self._began = self._last = now()

    def __call__(self, progress: "Progress") -> None:
        """Note ``progress``, and write a line if one is due."""
        now = self._now()
        if progress.stage != self._stage:
            self._stage, self._began, self._last = progress.stage, now, now
        finished = progress.done == progress.total
        if progress.total and (finished or now - self._last >= SECONDS_BETWEEN_LINES):
            self._last = now
            self._stream.write(self._line(progress, now - self._began) + "\n")
            self._stream.flush()

    def _line(self, progress: "Progress", seconds: float) -> str:
        unit = UNITS[progress.stage]
        line = f"{progress.stage}: {progress.done} of {progress.total} {unit}"
        if progress.stage == "writing" or not seconds or not progress.done:
            return line
        speed = progress.done / seconds
        left = (progress.total - progress.done) / speed
        return f"{line}, {speed:.1f} a second, {left:.0f} seconds left"
