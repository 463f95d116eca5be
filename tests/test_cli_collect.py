"""`xcbulletin collect`: what it says, how it ends, and that it can be left alone."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Outcome, write
from feedserver import FeedServer, answer, hang
from newsstand import feed
from sqlalchemy import func, select, update

from xcbulletin.collecting.tables import fetch, item, source
from xcbulletin.database import open_engine, reading
from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]
ALLOWED = {
    "XCBULLETIN_COLLECTOR__ALLOW_PRIVATE_NETWORKS": "true",
    "XCBULLETIN_COLLECTOR__HOST_GAP": "0",
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    for name, value in ALLOWED.items():
        monkeypatch.setenv(name, value)
    with FeedServer() as server:
        yield server


@pytest.fixture
def follow(workspace: Workspace) -> Callable[..., None]:
    def follow(**urls: str) -> None:
        lines = [f"- {{name: {name}, url: '{url}'}}\n" for name, url in urls.items()]
        write(workspace.root / "sources" / "feeds.yaml", "".join(lines))

    return follow


def test_a_collection_says_what_came_of_it(run: Run, server: FeedServer, follow: Any) -> None:
    follow(
        甲=server.on("/a", answer(feed(1, 2, title="许昌硅碳负极项目第 {} 期"))),
        乙=server.on("/b", answer(b"boom", status=500)),
        丙=server.on("/c", answer(b"<html><title>x</title>...", content_type="text/html")),
    )
    outcome = run("collect")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0] == "甲: 新 2 条"
    assert lines[-1] == "采集了 3 个信息源：新 2 条，改动 0 条；2 个没有读到"
    about = [line for line in lines if line.startswith(("没有读到", "请看一看"))]
    assert about[0] == (
        f"请看一看 乙: 从来没有读成：127.0.0.1:{server.port}：服务器内部出错（500）；请在浏览器里打开它的网址看看"
    )
    assert about[1].startswith("请看一看 丙: 从来没有读成：")
    assert len(about) == 2


def test_another_command_leaves_a_host_its_gap(
    run: Run, server: FeedServer, follow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(甲=server.on("/a", answer(feed(1))), 乙=server.on("/b", answer(feed(2))))
    run("collect", "--source", "甲")
    monkeypatch.setenv("XCBULLETIN_COLLECTOR__HOST_GAP", "60")
    waited: list[float] = []
    monkeypatch.setattr("xcbulletin.collecting.fetching.turns._rest", lambda _last, gap: waited.append(gap))
    run("collect", "--source", "乙")
    assert waited == [60]


def test_a_failure_that_may_pass_is_told_without_calling_for_anybody(
    run: Run, server: FeedServer, follow: Any
) -> None:
    feed_of_a = server.on("/a", answer(feed(1)), answer(b"", status=500))
    follow(甲=feed_of_a, 乙=server.on("/b", answer(feed(2))))
    run("collect")
    outcome = run("collect", "--source", "甲", "--source", "乙")
    assert outcome.out.splitlines()[0] == f"没有读到 甲: 127.0.0.1:{server.port}：服务器内部出错（500）"


def test_a_collection_as_json(run: Run, server: FeedServer, follow: Any) -> None:
    follow(甲=server.on("/a", answer(feed(1, 2))), 乙=server.on("/b", answer(b"", status=410)))
    outcome = run("collect", "--json")
    assert outcome.code == 0
    document = json.loads(outcome.out)
    assert document["sources"] == [
        {"name": "甲", "outcome": "ok", "new": 2, "updated": 0, "detail": ""},
        {
            "name": "乙",
            "outcome": "gone",
            "new": 0,
            "updated": 0,
            "detail": f"127.0.0.1:{server.port}：说这个地址已经永久撤掉（410）",
        },
    ]
    assert (document["new"], document["updated"], document["failed"]) == (2, 0, 1)
    assert [one["name"] for one in document["needs_person"]] == ["乙"]


def test_nothing_due_is_said_with_the_time(run: Run, server: FeedServer, follow: Any) -> None:
    follow(甲=server.on("/a", answer(feed(1))))
    run("collect")
    outcome = run("collect")
    assert outcome.code == 0
    assert outcome.out.startswith("1 个信息源都还没到再看的时候，最早一个在 ")
    assert run("collect", "--source", "甲").out == "采集了 1 个信息源：新 0 条，改动 0 条\n"


@pytest.mark.parametrize(("words", "code"), [((), 0), (("--source", "甲"), 0), (("--source", "乙"), 1)])
def test_only_a_failure_that_was_asked_about_is_one(
    run: Run, server: FeedServer, follow: Any, words: tuple[str, ...], code: int
) -> None:
    follow(甲=server.on("/a", answer(feed(1))), 乙=server.url("/none"))
    assert run("collect", *words).code == code


def test_if_nothing_at_all_could_be_read_it_has_failed(run: Run, server: FeedServer, follow: Any) -> None:
    follow(甲=server.url("/none"), 乙=server.url("/none2"))
    assert run("collect").code == 1


def test_a_wrong_entry_is_told_and_the_rest_is_collected(
    run: Run, server: FeedServer, workspace: Workspace
) -> None:
    url = server.on("/a", answer(feed(1)))
    write(
        workspace.root / "sources" / "feeds.yaml", f"- {{name: 甲, url: '{url}'}}\n- {{name: 乙, url: x}}\n"
    )
    outcome = run("collect")
    assert outcome.code == 1
    assert outcome.out.startswith("甲: 新 1 条")
    assert outcome.err.startswith("sources/feeds.yaml:2: ")


def test_an_unknown_name_is_a_mistake_in_the_command(run: Run, server: FeedServer, follow: Any) -> None:
    follow(工信部=server.on("/a", answer(feed(1))))
    outcome = run("collect", "--source", "工信")
    assert (outcome.code, outcome.err) == (2, "没有“工信”这个信息源，是否想写 工信部？\n")


def test_an_empty_list_is_no_failure(run: Run, follow: Any) -> None:
    follow()
    outcome = run("collect")
    assert (outcome.code, outcome.out) == (0, "没有信息源；可用 xcbulletin sources add 网址 添加\n")


def test_a_list_of_nothing_but_mistakes_is_not_called_empty(run: Run, workspace: Workspace) -> None:
    write(workspace.root / "sources" / "feeds.yaml", "- {name: 甲, url: x}\n")
    outcome = run("collect")
    assert (outcome.code, outcome.out) == (1, "没有可以采集的信息源；请先改正以上问题\n")
    assert outcome.err == "sources/feeds.yaml:1: “url”应为 http:// 或 https:// 开头的网址，现为“x”\n"


def test_a_database_that_cannot_be_opened_is_told(run: Run, follow: Any, workspace: Workspace) -> None:
    follow()
    write(workspace.root / "sources" / "desk.db", "no database at all, only a text that is long enough")
    outcome = run("collect")
    assert outcome.code == 1
    assert outcome.err.startswith(f"{workspace.root}/sources/desk.db: 这不是数据库文件，或已经损坏；")


def test_a_fault_of_ours_is_one_line_and_the_rest_is_for_developers(
    run: Run, server: FeedServer, follow: Any, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise ZeroDivisionError("boom\n" * 500)

    monkeypatch.setattr("xcbulletin.collecting.collect.read", fails)
    follow(甲=server.on("/a", answer(feed(1))))
    outcome = run("collect")
    assert "Traceback" not in outcome.out + outcome.err
    assert max(map(len, (outcome.out + outcome.err).splitlines())) < 250
    assert "请把 build/faults.log 交给开发者" in outcome.out
    assert "ZeroDivisionError" in (workspace.root / "build/faults.log").read_text("utf-8")


def counts(workspace: Workspace) -> tuple[int | None, int | None]:
    engine = open_engine("sqlite:///sources/desk.db", workspace.root)
    with reading(engine) as connection:
        found = [connection.scalar(select(func.count()).select_from(table)) for table in (item, fetch)]
    engine.dispose()
    return found[0], found[1]


def command(workspace: Workspace) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "xcbulletin", "collect"],
        cwd=workspace.root,
        env={**os.environ, **ALLOWED},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_command_killed_in_the_middle_is_made_good_by_the_next(
    server: FeedServer, follow: Any, workspace: Workspace
) -> None:
    urls = {f"甲{n}": server.on(f"/{n}", answer(feed(*range(20)))) for n in range(3)}
    follow(**urls, 乙=server.on("/stalls", hang(), answer(feed(*range(20)))))
    counts(workspace)
    with command(workspace) as first:
        end = time.monotonic() + 60
        while counts(workspace) != (60, 3):
            assert time.monotonic() < end
            time.sleep(0.05)
        first.send_signal(signal.SIGKILL)
        first.communicate()
    with command(workspace) as second:
        out, err = second.communicate(timeout=60)
    assert (second.returncode, err) == (0, b"")
    assert "乙: 新 20 条" in out.decode()
    assert counts(workspace) == (80, 4)


def test_two_commands_at_once_do_no_harm(server: FeedServer, follow: Any, workspace: Workspace) -> None:
    follow(**{f"甲{n}": server.on(f"/{n}", answer(feed(*range(n, n + 20)))) for n in range(12)})
    both = [command(workspace) for _ in range(2)]
    for one in both:
        _, err = one.communicate(timeout=120)
        assert (one.returncode, err) == (0, b"")
    assert counts(workspace) == (240, 12)


def test_what_another_collector_has_in_hand_is_told_in_one_line(
    run: Run, server: FeedServer, follow: Any, workspace: Workspace
) -> None:
    follow(**{f"甲{n}": server.on(f"/{n}", answer(feed(1))) for n in range(7)})
    run("collect")
    engine = open_engine("sqlite:///sources/desk.db", workspace.root)
    hour = datetime.now(UTC) + timedelta(hours=1)
    with engine.begin() as connection:
        connection.execute(update(source).values(claimed_by="other 1 a", claimed_until=hour, next_due=None))
        connection.execute(update(source).where(source.c.id == 7).values(claimed_until=None, claimed_by=None))
    told = "另一个采集程序正在采集：甲0、甲1、甲2、甲3、甲4等 6 个\n"
    assert run("collect").out == f"{told}采集了 1 个信息源：新 0 条，改动 0 条\n"
    assert run("collect") == Outcome(code=0, out=told, err="")
    engine.dispose()


def test_the_commands_start_without_the_database(tmp_path: Path) -> None:
    code = (
        "import sys; from xcbulletin import usage; from xcbulletin.cli import app; usage.run(app, ['collect', '--help']);"
        "heavy = {'sqlalchemy', 'alembic', 'httpx', 'feedparser', 'lxml'} & set(sys.modules); sys.exit(len(heavy))"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
