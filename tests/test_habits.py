"""What surrounds the code: workflows, forms, targets and the release."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.check_wheel import check_tag

ROOT = Path(__file__).resolve().parent.parent
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
OTHERS = [ROOT / ".github" / "dependabot.yml", ROOT / ".pre-commit-config.yaml"]
TEXTS = [ROOT / ".ci" / "run", *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> dict[Any, Any]:
    """Return a file of YAML, whose top must be a mapping."""
    value = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("path", [*WORKFLOWS, *FORMS, *OTHERS], ids=name_of)
def test_yaml_can_be_read(path: Path) -> None:
    """Catches a slip that the host would tell of only after a push."""
    assert parsed(path)


@pytest.mark.parametrize("path", [*WORKFLOWS, *TEXTS], ids=name_of)
def test_make_is_asked_for_targets_that_exist(path: Path) -> None:
    """Catches a workflow or a text that runs a target that is gone."""
    targets = re.findall(r"^([\w-]+):", MAKEFILE, re.M)
    asked = re.findall(r"(?:^|run: |`)make ([\w-]+)", path.read_text("utf-8"), re.M)
    assert asked
    assert [name for name in asked if name not in targets] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_workflows_may_do_little(path: Path) -> None:
    """Catches a workflow that may write, or an action that changes its major version by itself."""
    workflow = parsed(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert "group" in workflow["concurrency"]
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        assert set(job.get("permissions", {})) <= {"id-token"}
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"[\w/-]+@(release/)?v\d+", step["uses"])


def test_ci_runs_what_check_holds() -> None:
    """Catches a part of ``make check`` that CI leaves out, or another order of parts."""
    (parts,) = re.findall(r"^check: (.*)$", MAKEFILE, re.M)
    run = re.findall(r"^make ([\w-]+)$", (ROOT / ".ci" / "run").read_text("utf-8"), re.M)
    assert sorted(run) == sorted(parts.split())


def test_every_python_that_is_promised_is_tried() -> None:
    """Catches a lower bound that no job runs with."""
    matrix = parsed(ROOT / ".github/workflows/check.yml")["jobs"]["check"]["strategy"]["matrix"]
    assert PROJECT["requires-python"] == f">={matrix['python'][0]}"


def test_the_environment_has_extras_that_exist() -> None:
    """Catches an extra that pip leaves out with a mere warning."""
    named = {
        name for names in re.findall(r"'\.\[([\w,]+)\]'", MAKEFILE) for name in names.split(",")
    }
    assert {"dev", "docs"} <= named
    assert named <= set(PROJECT["optional-dependencies"])


def test_every_dependency_is_pinned() -> None:
    """Catches a fresh environment with another version than the one that was tested."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()[1:]
    pinned = {_normal(line.partition("==")[0]) for line in lines}
    extras = PROJECT["optional-dependencies"].values()
    wanted = [name for names in (PROJECT["dependencies"], *extras) for name in names]
    names = {_normal(match[0]) for name in wanted if (match := re.match(r"[\w.-]+", name))}
    names -= {PROJECT["name"]}
    assert names <= pinned
    assert lines == sorted(lines, key=lambda line: _normal(line.partition("==")[0]))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("tag", ["v0.0.9", PROJECT["version"], "v"])
def test_a_tag_that_is_not_the_version_is_refused(tag: str) -> None:
    """Catches a release under another number than its own."""
    with pytest.raises(SystemExit, match=f"the tag {re.escape(tag)} is not v"):
        check_tag(tag)


def test_the_version_can_be_tagged() -> None:
    """Catches a version that the changelog says nothing of."""
    check_tag(f"v{PROJECT['version']}")
