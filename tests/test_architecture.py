"""The rules of docs/architecture.md that `lint-imports` (pyproject.toml) cannot say."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pincite
from bench.structure import structure

ROOT = Path(__file__).parent.parent
LAYERS = ("corpus", "index", "qa", "ui", "pincite")
# What other packages may import from: their names are what a package offers.
SURFACES = {
    "corpus",
    "index",
    "qa",
    "qa.chat",
    "qa.formats",
    "qa.reading",
    "qa.tables",
    "ui",
    "pincite",
}
MODULES = sorted(
    [path for name in LAYERS for path in (ROOT / name).rglob("*.py")] + [ROOT / "ui.py"]
)
HEAVY = (
    "torch",
    "faiss",
    "gradio",
    "numpy",
    "tantivy",
    "transformers",
    "sentence_transformers",
    "matplotlib",
    "scipy",
    "sklearn",
    "pincite.evaluation",
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def layer_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each import as the module and the names taken from it (none: the module itself)."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports relatively"
            yield node.module or "", tuple(alias.name for alias in node.names)


def test_the_page_knows_nothing_of_what_serves_it() -> None:
    """Catches ``ui.py`` importing ``pincite``; import-linter reads packages, not single modules."""
    named = {module.partition(".")[0] for module, _ in imports(ROOT / "ui.py")}
    assert named & {"corpus", "index", "qa"}
    assert "pincite" not in named


def test_qa_is_half_as_entangled_as_it_was() -> None:
    """Catches rooms of ``qa`` that grow into one heap again: it had 11 layers and 92 arrows."""
    rooms = structure(ROOT, "qa")["subpackages as one"]
    assert rooms.layers <= 11 / 2
    assert rooms.arrows <= 92 / 2


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_other_packages_are_used_by_the_names_that_they_offer(path: Path) -> None:
    """Catches ``import index`` (a generic name) and reaching into another package's modules."""
    for module, names in imports(path):
        package = module.partition(".")[0]
        if package in LAYERS and package != layer_of(path):
            assert names, f"import {module}"
            assert module in SURFACES, f"from {module} import ..."


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_failure_is_swallowed(path: Path) -> None:
    """Catches ``except Exception`` outside of the one place where a parser may fail in any way."""
    caught = [
        ast.unparse(node.type) if node.type else "everything"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler)
    ]
    reraised = path.read_text("utf-8").count("except BaseException:\n")
    broad = [name for name in caught if name in {"everything", "Exception", "BaseException"}]
    if name_of(path) == "corpus/worker.py":
        assert broad == ["Exception"]
    else:
        assert broad == ["BaseException"] * reraised
        assert_reraised(path)


def assert_reraised(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.ExceptHandler) or node.type is None:
            continue
        if ast.unparse(node.type) == "BaseException":
            assert ast.unparse(node.body[-1]) == "raise"


def test_no_two_classes_have_one_name() -> None:
    """Catches a name that does not say which of two classes is meant, also with an underscore."""
    found: dict[str, set[str]] = {}
    trees = ("bench", "training")
    for path in [*MODULES, *(path for name in trees for path in (ROOT / name).rglob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name.lstrip("_"), set()).add(f"{name_of(path)}:{node.lineno}")
    assert {name: where for name, where in found.items() if len(where) > 1} == {}


TAG = re.compile(
    r"</?(?:a|b|bdi|br|button|circle|code|dd|details|div|dl|dt|em|figure|form|g|h[1-6]|head|html|i|"
    r"iframe|img|input|label|li|line|link|main|mark|meta|nav|ol|option|p|path|pre|progress|q|rect|"
    r"script|section|select|small|span|strong|style|sub|summary|sup|svg|table|tbody|td|text|"
    r"textarea|th|thead|title|tr|u|ul|video)(?=[\s>/])",
    re.IGNORECASE,
)


def literals(path: Path) -> Iterator[str]:
    """Yield the strings of a module, but for docstrings and regular expressions."""
    tree = ast.parse(path.read_text("utf-8"))
    apart: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            apart.add(node.value)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            apart.update(ast.walk(node.args[0]))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in apart:
            value = node.value
            if isinstance(value, str | bytes):
                yield value if isinstance(value, str) else value.decode("latin-1")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_html_is_made_in_python(path: Path) -> None:
    """Catches markup beside code, where text of documents is not escaped by itself."""
    assert [text for text in literals(path) if TAG.search(text)] == []


def test_html_in_python_is_seen(tmp_path: Path) -> None:
    """Catches a rule that finds nothing."""
    module = tmp_path / "module.py"
    module.write_text(
        '"""About <p> as such."""\n'
        "import re\n"
        "A = re.compile('<p>')\n"
        "B = f'<p class={A}>'\n"
        "C = b'<svg >' + b'a < b'\n"
    )
    assert [text for text in literals(module) if TAG.search(text)] == ["<p class=", "<svg >"]


def loaded_by(code: str) -> set[str]:
    """Run ``code`` in a new process and return which heavy modules it loaded."""
    script = f"{code}\nimport sys\nprint(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.split())


def test_importing_pincite_is_light() -> None:
    """Catches seconds of imports before ``pincite --help`` answers."""
    light = "from pincite import Document, InputError, PinciteError, Skipped"
    assert loaded_by(f"import pincite, pincite.cli\n{light}") == set()


def test_asking_for_a_name_loads_no_model_and_no_chat() -> None:
    """Catches torch loaded by whoever only builds a plan, and Gradio by whoever only asks."""
    assert loaded_by("from pincite import Assistant, build") <= {"faiss", "numpy", "tantivy"}


COMMANDS = """
import sys
from pathlib import Path
from pincite.cli import run
docs, answer = sys.argv[1:]
question = "When is the lamp lit?"
for arguments in (
    ["build", docs],
    ["build", docs],
    ["status", docs],
    ["info", docs, "--check"],
    ["ask", docs, question, "--json"],
    ["verify", docs, answer],
):
    assert run(arguments) == 0, arguments
unwanted = {"torch", "transformers", "sentence_transformers", "gradio", "pandas", "onnx", "ui"}
sys.exit(" ".join(sorted(unwanted & set(sys.modules))) or 0)
"""


@pytest.mark.model
def test_no_command_but_the_chat_loads_torch_or_gradio(tmp_path: Path) -> None:
    """Catches seconds of imports before the first answer."""
    docs, answer = tmp_path / "docs", tmp_path / "answer.json"
    docs.mkdir()
    (docs / "lamp.txt").write_text("The lamp is lit at sunset. It burns until dawn.", "utf-8")
    answer.write_text('{"citations": []}', "utf-8")
    command = [sys.executable, "-c", COMMANDS, str(docs), str(answer)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_the_public_names_are_sorted_and_all_there() -> None:
    """Catches a name that is promised and missing, or there and not promised."""
    names = [name for name in pincite.__all__ if not name.startswith("_")]
    assert names == sorted(names)
    assert len(set(pincite.__all__)) == len(pincite.__all__)
    for name in pincite.__all__:
        assert getattr(pincite, name) is not None
    assert dir(pincite) == sorted(pincite.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Nonsense'"):
        _ = pincite.Nonsense
    for name in ("corpus", "index", "qa"):
        package = sys.modules[name]
        offered = package.__all__
        assert all(hasattr(package, offer) for offer in offered)
        assert len(set(offered)) == len(offered)


def test_every_error_that_people_may_see_is_public() -> None:
    """Catches an error that can only be caught by its private name."""
    from corpus import PinciteError

    errors = {error.__name__ for error in PinciteError.__subclasses__()}
    assert errors | {"PinciteError"} <= set(pincite.__all__)
