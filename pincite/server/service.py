"""What other programs may ask of open collections: the same four calls over REST and MCP."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from corpus import InputError, UnknownName
from qa import Filter, verify
from qa.chat import Collection
from qa.formats import answer_to_dict, citations_of

__all__ = ["Service"]

MOST_PASSAGES = 100


class Service:
    """Questions in, plain data out.

    Args:
        collections: what can be asked, numbered from 0.
    """

    def __init__(self, collections: Sequence[Collection]) -> None:
        self._collections = collections

    def ask(
        self,
        question: str,
        only: list[str] | None = None,
        after: str = "",
        before: str = "",
        by: str = "",
        type: str = "",
        collection: int = 0,
    ) -> dict[str, Any]:
        """Answer a question in the documents' own words, with citations, or say that they do not.

        The verdict is answered, perhaps (the citations are sentences in which the answer may stand;
        do not pass them on as sure) or not_in_documents (there is no citation). The first parts
        citations make up an answer, by its form: a span of words marked in a sentence, the items of
        a list, sentences, steps, or cells of tables, with the heads that name each as labels.

        Args:
            question: What you want to know, as a whole sentence.
            only: Documents, folders or patterns such as *.pdf to ask; all if left out.
            after: Ask only documents of this time or later, such as 2013, 2013-04 or 2013-04-30.
            before: Ask only documents from before that time.
            by: Ask only documents by an author or sender with this in the name.
            type: Ask only documents of this type, such as pdf.
            collection: Number of the collection to ask, from 0.

        Returns:
            The answer as `pincite ask --json` writes it: verdict, form, text, citations, each with
            document, place, page, line, offsets and quotation, and two probabilities: confidence
            (that the marked words are right) and answerability (that the documents answer), with
            fitted_on, what they were measured on.
        """
        asked = self._collection(collection)
        where = Filter(after, before, by, type)
        return answer_to_dict(asked.assistant.ask(question, only=only or (), where=where))

    def search(
        self,
        question: str,
        count: int = 10,
        only: list[str] | None = None,
        after: str = "",
        before: str = "",
        by: str = "",
        type: str = "",
        collection: int = 0,
    ) -> list[dict[str, Any]]:
        """Find the passages nearest to a question, each quoted with its place.

        Args:
            question: What to look for, in words.
            count: How many passages, at most 100.
            only: Documents, folders or patterns such as *.pdf to search; all if left out.
            after: Search only documents of this time or later, such as 2013, 2013-04 or 2013-04-30.
            before: Search only documents from before that time.
            by: Search only documents by an author or sender with this in the name.
            type: Search only documents of this type, such as pdf.
            collection: Number of the collection to search, from 0.

        Returns:
            The passages as citations, best first.
        """
        if not 1 <= count <= MOST_PASSAGES:
            raise InputError(f"Ask for 1 to {MOST_PASSAGES} passages, not {count}.")
        searched = self._collection(collection).assistant
        where = Filter(after, before, by, type)
        found = searched.search(question, count, only=only or (), where=where)
        return [asdict(citation) for citation in found]

    def documents(self, collection: int = 0) -> list[dict[str, Any]]:
        """List the documents of a collection.

        Args:
            collection: Number of the collection, from 0.

        Returns:
            For each document its id (its path), author, date, title, media type, pages, passages.
        """
        return [asdict(document) for document in self._collection(collection).assistant.documents()]

    def verify(self, answer: dict[str, Any], collection: int = 0) -> list[dict[str, Any]]:
        """Check the citations of an answer against the files as they are now.

        Args:
            answer: What ask returned.
            collection: Number of the collection that it is from, from 0.

        Returns:
            For each citation its number, document, status (exact, moved or changed) and a detail.
        """
        checked = self._collection(collection)
        verdicts = verify(citations_of([answer]), checked.folder, checked.index)
        return [
            {
                "number": verdict.citation.number,
                "document": verdict.citation.document,
                "status": verdict.status,
                "detail": verdict.detail,
            }
            for verdict in verdicts
        ]

    def collections(self) -> list[str]:
        """List the names of the open collections; their places, from 0, are their numbers."""
        return [collection.name for collection in self._collections]

    def _collection(self, number: int) -> Collection:
        if not 0 <= number < len(self._collections):
            last = len(self._collections) - 1
            raise UnknownName(f"There is no collection {number}; they are numbered 0 to {last}.")
        return self._collections[number]
