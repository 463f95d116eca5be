import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from letters import make_mail
from mailserver import MailServer

from xcbulletin.delivery.mailing import LostError, RefusedError, UnansweredError
from xcbulletin.delivery.sending import smtp
from xcbulletin.delivery.sending.smtp import RelayError, connect
from xcbulletin.settings import MailSettings

LETTER = b"Message-ID: <1@example.org>\r\n\r\nneican\r\n"
SENDER, ZHANG = "bulletin@example.org", "zhang@example.org"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1, of a CA that this process trusts."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "chain.pem")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return tmp_path / "chain.pem", tmp_path / "key.pem"


def send_one(mail: MailSettings) -> None:
    connection = connect(mail)
    connection.offer(SENDER, ZHANG, LETTER)
    assert connection.finish().code == 250
    connection.close()


def test_starttls_with_a_login(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    with MailServer(tmp_path / "relay", login=("me", "secret"), certificate=certificate) as server:
        send_one(make_mail(server.port, security="starttls", username="me", password="secret"))
        assert server.addresses == {ZHANG: 1}


def test_tls_from_the_start(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    with MailServer(tmp_path / "relay", certificate=certificate, implicit=True) as server:
        send_one(make_mail(server.port, security="tls"))
        assert server.addresses == {ZHANG: 1}


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for(
    tmp_path: Path, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with (
        MailServer(tmp_path / "relay", certificate=certificate, implicit=security == "tls") as server,
        pytest.raises(RelayError) as caught,
    ):
        connect(make_mail(server.port, security=security, username="me", password="secret"))
    assert str(caught.value) == (
        f"127.0.0.1:{server.port}: 发信服务器的证书不可信（unable to get local issuer certificate），没有登录，也没有发送；"
        "请检查 mail.host 与证书上的名字一致；单位自签的证书，用环境变量 SSL_CERT_FILE 指明签发它的 CA 证书文件"
    )


def test_a_certificate_for_another_name(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    with (
        MailServer(tmp_path / "relay", certificate=certificate) as server,
        pytest.raises(RelayError, match=r"证书不可信（.*mismatch.*localhost"),
    ):
        connect(make_mail(server.port, host="localhost", security="starttls"))


def test_a_wrong_password(tmp_path: Path) -> None:
    with (
        MailServer(tmp_path / "relay", login=("me", "secret")) as server,
        pytest.raises(RelayError) as caught,
    ):
        connect(make_mail(server.port, username="me", password="wrong"))
    assert str(caught.value) == (
        f"127.0.0.1:{server.port}: me 登录失败（535 5.7.8 Authentication credentials invalid）；请检查 mail.username，"
        "以及环境变量 XCBULLETIN_MAIL__PASSWORD 或钥匙串里的密码（多数邮箱要用授权码，不是登录密码）"
    )


def test_no_password() -> None:
    with pytest.raises(RelayError) as caught:
        connect(make_mail(25, username="me"))
    assert str(caught.value) == (
        "127.0.0.1:25: 没有发信密码；请把 me 的密码（多数邮箱要用授权码）放进环境变量 "
        "XCBULLETIN_MAIL__PASSWORD 或钥匙串"
    )


@pytest.mark.parametrize("password", ["密码", "ｓｅｃｒｅｔ"])
def test_a_password_that_was_typed_in_chinese(tmp_path: Path, password: str) -> None:
    with (
        MailServer(tmp_path / "relay", login=("me", "secret")) as server,
        pytest.raises(RelayError) as caught,
    ):
        connect(make_mail(server.port, username="me", password=password))
    assert "发信的用户名或密码里有全角或中文字符" in str(caught.value)


def test_a_relay_without_starttls_or_login(tmp_path: Path) -> None:
    with MailServer(tmp_path / "relay") as server:
        with pytest.raises(RelayError, match="这台发信服务器不支持 STARTTLS；请向管理员核对端口和加密方式"):
            connect(make_mail(server.port, security="starttls"))
        with pytest.raises(RelayError, match="不在这种连接上接受登录"):
            connect(make_mail(server.port, username="me", password="secret"))


def test_tls_to_a_port_that_does_not_speak_it(tmp_path: Path) -> None:
    with (
        MailServer(tmp_path / "relay") as server,
        pytest.raises(RelayError, match="谈不成加密连接（WRONG_VERSION_NUMBER）；请核对端口和加密方式"),
    ):
        connect(make_mail(server.port, security="tls"))


def test_a_greeting_that_refuses(tmp_path: Path) -> None:
    with (
        MailServer(tmp_path / "relay", greeting="421 HL:ICC 163 smtp1") as server,
        pytest.raises(RelayError, match="不接受连接（421 HL:ICC 163 smtp1）；请稍后再试") as caught,
    ):
        connect(make_mail(server.port))
    assert caught.value.reply is not None
    assert caught.value.reply.code == 421


@pytest.mark.parametrize("host", ["no-such-host.invalid", "发信服务器" * 20])
def test_a_name_that_is_not_known(host: str) -> None:
    with pytest.raises(RelayError) as caught:
        connect(make_mail(25, host=host))
    assert str(caught.value) == (
        f"{host}:25: 查不到这台发信服务器的地址；请检查 mail.host 的写法，以及网络和 DNS"
    )


def test_a_port_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(RelayError) as caught:
        connect(make_mail(port))
    assert str(caught.value) == (
        f"127.0.0.1:{port}: 发信服务器拒绝连接；请检查 mail.host 和 mail.port，以及服务器已经启动"
    )


# A connection


@contextmanager
def scripted(*replies: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A server that answers the lines it gets in turn, whatever they are; it hangs up after the last."""
    lines: list[bytes] = []

    def serve() -> None:
        connection, _address = server.accept()
        with connection, connection.makefile("rwb") as wire:
            for reply in replies:
                wire.write(reply)
                wire.flush()
                lines.append(wire.readline())

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], lines
        thread.join()


HELLO = (b"220 relay\r\n", b"250-relay\r\n250 SIZE 10000\r\n")


def test_who_has_no_name_says_his_address() -> None:
    with scripted(*HELLO, b"221 bye\r\n") as (port, lines):
        connect(make_mail(port)).close()
    assert lines == [b"ehlo [127.0.0.1]\r\n", b"QUIT\r\n", b""]


def test_after_a_refused_recipient_the_relay_is_ready_for_the_next() -> None:
    replies = (
        b"250 ok\r\n",
        "550-5.1.1 收件人\r\n550 5.1.1 不存在\r\n".encode("gbk"),
        b"250 ok\r\n",
        b"221 bye\r\n",
    )
    with scripted(*HELLO, *replies) as (port, lines):
        connection = connect(make_mail(port))
        with pytest.raises(RefusedError) as caught:
            connection.offer(SENDER, ZHANG, LETTER)
        connection.close()
    assert lines[1:] == [
        b"MAIL FROM:<bulletin@example.org> SIZE=39\r\n",
        b"RCPT TO:<zhang@example.org>\r\n",
        b"RSET\r\n",
        b"QUIT\r\n",
        b"",
    ]
    assert (caught.value.at, caught.value.reply.text) == ("RCPT", "5.1.1 收件人 5.1.1 不存在")


def test_a_connection_that_breaks_before_the_letter_is_lost() -> None:
    with scripted(*HELLO, b"250 ok\r\n") as (port, _lines):
        connection = connect(make_mail(port))
        with pytest.raises(LostError) as caught:
            connection.offer(SENDER, ZHANG, LETTER)
        assert caught.value.at == "RCPT"
        connection.close()


@pytest.mark.parametrize(
    "reply", [b"", b"25", b"nonsense\r\n", b"354 what?\r\n", b"250-half\r\n", b"2" * 9000]
)
def test_an_answer_that_is_none_leaves_the_letter_in_doubt(reply: bytes) -> None:
    with scripted(*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n") as (port, _lines):
        connection = connect(make_mail(port))
        connection.offer(SENDER, ZHANG, b"one\r\n")
        with pytest.raises(UnansweredError):
            _answer(connection, reply)
        connection.close()


def _answer(connection: smtp.Connection, reply: bytes) -> None:
    connection._client.file.close()
    connection._client.file = _Answer(reply)
    connection.finish()


class _Answer:
    def __init__(self, reply: bytes) -> None:
        self._lines = iter(reply.splitlines(keepends=True))

    def readline(self, size: int) -> bytes:
        return next(self._lines, b"")[:size]

    def close(self) -> None:
        pass


def test_a_letter_that_is_dropped_is_not_ended_by_good_bye() -> None:
    """A QUIT inside a letter would be a line of it."""
    with scripted(*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"", b"") as (port, lines):
        connection = connect(make_mail(port))
        connection.offer(SENDER, ZHANG, b"one\r\n.two\r\n")
        connection.close()
    assert lines[4:] == [b"one\r\n", b"..two", b""]


def test_an_address_that_no_relay_takes_is_refused() -> None:
    with scripted(*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"221 bye\r\n") as (port, _lines):
        connection = connect(make_mail(port))
        with pytest.raises(RefusedError, match="address is not ASCII"):
            connection.offer(SENDER, "张@example.org", LETTER)
        connection.close()


def test_a_silent_relay_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "_CONNECTING", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(RelayError, match=f"^127.0.0.1:{port}: "):
            connect(make_mail(port))
        with pytest.raises(RelayError, match=f"^127.0.0.1:{port}: "):
            connect(make_mail(port, security="tls"))
