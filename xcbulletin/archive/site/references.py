"""References to figures and tables of other articles, once each article has a page of its own."""

from collections.abc import Iterator, Mapping

from xcbulletin.publishing.edition import Edition, Entry, with_body
from xcbulletin.publishing.nodes import Link, Node, Numbered, Reference, Text, rewrite, walk


def leading_out(edition: Edition, pages: Mapping[str, str]) -> Iterator[Entry]:
    """Yield the entries; what refers to another article's figure is a link to its page.

    `pages` gives the page of a file, as the others' links name it.
    """
    homes = {
        node.id: entry.file
        for entry in edition.entries
        if edition.figures or edition.tables
        for node in walk(entry.body)
        if isinstance(node, Numbered) and node.id
    }
    for entry in edition.entries:
        yield _leading_out(entry, homes, pages) if homes else entry


def _leading_out(entry: Entry, homes: Mapping[str, str], pages: Mapping[str, str]) -> Entry:
    def change(node: Node) -> Node:
        if not isinstance(node, Reference) or node.id is None or homes[node.id] == entry.file:
            return node
        return Link(href=f"{pages[homes[node.id]]}#{node.id}", children=(Text(text=node.label),))

    return with_body(entry, rewrite(entry.body, change))
