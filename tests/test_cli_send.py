"""`send`, `deliveries`, `resolve`, `bounces`: what an editor types, against a real server on loopback."""

import csv
import datetime
import email
import email.policy
import io
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Outcome, write, write_article, write_issue
from mailserver import MailServer

from xcbulletin.database import open_engine
from xcbulletin.delivery.ledger.locking import sending_lock
from xcbulletin.model import IssueId
from xcbulletin.postroom import Postroom
from xcbulletin.postroom.trying import dry_run
from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]
HEAD = "姓名,邮箱,单位,职务,关系,产业,PDF,份数,名单\n"


@pytest.fixture(autouse=True)
def issue(workspace: Workspace, fonts: Any) -> Path:  # noqa: ARG001  skipped without
    folder = write_issue(workspace)
    write_article(folder, "editorial.md", "新年第一期。\n", title="编者的话")
    write_article(folder, "news/01.md", title="人工智能专利", industries=["ai"])
    write_article(folder, "news/02.md", title="工业机器人产量", industries=["robot"])
    return folder


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., MailServer]:
    def relay(faults: Any = None, **options: Any) -> MailServer:
        server = MailServer(tmp_path / "relay", faults, keep=True, **options)
        settings = {"PER_MINUTE": "100000", "RETRY_MINUTES": "[0.002]", "TIMEOUT_AFTER_DATA": "1"}
        for name, value in settings.items():
            monkeypatch.setenv(f"XCBULLETIN_MAIL__{name}", value)
        return server

    return relay


