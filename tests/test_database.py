"""One database a workspace: made, migrated, shared, and refused in words that an editor understands."""

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, insert, inspect, select, text, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

import xcbulletin
from xcbulletin.archive.catalogue import tables as catalogue_tables  # noqa: F401
from xcbulletin.collecting import tables
from xcbulletin.database import (
    _MADE,
    HEAD,
    DatabaseError,
    Moment,
    UnwritableError,
    lasting,
    metadata,
    open_engine,
    reading,
)
from xcbulletin.delivery.ledger import tables as ledger_tables

NOW = datetime(2026, 8, 1, 8, 30, 15, 123456, tzinfo=UTC)
DEFAULT = "sqlite:///sources/desk.db"
MIGRATIONS = Path(xcbulletin.__file__).parent / "migrations"


def add_source(engine: Engine, key: str = "https://a.example/feed", **fields: object) -> None:
    with engine.begin() as connection:
        connection.execute(insert(tables.source).values(key=key, name="甲", **fields))


def refusal(url: str, root: Path) -> str:
    with pytest.raises(DatabaseError) as caught:
        open_engine(url, root)
    return str(caught.value)


# Made and migrated


def test_a_migrated_database_has_the_tables_of_the_program(engine: Engine) -> None:
    with reading(engine) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "version_table": "xcbulletin_version"}
        )
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_the_program_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_the_tables_that_migrations_make_are_all_there_are() -> None:
    """Each is asked for by name before it is made, for it may be another program's."""
    made = [table for tables in _MADE.values() for table in tables]
    assert sorted(made) == sorted(metadata.tables)
    assert list(_MADE)[-1] == HEAD


