"""`python -m xcbulletin` is the same as `xcbulletin`."""

from xcbulletin.cli import main

main()
