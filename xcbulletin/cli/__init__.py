"""The command line: words in, messages out. It joins the rooms; it decides nothing about the bulletin itself."""

import gc
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

    # A command makes hundreds of thousands of objects that last until it is over, and hardly any garbage.
    gc.set_threshold(100_000, 20, 20)
    code = usage.run(app, sys.argv[1:])
    gc.freeze()  # or the end of the process would look through all of them once more
    sys.exit(code)
