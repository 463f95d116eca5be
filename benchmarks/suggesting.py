"""How long `suggest` takes over many stored items."""

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import workspaces
from measuring import Run, measure, report

ITEMS = 100_000
_SOURCES = 200
_BATCH = 5_000
_FILLER = "会议指出要坚持问题导向推动重点工作落地见效各有关单位要加强协同形成合力抓好任务分解和督促检查"
_SUBJECTS = (
    "国家能源局",
    "工业和信息化部",
    "河南省",
    "许昌市",
    "许继集团",
    "某上市公司",
    "行业协会",
    "科研团队",
    "多家企业",
)
_DOINGS = (
    "印发实施方案",
    "公布一季度数据",
    "新项目开工",
    "中标重大工程",
    "发布年度报告",
    "完成新一轮融资",
    "产量同比增长",
)


def suggesting(folder: Path, rounds: int) -> None:
    """Measure `suggest` over 100,000 items: of one year, and all of the last six weeks, which is the worst case."""
    runs = []
    for name, days in (("one year", 365), ("45 days", 44)):
        workspace = workspaces.make(folder / str(days))
        _fill(workspace, days)
        command = [sys.executable, "-m", "xcbulletin", "--workspace", str(workspace), "suggest"]
        runs += [
            Run(f"suggest, {name}", command),
            Run(f"suggest --industry ai, {name}", [*command, "--industry", "ai"]),
        ]
    report(f"{ITEMS:,} stored items (goal < 1 s)", measure(runs, rounds), [])


def _fill(root: Path, days: int) -> None:
    """Put items into a workspace's database, a story each, and classify them."""
    from sqlalchemy import insert

    from xcbulletin.collecting.tables import item, source, story
    from xcbulletin.newsroom import Newsroom
    from xcbulletin.newsroom.suggesting import suggest

    with Newsroom(root, {}) as newsroom:
        words = [word for one in newsroom.workspace.industries for word in one.sub_sectors] or ["产业"]
        names = [{"id": number, "key": f"s{number}", "name": f"信息源{number}"} for number in range(_SOURCES)]
        with newsroom.engine.begin() as connection:
            connection.execute(insert(source), names)
            for start in range(1, ITEMS, _BATCH):
                numbers = range(start, start + _BATCH)
                connection.execute(insert(story), [{"id": number, "lead_id": number} for number in numbers])
                connection.execute(insert(item), list(_items(numbers, words, days)))
        suggest(newsroom)


def _items(numbers: range, words: list[str], days: int) -> Iterator[dict[str, Any]]:
    now = datetime.now(UTC)
    for number in numbers:
        dice = random.Random(number)
        word = dice.choice(words) if dice.random() < 0.4 else ""
        title = f"{dice.choice(_SUBJECTS)}{word}{dice.choice(_DOINGS)}：第{number}号"
        at = now - timedelta(days=days * dice.random())
        yield {
            "id": number,
            "source_id": number % _SOURCES,
            "ident": str(number),
            "url": f"https://s{number % _SOURCES}.example.org/{number}.html",
            "url_key": f"https://s{number % _SOURCES}.example.org/{number}.html",
            "title": title,
            "title_core": title,
            "summary": _FILLER * 4,
            "text": _FILLER * dice.randrange(4, 30),
            "published": at,
            "first_seen": at,
            "digest": str(number),
            "story_id": number,
        }
