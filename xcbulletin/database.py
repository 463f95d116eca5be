"""The one database of a workspace: its engine, and its migrations."""

import os
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ExceptionContext,
    MetaData,
    Table,
    UpdateBase,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator

from xcbulletin.errors import BulletinError, reason

HEAD = "0004"
"""The newest migration. Kept here too, for looking it up takes Alembic half a second."""

_MADE = {
    "0001": {"boilerplate", "example", "fetch", "gram", "item", "item_version"}
    | {"label", "model", "source", "story", "verdict"},
    "0002": {"attempt", "bucket", "delivery", "mailing", "returned", "suppression", "variant"},
    "0003": {"filed_article", "filed_issue"},
    "0004": set(),
}
"""The tables that each migration makes."""
_VERSIONS = "xcbulletin_version"
"""Table of the migration a database is at: our own, for a PostgreSQL server's may be shared."""
_PIECE = 5000
"""Values in one statement: SQLite takes 32,766, PostgreSQL 65,535."""
_PATIENCE = 30
"""Seconds to wait for another writer, or for a server."""
_ROOM = 64 * 1024
"""Bytes on the disk without which SQLite cannot even begin to read in WAL: it makes a -shm of 32 KB first."""
_MIGRATING = 0x7863_6275
"""Advisory lock of PostgreSQL."""

_IN_UTC = "+00:00"

V = TypeVar("V")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""The tables of all rooms; a room's own stand in its `tables` module."""


class DatabaseError(BulletinError):
    """The database cannot be opened, read or written."""


class UnwritableError(DatabaseError):
    """The database can be read but, now, not written."""


class Moment(TypeDecorator[datetime]):
    """A point in time: aware in, aware and in UTC out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return `value` in UTC, as SQLite keeps and compares it."""
        if value is None:
            return None
        assert value.tzinfo is not None, "a time without a zone"
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return `value` in UTC: SQLite drops the zone, PostgreSQL answers in the session's."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    # For SQLite, which keeps text, SQLAlchemy's two steps each way (to a datetime, and to one in UTC) in one of a
    # quarter of their time: pages and reports are made of thousands of moments.

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Return what makes a moment the driver's value."""
        return _moment_to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Any] | None:
        """Return what makes a driver's value a moment."""
        return _moment_of_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _moment_to_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    assert value.tzinfo is not None, "a time without a zone"
    return value.astimezone(UTC).isoformat(" ", "microseconds").removesuffix(_IN_UTC)


def _moment_of_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + _IN_UTC)


