"""What an editor means by the columns of a table is read from what stands in them."""

import pytest
from conftest import make_article

from xcbulletin.publishing.markup import parse
from xcbulletin.publishing.nodes import Table


def read(markdown: str) -> Table:
    nodes, _problems = parse(make_article(markdown))
    (found,) = [node for node in nodes if isinstance(node, Table)]
    return found


def column_of(cells: list[str], rule: str = "---") -> list[str | None]:
    """Return how the cells of the second column are aligned, its head first."""
    rows = "\n".join(f"|名{index}|{cell}|" for index, cell in enumerate(cells))
    return [row.children[1].align for row in read(f"|名称|数|\n|---|{rule}|\n{rows}").children]


@pytest.mark.parametrize(
    "cells",
    [
        ["1", "23"],
        ["1,234.5", "-6", "−7.25"],
        ["12.5%", "+3%"],
        ["3万元", "12.5 万元"],
        ["1", "", "—", "2"],
        ["≥95", "<3"],
        ["2020年", "2021年"],
    ],
)
def test_a_column_of_numbers_stands_at_the_right(cells: list[str]) -> None:
    assert column_of(cells) == ["right"] * (len(cells) + 1)


@pytest.mark.parametrize(
    "cells",
    [
        ["1", "甲"],
        ["3万", "4亿"],
        ["2020年12月"],
        ["第1"],
        ["3～5"],
        ["—", ""],
        ["", ""],
        ["12%", "3"],
        ["5G"] * 2 + ["6"],
    ],
)
def test_any_other_column_stands_at_the_left(cells: list[str]) -> None:
    assert set(column_of(cells)) == {None}


@pytest.mark.parametrize(("rule", "align"), [(":---", "left"), (":---:", "center"), ("---:", "right")])
def test_what_the_editor_wrote_wins(rule: str, align: str) -> None:
    assert column_of(["1", "2"], rule) == [align] * 3


def test_the_first_column_names_the_rows_and_is_never_taken_for_numbers() -> None:
    table = read("|年份|产值|\n|---|---|\n|2019|1|\n|2020|2|")
    assert [row.children[0].align for row in table.children] == [None] * 3
    assert [row.children[0].names_row for row in table.children] == [False, True, True]
    assert not any(row.children[1].names_row for row in table.children)


@pytest.mark.parametrize(
    "markdown",
    [
        "|序号|名称|\n|---|---|\n|1|甲|\n|2|乙|",
        "|地区|项目|\n|---|---|\n|甲|一|\n|甲|二|",
        "|地区|项目|\n|---|---|\n||一|\n|甲|二|",
        "|事项|说明|\n|---|---|\n|这是一段说明文字，不是一行的名称，它很长|一|",
        "|名称|\n|---|\n|甲|",
    ],
)
def test_a_column_of_ordinals_repeats_gaps_or_sentences_names_nothing(markdown: str) -> None:
    assert not any(cell.names_row for row in read(markdown).children for cell in row.children)


def test_a_table_of_a_head_alone_is_left_alone() -> None:
    assert read("|甲|乙|\n|---|---|").columns == 2