@pytest.fixture
def send(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    def send(server: MailServer, *words: str) -> Outcome:
        monkeypatch.setenv("XCBULLETIN_MAIL__PORT", str(server.port))
        return run("send", "2021-01", *words)

    return send


def list_of(workspace: Workspace, *lines: str) -> None:
    write(workspace.root / "recipients.csv", (HEAD + "\n".join(lines) + "\n").encode("gbk"))


def person(name: str, *, industries: str = "*", pdf: str = "none", lists: str = "") -> str:
    return f"{name},{name}@example.org,市科学技术局,局长,隶属,{industries},{pdf},0,{lists}"


def states(run: Run) -> dict[str, str]:
    rows = json.loads(run("deliveries", "2021-01", "--json").out)["rows"]
    return {row["address"].partition("@")[0]: row["state"] for row in rows}


def read(letter: bytes) -> Any:
    return email.message_from_bytes(letter, policy=email.policy.default)


def test_everybody_gets_what_they_asked_for_once(
    workspace: Workspace, run: Run, relay: Any, send: Any
) -> None:
    list_of(
        workspace,
        person("zhang", pdf="attach"),
        person("li", industries="ai"),
        person("wang", industries="新能源汽车"),
        person("zhao", industries="机器人"),
        person("ZHAO", industries="ai"),
    )
    with relay() as server:
        outcome = send(server, "--yes")
        again = send(server, "--yes")
    assert (outcome.code, again.code) == (0, 0)
    assert server.addresses == {f"{name}@example.org": 1 for name in ("zhang", "li", "zhao")}
    assert re.sub(r"\d+ KB", "N KB", outcome.out).splitlines() == [
        "  1 封 全部产业，附 PDF，每封 N KB",
        "  1 封 人工智能，不带 PDF，每封 N KB",
        "  1 封 工业机器人、人工智能，不带 PDF，每封 N KB",
        "2021-01: 要发 3 封，每分钟至多 100000 封，要用不到 1 分钟",
        "2021-01: 已送出 3，没有可发的内容 1（这次送出 3 封）",
    ]
    assert "本期没有这 1 位收件人所选产业的文章，不发：wang@example.org" in outcome.err
    assert again.out.splitlines()[0] == "2021-01: 没有要发的信"
    assert server.connections <= 2
    assert states(run) == {"zhang": "accepted", "li": "accepted", "wang": "cancelled", "zhao": "accepted"}
    by_address = {read(letter)["To"].addresses[0].username: read(letter) for letter in server.letters}
    assert [part.get_filename() for part in by_address["zhang"].iter_attachments()] == [
        "许昌竞争情报快递2021年1月.pdf"
    ]
    assert "工业机器人产量" not in by_address["li"].get_body(("plain",)).get_content()


def test_what_went_wrong_is_told_and_ends_in_its_code(
    workspace: Workspace, run: Run, relay: Any, send: Any
) -> None:
    list_of(workspace, *map(person, ("a", "b", "c", "d")))
    faults = {
        "a@example.org": ["rcpt 450 4.2.0 Greylisted"],
        "b@example.org": "rcpt 550 5.1.1 User unknown",
        "c@example.org": "take and drop",
    }
    with relay(faults) as server:
        outcome = send(server, "--yes")
    assert outcome.code == 4
    assert outcome.out.splitlines()[-1] == "2021-01: 已送出 2，被拒收 1，不知送到没有 1（这次送出 2 封）"
    assert outcome.err.splitlines()[-2:] == [
        "1 封不知送到没有，不会自动重发；请看 xcbulletin resolve 2021-01",
        "有人没有收到；请看 xcbulletin deliveries 2021-01",
    ]
    told = run("deliveries", "2021-01").out.splitlines()
    assert told[0] == "b <b@example.org>: 被拒收；没有这个邮箱（550 5.1.1 User unknown）"
    assert told[-1] == "2021-01: 已送出 2，被拒收 1，不知送到没有 1"
    assert run("resolve", "2021-01").code == 4
    marked = run("resolve", "2021-01", "--mark", "delivered", "c@example.org")
    assert (marked.code, marked.out) == (0, "c@example.org: 记为已送到\n2021-01: 没有不清楚的信\n")
    assert send(server).code == 3
    assert "b@example.org" in run("recipients", "suppressed").out
    assert server.addresses == {"a@example.org": 1, "c@example.org": 1, "d@example.org": 1}


def test_a_letter_marked_for_it_is_sent_again_and_is_the_same(
    workspace: Workspace, run: Run, relay: Any, send: Any
) -> None:
    list_of(workspace, person("a"))
    with relay({"a@example.org": ["take and drop"]}) as server:
        assert send(server, "--yes").code == 4
        assert run("resolve", "2021-01", "--mark", "resend", "a@example.org").code == 0
        assert send(server, "--yes").code == 0
    one, other = server.letters
    assert one == other


def test_editors_who_share_a_server_send_each_letter_once(
    workspace: Workspace, run: Run, relay: Any, send: Any, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XCBULLETIN_DATABASE", database_url)
    list_of(workspace, person("a"), person("b"))
    with relay({"b@example.org": ["rcpt 450 4.2.0 later"]}) as server:
        assert send(server, "--yes").code == 0
        assert send(server, "--yes").code == 0
    assert server.addresses == {"a@example.org": 1, "b@example.org": 1}
    assert states(run) == {"a": "accepted", "b": "accepted"}


def test_marks_are_taken_together_or_not_at_all(
    workspace: Workspace, run: Run, relay: Any, send: Any
) -> None:
    list_of(workspace, person("anna"), person("bert"))
    with relay({"bert@example.org": "take and drop"}) as server:
        send(server, "--yes")
    outcome = run(
        "resolve", "2021-01", "--mark", "resend", "bert@example.org", "anna@example.org", "ana@example.org"
    )
    assert outcome.code == 1
    assert outcome.err.splitlines() == [
        "anna@example.org: 发信服务器已经收下，不能重发",
        "ana@example.org: 这一期没有给这个邮箱的信；相近的有 anna@example.org",
        "没有改动任何一封",
    ]
    assert states(run)["bert"] == "uncertain"


def test_an_edition_that_changed_is_refused_until_it_is_revised(
    workspace: Workspace, issue: Path, run: Run, relay: Any, send: Any
) -> None:
    list_of(workspace, person("a"), person("b"))
    with relay({"b@example.org": ["rcpt 450 4.2.0 later", "rcpt 450 4.2.0 later"]}) as server:
        assert send(server, "--yes").code == 3
        run("resolve", "2021-01", "--mark", "resend", "b@example.org")
        write_article(issue, "news/01.md", title="人工智能专利改了", industries=["ai"])
        refused = send(server, "--yes")
        assert refused.code == 1
        assert refused.err.splitlines()[-1] == (
            "issues/2021-01: 准备发送之后，文稿、模板、设置或程序改动过，与已经发出的不一样，没有发送；"
            "请改回原样，或运行 xcbulletin send 2021-01 --revise，把改后的发给还没有收到的人"
        )
        assert server.addresses == {"a@example.org": 1}
        assert send(server, "--yes", "--revise").code == 0
    assert "人工智能专利改了" in read(server.letters[1]).get_body(("plain",)).get_content()


def test_who_comes_later_is_only_sent_to_when_asked(workspace: Workspace, relay: Any, send: Any) -> None:
    list_of(workspace, person("a", lists="领导"), person("b", lists="企业"))
    with relay() as server:
        assert send(server, "--yes", "--list", "领导").code == 0
        outcome = send(server, "--yes")
        assert "收件人名单里另有 1 位没有列入这一期的发送，这次不发；要发给他们，请加上 --add" in outcome.err
        assert server.addresses == {"a@example.org": 1}
        assert send(server, "--yes", "--add").code == 0
        unknown = send(server, "--yes", "--list", "局长")
    assert server.addresses == {"a@example.org": 1, "b@example.org": 1}
    assert (unknown.code, unknown.err) == (2, "--list 没有“局长”这个名单；已有的名单：领导、企业\n")


def test_a_dry_run_writes_the_letters_and_nothing_else(
    workspace: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_of(workspace, person("a"), person("b", industries="ai"), person("c", industries="5g"))
    monkeypatch.setenv("XCBULLETIN_MAIL__PORT", "1")
    outcome = run("send", "2021-01", "--dry-run")
    assert outcome.code == 0
    folder = workspace.root / "build" / "mailing" / "2021-01" / "letters"
    assert sorted(path.name for path in folder.iterdir()) == [
        "a@example.org.eml",
        "b@example.org.eml",
        "plan.csv",
    ]
    plan = list(csv.DictReader(io.StringIO((folder / "plan.csv").read_text(encoding="utf-8-sig"))))
    assert [row["信"] for row in plan] == [
        "a@example.org.eml",
        "b@example.org.eml",
        "本期没有他订的产业的文章，不发",
    ]
    assert json.loads(run("deliveries", "2021-01", "--json").out)["rows"] == []


def test_the_plan_of_a_dry_run_opens_in_excel_and_runs_nothing(workspace: Workspace, run: Run) -> None:
    list_of(workspace, "=1+1,+a@example.org,市科学技术局,局长,隶属,*,none,0,")
    assert run("send", "2021-01", "--dry-run").code == 0
    plan = workspace.root / "build" / "mailing" / "2021-01" / "letters" / "plan.csv"
    assert plan.read_text(encoding="utf-8-sig").splitlines()[1].startswith("'+a@example.org,'=1+1,全部,none,")


def test_a_pdf_lies_under_an_address_that_is_whole_in_every_mail_program(
    workspace: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_of(workspace, person("a", pdf="link"))
    monkeypatch.setenv("XCBULLETIN_MAIL__PDF_BASE", "http://10.0.0.8/内参 刊/")
    assert run("send", "2021-01", "--dry-run").code == 0
    folder = workspace.root / "build" / "mailing" / "2021-01" / "letters"
    text = read((folder / "a@example.org.eml").read_bytes()).get_body(("plain",)).get_content()
    assert "<http://10.0.0.8/%E5%86%85%E5%8F%82%20%E5%88%8A/2021-01/bulletin.pdf>" in text


def test_letters_of_a_dry_run_are_all_of_one_time(workspace: Workspace) -> None:
    list_of(workspace, *(person(name) for name in "abc"))
    ticks = itertools.count()
    start = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)
    with Postroom(
        workspace.root, {}, clock=lambda: start + datetime.timedelta(minutes=next(ticks))
    ) as postroom:
        folder = dry_run(postroom, IssueId("2021-01"), None, print).folder
    assert len({read(letter.read_bytes())["Date"] for letter in folder.glob("*.eml")}) == 1


def test_who_gets_nothing_more_is_not_counted(workspace: Workspace, run: Run, relay: Any, send: Any) -> None:
    list_of(workspace, person("a"), person("b"))
    assert run("recipients", "suppress", "b@example.org").code == 0
    assert run("send", "2021-01", "--dry-run").out.splitlines()[0] == "没有发送。要发 1 封"
    with relay() as server:
        outcome = send(server, "--yes")
    assert "2021-01: 要发 1 封" in outcome.out
    assert states(run) == {"a": "accepted", "b": "suppressed"}
    assert server.addresses == {"a@example.org": 1}


def test_a_test_letter_says_so_and_is_in_no_ledger(
    workspace: Workspace, run: Run, relay: Any, send: Any
) -> None:
    list_of(workspace, person("a", industries="ai"))
    with relay() as server:
        assert send(server, "--test", "me@example.org", "--as", "a@example.org").code == 0
    (letter,) = map(read, server.letters)
    assert letter["Subject"].startswith("【测试】")
    assert letter["Message-ID"].endswith("@test.example.org>")
    assert server.addresses == {"me@example.org": 1}
    assert json.loads(run("deliveries", "2021-01", "--json").out)["rows"] == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--as", "a@example.org"), "--as 要与 --test 合用，如 --test me@example.org --as zhang@example.org"),
        (
            ("--test", "a@example.org", "--list", "领导"),
            "--test 只发一封，不能与 --dry-run、--list、--add、--revise 合用",
        ),
        (("--dry-run", "--add"), "--dry-run 不能与 --add、--revise 合用"),
    ],
)
def test_options_of_which_one_would_be_passed_over_are_refused(
    words: tuple[str, ...], message: str, run: Run
) -> None:
    outcome = run("send", "2021-01", *words)
    assert (outcome.code, outcome.err) == (2, f"{message}\n")


def test_nobody_is_sent_to_without_a_yes(workspace: Workspace, relay: Any, send: Any) -> None:
    list_of(workspace, person("a"))
    with relay() as server:
        outcome = send(server)
    assert outcome.code == 2
    assert outcome.err.splitlines()[-1] == "要发 1 封信，没有人确认；确定要发，请加上 --yes"
    assert not server.copies


def test_a_wrong_list_is_told_whole_and_nothing_is_sent(workspace: Workspace, relay: Any, send: Any) -> None:
    list_of(workspace, person("a"), "乙,乙@,,,隶属,*,,,", "丙,c@example.org,,,隶属,芯片,,,")
    with relay() as server:
        outcome = send(server, "--yes")
    assert outcome.code == 1
    assert [line.partition(": ")[0] for line in outcome.err.splitlines()] == [
        "recipients.csv:3",
        "recipients.csv:4",
    ]
    assert server.connections == 0


def test_an_unsigned_issue_is_refused_where_signatures_are_required(
    workspace: Workspace, relay: Any, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_of(workspace, person("a"))
    monkeypatch.setenv("XCBULLETIN_REVIEW__MODE", "required")
    with relay() as server:
        assert send(server, "--yes").code == 1
    assert server.connections == 0


def test_a_relay_that_is_not_there_changes_no_letter(
    workspace: Workspace, run: Run, relay: Any, send: Any
) -> None:
    list_of(workspace, person("a"))
    with relay() as server:
        pass
    outcome = send(server, "--yes")
    assert outcome.code == 75
    assert outcome.err.splitlines()[-1].endswith("没有发完的，再运行 xcbulletin send 2021-01 接着发")
    assert states(run) == {"a": "prepared"}


def test_a_second_run_is_told_who_is_sending(workspace: Workspace, relay: Any, send: Any) -> None:
    list_of(workspace, person("a"))
    engine = open_engine(workspace.settings.database, workspace.root)
    with relay() as server, sending_lock(engine, "2021-02"):
        outcome = send(server, "--yes")
    engine.dispose()
    assert outcome.code == 75
    assert "正在发送 2021-02" in outcome.err
    assert f"进程 {os.getpid()}" in outcome.err
    assert server.connections == 0


def test_bounces_and_unsubscribing_are_taken_in_once(
    workspace: Workspace, run: Run, relay: Any, send: Any, tmp_path: Path
) -> None:
    list_of(workspace, person("a"), person("b"))
    with relay() as server:
        send(server, "--yes")
    by_address = {read(letter)["To"].addresses[0].username: letter for letter in server.letters}
    box = tmp_path / "退信"
    write(box / "1.eml", bounce(by_address["a"]))
    link = read(by_address["b"])["List-Unsubscribe"]
    subject = link.partition("subject=")[2].partition(">")[0].replace("%20", " ")
    write(box / "2.eml", f"From: b@example.org\r\nTo: bulletin@example.org\r\nSubject: {subject}\r\n\r\n")
    outcome = run("bounces", str(box))
    assert outcome.code == 0
    assert outcome.out.splitlines()[0].startswith("a@example.org（2021-01）: 退信：查无此人；")
    assert outcome.out.splitlines()[1] == "b@example.org（2021-01）: 点了退订链接；已停发"
    assert outcome.out.splitlines()[2:] == [
        "读到 2 封新的退信和退订信",
        "有 1 个邮箱停发还是照发，等您决定；请看 xcbulletin recipients suppressed",
    ]
    assert run("bounces", str(box)).out == "没有新的退信和退订信\n"
    assert states(run) == {"a": "bounced", "b": "accepted"}
    listed = json.loads(run("recipients", "suppressed", "--json").out)
    assert [one["address"] for one in listed["proposed"]] == ["a@example.org"]
    assert [one["address"] for one in listed["suppressed"]] == ["b@example.org"]
    assert (
        "a <a@example.org>: 退信；没有这个邮箱（550 5.1.1 User unknown）\n"
        in run("deliveries", "2021-01").out
    )


def test_a_bounce_that_names_nobody_is_told_as_such(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "退信" / "1.eml", "From: postmaster@qq.com\r\nSubject: Undelivered\r\n\r\n")
    assert run("bounces", str(tmp_path / "退信")).out.splitlines() == [
        "没有写明收件人: 退信：被拒收；找不到对应的信，没有记",
        "读到 1 封新的退信和退订信",
    ]


def bounce(letter: bytes) -> bytes:
    head = letter.partition(b"\r\n\r\n")[0]
    return (
        b"From: MAILER-DAEMON@relay.example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        b"--x\r\n\r\nThe mail could not be delivered.\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example.org\r\n\r\n"
        b"Final-Recipient: rfc822; a@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        b"--x\r\nContent-Type: text/rfc822-headers\r\n\r\n" + head + b"\r\n\r\n--x--\r\n"
    )


def test_a_csv_of_letters_opens_in_excel_and_runs_nothing(
    workspace: Workspace, run: Run, relay: Any, send: Any
) -> None:
    list_of(workspace, person("a"))
    with relay({"a@example.org": "rcpt 550 5.1.1 =HYPERLINK unknown user"}) as server:
        send(server, "--yes")
    assert run("deliveries", "2021-01", "--csv", "名单.csv").code == 0
    content = (workspace.root / "名单.csv").read_text(encoding="utf-8-sig")
    assert content.splitlines()[1].startswith("a,a@example.org,被拒收,查无此人,")


def test_copy_numbers_stand_on_each_pdf(
    workspace: Workspace, relay: Any, send: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    list_of(workspace, person("a", pdf="attach"), person("b"), person("c", pdf="attach"))
    monkeypatch.setenv("XCBULLETIN_MAIL__COPY_NUMBERS", "true")
    monkeypatch.setenv("XCBULLETIN_IMPRINT__COPIES", "200")
    with relay() as server:
        assert send(server, "--yes").code == 0
    numbers = {}
    for letter in map(read, server.letters):
        for part in letter.iter_attachments():
            pdf = write(tmp_path / "one.pdf", part.get_content())
            text = subprocess.run(["pdftotext", pdf, "-"], check=True, capture_output=True, text=True).stdout
            numbers[letter["To"].addresses[0].username] = [n for n in ("000201", "000202") if n in text]
    assert numbers == {"a": ["000201"], "c": ["000202"]}


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGKILL])
def test_a_run_cut_short_is_gone_on_with(
    number: int, workspace: Workspace, run: Run, relay: Any, send: Any
) -> None:
    list_of(workspace, *(person(f"r{index}") for index in range(30)))
    with relay(delay=0.05) as server:
        command = [sys.executable, "-m", "xcbulletin", "send", "2021-01", "--yes"]
        environment = {**os.environ, "XCBULLETIN_MAIL__PORT": str(server.port)}
        process = subprocess.Popen(command, cwd=workspace.root, env=environment, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while len(server.copies) < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(number)
        _out, told = process.communicate()
        is_killed = number == signal.SIGKILL
        assert process.returncode == (-number if is_killed else 75)
        assert ("正在停下：等手上的信有了答复就结束" in told.decode()) != is_killed
        outcome = send(server, "--yes")
    assert max(server.copies.values()) == 1
    uncertain = [name for name, state in states(run).items() if state == "uncertain"]
    assert outcome.code == (4 if uncertain else 0)
    assert len(uncertain) <= 2
    assert len(server.copies) >= 30 - len(uncertain)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("rcpt 550 5.1.1 User unknown", "发信服务器没有收下这封信：550 5.1.1 User unknown"),
        ("data 451 4.3.0 later", "发信服务器没有收下这封信：451 4.3.0 later"),
        ("drop after dot", "信已全部发出，发信服务器没有答复；请看这个邮箱收到没有，没有就再试一次"),
    ],
)
def test_a_test_letter_that_goes_wrong_is_told(
    fault: str, said: str, workspace: Workspace, relay: Any, send: Any
) -> None:
    list_of(workspace, person("a"))
    with relay({"*": fault}) as server:
        outcome = send(server, "--test", "me@example.org")
    assert (outcome.code, outcome.err) == (1, f"me@example.org: {said}\n")


