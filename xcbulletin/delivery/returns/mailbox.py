"""Letters in a mailbox, read by IMAP (RFC 3501) without changing anything in it: none is marked as read."""

import base64
import contextlib
import datetime
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator

from xcbulletin.delivery.returns.received import LIMIT
from xcbulletin.errors import MailboxError
from xcbulletin.settings import MailboxSettings

TIMEOUT = 60.0
"""Seconds to wait for the server's next word."""
_AT_ONCE = 200
"""Letters whose headers are asked for together."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def letters(settings: MailboxSettings, *, since: datetime.date | None = None) -> Iterator[bytes]:
    """Give the letters of a mailbox, oldest first, of each as much as is read.

    Raises MailboxError: no such server or folder, wrong password, a connection that breaks.
    """
    return _fetched(settings, f"(BODY.PEEK[]<0.{LIMIT}>)", 1, since)


def headers(settings: MailboxSettings, *, since: datetime.date | None = None) -> Iterator[bytes]:
    """Give the Message-ID fields of the letters in a mailbox, newest first; no more of them is asked for.

    Raises MailboxError, as `letters` does.
    """
    return _fetched(settings, "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", -_AT_ONCE, since)


def _fetched(settings: MailboxSettings, what: str, step: int, since: datetime.date | None) -> Iterator[bytes]:
    """Fetch in steps; with a negative step the newest come first."""
    with _errors_told(settings), _connected(settings) as connection:
        uids = _uids(connection, since)
        if step < 0:
            uids.reverse()
        for start in range(0, len(uids), abs(step)):
            yield from _fetch(connection, uids[start : start + abs(step)], what)


def _uids(connection: imaplib.IMAP4, since: datetime.date | None) -> list[str]:
    asked = "ALL" if since is None else f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
    answer = _expect(connection.uid("SEARCH", asked))
    numbers = b" ".join(line for line in answer if isinstance(line, bytes)).split()
    return [number.decode() for number in sorted(numbers, key=int)]


def _fetch(connection: imaplib.IMAP4, uids: list[str], what: str) -> Iterator[bytes]:
    for piece in _expect(connection.uid("FETCH", ",".join(uids), what)):
        if isinstance(piece, tuple):  # what is no tuple closes a parenthesis
            yield piece[1][:LIMIT]


def _expect(answer: tuple[str, list[object]]) -> list[object]:
    status, content = answer
    if status != "OK":
        raise imaplib.IMAP4.error(_said(content))
    return content


@contextlib.contextmanager
def _connected(settings: MailboxSettings) -> Iterator[imaplib.IMAP4]:
    """Log in and open the folder, for reading only."""
    connection = _connection(settings)
    try:
        if settings.security == "starttls":
            connection.starttls(ssl.create_default_context())
        _log_in(connection, settings)
        _open(connection, settings)
        yield connection
    finally:
        _close(connection)


def _connection(settings: MailboxSettings) -> imaplib.IMAP4:
    if settings.host is None:
        raise MailboxError("bulletin.yaml 里没有收退信的邮箱：请填写 mailbox.host")
    if settings.security == "tls":
        return imaplib.IMAP4_SSL(
            settings.host, settings.port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT
        )
    return imaplib.IMAP4(settings.host, settings.port, timeout=TIMEOUT)


def _close(connection: imaplib.IMAP4) -> None:
    try:
        connection.logout()
    except (OSError, imaplib.IMAP4.error):
        with contextlib.suppress(OSError):
            connection.shutdown()


def _log_in(connection: imaplib.IMAP4, settings: MailboxSettings) -> None:
    if not settings.username or not settings.password:
        raise MailboxError(
            "没有邮箱的用户名或密码：请填写 mailbox.username，密码放在环境变量 XCBULLETIN_MAILBOX__PASSWORD 里"
        )
    try:
        connection.login(settings.username, settings.password)
    except UnicodeEncodeError as error:
        raise MailboxError("邮箱的用户名和密码只能有英文字母、数字和符号：请检查有没有全角字符") from error
    except connection.abort:
        raise
    except connection.error as error:
        raise MailboxError(
            f"登录 {settings.host} 失败，用户名或密码不对（QQ、163 等要用“授权码”，不是网页密码；"
            f"还要在网页邮箱的设置里打开 IMAP）：{_said(error.args)}"
        ) from error
    if "ID" in connection.capabilities:
        # NetEase opens no folder for clients that do not say who they are: “Unsafe Login”
        connection.xatom("ID", '("name" "xcbulletin" "vendor" "xcbulletin")')


def _open(connection: imaplib.IMAP4, settings: MailboxSettings) -> None:
    status, content = connection.select(quoted(settings.folder), readonly=True)
    if status != "OK":
        there = "、".join(_folders(connection)) or "（服务器没有列出）"
        raise MailboxError(
            f"邮箱 {settings.username} 里打不开文件夹“{settings.folder}”：{_said(content)}；"
            f"现有文件夹：{there}。请改 mailbox.folder"
        )


def _folders(connection: imaplib.IMAP4) -> list[str]:
    status, lines = connection.list()
    raw = [line for line in lines if isinstance(line, bytes)] if status == "OK" else []
    return [_name_of(line.decode("ascii", "replace")) for line in raw]


def _name_of(line: str) -> str:
    """Return the name at the end of a line such as `(\\HasNoChildren) "/" "&XfJT0ZAB-"`."""
    found = re.search(r'"((?:[^"\\]|\\.)*)"$|(\S+)$', line.strip())
    return folder_decoded(re.sub(r"\\(.)", r"\1", found[1] or found[2] or "")) if found else ""


def quoted(folder: str) -> str:
    """Return a folder's name as IMAP writes it: in its own UTF-7, in quotation marks."""
    return '"' + re.sub(r'(["\\])', r"\\\1", folder_encoded(folder)) + '"'


