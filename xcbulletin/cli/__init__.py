"""The command line: words in, messages out. It joins the rooms; it decides nothing about the bulletin itself."""

import sys

from xcbulletin.cli import archive, collect, issues, review, search, sources, suggest, verify
from xcbulletin.cli.app import app, list_in_order
from xcbulletin.cli.mailing import deliveries, recipients, sending

__all__ = ["app", "main"]

list_in_order(
    app, (issues, review, verify, sources, collect, suggest, recipients, sending, deliveries, archive, search)
)


def main() -> None:
    """Run the command line: 0 done, 1 the work found problems, 2 wrong usage."""
    from xcbulletin import usage

    sys.exit(usage.run(app, sys.argv[1:]))