def test_a_test_letter_waits_for_a_relay_that_is_down(workspace: Workspace, relay: Any, send: Any) -> None:
    list_of(workspace, person("a"))
    with relay() as server:
        pass
    outcome = send(server, "--test", "me@example.org")
    assert outcome.code == 75
    assert outcome.err.startswith(f"127.0.0.1:{server.port}: 发信服务器拒绝连接；")


def test_no_later_list_gets_another_text(workspace: Workspace, issue: Path, relay: Any, send: Any) -> None:
    """Also where all that was prepared is sent, and the list gets a kind of letter that nobody got before."""
    list_of(workspace, person("a", lists="领导"), person("b", industries="ai", lists="企业"))
    with relay() as server:
        assert send(server, "--yes", "--list", "领导").code == 0
        write_article(issue, "news/02.md", title="工业机器人产量改了", industries=["robot"])
        assert send(server, "--yes").code == 0  # nothing is to be sent
        refused = send(server, "--yes", "--list", "企业")
        assert refused.code == 1
        assert "文稿、模板、设置或程序改动过" in refused.err
        assert send(server, "--yes", "--list", "企业", "--revise").code == 0
        list_of(workspace, person("c", industries="robot"))
        assert send(server, "--yes", "--add").code == 0
    assert server.addresses == {"a@example.org": 1, "b@example.org": 1, "c@example.org": 1}


