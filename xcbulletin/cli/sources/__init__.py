"""The commands of the list of sources: shown, added to, tried, exchanged with other readers."""

from xcbulletin.cli.app import app, list_in_order
from xcbulletin.cli.sources import adding, exchanging, listing, trying
from xcbulletin.cli.sources.words import group

list_in_order(group, (listing, adding, trying, exchanging))
app.add_typer(group, name="sources")
