"""The distribution list and the labels, printed and read back; the copies add up to what was printed."""

import re
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import page as validation
import pdfplumber
import pikepdf
import pytest
from conftest import ROOT, make_issue, write
from hypothesis import example, given
from hypothesis import strategies as st
from test_standards import Element, read_structure

from xcbulletin.delivery.mailing import Recipient
from xcbulletin.delivery.paper.allotting import Allotment, allot, check
from xcbulletin.delivery.paper.distribution import distribution
from xcbulletin.delivery.paper.labels import SHEETS, Sheet, fit, labels
from xcbulletin.errors import ProblemsError
from xcbulletin.model import Imprint, Kind
from xcbulletin.publishing.edition import Edition, compose
from xcbulletin.publishing.pages import Templates
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting.press import Job, Press
from xcbulletin.settings import open_workspace

PROFILES = (validation.ValidationProfile.PDF_A_2A, validation.ValidationProfile.PDF_UA_1)
MILLIMETRE = 72 / 25.4
LONG = "许昌市某某高新技术产业开发区管理委员会科技创新与知识产权服务中心（某某知识产权保护中心）办公室"
LATIN = "XYZ ELECTRIC POWER EQUIPMENT (GROUP) CO., LTD. TECHNOLOGY CENTER, WWW MMM WWW"
ISSUE_FILE = "issues/2021-01/issue.yaml"


def make_recipient(name: str = "张三", *, line: int = 2, copies: int = 1, **fields: Any) -> Recipient:
    return Recipient(name=name, address=None, line=line, copies=copies, **fields)


def recipients(count: int) -> list[Recipient]:
    """Return recipients of one to three copies, on two lists, from eight organisations, and one of no copies."""
    names = ("张三", "欧阳四四", "王五", "赵六")
    made = [
        make_recipient(
            f"{names[at % 4]}{at}",
            line=at + 2,
            copies=at % 3 + 1,
            organisation=f"市第{at % 8}局",
            role=("局长", "", "办公室主任")[at % 3],
            lists=("领导",) if at % 5 else ("重点企业", "领导"),
        )
        for at in range(count)
    ]
    return [*made, make_recipient("只收邮件的", line=count + 2, copies=0)]


def make_edition(printed: int | None = 200, **fields: Any) -> Edition:
    issue = make_issue(number=1, imprint=Imprint(copies=printed), **fields)
    return compose(issue, ())[0]


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    workspace = open_workspace(ROOT, {})
    return Templates(
        (ROOT / "templates",), workspace.settings, workspace.industries, tmp_path_factory.mktemp("compiled")
    )


@pytest.fixture
def printing(press: Press, tmp_path: Path) -> Callable[[Job], Path]:
    return lambda job: write(tmp_path / "a.pdf", press.result(press.submit(job)))


def compliance(path: Path) -> list[Any]:
    reports = [validation.validate_pdf(str(path), profile=profile) for profile in PROFILES]
    return [failure for report in reports if not report.is_compliant for failure in report.failures]


def rows_of(path: Path) -> list[list[str]]:
    """Return the rows of a list as they are read out, the head once, their cells without blanks."""
    rows = (one for one in read_structure(path) if one.type == "TR")
    return [[re.sub(r"\s", "", cell.text) for cell in row.kids if isinstance(cell, Element)] for row in rows]


def texts(path: Path) -> list[str]:
    """Return the text of each page without blanks."""
    done = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True)
    return [re.sub(r"\s", "", page) for page in done.stdout.decode().split("\f")[:-1]]


def messages(found: Iterable[Any]) -> list[str]:
    return list(map(str, found))


# Allotted


def test_copies_are_numbered_one_after_another_and_the_rest_is_kept() -> None:
    allotment = allot([make_recipient(copies=2), make_recipient(copies=0), make_recipient(copies=3)], 10)
    assert [share.numbers for share in allotment.shares] == [range(1, 3), range(3, 6)]
    assert (allotment.given, allotment.kept, allotment.numbers_from) == (5, range(6, 11), 11)


def test_without_a_print_run_nothing_is_known_to_be_kept() -> None:
    allotment = allot([make_recipient(copies=2)], None)
    assert (allotment.kept, allotment.numbers_from) == (None, 3)


