"""Settings are found right as a whole, from the file and from the environment."""

import datetime

import pytest
from conftest import AI, ROBOT, write
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.errors import ProblemsError, WorkspaceError
from xcbulletin.model import Column
from xcbulletin.settings import (
    INDUSTRIES_FILE,
    SETTINGS_FILE,
    ImprintFields,
    Workspace,
    as_list,
    open_workspace,
    resolve_industries,
)

SMALLEST = "masthead: {title: 快递}\ncolumns: [{code: news, name: 行业动态}]\n"


def complaints(workspace: Workspace, settings: str, **environment: str) -> list[str]:
    write(workspace.root / SETTINGS_FILE, settings)
    with pytest.raises(ProblemsError) as caught:
        open_workspace(workspace.root, environment)
    return str(caught.value).split("\n")


def reopened(workspace: Workspace, **environment: str) -> Workspace:
    return open_workspace(workspace.root, environment)


# The file


def test_a_new_workspace_has_the_bulletins_columns_and_nine_industries(workspace: Workspace) -> None:
    codes = ["editorial", "news", "trends", "reports", "finance"]
    assert [column.code for column in workspace.columns] == codes
    assert workspace.columns[4] == Column(code="finance", name="财经数据")
    assert len(workspace.industries) == 9
    assert workspace.settings.mail.sender == "许昌竞争情报快递 <bulletin@example.org>"
    assert workspace.settings.review.mode == "off"  # which YAML 1.1 takes for false


def test_two_lines_are_settings_enough(workspace: Workspace) -> None:
    write(workspace.root / SETTINGS_FILE, SMALLEST)
    assert reopened(workspace).settings.mail.per_minute == 60


def test_every_mistake_in_the_settings_is_reported_at_once(workspace: Workspace) -> None:
    text = (
        "masthead: {}\n"
        "profile: 简报\n"
        "columns: [{code: 动态, name: 行业动态}]\n"
        "colector: {}\n"
        "mail:\n"
        "  port: 99999\n"
        "  from: 编辑部\n"
        "  password: hunter2\n"
        "page: {size: A3}\n"
    )
    assert complaints(workspace, text) == [
        "bulletin.yaml:1: 缺少“masthead.title”；请加一行“title: ……”",
        "bulletin.yaml:2: “profile”应为 permit 或 brief，现为“简报”",
        "bulletin.yaml:3: “columns.1.code”只能用小写英文字母、数字和连字符，现为“动态”",
        "bulletin.yaml:4: 不认识的项目“colector”；是否想写“collector”？",
        "bulletin.yaml:6: “mail.port”不能大于 65535，现为“99999”",
        "bulletin.yaml:7: “mail.from”应为邮件地址（如 许昌竞争情报快递 <bulletin@example.org>）",
        "bulletin.yaml:8: 密码不能写在设置文件里；请删去这一行，改放到环境变量 XCBULLETIN_MAIL__PASSWORD",
        "bulletin.yaml:9: “page.size”应为 A4 或 16K，现为“A3”",
    ]


def test_columns_are_one_or_two_and_every_code_stands_once(workspace: Workspace) -> None:
    text = (
        "masthead: {title: 快递}\n"
        "columns: [{code: news, name: 行业动态}, {code: news, name: 行业趋势}]\n"
        "page: {columns: 3}\n"
    )
    assert complaints(workspace, text) == [
        "bulletin.yaml:2: “columns”里的代码每个只能用一次，“news”用了几次",
        "bulletin.yaml:3: “page.columns”应为 1 或 2，现为“3”",
    ]


def test_codes_that_the_archive_or_windows_needs_are_none(workspace: Workspace) -> None:
    """A column `report` was shelved with the reports, an industry `all` wrote over the feed of everything."""
    industries = "- {code: all, name: 全部, short_name: 全}\n- {code: con, name: 建筑, short_name: 建}\n"
    write(workspace.root / INDUSTRIES_FILE, industries)
    text = "masthead: {title: 快递}\ncolumns: [{code: report, name: 报告}, {code: aux, name: 其他}]\n"
    assert complaints(workspace, text) == [
        "bulletin.yaml:2: “columns.1.code”不能是“report”：归档里的专题报告用它；请换一个，如 reports",
        "bulletin.yaml:2: “columns.2.code”不能是“aux”：Windows 不许文件夹叫这个名字；请换一个",
        "sources/industries.yaml:1: “industries.1.code”不能是“all”：归档里全部文章的订阅源用它；请换一个",
        "sources/industries.yaml:2: “industries.2.code”不能是“con”：Windows 不许文件夹叫这个名字；请换一个",
    ]


def test_an_industry_stands_once(workspace: Workspace) -> None:
    one = "- {code: ai, name: 人工智能, short_name: 智能}\n"
    write(workspace.root / INDUSTRIES_FILE, one * 2)
    assert complaints(workspace, SMALLEST) == [
        "sources/industries.yaml:1: “industries”里的代码每个只能用一次，“ai”用了几次"
    ]


def test_mistakes_in_both_files_are_reported_together(workspace: Workspace) -> None:
    write(workspace.root / INDUSTRIES_FILE, "- {code: ai, name: 人工智能}\n- {code: AI 1}\n")
    assert complaints(workspace, "masthead: {title: 快递}\n") == [
        "bulletin.yaml:1: 缺少“columns”；请加一行“columns: ……”",
        "sources/industries.yaml:1: 缺少“industries.1.short_name”；请加一行“short_name: ……”",
        "sources/industries.yaml:2: “industries.2.code”只能用小写英文字母、数字和连字符，现为“AI 1”",
        "sources/industries.yaml:2: 缺少“industries.2.name”；请加一行“name: ……”",
        "sources/industries.yaml:2: 缺少“industries.2.short_name”；请加一行“short_name: ……”",
    ]


