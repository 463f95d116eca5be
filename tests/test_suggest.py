"""An editor's month: what was collected is suggested, picked or put away, and learnt from."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Outcome, write, write_article, write_issue
from sqlalchemy import update

from xcbulletin.cli.terminal import columns_of, wrap
from xcbulletin.collecting.items import Document, FetchError, Request
from xcbulletin.collecting.items import Outcome as Fetched
from xcbulletin.collecting.tables import item
from xcbulletin.errors import BulletinError
from xcbulletin.manuscript.read import read_issue
from xcbulletin.model import IssueId
from xcbulletin.newsroom import Newsroom, deciding
from xcbulletin.newsroom.collecting import collect
from xcbulletin.newsroom.learning import learn
from xcbulletin.newsroom.suggesting import everything, period_of, suggest
from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]
NOW = datetime.now(UTC)
PAGE = "<html><title>页</title><body><nav>首页</nav><p>国家能源局今天印发了新型储能发展实施方案，提出到2027年的目标。</p></body></html>"

NEA = """\
<rss version="2.0"><channel><title>国家能源局</title>
<item><title>国家能源局印发新型储能发展实施方案</title><link>https://nea.example.org/1</link>
<description>国家能源局今天印发了新型储能发展实施方案，提出到2027年新型储能装机达到一亿八千万千瓦以上的目标，并要求各地抓紧组织实施。</description>
<pubDate>{today}</pubDate></item>
<item><title>许继电气中标特高压直流工程换流阀</title><link>https://nea.example.org/2</link><pubDate>{today}</pubDate></item>
<item><title>局机关举行登山活动</title><link>https://nea.example.org/3</link><pubDate>{today}</pubDate></item>
</channel></rss>"""
PORTAL = """\
<rss version="2.0"><channel><title>门户</title>
<item><title>重磅！国家能源局印发新型储能发展实施方案</title><link>https://portal.example.org/9</link>
<description>国家能源局今天印发了新型储能发展实施方案，提出到2027年新型储能装机达到一亿八千万千瓦以上的目标，并要求各地抓紧组织实施。</description>
<pubDate>{today}</pubDate></item>
<item><title>人形机器人走进工厂</title><link>https://portal.example.org/8</link><pubDate>{today}</pubDate></item>
</channel></rss>"""
FEEDS = """\
- {name: 国家能源局, kind: feed, url: "https://nea.example.org/feed", authority: 政府}
- {name: 门户, kind: feed, url: "https://portal.example.org/feed", authority: 门户}
"""


def fetch(request: Request) -> Document:
    """Be the network of this test."""
    today = f"{NOW:%a, %d %b %Y %H:%M:%S} +0000"
    answers = {
        "https://nea.example.org/feed": (NEA.format(today=today), "application/rss+xml"),
        "https://portal.example.org/feed": (PORTAL.format(today=today), "application/rss+xml"),
        "https://nea.example.org/1": (PAGE, "text/html; charset=utf-8"),
    }
    if request.url not in answers:
        raise FetchError(Fetched.TIMEOUT, "10 秒没有回答")
    content, content_type = answers[request.url]
    return Document(url=request.url, content=content.encode(), fetched=NOW, content_type=content_type)


@pytest.fixture
def newsroom(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A newsroom with two sources, collected; commands of the command line use the same network."""
    write(workspace.root / "sources" / "feeds.yaml", FEEDS)
    monkeypatch.setenv("XCBULLETIN_COLLECTOR__HOST_GAP", "0")
    monkeypatch.setattr(Newsroom, "fetch", property(lambda _self: fetch))
    with Newsroom(workspace.root, {"XCBULLETIN_COLLECTOR__HOST_GAP": "0"}) as newsroom:
        collect(newsroom)
        yield newsroom


def items(run: Run, *words: str) -> list[dict[str, Any]]:
    outcome = run("suggest", "--json", *words)
    assert outcome.code == 0, outcome.err
    found: list[dict[str, Any]] = json.loads(outcome.out)["items"]
    return found


def number(run: Run, title: str) -> str:
    (found,) = (one["id"] for one in items(run, "--all") if one["title"] == title)
    return str(found)


# suggest