def test_recipients_stand_together_by_list_and_organisation_where_the_first_of_them_stands() -> None:
    rows = [
        ("甲", "一局", ("领导",)),
        ("乙", "", ()),
        ("丙", "二局", ("领导", "企业")),
        ("丁", "厂", ("企业",)),
        ("戊", "一局", ("领导",)),
    ]
    allotment = allot([make_recipient(name, organisation=own, lists=on) for name, own, on in rows], None)
    assert [
        (group.name, "".join(share.recipient.name for share in group.shares)) for group in allotment.groups
    ] == [("领导", "甲戊丙"), ("企业", "丁"), ("其他", "乙")]
    assert [share.place for share in allotment.shares] == [1, 2, 3, 4, 5]


def test_where_nobody_is_on_a_list_there_is_one_group_without_a_name() -> None:
    assert [group.name for group in allot([make_recipient(), make_recipient()], None).groups] == [""]


@given(
    copies=st.lists(st.integers(0, 5)),
    lists=st.lists(st.sampled_from([(), ("甲",), ("乙", "甲")]), min_size=60, max_size=60),
    printed=st.none() | st.integers(1, 500),
)
def test_every_copy_is_given_or_kept_once(copies: list[int], lists: list[Any], printed: int | None) -> None:
    given_to = [
        make_recipient(line=at, copies=one, lists=on)
        for at, (one, on) in enumerate(zip(copies, lists, strict=False))
    ]
    allotment = allot(given_to, printed)
    numbers = [number for share in allotment.shares for number in share.numbers]
    assert numbers == list(range(1, sum(one.copies for one in given_to) + 1))
    assert {share.recipient.line: share.copies for share in allotment.shares} == {
        one.line: one.copies for one in given_to if one.copies
    }
    if printed is not None and allotment.given <= printed:
        assert allotment.kept is not None
        assert allotment.given + len(allotment.kept) == printed


# Checked


def test_more_copies_than_printed_is_told_where_they_run_out_and_by_how_many(fonts: FontSet) -> None:
    allotment = allot([make_recipient(line=line, copies=4) for line in (2, 3, 4)], 7)
    assert messages(check(allotment, ISSUE_FILE, fonts)) == [
        "recipients.csv:3: 纸质份数合计 12 份，比印数 7（issues/2021-01/issue.yaml）多 5 份，从这一行起不够发；"
        "请减少 copies，或把印数改成不少于 12"
    ]


def test_as_many_copies_as_printed_is_right(fonts: FontSet) -> None:
    assert check(allot([make_recipient(copies=7)], 7), ISSUE_FILE, fonts) == ()


def test_a_character_that_cannot_be_printed_is_named_with_its_line(fonts: FontSet) -> None:
    allotment = allot([make_recipient("张\U0001f600", line=5), make_recipient("王㛃", line=6)], 7)
    assert messages(check(allotment, ISSUE_FILE, fonts)) == [
        "recipients.csv:5: 印刷字体里没有“\U0001f600”（U+1F600），印出来会是空框；请改用通行的字或符号，或做成图片"
    ]


def test_where_nobody_wants_paper_there_is_nothing_to_print(templates: Templates, fonts: FontSet) -> None:
    with pytest.raises(ProblemsError) as caught:
        labels(make_edition(), allot([make_recipient(copies=0)], 7), templates, fonts)
    assert str(caught.value) == (
        "recipients.csv: 没有人要纸质的（copies 一列都是 0），没有可印的发放清单和标签；"
        "请在 copies 一列写上每人几份"
    )


# Listed


@pytest.mark.parametrize(("count", "numbered"), [(1, False), (1, True), (40, False), (400, True)])
def test_a_list_names_every_recipient_and_adds_up(
    printing: Callable[[Job], Path], templates: Templates, fonts: FontSet, count: int, numbered: bool
) -> None:
    allotment = allot(recipients(count), 1000)
    path = printing(distribution(make_edition(1000), allotment, templates, fonts, numbered=numbered))
    assert compliance(path) == []
    head, *rows = rows_of(path)
    assert head == ["序号", "单位", "姓名", "职务", "份数", *(["份号"] if numbered else []), "签收"]
    people = [row for row in rows if row[0].isdigit()]
    assert [row[:5] for row in people] == [
        [str(one.place), one.recipient.organisation, one.recipient.name, one.recipient.role, str(one.copies)]
        for one in allotment.shares
    ]
    given, kept = allotment.given, 1000 - allotment.given
    assert sum(int(row[4]) for row in people) == given
    assert [row[:2] for row in rows[-3:]] == [
        [f"合计发放{len(people)}人", str(given)],
        ["留存", str(kept)],
        [f"印数发放{given}＋留存{kept}＝1000", "1000"],
    ]
    if numbered:
        assert (people[0][5], rows[-2][2]) == ("000001", f"{given + 1:06}～001000")
    assert "只收邮件的" not in "".join(texts(path))
    pages = texts(path)
    for number, text in enumerate(pages, 1):
        assert "".join(head) in text
        assert f"第{number}页，共{len(pages)}页" in text
    assert "经办人：日期：" in pages[-1]
    assert "《许昌竞争情报快递》发放清单2021年第1期2021年1月29日印数1000份" in pages[0]


