"""The ``pincite`` command; also ``python -m pincite``."""

import os
import sys

from pincite.cli import run

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit with its code."""
    code = run(sys.argv[1:])
    if sys.argv[1:2] == ["chat"]:
        # All is closed; waiting for the threads of native libraries has been seen to hang.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
