"""One run sends at a time, and whoever comes second is told who does."""

import os
import platform
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from xcbulletin.database import DatabaseError, open_engine, reading
from xcbulletin.delivery.ledger.locking import LockedError, sending_lock

HOLDING = """
import sys, time
from pathlib import Path
from xcbulletin.database import open_engine
from xcbulletin.delivery.ledger.locking import sending_lock
with sending_lock(open_engine(sys.argv[1], Path(sys.argv[2])), sys.argv[3]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another(database_url: str, root: Path, issue: str = "2021-01") -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock."""
    words = [sys.executable, "-c", HOLDING, database_url, str(root), issue]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def refusal(engine: Engine) -> str:
    with pytest.raises(LockedError) as caught, sending_lock(engine, "2021-02"):
        pass
    return str(caught.value)


def test_a_second_run_is_told_who_sends(engine: Engine, database_url: str, tmp_path: Path) -> None:
    with another(database_url, tmp_path) as process:
        said = refusal(engine)
    assert re.fullmatch(
        rf"另一个 xcbulletin 正在发送 2021-01（机器 {re.escape(platform.node())}，进程 {process.pid}，"
        r"从 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d 开始），这里没有发送；请等它结束后再运行",
        said,
    )


def test_the_lock_is_free_when_its_holder_ends_or_is_killed(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    with another(database_url, tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with wait_for_lock(engine):
            pass
    with another(database_url, tmp_path) as process:
        process.communicate("")
        assert process.returncode == 0
        with sending_lock(engine, "2021-02"):
            pass


@contextmanager
def wait_for_lock(engine: Engine) -> Iterator[None]:
    """Take the lock; a server notices only after a moment that its client was killed."""
    for _ in range(1000):
        try:
            with sending_lock(engine, "2021-02"):
                yield
                return
        except LockedError:
            if engine.dialect.name == "sqlite":
                raise
    raise AssertionError


def test_one_process_has_the_lock_once(engine: Engine) -> None:
    with sending_lock(engine, "2021-01"):
        assert f"正在发送 2021-01（机器 {platform.node()}，进程 {os.getpid()}" in refusal(engine)
    with sending_lock(engine, "2021-02"):
        pass


def test_the_lock_is_free_after_a_failure_and_after_a_refusal(engine: Engine) -> None:
    with pytest.raises(RuntimeError), sending_lock(engine, "2021-01"):  # noqa: PT012
        refusal(engine)
        refusal(engine)
        raise RuntimeError
    with sending_lock(engine, "2021-01"):
        pass


def test_who_holds_the_lock_keeps_nobody_from_collecting(engine: Engine) -> None:
    with sending_lock(engine, "2021-01"):
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM bucket"))
        if engine.dialect.name == "postgresql":
            with reading(engine) as connection:
                idle = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
                assert connection.scalar(text(idle)) == 0


def test_a_long_issue_name_is_cut_where_a_server_cuts_it(engine: Engine) -> None:
    name = "智能电力装备产业竞争情报专题报告之第一百二十八期"
    with sending_lock(engine, name):
        assert "正在发送 " in refusal(engine)


def test_a_folder_in_which_no_file_may_be_made_is_told(tmp_path: Path) -> None:
    engine = open_engine("sqlite:///desk.db", tmp_path)
    (tmp_path / "desk.db-sending").mkdir()
    with pytest.raises(DatabaseError) as caught, sending_lock(engine, "2021-01"):
        pass
    engine.dispose()
    assert str(caught.value) == (
        f"{tmp_path}/desk.db-sending: 不能打开发送用的锁文件（这是文件夹）；请检查它和所在文件夹的权限"
    )


def test_a_lock_file_that_says_nothing_is_told_of_all_the_same(tmp_path: Path) -> None:
    """It was being written, or the disk is full."""
    engine = open_engine("sqlite:///desk.db", tmp_path)
    with sending_lock(engine, "2021-01"):
        (tmp_path / "desk.db-sending").write_text("")
        assert refusal(engine) == "另一个 xcbulletin 正在发送，这里没有发送；请等它结束后再运行"
    engine.dispose()