@pytest.mark.parametrize(
    ("name", "value"),
    [("FROM", "别的名字 <bulletin@example.org>"), ("UNSUBSCRIBE_URL", "https://example.org/u")],
)
def test_a_sender_that_changed_is_refused(
    name: str,
    value: str,
    workspace: Workspace,
    run: Run,
    relay: Any,
    send: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    list_of(workspace, person("a"))
    with relay({"a@example.org": ["take and drop"]}) as server:
        send(server, "--yes")
        run("resolve", "2021-01", "--mark", "resend", "a@example.org")
        monkeypatch.setenv(f"XCBULLETIN_MAIL__{name}", value)
        assert send(server, "--yes").code == 1
    assert server.addresses == {"a@example.org": 1}


def test_what_is_prepared_goes_without_the_list(workspace: Workspace, relay: Any, send: Any) -> None:
    list_of(workspace, person("a"))
    with relay() as server:
        pass
    assert send(server, "--yes").code == 75
    (workspace.root / "recipients.csv").unlink()
    with server:
        assert send(server, "--yes").code == 0
        assert send(server, "--yes", "--add").code == 1
    assert server.addresses == {"a@example.org": 1}


def test_a_letter_taken_for_spam_is_to_be_looked_at_first(
    workspace: Workspace, relay: Any, send: Any
) -> None:
    list_of(workspace, *map(person, "abcdefgh"))
    with relay({"*": "dot 554 DT:SPM"}) as server:
        outcome = send(server, "--yes")
    assert outcome.code == 75
    assert outcome.err.splitlines()[-2].endswith(
        "封没有发完（一连 3 封被当作垃圾邮件：信的内容被当作垃圾邮件（554 DT:SPM））；"
        "请先弄清信里的什么被当作垃圾邮件，改了文稿的加上 --revise，再运行 xcbulletin send 2021-01，接着发"
    )
