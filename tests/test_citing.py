"""References by GB/T 7714—2015, word for word."""

from dataclasses import replace

import pytest
from archivesite import SITE, print_issue, print_report
from conftest import make_article

from xcbulletin.archive.site.citing import cite_article, cite_report
from xcbulletin.archive.site.site import Site

SERVED = replace(SITE, base_url="http://192.168.1.20/archive/")
FILED = print_issue(make_article(title="双千兆提速", author="张三、李四")).filed
REPORTED = print_report(subtitle="——十个数字").filed


def cited(site: Site = SITE, **fields: object) -> str:
    return cite_article(FILED, replace(FILED.articles[0], **fields), site)  # type: ignore[arg-type]


def test_an_article_of_the_bulletin() -> None:
    assert cited() == "张三, 李四. 双千兆提速[J]. 许昌竞争情报快递, 2021(1)."


def test_an_article_that_has_an_address() -> None:
    assert cited(SERVED) == (
        "张三, 李四. 双千兆提速[J/OL]. 许昌竞争情报快递, 2021(1)[引用日期]. "
        "http://192.168.1.20/archive/issues/2021-01/news-01.html."
    )


@pytest.mark.parametrize(
    ("author", "shown"),
    [
        ("张三，李四; 王五", "张三, 李四, 王五. "),
        ("张三、李四、王五、赵六", "张三, 李四, 王五, 等. "),
        ("John Smith", "John Smith. "),
        (None, "许昌市科学技术情报研究所. "),
        ("　", "许昌市科学技术情报研究所. "),
    ],
)
def test_up_to_three_authors_are_named_or_else_the_institute(author: str | None, shown: str) -> None:
    assert cited(author=author) == f"{shown}双千兆提速[J]. 许昌竞争情报快递, 2021(1)."


def test_what_nobody_signed_begins_with_its_title() -> None:
    issue = replace(FILED, publishers=(), number=None)
    assert cite_article(issue, replace(issue.articles[0], author=None), SITE) == (
        "双千兆提速[J]. 许昌竞争情报快递, 2021."
    )


def test_a_title_of_several_lines_is_cited_in_one() -> None:
    assert cited(title="双千兆\n  提速") == "张三, 李四. 双千兆 提速[J]. 许昌竞争情报快递, 2021(1)."


def test_a_report() -> None:
    assert cite_report(REPORTED, SITE) == (
        "许昌市科学技术情报研究所. 人工智能报告: 十个数字[R]. [出版地不详]: 许昌市科学技术情报研究所, 2021."
    )
    assert cite_report(REPORTED, SERVED) == (
        "许昌市科学技术情报研究所. 人工智能报告: 十个数字[R/OL]. (2021-01-25)[引用日期]. "
        "http://192.168.1.20/archive/issues/ai-2021/index.html."
    )


def test_a_part_of_a_report() -> None:
    (chapter,) = REPORTED.articles
    assert cite_article(REPORTED, chapter, SITE) == (
        "许昌市科学技术情报研究所. 第一章[R]//许昌市科学技术情报研究所. 人工智能报告: 十个数字. "
        "[出版地不详]: 许昌市科学技术情报研究所, 2021."
    )
    assert cite_article(REPORTED, chapter, SERVED) == (
        "许昌市科学技术情报研究所. 第一章[R/OL]//许昌市科学技术情报研究所. 人工智能报告: 十个数字. "
        "(2021-01-25)[引用日期]. http://192.168.1.20/archive/issues/ai-2021/body-01.html."
    )


def test_a_report_that_nobody_published() -> None:
    alone = replace(REPORTED, publishers=(), subtitle=None)
    assert cite_report(alone, SITE) == "人工智能报告[R]. [出版地不详]: [出版者不详], 2021."