def test_columns_there_must_be(workspace: Workspace) -> None:
    assert complaints(workspace, "masthead: {title: 快递}\ncolumns: []\n") == [
        "bulletin.yaml:2: “columns”至少要有一项，现为“”"
    ]


@pytest.mark.parametrize("text", ["", "# 只有说明\n"])
def test_an_empty_file_lacks_what_it_lacks(workspace: Workspace, text: str) -> None:
    assert complaints(workspace, text) == [
        "bulletin.yaml:1: 缺少“masthead”；请加一行“masthead: ……”",
        "bulletin.yaml:1: 缺少“columns”；请加一行“columns: ……”",
    ]


def test_a_file_of_gbk_with_crlf_is_read(workspace: Workspace) -> None:
    write(workspace.root / SETTINGS_FILE, SMALLEST.replace("\n", "\r\n").encode("gbk"))
    assert reopened(workspace).settings.masthead.title == "快递"


def test_a_missing_industries_file_is_said_so(workspace: Workspace) -> None:
    (workspace.root / INDUSTRIES_FILE).unlink()
    with pytest.raises(WorkspaceError) as caught:
        reopened(workspace)
    assert str(caught.value) == (
        "sources/industries.yaml: 读不到这个文件（没有这个文件）；可从 xcbulletin init 新建的工作区里复制一份"
    )


# The environment


def test_the_environment_overrides_the_file(workspace: Workspace) -> None:
    settings = reopened(
        workspace,
        XCBULLETIN_MAIL__HOST="mail.example.org",
        XCBULLETIN_MAIL__PORT="465",
        XCBULLETIN_MAIL__RETRY_MINUTES="[1, 2]",
        XCBULLETIN_MASTHEAD__TITLE="2021",
        XCBULLETIN_COLUMNS='[{"code": "news", "name": "动态"}]',
        XCBULLETIN_REVIEW__PEOPLE='{"一审": ["张三"]}',
        HOME="/root",
    ).settings
    assert (settings.mail.host, settings.mail.port, settings.mail.retry_minutes) == (
        "mail.example.org",
        465,
        (1, 2),
    )
    assert settings.masthead.title == "2021"
    assert [column.name for column in settings.columns] == ["动态"]
    assert settings.review.people == {"一审": ("张三",)}


def test_a_password_comes_from_the_environment_as_it_is(workspace: Workspace) -> None:
    assert reopened(workspace, XCBULLETIN_MAIL__PASSWORD='["1"]').settings.mail.password == '["1"]'


def test_a_mistake_in_the_environment_names_the_variable(workspace: Workspace) -> None:
    text = (workspace.root / SETTINGS_FILE).read_text()
    assert complaints(workspace, text, XCBULLETIN_MAIL__PORT="smtp", XCBULLETIN_MAIL__HSOT="x") == [
        "环境变量 XCBULLETIN_MAIL__PORT: “mail.port”应为整数（如 12），现为“smtp”",
        "环境变量 XCBULLETIN_MAIL__HSOT: 不认识的项目“mail.hsot”；是否想写“host”？",
    ]


def test_where_the_workspace_and_the_fonts_are_is_no_setting(workspace: Workspace) -> None:
    assert (
        reopened(workspace, XCBULLETIN_WORKSPACE="/x", XCBULLETIN_FONTS="/y").settings == workspace.settings
    )


# Imprint, lists, industries


def test_an_issues_imprint_stands_over_the_general_one() -> None:
    general = ImprintFields(printer="印刷厂", copies=100, editor="张三")
    own = ImprintFields(copies=200, print_date=datetime.date(2021, 1, 29))
    imprint = own.over(general)
    assert (imprint.printer, imprint.copies, imprint.editor) == ("印刷厂", 200, "张三")
    assert imprint.print_date == datetime.date(2021, 1, 29)


@pytest.mark.parametrize("text", ["ai,robot", "ai、robot", "ai； robot", " ai，robot、"])
def test_one_text_may_hold_a_list(text: str) -> None:
    assert as_list(text) == ["ai", "robot"]


def test_industries_are_known_by_any_of_their_names_in_any_width() -> None:
    names = ["机器人", "工业机器人产业", "ａｉ", "AI ", "新一代人工智能"]
    assert resolve_industries(names[1:], (ROBOT, AI)) == (("robot", "ai"), ())


@pytest.mark.parametrize(
    "name", ["5g", "5G", "５Ｇ", "5G产业", "５Ｇ产业", "5G通信", "第五代移动通信", " 5g "]
)
def test_5g_is_found(workspace: Workspace, name: str) -> None:
    assert resolve_industries([name], workspace.industries) == (("5g",), ())


def test_codes_come_in_the_order_of_the_industries_each_once(workspace: Workspace) -> None:
    assert resolve_industries(["人工智能", "power", "ai"], workspace.industries)[0] == ("power", "ai")


def test_an_unknown_industry_is_answered_with_the_nearest(workspace: Workspace) -> None:
    assert resolve_industries(["人工智慧"], workspace.industries)[1] == (
        ("人工智慧", "最接近的是 ai（新一代人工智能产业）"),
    )


def test_an_industry_like_none_is_answered_with_all() -> None:
    assert resolve_industries(["渔业"], (ROBOT, AI))[1] == (
        ("渔业", "可用：robot（工业机器人）、ai（人工智能）"),
    )


@given(st.lists(st.text(), max_size=3))
def test_any_name_is_known_or_answered(names: list[str]) -> None:
    codes, unknown = resolve_industries(names, (ROBOT, AI))
    assert len(codes) + len(unknown) <= len(names)
    assert all(name in names and advice for name, advice in unknown)