def test_a_list_without_a_print_run_says_so_and_prints_the_sum(
    printing: Callable[[Job], Path], templates: Templates, fonts: FontSet
) -> None:
    path = printing(distribution(make_edition(None), allot(recipients(3), None), templates, fonts))
    (text,) = texts(path)
    assert "版记没有印数" in text
    assert "合计发放3人6" in text
    assert "留存" not in text


def test_lists_have_headings_with_what_they_come_to(
    printing: Callable[[Job], Path], templates: Templates, fonts: FontSet
) -> None:
    path = printing(distribution(make_edition(), allot(recipients(6), 200), templates, fonts))
    assert [row[0] for row in rows_of(path) if "人，" in row[0]] == ["重点企业2人，4份", "领导4人，8份"]


@pytest.mark.parametrize("numbered", [False, True])
def test_long_names_stay_in_their_cells(
    printing: Callable[[Job], Path], templates: Templates, fonts: FontSet, numbered: bool
) -> None:
    odd = make_recipient(LONG[:20], organisation=LATIN.replace(" ", ""), role=LONG * 3, copies=2)
    edition = make_edition(title="全球人工智能治理与产业合作观察及其对许昌市九大产业影响的综合研究报告")
    path = printing(distribution(edition, allot([odd], 200), templates, fonts, numbered=numbered))
    assert rows_of(path)[1][1:4] == [odd.organisation, odd.name, odd.role]
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            right = max(edge["x1"] for edge in page.edges)
            rules = [edge for edge in page.edges if edge["orientation"] == "v" and edge["x0"] < right - 1]
            assert rules
            crossing = [
                char["text"]
                for char in page.chars
                for rule in rules
                if rule["top"] < char["top"] < rule["bottom"] and char["x0"] < rule["x0"] < char["x1"]
            ]
            assert crossing == []
            assert max(char["x1"] for char in page.chars) < right + 0.1


def test_a_report_and_rare_characters_are_printed(
    printing: Callable[[Job], Path], templates: Templates, fonts: FontSet
) -> None:
    rare = make_recipient("王㛃𫖯", organisation="𬭎厂")
    path = printing(distribution(make_edition(kind=Kind.REPORT), allot([rare], 200), templates, fonts))
    assert "王㛃𫖯" in texts(path)[0]
    assert compliance(path) == []


def test_the_same_list_is_the_same_job(templates: Templates, fonts: FontSet) -> None:
    one, other = (distribution(make_edition(), allot(recipients(9), 200), templates, fonts) for _ in "12")
    assert one == other


# Labelled


def label_texts(path: Path, sheet: Sheet) -> list[str]:
    """Return the text of each label, row by row; what stands in none, or too near the edges of one, fails."""
    found: dict[tuple[int, int, int], str] = {}
    with pdfplumber.open(path) as pdf:
        for char in (char for page in pdf.pages for char in page.chars if not char["text"].isspace()):
            column, left, right = _within(char["x0"], char["x1"], sheet.left, sheet.width)
            row, top, bottom = _within(char["top"], char["bottom"], sheet.top, sheet.height)
            assert min(left, right, top, bottom) > 3.5
            assert column < sheet.columns
            assert row < sheet.rows
            place = (char["page_number"], row, column)
            found[place] = found.get(place, "") + char["text"]
    return [found[place] for place in sorted(found)]


