"""The chat under load: ten people asking at once, and how long its page takes to load.

Run: ``python -m bench.chat [--seconds 120]``. Serves the starter documents, asks the golden
questions by REST, first alone and then ten at a time, and compares every answer with the one that
the same question got alone. Needs Chromium and Playwright for the page.
"""

import argparse
import json
import random
import shutil
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import httpx

from bench.machine import described
from pincite.api import build, open_collections
from pincite.server.app import launch

PEOPLE = 10
PAGE_LOADS = 7


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    options = parser.parse_args()
    lines = Path("tests/golden/questions.jsonl").read_text("utf-8").splitlines()
    questions = [str(json.loads(line)["question"]) for line in lines]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "starter")
        shutil.copytree("starter", folder, ignore=shutil.ignore_patterns(".pincite"))
        build(folder)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        with open_collections([folder]) as collections:
            chat, url = launch(collections, "127.0.0.1", port)
            try:
                # The people have processors of their own elsewhere; here at least a process.
                with ProcessPoolExecutor(1, get_context("spawn")) as people:
                    asking = people.submit(_measured, url, questions, options.seconds)
                    result = asking.result()
            finally:
                chat.close(verbose=False)
    print(json.dumps(described() | result, indent=1))


def _measured(url: str, questions: Sequence[str], seconds: float) -> dict[str, Any]:
    alone: dict[str, str] = {}
    times: list[float] = []
    with httpx.Client(base_url=url, timeout=60) as client:
        for question in questions:
            _asked(client, question)  # the first questions also load the models
        for question in questions:
            alone[question], taken = _asked(client, question)
            times.append(taken)
    median = statistics.median(times)
    together, wrong, failed = _together(url, questions, alone, seconds)
    return {
        "one person, median, ms": round(1000 * median, 1),
        "people": PEOPLE,
        "questions": len(together),
        "errors": failed,
        "answers that differ from those alone": wrong,
        "together, median, ms": round(1000 * statistics.median(together), 1),
        "together, 95th percentile, ms": round(1000 * _percentile(together, 0.95), 1),
        "95th percentile, times one person's median": round(
            _percentile(together, 0.95) / median, 2
        ),
        "page load, median, seconds": round(_page_load(url), 2),
    }


def _asked(client: httpx.Client, question: str) -> tuple[str, float]:
    """Return the answer without its timings, and the seconds that it took."""
    began = time.perf_counter()
    response = client.post("api/ask", json={"question": question}).raise_for_status()
    taken = time.perf_counter() - began
    answer = response.json()
    del answer["timings_ms"]
    return json.dumps(answer, sort_keys=True), taken


def _together(
    url: str, questions: Sequence[str], alone: dict[str, str], seconds: float
) -> tuple[list[float], int, int]:
    """Return the times of all answers, how many were others than alone, how many failed."""
    end = time.monotonic() + seconds
    times: list[float] = []
    problems = {"wrong": 0, "failed": 0}
    lock = threading.Lock()

    def person(seed: int) -> None:
        rng = random.Random(seed)
        with httpx.Client(base_url=url, timeout=60) as client:
            while time.monotonic() < end:
                question = rng.choice(questions)
                try:
                    answer, taken = _asked(client, question)
                except httpx.HTTPError:
                    with lock:
                        problems["failed"] += 1
                    continue
                with lock:
                    times.append(taken)
                    problems["wrong"] += answer != alone[question]

    people = [threading.Thread(target=person, args=(seed,)) for seed in range(PEOPLE)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return times, problems["wrong"], problems["failed"]


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[round(share * (len(values) - 1))]


def _page_load(url: str) -> float:
    """Return the median seconds until a question can be typed, each time in a fresh browser."""
    from playwright.sync_api import sync_playwright

    times = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for _ in range(PAGE_LOADS):
            with closing(browser.new_context()) as context:
                page = context.new_page()
                began = time.perf_counter()
                page.goto(url)
                page.locator("#ask textarea").wait_for()
                times.append(time.perf_counter() - began)
    return statistics.median(times)


if __name__ == "__main__":
    main()
