"""Editions side by side in one document: every place in them gets a name that no other edition has."""

from dataclasses import replace

from xcbulletin.publishing.edition import Edition, Entry, with_body, with_entries
from xcbulletin.publishing.nodes import Figure, Heading, Node, Note, Reference, Table, rewrite

_Named = Figure | Heading | Note | Reference | Table
"""What has a name, or leads to one."""


def prefixed(edition: Edition) -> Edition:
    """Return the edition with its issue's id before the name of every place; what leads there still does.

    No issue's id has a colon in it, so names of two issues are never the same.
    """
    prefix = f"{edition.id}:"
    return replace(
        with_entries(edition, lambda entry: _prefixed_entry(entry, prefix)),
        figures=tuple(replace(one, anchor=prefix + one.anchor) for one in edition.figures),
        tables=tuple(replace(one, anchor=prefix + one.anchor) for one in edition.tables),
    )


def _prefixed_entry(entry: Entry, prefix: str) -> Entry:
    def change(node: Node) -> Node:
        return replace(node, id=prefix + node.id) if isinstance(node, _Named) and node.id else node

    return with_body(
        replace(
            entry,
            anchor=prefix + entry.anchor,
            headings=tuple(replace(one, anchor=prefix + one.anchor) for one in entry.headings),
        ),
        rewrite(entry.body, change),
    )
