"""`check` with the rules of proofing: what it says, mends and writes, and what it is told to leave alone."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Outcome, write, write_article, write_issue
from feedserver import FeedServer, answer

from xcbulletin.model import IssueId
from xcbulletin.proofing.fixing import FixError
from xcbulletin.proofroom.checking import check, mend
from xcbulletin.settings import Workspace
from xcbulletin.workshop import Workshop

Run = Callable[..., Outcome]
pytestmark = pytest.mark.usefixtures("fonts")

WHOLE_ISSUE = """date: 2021-01-29
number: 1
imprint: {permit_number: 样例, recipients: 有关部门, printer: 样例, print_date: 2021-01-29, copies: 200}
"""
FRONT = """---
title: 一月新闻
industries: [ai]
source: {name: 某局, url: "https://example.org/a.html", date: 2021-01-20}
---
"""
DAY = datetime.date(2021, 1, 29)
HERE = "issues/2021-01/news/01.md"
RATE = "差错率约 0.0/万，合格线 2/万"


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    return write_issue(workspace, text=WHOLE_ISSUE)


def article(folder: Path, body: str, front: str = FRONT) -> Path:
    return write(folder / "news/01.md", front + body)


def switch_off(workspace: Workspace, rules: str) -> None:
    path = workspace.root / "bulletin.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("  off: []", f"  off: {rules}"), encoding="utf-8"
    )


def test_what_the_rules_find_is_told_beside_what_composing_finds(run: Run, folder: Path) -> None:
    article(folder, "本报讯　产量增长，见[@fig-x]。\n")
    outcome = run("check")
    assert outcome.code == 1
    assert (
        f"{HERE}:6: 不能自称“本报”；请改为“本期”“《快递》”或编印单位的名称；引自报刊的请改写，或放进引号并写明出处\n"
        in outcome.err
    )
    rules = [one["rule"] for one in json.loads(run("check", "--json").out)["problems"]]
    assert {"wording-self", "reference"} <= set(rules)


def test_the_document_gives_the_error_rate(run: Run, folder: Path) -> None:
    article(folder, f"{'产量增长。' * 200}截止至一月底。\n")
    rate = json.loads(run("check", "--json").out)["errorrate"]
    assert rate == {"slips": 1, "characters": 1013, "per_10000": 9.87, "yardstick": 2, "passes": False}
    assert run("check").out.endswith("；差错率约 9.9/万，合格线 2/万，不合格\n")


def test_a_line_and_a_workspace_may_do_without_a_rule(run: Run, workspace: Workspace, folder: Path) -> None:
    article(folder, "本刊增长。 <!-- 不检查: wording-self -->\n")
    assert run("check") == Outcome(code=0, out=f"2021-01: 没有发现问题；{RATE}\n", err="")
    article(folder, "本刊增长。\n")
    assert run("check").code == 1
    switch_off(workspace, "[wording-self]")
    assert run("check") == Outcome(code=0, out=f"2021-01: 没有发现问题；{RATE}\n", err="")


def test_a_line_that_switches_off_a_rule_that_does_not_exist_is_told(run: Run, folder: Path) -> None:
    path = article(folder, "产量增长。<!-- 不检查: word-confsed -->\n")
    outcome = run("check")
    assert outcome.code == 0
    line = path.read_text(encoding="utf-8").split("\n").index("产量增长。<!-- 不检查: word-confsed -->") + 1
    assert outcome.err == (
        f"提醒：issues/2021-01/news/{path.name}:{line}: 这一行写明不检查“word-confsed”，没有这条校对规则；"
        "最接近的是 word-confused（错别字）\n"
    )


def test_a_rule_that_does_not_exist_cannot_be_switched_off(
    run: Run, workspace: Workspace, folder: Path
) -> None:
    article(folder, "产量增长。\n")
    switch_off(workspace, "[wording-selv]")
    rows = (workspace.root / "bulletin.yaml").read_text(encoding="utf-8").split("\n")
    line = next(number for number, row in enumerate(rows, start=1) if "selv" in row)
    assert run("check") == Outcome(
        code=1,
        out=f"2021-01: 1 处错误，0 处提醒；{RATE}\n",
        err=f"bulletin.yaml:{line}: check.off 里没有“wording-selv”这条校对规则；"
        "最接近的是 wording-self（自称本报、本刊）\n",
    )


def test_a_yardstick_below_nothing_is_a_mistake(run: Run, workspace: Workspace, folder: Path) -> None:
    article(folder, "产量增长。\n")
    path = workspace.root / "bulletin.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("yardstick: 2 ", "yardstick: 0 "), encoding="utf-8"
    )
    assert "check.yardstick" in run("check").err


def test_fix_makes_the_safe_corrections_shows_them_and_keeps_every_other_byte(run: Run, folder: Path) -> None:
    before = (
        b"\xef\xbb\xbf" + f"{FRONT}截止至一月底，产量增长。\n\n本刊增长。\n".replace("\n", "\r\n").encode()
    )
    path = write(folder / "news/01.md", before)
    outcome = run("check", "--fix")
    assert path.read_bytes() == before.replace("截止至".encode(), "截至".encode())
    assert outcome.out == (
        f"--- a/{HERE}\n+++ b/{HERE}\n@@ -5,3 +5,3 @@\n ---\n-截止至一月底，产量增长。\n+截至一月底，产量增长。\n \n"
        "2021-01: 在 1 个文件里改正了 1 处\n"
        f"2021-01: 1 处错误，0 处提醒；{RATE}\n"
    )
    assert (outcome.code, "本刊" in outcome.err) == (1, True)
    assert run("check", "--fix").out.startswith("2021-01: 没有可以放心自动改正的地方\n")


def test_fix_and_json_do_not_go_together(run: Run, folder: Path) -> None:
    path = article(folder, "截止至一月底。\n")
    before = path.read_bytes()
    assert run("check", "--fix", "--json") == Outcome(
        code=2, out="", err="--fix 和 --json 不能一起用：改动要给人看；请先 --fix，再 --json\n"
    )
    assert path.read_bytes() == before


def test_the_report_marks_the_places_and_needs_nothing_else(
    run: Run, workspace: Workspace, folder: Path
) -> None:
    article(folder, "A<b>本刊增长。\n")
    outcome = run("check", "--report")
    assert outcome.out.endswith("标出各处的网页：build/check/2021-01.html\n")
    page = (workspace.root / "build/check/2021-01.html").read_text(encoding="utf-8")
    assert 'A&lt;b&gt;<mark class="error">本刊<sup>' in page
    assert "不能自称“本刊”" in page
    assert "《内部资料性出版物管理办法》（2015）第十四条" in page
    assert not [outside for outside in ("src=", "<link", "<script") if outside in page]


def test_a_report_of_a_sound_issue_says_so(run: Run, workspace: Workspace, folder: Path) -> None:
    article(folder, "产量增长。\n")
    assert run("check", "--report").code == 0
    page = (workspace.root / "build/check/2021-01.html").read_text(encoding="utf-8")
    assert "没有发现问题。" in page


def test_a_coarse_picture_is_told_as_it_is_printed(run: Run, folder: Path) -> None:
    import io

    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (600, 300), "white").save(stream, "PNG")
    write(folder / "assets/a.png", stream.getvalue())
    article(folder, "产量增长。\n\n![图题](assets/a.png){width=100%}\n")
    assert run("check").err == (
        f"提醒：{HERE}:8: 图片 assets/a.png 宽 600 像素，印成 16.1 厘米宽时每英寸只有 95 个像素；"
        "请换成宽 950 像素以上的原图，或改用 SVG；也可用 {width=……%} 印小一些\n"
    )


def test_an_article_that_cannot_be_read_is_not_said_to_lack_its_source(run: Run, folder: Path) -> None:
    article(folder, "产量增长。\n", front=FRONT.replace("[ai]", "[aii]"))
    assert [one["rule"] for one in json.loads(run("check", "--json").out)["problems"]] == ["unknown-industry"]


def test_drafts_are_not_proofed(run: Run, folder: Path) -> None:
    article(folder, "产量增长。\n")
    write_article(folder, "news/02.md", "本刊。\n", draft=True)
    assert [one["rule"] for one in json.loads(run("check", "--json").out)["problems"]] == ["draft"]


def test_what_was_printed_before_is_told(run: Run, workspace: Workspace, folder: Path) -> None:
    title = "国务院印发绿色低碳循环发展指导意见"
    article(write_issue(workspace, "2020-12", WHOLE_ISSUE), "甲。\n", FRONT.replace("一月新闻", title))
    article(folder, "乙。\n", FRONT.replace("一月新闻", title).replace("a.html", "b.html"))
    assert run("check", "2021-01").err == (
        f"提醒：{HERE}:1: 与 issues/2020-12/news/01.md《{title}》标题几乎一样；"
        "请确认不是重复；有新进展的，请在标题里说出来\n"
    )


def test_an_issue_with_an_error_of_the_rules_is_built_but_not_as_final(run: Run, folder: Path) -> None:
    article(folder, "本刊增长。\n")
    outcome = run("build", "2021-01", "--format", "html", "--final")
    assert outcome.code == 1
    assert outcome.err.endswith("2021-01: 没有编印；请先改正以上问题\n")
    assert "不能自称“本刊”" in outcome.err
    assert run("build", "2021-01", "--format", "html").code == 0


def test_a_list_of_words_that_cannot_be_read_is_told_with_its_line(
    run: Run, workspace: Workspace, folder: Path
) -> None:
    article(folder, "产量增长。\n")
    write(workspace.root / "sources/proofing.yaml", "confusions:\n  - {source: 甲, words: [{worng: 乙}]}\n")
    outcome = run("check")
    assert outcome.code == 1
    assert "sources/proofing.yaml:2: " in outcome.err


def test_a_correction_of_a_day_to_come_is_told_with_its_line(run: Run, folder: Path) -> None:
    front = FRONT.removesuffix("---\n") + "corrections: [{date: 2999-05-08, note: 改正一字}]\n---\n"
    article(folder, "产量增长。\n", front)
    outcome = run("check")
    assert outcome.code == 1
    assert f"{HERE}:5: 更正的日期 2999-05-08 还没有到，今天是 " in outcome.err


def test_a_workspace_without_a_list_of_words_uses_the_program_s(
    run: Run, workspace: Workspace, folder: Path
) -> None:
    article(folder, "截止至一月底，产量增长。\n")
    (workspace.root / "sources/proofing.yaml").unlink()
    assert "截止至" in run("check").err


def test_a_file_that_was_changed_since_it_was_checked_is_not_mended(
    workspace: Workspace, folder: Path
) -> None:
    path = article(folder, "截止至一月底，产量增长。\n")
    with Workshop(workspace.root, {}) as workshop:
        checked = check(workshop, IssueId("2021-01"), DAY)
    path.write_text(f"{FRONT}截止至一月底，产量下降。\n", encoding="utf-8")
    with pytest.raises(FixError) as caught:
        mend(workspace.root, checked)
    assert str(caught.value) == f"{HERE}: 文件在检查以后改动过，没有写入；请重新检查"


def test_an_issue_with_an_error_of_the_rules_is_not_sent(
    run: Run, workspace: Workspace, folder: Path
) -> None:
    article(folder, "联系人身份证号11010519491231002X。\n")
    line = "姓名,邮箱,单位,职务,关系,产业,PDF,份数,名单\n甲,a@example.org,市局,局长,隶属,*,none,0,\n"
    write(workspace.root / "recipients.csv", line)
    outcome = run("send", "2021-01")
    assert outcome.code == 1
    assert f"{HERE}:6: 有身份证号 110***********002X；请删去，或只留姓氏和单位\n" in outcome.err
    assert json.loads(run("deliveries", "2021-01", "--json").out)["rows"] == []


def test_addresses_that_are_dead_are_told_when_asked(
    workspace: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XCBULLETIN_COLLECTOR__ALLOW_PRIVATE_NETWORKS", "true")
    monkeypatch.setenv("XCBULLETIN_COLLECTOR__HOST_GAP", "0")
    monkeypatch.setattr("xcbulletin.proofing.structure.links._rule_for", lambda _address: None)
    folder = write_issue(workspace)
    with FeedServer() as server:
        there, gone = server.on("/a", answer(b"here")), server.on("/b", answer(b"", status=404))
        wall = server.on("/c", answer(b"", status=403))
        body = f"见[原文]({there})、[旧文]({gone})和[公告]({wall})。\n\n另见[旧文]({gone}) <!-- 不检查: link-dead -->\n"
        write_article(folder, "news/01.md", body, industries=["ai"])
        outcome = run("check", "2021-01", "--links")
        assert gone not in run("check", "2021-01").err
    told = [line for line in outcome.err.splitlines() if "网址打不开" in line]
    assert len(told) == 1
    assert told[0].startswith(f"提醒：issues/2021-01/news/01.md:5: 网址打不开：{gone}（")
    assert told[0].endswith("；请换成还在的网址，或只写来源的名称")
