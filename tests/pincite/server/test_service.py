"""Other programs: the same answers over REST and MCP, from the real server."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chat_site import TEXT, Site, _close_loops, serving  # noqa: F401

pytestmark = pytest.mark.filterwarnings(
    "ignore:'future.no_silent_downcasting' is deprecated", "ignore:The copy keyword is deprecated"
)
BUILT = "When was the bridge built?"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a running chat over two documents."""
    (tmp_path / "bridges.md").write_text(TEXT, "utf-8")
    (tmp_path / "towers.txt").write_text("The tower has 217 steps.\nIt is closed.\n", "utf-8")
    with serving(tmp_path, "Bridges") as site:
        yield site


def call(site: Site, path: str, body: object = None) -> httpx.Response:
    """Return what the API answers: to a GET without a body, else to a POST."""
    url = f"{site.url}api/{path}"
    return httpx.get(url) if body is None else httpx.post(url, json=body)


def test_the_rest_api_answers_lists_searches_and_verifies(site: Site) -> None:
    """Catches a call that is not wired, or that answers otherwise than the command line."""
    assert call(site, "collections").json() == ["Bridges"]
    documents = call(site, "documents").json()
    assert [document["id"] for document in documents] == ["bridges.md", "towers.txt"]
    answer = call(site, "ask", {"question": BUILT}).json()
    assert (answer["found"], answer["text"]) == (True, "1871")
    assert answer["citations"][0]["quote"] == "The old bridge was built in 1871."
    (verdict,) = call(site, "verify", {"answer": answer}).json()
    assert (verdict["status"], verdict["document"]) == ("exact", "bridges.md")
    (site.folder / "bridges.md").write_text("Nothing.", "utf-8")
    assert call(site, "verify", {"answer": answer}).json()[0]["status"] == "changed"
    found = call(site, "search", {"question": "tower steps", "count": 1}).json()
    assert [passage["document"] for passage in found] == ["towers.txt"]
    assert "217 steps" in found[0]["quote"]
    none = call(site, "ask", {"question": BUILT, "only": ["towers.txt"]}).json()
    assert (none["found"], none["searched"]["documents"]) == (False, 1)


def test_calls_are_limited_to_some_documents(tmp_path: Path) -> None:
    """Catches a limit that a call takes and does not pass on, or passes on as another one."""
    (tmp_path / "new.md").write_text(f"---\ndate: 2015-02-03\nauthor: Jane Perks\n---\n{TEXT}")
    (tmp_path / "old.md").write_text(f"---\ndate: 2012\nauthor: A. Smith\n---\n{TEXT}")
    (tmp_path / "undated.txt").write_text(TEXT)
    limits = (
        ({"after": "2013"}, ["new.md"]),
        ({"before": "2013"}, ["old.md"]),
        ({"by": "smith"}, ["old.md"]),
        ({"type": "txt"}, ["undated.txt"]),
    )
    with serving(tmp_path, "Bridges") as site:
        for limit, left in limits:
            answer = call(site, "ask", {"question": BUILT} | limit).json()
            assert (answer["text"], answer["searched"]["documents"]) == ("1871", 1)
            assert [cited["document"] for cited in answer["citations"]] == left
            found = call(site, "search", {"question": BUILT} | limit).json()
            assert {passage["document"] for passage in found} == set(left)
        refused = call(site, "ask", {"question": BUILT, "after": "3/4/2013"})
        assert (refused.status_code, "'3/4/2013' is no date" in refused.text) == (400, True)
        none = call(site, "ask", {"question": BUILT, "by": "Jones"})
        assert (none.status_code, "by Jones" in none.text) == (404, True)


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("ask", {"question": BUILT, "only": ["nope.md"]}, 404, "'nope.md'"),
        ("ask", {"question": BUILT, "collection": 3}, 404, "no collection 3; they are numbered 0"),
        ("search", {"question": BUILT, "count": 0}, 400, "1 to 100 passages, not 0"),
        ("verify", {"answer": {"text": "1871"}}, 400, "not an answer"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    site: Site, path: str, body: object, status: int, said: str
) -> None:
    """Catches a traceback, or a bare number, for what the caller can put right."""
    response = call(site, path, body)
    assert response.status_code == status
    assert said in response.json()["detail"]
    assert call(site, "ask", {"query": BUILT}).status_code == 422


def test_the_api_is_described(site: Site) -> None:
    """Catches a description that leaves out a call, or is not what the manual says."""
    described = call(site, "openapi.json").json()
    assert set(described["paths"]) == {"/ask", "/search", "/documents", "/collections", "/verify"}
    manual = Path("docs/reference/rest.md").read_text("utf-8")
    assert set(re.findall(r"`(?:GET|POST) /api(/\w+)`", manual)) == set(described["paths"])


def test_pages_elsewhere_cannot_ask(site: Site) -> None:
    """Catches a web page that asks this machine's documents by a name of its own."""
    response = httpx.post(
        f"{site.url}api/ask", json={"question": BUILT}, headers={"host": "evil.example"}
    )
    assert response.status_code == 400
    assert "1871" not in response.text
    plain = httpx.post(
        f"{site.url}api/ask",
        content=json.dumps({"question": BUILT}),
        headers={"content-type": "text/plain", "origin": "https://evil.example"},
    )
    assert "1871" not in plain.text
    assert "access-control-allow-origin" not in plain.headers


def test_an_mcp_client_lists_the_tools_and_asks(site: Site) -> None:
    """Catches a server that no client understands, and answers that are not JSON."""
    tools, answer, refusal = asyncio.run(_over_mcp(f"{site.url}gradio_api/mcp/"))
    assert set(tools) == {"ask", "search", "documents", "verify", "collections"}
    assert "citations" in tools["ask"].description
    assert tools["ask"].inputSchema["required"] == ["question"]
    assert json.loads(answer.content[0].text)["text"] == "1871"
    assert refusal.isError
    assert "no collection 9" in refusal.content[0].text


async def _over_mcp(url: str) -> tuple[dict[str, Any], Any, Any]:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async with (
        streamable_http_client(url) as (reading, writing, _),
        ClientSession(reading, writing) as session,
    ):
        await session.initialize()
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        answer = await session.call_tool("ask", {"question": BUILT})
        refusal = await session.call_tool("ask", {"question": BUILT, "collection": 9})
    return tools, answer, refusal
