"""Rules of sources, links, doubles, figures and personal data, with what they say and what they leave alone."""

import datetime
from itertools import pairwise

import pytest
from conftest import make_article, make_issue
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.model import Article, Correction, Kind, Printed, Severity, Source
from xcbulletin.proofing.context import Context, PictureFacts
from xcbulletin.proofing.passages import passages
from xcbulletin.proofing.structure import corrections, duplicates, figures, links, personal, sources

HERE = "issues/2021-01/news/01.md"
FRONT = "---\ntitle: 标题\n---\n"
DAY = datetime.date(2021, 1, 29)


def sourced(date: datetime.date | None = DAY, **fields: object) -> Article:
    source = Source(name="某局", url="https://a.gov.cn/x.html", date=date)
    return make_article(**{"industries": ("ai",), "source": source, **fields})  # type: ignore[arg-type]


def about_source(article: Article, text: str = FRONT, **issue: object) -> list[str]:
    return [str(one.problem) for one in sources.find(make_issue(article, **issue), article, text)]


# Sources


def test_an_article_with_all_it_needs_is_left_alone() -> None:
    assert about_source(sourced()) == []


def test_what_an_article_lacks_is_told() -> None:
    assert about_source(make_article()) == [
        f"{HERE}:1: 没有标产业（industries）；请写上所属产业的代码或名称，如 industries: [ai]",
        f"{HERE}:1: 没有来源（source）；请写成 source: {{name: 发布机构, url: https://……, date: 2021-01-20}}",
    ]


def test_what_a_source_lacks_is_told_on_its_line() -> None:
    article = make_article(industries=("ai",), source=Source(name="某局"), body_line=5)
    assert about_source(article, "---\ntitle: 标题\nsource: 某局\n---\n") == [
        f"{HERE}:3: 来源缺日期（date）、网址（url）；请写成 source: {{name: 发布机构, url: https://……, date: 2021-01-20}}"
    ]


def test_the_editor_s_own_words_and_a_report_s_parts_need_no_source() -> None:
    assert about_source(make_article(column="editorial")) == []
    assert about_source(make_article(column="body"), kind=Kind.REPORT) == []


def test_a_source_older_than_sixty_days_is_told_but_not_for_a_report() -> None:
    old = datetime.date(2020, 11, 29)
    assert about_source(sourced(old)) == [
        f"{HERE}:1: 来源的日期 2020-11-29 比出刊日期 2021-01-29 早 61 天；"
        "请换新的来源（60 天以内）；确有必要的，可移到行业报告"
    ]
    assert about_source(sourced(old + datetime.timedelta(days=1))) == []
    assert about_source(sourced(old, column="reports")) == []
    assert about_source(sourced(old, column="body"), kind=Kind.REPORT) == []


def test_a_source_from_after_the_issue_is_an_error() -> None:
    article = sourced(datetime.date(2021, 11, 20))
    (found,) = sources.find(make_issue(article), article, FRONT)
    assert found.problem.severity is Severity.ERROR
    assert str(found.problem) == (
        f"{HERE}:1: 来源的日期 2021-11-20 晚于出刊日期 2021-01-29；请核对来源的日期和 issue.yaml 里的 date"
    )


# Corrections

CORRECTED = """---
title: 2031.5.9
corrections:
  - {date: 2021-02-01, note: 甲}
  - date: 2031年5月9日
    note: 乙
---
"""


def corrected(*dates: datetime.date) -> Article:
    made = tuple(Correction(date=date, note="甲") for date in dates)
    return make_article(corrections=made, body_line=8)


def test_a_correction_of_a_day_to_come_is_an_error_on_its_line() -> None:
    article = corrected(datetime.date(2021, 2, 1), datetime.date(2031, 5, 9))
    (found,) = corrections.find(article, CORRECTED, datetime.date(2031, 5, 8))
    assert found.problem.severity is Severity.ERROR
    assert str(found.problem) == (
        f"{HERE}:5: 更正的日期 2031-05-09 还没有到，今天是 2031-05-08；请把 corrections 里的 date 写成改正的那一天"
    )


def test_a_correction_of_today_is_left_alone() -> None:
    article = corrected(datetime.date(2031, 5, 9))
    assert list(corrections.find(article, CORRECTED, datetime.date(2031, 5, 9))) == []


# Links