def folder_encoded(name: str) -> str:
    """Return a name in IMAP's UTF-7 (RFC 3501 §5.1.3): 已发送 is `&XfJT0ZAB-`."""
    return re.sub(r"[^\x20-\x7e]+|&", lambda found: f"&{_utf7(found[0])}-", name)


def folder_decoded(name: str) -> str:
    """Return what IMAP's UTF-7 says; what is not right stays as it is."""
    return re.sub(r"&([A-Za-z0-9+,]*)-", _from_utf7, name)


def _utf7(text: str) -> str:
    if text == "&":
        return ""
    return base64.b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")


def _from_utf7(found: re.Match[str]) -> str:
    try:
        raw = base64.b64decode(found[1].replace(",", "/") + "=" * (-len(found[1]) % 4))
        return raw.decode("utf-16-be") if found[1] else "&"
    except ValueError:
        return found[0]


def _said(content: object) -> str:
    """Return what a server said, in one line."""
    if isinstance(content, (list, tuple)):
        return " ".join(filter(None, map(_said, content)))
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else str(content)
    return " ".join(text.split())[:300]


@contextlib.contextmanager
def _errors_told(settings: MailboxSettings) -> Iterator[None]:
    """Say in Chinese what went wrong on the way to the mailbox."""
    where = f"{settings.host}:{settings.port}"
    try:
        yield
    except socket.gaierror as error:
        raise MailboxError(f"找不到邮箱服务器 {settings.host}：请检查 mailbox.host 和网络") from error
    except ssl.SSLCertVerificationError as error:
        raise MailboxError(f"邮箱服务器 {where} 的证书不可信：{error.verify_message}") from error
    except ssl.SSLError as error:
        raise MailboxError(
            f"与邮箱服务器 {where} 不能建立加密连接：请检查 mailbox.port 和 mailbox.security"
        ) from error
    except TimeoutError as error:
        raise MailboxError(f"邮箱服务器 {where} 没有回应，请稍后再试") from error
    except ConnectionRefusedError as error:
        raise MailboxError(f"邮箱服务器 {where} 拒绝连接：请检查 mailbox.port") from error
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxError(f"读邮箱 {where} 时出错，请稍后再试：{_said(error.args)}") from error
