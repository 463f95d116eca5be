"""The command line: words in, messages out. It joins the rooms; it decides nothing about the bulletin itself."""

import sys

from xcbulletin.cli import issues
from xcbulletin.cli.app import app

__all__ = ["app", "main"]

_COMMANDS = (issues,)
"""The modules whose commands `app` has."""


def main() -> None:
    """Run the command line: 0 done, 1 the work found problems, 2 wrong usage."""
    from xcbulletin import usage

    sys.exit(usage.run(app, sys.argv[1:]))
