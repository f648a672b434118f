"""The REST API: the calls of `Service` over HTTP, described by OpenAPI at ``/api/openapi.json``."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from corpus import (
    IndexBusy,
    IndexMissing,
    IndexOutdated,
    InputError,
    ModelUnavailable,
    PinciteError,
    UnknownName,
)
from pincite import __version__
from pincite.server.service import Service

__all__ = ["PREFIX", "rest_app"]

PREFIX = "/api"
logger = logging.getLogger(__name__)
# The first row that fits an error counts.
REFUSALS = (
    (UnknownName, 404, "A document, folder or collection that the request names is not there."),
    (InputError, 400, "The request cannot be used as it is; correct it."),
    (
        (IndexMissing, IndexOutdated, IndexBusy, ModelUnavailable),
        503,
        "There is no index or encoder to ask just now; ask again after the next build.",
    ),
    (
        PinciteError,
        500,
        "The index or its settings are damaged; whoever runs Pincite has to mend them.",
    ),
)


class AskRequest(BaseModel):
    """A question."""

    question: str = Field(description="What you want to know")
    only: list[str] = Field([], description="Documents, folders or patterns to ask; all if empty")
    after: str = Field("", description="Only documents of this time or later, such as 2013-04")
    before: str = Field("", description="Only documents from before that time")
    by: str = Field("", description="Only documents by an author or sender with this in the name")
    type: str = Field("", description="Only documents of this type, such as pdf")
    collection: int = Field(0, description="Number of the collection, from 0")


class SearchRequest(AskRequest):
    """What to look for."""

    count: int = Field(10, description="How many passages, at most 100")


class VerifyRequest(BaseModel):
    """An answer to check."""

    answer: dict[str, Any] = Field(description="What /ask returned")
    collection: int = Field(0, description="Number of the collection that it is from")


class Refusal(BaseModel):
    """Why a request is not answered."""

    detail: str = Field(description="One sentence: what is wrong, and what to do next")


def rest_app(service: Service) -> FastAPI:
    """Return the API as an application, to be mounted at `PREFIX`."""
    app = FastAPI(
        title="Pincite",
        description="Answers in the documents' own words, each with a citation.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        responses={
            status: {"model": Refusal, "description": meaning} for _, status, meaning in REFUSALS
        },
    )

    @app.exception_handler(PinciteError)
    def refuse(_: Request, error: PinciteError) -> JSONResponse:
        status = next(status for kinds, status, _ in REFUSALS if isinstance(error, kinds))
        if status >= 500:
            logger.warning("%s: %s", type(error).__name__, error)
        return JSONResponse({"detail": str(error)}, status)

    @app.get("/collections", summary="List the open collections")
    def collections() -> list[str]:
        return service.collections()

    @app.get("/documents", summary="List the documents of a collection")
    def documents(collection: int = 0) -> list[dict[str, Any]]:
        return service.documents(collection)

    @app.post(
        "/ask",
        summary="Answer a question with citations, or say that there is no answer",
        description="The `verdict` is `answered`, `perhaps` (the citations are sentences in which "
        "the answer may stand) or `not_in_documents` (there is no citation, and `nearest` quotes "
        "the nearest passages). The first `parts` citations make up the answer, by its `form`: "
        "`span`, `list`, `sentences`, `steps` or `cells`; of a cell, `labels` quote what names it.",
        response_description="The answer as `pincite ask --json` writes it",
    )
    def ask(asked: AskRequest) -> dict[str, Any]:
        return service.ask(**asked.model_dump())

    @app.post("/search", summary="Find the passages nearest to a question")
    def search(wanted: SearchRequest) -> list[dict[str, Any]]:
        return service.search(**wanted.model_dump())

    @app.post("/verify", summary="Check the citations of an answer against the files")
    def verify(checked: VerifyRequest) -> list[dict[str, Any]]:
        return service.verify(checked.answer, checked.collection)

    return app
