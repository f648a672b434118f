"""The documentation says what the code does."""

import dataclasses
import re
import shlex
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

import pincite
from corpus.formats import LOADERS
from docs.hooks import MARK, help_of, on_page_markdown
from pincite.cli import run

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text("utf-8")
PAGES = sorted(DOCS.rglob("*.md"))
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *PAGES]
COMMANDS = re.findall(r"^ +(\w+)  +\w", help_of("").lower().partition("commands:")[2], re.M)


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture
def starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to a new folder that holds the starter documents."""
    ignored = shutil.ignore_patterns(".pincite")
    shutil.copytree(ROOT / "starter", tmp_path / "starter", ignore=ignored)
    monkeypatch.chdir(tmp_path)


def test_every_command_is_in_the_reference_as_it_describes_itself() -> None:
    """Catches a command without its help in the reference, or one that is gone."""
    assert {"build", "ask", "chat", "verify"} <= set(COMMANDS)
    reference = page("reference/commands.md")
    assert [mark[1] for mark in MARK.finditer(reference)] == [None, *COMMANDS]
    assert re.findall(r"^## pincite (\w+)$", reference, re.M) == COMMANDS
    shown = on_page_markdown("<!-- help: verify -->\n")
    assert shown == f"```text\n{help_of('verify')}```\n"
    assert "--index PATH" in shown


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_only_options_that_exist_are_shown(path: Path) -> None:
    """Catches a command in a text whose option was renamed or dropped."""
    fenced = re.findall(r"^```\n(.*?)^```", path.read_text("utf-8"), re.M | re.S)
    for line in "\n".join(fenced).splitlines():
        for command, rest in re.findall(r"^(?:\$ )?(?:.*\| )?pincite (\w+)(.*)", line):
            assert command in COMMANDS, line
            for option in re.findall(r" (--[a-z-]+)", rest.partition("#")[0]):
                assert re.search(rf"{option}\b", help_of(command)), line


@pytest.mark.model
@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize("path", [ROOT / "README.md", DOCS / "tutorial.md"], ids=name_of)
def test_the_answers_shown_are_the_real_ones(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches an example of another network, or of another way to print answers."""
    assert run(["build", "starter"]) == 0
    capsys.readouterr()
    examples = re.findall(
        r"^\$ pincite (ask|verify) (.*)\n((?s:.*?))(?=^\$|^```)", path.read_text("utf-8"), re.M
    )
    assert any(shown for _, _, shown in examples)
    for command, rest, shown in examples:
        arguments, _, saved = rest.partition(" > ")
        assert run([command, *shlex.split(arguments)]) in (0, 1)
        printed = capsys.readouterr().out
        if saved:
            Path(saved).write_text(printed, "utf-8")
        elif shown:
            assert printed.rstrip() == shown.rstrip()


@pytest.mark.model
@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize("path", [ROOT / "README.md", DOCS / "how-to" / "python.md"], ids=name_of)
def test_the_python_snippets_run(path: Path) -> None:
    """Catches an example that does not work as printed; the snippets of a page go on."""
    snippets = re.findall(r"```python\n(.*?)```", path.read_text("utf-8"), re.S)
    printed: list[object] = []
    names: dict[str, object] = {"print": lambda *values: printed.extend(values)}
    exec(compile(snippets[0], name_of(path), "exec"), names)  # noqa: S102
    assert printed[0] is True
    assert "51,900" in str(printed[2])
    if snippets[1:]:
        names["assistant"] = pincite.Assistant.open("starter")
        for snippet in snippets[1:]:
            exec(compile(snippet, name_of(path), "exec"), names)  # noqa: S102
        assert "exact" in printed


def test_every_setting_is_in_the_reference_with_its_default() -> None:
    """Catches a setting that nobody can find."""
    for field in dataclasses.fields(pincite.Settings):
        assert f"| `{field.name}` | `{field.default}` |" in page("reference/settings.md")


def test_every_public_name_is_in_the_reference() -> None:
    """Catches an undocumented export, and a documented one that is gone."""
    named = re.findall(r"^::: pincite\.(\w+)$", page("reference/python.md"), re.M)
    assert sorted(named) == sorted(set(pincite.__all__) - {"__version__"})


