"""The command `clearhead`."""

from __future__ import annotations

import sys

from ..core import __version__


def main() -> None:
    """Run the command line; `--version` answers before anything else is loaded."""
    if sys.argv[1:] == ["--version"]:
        print(f"clearhead {__version__}")  # noqa: T201 - the answer to a command
        return
    from .cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
