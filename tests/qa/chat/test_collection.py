"""Collections: files in and out, builds in the background, and the panel that shows them."""

import os
import shutil
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from gradio.utils import get_upload_folder

import pincite.api
import qa.chat.uploads
from corpus import IndexDamaged, InputError, Skipped
from index import (
    BackgroundBuild,
    BuildReport,
    BuildState,
    DocumentSummary,
    Encoder,
    PassageIndex,
    Plan,
    Progress,
    build,
    config_of,
    plan,
)
from index.background import STOPPED
from pincite.api import open_collections
from pincite.cli import run
from qa import Answer, Assistant
from qa.chat import Collection, Upload
from qa.chat.collection import DocumentsPanel
from qa.chat.suggestions import MOST_TRIED
from qa.chat.uploads import add_files, move_to_trash
from qa.chat.views import MOST_ROWS, render_documents
from tests.qa.formats.test_text import NOT_FOUND
from ui import _upload

REPORT = BuildReport(("a.md",), (), (), (), (), 3, (), 5, 4, 9, 0, 1.5)
NOTHING = Plan((), (), (), (), (), 4, (), (), (), (), ())


# ---- files in and out ----


def test_a_file_is_taken_in_whole_and_under_its_own_name(tmp_path: Path) -> None:
    """Catches a path that leads out of the folder, and leftovers that a build would index."""
    folder, source = tmp_path / "docs", tmp_path / "upload"
    folder.mkdir()
    source.write_bytes(b"content")
    names = ("/etc/a b.md", "sub\\inner\\b.md", "sub/inner/b.md")
    assert add_files(folder, (Upload(name, 7, source) for name in names)) == ()
    assert sorted(os.listdir(folder)) == ["etc", "sub"]
    assert sorted(f.name for f in folder.rglob("*") if f.is_file()) == ["a b.md", "b.md"]
    assert (folder / "etc" / "a b.md").read_bytes() == b"content"


