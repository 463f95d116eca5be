"""What the archive keeps of an issue."""

import datetime
from typing import Any

import pytest

from xcbulletin.archive.addresses import article_page, industry_page, issue_pdf, relative
from xcbulletin.archive.filed import FiledIssue, file_issue
from xcbulletin.archive.folding import fold
from xcbulletin.model import REPORT_PARTS, Article, Column, Issue, IssueId, Kind
from xcbulletin.publishing.edition import compose

NEWS = Column(code="news", name="行业动态")


def filed(
    *bodies: str,
    files: tuple[str, ...] = (),
    titles: tuple[str, ...] = (),
    kind: Kind = Kind.BULLETIN,
    **fields: object,
) -> FiledIssue:
    column = "body" if kind is Kind.REPORT else "news"
    names = files or tuple(f"{column}/{number:02}.md" for number, _ in enumerate(bodies, 1))
    articles = tuple(
        Article(
            file=f"issues/2021-01/{name}",
            title=title,
            column=name.removesuffix(".md") if kind is Kind.REPORT and "/" not in name else column,
            body=body,
            body_line=5,
        )
        for name, title, body in zip(names, titles or [f"题{name}" for name in names], bodies, strict=True)
    )
    issue = Issue(
        id=IssueId("2021-01"),
        kind=kind,
        title="快递",
        date=datetime.date(2021, 1, 29),
        columns=REPORT_PARTS if kind is Kind.REPORT else (NEWS,),
        articles=articles,
        **fields,  # type: ignore[arg-type]
    )
    return file_issue(issue, compose(issue, ())[0])


def test_text_is_what_can_be_read_block_by_block() -> None:
    body = (
        "光伏**装机**增长[详情](https://example.org)[^1]。\n第二行\n\n- 一项\n- 二项\n\n产  能　平稳。\n\n"
        "表：产量\n\n| 年 | 量 |\n|---|---|\n| 2020 | 5 |\n\n数据来源：统计局\n\n[^1]: 见*年报*。\n"
    )
    assert filed(body).articles[0].text.split("\n") == [
        *("光伏装机增长详情。第二行", "见年报。", "一项", "二项"),
        *("产 能 平稳。", "产量", "年", "量", "2020", "5", "数据来源：统计局"),
    ]


def test_a_page_is_named_after_its_file_where_every_disk_takes_the_name() -> None:
    files = ("news.md", "news/02-chips.md", "news/芯片.md", "news/A b.md", "news/a:b.md")
    slugs = [one.slug for one in filed(*("正文",) * 5, files=files).articles]
    assert slugs[:2] == ["news", "news-02-chips"]
    assert all(slug.startswith("news-") and slug.isascii() and slug == slug.lower() for slug in slugs[1:])
    assert len(set(slugs)) == 5


def test_the_name_of_a_page_does_not_change_with_its_neighbours() -> None:
    alone = filed("正文", files=("news/芯片.md",)).articles[0].slug
    assert filed("正文", "正文", files=("news/储能.md", "news/芯片.md")).articles[1].slug == alone


def test_parts_of_a_report_have_its_industries_and_a_column_of_their_own() -> None:
    (part,) = filed("正文", kind=Kind.REPORT, industries=("ai",)).articles
    assert (part.column, part.industries) == ("report", ("ai",))


def test_what_says_nothing_of_the_matter_of_a_report_has_none_of_its_industries() -> None:
    files = ("copyright.md", "foreword.md", "contact.md")
    issue = filed(*("正文",) * 3, files=files, kind=Kind.REPORT, industries=("ai",))
    assert {one.file.rpartition("/")[2]: one.industries for one in issue.articles} == {
        "copyright.md": (),
        "foreword.md": ("ai",),
        "contact.md": (),
    }


def test_the_blanks_of_a_title_are_single() -> None:
    """As pages show it, so that what is copied from a page is found."""
    assert [one.title for one in filed("正文", titles=("A  b　\n c",)).articles] == ["A b c"]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"number": 3, "total_number": 39}, "2021年第3期（总第39期）"),
        ({}, "快递"),
        ({"number": 3, "kind": Kind.REPORT}, "快递"),
    ],
)
def test_an_issue_is_called_by_its_number_and_a_report_by_its_title(
    fields: dict[str, Any], name: str
) -> None:
    assert filed("正文", **fields).name == name


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＮＥＶ", "nev"),
        ("5Ｇ", "5g"),
        ("㎡", "m2"),
        ("…", "..."),
        ("光伏\n芯片", "光伏\n芯片"),
        ("　", " "),
        ("①", "1"),
    ],
)
def test_letters_and_digits_are_alike_however_they_were_typed(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_links_name_files_and_work_from_every_depth() -> None:
    issue = filed("正文")
    page = article_page(issue.id, issue.articles[0].slug)
    assert page == "issues/2021-01/news-01.html"
    assert relative(industry_page("ai"), page) == "../../industries/ai/index.html"
    assert relative(page, industry_page("ai", 2021, 2)) == "../../issues/2021-01/news-01.html"
    assert relative(issue_pdf(issue.id), page) == "2021-01.pdf"
    assert relative("index.html", "index.html") == "index.html"
