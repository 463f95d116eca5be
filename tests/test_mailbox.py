"""Letters from a mailbox read by IMAP, and from files."""

import datetime
import mailbox
import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import imapserver
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.delivery.returns import mailbox as box
from xcbulletin.delivery.returns import received as reading
from xcbulletin.delivery.returns.folder import folder
from xcbulletin.delivery.returns.proof import seen
from xcbulletin.errors import MailboxError
from xcbulletin.settings import MailboxSettings

FIRST = b"Date: Mon, 23 Nov 2026 09:00:00 +0800\r\nMessage-ID: <aa@example.org>\r\n\r\none\r\n"
SECOND = b"Date: Tue, 24 Nov 2026 09:00:00 +0800\r\nMessage-Id:\t<bb@example.org>\r\n\r\ntwo\r\n"
THIRD = b"Date: Tue, 24 Nov 2026 10:00:00 +0800\r\nSubject: none\r\n\r\nthree\r\n"


def settings_for(imap: imapserver.Imap, **others: object) -> MailboxSettings:
    given = {
        "host": "127.0.0.1",
        "port": imap.port,
        "security": imap.security,
        "username": "li",
        "password": "secret",
    }
    return MailboxSettings.model_validate(given | others)


@pytest.fixture
def imap() -> Iterator[imapserver.Imap]:
    with imapserver.running(imapserver.Imap(folders={"INBOX": [FIRST, SECOND, THIRD]})) as server:
        yield server


def test_letters_are_read_without_marking_any(imap: imapserver.Imap) -> None:
    assert list(box.letters(settings_for(imap))) == [FIRST, SECOND, THIRD]
    assert 'EXAMINE "INBOX"' in imap.asked
    assert not [line for line in imap.asked if line.startswith(("SELECT", "UID STORE")) or "BODY[" in line]
    assert imap.asked[-1] == "LOGOUT"


def test_only_letters_since_a_day_are_read(imap: imapserver.Imap) -> None:
    assert list(box.letters(settings_for(imap), since=datetime.date(2026, 11, 24))) == [SECOND, THIRD]
    assert "UID SEARCH SINCE 24-Nov-2026" in imap.asked


