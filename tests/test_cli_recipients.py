"""The commands of the list of recipients, on a real file and a real database."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from conftest import Outcome, write, write_article, write_issue

from xcbulletin.database import lasting, open_engine
from xcbulletin.delivery.ledger import suppressions
from xcbulletin.delivery.mailing import Reason
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]
FILE = "recipients.csv"


def keep(workspace: Workspace, content: str | bytes) -> None:
    write(workspace.root / FILE, content)


# check


def test_the_example_is_clean(run: Run, workspace: Workspace) -> None:
    keep(workspace, (workspace.root / "recipients.example.csv").read_bytes())
    assert run("recipients", "check") == Outcome(
        code=0, out="recipients.csv: 4 位，3 个邮箱，纸质 5 份（没有写印数）；没有发现问题\n", err=""
    )


def test_the_example_opens_in_excel(workspace: Workspace) -> None:
    content = (workspace.root / "recipients.example.csv").read_bytes()
    assert content.startswith(
        b"\xef\xbb\xbfname,address,organisation,role,relation,industries,pdf,copies,lists\r\n"
    )
    assert content.count(b"\n") == content.count(b"\r\n")


def test_without_a_list_it_is_said_where_to_get_one(run: Run) -> None:
    outcome = run("recipients", "check")
    assert outcome == Outcome(
        code=1,
        out="",
        err="recipients.csv: 读不到收件人名单（没有这个文件）；请把 recipients.example.csv 复制成 recipients.csv，用 Excel 填好\n",
    )


def test_problems_of_lines_and_of_the_whole_are_listed_by_line(run: Run, workspace: Workspace) -> None:
    keep(
        workspace,
        "姓名,邮箱,关系,份数\r\n张三,a@qq.con,隶属,2\r\n李四,lisi,隶属,\r\n王五,b@xc.gov.cn,,1\r\n".encode(
            "gbk"
        ),
    )
    write_issue(workspace, text="date: 2021-01-29\nimprint: {copies: 2}\n")
    assert run("recipients", "check", "--issue", "2021-01") == Outcome(
        code=1,
        out="recipients.csv: 2 位，2 个邮箱，纸质 3 份（2021-01 印数 2 份）；3 处错误，1 处提醒\n",
        err="recipients.csv: 纸质份数共 3 份，超过印数 2 份；请减少份数，或改印数（imprint 里的 copies）\n"
        "提醒：recipients.csv:2: “qq.con”像是写错了；是否想写 qq.com？没有写错就不必改\n"
        "recipients.csv:3: “lisi”不是邮件地址，没有 @；如 zhangsan@example.org\n"
        "recipients.csv:4: 王五没有写关系；请写上关系（隶属或指导）；"
        "《内部资料性出版物管理办法》第十五条：不得发给没有隶属和指导关系的单位\n",
    )


def test_warnings_alone_do_no_harm(run: Run, workspace: Workspace) -> None:
    keep(workspace, "姓名,邮箱,关系\n张三,a@qq.con,隶属\n")
    assert run("recipients", "check").code == 0


def test_copies_are_counted_against_the_settings_where_no_issue_is_named(
    run: Run, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XCBULLETIN_IMPRINT__COPIES", "50")
    keep(workspace, "姓名,关系,份数\n张三,隶属,48\n")
    assert run("recipients", "check").out == (
        "recipients.csv: 1 位，0 个邮箱，纸质 48 份（印数 50 份，留存 2 份）；没有发现问题\n"
    )


def test_copies_are_counted_against_the_latest_month_where_the_settings_have_no_number(
    run: Run, workspace: Workspace
) -> None:
    keep(workspace, "姓名,关系,份数\n张三,隶属,48\n")
    write_issue(workspace, "2021-01", text="date: 2021-01-29\nimprint: {copies: 50}\n")
    write_issue(workspace, "2021-02", text="date: 2021-02-26\nimprint: {copies: 40}\n")
    write_issue(workspace, "2021-03", text="date: 2021-03-31\n")
    assert run("recipients", "check") == Outcome(
        code=1,
        out="recipients.csv: 1 位，0 个邮箱，纸质 48 份（2021-02 印数 40 份）；1 处错误，0 处提醒\n",
        err="recipients.csv: 纸质份数共 48 份，超过印数 40 份；请减少份数，或改印数（imprint 里的 copies）\n",
    )
    assert json.loads(run("recipients", "check", "--json").out)["issue"] == "2021-02"


def test_a_link_is_fine_where_it_leads_somewhere(
    run: Run, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(workspace, "姓名,邮箱,关系,PDF\n张三,a@xc.gov.cn,隶属,链接\n")
    assert run("recipients", "check").code == 1
    monkeypatch.setenv("XCBULLETIN_MAIL__PDF_BASE", "http://10.0.0.8/build/")
    assert run("recipients", "check").code == 0


def test_without_a_permit_nobody_needs_a_relation(
    run: Run, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(workspace, "姓名,邮箱\n张三,a@xc.gov.cn\n")
    assert run("recipients", "check").code == 1
    monkeypatch.setenv("XCBULLETIN_PROFILE", "brief")
    assert run("recipients", "check").code == 0


def test_an_issue_that_is_not_there_is_told(run: Run, workspace: Workspace) -> None:
    keep(workspace, "姓名,邮箱,关系\n张三,a@xc.gov.cn,隶属\n")
    write_issue(workspace)
    assert run("recipients", "check", "--issue", "2021-02") == Outcome(
        code=1,
        out="",
        err="issues/2021-02: 没有这一期；已有：2021-01；可用 xcbulletin new 2021-02 新建\n",
    )


def test_programs_get_the_shape_of_check(run: Run, workspace: Workspace) -> None:
    keep(workspace, "姓名,邮箱,关系,份数\n张三,zhangsan,隶属,1\n李四,b@xc.gov.cn,隶属,2\n")
    outcome = run("recipients", "check", "--json")
    assert (outcome.code, outcome.err) == (1, "")
    assert json.loads(outcome.out) == {
        "issue": None,
        "errors": 1,
        "warnings": 0,
        "problems": [
            {
                "file": "recipients.csv",
                "line": 2,
                "column": None,
                "rule": "address",
                "severity": "error",
                "message": "“zhangsan”不是邮件地址，没有 @",
                "suggestion": "如 zhangsan@example.org",
            }
        ],
        "recipients": 1,
        "copies": 2,
        "printed": None,
    }
    write_issue(workspace)
    assert json.loads(run("recipients", "check", "--json", "--issue", "2021-01").out)["issue"] == "2021-01"


# paper


def test_list_and_labels_are_printed(run: Run, workspace: Workspace, fonts: FontSet) -> None:  # noqa: ARG001  skipped without
    keep(workspace, "姓名,单位,邮箱,份数\n张三,市局,a@xc.gov.cn,2\n李四,县局,,1\n王五,县局,b@xc.gov.cn,\n")
    folder = write_issue(workspace, text="date: 2021-01-29\nimprint: {copies: 50}\n")
    write_article(folder, "editorial.md")
    assert run("recipients", "paper", "2021-01", "--numbered") == Outcome(
        code=0,
        out="build/mailing/2021-01: distribution.pdf、labels.pdf；2 处，纸质 3 份（印数 50 份，留存 47 份）\n",
        err="",
    )
    printed = workspace.root / "build" / "mailing" / "2021-01"
    assert all(
        (printed / name).read_bytes().startswith(b"%PDF") for name in ("distribution.pdf", "labels.pdf")
    )


def test_a_sheet_that_no_shop_sells_is_a_wrong_usage(run: Run, workspace: Workspace) -> None:
    write_issue(workspace)
    assert run("recipients", "paper", "2021-01", "--sheet", "80") == Outcome(
        code=2, out="", err="--sheet 只能是 70x36、70x37，现为“80”\n"
    )


# suppress, restore, suppressed


def test_addresses_are_stopped_listed_and_restored(run: Run) -> None:
    assert run("recipients", "suppress", "A＠qq.com", "b@qq.com", "--why", "来电").out == (
        "a@qq.com: 停发\nb@qq.com: 停发\n"
    )
    assert run("recipients", "suppress", "a@QQ.com").out == "a@qq.com: 早已停发，没有变化\n"
    assert run("recipients", "restore", "b@qq.com", "c@qq.com").out == (
        "b@qq.com: 恢复发送\nc@qq.com: 本来就没有停发，没有变化\n"
    )
    listed = run("recipients", "suppressed").out.splitlines()
    assert listed[0] == "已停发："
    assert listed[1].startswith("  a@qq.com  20")
    assert listed[1].endswith("  退订（来电）")
    assert listed[2:] == ["1 个邮箱停发，0 个等您决定"]


def test_nobody_stopped_is_said(run: Run) -> None:
    assert run("recipients", "suppressed") == Outcome(code=0, out="0 个邮箱停发，0 个等您决定\n", err="")


def test_what_is_proposed_waits_for_a_person(run: Run, workspace: Workspace) -> None:
    engine = open_engine(workspace.settings.database, workspace.root)
    when = datetime(2026, 11, 23, 20, tzinfo=UTC)
    with lasting(engine) as connection:
        suppressions.propose(connection, "a@qq.com", Reason.UNKNOWN_USER, "550 5.1.1", when)
        suppressions.propose(connection, "b@qq.com", Reason.UNKNOWN_USER, "", when)
    engine.dispose()
    assert run("recipients", "suppressed").out == (
        "建议停发，请决定（停发：xcbulletin recipients suppress 邮箱；照发：xcbulletin recipients restore 邮箱）：\n"
        "  a@qq.com  2026-11-24  查无此人（550 5.1.1）\n"
        "  b@qq.com  2026-11-24  查无此人\n"
        "0 个邮箱停发，2 个等您决定\n"
    )
    assert run("recipients", "suppress", "a@qq.com").out == "a@qq.com: 停发\n"
    assert run("recipients", "restore", "b@qq.com").out == "b@qq.com: 恢复发送\n"
    document = json.loads(run("recipients", "suppressed", "--json").out)
    assert document["proposed"] == []
    (row,) = document["suppressed"]
    assert (row["address"], row["reason"], row["detail"]) == ("a@qq.com", "unknown-user", "550 5.1.1")
    assert row["since"].endswith("+08:00")


@pytest.mark.parametrize("command", ["suppress", "restore"])
def test_what_is_no_address_is_a_wrong_usage(run: Run, command: str) -> None:
    assert run("recipients", command, "a@qq.com", "张三", "b@qq") == Outcome(
        code=2,
        out="",
        err="“张三”不是邮件地址，没有 @；如 zhangsan@example.org\n“b@qq”的域名“qq”不完整；域名里要有点号，如 example.org\n",
    )
    assert run("recipients", command).err == f"缺少“邮箱...”；用法见 xcbulletin recipients {command} --help\n"
