"""The commands of the list of sources, against a server on loopback."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Outcome, write
from feedserver import FeedServer, answer

from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]
FEEDS = "sources/feeds.yaml"
RSS = (
    "<rss version='2.0'><channel><title>科技新闻</title>"
    "<item><title>标题一</title><link>http://n.example.cn/1</link><pubDate>2026-11-20 08:30</pubDate></item>"
    "<item><title>标题二</title><link>http://n.example.cn/2</link></item></channel></rss>"
)
HOME = '<html><head><title>首页</title><link rel="alternate" type="application/rss+xml" href="/feed"></head><body>欢迎光临本站，这里有许多新闻。</body></html>'
LIST = (
    '<html><head><meta charset="gb2312"><title>通知公告</title></head><body><ul class="list">'
    '<li><a href="/a/1.html">关于申报的通知</a><span>2026-11-20</span></li>'
    '<li><a href="/a/2.html">关于评审的公告</a><span>待定</span></li></ul></body></html>'
)
TWO_STEPS = '<html><body><ul id="showData0" data="datasource:77"></ul></body></html>'
DATA = '{"datasource": [{"title": "新型储能", "publishUrl": "/c/1.html", "publishTime": "2026-11-20"}]}'


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    monkeypatch.setenv("XCBULLETIN_COLLECTOR__ALLOW_PRIVATE_NETWORKS", "true")
    with FeedServer() as server:
        server.on("/feed", answer(RSS.encode(), content_type="application/rss+xml"))
        server.on("/", answer(HOME.encode(), content_type="text/html"))
        server.on("/list", answer(LIST.encode("gb18030"), content_type="text/html"))
        server.on("/two", answer(TWO_STEPS.encode(), content_type="text/html"))
        server.on("/ds_77.json", answer(DATA.encode(), content_type="application/json"))
        yield server


def feeds(workspace: Workspace, text: str) -> Path:
    return write(workspace.root / FEEDS, text)


# list


def test_the_list_tells_name_kind_industries_and_what_happened(run: Run, workspace: Workspace) -> None:
    feeds(
        workspace,
        "- {name: 量子位, url: https://q.example.cn/feed, industries: [ai, robot]}\n"
        "- {name: ABC, kind: page, url: https://a.example.cn/, items: li, paused: true}\n"
        "- {name: 能源局, kind: rsshub, route: /gov/nea}\n",
    )
    assert run("sources", "list") == Outcome(
        code=0,
        out="量子位  feed    工业机器人、人工智能  还没有采集过\n"
        "ABC     page    —                     暂停\n"
        "能源局  rsshub  —                     等 RSSHub\n"
        "3 个信息源，其中 2 个不采集\n",
        err="提醒：sources/feeds.yaml:3: 有 1 个 rsshub 类的信息源没有采集，因为还没有设置 RSSHub 的地址；"
        "自建 RSSHub 后，在 bulletin.yaml 的 collector 里写 rsshub: http://……\n",
    )


def test_the_list_tells_mistakes_and_fails(run: Run, workspace: Workspace) -> None:
    feeds(workspace, "- {name: 甲}\n- {name: 乙, url: https://b.example.cn/}\n")
    outcome = run("sources", "list")
    assert outcome.code == 1
    assert outcome.out == "乙  feed  —  还没有采集过\n1 个信息源，其中 0 个不采集\n"
    assert outcome.err == "sources/feeds.yaml:1: feed 类的信息源缺少“url”；请加一行“url: https://……”\n"


def test_the_list_says_how_a_source_fared(run: Run, workspace: Workspace, server: FeedServer) -> None:
    feeds(
        workspace,
        f"- {{name: 好, url: '{server.url('/feed')}'}}\n- {{name: 坏, url: '{server.url('/none')}'}}\n",
    )
    run("collect")
    good, bad = run("sources", "list").out.splitlines()[:2]
    assert good.startswith("好  feed  —  正常")
    assert "今天" in good
    assert bad.startswith("坏  feed  —  服务器报错")
    rows = json.loads(run("sources", "list", "--json").out)["sources"]
    assert [row["outcome"] for row in rows] == ["ok", "http"]
    assert rows[0]["since"]
    assert rows[1]["detail"]


def test_the_starter_list_can_be_listed(run: Run) -> None:
    outcome = run("sources", "list", "--json")
    document = json.loads(outcome.out)
    assert outcome.code == 0
    assert len(document["sources"]) >= 60
    assert len(document["problems"]) == 1


# add


def test_the_feed_of_a_site_is_found_and_added(run: Run, workspace: Workspace, server: FeedServer) -> None:
    path = feeds(workspace, "# 我的名单\n[]\n")
    outcome = run("sources", "add", server.url("/"), "--industry", "人工智能,robot", "--authority", "政府")
    assert outcome == Outcome(
        code=0,
        out=f"加入 sources/feeds.yaml：科技新闻，{server.url('/feed')}\n"
        "  2026-11-20 08:30  标题一\n      http://n.example.cn/1\n"
        "  日期不明  标题二\n      http://n.example.cn/2\n",
        err="",
    )
    assert path.read_text() == (
        f"# 我的名单\n- name: 科技新闻\n  kind: feed\n  url: {server.url('/feed')}\n"
        "  industries: [robot, ai]\n  authority: 政府\n"
    )


def test_a_site_without_a_feed_is_not_added(run: Run, workspace: Workspace, server: FeedServer) -> None:
    path = feeds(workspace, "[]\n")
    assert run("sources", "add", server.url("/list")) == Outcome(
        code=1,
        out="",
        err=f"{server.url('/list')}: 没有找到订阅源；可以按网页读："
        "先用 xcbulletin sources test 试出选择器，再加上 --items 选择器\n",
    )
    assert path.read_text() == "[]\n"


def test_what_is_no_page_is_not_called_one(run: Run, workspace: Workspace, server: FeedServer) -> None:
    url = server.on("/report.pdf", answer(b"%PDF-1.7\n" + bytes(range(256)), content_type="application/pdf"))
    feeds(workspace, "[]\n")
    said = "得到的是 PDF 文件，不是订阅源"
    assert run("sources", "add", url) == Outcome(code=1, out="", err=f"{url}: {said}\n")
    tried = run("sources", "test", url)
    assert tried.err == f"读不出内容：{said}\n"
    assert "可以按网页读" not in tried.out


def test_an_address_without_its_beginning_is_told(run: Run, workspace: Workspace) -> None:
    feeds(workspace, "[]\n")
    assert run("sources", "test", "www.xuchang.gov.cn") == Outcome(
        code=2,
        out="",
        err="没有“www.xuchang.gov.cn”这个信息源，它也不是网址；网址要写全，以 http:// 或 https:// 开头\n",
    )


def test_a_page_is_added_with_its_selectors(run: Run, workspace: Workspace, server: FeedServer) -> None:
    path = feeds(workspace, "- {name: 甲, url: https://a.example.cn/}\n")
    outcome = run(
        "sources", "add", server.url("/list"), "--name", "科技厅", "--items", "ul.list li", "--date", "span"
    )
    assert outcome.code == 0
    assert path.read_text() == (
        "- {name: 甲, url: https://a.example.cn/}\n"
        f"- name: 科技厅\n  kind: page\n  url: {server.url('/list')}\n  items: ul.list li\n  date: span\n"
    )


def test_a_page_that_cannot_be_read_is_not_added(run: Run, workspace: Workspace, server: FeedServer) -> None:
    path = feeds(workspace, "[]\n")
    assert run("sources", "add", server.url("/list"), "--items", "tr") == Outcome(
        code=1, out="", err=f"{server.url('/list')}: 没有加入，因为读不出内容：items“tr”一条也没有找到\n"
    )
    assert path.read_text() == "[]\n"


def test_what_is_there_is_not_added_twice(run: Run, workspace: Workspace, server: FeedServer) -> None:
    path = feeds(workspace, f"- name: 新闻\n  url: {server.url('/feed')}\n")
    outcome = run("sources", "add", server.url("/"))
    assert outcome == Outcome(
        code=1, out="", err=f"没有加入：与第 1 行的信息源同网址（{server.url('/feed')}）\n"
    )
    assert path.read_text().count("name:") == 1


def test_a_route_is_added_even_before_there_is_an_rsshub(run: Run, workspace: Workspace) -> None:
    path = feeds(workspace, "[]\n")
    outcome = run("sources", "add", "rsshub:/gov/nea/sjzz/dls", "--name", "能源局")
    assert outcome == Outcome(
        code=0,
        out="加入 sources/feeds.yaml：能源局，rsshub:/gov/nea/sjzz/dls\n在 bulletin.yaml 里设置 collector.rsshub 之后才采集\n",
        err="",
    )
    assert path.read_text() == "- name: 能源局\n  kind: rsshub\n  route: /gov/nea/sjzz/dls\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["feed.xml"], "网址应为 http:// 或 https:// 开头的网址，现为“feed.xml”"),
        (
            ["https://a.example.cn/", "--kind", "page"],
            "page 类的信息源缺少“items”；请加一行“items: ul.list li”",
        ),
        (
            ["https://a.example.cn/", "--items", "a["],
            "“items”的选择器“a[”读不懂；请写 CSS 选择器，如 ul.list li，要属性时写 a@href",
        ),
        (
            ["https://a.example.cn/", "--authority", "官媒"],
            "“authority”应为 government（政府）、company（企业）、association（协会）、media（媒体）、portal（门户）之一，现为“官媒”",
        ),
    ],
)
def test_a_wrong_word_is_explained(run: Run, words: list[str], message: str) -> None:
    assert run("sources", "add", *words) == Outcome(code=2, out="", err=message + "\n")


def test_a_dead_host_is_one_line(run: Run, server: FeedServer) -> None:
    outcome = run("sources", "add", server.url("/none"))
    assert outcome.code == 1
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1


# test


def test_a_feed_is_tried(run: Run, server: FeedServer) -> None:
    assert run("sources", "test", server.url("/feed")) == Outcome(
        code=0,
        out=f"feed，{server.url('/feed')}\n编码 utf-8，{len(RSS.encode())} 字节，读到 2 条\n"
        "  2026-11-20 08:30  标题一\n      http://n.example.cn/1\n"
        "  日期不明  标题二\n      http://n.example.cn/2\n",
        err="",
    )


def test_a_page_of_the_list_is_tried_by_name(run: Run, workspace: Workspace, server: FeedServer) -> None:
    feeds(
        workspace,
        f"- {{name: 科技厅, kind: page, url: '{server.url('/list')}', items: ul.list li, date: span}}\n",
    )
    outcome = run("sources", "test", "科技厅")
    assert outcome.code == 0
    assert outcome.out == (
        f"科技厅，page，{server.url('/list')}\n编码 gb18030，{len(LIST.encode('gb18030'))} 字节，读到 2 条\n"
        f"  2026-11-20 00:00  关于申报的通知\n      {server.url('/a/1.html')}\n"
        f"  日期不明（待定）  关于评审的公告\n      {server.url('/a/2.html')}\n"
    )
    assert outcome.err == "提醒：1 条的日期读不出（如“待定”）\n"


def test_selectors_are_tried_without_writing(run: Run, workspace: Workspace, server: FeedServer) -> None:
    path = feeds(workspace, "[]\n")
    outcome = run("sources", "test", server.url("/list"), "--items", "li", "--title", "h3")
    assert outcome.code == 1
    assert outcome.err == "读不出内容：items“li”找到 2 条，但都不能用：2 条没有标题（title“h3”）\n"
    assert path.read_text() == "[]\n"


def test_two_steps_are_tried(run: Run, workspace: Workspace, server: FeedServer) -> None:
    feeds(
        workspace,
        f"- name: 能源局\n  kind: page\n  url: {server.url('/two')}\n"
        "  data: {find: 'ul#showData0', url: 'ds_{data}.json', after: ':'}\n"
        "  items: datasource\n  title: title\n  link: publishUrl\n  date: publishTime\n",
    )
    outcome = run("sources", "test", "能源局")
    assert outcome.code == 0
    assert outcome.out.splitlines()[2:] == [
        "  2026-11-20 00:00  新型储能",
        f"      {server.url('/c/1.html')}",
    ]


def test_a_page_taken_for_a_feed_shows_the_feeds_of_its_site(run: Run, server: FeedServer) -> None:
    outcome = run("sources", "test", server.url("/"))
    assert outcome.code == 1
    assert outcome.err == "读不出内容：得到的是网页，不是订阅源（“首页”）\n"
    assert outcome.out.splitlines()[-1] == (
        f"这个网站的订阅源：{server.url('/feed')}（科技新闻，2 条，页面声明的）"
    )


def test_a_page_without_feeds_shows_where_its_list_may_be(run: Run, server: FeedServer) -> None:
    rows = "".join(
        f"<li><a href='/{n}'>关于申报第{n}批项目的通知</a><b>2026-11-0{n}</b></li>" for n in range(1, 7)
    )
    page = f"<html><body><ul class='news'>{rows}</ul></body></html>".encode()
    outcome = run("sources", "test", server.on("/rows", answer(page, content_type="text/html")))
    assert outcome.code == 1
    assert outcome.out.splitlines()[-2:] == [
        "没有找到这个网站的订阅源；可以按网页读，加上 --items 选择器（每一条所在的元素）",
        "像是列表：--items 'ul.news li' --date b（6 条，如“关于申报第1批项目的通知”）",
    ]
    assert run("sources", "test", server.url("/rows"), "--items", "ul.news li", "--date", "b").code == 0
    redesigned = run("sources", "test", server.url("/rows"), "--items", "ul.old li")
    assert redesigned.err == "读不出内容：items“ul.old li”一条也没有找到\n"
    assert redesigned.out.splitlines()[-1] == outcome.out.splitlines()[-1]


def test_a_trial_as_json(run: Run, server: FeedServer) -> None:
    document = json.loads(run("sources", "test", server.url("/"), "--json").out)
    assert document["outcome"] == "not-a-feed"
    assert document["candidates"] == [
        {"url": server.url("/feed"), "title": "科技新闻", "origin": "link", "entries": 2}
    ]
    document = json.loads(run("sources", "test", server.url("/feed"), "--json").out)
    assert document["entries"][0] == {
        "title": "标题一",
        "url": "http://n.example.cn/1",
        "published": "2026-11-20T08:30:00+08:00",
        "date_text": None,
        "summary": "",
    }


def test_a_failure_as_json_is_one_document(run: Run, server: FeedServer) -> None:
    outcome = run("sources", "test", server.url("/none"), "--json")
    assert outcome.code == 1
    assert json.loads(outcome.out)["outcome"] == "http"
    assert outcome.err == ""


def test_loopback_is_refused_unless_allowed(run: Run) -> None:
    outcome = run("sources", "test", "http://127.0.0.1:9/feed", "--json")
    assert json.loads(outcome.out)["outcome"] == "private-address"


def test_a_name_that_is_none_is_answered_with_the_nearest(run: Run, workspace: Workspace) -> None:
    feeds(workspace, "- {name: 国家能源局, url: https://a.example.cn/}\n")
    assert run("sources", "test", "能源局") == Outcome(
        code=2, out="", err="没有“能源局”这个信息源，它也不是网址，是否想写 国家能源局？\n"
    )


# OPML


def test_opml_goes_out_and_comes_in(run: Run, workspace: Workspace, tmp_path: Path) -> None:
    text = "- name: 量子位\n  kind: feed\n  url: https://q.example.cn/feed\n  industries: [robot, ai]\n"
    path = feeds(workspace, text + "- {name: 页, kind: page, url: https://p.example.cn/, items: li}\n")
    file = tmp_path / "out.opml"
    outcome = run("sources", "export", str(file))
    assert (outcome.code, outcome.out) == (0, f"{file}: 写入 1 个信息源\n")
    assert outcome.err == "提醒：有 1 个没有写入（页），OPML 只能写订阅地址\n"
    feeds(workspace, "# 新的\n")
    assert run("sources", "import", str(file)).out == "从 out.opml 加入 1 个信息源，略去 0 个\n"
    assert path.read_text() == "# 新的\n" + text
    assert run("sources", "import", str(file)) == Outcome(
        code=0,
        out="从 out.opml 加入 0 个信息源，略去 1 个\n",
        err="略去“量子位”：网址已经有了（“量子位”）\n",
    )


def test_an_export_goes_over_no_file(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "out.opml", "mine")
    assert run("sources", "export", str(file)) == Outcome(
        code=1, out="", err=f"{file}: 已有这个文件，没有改动它；请换一个文件名\n"
    )
    assert file.read_text() == "mine"


def test_a_file_that_is_not_there_is_said(run: Run) -> None:
    assert run("sources", "import", "none.opml") == Outcome(
        code=1, out="", err="none.opml: 读不到这个文件（没有这个文件）；请检查文件名和所在文件夹\n"
    )
