"""What an editor decided stays with the item that it was decided on, whatever is put together and taken apart."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from conftest import Outcome, write, write_issue

from xcbulletin.collecting.items import Document, Request
from xcbulletin.newsroom import Newsroom
from xcbulletin.newsroom.collecting import collect
from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]
NOW = datetime.now(UTC)
STORAGE, VALVES = "国家能源局印发新型储能发展实施方案", "许继集团中标国家电网特高压换流阀项目 总金额12.5亿元"
ROBOTS, COPPER = "人形机器人走进工厂", "再生铜价格快报：报73000元/吨"
REPRINT = f"【观察】{STORAGE}"


class Desk:
    """A newsroom with one source, whose feed the test writes."""

    def __init__(self, newsroom: Newsroom, run: Run, titles: dict[str, str]) -> None:
        self.newsroom, self.run, self.titles = newsroom, run, titles

    def collect(self, *titles: str, **addressed: str) -> None:
        self.titles.clear()
        self.titles.update({title: str(hash(title)) for title in titles} | addressed)
        collect(self.newsroom, ("源",))

    def all(self) -> dict[str, dict[str, Any]]:
        listed = json.loads(self.run("suggest", "--all", "--json").out)["items"]
        return {one["title"]: one for one in listed}

    def suggested(self) -> dict[str, list[str]]:
        """Return the reasons of what is suggested, by title."""
        listed = json.loads(self.run("suggest", "--json").out)["items"]
        return {one["title"]: one["reasons"] for one in listed}

    def number(self, title: str) -> str:
        return str(self.all()[title]["id"])

    def status(self, *titles: str) -> list[str]:
        listed = self.all()
        return [listed[title]["status"] for title in titles]


@pytest.fixture
def desk(workspace: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch) -> Any:
    titles: dict[str, str] = {}
    hours = count(-9)

    def fetch(request: Request) -> Document:
        hour = next(hours)
        items = "".join(
            f"<item><title>{title}</title><link>https://a.example/{page}.html</link>"
            f"<pubDate>{NOW + timedelta(hours=hour):%Y-%m-%d %H:%M:%S} +0000</pubDate></item>"
            for title, page in titles.items()
        )
        content = f"<rss version='2.0'><channel><title>源</title>{items}</channel></rss>".encode()
        return Document(url=request.url, content=content, fetched=NOW, content_type="application/rss+xml")

    write(workspace.root / "sources" / "feeds.yaml", '- {name: 源, url: "https://a.example/feed"}\n')
    monkeypatch.setenv("XCBULLETIN_COLLECTOR__HOST_GAP", "0")
    monkeypatch.setattr(Newsroom, "fetch", property(lambda _self: fetch))
    with Newsroom(workspace.root, {"XCBULLETIN_COLLECTOR__HOST_GAP": "0"}) as newsroom:
        yield Desk(newsroom, run, titles)


def test_merged_with_a_dismissed_item_the_new_one_is_shown_and_that_is_said(desk: Desk) -> None:
    desk.collect(STORAGE, ROBOTS)
    old, new = desk.number(STORAGE), desk.number(ROBOTS)
    desk.run("dismiss", old)
    assert desk.run("merge", new, old).out == (
        f"{new}、{old} 已合成一条；其中 {old} 搁置过，合成的一条照样列出，都不要就再 dismiss {new}\n"
    )
    assert len(desk.suggested()) == 1
    desk.run("dismiss", new)
    assert desk.suggested() == {}
    assert desk.run("split", old).out == f"{old}《{STORAGE}》：已拆出来，单独成一条，仍是已搁置\n"
    assert desk.status(STORAGE, ROBOTS) == ["dismissed", "dismissed"]


def test_split_again_a_dismissed_item_is_dismissed_and_the_other_is_not(desk: Desk) -> None:
    desk.collect(STORAGE, ROBOTS)
    desk.run("dismiss", desk.number(STORAGE))
    desk.run("merge", desk.number(ROBOTS), desk.number(STORAGE))
    desk.run("split", desk.number(STORAGE))
    assert desk.status(STORAGE, ROBOTS) == ["dismissed", "new"]


def test_the_article_stays_with_the_item_that_it_was_written_of(desk: Desk, workspace: Workspace) -> None:
    write_issue(workspace, "2026-11", "date: 2026-11-30\n")
    desk.collect(STORAGE, ROBOTS)
    one, other = desk.number(STORAGE), desk.number(ROBOTS)
    desk.run("merge", one, other)
    file = desk.run("pick", other, one, "--issue", "2026-11").out.split()[-1].rpartition("：")[2]
    desk.run("split", other)
    told = [title for title in (STORAGE, ROBOTS) if title in file]
    assert [title for title, item in desk.all().items() if item["status"] == "picked"] == told
    third = desk.number(next(iter({STORAGE, ROBOTS} - {*told})))
    assert desk.run("merge", desk.number(told[0]), third).out.endswith(f"已合成一条，这一条已选用：{file}\n")


def test_a_decision_on_a_reprint_stays_with_the_reprint(desk: Desk) -> None:
    desk.collect(STORAGE, REPRINT)
    reprint = desk.number(REPRINT)
    desk.run("dismiss", reprint)
    desk.run("dismiss", desk.number(STORAGE))
    desk.run("split", reprint)
    assert desk.status(STORAGE, REPRINT) == ["new", "dismissed"]


def test_another_story_at_a_known_address_is_suggested_however_the_old_one_was_decided(desk: Desk) -> None:
    old, new = "11月29日再生铜价格快报：报73000元/吨", "11月30日再生铝价格快报：报20500元/吨，创三年新高"
    desk.collect(ROBOTS, **{old: "price"})
    desk.run("dismiss", desk.number(old))
    desk.collect(**{new: "price"})
    assert desk.status(old, new) == ["dismissed", "new"]
    assert new in desk.suggested()


def test_a_dismissed_story_under_another_headline_is_marked(desk: Desk) -> None:
    again = "特高压换流阀大单：许继集团中标12.5亿"
    desk.collect(VALVES)
    old = desk.number(VALVES)
    desk.run("dismiss", old)
    desk.collect(again, STORAGE)
    reasons = desk.suggested()
    assert f"与已搁置的 {old} 像同一件事" in reasons[again]
    assert not any("像同一件事" in one for one in reasons[STORAGE])