def open_engine(url: str, root: Path) -> Engine:
    """Return the engine of the workspace's database, which is made or migrated first where need be.

    A relative SQLite path is under `root`. Writers take `engine.begin()`, or `lasting(engine)` for what cannot be had
    again, readers `reading(engine)`. What the machine or the server refuses, now or later, is a DatabaseError.
    """
    parsed = _parse_url(url, root)
    engine = _sqlite_engine(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql_engine(parsed)
    event.listen(engine, "handle_error", _refusal, retval=True)
    try:
        _migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that only reads, and so waits for no writer."""
    with engine.execution_options(postgresql_readonly=True).connect() as connection:
        yield connection


@contextmanager
def lasting(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction that, once committed, no power cut takes back: for what people decided."""
    with engine.execution_options(lasting=True).begin() as connection:
        yield connection


@contextmanager
def beginning(connection: Connection, *, lasts: bool) -> Iterator[Connection]:
    """Begin a transaction, lasting or not, on a connection that is kept for many."""
    with connection.execution_options(lasting=lasts).begin():
        yield connection


def pieces(values: Collection[V], size: int = _PIECE) -> Iterator[Sequence[V]]:
    """Yield the values in pieces, of which one statement can take each."""
    all_values = tuple(values)
    return (all_values[start : start + size] for start in range(0, len(all_values), size))


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that are not there yet, by any key of the table."""
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def run_ready(connection: Connection, statement: UpdateBase, values: Mapping[str, Any]) -> int:
    """Run a statement that is run for each letter, always with values of the same names; return the rows it changed.

    SQLAlchemy's own way takes four times as long: most of it to find out, each time, that it has it compiled.
    """
    ready = _Ready.made_of(statement, connection.dialect, tuple(values))
    return connection.exec_driver_sql(ready.text, ready.parameters(values)).rowcount


def run_ready_each(connection: Connection, statement: UpdateBase, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run such a statement once for each row."""
    if rows:
        ready = _Ready.made_of(statement, connection.dialect, tuple(rows[0]))
        connection.exec_driver_sql(ready.text, [ready.parameters(row) for row in rows])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ready:
    """A statement in a database's own words, and what makes its values the driver's."""

    text: str
    order: Sequence[str] | None
    """Names of the values; None where the driver takes them by name."""
    processors: Mapping[str, Callable[[Any], Any]]
    fixed: Mapping[str, Any]
    """Values that the statement itself has."""

    @classmethod
    @lru_cache(maxsize=64)
    def made_of(cls, statement: UpdateBase, dialect: Dialect, names: tuple[str, ...]) -> Self:
        compiled = statement.compile(dialect=dialect, column_keys=names)
        assert isinstance(compiled, SQLCompiler)
        types = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
        found = {name: kind.bind_processor(dialect) for name, kind in types.items()}
        processors = {name: process for name, process in found.items() if process}
        return cls(
            text=compiled.string,
            order=compiled.positiontup,
            processors=processors,
            fixed={
                name: processors[name](value) if name in processors else value
                for name, value in compiled.params.items()
                if name not in names
            },
        )

    def parameters(self, values: Mapping[str, Any]) -> Any:
        process = self.processors
        given = {name: process[name](one) if name in process else one for name, one in values.items()}
        named = {**self.fixed, **given}
        return named if self.order is None else tuple(named[name] for name in self.order)


def _parse_url(url: str, root: Path) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _wrong_url("写得不对", url) from error
    match parsed.get_backend_name():
        case "sqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise _wrong_url("没有写数据库文件的位置", url)
            return parsed.set(database=str(root / parsed.database))
        case "postgresql" | "postgres":
            if not parsed.database:
                raise _wrong_url("没有写数据库的名字", _shown(parsed))
            return parsed.set(drivername="postgresql+psycopg")
    raise _wrong_url("只能是 SQLite 或 PostgreSQL", _shown(parsed))


def _wrong_url(what: str, url: str) -> DatabaseError:
    return DatabaseError(
        f"bulletin.yaml: “database”{what}，现为“{url}”；应如 sqlite:///sources/desk.db，"
        "或 postgresql://用户:密码@主机/库名"
    )


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _sqlite_engine(url: URL) -> Engine:
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"{folder}: 不能在这里放数据库（{reason(error)}）；请改正文件夹的权限，或 bulletin.yaml 里的 database"
        ) from error
    engine = create_engine(url, connect_args={"timeout": _PATIENCE}, **_read_only(Path(url.database or "")))
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _read_only(path: Path) -> dict[str, Any]:
    """Return what opens a file that nobody can write here and now; nothing for others.

    In WAL even a reader writes, beside the file, unless SQLite is told that nobody else does; but where a -wal holds
    something, the newest stands in it, and that must be read.
    """
    if not path.is_file() or _is_writable(path):
        return {}
    log = path.with_name(f"{path.name}-wal")
    way = "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    address = f"file:{quote(str(path.absolute()))}?{way}"
    return {"creator": lambda: sqlite3.connect(address, uri=True, timeout=_PATIENCE, check_same_thread=False)}


def _is_writable(path: Path) -> bool:
    disk = os.statvfs(path.parent)
    # Some disks in the network do not say how large they are.
    has_room = not disk.f_blocks or disk.f_bavail * disk.f_frsize >= _ROOM
    return has_room and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    # Python's module would begin transactions by itself, and not before the first write: we say BEGIN ourselves.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    # In WAL, NORMAL loses nothing when a process is killed. When the power fails it may forget the last transactions,
    # whole and in order: what was not kept is asked for again. FULL would wait for the disk at every source.
    wanted = "FULL" if options.get("lasting") else "NORMAL"
    if connection.info.get("synchronous") != wanted:
        connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
        connection.info["synchronous"] = wanted
    # A writer that starts as a reader cannot wait for another writer, it fails (SQLITE_BUSY_SNAPSHOT).
    connection.exec_driver_sql("BEGIN" if options.get("postgresql_readonly") else "BEGIN IMMEDIATE")


def _postgresql_engine(url: URL) -> Engine:
    query = {"connect_timeout": str(_PATIENCE), **url.query}
    try:
        engine = create_engine(url.set(query=query), pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise DatabaseError(
            'bulletin.yaml: database 用了 PostgreSQL，但没有装它的驱动；请运行 pip install "xcbulletin[postgresql]"'
        ) from error
    event.listen(engine, "begin", _wait_for_the_disk)
    return engine


def _wait_for_the_disk(connection: Connection) -> None:
    """Let a lasting transaction last on a server, too, that is set to forget the last ones in a power cut."""
    if connection.get_execution_options().get("lasting"):
        connection.exec_driver_sql(
            "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'"
        )


def _migrate(engine: Engine) -> None:
    """Bring the database to `HEAD`, once, however many processes come at the same time."""
    with reading(engine) as connection:
        if _version(connection) == HEAD:
            return
    if engine.dialect.name == "sqlite":
        _use_wal(engine)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))
        version = _version(connection)
        if version != HEAD:
            _upgrade(connection, version)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSIONS):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {_VERSIONS}")).scalar()
    return found