def _within(start: float, end: float, first: float, step: float) -> tuple[int, float, float]:
    """Return in which label something stands, and how far, in millimetres, from its two edges."""
    start, end = start / MILLIMETRE - first, end / MILLIMETRE - first
    number = int(start // step)
    return number, start - number * step, (number + 1) * step - end


@pytest.mark.parametrize(("count", "name"), [(1, "70x36"), (40, "70x37"), (400, "70x36")])
def test_every_recipient_of_copies_has_a_label_in_its_place(
    printing: Callable[[Job], Path], templates: Templates, fonts: FontSet, count: int, name: str
) -> None:
    sheet, allotment = SHEETS[name], allot(recipients(count), None)
    path = printing(labels(make_edition(), allotment, templates, fonts, sheet=sheet, numbered=True))
    assert label_texts(path, sheet) == [
        f"{one.recipient.organisation}{one.recipient.role}{one.recipient.name}收2021年第1期"
        f"№{'～'.join(f'{number:06}' for number in sorted({one.numbers[0], one.numbers[-1]}))}×{one.copies}"
        for one in allotment.shares
    ]
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == -(-count // 24)
    assert compliance(path) == []


def test_labels_say_no_numbers_where_there_are_none(
    printing: Callable[[Job], Path], templates: Templates, fonts: FontSet
) -> None:
    edition = replace(make_edition(), number=None)
    path = printing(labels(edition, allot([make_recipient(copies=12)], 200), templates, fonts))
    assert label_texts(path, SHEETS["70x36"]) == ["张三收2021年1月×12"]


@pytest.mark.parametrize(
    ("recipient", "receiver"),
    [
        (make_recipient("", organisation="市档案馆"), "市档案馆"),
        (make_recipient("", organisation="市档案馆", role="保管科"), "保管科"),
        (replace(make_recipient(""), address="a@example.org"), "a@example.org"),
    ],
)
def test_a_label_without_a_name_names_who_else_receives(
    templates: Templates, fonts: FontSet, recipient: Recipient, receiver: str
) -> None:
    html = labels(make_edition(), allot([recipient], None), templates, fonts).html
    assert f'">{receiver}</span> <span class="receives">收</span>' in html


ODD = {
    "long": make_recipient("欧阳某某某某某某", organisation=LONG, role="副主任、党组成员、一级调研员"),
    "capitals": make_recipient("WWWWWWWWWW MMMMMMMMMM", organisation=LATIN, role="CHAIRMAN"),
    "one word": make_recipient("某" * 30, organisation="W" * 60),
    "office": make_recipient("教育科学文化卫生工作委员会办公室", organisation="市人大常委会", copies=120),
}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_long_names_are_set_smaller_and_never_cut_off(
    printing: Callable[[Job], Path], templates: Templates, fonts: FontSet, sheet: Sheet
) -> None:
    allotment = allot(ODD.values(), None)
    path = printing(labels(make_edition(), allotment, templates, fonts, sheet=sheet, numbered=True))
    found = label_texts(path, sheet)
    for text, share in zip(found, allotment.shares, strict=True):
        one = share.recipient
        assert text.startswith(re.sub(r"\s", "", f"{one.organisation}{one.role}{one.name}收"))


def test_a_text_that_no_label_can_hold_is_told_with_its_line(templates: Templates, fonts: FontSet) -> None:
    long = allot([make_recipient("某" * 90, line=7, organisation=LONG * 5)], None)
    with pytest.raises(ProblemsError) as caught:
        labels(make_edition(), long, templates, fonts)
    assert str(caught.value) == (
        "recipients.csv:7: 单位和职务太长，用最小的字也印不进一张标签；请改用简称\n"
        "recipients.csv:7: 姓名太长，用最小的字也印不进一张标签；请改用简称"
    )


def test_a_text_is_as_large_as_its_room_allows() -> None:
    sizes = [fit(("某" * count,), 120, 40, (12, 10, 8)) for count in (10, 20, 30, 45, 90)]
    assert [one and (one.size, len(one.lines)) for one in sizes] == [(12, 1), (12, 2), (10, 3), (8, 3), None]


@given(text=st.text(st.sampled_from("某市局（）、，Ww MiIl.,1号"), min_size=1, max_size=80))
@example("i" * 40 + "W" * 30)
def test_fitted_text_is_the_whole_text_and_no_line_of_it_too_long(text: str) -> None:
    fitted = fit((text,), 170, 39, (12, 9, 6))
    if fitted is not None:
        assert "".join(fitted.lines) == text
        assert max(sum(one in "某市局WM号" for one in line) for line in fitted.lines) * fitted.size <= 170


def test_allotments_are_values() -> None:
    assert allot([make_recipient()], 1) == allot([make_recipient()], 1)
    assert isinstance(allot([], None), Allotment)
