"""The documentation says what the code does."""

import dataclasses
import re
import shlex
import shutil
from pathlib import Path

import pytest

import pincite
from corpus.formats import supported_suffixes
from pincite.cli import command_line, run

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
USAGE = (ROOT / "docs" / "usage.md").read_text("utf-8")
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("name", ["", *command_line.commands])
def test_help_in_the_manual_is_the_real_one(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches an option that was added, renamed or removed without a word in the manual."""
    monkeypatch.setenv("COLUMNS", "90")
    command = f"{name} --help".strip()
    assert run(command.split()) == 0
    assert f"```\n$ pincite {command}\n{capsys.readouterr().out}```" in USAGE


@pytest.mark.model
def test_the_answer_in_the_readme_is_the_real_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches an example of another network, or of another way to print answers."""
    no_index = shutil.ignore_patterns(".pincite")
    shutil.copytree(ROOT / "starter", tmp_path / "starter", ignore=no_index)
    monkeypatch.chdir(tmp_path)
    assert run(["build", "starter"]) == 0
    capsys.readouterr()
    shown = re.search(r"```\n\$ pincite (ask starter .*)\n((?s:.*?))```", README)
    assert shown
    assert run(shlex.split(shown[1])) == 0
    assert capsys.readouterr().out.rstrip() == shown[2].rstrip()


def test_every_setting_is_in_the_manual_with_its_default() -> None:
    """Catches a setting that nobody can find."""
    for field in dataclasses.fields(pincite.Settings):
        assert f"| `{field.name}` | `{field.default}` |" in USAGE


def test_every_public_name_is_in_the_manual() -> None:
    """Catches an undocumented export."""
    for name in set(pincite.__all__) - {"__version__"}:
        assert f"`{name}" in USAGE, f"{name} is not in docs/usage.md"


def test_every_ending_is_in_the_readme() -> None:
    """Catches a format that was added or dropped without a word."""
    assert set(
        re.findall(r"`(\.\w+)`", README.split("## What it reads")[1].split("Scanned")[0])
    ) == (set(supported_suffixes()))


def test_the_changelog_is_about_this_version() -> None:
    """Catches a release without a word about what changed."""
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## \[([\d.]+)\]", changelog, re.M)[0] == pincite.__version__
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'\nversion = "{pincite.__version__}"\n' in project


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    """Catches links and pictures that point to files that are not there."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8")):
        if not target.startswith("https://"):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


PACKAGES = (
    *("corpus", "corpus/formats", "index", "index/encoding"),
    *("qa", "qa/reading", "qa/formats", "qa/chat", "pincite", "pincite/evaluation"),
    "pincite/server",
)


def test_modules_named_in_the_architecture_exist() -> None:
    """Catches a map of modules that have moved."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    layout = text.split("```")[1]
    folder, named = "", set()
    for line in layout.splitlines():
        if match := re.match(r"(\w+(?:/\w+)?)/ ", line):
            folder = match[1]
        named |= {f"{folder}/{name}" for name in re.findall(r"\w+\.py", line) if line[0] == " "}
    real = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).glob("*.py")
        if not path.name.startswith("__")
    }
    assert named == real


@pytest.mark.model
def test_the_readme_snippet_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches an example that does not work as printed."""
    ignored = shutil.ignore_patterns(".pincite")
    shutil.copytree(ROOT / "starter", tmp_path / "starter", ignore=ignored)
    monkeypatch.chdir(tmp_path)
    (snippet,) = re.findall(r"```python\n(.*?)```", README, re.S)
    printed: list[object] = []
    exec(compile(snippet, "README.md", "exec"), {"print": lambda *values: printed.extend(values)})  # noqa: S102
    assert printed[0] is True
    assert "51,900" in str(printed[2])
