import pytest
from conftest import make_article, make_issue

from xcbulletin.model import Article, Kind
from xcbulletin.publishing.edition import Edition, compose
from xcbulletin.publishing.headings import appendix_number, heading_number


def composed(*articles: Article, kind: Kind) -> tuple[Edition, list[str]]:
    edition, problems = compose(make_issue(*articles, kind=kind, numbered=True), ())
    return edition, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("level", "count", "number"),
    [
        (1, 1, "一、"),
        (1, 10, "十、"),
        (1, 11, "十一、"),
        (1, 20, "二十、"),
        (1, 99, "九十九、"),
        (1, 100, "100、"),
        (2, 3, "（三）"),
        (3, 3, "3. "),
        (4, 3, "（3）"),
        (5, 3, ""),
    ],
)
def test_four_levels_have_the_numbers_of_official_documents(level: int, count: int, number: str) -> None:
    assert heading_number(level, count) == number


def test_appendices_have_letters() -> None:
    assert appendix_number(1) == "附录A　"
    assert appendix_number(27) == "附录27　"


def test_a_report_is_numbered_from_its_chapters_down() -> None:
    first = make_article(
        "## 甲\n\n### 乙\n\n### 丙\n\n#### 丁\n\n## 戊\n\n### 己\n", column="body", title="现状"
    )
    second = make_article("## 庚\n", column="body", title="展望")
    foreword = make_article("## 缘起\n", column="foreword", title="前言")
    appendix = make_article("## 名单\n", column="appendix", title="企业")
    edition, problems = composed(foreword, first, second, appendix, kind=Kind.REPORT)
    assert problems == []
    assert [entry.title for entry in edition.entries] == ["前言", "一、现状", "二、展望", "附录A　企业"]
    assert [heading.text for entry in edition.entries for heading in entry.headings] == [
        "缘起", "（一）甲", "1. 乙", "2. 丙", "（1）丁", "（二）戊", "1. 己", "（一）庚", "一、名单",
    ]  # fmt: skip


def test_every_article_of_a_bulletin_begins_anew() -> None:
    edition, problems = composed(
        make_article("## 甲\n\n### 乙\n"), make_article("## 丙\n"), kind=Kind.BULLETIN
    )
    assert problems == []
    assert [entry.title for entry in edition.entries] == ["标题", "标题"]
    assert [heading.text for entry in edition.entries for heading in entry.headings] == [
        "一、甲",
        "（一）乙",
        "一、丙",
    ]


def test_a_number_that_is_written_already_is_a_remark() -> None:
    article = make_article("## （一）甲\n\n## 乙\n", column="body", title="第一章 现状")
    _edition, problems = composed(article, kind=Kind.REPORT)
    assert problems == [
        "issues/2021-01/body/01.md: 标题“第一章 现状”已经写了编号，会编两次；"
        "请删去写的编号，或删去 issue.yaml 里的 numbered 一行",
        "issues/2021-01/body/01.md:4: 标题“（一）甲”已经写了编号，会编两次；"
        "请删去写的编号，或删去 issue.yaml 里的 numbered 一行",
    ]


def test_numbers_that_are_words_are_no_remark() -> None:
    article = make_article(
        "## 5.5G商用提速\n\n## 2.0时代来临\n\n## 3.2%的增长\n", column="body", title="2020年"
    )
    assert composed(article, kind=Kind.REPORT)[1] == []


def test_what_is_quoted_has_no_number() -> None:
    edition, problems = composed(make_article("> ## 一、引文\n\n## 甲\n"), kind=Kind.BULLETIN)
    assert problems == []
    assert [heading.text for heading in edition.entries[0].headings] == ["一、引文", "一、甲"]


def test_headings_are_as_written_unless_numbers_are_asked_for() -> None:
    edition, _problems = compose(make_issue(make_article("## 甲\n")), ())
    assert edition.entries[0].headings[0].text == "甲"
