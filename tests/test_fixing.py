"""Safe corrections change their own characters and no other byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.model import Place, Severity
from xcbulletin.proofing.findings import Edit, Family, Finding, Rule
from xcbulletin.proofing.fixing import FixError, difference, fixed, safe_edits
from xcbulletin.yamltext import decode

FILE = "issues/2021-01/news/01.md"
RULE = Rule(id="word", family=Family.TEXT, name="名", severity=Severity.ERROR, why="因", basis="据")


def edit(line: int, column: int, old: str, new: str) -> Edit:
    return Edit(file=FILE, line=line, column=column, old=old, new=new)


def finding(fix: Edit | None) -> Finding:
    return Finding(rule=RULE, place=Place(file=FILE, line=1), excerpt="", message="错", fix=fix)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("gb18030", b""),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_mark_encoding_and_line_ends_are_kept(encoding: str, mark: bytes, end: str) -> None:
    before = f"甲{end}截止至三月，截止至四月{end}{end}末行"
    after = f"甲{end}截至三月，截至四月{end}{end}末行"
    edits = [edit(2, 1, "截止至", "截至"), edit(2, 7, "截止至", "截至")]
    assert fixed(mark + before.encode(encoding), edits, FILE) == mark + after.encode(encoding)


def test_signs_that_nobody_sees_are_not_counted_and_are_kept() -> None:
    before = "\ufeff甲\u200b乙\u200b截止至丙\n".encode()
    assert fixed(before, [edit(1, 3, "截止至", "截至")], FILE) == "\ufeff甲\u200b乙\u200b截至丙\n".encode()


def test_something_may_be_put_where_nothing_stood() -> None:
    assert fixed("甲\n".encode(), [edit(1, 2, "", "。")], FILE) == "甲。\n".encode()


@pytest.mark.parametrize("place", [(1, 2), (1, 9), (7, 1), (0, 1)])
def test_a_file_that_changed_is_not_written(place: tuple[int, int]) -> None:
    with pytest.raises(FixError) as caught:
        fixed("截止至\n".encode(), [edit(*place, "截止至", "截至")], FILE)
    assert str(caught.value) == (
        f"{FILE}:{place[0]}: 这里已经不是“截止至”，文件在检查以后改动过，没有写入；请重新检查"
    )


def test_of_two_corrections_of_the_same_words_the_first_is_made() -> None:
    first, second, third = edit(1, 1, "甲乙", "甲"), edit(1, 2, "乙", "丙"), edit(1, 3, "丁", "戊")
    assert safe_edits([finding(one) for one in (third, second, None, first, first)]) == (first, third)


def test_the_difference_shows_the_lines_that_change() -> None:
    before = "一\n二\n截止至\n四\n五\n".encode()
    after = fixed(before, [edit(3, 1, "截止至", "截至")], FILE)
    assert difference(before, after, FILE) == "\n".join(
        (f"--- a/{FILE}", f"+++ b/{FILE}", "@@ -2,3 +2,3 @@", " 二", "-截止至", "+截至", " 四")
    )


@given(st.text(st.sampled_from("甲乙\u200b \r\n。a"), max_size=40), st.data())
def test_a_correction_changes_what_is_seen_as_it_says(text: str, data: st.DataObject) -> None:
    content = text.encode()
    lines = decode(content, FILE).split("\n")
    line = data.draw(st.integers(1, len(lines)))
    row = lines[line - 1]
    start = data.draw(st.integers(0, len(row)))
    end = data.draw(st.integers(start, len(row)))
    made = fixed(content, [edit(line, start + 1, row[start:end], "新")], FILE)
    lines[line - 1] = f"{row[:start]}新{row[end:]}"
    assert decode(made, FILE) == "\n".join(lines)
