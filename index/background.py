"""A build that runs while the old index answers: watched, and stopped, from elsewhere."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from corpus import PinciteError
from index.build import BuildReport, Progress

__all__ = ["BackgroundBuild", "BuildState"]

STOPPED = "The build was stopped. What was read and encoded is kept for the next one."
FAILED = "The build failed; the terminal that Pincite runs in says why."


@dataclass(frozen=True, slots=True)
class BuildState:
    """The state of a build, running or ended.

    Args:
        running: whether it is still running.
        progress: how far it is; None before it has begun.
        seconds: since its stage began.
        report: what it did; None while it runs, and if it failed.
        failure: why there is no report, in a sentence; empty if there is no reason.
    """

    running: bool = False
    progress: Progress | None = None
    seconds: float = 0.0
    report: BuildReport | None = None
    failure: str = ""

    @property
    def speed(self) -> float | None:
        """Documents or passages per second in this stage; None while that is unknown."""
        done = self.progress.done if self.progress else 0
        return done / self.seconds if done and self.seconds > 0 else None

    @property
    def left(self) -> float | None:
        """Seconds left in this stage at its speed; None while that is unknown."""
        if self.progress is None or not self.speed:
            return None
        return (self.progress.total - self.progress.done) / self.speed


class _Stopped(Exception):
    """Ends a build from inside; what it has kept stays."""


class BackgroundBuild:
    """Runs builds in a thread, one after the other; safe to share between threads.

    A build that is asked for while one runs follows it, since the running one may already have
    passed what is to be indexed.

    Args:
        build: does one build, tells its progress to what it is given, and may raise
            `PinciteError`.
    """

    def __init__(self, build: Callable[[Callable[[Progress], None]], BuildReport]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._wanted = True
        self._again = False
        self._state = BuildState()
        self._stage_began = 0.0
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> BuildState:
        """The state of the last build, running or ended."""
        with self._lock:
            if not self._state.running:
                return self._state
            return replace(self._state, seconds=time.monotonic() - self._stage_began)

    def start(self) -> None:
        """Begin a build; if one is running, let another follow it."""
        with self._lock:
            if self._state.running:
                self._again = True
            else:
                self._begin()

    def stop(self) -> None:
        """Ask the running build to end before its next file or batch, and none to follow it."""
        with self._lock:
            self._wanted = self._again = False

    def wait(self) -> None:
        """Wait until no build is running and none is to follow."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join()

    def _begin(self) -> None:
        self._wanted, self._again = True, False
        self._state = BuildState(running=True)
        self._stage_began = time.monotonic()
        before = self._thread
        self._thread = threading.Thread(target=self._run, args=(before,), name="build", daemon=True)
        self._thread.start()

    def _run(self, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()  # it may still be telling the terminal why it failed
        ended = BuildState(failure=FAILED)
        try:
            ended = BuildState(report=self._build(self._note))
        except _Stopped:
            ended = BuildState(failure=STOPPED)
        except PinciteError as error:
            ended = BuildState(failure=str(error))
        finally:
            with self._lock:
                if self._again:
                    self._begin()
                else:
                    self._state = ended

    def _note(self, progress: Progress) -> None:
        with self._lock:
            if not self._wanted:
                raise _Stopped
            before = self._state.progress
            if before is None or before.stage != progress.stage:
                self._stage_began = time.monotonic()
            self._state = replace(self._state, progress=progress)
