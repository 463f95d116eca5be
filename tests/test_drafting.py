"""An item becomes what an editor starts from, and nothing in it can break the file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import make_workspace, write_issue
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.items import Label
from xcbulletin.collecting.suggesting.drafting import Draft, Page, default_column, draft, slug
from xcbulletin.collecting.suggesting.ranking import Judgement
from xcbulletin.manuscript.evidence import format_evidence
from xcbulletin.manuscript.read import read_issue
from xcbulletin.manuscript.write import add_draft
from xcbulletin.model import Article, IssueId, Problem

FETCHED = datetime(2026, 11, 24, 2, 3, 4, tzinfo=UTC)
SURE = Label(code="power", score=0.9, reason="", sure=True)
MAYBE = Label(code="ai", score=0.5, reason="", sure=False)


def make_draft(**fields: Any) -> Draft:
    own: dict[str, Any] = {
        "title": "国家能源局：新型储能装机“翻番”",
        "url": "https://example.org/a",
        "text": "到10月底，新型储能装机比上年底增长一倍。",
        "published": datetime(2026, 11, 23, 17, tzinfo=UTC),
        "source": "国家能源局",
        "judgement": Judgement(labels=(SURE, MAYBE), column="news"),
        "column": "news",
        "page": Page(text="新型储能\n到10月底，新型储能装机比上年底增长一倍。", at=FETCHED),
    }
    return draft(**{**own, **fields})


def test_the_front_matter_says_what_is_known() -> None:
    assert make_draft().fields == {
        "title": "国家能源局：新型储能装机“翻番”",
        "industries": ["power"],
        "source": {
            "name": "国家能源局",
            "url": "https://example.org/a",
            "date": datetime(2026, 11, 24).date(),
        },
    }


def test_what_is_not_known_is_left_out() -> None:
    assert make_draft(url="ftp://example.org/", published=None).fields["source"] == {"name": "国家能源局"}


def test_the_page_is_the_evidence() -> None:
    made = make_draft()
    assert made.evidence == "新型储能\n到10月底，新型储能装机比上年底增长一倍。"
    assert made.remark == ""
    assert made.fetched.isoformat() == "2026-11-24T10:03:04+08:00"


def test_without_the_page_the_sources_own_words_are_kept_and_said_to_be() -> None:
    made = make_draft(page=Page(text="", at=FETCHED, failure="网页没有取到（超时）"))
    assert made.evidence == "到10月底，新型储能装机比上年底增长一倍。"
    assert made.remark == "网页没有取到（超时），以下是信息源给出的文字"


def test_an_item_of_a_title_alone_keeps_that() -> None:
    assert (
        make_draft(text="", page=Page(text="", at=FETCHED, failure="没有")).evidence
        == "国家能源局：新型储能装机“翻番”"
    )


def test_the_quotation_ends_with_a_sentence() -> None:
    made = make_draft(text="这是一句话，不长也不短。" * 100)
    assert 500 < len(made.quotation) <= 600
    assert made.quotation.endswith("。")


def test_where_the_source_gave_no_text_the_pages_sentences_are_quoted() -> None:
    sentence = "到10月底，全国新型储能装机比上年底增长一倍，平均储能时长也有所增加，新增装机以大型电站为主。"
    made = make_draft(text="", page=Page(text=f"首页\n新闻\n{sentence}\n打印", at=FETCHED))
    assert made.quotation == sentence


@pytest.mark.parametrize(
    ("suggested", "columns", "expected"),
    [
        ("finance", ("editorial", "news", "finance"), "finance"),
        ("none", ("editorial", "news", "finance"), "news"),
        (None, ("copyright", "foreword", "body"), "body"),
        ("news", ("甲", "乙"), "乙"),
        ("news", ("甲",), "甲"),
    ],
)
def test_the_column_is_one_that_the_issue_has(
    suggested: str | None, columns: tuple[str, ...], expected: str
) -> None:
    assert default_column(Judgement(column=suggested), columns) == expected


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("国家能源局：新型储能装机“翻番”", "国家能源局-新型储能装机-翻番"),
        ("5G-A / 6G 来了！", "5g-a-6g-来了"),
        ("../../etc", "etc"),
        ("！！！", "item"),
        ("一" * 40, "一" * 20),
    ],
)
def test_a_file_is_named_after_the_title(title: str, name: str) -> None:
    assert slug(title) == name


# From item to file and back


def write_and_read(root: Path, made: Draft) -> tuple[Article, tuple[Problem, ...], str]:
    workspace = make_workspace(root)
    folder = write_issue(workspace, "2026-11", "date: 2026-11-30\n")
    evidence = format_evidence(made.evidence, url=None, title="题", source="源", fetched=made.fetched)
    path = add_draft(
        folder,
        made.column,
        made.slug,
        fields=made.fields,
        quotation=made.quotation,
        evidence=evidence,
        fetched=made.fetched,
    )
    issue, problems = read_issue(workspace, IssueId("2026-11"))
    return issue.articles[0], problems, path.relative_to(folder).as_posix()


def test_a_draft_reads_back_without_a_problem(tmp_path: Path) -> None:
    article, problems, file = write_and_read(tmp_path, make_draft())
    assert problems == ()
    assert file == "news/01-国家能源局-新型储能装机-翻番.md"
    assert (article.title, article.industries, article.draft) == (
        "国家能源局：新型储能装机“翻番”",
        ("power",),
        True,
    )
    assert article.source is not None
    assert str(article.source.date) == "2026-11-24"
    assert article.body == (
        "\n（待改写：下面的引文摘自原文，全文在 evidence/news-国家能源局-新型储能装机-翻番.txt；请用自己的话写成文章，"
        "再删去这一行和引文，把上面的 draft 改为 false）\n\n> 到10月底，新型储能装机比上年底增长一倍。\n"
    )


def test_characters_without_a_shape_stay_out_of_the_title() -> None:
    assert make_draft(title="智能变压器\u202e下线\u200b").fields["title"] == "智能变压器下线"


@given(title=st.text(min_size=1).filter(str.strip), text=st.text(), source=st.text(min_size=1))
def test_no_title_or_text_breaks_the_file(
    tmp_path_factory: pytest.TempPathFactory, title: str, text: str, source: str
) -> None:
    made = make_draft(title=title, text=text, source=source)
    article, problems, _file = write_and_read(tmp_path_factory.mktemp("w"), made)
    assert [problem for problem in problems if problem.rule != "placeholder"] == []
    seen = made.fields["title"].translate(dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060")))
    assert article.title.split() == seen.split()
