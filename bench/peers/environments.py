"""Other libraries, each run by a script in an environment of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import default_encoder_folder

__all__ = ["Peer", "run"]

HERE = Path(__file__).parent
SCRIPTS = HERE / "scripts"


@dataclass(frozen=True, slots=True)
class Peer:
    """Another library, run by a script in its own environment.

    Args:
        name: as the tables have it.
        script: in ``scripts/``.
        environment: named as in ``requirements/``; None for Pincite's own.
    """

    name: str
    script: str
    environment: str | None


def run(
    peer: Peer, task: Mapping[str, Any], work: Path, variables: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return what a peer's script writes; its environment is made if it is not there yet.

    Args:
        peer: who is asked.
        task: what its script gets.
        work: where environments are kept.
        variables: of the script's process, added to the present ones.
    """
    asked, answered = work / "task.json", work / "result.json"
    asked.write_text(json.dumps(task), "utf-8")
    places = {"ENCODER": str(default_encoder_folder()), "READER": str(work / "reader")}
    offline = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    python = _python(peer.environment, work)
    command = [python, str(SCRIPTS / peer.script), str(asked), str(answered)]
    print(f"{peer.name} ...", file=sys.stderr, flush=True)
    subprocess.run(
        command,
        check=True,
        env=os.environ | places | offline | dict(variables or {}),
        stdout=sys.stderr,
    )
    result: dict[str, Any] = json.loads(answered.read_text("utf-8"))
    return result


def _python(environment: str | None, work: Path) -> str:
    if environment is None:
        return sys.executable
    requirements = (HERE / "requirements" / f"{environment}.txt").read_text("utf-8")
    folder = work / environment
    made = folder / "made-from.txt"
    if not made.exists() or made.read_text("utf-8") != requirements:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        listed = str(HERE / "requirements" / f"{environment}.txt")
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "-r", listed]
        subprocess.run(pip, check=True, stdout=sys.stderr)
        made.write_text(requirements, "utf-8")
    return str(folder / "bin" / "python")
