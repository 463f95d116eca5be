"""One run sends at a time: a lock that is free again as soon as its holder is gone, however it went."""

import fcntl
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from xcbulletin.database import DatabaseError
from xcbulletin.errors import BulletinError, reason
from xcbulletin.zone import SHANGHAI

_SENDING = 0x7863_736E
"""Advisory lock of PostgreSQL."""
_NAME_BYTES = 63
"""Of an `application_name`."""


class LockedError(BulletinError):
    """Somebody else is sending."""


@contextmanager
def sending_lock(engine: Engine, what: str) -> Iterator[None]:
    """Hold the right to send, for all mailings of a database; `what` is told to others who ask for it.

    Raises LockedError, whose message says who holds it. The kernel, or the server, frees it after `kill -9`.
    """
    held = _file_lock if engine.dialect.name == "sqlite" else _server_lock
    with held(engine, what):
        yield


@contextmanager
def _file_lock(engine: Engine, what: str) -> Iterator[None]:
    path = Path(f"{engine.url.database}-sending")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise DatabaseError(
            f"{path}: 不能打开发送用的锁文件（{reason(error)}）；请检查它和所在文件夹的权限"
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = os.pread(descriptor, 1000, 0).decode(errors="replace")
            since = datetime.fromtimestamp(os.fstat(descriptor).st_mtime, UTC)
            raise _locked(said, since) from None
        _write(descriptor, _holder(what))
        yield
    finally:
        os.close(descriptor)


def _write(descriptor: int, said: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, said.encode(), 0)


@contextmanager
def _server_lock(engine: Engine, what: str) -> Iterator[None]:
    # A session of its own: it is to end with the lock, and to wait in no transaction.
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.detach()
        name = _holder(what).encode()[:_NAME_BYTES].decode(errors="ignore")
        connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": name})
        if not connection.scalar(text(f"SELECT pg_try_advisory_lock({_SENDING})")):
            raise _locked(*_server_holder(connection))
        yield


_HOLDER = text(
    "SELECT application_name, query_start FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :key AND objsubid = 1"
    " AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def _server_holder(connection: Connection) -> tuple[str, datetime | None]:
    row = connection.execute(_HOLDER, {"key": _SENDING}).first()
    return ("", None) if row is None else (row[0] or "", row[1])


def _holder(what: str) -> str:
    return f"{os.getpid()} {platform.node()} {what}"


def _locked(said: str, since: datetime | None) -> LockedError:
    words = said.split(" ", 2)
    who = (
        f"正在发送 {words[2]}（机器 {words[1]}，进程 {words[0]}{_since(since)}）"
        if len(words) == 3
        else "正在发送"
    )
    return LockedError(f"另一个 xcbulletin {who}，这里没有发送；请等它结束后再运行")


def _since(since: datetime | None) -> str:
    return "" if since is None else f"，从 {since.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} 开始"