def test_every_error_is_in_the_guide() -> None:
    """Catches an error that nobody is told to expect."""
    errors = [name for name in pincite.__all__ if name.endswith("Error") or "Index" in name]
    assert len(errors) >= 8
    assert all(f"`{name}`" in page("how-to/python.md") for name in errors)


def test_every_ending_is_in_the_reference() -> None:
    """Catches a format without a word on what is quoted, and a row for some of its endings."""
    shown = on_page_markdown(page("reference/formats.md"))
    rows = re.findall(r"^\| (`\..*) \| (.+) \| (.+) \|$", shown, re.M)
    assert " ".join(endings for endings, _, _ in rows) == " ".join(f"`{s}`" for s in LOADERS)
    assert ("`.pdf`", "PDF") in [(endings, name) for endings, name, _ in rows]


def test_every_field_of_an_answer_is_in_the_reference() -> None:
    """Catches a field that was added to the JSON or renamed without a word."""
    kinds = (pincite.Answer, pincite.Citation)
    fields = {field.name for kind in kinds for field in dataclasses.fields(kind)} | {"found"}
    told = {
        name
        for row in re.findall(r"^\| (`.*?) \|", page("reference/answer.md"), re.M)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert told == fields - {"false_answer_rate"} | {"risk", "id"}


def test_the_changelog_is_about_this_version() -> None:
    """Catches a release without a word about what changed."""
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## \[([\d.]+)\]", changelog, re.M)[0] == pincite.__version__
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'\nversion = "{pincite.__version__}"\n' in project


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    """Catches links and pictures that point to files that are not there."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8")):
        if not target.startswith("https://"):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_the_readme_is_two_screens() -> None:
    """Catches a README that grows into the manual again."""
    assert len(README.splitlines()) <= 90


PACKAGES = (
    *("corpus", "corpus/formats", "corpus/formats/*", "index", "index/encoding"),
    *("qa", "qa/reading", "qa/tables", "qa/formats", "qa/chat", "pincite", "pincite/evaluation"),
    "pincite/server",
)


def test_modules_named_in_the_architecture_exist() -> None:
    """Catches a map of modules that have moved."""
    layout = page("architecture.md").split("```")[1]
    # Each format's module is named by LOADERS, so that a new one needs no line here.
    named = {f"corpus/formats/{loader.module.replace('.', '/')}.py" for loader in LOADERS.values()}
    folder = ""
    for line in layout.splitlines():
        if match := re.match(r"(\w+(?:/\w+)*)/ ", line):
            folder = match[1]
        named |= {f"{folder}/{name}" for name in re.findall(r"\w+\.py", line) if line[0] == " "}
    real = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in ROOT.glob(f"{package}/*.py")
        if not path.name.startswith("__")
    }
    assert named == real


class Loaded(HTMLParser):
    """Collects what a page makes a browser load: all but links to be clicked."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the addresses of one element."""
        for name, value in attrs:
            if value and (name in {"src", "srcset", "poster"} or (tag, name) == ("link", "href")):
                self.addresses.append(value)


def test_the_site_asks_nothing_of_other_machines(tmp_path: Path) -> None:
    """Catches fonts, scripts or pictures from elsewhere, and a page that is not in the menu."""
    pytest.importorskip("mkdocs", reason="comes with the extra 'docs'")
    from mkdocs.commands.build import build as build_site
    from mkdocs.config import load_config

    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path), strict=True)
    build_site(config)
    elsewhere = re.compile(r"(https?:)?//")
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > len(PAGES)
    for path in pages:
        loaded = Loaded()
        loaded.feed(path.read_text("utf-8"))
        assert loaded.addresses, path
        assert [name for name in loaded.addresses if elsewhere.match(name)] == [], path
    for path in tmp_path.rglob("*.css"):
        addresses = re.findall(r"(?:url\(|@import\s+)[\"']?([^\"')]+)", path.read_text("utf-8"))
        assert [name for name in addresses if elsewhere.match(name)] == [], path
