from conftest import make_article

from xcbulletin.model import Kind
from xcbulletin.publishing.flow import runs
from xcbulletin.publishing.layout import Layout, lay_out_page
from xcbulletin.publishing.markup import parse
from xcbulletin.publishing.nodes import Node
from xcbulletin.settings import PageSettings


def page(columns: int) -> Layout:
    return lay_out_page(PageSettings(columns=columns), Kind.BULLETIN)


def nodes_of(body: str) -> tuple[Node, ...]:
    nodes, _problems = parse(make_article(body))
    return nodes


LONG = "这一段要排好几行，" * 20


def kinds(body: str) -> list[tuple[bool, list[str]]]:
    return [(across, [node.kind for node in run]) for across, run in runs(nodes_of(body), page(2))]


def test_figures_and_tables_stand_across_the_columns() -> None:
    assert kinds(
        f"甲\n\n{LONG}\n\n|a|b|\n|-|-|\n|1|2|\n\n{LONG}\n\n![图](assets/a.png)\n\n![图](assets/b.png)"
    ) == [
        (False, ["paragraph", "paragraph"]),
        (True, ["table"]),
        (False, ["paragraph"]),
        (True, ["figure", "figure"]),
    ]


def test_a_source_line_stays_below_its_table() -> None:
    body = f"|a|b|\n|-|-|\n|1|2|\n\n来源：甲[^1]\n\n{LONG}\n\n[^1]: 注"
    assert kinds(body) == [(True, ["table", "source_line"]), (False, ["paragraph"])]


def test_headings_go_with_the_table_right_below_them() -> None:
    assert kinds(f"## 甲\n\n{LONG}\n\n## 丙\n\n### 丁\n\n|a|b|\n|-|-|\n|1|2|") == [
        (False, ["heading", "paragraph"]),
        (True, ["heading", "heading", "table"]),
    ]


def test_a_few_lines_stand_across_the_columns() -> None:
    assert kinds("甲\n\n乙") == [(True, ["paragraph", "paragraph"])]
    assert kinds(LONG) == [(False, ["paragraph"])]
    assert kinds("- 甲\n- 乙") == [(False, ["bullets"])]


def test_a_page_of_one_column_is_one_piece() -> None:
    nodes = nodes_of("甲\n\n|a|b|\n|-|-|\n|1|2|")
    assert runs(nodes, page(1)) == [(True, nodes)]


def test_nothing_is_no_piece() -> None:
    assert runs((), page(2)) == []