def test_on_a_full_disk_what_was_there_is_suggested(
    run: Run, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlabelled = update(item).where(item.c.title == "人形机器人走进工厂").values(labelled_by=None)
    with newsroom.engine.begin() as connection:
        connection.execute(unlabelled)
    newsroom.engine.dispose()
    monkeypatch.setattr("xcbulletin.database._ROOM", 2**80)
    outcome = run("suggest")
    assert outcome.code == 0
    assert "国家能源局印发新型储能发展实施方案" in outcome.out
    assert outcome.err == (
        f"提醒：{newsroom.root}/sources/desk.db: 数据库文件或所在文件夹只能读，不能写；请检查权限和磁盘空间；"
        "新采集的没有整理，下面只有以前整理过的\n"
    )


@pytest.mark.usefixtures("newsroom")
def test_stories_are_suggested_with_their_reasons(run: Run) -> None:
    found = items(run)
    assert {one["title"] for one in found[:2]} == {
        "许继电气中标特高压直流工程换流阀",
        "国家能源局印发新型储能发展实施方案",
    }
    assert [one["title"] for one in found[2:]] == ["人形机器人走进工厂"]
    by_title = {one["title"]: one for one in found}
    assert "许昌企业：许继" in by_title["许继电气中标特高压直流工程换流阀"]["reasons"]
    storage = by_title["国家能源局印发新型储能发展实施方案"]
    assert {"1 家转载", "国家能源局发布", "今天"} <= set(storage["reasons"])
    assert storage["industries"] == ["power"]
    assert storage["also"] == [
        {
            "title": "重磅！国家能源局印发新型储能发展实施方案",
            "url": "https://portal.example.org/9",
            "source": "门户",
        }
    ]


@pytest.mark.usefixtures("newsroom")
def test_the_shape_for_programs_is_fixed(run: Run) -> None:
    one = items(run)[0]
    assert {
        "id",
        "title",
        "url",
        "source",
        "published",
        "industries",
        "column",
        "score",
        "reasons",
        "also",
        "status",
    } <= one.keys()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", one["published"])
    assert one["status"] == "new"


@pytest.mark.usefixtures("newsroom")
def test_the_list_for_editors_fits_a_terminal(run: Run) -> None:
    out = run("suggest").out
    assert all(columns_of(line) <= 80 for line in out.splitlines())
    assert "国家能源局 · " in out
    assert "另见：门户" in out
    assert "没有收到：" in out
    assert re.search(r"选用：xcbulletin pick \d+ --issue 期号　　不要：xcbulletin dismiss \d+", out)


@pytest.mark.usefixtures("newsroom")
def test_industries_columns_and_limits_are_heeded(run: Run) -> None:
    assert [one["title"] for one in items(run, "--industry", "机器人")] == ["人形机器人走进工厂"]
    assert len(items(run, "--limit", "1")) == 1
    assert items(run, "--column", "行业报告") == []
    assert run("suggest", "--column", "sport").err.startswith(
        "--column 没有“sport”这个栏目；可用：editorial（编者的话）"
    )


@pytest.mark.usefixtures("newsroom")
def test_everything_is_listed_with_its_status(run: Run) -> None:
    found = {one["title"]: one for one in items(run, "--all")}
    assert len(found) == 5
    assert found["局机关举行登山活动"]["reasons"] == ["看不出与哪个产业有关，也没有提到本市"]
    assert found["重磅！国家能源局印发新型储能发展实施方案"]["status"] == "folded"


@pytest.mark.usefixtures("newsroom")
def test_what_was_printed_is_known(run: Run, workspace: Workspace) -> None:
    folder = write_issue(workspace, "2021-02")
    write_article(folder, "news/01.md", title="国家能源局印发新型储能发展实施方案")
    last = items(run)[-1]
    assert last["reasons"][-1] == "已登过：2021-02《国家能源局印发新型储能发展实施方案》"


def test_without_sources_one_is_told_what_to_do_first(run: Run, workspace: Workspace) -> None:
    write(workspace.root / "sources" / "feeds.yaml", "[]\n")
    assert (
        run("suggest").out
        == "还没有信息源；先用 xcbulletin sources add 网址 添加，再用 xcbulletin collect 采集\n"
    )
    assert items(run) == []


def test_without_items_one_is_told_to_collect(run: Run, workspace: Workspace) -> None:
    write(workspace.root / "sources" / "feeds.yaml", FEEDS)
    assert run("suggest").out == "还没有采集到任何条目；请先运行 xcbulletin collect\n"


@pytest.mark.usefixtures("newsroom")
def test_a_month_without_news_says_so(run: Run) -> None:
    assert run("suggest", "--issue", "2019-03").out == (
        "2月14日到3月31日没有合适的线索（共采集到 5 条）；xcbulletin suggest --all 列出每一条\n"
    )


def test_an_issue_looks_at_its_month_and_the_end_of_the_one_before() -> None:
    period = period_of(IssueId("2026-11"), NOW)
    assert period.since == datetime(2026, 10, 16, 16, tzinfo=UTC)
    assert period.until == datetime(2026, 11, 30, 16, tzinfo=UTC)


def test_of_all_that_was_ever_collected_all_is_counted(newsroom: Newsroom) -> None:
    with Newsroom(newsroom.root, {}, clock=lambda: NOW + timedelta(days=90)) as later:
        assert suggest(later).suggestions == ()
        assert everything(later).coverage["power"] == 3


@pytest.mark.parametrize("issue", [None, IssueId("ai-2026")])
def test_without_a_month_the_last_45_days_are_looked_at_up_to_today(issue: IssueId | None) -> None:
    period = period_of(issue, datetime(2026, 12, 1, 3, tzinfo=UTC))
    assert period.since == datetime(2026, 10, 17, 16, tzinfo=UTC)
    assert period.until == datetime(2026, 12, 1, 16, tzinfo=UTC)


# pick


@pytest.mark.usefixtures("newsroom")
def test_a_story_becomes_a_draft_with_its_page_as_evidence(run: Run, workspace: Workspace) -> None:
    folder = write_issue(workspace, "2026-11", "date: 2026-11-30\n")
    write_article(folder, "news/01.md")
    chosen = number(run, "国家能源局印发新型储能发展实施方案")
    outcome = run("pick", chosen, "--issue", "2026-11")
    file = "issues/2026-11/news/02-国家能源局印发新型储能发展实施方案.md"
    assert outcome == Outcome(
        code=0,
        out=f"{chosen}《国家能源局印发新型储能发展实施方案》：草稿在 {file}\n",
        err="正在取 1 条的原文\n",
    )
    issue, problems = read_issue(workspace, IssueId("2026-11"))
    article = issue.articles[-1]
    assert (article.file, article.draft, article.industries) == (file, True, ("power",))
    assert article.source is not None
    assert (article.source.name, article.source.url) == ("国家能源局", "https://nea.example.org/1")
    assert article.evidence is not None
    kept = (folder / article.evidence.file).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == article.evidence.sha256
    assert kept.decode().endswith("\n\n页\n国家能源局今天印发了新型储能发展实施方案，提出到2027年的目标。")
    assert problems == ()
    assert chosen not in [one["id"] for one in items(run)]


@pytest.mark.usefixtures("newsroom")
def test_picked_again_it_says_where_it_is_even_after_it_was_renamed(run: Run, workspace: Workspace) -> None:
    folder = write_issue(workspace, "2026-11", "date: 2026-11-30\n")
    chosen = number(run, "国家能源局印发新型储能发展实施方案")
    reprint = number(run, "重磅！国家能源局印发新型储能发展实施方案")
    run("pick", chosen, "--issue", "2026-11")
    (path,) = (folder / "news").iterdir()
    path.rename(folder / "news" / "07-改名.md")
    assert run("pick", reprint, "--issue", "2026-11").out == (
        f"{reprint}《重磅！国家能源局印发新型储能发展实施方案》：已有稿子，没有另写：issues/2026-11/news/07-改名.md\n"
    )
    assert len(list((folder / "news").iterdir())) == 1
    (folder / "news" / "07-改名.md").unlink()
    assert "草稿在" in run("pick", chosen, "--issue", "2026-11").out


def test_stopped_between_file_and_database_nothing_is_written_twice(
    newsroom: Newsroom, run: Run, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_issue(workspace, "2026-11", "date: 2026-11-30\n")
    chosen = number(run, "国家能源局印发新型储能发展实施方案")

    def stop(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(deciding, "mark_picked", stop)
        with pytest.raises(KeyboardInterrupt):
            deciding.pick(newsroom, [chosen], IssueId("2026-11"))
    assert "已有稿子，没有另写" in run("pick", chosen, "--issue", "2026-11").out
    assert len(list((folder / "news").iterdir())) == 1
    assert next(one for one in items(run, "--all") if one["id"] == chosen)["status"] == "picked"


def test_two_editors_who_pick_the_same_write_it_once(
    newsroom: Newsroom, run: Run, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_issue(workspace, "2026-11", "date: 2026-11-30\n")
    chosen = number(run, "国家能源局印发新型储能发展实施方案")
    others: list[Outcome] = []

    def fetch_slowly(request: Request) -> Document:
        monkeypatch.setattr(Newsroom, "fetch", property(lambda _self: fetch))
        others.append(run("pick", chosen, "--issue", "2026-11"))
        return fetch(request)

    monkeypatch.setattr(Newsroom, "fetch", property(lambda _self: fetch_slowly))
    (picked,) = deciding.pick(newsroom, [chosen], IssueId("2026-11"))
    assert "草稿在" in others[0].out
    assert not picked.new
    assert [path.name for path in (folder / "news").iterdir()] == [Path(picked.file).name]


@pytest.mark.usefixtures("newsroom")
def test_without_its_page_the_sources_words_are_kept(run: Run, workspace: Workspace) -> None:
    folder = write_issue(workspace, "2026-11", "date: 2026-11-30\n")
    chosen = number(run, "许继电气中标特高压直流工程换流阀")
    outcome = run("pick", chosen, "--issue", "2026-11", "--column", "行业趋势")
    assert outcome.code == 0
    assert f"{chosen}: 网页没有取到（10 秒没有回答），证据里存的是信息源给出的文字" in outcome.err
    (kept,) = (folder / "evidence").iterdir()
    assert "说明：网页没有取到（10 秒没有回答），以下是信息源给出的文字" in kept.read_text(encoding="utf-8")
    assert len(list((folder / "trends").iterdir())) == 1


@pytest.mark.usefixtures("newsroom")
def test_all_mistakes_are_said_at_once_and_nothing_is_written(run: Run, workspace: Workspace) -> None:
    folder = write_issue(workspace, "2026-11", "date: 2026-11-30\n")
    good = number(run, "国家能源局印发新型储能发展实施方案")
    outcome = run("pick", "x", good, "999", "--issue", "2026-11", "--column", "sport")
    assert (outcome.code, outcome.err) == (
        1,
        "--column 没有“sport”这个栏目；2026-11 的栏目有：editorial、news、trends、reports、finance\n"
        "“x”不是线索的编号；编号是 xcbulletin suggest 每条最前面的数字，如 128\n"
        "没有编号为 999 的线索；请看 xcbulletin suggest --all 列出的编号\n",
    )
    assert sorted(path.name for path in folder.iterdir()) == ["issue.yaml"]


@pytest.mark.usefixtures("newsroom")
def test_an_issue_must_be_there(run: Run) -> None:
    assert "没有这一期" in run("pick", "1", "--issue", "2026-11").err


# dismiss, merge, split


@pytest.mark.usefixtures("newsroom")
def test_what_is_put_away_stays_away_with_its_reprints(run: Run) -> None:
    chosen = number(run, "国家能源局印发新型储能发展实施方案")
    assert (
        run("dismiss", chosen).out
        == f"{chosen}《国家能源局印发新型储能发展实施方案》：已搁置（连同 1 篇转载）\n"
    )
    assert not [one for one in items(run) if "储能" in one["title"]]


@pytest.mark.usefixtures("newsroom")
def test_what_is_written_is_not_put_away(run: Run, workspace: Workspace) -> None:
    folder = write_issue(workspace, "2026-11", "date: 2026-11-30\n")
    chosen = number(run, "国家能源局印发新型储能发展实施方案")
    run("pick", chosen, "--issue", "2026-11")
    assert run("dismiss", chosen).err == (
        f"{chosen}: 已写成 issues/2026-11/news/01-国家能源局印发新型储能发展实施方案.md；不要了，请先删去这个文件\n"
    )
    (path,) = (folder / "news").iterdir()
    path.rename(folder / "news" / "07-改名.md")
    assert "已写成 issues/2026-11/news/07-改名.md" in run("dismiss", chosen).err
    (folder / "news" / "07-改名.md").unlink()
    assert run("dismiss", chosen).code == 0


@pytest.mark.usefixtures("newsroom")
def test_an_editor_parts_and_joins_stories(run: Run) -> None:
    chosen = number(run, "重磅！国家能源局印发新型储能发展实施方案")
    other = number(run, "国家能源局印发新型储能发展实施方案")
    assert (
        run("split", chosen).out
        == f"{chosen}《重磅！国家能源局印发新型储能发展实施方案》：已拆出来，单独成一条\n"
    )
    assert {chosen, other} <= {one["id"] for one in items(run)}
    assert run("split", chosen).err == f"{chosen}: 这一条没有与别的合在一起，不用拆\n"
    assert run("merge", chosen, other).out == f"{chosen}、{other} 已合成一条\n"
    assert len([one for one in items(run) if "储能" in one["title"]]) == 1
    assert run("merge", chosen).code == 2


# learn


def examples(count: int) -> str:
    lines = []
    for place in range(count):
        industry, word = (["robot"], "机器人") if place % 2 else ([], "天气")
        lines.append(json.dumps({"title": f"{word}消息{place}", "summary": "", "industries": industry}))
    return "\n".join(lines)


@pytest.mark.usefixtures("newsroom")
def test_examples_are_learnt_and_it_is_said_how_well(run: Run, workspace: Workspace) -> None:
    write(workspace.root / "例.jsonl", examples(60))
    outcome = run("learn", "例.jsonl")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert lines[0] == "读了 60 条样例，其中 60 条是新的"
    assert lines[1].startswith("一共学 60 条：样例 60，编辑的取舍 0，往期文章 0")
    assert re.fullmatch(r"只靠产业表，与编辑标的相合：产业 \d+%，与各产业无关的有 \d+% 没有误标", lines[2])
    assert lines[3].startswith("学过以后，与编辑标的相合：产业 100%")
    assert lines[4] == "已经采用，最近的 5 条线索重新分了产业"
    assert run("learn", "例.jsonl").out.startswith("读了 60 条样例，其中 0 条是新的")


@pytest.mark.usefixtures("newsroom")
def test_too_few_examples_are_kept_for_later(run: Run, workspace: Workspace) -> None:
    write(workspace.root / "例.jsonl", examples(4))
    assert "样例太少，还不学（至少要 40 条）" in run("learn", "例.jsonl").out


@pytest.mark.usefixtures("newsroom")
def test_wrong_lines_are_named_and_the_rest_is_learnt(run: Run, workspace: Workspace) -> None:
    write(workspace.root / "例.jsonl", examples(2) + '\n{"title": "x", "industries": ["sport"]}\n')
    outcome = run("learn", "例.jsonl")
    assert outcome.code == 1
    assert "例.jsonl:3: 没有“sport”这个产业" in outcome.err
    assert outcome.out.startswith("读了 2 条样例，其中 2 条是新的\n")


@pytest.mark.usefixtures("newsroom")
def test_a_file_that_is_not_there_is_one_clear_line(run: Run) -> None:
    assert (
        run("learn", "没有.jsonl").err
        == "没有.jsonl: 读不到这个文件（没有这个文件）；请检查文件名和所在文件夹\n"
    )


def test_decisions_and_past_issues_are_examples(newsroom: Newsroom, run: Run, workspace: Workspace) -> None:
    folder = write_issue(workspace, "2026-11", "date: 2026-11-30\n")
    write_article(folder, "news/01.md", title="往期文章", industries=["AI"])
    write_article(folder, "news/02.md", title="草稿", industries=["AI"], draft=True)
    run("pick", number(run, "国家能源局印发新型储能发展实施方案"), "--issue", "2026-11")
    run("dismiss", number(run, "局机关举行登山活动"), number(run, "人形机器人走进工厂"))
    with Newsroom(newsroom.root, {}) as later:
        lesson = learn(later).lesson
    # A story put away although its industry is plain says nothing against the label.
    assert lesson.counts == {"file": 0, "decision": 2, "issue": 1}


# The terminal


@pytest.mark.parametrize("width", [12, 20, 40, 80])
def test_lines_are_broken_as_chinese_lines_are(width: int) -> None:
    text = "产业：智能电力（标题里有“特高压”）；5 家转载；GDP 增长 12.5%，International；许昌企业：许继。" * 3
    lines = wrap(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(columns_of(line) <= width for line in lines)
    assert not any(line[0] in "，。；：）”" for line in lines)
    assert not any(line[-1] in "（“" for line in lines)


def test_a_short_clause_is_not_broken() -> None:
    text = f"产业：智能电力（公司：许继电气，标题里有“特高压”）；{'许' * 7}；11月7日"
    assert wrap(text, 75)[1:] == ["11月7日"]
    assert wrap(text, 80) == [text]


def test_a_mistake_is_a_bulletin_error(newsroom: Newsroom) -> None:
    with pytest.raises(BulletinError):
        deciding.dismiss(newsroom, ["x"])


def test_files_stand_in_the_workspace(newsroom: Newsroom) -> None:
    assert (Path(newsroom.root) / "sources" / "desk.db").is_file()
