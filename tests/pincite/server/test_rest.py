"""The REST API's refusals, and that serving leaves the calls as they are."""

import asyncio

import httpx
import pytest

from corpus import (
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    IndexOutdated,
    InputError,
    LoadError,
    ModelUnavailable,
    PinciteError,
    SettingsError,
    UnknownName,
)
from pincite.server.app import _as_tool
from pincite.server.rest import rest_app
from pincite.server.service import Service
from qa.chat import Collection

STATUSES = {
    InputError: 400,
    UnknownName: 404,
    IndexDamaged: 500,
    LoadError: 500,
    SettingsError: 500,
    IndexBusy: 503,
    IndexMissing: 503,
    IndexOutdated: 503,
    ModelUnavailable: 503,
}


class FailingService(Service):
    """Answers every question with an error."""

    def __init__(self, error: PinciteError) -> None:
        super().__init__([])
        self._error = error

    def _collection(self, number: int) -> Collection:
        raise self._error


def call(service: Service, method: str, path: str, body: object = None) -> httpx.Response:
    """Return what the API over ``service`` answers."""

    async def called() -> httpx.Response:
        transport = httpx.ASGITransport(rest_app(service))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, json=body)

    return asyncio.run(called())


@pytest.mark.parametrize(("kind", "status"), STATUSES.items(), ids=lambda value: str(value))
def test_an_error_has_the_status_that_says_who_can_mend_it(
    kind: type[PinciteError], status: int
) -> None:
    """Catches a damaged index that is put down to the caller, and a refusal without its reason."""
    response = call(FailingService(kind("It is so.")), "POST", "/ask", {"question": "Who?"})
    assert response.status_code == status
    assert response.json() == {"detail": "It is so."}


def test_every_error_and_every_status_is_described() -> None:
    """Catches an error without a status of its own, and one that the description leaves out."""
    assert set(PinciteError.__subclasses__()) <= set(STATUSES)
    described = call(Service([]), "GET", "/openapi.json").json()
    for path, methods in described["paths"].items():
        for call_ in methods.values():
            assert {str(status) for status in STATUSES.values()} <= set(call_["responses"]), path


def test_a_tool_leaves_the_call_that_it_wraps_as_it_is() -> None:
    """Catches Gradio being told of JSON text by changing what Python is told of the call."""
    before = dict(Service.ask.__annotations__)
    told = _as_tool(Service([]).ask)
    assert told.__annotations__["return"] is str
    assert Service.ask.__annotations__ == before