def test_what_is_not_taken_in_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a file that replaces another, and one that could never be read being kept."""
    folder, source = tmp_path / "docs", tmp_path / "upload"
    folder.mkdir()
    source.write_bytes(b"new")
    (folder / "a.md").write_bytes(b"old")
    monkeypatch.setattr(qa.chat.uploads, "LARGEST_FILE", 1 << 20)
    for name, size, sent, reason in (
        ("a.md", 3, source, "the folder has another file of this name; rename one of them."),
        ("a.md/b.md", 3, source, "File exists."),
        ("a.exe", 3, source, "Pincite reads .txt, "),
        ("noending", 3, source, "Pincite reads .txt, "),
        ("", 3, source, "Pincite reads .txt, "),
        (".hidden.md", 3, source, "names that begin with a dot are left out."),
        ("sub/../../up.md", 3, source, "names that begin with a dot are left out."),
        ("nul\0.md", 3, source, "names that begin with a dot are left out."),
        ("big.md", (1 << 20) + 1, None, "larger than 1 MB; split it into parts."),
        ("lost.md", 3, None, "it did not arrive; try again."),
        ("x" * 300 + ".md", 3, source, "File name too long."),
    ):
        (said,) = add_files(folder, [Upload(name, size, sent)])
        assert said.startswith(f"{name} was not added: {reason}")
    assert os.listdir(folder) == ["a.md"]
    assert (folder / "a.md").read_bytes() == b"old"


def test_files_that_are_refused_for_one_reason_share_a_sentence(tmp_path: Path) -> None:
    """Catches a hundred sentences about the pictures in a folder, and one that hides another."""
    source = tmp_path / "upload"
    source.write_bytes(b"new")
    (tmp_path / "docs").mkdir()
    names = [*(f"{n}.mp4" for n in range(5)), ".a.md", "fine.md", ".b.md"]
    pictures, hidden = add_files(tmp_path / "docs", (Upload(name, 3, source) for name in names))
    assert pictures.startswith("0.mp4, 1.mp4, 2.mp4 and 2 more were not added: Pincite reads ")
    assert hidden == ".a.md, .b.md were not added: names that begin with a dot are left out."
    assert os.listdir(tmp_path / "docs") == ["fine.md"]


def test_only_what_was_sent_is_read(tmp_path: Path) -> None:
    """Catches a page that names any file of the machine as its own, and so reads it."""
    uploads = Path(get_upload_folder())
    sent = uploads / "test-of-intake" / "a.txt"
    sent.parent.mkdir(parents=True, exist_ok=True)
    sent.write_text("mine")
    other = tmp_path / "other.txt"
    other.write_text("not mine")
    assert _upload("b.txt", 9, str(sent)) == Upload("b.txt", 4, sent.resolve())
    for path in (str(other), f"{uploads}/../{other}", str(uploads), f"{uploads}/none", None):
        assert _upload("b.txt", 9, path) == Upload("b.txt", 9)
    shutil.rmtree(sent.parent)


def test_removed_files_are_kept(tmp_path: Path) -> None:
    """Catches a file that is deleted for good, and one that replaces an earlier one."""
    folder, aside = tmp_path / "docs", tmp_path / "aside"
    for text in ("one", "two"):
        (folder / "sub").mkdir(parents=True, exist_ok=True)
        (folder / "sub" / "a.md").write_text(text)
        move_to_trash(folder, "sub/a.md", aside)
    assert not (folder / "sub" / "a.md").exists()
    assert (aside / "sub" / "a.md").read_text() == "one"
    assert (aside / "sub" / "a (2).md").read_text() == "two"
    with pytest.raises(InputError, match="was not removed"):
        move_to_trash(folder, "sub/a.md", aside)


# ---- a collection ----


@pytest.fixture
def collection(documents: Path, encoder: Encoder, index_folder: Path) -> Collection:
    """Return the six documents as a collection, its index built."""
    build(documents, encoder)
    assistant = Assistant.open(documents, encoder=encoder)
    return Collection(
        name="Six",
        folder=documents,
        index=index_folder,
        assistant=assistant,
        building=BackgroundBuild(lambda show: build(documents, encoder, on_progress=show)),
        plan=lambda: plan(documents, index_folder, config_of(encoder, 200)),
    )


def test_documents_come_and_go_while_the_old_index_answers(
    collection: Collection, tmp_path: Path
) -> None:
    """Catches a panel that shows another state than the one that is asked, and a lost file."""
    (tmp_path / "boats.md").write_text("# Boats\n\nThere are 12 boats.\n")
    with closing(collection):
        before = [document.id for document in collection.panel().documents]
        boats = tmp_path / "boats.md"
        refused = collection.add([Upload("boats.md", 27, boats), Upload("boats.exe", 27, boats)])
        assert [sentence[:24] for sentence in refused] == ["boats.exe was not added:"]
        collection.building.wait()
        panel = collection.panel(refused)
        listed = {document.id: document for document in panel.documents}
        assert sorted(listed) == sorted([*before, "boats.md"])
        assert panel.plan is not None
        assert panel.plan.nothing_to_do
        new = listed["boats.md"]
        assert (new.title, new.pages, new.passages) == ("Boats", None, 1)
        insurance = listed["trust/insurance.pdf"]
        assert insurance.pages == len(collection.assistant.document(insurance.id).page_starts)
        assert sum(d.passages for d in panel.documents) == panel.build.report.passages  # type: ignore[union-attr]
        assert "is kept as" in collection.remove("boats.md")
        collection.building.wait()
        assert [document.id for document in collection.panel().documents] == before
        assert (collection.index / "removed" / "boats.md").is_file()
        with pytest.raises(KeyError):
            collection.remove("../outside.txt")


def test_the_last_document_can_be_removed(collection: Collection) -> None:
    """Catches a panel that fails over nothing, and a text that answers after its removal."""
    with closing(collection):
        for document in collection.panel().documents:
            collection.remove(document.id)
        collection.building.wait()
        panel = collection.panel()
        assert (panel.documents, panel.build.failure) == ([], "")
        assert panel.plan is not None
        assert panel.plan.nothing_to_do
        assert "0 documents, 0 passages" in render_documents(panel)
        assert collection.examples().result(20) == []
        assert not collection.assistant.ask("When is the lamp lit?").found


def test_files_that_could_not_be_read_are_listed(collection: Collection, encoder: Encoder) -> None:
    """Catches a damaged file that is nowhere to be seen."""
    (collection.folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    with closing(collection):
        build(collection.folder, encoder)
        skipped = collection.panel().skipped
    assert [file.id for file in skipped] == ["broken.pdf"]
    assert "damaged" in skipped[0].reason


# ---- questions to begin with ----


def asking(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fill the folder with questions that get no answer; return those that are asked."""
    (collection.folder / "built.md").write_text(
        "".join(f"The mill number {n} was built in 1801.\n\n" for n in range(30)), "utf-8"
    )
    collection.building.start()
    collection.building.wait()
    asked: list[str] = []

    def no(_: Assistant, question: str) -> Answer:
        asked.append(question)
        return NOT_FOUND

    monkeypatch.setattr(Assistant, "ask", no)
    return asked


