"""Marked-up text is gone through as a whole: nodes are told by their kinds, and changed only where they need to be."""

from xcbulletin.publishing.nodes import (
    Cell,
    Heading,
    Node,
    Note,
    Paragraph,
    Row,
    Strong,
    Text,
    kinds_in,
    rewrite,
    walk,
    with_children,
)

TEXT = Text(text="电网")
NOTE = Note(key=1, label="1", children=(Strong(children=(TEXT,)),))
CELL = Cell(children=(TEXT,), head=False, align=None, column=0, columns=1)
NODES = (
    Heading(level=1, children=(TEXT,)),
    Paragraph(children=(TEXT,)),
    Paragraph(children=(TEXT, NOTE)),
    Row(children=(CELL,), head=False),
)


def test_the_kinds_of_nodes_are_told_however_deep_they_stand() -> None:
    assert kinds_in(NODES) == {type(node) for node in walk(NODES)}
    assert kinds_in(NODES) == {Heading, Paragraph, Text, Note, Strong, Row, Cell}
    assert kinds_in(()) == set()


def test_a_change_is_asked_for_all_nodes_but_texts_and_paragraphs_of_one() -> None:
    asked: list[Node] = []

    def change(node: Node) -> Node:
        asked.append(node)
        return node

    assert rewrite(NODES, change) == NODES
    assert [node.kind for node in asked] == ["heading", "paragraph", "note", "strong", "row", "cell"]


def test_a_changed_node_is_in_new_nodes_and_all_others_are_kept() -> None:
    heading, bare, noted, row = rewrite(NODES, lambda node: TEXT if isinstance(node, Strong) else node)
    assert (heading, bare, row) == (NODES[0], NODES[1], NODES[3])
    assert heading is NODES[0]
    assert row is NODES[3]
    assert [node.kind for node in walk((noted,))] == ["paragraph", "text", "note", "text"]


def test_a_node_with_its_own_children_stays_the_same() -> None:
    assert with_children(NODES[0], (TEXT,)) is NODES[0]
    assert with_children(NODES[0], ()) == Heading(level=1)
    assert with_children(NODES[0], (TEXT, TEXT)) == Heading(level=1, children=(TEXT, TEXT))
