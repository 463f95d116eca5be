"""A folder becomes an Issue, or everything that is wrong with it; nothing an editor wrote is lost in silence."""

import codecs
import datetime
import os
from pathlib import Path

import pytest
from conftest import write, write_article, write_issue

from xcbulletin.errors import WorkspaceError
from xcbulletin.manuscript.read import read_issue
from xcbulletin.model import Issue, IssueId, Kind, Severity, Source
from xcbulletin.settings import Workspace

ID = IssueId("2021-01")


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    return write_issue(workspace)


def read(workspace: Workspace) -> Issue:
    return read_issue(workspace, ID)[0]


def complaints(workspace: Workspace) -> list[str]:
    return [str(problem) for problem in read_issue(workspace, ID)[1]]


def files(workspace: Workspace) -> list[str]:
    return [article.file.removeprefix("issues/2021-01/") for article in read(workspace).articles]


# The issue


def test_an_issue_is_read(workspace: Workspace) -> None:
    text = "number: 1\ntotal_number: 37\ndate: 2021年1月29日\nimprint: {copies: 200}\nindustries: [AI]\n"
    write_issue(workspace, text=text)
    issue = read(workspace)
    assert (issue.kind, issue.number, issue.total_number) == (Kind.BULLETIN, 1, 37)
    assert issue.date == datetime.date(2021, 1, 29)
    assert issue.industries == ("ai",)
    assert issue.imprint.copies == 200


@pytest.mark.usefixtures("folder")
def test_what_an_issue_leaves_out_comes_from_the_settings(workspace: Workspace) -> None:
    issue = read(workspace)
    assert issue.title == "许昌竞争情报快递"
    assert issue.publishers == ("许昌市科学技术情报研究所",)
    assert issue.imprint.contact == "意见与建议请寄 bulletin@example.org（样例）"
    assert issue.columns == workspace.columns


def test_a_report_has_parts_instead_of_columns(workspace: Workspace) -> None:
    folder = write_issue(workspace, text="kind: report\ntitle: 报告\ndate: 2021-01-29\npublisher: 甲、乙\n")
    for name in ("foreword.md", "body/01.md", "body/02.md", "appendix.md", "copyright.md"):
        write_article(folder, name)
    assert files(workspace) == ["copyright.md", "foreword.md", "body/01.md", "body/02.md", "appendix.md"]
    assert read(workspace).publishers == ("甲", "乙")


def test_a_column_of_the_bulletin_is_none_of_a_report(workspace: Workspace) -> None:
    folder = write_issue(workspace, text="kind: report\ntitle: 报告\ndate: 2021-01-29\n")
    write_article(folder, "news/01.md")
    assert complaints(workspace) == [
        "issues/2021-01/news: 不属于任何栏目，不会被印出来；"
        "栏目的文件或文件夹只能叫：copyright、foreword、body、appendix、contributors、contact"
    ]


def test_an_issue_without_its_file_says_what_to_write(workspace: Workspace, folder: Path) -> None:
    (folder / "issue.yaml").unlink()
    assert complaints(workspace) == [
        "issues/2021-01/issue.yaml: 缺少这个文件，不知道这一期的日期和期号；请新建它，至少写一行“date: 2021-01-29”"
    ]


def test_an_issue_that_is_not_there_is_an_error(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError):
        read_issue(workspace, ID)


# Articles


def test_an_article_is_read(workspace: Workspace, folder: Path) -> None:
    text = (
        "---\ntitle: 中国人工智能专利申请量居世界第一\nindustries: [ai, 机器人, 5G产业, ＡＩ]\n"
        "source: {name: 学会, url: https://example.org/report, date: 2020-12-31}\n"
        "author: 张三\nsummary: 摘要\n---\n\n正文。\n"
    )
    write(folder / "news/01.md", text)
    (article,) = read(workspace).articles
    assert (article.column, article.file) == ("news", "issues/2021-01/news/01.md")
    assert article.title == "中国人工智能专利申请量居世界第一"
    assert article.industries == ("5g", "robot", "ai")
    assert article.source == Source(
        name="学会", url="https://example.org/report", date=datetime.date(2020, 12, 31)
    )
    assert (article.author, article.summary, article.draft) == ("张三", "摘要", False)
    assert (article.body, article.body_line) == ("\n正文。\n", 8)


def test_industries_may_be_one_text(workspace: Workspace, folder: Path) -> None:
    write_article(folder, "news/01.md", industries="人工智能、机器人")
    assert read(workspace).articles[0].industries == ("robot", "ai")


def test_a_column_is_a_file_or_a_folder_or_both(workspace: Workspace, folder: Path) -> None:
    for name in ("finance/b.md", "news/a.md", "news.md", "editorial.md"):
        write_article(folder, name)
    assert files(workspace) == ["editorial.md", "news.md", "news/a.md", "finance/b.md"]


