"""Which files of a folder are documents."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus import FoundFile, InputError, Skipped, count_unread_kinds, scan
from corpus.scan import IGNORE_FILE

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
GIT = shutil.which("git")


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")
    return folder


def found(folder: Path, exclude: Path | None = None) -> list[str]:
    return [entry.id for entry in scan(folder, exclude) if isinstance(entry, FoundFile)]


def skipped(folder: Path) -> dict[str, str]:
    return {entry.id: entry.reason for entry in scan(folder) if isinstance(entry, Skipped)}


def test_files_are_listed_with_their_state_sorted_by_id(tmp_path: Path) -> None:
    """Catches an order that depends on the file system, and times in seconds."""
    fill(tmp_path, "b.txt", "a/z.md", "a.PDF", "a-b.txt")
    entries = [entry for entry in scan(tmp_path) if isinstance(entry, FoundFile)]
    assert [entry.id for entry in entries] == ["a-b.txt", "a.PDF", "a/z.md", "b.txt"]
    for entry in entries:
        info = (tmp_path / entry.id).stat()
        assert entry.path == tmp_path / entry.id
        assert (entry.size, entry.mtime_ns, entry.ctime_ns) == (
            info.st_size,
            info.st_mtime_ns,
            info.st_ctime_ns,
        )


def test_hidden_and_excluded_are_left_out_without_a_word(tmp_path: Path) -> None:
    """Catches the index searched for documents, and ``.git`` reported file by file."""
    fill(
        tmp_path, "a.txt", ".hidden.txt", ".git/b.txt", ".pincite/c.txt", "own/d.txt", "e/own/f.txt"
    )
    (tmp_path / "link").symlink_to("own")
    assert [entry.id for entry in scan(tmp_path, tmp_path / "e" / ".." / "own")] == [
        "a.txt",
        "e/own/f.txt",
    ]


def test_files_of_kinds_that_are_not_read_are_counted_by_ending(tmp_path: Path) -> None:
    """Catches a line for each picture, an order by chance, and a fault counted as a kind."""
    fill(tmp_path, "a.mp4", "b.gif", "c/D.GIF", "LICENCE", *(f"f.x{n}" for n in range(7)))
    (tmp_path / "gone.gif").symlink_to("nowhere.gif")
    entries = [entry for entry in scan(tmp_path) if isinstance(entry, Skipped)]
    assert count_unread_kinds(entries) == (
        "11 files of kinds that are not read: 2 .gif, 1 without an ending, 1 .mp4, 1 .x0, 1 .x1, "
        "1 .x2, 1 .x3, 1 .x4 and 2 more"
    )
    one = [entry for entry in entries if entry.id == "a.mp4"]
    assert count_unread_kinds(one) == "1 file of a kind that is not read: 1 .mp4"
    assert count_unread_kinds(entry for entry in entries if entry.id == "gone.gif") == ""


def test_a_folder_whose_own_name_is_hidden_is_read(tmp_path: Path) -> None:
    """Catches a rule about the names above the folder that was given."""
    assert found(fill(tmp_path / ".notes", "a.txt")) == ["a.txt"]


def test_what_cannot_be_used_says_why(tmp_path: Path) -> None:
    """Catches silence about a file that somebody expects to find in an answer."""
    fill(tmp_path, "a.txt", "b.MP4", "README", "c.tar.gz")
    (tmp_path / "gone.txt").symlink_to("nowhere.txt")
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    assert found(tmp_path, exclude=tmp_path / ".pincite") == ["a.txt"]
    assert skipped(tmp_path) == {
        "b.MP4": "files ending in .mp4 are not supported",
        "README": "files without an ending are not supported",
        "c.tar.gz": "files ending in .gz are not supported",
        "gone.txt": "the link leads nowhere",
        "loop.txt": "the file cannot be examined: Too many levels of symbolic links",
        "pipe.txt": "it is not a regular file",
    }


def test_links_are_followed_but_not_round_in_circles(tmp_path: Path) -> None:
    """Catches endless recursion, and a folder refused because it is linked twice."""
    outside = fill(tmp_path / "outside", "o.txt")
    folder = fill(tmp_path / "docs", "a/b/c.txt", "d.txt")
    (folder / "a" / "b" / "up").symlink_to(folder / "a")
    (folder / "top").symlink_to(folder)
    (folder / "one").symlink_to(outside)
    (folder / "two").symlink_to(outside)
    (folder / "file.txt").symlink_to("d.txt")
    assert found(folder) == ["a/b/c.txt", "d.txt", "file.txt", "one/o.txt", "two/o.txt"]
    assert list(skipped(folder).values()) == ["the link leads back to a folder above it"] * 2


@pytest.mark.skipif(ROOT, reason="nothing is unreadable to root")
def test_a_folder_without_permission_is_skipped(tmp_path: Path) -> None:
    """Catches one closed folder that ends the whole build, and a closed root taken for empty."""
    fill(tmp_path, "a.txt", "closed/b.txt")
    (tmp_path / "closed").chmod(0)
    try:
        assert found(tmp_path) == ["a.txt"]
        assert skipped(tmp_path) == {"closed/": "the folder cannot be listed: Permission denied"}
        with pytest.raises(InputError, match=r"cannot be (listed|read): Permission denied"):
            scan(tmp_path / "closed")
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_a_name_that_is_not_unicode_is_skipped(tmp_path: Path) -> None:
    """Catches a lone surrogate that no JSON and no database can hold."""
    fill(tmp_path, "a.txt")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("x")
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/d\xe9")).mkdir()
    except OSError:
        pytest.skip("the file system has no such names")
    assert found(tmp_path) == ["a.txt"]
    reason = "the file's name is not valid Unicode; rename it"
    assert skipped(tmp_path) == {"caf\ufffd.txt": reason, "d\ufffd": reason}


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    """Catches a misspelt folder taken for an empty one."""
    fill(tmp_path, "a.txt")
    for path in (tmp_path / "a.txt", tmp_path / "missing"):
        with pytest.raises(InputError, match="is not a folder; give the folder"):
            scan(path)


def test_an_unreadable_ignore_file_is_an_error(tmp_path: Path) -> None:
    """Catches secrets that are indexed because their ignore file could not be read."""
    (tmp_path / IGNORE_FILE).mkdir()
    with pytest.raises(InputError, match=r"\.pinciteignore cannot be read: Is a directory"):
        scan(tmp_path)


TREE = (
    *("a.txt", "b.md", "a b.txt", "#c.txt", "!d.txt", "draft.txt", "x/a.txt", "x/draft.txt"),
    *("x/y/a.txt", "x/y/z/a.txt", "old/a.txt", "old/keep.txt", "x/old/b.txt", "Ärger/é.txt"),
    *("draft/a.txt", "x/draft/b.md"),
)
PATTERNS = st.one_of(
    st.sampled_from(
        [
            *(
                "*.txt",
                "/a.txt",
                "a.txt",
                "x/",
                "x",
                "/x/*",
                "x/**",
                "**/draft.txt",
                "old/",
                "!old/keep.txt",
            ),
            *(
                "!a.txt",
                "\\#c.txt",
                "#c.txt",
                "\\!d.txt",
                "a b.txt",
                "a.txt ",
                "a.txt\\ ",
                "x/*/a.txt",
            ),
            *(
                "x/**/a.txt",
                "**/z/",
                "[ab].*",
                "[!a].md",
                "dr?ft.txt",
                "*",
                "!*/",
                "!*.md",
                "/",
                "",
                "é.txt",
            ),
            *("Ärger/", "old/*", "draft/", "!draft", "**", "x/y/../a.txt", "./a.txt"),
        ]
    ),
    # Neither brackets nor backslashes at random: git has more rules for them than pathspec.
    st.text("abx*/!?. d", min_size=1, max_size=6),
)


def git_ignored(folder: Path) -> set[str]:
    """Ask git which files of the tree its rules leave out."""
    asked = subprocess.run(
        ["git", "check-ignore", "-z", "--stdin", "--no-index"],
        env={
            **os.environ,
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "core.excludesFile",
            "GIT_CONFIG_VALUE_0": str(folder / IGNORE_FILE),
        },
        cwd=folder,
        input="\0".join(TREE) + "\0",
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode in (0, 1), asked.stderr
    return set(asked.stdout.split("\0")) - {""}


@pytest.mark.skipif(not GIT, reason="git is the oracle, and is not installed")
@settings(max_examples=60)
@given(
    st.lists(PATTERNS, max_size=4),
    st.sampled_from(["\n", "\r\n"]),
)
@example(["old/*", "!old/keep.txt"], "\n")
@example(["old/", "!old/keep.txt"], "\n")
@example(["*", "!*/", "!*.md"], "\n")
@example(["x/**/a.txt"], "\n")
@example(["a.txt\\ ", "b.md  "], "\r\n")
@example(["x/**", "!x/a.txt"], "\n")
@example(["x/**", "!x/y/", "!x/y/a.txt"], "\n")
@example(["x/*", "!x/y", "x/y/*", "!x/y/z/"], "\n")
@example(["*.txt", "!a.txt", "x/a.txt"], "\n")
@example(["draft", "!x/draft", "!"], "\n")
@example(["x/**  ", "!x/y/", "a\\"], "\r\n")
@example(["/x/*", "!?"], "\n")
@example(["x/", "!/"], "\n")
@example(["x/*", "!x"], "\n")
def test_the_ignore_file_means_what_it_means_to_git(patterns: list[str], end: str) -> None:
    """Catches ``fnmatch`` taken for gitignore: anchors, ``**``, negation, folders, blanks."""
    with tempfile.TemporaryDirectory() as name:
        folder = fill(Path(name), *TREE)
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
        text = "".join(pattern + end for pattern in patterns)
        (folder / IGNORE_FILE).write_bytes(text.encode())
        # A question mark is a character here and a byte in git.
        odd = {id_ for id_ in TREE if not id_.isascii() and any("?" in p for p in patterns)}
        assert set(TREE) - set(found(folder)) - odd == git_ignored(folder) - odd


def test_the_ignore_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    """Catches the first rule of a file saved on Windows that matches nothing."""
    fill(tmp_path, "a.txt", "b.txt")
    (tmp_path / IGNORE_FILE).write_bytes(b"\xef\xbb\xbfa.txt\r\n")
    assert found(tmp_path) == ["b.txt"]
