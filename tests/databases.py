"""Databases for tests: SQLite in a file, and a throw-away PostgreSQL where its programs are installed."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, text

from xcbulletin.database import open_engine

_NUMBERS = count()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a server without the name of a database; skipped where there is none."""
    initdb = _program("initdb")
    if initdb is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with _server(initdb) as socket:
        yield f"postgresql://postgres@/{{}}?host={socket}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database that has nothing in it yet."""
    if request.param == "sqlite":
        yield "sqlite:///sources/desk.db"
        return
    server: str = request.getfixturevalue("postgresql")
    name = f"test{next(_NUMBERS)}"
    _command(server, f"CREATE DATABASE {name}")
    yield server.format(name)
    _command(server, f"DROP DATABASE {name} WITH (FORCE)")


def _command(server: str, command: str) -> None:
    url = server.format("postgres").replace("://", "+psycopg://")
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(command))


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """An engine on each kind of database, migrated."""
    engine = open_engine(database_url, tmp_path)
    yield engine
    engine.dispose()


def _program(name: str) -> Path | None:
    """Return the newest of Debian's, which keeps them off the path, or the one on the path."""
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda one: int(one.parts[4].split(".")[0])
    )
    on_path = shutil.which(name)
    return found[-1] if found else Path(on_path) if on_path else None


@contextmanager
def _server(initdb: Path) -> Iterator[Path]:
    # A socket's path may have 107 bytes; pytest's own folders are longer, and closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    user = _somebody()
    if user is not None:
        os.chown(folder, user, -1)
    options = f"-c fsync=off -c listen_addresses= -c unix_socket_directories={folder}"
    data = folder / "data"

    def run(*words: str | Path) -> None:
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, user=user, cwd=folder)

    try:
        run(initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        run(initdb.parent / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield folder
        finally:
            run(initdb.parent / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _somebody() -> int | None:
    """Return the user to run as: PostgreSQL refuses to be root."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
