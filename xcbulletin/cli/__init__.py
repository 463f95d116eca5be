"""The command line: words in, messages out. It joins the rooms; it decides nothing about the bulletin itself."""

import sys

from xcbulletin.cli import collect, issues, sources, suggest
from xcbulletin.cli.app import app

__all__ = ["app", "main"]

_COMMANDS = (issues, sources, collect, suggest)
"""The modules whose commands `app` has, in the order in which they are listed."""

_ORDER = [module.__name__ for module in _COMMANDS]
app.registered_commands.sort(key=lambda one: _ORDER.index(getattr(one.callback, "__module__", "")))


def main() -> None:
    """Run the command line: 0 done, 1 the work found problems, 2 wrong usage."""
    from xcbulletin import usage

    sys.exit(usage.run(app, sys.argv[1:]))