@pytest.mark.parametrize(
    ("address", "name", "severity"),
    [
        ("http://192.168.1.20/a", "内网网址", "warning"),
        ("http://10.0.0.8:8080/", "内网网址", "warning"),
        ("http://oa/doc", "内网网址", "warning"),
        ("http://wiki.corp/doc", "内网网址", "warning"),
        ("http://[fd00::1]/x", None, None),
        ("http://localhost:8000/", "本机地址", "warning"),
        ("http://127.0.0.1/x", "本机地址", "warning"),
        ("file:///C:/稿件/a.docx", "本机地址", "warning"),
        (r"D:\稿件\一月\a.docx", "本机地址", "warning"),
        ("https://www.gov.cn/a?b=192.168.1.1", None, None),
        ("http://1.2.3.4/", None, None),
        ("http://8.8.8.8/", None, None),
    ],
)
def test_addresses_that_a_reader_cannot_open_are_told(
    address: str, name: str | None, severity: str | None
) -> None:
    found = list(links.find(make_article(), f"{FRONT}见 {address} 。\n"))
    expected = (
        []
        if name is None
        else [f"{HERE}:4: {name}读者打不开：{address}；请换成公开的网址；没有的，只写来源的名称"]
    )
    assert [str(one.problem) for one in found] == expected
    assert [str(one.problem.severity) for one in found] == ([severity] if severity else [])


# Doubles


def printed(title: str, issue: str = "2020-12", url: str | None = None, **fields: object) -> Printed:
    own = {"file": f"issues/{issue}/news/01.md", "column": "news", "text": "", **fields}
    return Printed(issue=issue, title=title, url=url, **own)  # type: ignore[arg-type]


def doubles(article: Article, *before: Printed) -> list[str]:
    return [str(one.problem) for one in duplicates.find(make_issue(article), before)]


def test_a_title_that_was_printed_is_told() -> None:
    article = make_article(title="国务院印发绿色低碳循环发展指导意见")
    assert doubles(article, printed("国务院印发《绿色低碳循环发展指导意见》")) == [
        f"{HERE}:1: 与 issues/2020-12/news/01.md《国务院印发《绿色低碳循环发展指导意见》》标题几乎一样；"
        "请确认不是重复；有新进展的，请在标题里说出来"
    ]


def test_a_page_that_was_used_is_told_but_not_the_front_page_of_a_site() -> None:
    article = sourced(title="甲")
    assert doubles(article, printed("乙", url="http://www.a.gov.cn/x.html#top")) == [
        f"{HERE}:1: 与 issues/2020-12/news/01.md《乙》来源是同一个网页；请确认不是重复；有新进展的，请在标题里说出来"
    ]
    front = make_article(title="甲", source=Source(name="某局", url="https://a.gov.cn/"))
    assert doubles(front, printed("乙", url="https://a.gov.cn/index.html")) == []


@pytest.mark.parametrize(
    "other",
    [
        printed("1月新能源汽车销量同比增长3.4倍"),
        printed("1月新能源汽车销量同比增长2.4倍", issue="2021-02"),
        printed("1月新能源汽车销量同比增长2.4倍", issue="2021-01"),
        printed("1月新能源汽车销量同比增长2.4倍", draft=True),
    ],
)
def test_a_series_a_later_issue_and_a_draft_are_no_double(other: Printed) -> None:
    assert doubles(make_article(title="1月新能源汽车销量同比增长2.4倍"), other) == []


def test_one_title_twice_in_an_issue_is_told() -> None:
    title = "两部门联合印发工业能效提升行动计划"
    both = [make_article(title=title, file=f"issues/2021-01/news/0{n}.md") for n in (1, 2)]
    (found,) = duplicates.find(make_issue(*both), ())
    assert (found.place.file, found.message) == (
        "issues/2021-01/news/02.md",
        f"与 issues/2021-01/news/01.md《{title}》标题几乎一样",
    )


# Pictures, tables, maps


def about_figures(body: str, pictures: dict[str, PictureFacts] | None = None) -> list[str]:
    article = make_article(body)
    text = FRONT + body
    context = Context(pictures=pictures or {})
    return [str(one.problem) for one in figures.find(article, text, passages(article, text), context)]


def test_a_picture_too_coarse_for_print_is_told() -> None:
    body = "![图题](assets/a.png)\n"
    coarse = PictureFacts(width=600, height=400, printed_width=15.7, widest=15.7)
    assert about_figures(body, {"assets/a.png": coarse}) == [
        f"{HERE}:4: 图片 assets/a.png 宽 600 像素，印成 15.7 厘米宽时每英寸只有 97 个像素；"
        "请换成宽 927 像素以上的原图，或改用 SVG；也可用 {width=……%} 印小一些"
    ]
    fine = PictureFacts(width=930, height=400, printed_width=15.7, widest=15.7)
    assert about_figures(body, {"assets/a.png": fine}) == []