def test_a_file_name_of_another_encoding_is_told(workspace: Workspace, folder: Path) -> None:
    write_article(folder, "news/01.md")
    write_article(folder, os.fsdecode(b"news/" + "许昌.md".encode("gbk")))
    assert complaints(workspace) == [
        "issues/2021-01/news/????.md: 文件名不是 UTF-8 编码（多半是旧电脑或压缩包里带来的），读不了；请改名"
    ]
    assert files(workspace) == ["news/01.md"]


def test_file_names_order_articles_as_people_count(workspace: Workspace, folder: Path) -> None:
    names = ["news/10-x.md", "news/2-x.md", "news/1.md", "news/02-a.md", "news/乙.md", "news/01.md"]
    for name in names:
        write_article(folder, name)
    assert files(workspace) == [
        "news/乙.md",
        "news/01.md",
        "news/1.md",
        "news/02-a.md",
        "news/2-x.md",
        "news/10-x.md",
    ]


def test_a_draft_is_read_as_one(workspace: Workspace, folder: Path) -> None:
    write_article(folder, "news/01.md", draft=True)
    assert read(workspace).articles[0].draft


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", codecs.BOM_UTF8), ("gbk", b""), ("utf-16-le", codecs.BOM_UTF16_LE)],
)
def test_an_article_of_any_windows_editor_is_read(
    workspace: Workspace, folder: Path, encoding: str, mark: bytes
) -> None:
    text = "---\r\ntitle: 标题\r\n---\r\n第一行\r\n第二行\r\n"
    write(folder / "news/01.md", mark + text.encode(encoding))
    (article,) = read(workspace).articles
    assert (article.title, article.body, article.body_line) == ("标题", "第一行\n第二行\n", 4)


def test_what_windows_and_editors_leave_behind_is_passed_over(workspace: Workspace, folder: Path) -> None:
    for name in (
        ".DS_Store",
        "Thumbs.db",
        "news/.01.md.swp",
        "news/.x.md",
        "~$稿件.docx",
        "news/~$稿件.docx",
    ):
        write(folder / name, b"\0")
    assert complaints(workspace) == []
    assert files(workspace) == []


# Mistakes


def test_words_of_a_new_issue_that_still_stand_are_named(workspace: Workspace) -> None:
    folder = write_issue(workspace)
    write_article(folder, "news/01.md", "（请在这里写正文）\n", title="甲")
    write_article(folder, "news/02.md", title="行业动态标题（请改写）")
    assert complaints(workspace) == [
        "issues/2021-01/news/01.md:4: 这里还是样板文字，会照样印出来；请改写；不用的文章请删去文件",
        "issues/2021-01/news/02.md:2: 这里还是样板文字，会照样印出来；请改写；不用的文章请删去文件",
    ]


def test_every_mistake_in_an_issue_is_reported_at_once(workspace: Workspace) -> None:
    folder = write_issue(workspace, text="number: 一\nindustries: [渔业装备]\n")
    write(folder / "editorial.md", "没有文章信息\n")
    write(folder / "news/01.md", "---\ntitel: 甲\nindustries: 人工智慧\n---\n")
    write(folder / "news/02.md", "---\ntitle: 乙\nsource: {name: 丙, date: 2021-02-29}\n---\n")
    write(folder / "trends/01.md", b"---\ntitle: \xff\xff\n---\n")
    assert complaints(workspace) == [
        "issues/2021-01/issue.yaml:1: “number”应为整数（如 12），现为“一”",
        "issues/2021-01/issue.yaml:1: 缺少“date”；请加一行“date: 2021-01-29”",
        "issues/2021-01/editorial.md:1: 开头没有用两行“---”围起来的文章信息；"
        "请在最前面写：第一行“---”，第二行“title: 标题”，第三行“---”，然后是正文",
        "issues/2021-01/news/01.md:2: 缺少“title”；请加一行“title: ……”",
        "issues/2021-01/news/01.md:2: 不认识的项目“titel”；是否想写“title”？",
        "issues/2021-01/news/01.md:3: 没有“人工智慧”这个产业；最接近的是 ai（新一代人工智能产业）",
        "issues/2021-01/news/02.md:3: “source.date”应为真实存在的日期（如 2021-01-31），现为“2021-02-29”",
        "issues/2021-01/trends/01.md:2: 有无法辨认的字节，既不是 UTF-8 也不是 GBK 编码；"
        "请用记事本打开，另存为 UTF-8 编码",
        "issues/2021-01/issue.yaml:2: 没有“渔业装备”这个产业；最接近的是 power（智能电力装备产业）、env（节能环保装备和服务产业）",
    ]


