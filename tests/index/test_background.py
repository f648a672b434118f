"""Builds in the background: watched, stopped, and followed by another."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus import InputError
from index import BackgroundBuild, BuildReport, BuildState, Encoder, PassageIndex, Progress, build
from index.background import FAILED, STOPPED

REPORT = BuildReport(("a.md",), (), (), (), (), 3, (), 5, 4, 9, 0, 1.5)


def test_a_build_is_watched_while_it_runs() -> None:
    """Catches a state that only changes at the end."""
    seen, go_on = threading.Event(), threading.Event()

    def slow(show: Callable[[Progress], None]) -> BuildReport:
        show(Progress("reading", 2, 4))
        seen.set()
        assert go_on.wait(20)
        return REPORT

    building = BackgroundBuild(slow)
    assert building.state == BuildState()
    building.start()
    assert seen.wait(20)
    state = building.state
    assert (state.running, state.progress) == (True, Progress("reading", 2, 4))
    assert state.seconds > 0
    assert state.speed == pytest.approx(2 / state.seconds)
    assert state.left == pytest.approx(state.seconds)
    go_on.set()
    building.wait()
    assert building.state == BuildState(report=REPORT)


def test_a_stopped_build_ends_and_the_next_one_runs() -> None:
    """Catches a stop that waits for the end, that is told as a failure, or that lasts."""
    began = threading.Event()
    rounds = iter((10**9, 1))

    def endless(show: Callable[[Progress], None]) -> BuildReport:
        for n in range(next(rounds)):
            show(Progress("reading", n, 10**9))
            began.set()
        return REPORT

    building = BackgroundBuild(endless)
    building.start()
    assert began.wait(20)
    building.stop()
    building.wait()
    assert building.state == BuildState(failure=STOPPED)
    building.start()
    building.wait()
    assert building.state.report == REPORT


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    ("error", "said"), [(InputError("No folder."), "No folder."), (RuntimeError("bug"), FAILED)]
)
def test_a_failed_build_says_why_and_runs_no_longer(error: Exception, said: str) -> None:
    """Catches a panel that shows a running build for ever after a failure."""

    def failing(_: Callable[[Progress], None]) -> BuildReport:
        raise error

    building = BackgroundBuild(failing)
    building.start()
    building.wait()
    assert building.state == BuildState(failure=said)


class Rounds:
    """Builds that wait to be let go, one after the other."""

    def __init__(self, *outcomes: BuildReport | Exception) -> None:
        self.began = [threading.Event() for _ in outcomes]
        self.go_on = [threading.Event() for _ in outcomes]
        self._numbers: Iterator[int] = iter(range(len(outcomes)))
        self._outcomes = outcomes

    def __call__(self, show: Callable[[Progress], None]) -> BuildReport:
        """Do the next build, once it is let go."""
        number = next(self._numbers)
        self.began[number].set()
        assert self.go_on[number].wait(20)
        show(Progress("reading", 1, 1))
        outcome = self._outcomes[number]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("first", [REPORT, InputError("No folder."), RuntimeError("bug")])
def test_a_build_that_is_wanted_meanwhile_follows_the_running_one(
    first: BuildReport | Exception,
) -> None:
    """Catches a wish that is lost, two follow-ups for two wishes, and a pause shown between."""
    last = BuildReport(("b.md",), (), (), (), (), 4, (), 1, 5, 10, 0, 0.5)
    rounds = Rounds(first, last)
    building = BackgroundBuild(rounds)
    building.start()
    assert rounds.began[0].wait(20)
    building.start()
    building.start()
    rounds.go_on[0].set()
    assert rounds.began[1].wait(20)
    assert building.state.running
    rounds.go_on[1].set()
    building.wait()
    assert building.state == BuildState(report=last)


def test_stopping_a_build_stops_the_one_that_was_to_follow() -> None:
    """Catches a chat that cannot be closed, because another build begins; and one wish too few."""
    rounds = Rounds(REPORT, REPORT)
    building = BackgroundBuild(rounds)
    building.start()
    assert rounds.began[0].wait(20)
    building.start()
    building.stop()
    rounds.go_on[0].set()
    building.wait()
    assert building.state == BuildState(failure=STOPPED)
    assert not rounds.began[1].is_set()


def test_a_build_that_is_wanted_after_a_stop_is_not_stopped() -> None:
    """Catches a stop that outlasts the build that it was meant for."""
    rounds = Rounds(REPORT, REPORT)
    building = BackgroundBuild(rounds)
    building.start()
    assert rounds.began[0].wait(20)
    building.stop()
    building.start()
    for go_on in rounds.go_on:
        go_on.set()
    building.wait()
    assert building.state == BuildState(report=REPORT)


@pytest.mark.usefixtures("built")
def test_files_that_come_and_go_during_a_build_are_seen(
    documents: Path, encoder: Encoder, index_folder: Path
) -> None:
    """Catches dropped files that nobody indexes, and removed ones that go on answering."""
    planned, go_on = threading.Event(), threading.Event()

    def slow(_: Callable[[Progress], None]) -> BuildReport:
        def hold(_: Progress) -> None:
            planned.set()
            assert go_on.wait(20)

        return build(documents, encoder, on_progress=hold)

    building = BackgroundBuild(slow)
    building.start()
    assert planned.wait(20)
    (documents / "late.txt").write_text("A gale came late.")
    (documents / "station" / "log.txt").unlink()
    building.start()
    go_on.set()
    building.wait()
    index = PassageIndex.open(index_folder, encoder)
    assert "late.txt" in index.documents()
    assert "station/log.txt" not in index.documents()
    index.close()
