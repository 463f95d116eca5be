"""`review`, `sign`, `build --final`, `send`: an issue signed from the first stage to the last, and what refuses it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from conftest import Outcome, write, write_article, write_issue
from signatures import PEOPLE, STAGES

from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]
FORM = "build/review/2021-01/form.pdf"


@pytest.fixture(autouse=True)
def issue(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XCBULLETIN_REVIEW__MODE", "required")
    folder = write_issue(workspace, text="date: 2021-01-29\nnumber: 1\n")
    write_article(folder, "editorial.md", "新年第一期，讲讲数据。\n", title="编者的话")
    write_article(folder, "news/01.md", "年底共有三家企业。\n", title="人工智能专利", industries=["ai"])
    return folder


@pytest.fixture
def sign(run: Run) -> Callable[..., Outcome]:
    def sign(stage: str, *words: str, by: str | None = None) -> Outcome:
        return run("sign", "2021-01", "--stage", stage, "--by", by or PEOPLE[stage], *words)

    return sign


@pytest.fixture
def signed(sign: Callable[..., Outcome]) -> None:
    assert [sign(stage).code for stage in STAGES] == [0] * 6


def document(run: Run) -> dict[str, Any]:
    return json.loads(run("review", "2021-01", "--json").out)


def states(run: Run) -> str:
    return " ".join(one["state"] for one in document(run)["stages"])


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# sign and review


def test_each_signature_says_who_is_next(sign: Callable[..., Outcome]) -> None:
    said = [sign(stage).out for stage in STAGES]
    assert said[0] == "issues/2021-01: 张三签了一审；下一级：二审\n"
    assert said[5] == "issues/2021-01: 孙八签了三校；各级都已签完\n"


def test_what_may_not_be_signed_is_refused(sign: Callable[..., Outcome], issue: Path) -> None:
    assert sign("三审") == Outcome(code=1, out="", err="还没轮到三审；下一级是一审\n")
    assert not (issue / "signoffs.yaml").exists()
    sign("一审")
    assert sign("二审", by="张三").err == "张三已签了一审，不能再签二审：一个人不能审两级\n"
    assert sign("二审", "--reject").err == "退回要写明理由，如 --reject --why 第二篇的数字与来源不符\n"
    assert sign("一校", "--reject", "--correction").code == 2


def test_the_text_sent_back_starts_anew(run: Run, sign: Callable[..., Outcome]) -> None:
    sign("一审")
    said = sign("二审", "--reject", "--why", "标题与正文不符")
    assert said.out == "issues/2021-01: 李四退回二审；下一级：一审\n"
    assert states(run) == "voided rejected open open open open"


def test_review_says_where_it_stands(run: Run, sign: Callable[..., Outcome], issue: Path) -> None:
    sign("一审", "--why", "同意")
    at = document(run)["stages"][0]["at"].replace("T", " ")[:16]
    outcome = run("review", "2021-01")
    assert outcome.code == 0
    assert outcome.err == ""
    lines = outcome.out.splitlines()
    assert lines[:3] == ["issues/2021-01: 下一级：二审", f"  一审　已签　张三　{at}　同意", "  二审　未签"]
    change(issue / "news" / "01.md", "三家企业", "三家公司")
    assert run("review", "2021-01").out.splitlines()[7:-1] == [
        "  一审签后的改动：",
        "    news/01.md 改过",
        f"    --- news/01.md（一审 张三 {at} 签过的）",
        "    +++ news/01.md（现在的）",
        "    @@ 原第 4 行起，现第 4 行起 @@",
        "     ---",
        "    -年底共有三家企业。",
        "    +年底共有三家公司。",
    ]


def test_review_for_programs(run: Run, sign: Callable[..., Outcome]) -> None:
    sign("一审")
    shown = document(run)
    assert (shown["issue"], shown["mode"], shown["complete"], shown["next"]) == (
        "2021-01",
        "required",
        False,
        "二审",
    )
    assert shown["problems"] == []
    assert [one["stage"] for one in shown["stages"]] == list(STAGES)
    first, second = shown["stages"][:2]
    assert (first["state"], first["by"], first["why"], first["changes"]) == ("signed", "张三", None, [])
    assert second == {
        "stage": "二审", "role": None, "state": "open", "by": None, "at": None, "why": None, "changes": [], "difference": [],
    }  # fmt: skip


def test_tampering_ends_review_with_1(run: Run, sign: Callable[..., Outcome], issue: Path) -> None:
    sign("一审")
    change(issue / "signoffs.yaml", "张三", "李四")
    outcome = run("review", "2021-01", "--json")
    assert outcome.code == 1
    shown = json.loads(outcome.out)
    assert shown["complete"] is False
    assert next((one["file"], one["line"], one["rule"]) for one in shown["problems"]) == (
        "issues/2021-01/signoffs.yaml", 4, "signoff-edited",
    )  # fmt: skip
    assert "第 1 条（一审 李四）被改过" in sign("二审", by="王五").err


def test_an_issue_with_errors_is_not_signed_but_may_be_sent_back(
    sign: Callable[..., Outcome], issue: Path
) -> None:
    write(issue / "news" / "02.md", "没有文章信息\n")
    outcome = sign("一审")
    assert outcome.code == 1
    assert outcome.err.startswith("issues/2021-01/news/02.md:1: 开头没有用两行“---”围起来的文章信息")
    assert sign("一审", "--reject", "--why", "有一篇没写完").code == 0


@pytest.mark.usefixtures("signed")
def test_a_draft_is_not_signed_until_it_is_an_article(run: Run, issue: Path) -> None:
    write_article(issue, "news/02.md", "还没写完。\n", title="草稿", draft=True)
    assert document(run)["complete"] is True
    change(issue / "news" / "02.md", "draft: true\n", "")
    assert states(run) == "voided " * 5 + "voided"


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(
    ("old", "new"), [("title: 许昌竞争情报快递", "title: 许昌情报"), ("contact: 意见", "contact: 新的意见")]
)
def test_what_the_settings_print_is_signed_too(run: Run, workspace: Workspace, old: str, new: str) -> None:
    change(workspace.root / "bulletin.yaml", old, new)
    shown = document(run)
    assert shown["complete"] is False
    assert shown["stages"][0]["why"] == "签后有改动：刊头栏目版记.yaml 改过"


@pytest.mark.usefixtures("signed")
def test_the_names_of_industries_that_it_prints_are_signed_too(run: Run, workspace: Workspace) -> None:
    path = workspace.root / "sources" / "industries.yaml"
    change(path, "short_name: 人工智能\n", "short_name: 人工只能\n")
    shown = document(run)
    assert shown["complete"] is False
    assert "+  short_name: 人工只能" in shown["stages"][0]["difference"]


@pytest.mark.usefixtures("fonts", "signed")
def test_what_nobody_signed_is_not_printed(run: Run, workspace: Workspace, issue: Path) -> None:
    write_article(issue, "news/~$02.md", "谁也没有看过的一篇。\n", title="偷印的")
    assert document(run)["complete"] is True
    assert run("build", "2021-01", "--final", "--format", "html").code == 0
    assert "偷印的" not in (workspace.root / "build" / "2021-01" / "index.html").read_text(encoding="utf-8")


def test_a_copy_of_a_signed_issue_is_not_signed(run: Run, sign: Callable[..., Outcome], issue: Path) -> None:
    for stage in STAGES:
        sign(stage)
    shutil.copytree(issue, issue.parent / "2021-02")
    outcome = run("build", "2021-02", "--final", "--format", "html")
    assert outcome.code == 1
    assert "第 1 条（一审 张三）签的是 2021-01，不是这一期" in outcome.err


@pytest.mark.usefixtures("signed")
def test_who_signed_is_held_against_those_named_now(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XCBULLETIN_REVIEW__PEOPLE", '{"三审": ["周九"]}')
    outcome = run("send", "2021-01", "--yes")
    assert (outcome.code, outcome.err) == (
        1,
        "issues/2021-01: 还没有完成三审三校，不能发送；缺：三审（不是点名的人签的）；"
        "详情请看 xcbulletin review 2021-01\n",
    )


@pytest.mark.usefixtures("signed")
def test_what_the_settings_do_not_print_is_free(run: Run, workspace: Workspace) -> None:
    change(workspace.root / "bulletin.yaml", "host: 127.0.0.1", "host: mail.example.org")
    assert document(run)["complete"] is True


def test_a_stage_may_have_a_role(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XCBULLETIN_REVIEW__ROLES", '{"三审": "分管领导"}')
    assert "  三审（分管领导）　未签\n" in run("review", "2021-01").out


def test_people_are_of_stages_that_there_are(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XCBULLETIN_REVIEW__PEOPLE", '{"四审": ["张三"]}')
    assert run("review", "2021-01").err == (
        "环境变量 XCBULLETIN_REVIEW__PEOPLE: “review.people”里的“四审”不是签审的一级；现有：一审、二审、三审、一校、二校、三校\n"
    )


def test_stages_are_named_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XCBULLETIN_REVIEW__STAGES", '["一审", "一审"]')
    assert run("review", "2021-01").err == (
        "环境变量 XCBULLETIN_REVIEW__STAGES: “review.stages”至少要有一级，每级只能写一次；例如 [一审, 二审, 三审, 一校, 二校, 三校]\n"
    )


# What refuses an unsigned issue


@pytest.mark.usefixtures("fonts")
def test_an_unsigned_issue_is_not_built_as_final(
    run: Run, sign: Callable[..., Outcome], workspace: Workspace
) -> None:
    sign("一审")
    outcome = run("build", "2021-01", "--final", "--format", "html")
    assert outcome.code == 1
    assert outcome.err.splitlines()[-2:] == [
        "issues/2021-01: 还没有完成三审三校，不能定稿；缺：二审、三审、一校、二校、三校；详情请看 xcbulletin review 2021-01",
        "2021-01: 没有编印；请先改正以上问题",
    ]
    assert not (workspace.root / "build" / "2021-01").exists()
    assert run("build", "2021-01", "--format", "html").code == 0


@pytest.mark.usefixtures("fonts", "signed")
def test_a_signed_issue_is_built_as_final_until_it_changes(run: Run, issue: Path) -> None:
    assert run("build", "2021-01", "--final", "--format", "html").code == 0
    write_article(issue, "news/03.md", "谁也没有看过的一篇。\n", title="新的")
    outcome = run("build", "2021-01", "--final", "--format", "html")
    assert outcome.code == 1
    assert "缺：一审（签后有改动，已作废）、二审" in outcome.err


@pytest.mark.usefixtures("fonts")
def test_where_signatures_are_not_required_final_asks_for_no_errors(
    run: Run, monkeypatch: pytest.MonkeyPatch, issue: Path
) -> None:
    monkeypatch.setenv("XCBULLETIN_REVIEW__MODE", "off")
    assert run("build", "2021-01", "--final", "--format", "html").code == 0
    assert "（bulletin.yaml 没有要求三审三校：review.mode 为 off）" in run("review", "2021-01").out
    write(issue / "news" / "02.md", "没有文章信息\n")
    outcome = run("build", "2021-01", "--final", "--format", "html")
    assert outcome.code == 1
    assert outcome.err.splitlines()[-1] == "2021-01: 没有编印；请先改正以上问题"


@pytest.mark.usefixtures("fonts")
def test_signing_makes_nothing_to_be_built_anew(run: Run, sign: Callable[..., Outcome]) -> None:
    run("build", "2021-01", "--format", "html")
    sign("一审")
    assert run("build", "2021-01", "--format", "html").out == "build/2021-01: 没有变化，不必重印\n"
    assert "不会被印出来" not in run("check", "2021-01").err


@pytest.mark.usefixtures("fonts")
def test_an_unsigned_issue_is_not_sent(run: Run, workspace: Workspace, sign: Callable[..., Outcome]) -> None:
    write(
        workspace.root / "recipients.csv",
        "姓名,邮箱,单位,职务,关系,产业,PDF,份数,名单\n张三,a@example.org,局,,隶属,*,none,0,\n",
    )
    sign("一审")
    sign("二审", "--reject", "--why", "有误")
    outcome = run("send", "2021-01", "--yes")
    assert (outcome.code, outcome.err) == (
        1,
        "issues/2021-01: 还没有完成三审三校，不能发送；缺：一审（二审退回）、二审（已退回）、三审、一校、二校、三校；"
        "详情请看 xcbulletin review 2021-01\n",
    )


@pytest.mark.usefixtures("signed")
def test_an_issue_whose_signatures_were_forged_is_not_sent(run: Run, issue: Path) -> None:
    change(issue / "signoffs.yaml", "孙八", "孙七")
    outcome = run("send", "2021-01", "--yes")
    assert outcome.code == 1
    assert outcome.err.splitlines()[-1] == "issues/2021-01: 签审记录有问题，不能发送"


# The form


@pytest.mark.usefixtures("fonts")
def test_the_form_shows_every_stage_and_article(
    monkeypatch: pytest.MonkeyPatch, run: Run, sign: Callable[..., Outcome], workspace: Workspace
) -> None:
    monkeypatch.setenv("XCBULLETIN_REVIEW__ROLES", '{"三审": "分管领导"}')
    sign("一审", "--why", "同意付审", by="张𱅒")
    sign("二审", "--reject", "--why", "数字与来源不符")
    outcome = run("review", "2021-01", "--pdf")
    assert outcome.out.splitlines()[-1] == f"审稿单：{FORM}"
    with pdfplumber.open(workspace.root / FORM) as pdf:
        text = "".join(page.extract_text() for page in pdf.pages).replace(" ", "")
        assert (round(pdf.pages[0].width), round(pdf.pages[0].height)) == (595, 842)
    for words in ("审稿单", "2021年第1期", "没有签完，不能付印", "一审作废张〓", "二审退回李四", "分管领导",
                  "编者的话", "人工智能专利", "经过", "数字与来源不符", "付印签发"):  # fmt: skip
        assert words in text, words


@pytest.mark.usefixtures("fonts", "signed")
def test_the_form_of_a_signed_issue_says_that_it_may_be_printed(run: Run, workspace: Workspace) -> None:
    run("review", "2021-01", "--pdf")
    with pdfplumber.open(workspace.root / FORM) as pdf:
        text = "".join(page.extract_text() for page in pdf.pages).replace(" ", "")
    assert "各级都已签完，可以付印" in text
    assert "经过" not in text
