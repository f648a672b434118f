"""A newcomer's first minute, on the real command and the real models."""

import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.test_ui_documents import drop, show_documents

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = (
    ("Harbour office, annual report", "This report covers the year 2024."),
    (
        "Dredging",
        "The outer channel was dredged between March and May.",
        "The contractor, Mersin Marine, removed 184,000 cubic metres of silt.",
        "The depth at low water is now 12.5 metres.",
    ),
    ("Outlook", "A second crane is planned for the north quay."),
)
QUESTION = "How many cubic metres of silt were removed from the channel?"


@pytest.mark.browser
@pytest.mark.timeout(60)
def test_the_first_minute(browser: "Browser", tmp_path: Path) -> None:
    """Catches any break between `make chat` and the boxed words of a page that was just dropped.

    What ``make chat`` does once the environment is there: build the starter documents, open the
    chat. Then drop a PDF of three pages, ask, click the citation, and look at the page.
    """
    folder, report = tmp_path / "starter", tmp_path / "report.pdf"
    shutil.copytree("starter", folder, ignore=shutil.ignore_patterns(".pincite"))
    canvas = Canvas(str(report), pagesize=(595, 842))
    for lines in PAGES:
        for number, line in enumerate(lines):
            canvas.drawString(72, 760 - 24 * number, line)
        canvas.showPage()
    canvas.save()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    pincite = [sys.executable, "-m", "pincite"]
    subprocess.run([*pincite, "build", str(folder)], check=True, capture_output=True)
    command = [*pincite, "chat", str(folder), "--port", str(port), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as chat:
        try:
            assert chat.stdout
            assert b"The chat is at" in chat.stdout.readline()
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{port}/")
            show_documents(page)
            drop(page, report)
            page.locator("#documents td", has_text="report.pdf").wait_for()
            page.locator("#ask textarea").fill(QUESTION)
            page.locator("#ask textarea").press("Enter")
            page.locator(".turn .checked", has_text="Checked").wait_for()
            assert page.locator(".turn .short").inner_text() == "184,000"
            page.locator(".turn .number").first.click()
            page.locator(".where", has_text="Page 2 of 3").wait_for()
            whole, quoted, answer = (
                page.locator(where).bounding_box()
                for where in ("#sources .page", ".box.quoted", ".box.answer")
            )
        finally:
            chat.send_signal(signal.SIGTERM)
    assert whole
    assert quoted
    assert answer
    # The third line, 48 points below the first, whose letters stand on 760 of 842 points.
    scale = whole["width"] / 595
    assert quoted["x"] - whole["x"] == pytest.approx(72 * scale, abs=3)
    assert quoted["y"] + quoted["height"] - whole["y"] == pytest.approx(130 * scale, abs=5)
    assert 0 < answer["x"] - quoted["x"] < quoted["width"]
    assert answer["width"] < quoted["width"] / 4
