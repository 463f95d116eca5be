"""A real postfix takes a mailing, and its log tells what became of a letter that nobody knows of."""

import os
import pwd
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, run

import pytest
from letters import START, make_mail, open_ledger, prepare, send_all, states

from xcbulletin.delivery.mailing import Reason, Reply, State, Transport, UnansweredError
from xcbulletin.delivery.sending.smtp import Connection, connect
from xcbulletin.settings import MailSettings

PROGRAMS = Path("/usr/lib/postfix/sbin")
MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_spool_directory = {folder}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = relay.example.org
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
message_size_limit = 2000000
default_transport = discard
relay_transport = discard
alias_maps =
local_recipient_maps =
smtpd_recipient_restrictions = check_recipient_access inline:{{ {{ gone@example.org = 550 5.1.1 User unknown }} }}, permit_mynetworks, reject
"""
MASTER = """\
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """A postfix of its own: configuration, queue and log in one folder, on a free port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port: int = server.getsockname()[1]
        (folder / "main.cf").write_text(MAIN.format(folder=folder))
        (folder / "master.cf").write_text(MASTER.format(port=self.port))
        for name in ("queue", "data"):
            (folder / name).mkdir()
        os.chown(folder / "data", pwd.getpwnam("postfix").pw_uid, -1)

    def start(self) -> None:
        self._command("start")
        for _ in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        pytest.fail((self.folder / "log").read_text())

    def stop(self) -> None:
        self._command("abort")

    def log(self, wanted: str, lines: int) -> list[str]:
        """Return the log's lines that have a word, once there are so many."""
        for _ in range(100):
            found = [line for line in (self.folder / "log").read_text().splitlines() if wanted in line]
            if len(found) >= lines:
                return found
            time.sleep(0.05)
        pytest.fail((self.folder / "log").read_text())

    def _command(self, word: str) -> None:
        run(["postfix", "-c", self.folder, word], check=True, stdout=DEVNULL, stderr=DEVNULL)


@pytest.fixture
def postfix() -> Iterator[Postfix]:
    if not PROGRAMS.exists() or shutil.which("postfix") is None:
        pytest.skip("postfix is not installed (Debian: apt-get install postfix)")
    if os.geteuid() != 0:
        pytest.skip("postfix can only be started by root")
    folder = Path(tempfile.mkdtemp(prefix="postfix", dir="/tmp"))
    folder.chmod(0o755)
    try:
        relay = Postfix(folder)
        relay.start()
        yield relay
        relay.stop()
    finally:
        shutil.rmtree(folder)


def test_a_mailing_through_postfix(postfix: Postfix, tmp_path: Path) -> None:
    addresses = [f"reader{number}@example.org" for number in range(30)]
    mail = make_mail(postfix.port, connections=3, per_connection=7)
    with open_ledger(tmp_path) as ledger:
        mailing = prepare(ledger, [*addresses, "gone@example.org"])
        outcome = send_all(ledger, mailing, mail)
        assert outcome.counts == {State.ACCEPTED: 30, State.REJECTED: 1}
        letters = {one.address: one for one in ledger.deliveries(mailing)}
    assert letters["gone@example.org"].reason is Reason.UNKNOWN_USER
    logged = {line.split("message-id=")[1]: line for line in postfix.log("message-id=<", 30)}
    assert logged.keys() == {f"<{address}>" for address in addresses}
    for address in addresses:
        assert f" {letters[address].queue_id}: " in logged[f"<{address}>"]
    assert len(postfix.log("status=sent", 30)) == 30


def test_postfix_does_not_take_a_letter_without_its_dot(postfix: Postfix) -> None:
    connection = connect(make_mail(postfix.port))
    connection.offer(
        "bulletin@example.org", "reader@example.org", b"Message-ID: <1@x>\r\n\r\n.\r\nneican\r\n"
    )
    connection.close()
    assert postfix.log("lost connection after DATA", 1)
    assert "status=sent" not in (postfix.folder / "log").read_text()


def test_postfix_takes_a_letter_whose_answer_is_lost(postfix: Postfix, tmp_path: Path) -> None:
    class Deaf(Connection):
        def finish(self) -> Reply:
            super().finish()
            raise UnansweredError("deaf")

    def connect_deaf(mail: MailSettings) -> Transport:
        connection = connect(mail)
        connection.__class__ = Deaf
        return connection

    with open_ledger(tmp_path) as ledger:
        mailing = prepare(ledger, ["reader@example.org"])
        send_all(ledger, mailing, make_mail(postfix.port), connect=connect_deaf)
        assert states(ledger, mailing) == {"reader@example.org": State.UNCERTAIN}
        assert len(postfix.log("message-id=<reader@example.org>", 1)) == 1
        assert len(postfix.log("status=sent", 1)) == 1
        ledger.mark(mailing, ["reader@example.org"], "delivered", "王编辑查过日志", START)
        assert send_all(ledger, mailing, make_mail(postfix.port)).accepted == 0
    assert len(postfix.log("message-id=<reader@example.org>", 1)) == 1