def test_front_matter_that_nothing_ends_is_told_so(workspace: Workspace, folder: Path) -> None:
    write(folder / "news/01.md", "---\ntitle: 甲\n\n正文\n")
    assert complaints(workspace) == [
        "issues/2021-01/news/01.md:1: 文章信息后面少一行“---”；请在文章信息与正文之间加一行“---”"
    ]


def test_lines_are_those_of_the_file_even_after_blank_ones(workspace: Workspace, folder: Path) -> None:
    write(folder / "news/01.md", "---\n\n\ntitle: 甲\ndraft: 是\n---\n")
    assert complaints(workspace) == [
        "issues/2021-01/news/01.md:5: “draft”应为 true（是）或 false（否），现为“是”"
    ]


def test_an_unknown_folder_is_an_error_with_the_nearest_column(workspace: Workspace, folder: Path) -> None:
    write_article(folder, "new/01.md")
    write_article(folder, "editoral.md")
    write_article(folder, "Trends/01.md")
    problems = read_issue(workspace, ID)[1]
    assert list(map(str, problems)) == [
        "issues/2021-01/Trends: 不属于任何栏目，不会被印出来；是否想用“trends”？",
        "issues/2021-01/editoral.md: 不属于任何栏目，不会被印出来；是否想用“editorial”？",
        "issues/2021-01/new: 不属于任何栏目，不会被印出来；是否想用“news”？",
    ]
    assert {problem.severity for problem in problems} == {Severity.ERROR}


@pytest.mark.parametrize("name", ["editorial", "editorial.MD"])
def test_a_column_saved_under_a_name_not_quite_its_own_is_an_error(
    workspace: Workspace, folder: Path, name: str
) -> None:
    write_article(folder, name)
    (problem,) = read_issue(workspace, ID)[1]
    assert (problem.rule, problem.severity) == ("unknown-column", Severity.ERROR)


def test_an_article_saved_without_its_ending_is_told_it(workspace: Workspace, folder: Path) -> None:
    write_article(folder, "editorial")
    assert complaints(workspace) == [
        "issues/2021-01/editorial: 不属于任何栏目，不会被印出来；请把它改名为“editorial.md”"
    ]


def test_the_ending_of_an_article_may_be_in_capitals(workspace: Workspace, folder: Path) -> None:
    write_article(folder, "news/01.MD")
    assert files(workspace) == ["news/01.MD"]


def test_articles_in_a_folder_inside_a_column_are_an_error(workspace: Workspace, folder: Path) -> None:
    write_article(folder, "news/old/01.md")
    assert complaints(workspace) == [
        "issues/2021-01/news/old: 里面的文稿不会被印出来；请把文稿移到上一层的栏目文件夹里"
    ]


def test_stray_files_are_a_warning_and_the_issue_is_read(workspace: Workspace, folder: Path) -> None:
    write_article(folder, "news/01.md")
    write(folder / "news/稿件.docx", b"PK")
    write(folder / "说明.txt", "x")
    write(folder / "assets/data.csv", "a,b")
    write(folder / "signoffs.yaml", "")
    problems = read_issue(workspace, ID)[1]
    assert list(map(str, problems)) == [
        f"issues/2021-01/{name}: 不是文稿（.md），不会被印出来；"
        "文稿请把文字复制进 .md 文件；图片和数据请放进 assets 文件夹；没有用的请删去"
        for name in ("news/稿件.docx", "说明.txt")
    ]
    assert {problem.severity for problem in problems} == {Severity.WARNING}
    assert files(workspace) == ["news/01.md"]


def test_marks_of_a_chinese_keyboard_in_a_list_are_read_beside_other_mistakes(workspace: Workspace) -> None:
    write(write_issue(workspace) / "news/01.md", "---\ntitel: 甲\nindustries: [ai，robt]\n---\n")
    assert (
        "issues/2021-01/news/01.md:3: 没有“robt”这个产业；最接近的是 robot（工业机器人产业）"
        in complaints(workspace)
    )


def test_a_link_to_itself_is_no_article(workspace: Workspace, folder: Path) -> None:
    write_article(folder, "news/01.md")
    (folder / "news/02.md").symlink_to("02.md")
    assert files(workspace) == ["news/01.md"]
    assert [problem.rule for problem in read_issue(workspace, ID)[1]] == ["unused-file"]


def test_an_article_may_be_a_link(workspace: Workspace, folder: Path, tmp_path: Path) -> None:
    write_article(folder, "news/01.md")
    (folder / "news/01.md").rename(tmp_path / "elsewhere.md")
    (folder / "news/01.md").symlink_to(tmp_path / "elsewhere.md")
    assert files(workspace) == ["news/01.md"]