def test_questions_to_begin_with_are_looked_for_once(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a search at each page that is opened while none is found, or two at a time."""
    asked = asking(collection, monkeypatch)
    with closing(collection):
        with ThreadPoolExecutor(8) as people:
            comings = list(people.map(lambda _: collection.examples(), range(8)))
        assert [coming.result(20) for coming in comings] == [[]] * 8
        assert collection.examples().result(20) == []
        assert len(asked) == MOST_TRIED


def test_they_are_looked_for_again_where_there_was_nothing_to_look_in(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a folder that was empty or damaged once and offers nothing ever after."""
    summaries = Assistant.documents

    def damaged(_: Assistant) -> list[DocumentSummary]:
        raise IndexDamaged("The index is damaged.")

    with closing(collection):
        monkeypatch.setattr(Assistant, "documents", damaged)
        assert collection.examples().result(20) == []
        monkeypatch.setattr(Assistant, "documents", lambda _: [])
        assert collection.examples().result(20) == []
        monkeypatch.setattr(Assistant, "documents", summaries)
        asked = asking(collection, monkeypatch)
        collection.examples().result(20)
        assert asked


def test_closing_does_not_wait_for_all_questions(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a chat that goes on asking after Ctrl-C, of an index that is closed."""
    asked = asking(collection, monkeypatch)
    begun, go_on = threading.Event(), threading.Event()

    def wait(_: Assistant, question: str) -> Answer:
        asked.append(question)
        begun.set()
        assert go_on.wait(20)
        return NOT_FOUND

    monkeypatch.setattr(Assistant, "ask", wait)
    coming = collection.examples()
    assert begun.wait(20)
    with ThreadPoolExecutor(1) as other:
        closed = other.submit(collection.close)
        while not collection._closing.is_set():
            pass
        go_on.set()
        closed.result(20)
    assert len(asked) == 1
    assert coming.done()


def test_a_long_list_of_what_could_not_be_read_is_cut() -> None:
    """Catches a page of megabytes for a mailbox with thousands of pictures."""
    skipped = [Skipped(f"a.mbox/message {n}/a.xyz", "not read") for n in range(MOST_ROWS + 3)]
    html = render_documents(panel(skipped=skipped))
    assert html.count("a.mbox") == MOST_ROWS
    assert "203 files could not be read" in html
    assert "and 3 more files" in html


def test_removing_a_document_inside_a_file_removes_that_file(collection: Collection) -> None:
    """Catches a button that fails for attachments, or takes more away than it has said."""
    with zipfile.ZipFile(collection.folder / "old.zip", "w") as archive:
        archive.writestr("a.txt", "The oil comes on Monday.")
        archive.writestr("b.txt", "The paint is green.")
    collection.building.start()
    collection.building.wait()
    assert len(collection.panel().documents) == 8
    html = render_documents(collection.panel(asking="old.zip/a.txt"))
    assert "old.zip/a.txt lies in old.zip. Remove old.zip from the folder?" in html
    assert "It holds 2 documents, which all go." in html
    said = collection.remove("old.zip/a.txt")
    assert said.startswith("old.zip was removed; it is kept as ")
    collection.building.wait()
    assert len(collection.panel().documents) == 6
    collection.close()


# ---- the panel ----


def panel(**changes: object) -> DocumentsPanel:
    """Return a panel of one document with nothing to do, but for the changes."""
    one = DocumentSummary(
        "a.md",
        "",
        "",
        "a.md",
        "A <b>title</b>",
        "text/markdown",
        None,
        3,
        1_700_000_000_000_000_000,
    )
    values = {"documents": [one], "skipped": [], "plan": NOTHING, "build": BuildState()}
    return DocumentsPanel(**(values | changes))  # type: ignore[arg-type]


def test_the_panel_lists_documents_as_text() -> None:
    """Catches markup of a title or name that becomes part of the page, and a wrong date."""
    html = render_documents(panel())
    assert "A &lt;b&gt;title&lt;/b&gt;" in html
    assert "2023-11-14" in html
    assert "1 document, 3 passages" in html
    assert 'data-action="ask-remove"' in html
    assert "ask-remove" not in render_documents(panel(editable=False))


def test_the_panel_says_what_a_build_would_change() -> None:
    """Catches a build that people start without knowing what it does."""
    new, moved = ("n1", "n2", "n3", "n4", "<n5>"), (("o", "m"),)
    changes = replace(NOTHING, added=new, changed=("c",), moved=moved, removed=("r",))
    html = render_documents(panel(plan=changes))
    for said in ("New: n1, n2, n3, n4 and 1 more", "Changed: c", "Moved: m", "Gone: r"):
        assert said in html
    assert 'data-action="build"' in html
    quiet = render_documents(panel())
    assert "up to date" in quiet
    assert 'data-action="build"' not in quiet


def test_the_panel_shows_how_a_build_goes() -> None:
    """Catches a bar without numbers, and one that cannot be stopped."""
    running = BuildState(running=True, progress=Progress("encoding", 300, 1200), seconds=3.0)
    html = render_documents(panel(build=running))
    assert "Encoding: 300 of 1,200 passages, 100 a second, 9 seconds left" in html
    assert 'value="25"' in html
    assert 'data-action="stop"' in html
    assert "Built in 2 seconds: 1 added" in render_documents(panel(build=BuildState(report=REPORT)))
    assert STOPPED in render_documents(panel(build=BuildState(failure=STOPPED)))


def test_the_panel_asks_before_it_removes() -> None:
    """Catches a file that one click removes."""
    html = render_documents(panel(asking="a'\"<.md"))
    assert "Remove a&#39;&#34;&lt;.md from the folder?" in html
    assert 'data-action="remove" data-id="a&#39;&#34;&lt;.md"' in html


def test_the_panel_names_problems_and_leaves_out_endless_rows() -> None:
    """Catches a folder of 100,000 documents that no browser can show."""
    many = [
        DocumentSummary(f"{n}.md", "", "", f"{n}.md", "", "text/markdown", None, 1, 1)
        for n in range(MOST_ROWS + 7)
    ]
    skipped = [
        Skipped("x.pdf", "it is <damaged>"),
        *(Skipped(f"{n}.png", "not supported", unread_kind=True) for n in range(MOST_ROWS + 7)),
    ]
    html = render_documents(panel(documents=many, skipped=skipped))
    assert html.count("<tr>") == MOST_ROWS + 1
    assert "and 7 more documents" in html
    assert "1 file could not be read" in html
    assert "x.pdf: it is &lt;damaged&gt;" in html
    assert "<summary>207 files of kinds that are not read: 207 .png</summary>" in html
    assert html.count(".png</li>") == MOST_ROWS


def test_an_open_index_lists_what_it_holds(
    documents: Path, encoder: Encoder, index_folder: Path
) -> None:
    """Catches passages counted that are never searched, and staged documents that are listed."""
    report = build(documents, encoder)
    index = PassageIndex.open(index_folder, encoder)
    with closing(index), index.snapshot():
        listed = index.list_documents()
        assert [document.id for document in listed] == index.documents()
        assert sum(document.passages for document in listed) <= report.passages
        for document in listed:
            full = index.document(document.id)
            assert (document.title, document.media_type) == (full.title, full.media_type)
            assert document.pages == (len(full.page_starts) or None)
            assert document.passages == len(index.passage_ids([document.id]))


def test_a_folder_opens_as_the_chat_has_it(documents: Path, index_folder: Path) -> None:
    """Catches builds in the chat that use other settings or another place than the command line."""
    index_folder.mkdir()
    (index_folder / "settings.toml").write_text('encoder = "hash"\n')
    pincite.api.build(documents)
    with open_collections([documents], false_answer_rate=1.0, editable=False) as (collection,):
        assert (collection.name, collection.editable) == (documents.name, False)
        assert collection.plan().nothing_to_do
        (documents / "new.txt").write_text("The new lamp has 9 mirrors.")
        assert collection.plan().added == ("new.txt",)
        collection.building.start()
        collection.building.wait()
        assert collection.building.state.report is not None
        answer = collection.assistant.ask("How many mirrors does the new lamp have?")
        assert answer.hits[0].passage.document == "new.txt"
        assert sorted(os.listdir(index_folder / "generations")) == ["2"]


def test_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Catches two collections that a person, or a kept conversation, cannot tell apart."""
    folders = [tmp_path / "a" / "docs", tmp_path / "b" / "docs", tmp_path / "b" / "other"]
    for folder in folders:
        (folder / ".pincite").mkdir(parents=True)
        (folder / ".pincite" / "settings.toml").write_text('encoder = "hash"\n')
        (folder / "a.txt").write_text("The lamp has 9 mirrors.")
        pincite.api.build(folder)
    with open_collections(folders) as collections:
        names = [collection.name for collection in collections]
        assert names == [str(folders[0]), str(folders[1]), "other"]


def test_one_index_cannot_be_of_several_folders(
    documents: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches one index that is filled from two folders in turn."""
    assert run(["chat", str(documents), str(tmp_path), "--index", str(tmp_path / "i")]) == 2
    assert "--index goes with one folder" in capsys.readouterr().err
