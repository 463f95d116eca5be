"""`resolve` and what it asks: the relay's log, an archive, the mailbox that is not set."""

import datetime
import json
from collections.abc import Callable

import pytest
from conftest import Outcome, write

from xcbulletin.database import open_engine
from xcbulletin.delivery.ledger.ledger import Ledger
from xcbulletin.delivery.mailing import PdfChoice, Planned, Variant
from xcbulletin.model import IssueId
from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]
NOW = datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC)
VARIANT = Variant((), PdfChoice.NONE)


@pytest.fixture
def uncertain(workspace: Workspace) -> None:
    """A run that was killed when the last lines of letters to a, b and c had gone out."""
    planned = [Planned(address=f"{name}@example.org", name="", variant=VARIANT) for name in "abc"]
    engine = open_engine(workspace.settings.database, workspace.root)
    with Ledger(engine) as ledger:
        mailing = ledger.prepare(
            IssueId("2021-01"), planned, {VARIANT: "0" * 64}, lambda address: f"<{address}>", NOW
        )
        for letter in tuple(ledger.deliveries(mailing)):
            ledger.claim(letter, NOW)
            ledger.dot(letter)
        ledger.recover(mailing, NOW)
    engine.dispose()


def rows(run: Run) -> dict[str, tuple[str, str | None, str]]:
    found = json.loads(run("deliveries", "2021-01", "--json").out)["rows"]
    return {row["address"][0]: (row["state"], row["reason"], row["detail"]) for row in found}


@pytest.mark.usefixtures("uncertain")
def test_the_log_of_the_relay_tells_what_became_of_letters(run: Run, workspace: Workspace) -> None:
    names = {"a": "4XyZ1", "b": "4XyZ2"}
    begun = [
        f"Nov 24 17:00:0{n} mail postfix/cleanup[8]: {queue}: message-id=<{name}@example.org>"
        for n, (name, queue) in enumerate(names.items())
    ]
    log = (
        *begun,
        "Nov 24 17:00:02 mail postfix/smtp[9]: 4XyZ1: to=<a@example.org>, relay=x, dsn=2.0.0, status=sent (250 ok)",
        "Nov 29 17:00:03 mail postfix/qmgr[9]: 4XyZ2: from=<z@example.org>, status=expired, returned to sender",
    )
    write(workspace.root / "mail.log", "\n".join(log) + "\n")
    outcome = run("resolve", "2021-01", "--relay-log", "mail.log")
    assert outcome.code == 4
    assert outcome.out.splitlines()[:3] == ["a@example.org: 已送出", "b@example.org: 退信", "弄清了 2 封"]
    assert outcome.out.splitlines()[3] == (
        "c@example.org: 不知送到没有；发到最后一行时程序中断，不知送到没有；Message-ID <c@example.org>"
    )
    assert rows(run) == {
        "a": ("accepted", None, "据发信服务器日志：已投递（Nov 24 17:00:02）"),
        "b": ("bounced", "temporary", "据发信服务器日志：过期没有送出，退回（Nov 29 17:00:03）"),
        "c": ("uncertain", "lost", "发到最后一行时程序中断，不知送到没有"),
    }


@pytest.mark.usefixtures("uncertain")
def test_a_copy_in_the_archive_proves_that_a_letter_arrived(run: Run, workspace: Workspace) -> None:
    write(workspace.root / "archive" / "1.eml", "Message-ID: <b@example.org>\r\n\r\n")
    outcome = run("resolve", "2021-01", "--archive", "archive")
    assert (outcome.code, outcome.out.splitlines()[:2]) == (4, ["b@example.org: 已送出", "弄清了 1 封"])
    assert rows(run)["b"] == ("accepted", None, "归档邮箱里有它的副本")


@pytest.mark.usefixtures("uncertain")
def test_a_word_that_was_taken_before_changes_nothing(run: Run) -> None:
    addresses = [f"{name}@example.org" for name in "abc"]
    first = run("resolve", "2021-01", "--mark", "delivered", *addresses, "--by", "王编辑")
    again = run("resolve", "2021-01", "--mark", "delivered", addresses[0])
    assert (first.code, again.code) == (0, 0)
    assert again.out.splitlines()[0] == "a@example.org: 早已如此，没有变化"
    assert rows(run)["a"] == ("accepted", None, "经 王编辑 核实，已送到")


@pytest.mark.usefixtures("uncertain")
@pytest.mark.parametrize("words", [("bounces",), ("resolve", "2021-01", "--archive", "imap")])
def test_without_a_mailbox_it_is_told_what_to_write(run: Run, words: tuple[str, ...]) -> None:
    outcome = run(*words)
    assert (outcome.code, outcome.err) == (
        1,
        "bulletin.yaml: 没有写收退信的邮箱；请写上 mailbox 的 host 和 username，或指明存放退信（.eml）的文件夹\n",
    )
