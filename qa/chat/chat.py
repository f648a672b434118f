"""What happens on the chat's page: each event's way through the collections, and what it shows."""

import time
from asyncio import shield, wrap_future
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from corpus import PinciteError
from qa.chat.answering import answer_turn, make_turn, restore_turns, turn_from_link
from qa.chat.collection import Collection
from qa.chat.conversation import Conversation, Turn
from qa.chat.feedback import keep_feedback
from qa.chat.markup import render, showable
from qa.chat.sources import SourceView
from qa.chat.uploads import Upload
from qa.chat.views import render_documents, render_news, render_source, render_welcome
from qa.formats.export import export
from qa.scope import Choices, Filter, list_choices

__all__ = ["FILES", "Chat", "Documents", "Shown"]

# Where the files of documents are served.
FILES = "/source/"
FAILED = "Something went wrong; the terminal that Pincite runs in says what."


@dataclass(frozen=True, slots=True)
class Shown:
    """What an event changes on the page.

    Args:
        news: of the conversation, with the turns that changed as HTML.
        source: HTML of the pane beside it; empty to leave it.
    """

    news: Mapping[str, object]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Documents:
    """What the documents panel shows after an event.

    Args:
        html: of the panel.
        messages: what became of the last change, to be shown until the next.
        building: whether a build runs, so that there will soon be more to show.
        choices: what a question can be limited to; None if that is not known.
    """

    html: str
    messages: tuple[str, ...]
    building: bool
    choices: Choices | None