def test_no_more_of_a_letter_is_fetched_than_is_read(
    imap: imapserver.Imap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(box, "LIMIT", 20)
    assert [len(content) for content in box.letters(settings_for(imap))] == [20, 20, 20]
    assert "UID FETCH 1 (BODY.PEEK[]<0.20>)" in imap.asked
    imap.gives_all = True
    assert [len(content) for content in box.letters(settings_for(imap))] == [20, 20, 20]


def test_an_empty_folder_gives_nothing(imap: imapserver.Imap) -> None:
    imap.folders["INBOX"] = []
    assert list(box.letters(settings_for(imap))) == []
    assert list(box.headers(settings_for(imap))) == []


def test_a_folder_may_have_a_chinese_name(imap: imapserver.Imap) -> None:
    imap.folders["&XfJT0ZAB-"] = [SECOND]
    assert list(box.letters(settings_for(imap, folder="已发送"))) == [SECOND]


def test_a_server_that_asks_who_we_are_is_told(imap: imapserver.Imap) -> None:
    imap.wants_id = True
    assert len(list(box.letters(settings_for(imap)))) == 3


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_connection_is_encrypted(security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    letters = imapserver.Imap(folders={"INBOX": [FIRST]}, security=security, certificate=context)
    with imapserver.running(letters) as imap:
        with pytest.raises(MailboxError, match=f"^邮箱服务器 127.0.0.1:{imap.port} 的证书不可信："):
            list(box.letters(settings_for(imap)))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert list(box.letters(settings_for(imap))) == [FIRST]


# what goes wrong is said in Chinese


def test_a_wrong_password(imap: imapserver.Imap) -> None:
    with pytest.raises(MailboxError) as told:
        list(box.letters(settings_for(imap, password="wrong")))
    assert str(told.value) == (
        "登录 127.0.0.1 失败，用户名或密码不对（QQ、163 等要用“授权码”，不是网页密码；还要在网页邮箱的设置里打开 IMAP）："
        "[AUTHENTICATIONFAILED] LOGIN Login error"
    )


def test_a_password_that_no_server_can_take(imap: imapserver.Imap) -> None:
    with pytest.raises(
        MailboxError, match=r"^邮箱的用户名和密码只能有英文字母、数字和符号：请检查有没有全角字符$"
    ):
        list(box.letters(settings_for(imap, password="密码１２")))


def test_no_password_and_no_host(imap: imapserver.Imap) -> None:
    with pytest.raises(MailboxError, match=r"^没有邮箱的用户名或密码："):
        list(box.letters(settings_for(imap, password=None)))
    with pytest.raises(MailboxError, match=r"^bulletin.yaml 里没有收退信的邮箱：请填写 mailbox.host$"):
        list(box.letters(MailboxSettings()))


def test_a_folder_that_is_not_there_is_told_with_those_that_are(imap: imapserver.Imap) -> None:
    imap.folders["&XfJT0ZAB-"] = []
    with pytest.raises(MailboxError) as told:
        list(box.letters(settings_for(imap, folder="退信")))
    assert str(told.value) == (
        "邮箱 li 里打不开文件夹“退信”：folder does not exist；现有文件夹：INBOX、已发送。请改 mailbox.folder"
    )


def test_a_server_that_is_not_there(imap: imapserver.Imap) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(MailboxError, match=f"^邮箱服务器 127.0.0.1:{port} 拒绝连接：请检查 mailbox.port$"):
        list(box.letters(settings_for(imap, port=port)))
    with pytest.raises(
        MailboxError, match=r"^找不到邮箱服务器 no.such.host.invalid：请检查 mailbox.host 和网络$"
    ):
        list(box.letters(settings_for(imap, host="no.such.host.invalid")))


def test_a_server_that_speaks_no_tls(imap: imapserver.Imap) -> None:
    with pytest.raises(MailboxError, match=r"请检查 mailbox.port 和 mailbox.security$"):
        list(box.letters(settings_for(imap, security="tls")))


def test_a_server_that_says_nothing(imap: imapserver.Imap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(MailboxError, match=f"^邮箱服务器 127.0.0.1:{port} 没有回应，请稍后再试$"):
            list(box.letters(settings_for(imap, port=port)))


def test_a_connection_that_breaks_leaves_what_was_read(imap: imapserver.Imap) -> None:
    imap.drop_after = 2
    letters = box.letters(settings_for(imap))
    read = [next(letters), next(letters)]
    with pytest.raises(MailboxError, match=f"^读邮箱 127.0.0.1:{imap.port} 时出错，请稍后再试："):
        next(letters)
    assert read == [FIRST, SECOND]


# names of folders


@given(st.text(max_size=30))
def test_names_of_folders_come_back_as_they_were(name: str) -> None:
    encoded = box.folder_encoded(name)
    assert encoded.isascii()
    assert box.folder_decoded(encoded) == name


def test_names_are_quoted() -> None:
    assert box.quoted('a "b" \\c & 已发送') == '"a \\"b\\" \\\\c &- &XfJT0ZAB-"'


# proof


def test_letters_are_proven_by_the_copies_in_an_archive(imap: imapserver.Imap) -> None:
    asked = {"<aa@example.org>", "<bb@example.org>", "<cc@example.org>"}
    assert seen(box.headers(settings_for(imap)), asked) == {"<aa@example.org>", "<bb@example.org>"}
    assert not [line for line in imap.asked if "BODY.PEEK[]" in line]


def test_reading_ends_when_all_were_seen() -> None:
    def headers() -> Iterator[bytes]:
        yield SECOND
        raise AssertionError("read on")

    assert seen(headers(), ["<bb@example.org>"]) == {"<bb@example.org>"}


# files


def test_letters_are_found_in_folders_however_deep(tmp_path: Path) -> None:
    (tmp_path / "退信" / "十一月").mkdir(parents=True)
    (tmp_path / "退信" / "a.EML").write_bytes(FIRST)
    (tmp_path / "退信" / "十一月" / "b.eml").write_bytes(SECOND)
    (tmp_path / "退信" / "说明.txt").write_bytes(b"no letter")
    (tmp_path / "退信" / ".hidden.eml").write_bytes(b"no letter")
    assert list(folder(tmp_path)) == [FIRST, SECOND]
    assert list(folder(tmp_path / "退信" / "a.EML")) == [FIRST]


def test_a_pipe_among_the_letters_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(FIRST)
    os.mkfifo(tmp_path / "b.eml")
    assert list(folder(tmp_path)) == [FIRST]


def test_letters_are_divided_in_an_mbox(tmp_path: Path) -> None:
    path = tmp_path / "bounces.mbox"
    kept = mailbox.mbox(path)
    for content in (FIRST, THIRD.replace(b"three", b"From here\r\n\r\nFrom there")):
        kept.add(content.replace(b"\r\n", b"\n"))
    kept.close()
    first, second = folder(tmp_path)
    assert first.rstrip() == FIRST.replace(b"\r\n", b"\n").rstrip()
    assert second.count(b"\nFrom ") == 2
    assert list(folder(path)) == [first, second]


def test_letters_are_read_from_a_maildir_but_not_those_being_written(tmp_path: Path) -> None:
    kept = mailbox.Maildir(tmp_path / "Maildir")
    kept.add(FIRST)
    (tmp_path / "Maildir" / "tmp" / "1.host").write_bytes(SECOND)
    (tmp_path / "Maildir" / "cur" / "2.host:2,S").write_bytes(THIRD)
    assert [content.replace(b"\r\n", b"\n") for content in folder(tmp_path)] == [
        content.replace(b"\r\n", b"\n") for content in (THIRD, FIRST)
    ]


def test_no_more_of_a_file_is_read_than_is_used(tmp_path: Path) -> None:
    (tmp_path / "big.eml").write_bytes(FIRST + b"x" * (reading.LIMIT + 1))
    (tmp_path / "big.mbox").write_bytes(
        b"From x\n" + FIRST + b"x" * 99 + b"\n" + (b"x" * 99 + b"\n") * (reading.LIMIT // 90)
    )
    assert all(len(content) <= reading.LIMIT + 100 for content in folder(tmp_path))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MailboxError) as told:
        list(folder(tmp_path / "none"))
    assert str(told.value) == f"{tmp_path / 'none'}：没有这个文件或文件夹"
