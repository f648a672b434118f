"""When, where and on which state of the code something was measured."""

import os
import platform
import subprocess
from datetime import date

__all__ = ["described"]


def described() -> dict[str, str]:
    """Return date, commit and machine, to stand beside every result."""
    command = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return {
        "date": date.today().isoformat(),
        "commit": commit,
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, "
        f"{platform.system()}, Python {platform.python_version()}",
    }
