"""A connection to the relay, by the standard library's SMTP client: the only network of sending.

A letter is given in two steps, so that the ledger can keep between them that its last line is about to go out. The
errors of connecting say in Chinese which server refused what, and what to look at.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from xcbulletin.delivery.mailing import LostError, RefusedError, Reply, UnansweredError
from xcbulletin.delivery.sending.replies import DATA, MAIL, RCPT, make_reply
from xcbulletin.errors import BulletinError
from xcbulletin.settings import MailSettings

# What smtplib raises is an OSError too, all but what it says of characters.

_CONNECTING = 60.0
"""Seconds until the relay has to have answered a connection."""
_TIMEOUTS = {MAIL: 300.0, RCPT: 300.0, DATA: 120.0}
_BLOCK_TIMEOUT, _BLOCK = 180.0, 1 << 16
"""Seconds (RFC 5321 §4.5.3.2) for a block of a letter, and its bytes."""
_QUITTING = 5.0


class RelayError(BulletinError):
    """The relay cannot be used: no letter is to blame, and none is changed."""

    def __init__(self, message: str, reply: Reply | None = None) -> None:
        self.reply = reply
        """What the relay said, where it answered."""
        super().__init__(message)


def connect(mail: MailSettings) -> "Connection":
    """Return a connection that letters can be given to: encrypted and logged in as the settings want it.

    Raises RelayError.
    """
    if mail.username and not mail.password:
        raise RelayError(
            f"{_place(mail)}: 没有发信密码；请把 {mail.username} 的密码（多数邮箱要用授权码）放进环境变量 "
            "XCBULLETIN_MAIL__PASSWORD 或钥匙串"
        )
    try:
        client = _open(mail)
    except smtplib.SMTPConnectError as error:
        raise _refused_greeting(mail, error) from error
    except (OSError, UnicodeError) as error:
        raise _unreachable(mail, error) from error
    try:
        _introduce(client, mail)
        _log_in(client, mail)
    except BaseException:
        client.close()
        raise
    return Connection(client, mail)


class Connection:
    """A `Transport` over SMTP."""

    def __init__(self, client: smtplib.SMTP, mail: MailSettings) -> None:
        self._client, self._patience = client, mail.timeout_after_data
        self._is_between_letters = True
        limit = client.esmtp_features.get("size", "")
        self._limit = int(limit) if limit.isascii() and limit.isdigit() else 0

    def offer(self, sender: str, address: str, content: bytes) -> None:
        """Give a letter whose lines end in CRLF, all but the end of its last line and the dot.

        Raises RefusedError, LostError.
        """
        letter = _stuffed(content)
        size = len(letter) + len(b"\r\n")
        self._require_fitting(size)
        told = f" SIZE={size}" if self._client.has_extn("size") else ""
        self._command(MAIL, f"MAIL FROM:<{sender}>{told}", 250)
        self._command(RCPT, f"RCPT TO:<{address}>", 250, 251)
        self._command(DATA, "DATA", 354)
        self._is_between_letters = False
        try:
            wire = self._socket(_BLOCK_TIMEOUT)
            for start in range(0, len(letter), _BLOCK):
                wire.sendall(letter[start : start + _BLOCK])
        except OSError as error:
            raise LostError(str(error), DATA) from error

    def finish(self) -> Reply:
        """End the last line, give the dot, and return what the relay says. Raises UnansweredError."""
        try:
            self._socket(self._patience).sendall(b"\r\n.\r\n")
            reply = make_reply(*self._client.getreply())
        except OSError as error:
            raise UnansweredError(str(error)) from error
        if not 200 <= reply.code < 300 and not 400 <= reply.code < 600:
            raise UnansweredError(f"{reply.code} {reply.text}")
        self._is_between_letters = True
        return reply

    def close(self) -> None:
        """Say good-bye where that is not taken for a line of a letter, and hang up."""
        if self._is_between_letters:
            with suppress(OSError):
                self._socket(_QUITTING)
                self._client.docmd("QUIT")
        self._client.close()

    def _require_fitting(self, size: int) -> None:
        if 0 < self._limit < size:
            text = f"message of {size} bytes is over the relay's limit of {self._limit}"
            raise RefusedError(Reply(code=552, enhanced="5.3.4", text=text), MAIL)

    def _command(self, name: str, line: str, *wanted: int) -> None:
        try:
            self._socket(_TIMEOUTS[name])
            reply = make_reply(*self._client.docmd(line))
        except UnicodeEncodeError as error:
            text = "address is not ASCII"
            raise self._refused(Reply(code=553, enhanced="5.6.7", text=text), name) from error
        except OSError as error:
            raise self._lost(str(error), name) from error
        if reply.code in wanted:
            return
        if not 400 <= reply.code < 600:
            raise self._lost(f"{reply.code} {reply.text}", name)
        raise self._refused(reply, name)

    def _refused(self, reply: Reply, at: str) -> RefusedError:
        """Return the refusal, the relay being ready for the next letter where it stays."""
        if at != MAIL and reply.code != 421:
            with suppress(OSError):
                self._client.docmd("RSET")
        return RefusedError(reply, at)

    def _socket(self, seconds: float) -> socket.socket:
        """Return the socket, waiting so long at the most."""
        if self._client.sock is None:  # the library hangs up by itself where it cannot read
            raise smtplib.SMTPServerDisconnected("hung up")
        self._client.sock.settimeout(seconds)
        return self._client.sock

    def _lost(self, why: str, at: str) -> LostError:
        self._is_between_letters = False
        return LostError(why, at)


def _stuffed(content: bytes) -> bytes:
    """Return a letter as its lines travel (RFC 5321 §4.5.2), without the end of the last."""
    first = b"." if content.startswith(b".") else b""
    return first + content.removesuffix(b"\r\n").replace(b"\n.", b"\n..")


# Connecting


def _open(mail: MailSettings) -> smtplib.SMTP:
    # Any name: the library would look ours up, which takes many seconds where no name server answers.
    name = "localhost"
    client: smtplib.SMTP
    if mail.security == "tls":
        context = ssl.create_default_context()
        client = smtplib.SMTP_SSL(mail.host, mail.port, name, timeout=_CONNECTING, context=context)
    else:
        client = smtplib.SMTP(mail.host, mail.port, name, timeout=_CONNECTING)
    assert client.sock is not None
    # The dot comes in a packet of its own, which would wait for the relay's delayed acknowledgement (RFC 896).
    client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.local_hostname = _literal(client.sock.getsockname()[0])
    return client


def _literal(address: str) -> str:
    """Return an IP address as who has no name introduces himself (RFC 5321 §4.1.3)."""
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _introduce(client: smtplib.SMTP, mail: MailSettings) -> None:
    try:
        client.ehlo_or_helo_if_needed()
        if mail.security == "starttls":
            client.starttls(context=ssl.create_default_context())
            client.ehlo()
    except smtplib.SMTPNotSupportedError as error:
        raise RelayError(
            f"{_place(mail)}: 这台发信服务器不支持 STARTTLS；请向管理员核对端口和加密方式，"
            "改正 bulletin.yaml 里的 mail.port 和 mail.security"
        ) from error
    except smtplib.SMTPResponseException as error:
        raise _refused_greeting(mail, error) from error
    except OSError as error:
        raise _unreachable(mail, error) from error


def _log_in(client: smtplib.SMTP, mail: MailSettings) -> None:
    if not mail.username:
        return
    try:
        client.login(mail.username, mail.password or "")
    except smtplib.SMTPResponseException as error:
        reply = make_reply(error.smtp_code, error.smtp_error)
        raise RelayError(
            f"{_place(mail)}: {mail.username} 登录失败（{reply.code} {reply.text}）；"
            "请检查 mail.username，以及环境变量 XCBULLETIN_MAIL__PASSWORD 或钥匙串里的密码（多数邮箱要用授权码，不是登录密码）",
            reply,
        ) from error
    except UnicodeError as error:
        raise RelayError(
            f"{_place(mail)}: 发信的用户名或密码里有全角或中文字符；请检查 mail.username 和 XCBULLETIN_MAIL__PASSWORD"
        ) from error
    except smtplib.SMTPServerDisconnected as error:
        raise _unreachable(mail, error) from error
    except smtplib.SMTPException as error:
        raise RelayError(
            f"{_place(mail)}: 这台发信服务器不在这种连接上接受登录；请把 bulletin.yaml 里的 mail.security "
            "改为 starttls 或 tls，不需要登录的就去掉 mail.username"
        ) from error
    except OSError as error:
        raise _unreachable(mail, error) from error


def _place(mail: MailSettings) -> str:
    return f"{mail.host}:{mail.port}"


def _refused_greeting(mail: MailSettings, error: smtplib.SMTPResponseException) -> RelayError:
    reply = make_reply(error.smtp_code, error.smtp_error)
    said = f"{reply.code} {reply.text}".strip() if reply.code > 0 else f"答复不合 SMTP：{reply.text}"
    return RelayError(
        f"{_place(mail)}: 发信服务器不接受连接（{said}）；请稍后再试，一再如此请把这句话转给服务器的管理员",
        reply,
    )


def _unreachable(mail: MailSettings, error: Exception) -> RelayError:
    return RelayError(
        f"{_place(mail)}: {next(tell for kind, tell in _TROUBLES if isinstance(error, kind))(error)}"
    )


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    return (
        f"发信服务器的证书不可信（{error.verify_message}），没有登录，也没有发送；请检查 mail.host 与证书上的名字一致；"
        "单位自签的证书，用环境变量 SSL_CERT_FILE 指明签发它的 CA 证书文件"
    )


# The first that an error is one of tells what to look at.
_TROUBLES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Callable[[Any], str]], ...] = (
    (ssl.SSLCertVerificationError, _certificate),
    (
        ssl.SSLError,
        lambda error: (
            f"与发信服务器谈不成加密连接（{error.reason or error}）；请核对端口和加密方式"
            "（通常 465 配 tls，587 配 starttls，25 配 none 或 starttls），改正 mail.port 和 mail.security"
        ),
    ),
    (
        (socket.gaierror, UnicodeError),
        lambda _error: "查不到这台发信服务器的地址；请检查 mail.host 的写法，以及网络和 DNS",
    ),
    (
        ConnectionRefusedError,
        lambda _error: "发信服务器拒绝连接；请检查 mail.host 和 mail.port，以及服务器已经启动",
    ),
    (
        TimeoutError,
        lambda _error: (
            "连不上发信服务器，等不到答复；请检查 mail.host、mail.port 和 mail.security，以及网络和防火墙"
        ),
    ),
    (
        smtplib.SMTPServerDisconnected,
        lambda _error: (
            "发信服务器断开了连接；请核对端口和加密方式（465 端口要把 mail.security 设为 tls），或稍后再试"
        ),
    ),
    (Exception, lambda error: f"连不上发信服务器（{error}）；请检查网络，以及 mail.host 和 mail.port"),
)