def test_a_table_without_caption_is_told() -> None:
    table = "| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n"
    assert about_figures(f"正文。\n\n{table}") == [f"{HERE}:6: 表格没有表题；请在表格上方空一行写“表：……”"]
    assert about_figures(f"正文。\n\n表：产量 {{#tbl-a}}\n\n{table}") == []
    assert about_figures(f"附表：产量\n\n{table}\n正文。\n\n表1　产量\n\n{table}") == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("![河南省行政区划图](assets/a.png)", "图片“河南省行政区划图”是地图，没有审图号"),
        ("![园区位置](assets/xuchang-map.png)", "图片“园区位置”从文件名看是地图，没有审图号"),
        ("![产业知识地图](assets/a.png)", None),
        ("![路线图](assets/roadmap.png)", None),
        ("![河南省地图（审图号：豫S（2021）01号）](assets/a.png)", None),
        ("![河南省地图](assets/a.png)\n\n来源：自然资源部，审图号：GS（2020）4619号", None),
        ("```\n![地图](assets/a.png)\n```", None),
    ],
)
def test_a_map_needs_its_number(body: str, message: str | None) -> None:
    remedy = "请在图题或图下注明审图号；没有的，请用标准地图服务系统的地图，或删去"
    assert about_figures(f"{body}\n") == ([f"{HERE}:4: {message}；{remedy}"] if message else [])


# Personal data

IDENTITY = "11010519491231002X"
"""The example of GB 11643."""


def about_persons(body: str, column: str = "news") -> list[str]:
    article = make_article(body, column=column)
    return [str(one.problem) for one in personal.find(article, passages(article, FRONT + body))]


def test_an_identity_number_is_an_error_and_is_not_repeated_on_the_screen() -> None:
    article = make_article(f"身份证{IDENTITY}。\n")
    (found,) = personal.find(article, passages(article, f"{FRONT}{article.body}"))
    assert found.problem.severity is Severity.ERROR
    assert str(found.problem) == f"{HERE}:4: 有身份证号 110***********002X；请删去，或只留姓氏和单位"


@given(st.integers(0, len(IDENTITY) - 1), st.integers(0, 9))
def test_an_identity_number_with_another_digit_is_none(at: int, digit: int) -> None:
    changed = f"{IDENTITY[:at]}{digit}{IDENTITY[at + 1 :]}"
    assert personal.is_identity_number(changed) == (changed == IDENTITY)


def test_a_mobile_number_and_a_bank_card_are_told() -> None:
    assert about_persons("联系人张三，13812345678。\n") == [
        f"{HERE}:4: 像是个人手机号 138****5678；请删去，或只留姓氏和单位"
    ]
    assert about_persons("电话138 1234 5678。\n") == [
        f"{HERE}:4: 像是个人手机号 138******5678；请删去，或只留姓氏和单位"
    ]
    card = next(number for number in (f"622202123456789{n}" for n in range(10)) if personal.is_luhn(number))
    assert about_persons(f"账号{card}。\n") == [
        f"{HERE}:4: 像是银行卡号 622*********{card[-4:]}；请删去，或只留姓氏和单位"
    ]


@pytest.mark.parametrize(
    "body",
    [
        "产值13812345678元，产量13812345678吨。",
        "编号11010519491231002，专利号ZL201310123456.7，统一社会信用代码91410000170000000X。",
        "电话0374-0000000，邮编461000，2021年1月29日。",
        "标准号GB/T 15835—2011，坐标13812345678.5。",
        "金额6222021234567890123456元。",
    ],
)
def test_other_long_numbers_are_left_alone(body: str) -> None:
    assert about_persons(f"{body}\n") == []


def test_the_office_s_own_mobile_may_stand_under_contact() -> None:
    assert about_persons("手机：13812345678\n", column="contact") == []


def test_luhn_tells_two_digits_that_changed_places() -> None:
    number = "4539148803436467"
    assert personal.is_luhn(number)
    for at, (one, two) in enumerate(pairwise(number)):
        if one != two and {one, two} != {"0", "9"}:
            assert not personal.is_luhn(number[:at] + two + one + number[at + 2 :])
