"""Run the tests with the lowest version of every dependency that ``pyproject.toml`` allows.

Run: ``python tests/check_lowest.py``, with arguments for pytest if it is not to run everything. It
finds a bound that promises more than the code keeps. torch stays at the version of
``constraints.txt``, because each of its versions is gigabytes.
"""

import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str]) -> None:
    """Install and run the tests; a failure ends the check with its exit code."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = Path(scratch)
        venv.create(environment, with_pip=True)
        python = str(environment / "bin" / "python")
        # What is there already stays: of torch the package alone, not what it needs.
        pinned = ("--constraint", "constraints.txt", "--no-deps", "torch", "uv")
        run([python, "-m", "pip", "install", "--quiet", *pinned])
        lowest = ("--resolution", "lowest-direct", "--editable", ".[dev]")
        run([python, "-m", "uv", "pip", "install", "--python", python, *lowest])
        # Old versions warn of what newer ones of their own dependencies deprecate.
        run([python, "-m", "pytest", "-W", "default", *arguments])


def run(command: Sequence[str]) -> None:
    """Run a command in the root of the project."""
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