def open_at(migration: str, url: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Open a database as a program did whose newest migration was this one."""
    upgrade = command.upgrade
    with monkeypatch.context() as patch:
        patch.setattr("xcbulletin.database.HEAD", migration)
        patch.setattr("alembic.command.upgrade", lambda config, _revision: upgrade(config, migration))
        return open_engine(url, root)


def test_a_collector_s_database_is_brought_up_with_all_it_has(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = open_at("0001", database_url, tmp_path, monkeypatch)
    add_source(older, last_ok=NOW)
    with reading(older) as connection:
        names = inspect(connection).get_table_names()
    older.dispose()
    assert set(names) == {*_MADE["0001"], "xcbulletin_version"}
    newer = open_engine(database_url, tmp_path)
    with lasting(newer) as connection:
        assert connection.scalar(select(tables.source.c.last_ok)) == NOW
        connection.execute(insert(ledger_tables.mailing).values(issue="2021-01", revision=1, prepared=NOW))
    newer.dispose()


@pytest.mark.parametrize("migration", ["0001", None])
def test_a_table_of_another_program_in_the_place_of_a_new_one_is_left_alone(
    database_url: str, tmp_path: Path, migration: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if migration is not None:
        open_at(migration, database_url, tmp_path, monkeypatch).dispose()
    with monkeypatch.context() as patch:
        patch.setattr("xcbulletin.database._migrate", lambda _engine: None)
        engine = open_engine(database_url, tmp_path)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE delivery (parcel INTEGER)"))
    assert refusal(database_url, tmp_path).endswith(
        ": 这个数据库里已有别的程序的表（delivery），没有改动它；请另建一个空的数据库"
    )
    with reading(engine) as connection:
        assert "mailing" not in inspect(connection).get_table_names()
    engine.dispose()


def test_the_database_stands_in_the_workspace(tmp_path: Path) -> None:
    open_engine("sqlite:///deep/er/my.db", tmp_path / "区").dispose()
    open_engine(f"sqlite:///{tmp_path}/absolute.db", tmp_path / "区").dispose()
    assert (tmp_path / "区" / "deep" / "er" / "my.db").is_file()
    assert (tmp_path / "absolute.db").is_file()


def test_what_was_kept_is_there_when_it_is_opened_again(database_url: str, tmp_path: Path) -> None:
    first = open_engine(database_url, tmp_path)
    add_source(first)
    first.dispose()
    again = open_engine(database_url, tmp_path)
    with reading(again) as connection:
        assert connection.scalar(select(tables.source.c.name)) == "甲"
    again.dispose()


def test_an_older_database_is_migrated(database_url: str, tmp_path: Path) -> None:
    older = open_engine(database_url, tmp_path)
    with older.begin() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DELETE FROM xcbulletin_version"))
    older.dispose()
    newer = open_engine(database_url, tmp_path)
    add_source(newer)
    newer.dispose()


def test_a_migration_that_fails_leaves_nothing_behind(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fails)
        with pytest.raises(RuntimeError):
            open_engine(database_url, tmp_path)
    engine = open_engine(database_url, tmp_path)
    add_source(engine)
    engine.dispose()


def test_a_newer_database_is_left_alone(engine: Engine, database_url: str, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE xcbulletin_version SET version_num = '9999'"))
    assert (
        f"这个数据库由更新的 xcbulletin 建立（版本 9999，这里只认得到 {HEAD}）；请升级 xcbulletin，没有改动数据库"
        in refusal(database_url, tmp_path)
    )


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE item (id)")
    connection.close()
    assert refusal("sqlite:///other.db", tmp_path) == (
        f"{tmp_path}/other.db: 这个数据库里已有别的程序的表（item），没有改动它；请另建一个空的数据库"
    )


OPENING = """
import sys, time
from pathlib import Path
from xcbulletin.database import open_engine, reading
import alembic.command
print("ready", flush=True)
sys.stdin.readline()
engine = open_engine(sys.argv[1], Path(sys.argv[2]))
"""


def test_processes_that_open_a_new_database_at_once_make_it_once(database_url: str, tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPENING, database_url, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(5)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        _, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (0, "")


# Shared


def test_times_come_back_as_they_went_in_and_compare(engine: Engine) -> None:
    add_source(engine, last_ok=NOW.astimezone(timezone(timedelta(hours=8))))
    with reading(engine) as connection:
        kept = connection.scalar(select(tables.source.c.last_ok))
        assert kept is not None
        assert (kept, kept.tzinfo) == (NOW, UTC)
        later = select(func.count()).where(tables.source.c.last_ok > NOW - timedelta(microseconds=1))
        assert connection.scalar(later) == 1
        not_later = select(func.count()).where(tables.source.c.last_ok > NOW)
        assert connection.scalar(not_later) == 0


@given(when=st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.timezones()))
def test_sqlite_keeps_times_as_sqlalchemy_would(when: datetime) -> None:
    """Ours is another way of writing and reading, for speed, and no other text."""
    dialect: Any = sqlite.dialect()
    ours: Any = Moment().dialect_impl(dialect)
    plain: Any = sqlite.DATETIME()
    to_text, of_text = ours.bind_processor(dialect), ours.result_processor(dialect, None)
    written = to_text(when)
    assert written == plain.bind_processor(dialect)(when.astimezone(UTC))
    assert of_text(written) == plain.result_processor(dialect, None)(written).replace(tzinfo=UTC)
    assert of_text(written).tzinfo is UTC
    assert to_text(None) is of_text(None) is None


def test_a_time_without_a_zone_is_a_mistake(engine: Engine) -> None:
    with pytest.raises(Exception, match="a time without a zone"):
        add_source(engine, last_ok=datetime(2026, 8, 1))


def test_a_transaction_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(RuntimeError), engine.begin() as connection:  # noqa: PT012
        connection.execute(insert(tables.source).values(key="a", name="甲"))
        raise RuntimeError
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(tables.source)) == 0


def test_two_writers_that_read_first_wait_for_each_other(engine: Engine) -> None:
    add_source(engine, failures=0)
    column = tables.source.c.failures

    def count_up() -> None:
        for _ in range(20):
            with engine.begin() as connection:
                known = connection.scalar(select(column).with_for_update())
                time.sleep(0)
                connection.execute(update(tables.source).values(failures=known + 1))

    threads = [threading.Thread(target=count_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        assert connection.scalar(select(column)) == 60


def test_a_reader_does_not_wait_for_a_writer(engine: Engine) -> None:
    add_source(engine)
    with engine.begin() as writing:
        writing.execute(update(tables.source).values(name="乙"))
        with reading(engine) as connection:
            assert connection.scalar(select(tables.source.c.name)) == "甲"


def test_a_row_must_have_the_row_it_belongs_to(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(tables.fetch).values(source_id=99, at=NOW, outcome="ok"))


def test_sqlite_waits_for_the_disk_at_checkpoints_only(tmp_path: Path) -> None:
    engine = open_engine(DEFAULT, tmp_path)
    with reading(engine) as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        ]
    engine.dispose()
    assert settings == ["wal", 1]


def test_sqlite_waits_for_the_disk_for_what_is_to_last(tmp_path: Path) -> None:
    engine = open_engine(DEFAULT, tmp_path)
    synchronous = []
    for begun in (lasting(engine), engine.begin(), lasting(engine), reading(engine)):
        with begun as connection:
            synchronous.append(connection.exec_driver_sql("PRAGMA synchronous").scalar())
    engine.dispose()
    assert synchronous == [2, 1, 2, 1]


def test_what_is_to_last_is_kept_whole_or_not_at_all(engine: Engine) -> None:
    with pytest.raises(RuntimeError), lasting(engine) as connection:  # noqa: PT012
        connection.execute(insert(tables.source).values(key="a", name="甲"))
        raise RuntimeError
    with lasting(engine) as connection:
        connection.execute(insert(tables.source).values(key="b", name="乙"))
    with reading(engine) as connection:
        assert connection.scalars(select(tables.source.c.key)).all() == ["b"]


# Refused


@pytest.mark.parametrize(
    ("url", "what", "shown"),
    [
        ("desk.db", "写得不对", "desk.db"),
        ("sqlite://", "没有写数据库文件的位置", "sqlite://"),
        ("sqlite:///:memory:", "没有写数据库文件的位置", "sqlite:///:memory:"),
        ("mysql://u:secret@h/d", "只能是 SQLite 或 PostgreSQL", "mysql://u:***@h/d"),
        ("postgresql://u:secret@h", "没有写数据库的名字", "postgresql://u:***@h"),
    ],
)
def test_a_wrong_address_is_told(tmp_path: Path, url: str, what: str, shown: str) -> None:
    assert refusal(url, tmp_path) == (
        f"bulletin.yaml: “database”{what}，现为“{shown}”；应如 sqlite:///sources/desk.db，"
        "或 postgresql://用户:密码@主机/库名"
    )


@pytest.mark.parametrize(
    ("good", "bad"), [(0, b"no database" * 999), (44, b"\xff" * 4), (4096, b"\7" * 9000)]
)
def test_a_damaged_file_is_told(tmp_path: Path, good: int, bad: bytes) -> None:
    file = tmp_path / "sources" / "desk.db"
    open_engine(DEFAULT, tmp_path).dispose()
    content = file.read_bytes()
    file.write_bytes(content[:good] + bad + content[good + len(bad) :])
    said = refusal(DEFAULT, tmp_path)
    assert said.startswith(f"{file}: ")
    assert said.endswith(
        "请把它改名留底（连同 -wal、-shm 结尾的文件），换上备份；没有备份就让程序新建一个，再采集一遍，"
        "但选用、搁置和投递的记录要不回来：发过邮件的各期不要再发，免得收件人收到两次"
    )


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "sources").write_text("")
    assert refusal(DEFAULT, tmp_path) == (
        f"{tmp_path}/sources: 不能在这里放数据库（已有同名的文件或文件夹）；请改正文件夹的权限，或 bulletin.yaml 里的 database"
    )


def test_a_folder_where_the_file_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "sources" / "desk.db").mkdir(parents=True)
    assert refusal(DEFAULT, tmp_path) == (
        f"{tmp_path}/sources/desk.db: 打不开数据库文件；请检查它和所在文件夹的权限"
    )


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (False, "打不开数据库文件；请检查它和所在文件夹的权限"),
        (True, "数据库文件或所在文件夹只能读，不能写；请检查权限和磁盘空间"),
    ],
)
def test_a_folder_that_may_only_be_read_is_told(made: bool, said: str) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        root = Path(name)
        if made:
            open_engine("sqlite:///desk.db", root).dispose()
            (root / "desk.db").chmod(0o444)
        root.chmod(0o555)
        try:
            assert as_nobody(lambda: write_into(root)) == f"{root}/desk.db: {said}"
        finally:
            root.chmod(0o755)


@pytest.mark.parametrize("log", [None, b""])
def test_a_folder_that_may_only_be_read_is_read(log: bytes | None) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        root = Path(name)
        engine = open_engine("sqlite:///desk.db", root)
        add_source(engine)
        engine.dispose()
        if log is not None:
            (root / "desk.db-wal").write_bytes(log)
        root.chmod(0o555)
        try:
            assert as_nobody(lambda: read_from(root)) == "1"
        finally:
            root.chmod(0o755)


def read_from(root: Path) -> None:
    with reading(open_engine("sqlite:///desk.db", root)) as connection:
        raise DatabaseError(str(connection.scalar(select(func.count()).select_from(tables.source))))


def test_a_full_disk_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(DEFAULT, tmp_path)
    add_source(engine)
    engine.dispose()
    monkeypatch.setattr("xcbulletin.database._ROOM", 2**80)
    engine = open_engine(DEFAULT, tmp_path)
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(tables.source)) == 1
    with pytest.raises(UnwritableError, match=r"只能读，不能写；请检查权限和磁盘空间$"):
        add_source(engine, "https://b.example/")
    engine.dispose()
    assert [path.name for path in (tmp_path / "sources").iterdir()] == ["desk.db"]


def write_into(root: Path) -> None:
    engine = open_engine("sqlite:///desk.db", root)
    add_source(engine)


def as_nobody(work: Callable[[], None]) -> str:
    """Return the message of the DatabaseError raised by work done without root's rights."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            work()
        except DatabaseError as error:
            os.write(writer, str(error).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        said = stream.read().decode()
    os.waitpid(child, 0)
    return said


def test_a_database_kept_busy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xcbulletin.database._PATIENCE", 0)
    engine, other = open_engine(DEFAULT, tmp_path), open_engine(DEFAULT, tmp_path)
    with other.begin() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(DatabaseError, match=r"desk\.db: 另一个程序占用数据库超过 0 秒；请稍后再试"):
            add_source(engine)
    engine.dispose()
    other.dispose()


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    said = refusal("postgresql://u:secret@127.0.0.1:1/desk", tmp_path)
    assert said.startswith("postgresql+psycopg://u:***@127.0.0.1:1/desk: 连不上 PostgreSQL，或连接断了（")
    assert said.endswith("）；请检查服务器已启动，以及 database 里的主机、用户、密码和库名")


def test_a_database_that_is_not_on_the_server_is_told(postgresql: str, tmp_path: Path) -> None:
    assert 'database "nowhere" does not exist' in refusal(postgresql.format("nowhere"), tmp_path)


def test_a_missing_driver_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert refusal("postgresql://u@h/d", tmp_path) == (
        'bulletin.yaml: database 用了 PostgreSQL，但没有装它的驱动；请运行 pip install "xcbulletin[postgresql]"'
    )


def test_a_connection_that_breaks_is_told(engine: Engine, database_url: str) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite has no connection to break")
    with pytest.raises(DatabaseError, match="连不上 PostgreSQL，或连接断了"), engine.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_a_connection_that_the_server_has_closed_in_the_meantime_is_made_anew(
    postgresql: str, tmp_path: Path
) -> None:
    engine, other = (open_engine(postgresql.format("postgres"), tmp_path) for _ in range(2))
    with reading(engine) as connection:
        backend = connection.scalar(text("SELECT pg_backend_pid()"))
    with other.begin() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend({backend})"))
    add_source(engine)
    engine.dispose()
    other.dispose()
