"""When, where and on which state of the code something was measured."""

import os
import platform
import subprocess
from datetime import date
from pathlib import Path

__all__ = ["commit_of", "described"]


def described() -> dict[str, str]:
    """Return date, commit and machine, to stand beside every result."""
    return {
        "date": date.today().isoformat(),
        "commit": commit_of(Path.cwd()),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, "
        f"{platform.system()}, Python {platform.python_version()}",
    }


def commit_of(checkout: Path) -> str:
    """Return the state of the code in a working tree."""
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=checkout)
    return done.stdout.strip()
