"""Build the wheel, install it in a new environment and ask it one question from another folder.

Run: ``python tests/check_wheel.py``. It finds what only a user of the package would meet: a module
or data file left out of the wheel, a dependency that only developers have, a top-level name that
another distribution owns too. For a release, ``--tag v1.2.3`` checks first that this is the version
and that the changelog tells of it, and ``--keep FOLDER`` keeps the wheel that was checked.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = ("corpus", "index", "qa", "pincite", "ui")
QUESTION = "How many people do UK companies employ in Illinois?"
OWNERS = (
    "import importlib.metadata as m, json;"
    f"print(json.dumps([m.packages_distributions()[n] for n in {TOP_LEVEL!r}]))"
)


def main() -> None:
    """Run the check; a failure ends it with a message and exit code 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tag", help="of the release, such as v1.2.3")
    parser.add_argument("--keep", type=Path, help="the folder for the wheel that was checked")
    options = parser.parse_args()
    if options.tag is not None:
        check_tag(options.tag)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        wheel = build_wheel(folder)
        check_contents(wheel)
        environment = folder / "environment"
        venv.create(environment, with_pip=True)
        python, pincite = environment / "bin" / "python", environment / "bin" / "pincite"
        constraints = str(ROOT / "constraints.txt")
        install = [str(python), "-m", "pip", "install", "--quiet", "--constraint", constraints]
        run([*install, str(wheel)], folder)
        owners = json.loads(run([python, "-c", OWNERS], folder))
        expect(owners == [["pincite"]] * len(TOP_LEVEL), f"other packages own our names: {owners}")
        no_index = shutil.ignore_patterns(".pincite")
        shutil.copytree(ROOT / "starter", folder / "docs", ignore=no_index)
        run([pincite, "build", "docs"], folder)
        answer = json.loads(run([pincite, "ask", "docs", QUESTION, "--json"], folder))
        quote = answer["citations"][0]["quote"]
        expect("51,900" in quote, f"the answer was {quote!r}")
        golden = ROOT / "tests" / "golden" / "questions.jsonl"
        evaluate = [str(pincite), "eval", "docs", str(golden), "--out", "report"]
        done = subprocess.run(evaluate, cwd=folder, capture_output=True, text=True, check=False)
        expect(done.returncode == 2, f"the wheel alone evaluates: {done.stdout}")
        expect("pip install 'pincite[eval]'" in done.stderr, f"it was said: {done.stderr}")
        run([*install, f"{wheel}[eval]"], folder)
        run(evaluate, folder)
        page = (folder / "report" / "report.html").read_text("utf-8")
        expect("<svg" in page, "the report has no picture")
        if options.keep:
            options.keep.mkdir(exist_ok=True)
            shutil.copy(wheel, options.keep)
        print(f"{wheel.name}: installed, asked, answered “{quote}”")  # noqa: T201


def check_tag(tag: str) -> None:
    """Check that ``tag`` names the project's version and that the changelog has a section of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    expect(tag == f"v{project['version']}", f"the tag {tag} is not v{project['version']}")
    heading = rf"^## \[{re.escape(project['version'])}\] - \d{{4}}-\d\d-\d\d$"
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    expect(bool(re.search(heading, changelog, re.M)), f"CHANGELOG.md has no heading for {tag}")


def build_wheel(folder: Path) -> Path:
    """Build the wheel into ``folder``; a stale build folder would bring deleted modules back."""
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    run([sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT], folder)
    return next(folder.glob("pincite-*.whl"))


def check_contents(wheel: Path) -> None:
    """Compare the wheel's modules and data with the source tree's."""
    packages = [name for name in TOP_LEVEL if (ROOT / name).is_dir()]
    kinds = (
        *("*.py", "*.json", "py.typed", "*.onnx", "weights/*", "static/*"),
        *("evaluation/*.py", "*.jinja"),
    )
    files = [path for name in packages for kind in kinds for path in (ROOT / name).rglob(kind)]
    expected = {path.relative_to(ROOT).as_posix() for path in files} | {"ui.py"}
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    expect(found == expected, f"left out: {expected - found}; too much: {found - expected}")


def run(command: Sequence[str | Path], folder: Path) -> str:
    """Run a command in ``folder`` and return its output."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def expect(holds: bool, otherwise: str) -> None:
    """End the check with ``otherwise`` unless ``holds``."""
    if not holds:
        sys.exit(f"check_wheel: {otherwise}")


if __name__ == "__main__":
    main()