class Chat:
    """The chat of some collections; shared by everyone who has its page open.

    Args:
        collections: what can be asked, at least one.
        examples: questions to offer at the beginning; some from the documents by default.
    """

    def __init__(self, collections: Sequence[Collection], examples: Sequence[str] = ()) -> None:
        self._collections = collections
        self._examples = examples
        self.names = [collection.name for collection in collections]
        self.title = showable(", ".join(self.names))
        self.editable = all(collection.editable for collection in collections)

    # Asking

    def ask(
        self,
        conversation: Conversation,
        question: str,
        at: int,
        only: Sequence[str],
        where: Filter,
    ) -> Iterator[Shown]:
        """Ask the collection numbered ``at``; yield what is shown at each stage of the answer."""
        turn = make_turn(question, conversation.turns, at, only, where)
        yield from self._answer(conversation, turn)

    def ask_offered(
        self,
        conversation: Conversation,
        question: str,
        at: int,
        only: Sequence[str],
        where: Filter,
    ) -> Iterator[Shown]:
        """Ask a question that was offered: as it stands, whatever was asked before."""
        yield from self._answer(conversation, make_turn(question, (), at, only, where))

    def follow_link(self, conversation: Conversation, link: Mapping[str, str]) -> Iterator[Shown]:
        """Ask what the address of the page asks, if anything.

        Raises:
            InputError: if the link names a collection that is not open, or cannot be understood.
        """
        yield Shown(render_news(conversation.news(0)))
        yield from self._answer(conversation, *turn_from_link(link, self.names))

    def _answer(self, conversation: Conversation, new: Turn, was: str = "") -> Iterator[Shown]:
        seen = conversation.revision
        asked = conversation.add(new) if new.question.strip() else None
        if asked is None:
            return
        yield Shown(render_news(conversation.news(seen)))
        turn = asked
        try:
            for turn in answer_turn(self._collections[asked.collection], asked, was):
                seen = conversation.revision
                if not conversation.replace(turn):
                    return
                # Shown once: at the stage at which the answer is there, but not checked yet.
                found = turn.answer is not None and bool(turn.stage)
                source = self.show_source(conversation, turn.id) if found else ""
                yield Shown(render_news(conversation.news(seen)), source)
        finally:
            if turn.waiting:
                conversation.replace(replace(turn, failure=FAILED, stage=""))

    # What has been asked

    def show_news(self, conversation: Conversation, since: int = 0) -> Mapping[str, object]:
        """Return the turns that changed after the change numbered ``since``."""
        return render_news(conversation.news(since))

    def show_source(
        self, conversation: Conversation, id_: int, number: int = 1, page: int = 0
    ) -> str:
        """Return the HTML of a turn's citation in its document.

        Args:
            conversation: that is shown.
            id_: of the turn.
            number: of the citation.
            page: of the document, from 1; 0 for the one where the citation stands.
        """
        turn = conversation.turn(id_)
        answer = turn.answer if turn else None
        citations = (answer.citations or answer.nearest) if answer else ()
        if turn is None or answer is None or not 1 <= number <= len(citations):
            return render("no_source")
        view = SourceView(id_, citations, number, answer.verdict, page=page)
        collection = self._collections[turn.collection]
        try:
            document = collection.assistant.document(view.citation.document)
        except KeyError:
            return render_source(view)
        except PinciteError as error:
            return render("note", {"sentence": str(error)})
        download = f"{FILES.lstrip('/')}{turn.collection}/{quote(document.id)}"
        view = replace(view, document=document, download=download)
        return render_source(collection.sources.draw(view))

    def judge(
        self, conversation: Conversation, id_: int, good: bool | None, note: str
    ) -> Mapping[str, object]:
        """Record a judgement of a turn's answer, perhaps with a note; return the news.

        Args:
            conversation: that is judged.
            id_: of the turn.
            good: whether the answer is right; None to leave an earlier judgement.
            note: in the person's own words; may be empty.
        """
        seen = conversation.revision
        turn = conversation.judge(id_, good, bool(note))
        if turn and turn.answer:
            index = self._collections[turn.collection].index
            keep_feedback(index, turn.answer, good=bool(turn.good), note=note)
        return render_news(conversation.news(seen))

    def export(self, conversation: Conversation, kind: str) -> Mapping[str, object]:
        """Return news that include the answers as a file to save."""
        content = export(kind, [turn.answer for turn in conversation.turns if turn.answer])
        name, encoded = f"conversation.{kind}", b64encode(content).decode("ascii")
        # The time makes it news each time: the page takes no notice of what it has had last.
        file = {"name": name, "content": encoded, "time": time.time_ns()}
        return render_news(conversation.news(conversation.revision)) | {"file": file}

    def reopen(
        self, conversation: Conversation, id_: str, kept: Sequence[Mapping[str, Any]]
    ) -> Shown:
        """Show a conversation that the browser has kept.

        Args:
            conversation: that takes it over.
            id_: under which it is kept.
            kept: its turns; see `restore_turns`.

        Raises:
            InputError: if it is not what the page has kept, or of a collection that is not open.
        """
        conversation.restart(restore_turns(self._collections, kept), id_)
        news = conversation.news(0)
        last = news.turns[-1].id if news.turns else 0
        return Shown(render_news(news), self.show_source(conversation, last))

    def clear(self, conversation: Conversation) -> Shown:
        """Forget the conversation."""
        conversation.restart()
        return Shown(render_news(conversation.news(0)), render("no_source"))

    # Beside the conversation

    def show_welcome(self) -> str:
        """Return the HTML of the welcome, with only those questions that are known at once."""
        return render_welcome(self._examples)

    async def find_welcome(self, at: int) -> str:
        """Return the HTML of the welcome, once questions to begin with have been found."""
        if self._examples:
            return render_welcome(self._examples)
        # Many wait for the same: one whose page is closed must not call it off for all.
        examples = await shield(wrap_future(self._collections[at].examples()))
        return render_welcome(examples)

    def list_choices(self, at: int) -> Choices | None:
        """Return what a question can be limited to, None if that is unknown."""
        try:
            return list_choices(self._collections[at].assistant.documents())
        except PinciteError:
            return None

    def show_documents(
        self, at: int, messages: tuple[str, ...] = (), asking: str = ""
    ) -> Documents:
        """Show the documents of a collection, messages, and the one that is about to be removed."""
        collection = self._collections[at]
        building = collection.building.state.running
        try:
            panel = collection.panel(messages, asking)
        except PinciteError as error:
            return Documents(render("note", {"sentence": str(error)}), messages, building, None)
        choices = list_choices(panel.documents)
        return Documents(render_documents(panel), messages, building, choices)

    def act(self, at: int, action: str, id_: str) -> Documents:
        """Carry out a button of the documents panel, for some of them on the document ``id_``."""
        collection = self._collections[at]
        if action == "build":
            collection.building.start()
        elif action == "stop":
            collection.building.stop()
        elif action == "remove" and collection.editable:
            return self.show_documents(at, (collection.remove(id_),))
        return self.show_documents(at, asking=id_ if action == "ask-remove" else "")

    def add(self, at: int, files: Iterable[Upload]) -> Documents:
        """Add files to a collection, and show the result."""
        collection = self._collections[at]
        return self.show_documents(at, collection.add(files) if collection.editable else ())