def _upgrade(connection: Connection, version: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection, "version_table": _VERSIONS})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    if version is not None and version not in known:
        raise DatabaseError(
            f"{_name(connection.engine)}: 这个数据库由更新的 xcbulletin 建立（版本 {version}，这里只认得到 {HEAD}）；"
            "请升级 xcbulletin，没有改动数据库"
        )
    to_be_made = {table for migration, made in _MADE.items() if migration > (version or "") for table in made}
    if foreign := sorted(to_be_made & set(inspect(connection).get_table_names())):
        raise DatabaseError(
            f"{_name(connection.engine)}: 这个数据库里已有别的程序的表（{'、'.join(foreign)}），没有改动它；"
            "请另建一个空的数据库"
        )
    command.upgrade(config, "head")


def _use_wal(engine: Engine) -> None:
    """Let readers read while one writes; the file remembers it."""
    raw = engine.raw_connection()
    try:
        for _ in range(_PATIENCE * 10):
            try:
                raw.cursor().execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                # SQLite does not wait here for another that changes the mode at the same moment.
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise DatabaseError(_sqlite_refusal(error, _name(engine)) or str(error)) from error
                time.sleep(0.1)
    finally:
        raw.close()


def _name(engine: Engine) -> str:
    """Return what whoever runs the machine knows the database by."""
    return str(engine.url.database) if engine.dialect.name == "sqlite" else _shown(engine.url.set(query={}))


def _refusal(context: ExceptionContext) -> DatabaseError | None:
    """Return as a DatabaseError what the machine or the server refuses; mistakes of ours stay what they are."""
    error, engine = context.original_exception, context.engine
    if context.is_pre_ping or engine is None:  # the pool then connects anew
        return None
    said = _sqlite_refusal if isinstance(error, sqlite3.Error) else _postgresql_refusal
    message = said(error, _name(engine))
    if message is None:
        return None
    return UnwritableError(message) if _is_unwritable(error) else DatabaseError(message)


def _is_unwritable(error: BaseException) -> bool:
    code = _sqlite_kind(error) or getattr(error, "sqlstate", None)
    return code in ("SQLITE_FULL", "SQLITE_READONLY", "53100", "25006")


_SQLITE_REFUSALS = {
    "SQLITE_NOTADB": "这不是数据库文件，或已经损坏；{remedy}",
    "SQLITE_CORRUPT": "数据库文件已经损坏；{remedy}",
    "SQLITE_CANTOPEN": "打不开数据库文件；请检查它和所在文件夹的权限",
    "SQLITE_PERM": "没有读写数据库文件的权限；请检查它和所在文件夹的权限",
    "SQLITE_READONLY": "数据库文件或所在文件夹只能读，不能写；请检查权限和磁盘空间",
    "SQLITE_BUSY": "另一个程序占用数据库超过 {patience} 秒；请稍后再试，一再如此请查看是什么程序没有退出",
    "SQLITE_LOCKED": "另一个程序占用数据库；请稍后再试",
    "SQLITE_FULL": "磁盘已满，没有写入数据库；请清理磁盘后再试",
    "SQLITE_IOERR": "读写数据库文件时磁盘出错；请检查磁盘空间和磁盘",
}
_REMEDY = (
    "请把它改名留底（连同 -wal、-shm 结尾的文件），换上备份；没有备份就让程序新建一个，再采集一遍，"
    "但选用、搁置和投递的记录要不回来：发过邮件的各期不要再发，免得收件人收到两次"
)


def _sqlite_refusal(error: BaseException, name: str) -> str | None:
    kind = _sqlite_kind(error)
    if str(error) == "unsupported file format":  # a damaged header, for which SQLite has no code of its own
        kind = "SQLITE_NOTADB"
    if kind not in _SQLITE_REFUSALS:
        return None
    return f"{name}: {_SQLITE_REFUSALS[kind].format(remedy=_REMEDY, patience=_PATIENCE)}"


def _sqlite_kind(error: BaseException) -> str:
    return "_".join((getattr(error, "sqlite_errorname", None) or "").split("_")[:2])


_POSTGRESQL_REFUSALS = {
    "42501": "这个用户没有权限；请让管理员授予它在这个库里建表和读写的权限",
    "53100": "服务器磁盘已满；请联系管理员",
    "25006": "服务器现在只能读，不能写；请联系管理员",
}


def _postgresql_refusal(error: BaseException, name: str) -> str | None:
    said = getattr(error, "sqlstate", None)
    if said in _POSTGRESQL_REFUSALS:
        return f"{name}: {_POSTGRESQL_REFUSALS[said]}"
    if any(kind.__name__ == "OperationalError" for kind in type(error).__mro__):
        first = str(error).strip().split("\n")[0]
        return f"{name}: 连不上 PostgreSQL，或连接断了（{first}）；请检查服务器已启动，以及 database 里的主机、用户、密码和库名"
    return None
