"""List pages, JSON and two-step pages read into entries; what finds nothing says which selector it was."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xcbulletin.collecting.following.sources import DataStep, Fields, Source, SourceKind
from xcbulletin.collecting.items import HEALTHY, DateSource, Document, Outcome, Reading, Request
from xcbulletin.collecting.reading.pages import ITEMS_LIMIT
from xcbulletin.collecting.reading.reading import fetch_and_read, first_request, next_request, read

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
URL = "https://kjt.example.cn/zwgk/tzgg/index.html"


def make_source(**fields: Any) -> Source:
    own = {"name": "科技厅", "kind": SourceKind.PAGE, "url": URL, "key": URL}
    return Source(**{**own, **fields})


def page_source(**selectors: Any) -> Source:
    return make_source(fields=Fields(**{"items": "ul.list li", "date": "span", **selectors}))


def json_source(**paths: Any) -> Source:
    own = {"items": "data.list", "title": "title", "link": "url", "date": "time"}
    return make_source(kind=SourceKind.JSON, fields=Fields(**{**own, **paths}))


def make_document(content: str | bytes, url: str = URL, **fields: Any) -> Document:
    body = content.encode() if isinstance(content, str) else content
    return Document(url=url, content=body, fetched=NOW, **fields)


def titles(reading: Reading) -> list[str]:
    return [entry.title for entry in reading.entries]


LIST = """<!DOCTYPE html><html><head><title>通知公告 - 科技厅</title></head><body>
<ul class="nav"><li><a href="/">首页</a></li></ul>
<ul class="list">
 <li><a href="./202611/t20261120_1.html" title="关于组织申报2027年度重点研发专项的通知">关于组织申报2027年度…</a><span>2026-11-20</span></li>
 <li><a href="/zwgk/2.html">关于公布中试基地名单的公告</a><span>[11-18]</span></li>
 <li><a href="https://other.example.cn/3.html"><b>转发：</b>税收优惠政策</a><span>2026年11月1日 09:30</span></li>
</ul></body></html>"""


# Pages


def test_marks_that_nobody_sees_are_left_out_of_titles() -> None:
    found = read(
        make_document('<ul class="list"><li><a href="/1">人\u200b工\u202e智\u00ad能</a></li></ul>'),
        page_source(),
    )
    assert titles(found) == ["人工智能"]


def test_a_list_page_gives_entries() -> None:
    reading = read(make_document(LIST), page_source())
    assert (reading.outcome, reading.title, reading.detail) == (Outcome.OK, "通知公告 - 科技厅", "")
    assert [(entry.title, entry.url, entry.published) for entry in reading.entries] == [
        (
            "关于组织申报2027年度重点研发专项的通知",
            "https://kjt.example.cn/zwgk/tzgg/202611/t20261120_1.html",
            datetime(2026, 11, 19, 16, tzinfo=UTC),
        ),
        (
            "关于公布中试基地名单的公告",
            "https://kjt.example.cn/zwgk/2.html",
            datetime(2026, 11, 17, 16, tzinfo=UTC),
        ),
        ("转发：税收优惠政策", "https://other.example.cn/3.html", datetime(2026, 11, 1, 1, 30, tzinfo=UTC)),
    ]
    assert {entry.date_source for entry in reading.entries} == {DateSource.PAGE}
    assert all(entry.ident and entry.ident_kind == "url" for entry in reading.entries)


def test_a_page_in_gbk_is_read() -> None:
    gbk = LIST.replace("<head>", '<head><meta charset="gb2312">').encode("gb18030")
    assert titles(read(make_document(gbk), page_source())) == titles(read(make_document(LIST), page_source()))


def test_links_are_relative_to_the_base_of_the_page() -> None:
    page = LIST.replace("<head>", '<head><base href="//cdn.example.cn/a/">')
    first = read(make_document(page), page_source()).entries[0]
    assert first.url == "https://cdn.example.cn/a/202611/t20261120_1.html"


def test_items_may_be_the_links_themselves() -> None:
    reading = read(make_document(LIST), page_source(items="ul.list a", date=None))
    assert len(reading.entries) == 3
    assert reading.entries[0].date_source is DateSource.URL


def test_a_link_may_stand_around_the_item() -> None:
    page = '<a href="/9.html"><div class="card"><h3>标题九</h3><p>2026-11-02</p></div></a>'
    (entry,) = read(make_document(page), page_source(items="div.card", title="h3", date="p")).entries
    assert (entry.title, entry.url) == ("标题九", "https://kjt.example.cn/9.html")


def test_attributes_and_a_summary() -> None:
    page = '<p class=it data-u="/5" data-t="标题五">x<em>摘<script>x</script>要<a href="/z">细</a></em></p>'
    source = page_source(items="p.it", title="@data-t", link="@data-u", summary="em", date=None)
    (entry,) = read(make_document(page), source).entries
    assert (entry.title, entry.url, entry.text) == ("标题五", "https://kjt.example.cn/5", "摘要细")
    assert entry.summary.startswith("<em>摘要<a href=")
    assert "https://kjt.example.cn/z" in entry.summary
    assert "script" not in entry.summary


def test_a_title_attribute_that_says_something_else_is_not_the_title() -> None:
    page = LIST.replace('title="关于组织申报2027年度重点研发专项的通知"', 'title="点击查看"')
    assert titles(read(make_document(page), page_source()))[0] == "关于组织申报2027年度…"


def test_the_same_link_twice_is_one_entry() -> None:
    assert (
        len(
            read(
                make_document(LIST.replace("/zwgk/2.html", "./202611/t20261120_1.html")), page_source()
            ).entries
        )
        == 2
    )


def test_no_more_than_the_top_of_a_long_list_is_read() -> None:
    rows = "".join(f'<li><a href="/{n}.html">第{n}条</a></li>' for n in range(ITEMS_LIMIT + 50))
    reading = read(make_document(f'<ul class="list">{rows}</ul>'), page_source(date=None))
    assert len(reading.entries) == ITEMS_LIMIT
    assert reading.detail == "有 250 条，只读最新的 200 条"


def days(count: int) -> list[str]:
    return [f"{NOW - timedelta(days=ago):%Y-%m-%d}" for ago in range(count, 0, -1)]


def test_of_a_long_list_that_is_oldest_first_the_newest_are_read() -> None:
    rows = "".join(f'<li><a href="/{day}.html">{day}的新闻</a><span>{day}</span></li>' for day in days(250))
    pinned = '<li><a href="/top.html">置顶的通知</a><span>2026-06-01</span></li>'
    reading = read(make_document(f'<ul class="list">{pinned}{rows}</ul>'), page_source(date="span"))
    assert titles(reading) == [f"{day}的新闻" for day in days(ITEMS_LIMIT)]


def test_of_long_json_that_is_oldest_first_the_newest_are_read() -> None:
    items = [{"t": f"{day}的新闻", "u": f"/{number}.html", "d": day} for number, day in enumerate(days(250))]
    source = json_source(items="data", title="t", link="u", date="d")
    reading = read(make_document(json.dumps({"data": items})), source)
    assert titles(reading) == [f"{day}的新闻" for day in days(ITEMS_LIMIT)]


# What is missing is named


@pytest.mark.parametrize(
    ("selectors", "detail"),
    [
        ({"items": "div.list li"}, "items“div.list li”一条也没有找到"),
        ({"title": "h3"}, "items“ul.list li”找到 3 条，但都不能用：3 条没有标题（title“h3”）"),
        ({"link": "h3"}, "items“ul.list li”找到 3 条，但都不能用：3 条没有可用的网址（link“h3”）"),
        (
            {"link": "a@data-u"},
            "items“ul.list li”找到 3 条，但都不能用：3 条没有可用的网址（link“a@data-u”）",
        ),
    ],
)
def test_a_selector_that_finds_nothing_is_named(selectors: dict[str, str], detail: str) -> None:
    reading = read(make_document(LIST), page_source(**{"title": "a", **selectors}))
    assert reading == Reading(outcome=Outcome.NO_MATCH, detail=detail)


def test_what_is_left_out_is_counted() -> None:
    page = LIST.replace("</ul></body>", '<li></li><li><a href="javascript:void(0)">更多</a></li></ul></body>')
    reading = read(make_document(page), page_source())
    assert len(reading.entries) == 3
    assert reading.detail == "5 条里1 条没有标题（title），1 条没有可用的网址（link），略去"


def test_a_date_selector_that_finds_nothing_is_named() -> None:
    reading = read(make_document(LIST), page_source(date="i.time"))
    assert (reading.outcome, reading.detail) == (Outcome.UNDATED, "date“i.time”都没有找到")


def test_a_date_that_cannot_be_read_is_kept_as_text() -> None:
    reading = read(make_document(LIST.replace("[11-18]", "待定")), page_source())
    assert reading.entries[1].published is None
    assert reading.entries[1].date_text == "待定"
    assert reading.detail == "1 条的日期读不出（如“待定”）"


def test_the_day_of_a_deadline_is_not_taken_for_that_of_publication() -> None:
    reading = read(make_document(LIST.replace("[11-18]", "报名截止：2026-11-20")), page_source())
    assert reading.entries[1].published is None
    assert reading.detail == "1 条的日期读不出（如“报名截止：2026-11-20”）"


def test_a_title_with_bad_bytes_is_shown() -> None:
    content = LIST.encode("gb18030").replace("中试".encode("gb18030"), "中".encode("gb18030") + b"\xff\xfe")
    reading = read(make_document(content), page_source())
    assert reading.entries[1].title == "关于公布中\ufffd基地名单的公告"
    assert "1 条的标题有读不出的字（如“关于公布中\ufffd基地名单的公告”）" in reading.detail


def test_a_page_that_is_not_there_is_named_rather_than_the_selector() -> None:
    page = "<html><head><title>404 Not Found</title></head><body>抱歉，您访问的页面不存在</body></html>"
    assert read(make_document(page), page_source()).outcome is Outcome.HTTP


def test_a_wall_is_named_rather_than_the_selector() -> None:
    page = "<html><head><title>安全验证</title></head><body><script>x()</script>请完成安全验证</body></html>"
    assert read(make_document(page), page_source()).outcome is Outcome.BLOCKED


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe\xfd\x00"])
def test_an_empty_body_is_an_outcome(content: bytes) -> None:
    reading = read(make_document(content), page_source())
    assert reading.outcome is not Outcome.OK
    assert reading.detail


# JSON


def test_json_gives_entries_by_paths() -> None:
    data = {"data": {"list": [{"title": "<em>储能</em>&amp;电网", "url": "/a?id=1", "time": 1763942400000}]}}
    (entry,) = read(make_document(json.dumps(data)), json_source()).entries
    assert (entry.title, entry.url) == ("储能&电网", "https://kjt.example.cn/a?id=1")
    assert entry.published == datetime(2025, 11, 24, tzinfo=UTC)


def test_a_list_at_the_top_and_an_address_filled_in() -> None:
    data = [{"n": 7, "t": "标题七", "when": {"day": "2026-11-03"}}, {"t": "没有编号"}]
    source = json_source(items="[]", title="t", link="/detail/{n}.html", date="when.day")
    reading = read(make_document(json.dumps(data)), source)
    assert [entry.url for entry in reading.entries] == ["https://kjt.example.cn/detail/7.html"]
    assert reading.detail == "2 条里1 条没有可用的网址（link“/detail/{n}.html”），略去"


def test_jsonp_is_json() -> None:
    assert (
        len(read(make_document('cb({"data":{"list":[{"title":"甲","url":"/1"}]}});'), json_source()).entries)
        == 1
    )


def test_html_inside_json() -> None:
    data = {"data": {"html": LIST}}
    source = make_source(
        kind=SourceKind.JSON, fields=Fields(items="ul.list li", date="span", html="data.html")
    )
    assert len(read(make_document(json.dumps(data)), source).entries) == 3


@pytest.mark.parametrize(
    ("content", "outcome", "detail"),
    [
        (LIST, Outcome.UNREADABLE, "不是 JSON，开头是“<!DOCTYPE html><html><head><ti”"),
        ('{"data": {"rows": []}}', Outcome.NO_MATCH, "items“data.list”一条也没有找到"),
        ('{"data": {"list": []}}', Outcome.EMPTY, "items“data.list”在，但里面是空的"),
        ('{"data": {"list": null}}', Outcome.EMPTY, "items“data.list”在，但里面是空的"),
        (
            '{"data": {"list": [{"title": "甲"}, {"ti',
            Outcome.UNREADABLE,
            'JSON 不完整，到“{"list": [{"title": "甲"}, {"ti”就断了',
        ),
        ('cb({"list": ["甲]', Outcome.UNREADABLE, 'JSON 不完整，到“cb({"list": ["甲]”就断了'),
        ('{"data": {"list": 甲}}', Outcome.UNREADABLE, '不是 JSON，开头是“{"data": {"list": 甲}}”'),
        (
            '{"data": {"list": [{"name": "甲", "url": "/1"}, 5]}}',
            Outcome.NO_MATCH,
            "items“data.list”找到 2 条，但都不能用：2 条没有标题（title“title”）",
        ),
        ("[" * 100_000, Outcome.UNREADABLE, "JSON 不完整，到“" + "[" * 30 + "”就断了"),
    ],
)
def test_what_is_wrong_with_json_is_said(content: str, outcome: Outcome, detail: str) -> None:
    assert read(make_document(content), json_source()) == Reading(outcome=outcome, detail=detail)


def test_what_no_database_can_store_is_not_let_in() -> None:
    content = '{"data": {"list": [{"title": "\\ud800甲\\u0000乙", "url": "/1\\udfff", "time": true}]}}'
    (entry,) = read(make_document(content), json_source()).entries
    assert entry.title == "?甲乙"
    entry.url.encode()  # type: ignore[union-attr]


# Two steps

MIIT = """<html><body><div class="top"><script url="/other" querydata="{}"></script></div>
<div class="lmy_main_rb"><script id="4e3a" parseType="buildstatic"
 url="/api-gateway/front/page/build/unit"
 queryData="{'parseType':'buildstatic','webId':'8d82','tagId':'右侧内容','paramJson':&quot;{'pageNo':'1'}&quot;,'n':2}"></script>
</div></body></html>"""
MIIT_SOURCE = make_source(
    url="https://www.miit.example.cn/jgsj/kjs/wjfb/index.html",
    fields=Fields(items="li:has(a)", date="span", html="data.html"),
    data=DataStep(find="div.lmy_main_rb script[querydata]", url="{url}?{querydata}"),
)
NEA = '<ul id="showData0" data="datasource:5f2c3e"></ul>'
NEA_SOURCE = make_source(
    url="https://www.nea.example.cn/sjzz/dls/index.htm",
    fields=Fields(
        items="datasource", title="title", link="publishUrl", date="publishTime", summary="summary"
    ),
    data=DataStep(find="ul#showData0", url="ds_{data}.json", after=":"),
)


def test_an_attribute_that_holds_an_object_is_a_query() -> None:
    document = make_document(MIIT, MIIT_SOURCE.url, cookies="sid=7")
    assert next_request(document, MIIT_SOURCE) == Request(
        url="https://www.miit.example.cn/api-gateway/front/page/build/unit?parseType=buildstatic&webId=8d82"
        "&tagId=%E5%8F%B3%E4%BE%A7%E5%86%85%E5%AE%B9&paramJson=%7B%27pageNo%27%3A%271%27%7D&n=2",
        headers={"Referer": MIIT_SOURCE.url, "Cookie": "sid=7"},
    )


def test_an_attribute_may_be_used_in_part() -> None:
    request = next_request(make_document(NEA, NEA_SOURCE.url), NEA_SOURCE)
    assert request == Request(
        url="https://www.nea.example.cn/sjzz/dls/ds_5f2c3e.json", headers={"Referer": NEA_SOURCE.url}
    )


def test_two_steps_are_gone_and_the_data_is_read() -> None:
    data = {
        "datasource": [
            {"title": "<p>新型储能</p>", "publishUrl": "../2026-11/20/c_1.htm", "publishTime": "2026-11-20"}
        ]
    }
    documents = {
        NEA_SOURCE.url: make_document(NEA, NEA_SOURCE.url),
        "https://www.nea.example.cn/sjzz/dls/ds_5f2c3e.json": make_document(
            json.dumps(data), "https://www.nea.example.cn/sjzz/dls/ds_5f2c3e.json"
        ),
    }
    document, reading = fetch_and_read(NEA_SOURCE, lambda request: documents[request.url])
    assert document.url.endswith(".json")
    assert titles(reading) == ["新型储能"]
    assert reading.entries[0].url == "https://www.nea.example.cn/sjzz/2026-11/20/c_1.htm"


def test_html_inside_the_data_of_two_steps() -> None:
    page = '<ul><li class="cf"><a class="fl" href="/art_1.html" title="关于印发方案的通知"><i></i>关于印发方案…</a><span class="fr">2026-11-02</span></li></ul>'
    reading = read(make_document(json.dumps({"data": {"html": page}})), MIIT_SOURCE)
    assert titles(reading) == ["关于印发方案的通知"]


def test_the_data_may_be_a_page() -> None:
    source = make_source(
        fields=Fields(items="li"), data=DataStep(find="iframe", url="{src}", kind=SourceKind.PAGE)
    )
    request = next_request(make_document('<iframe src="list.html"></iframe>'), source)
    assert request is not None
    assert request.url == "https://kjt.example.cn/zwgk/tzgg/list.html"
    assert titles(read(make_document('<li><a href="/1">甲</a></li>', request.url), source)) == ["甲"]


@pytest.mark.parametrize(
    ("page", "detail"),
    [
        (LIST, "第一步没有找到数据的网址：data.find“ul#showData0”在页面里一个也没有"),
        (
            '<html><body><ul id="showData0"><li>新闻</li></ul></body></html>',
            "第一步没有找到数据的网址：data.find“ul#showData0”找到的元素没有 data 属性，或属性是空的",
        ),
        (NEA, "第一步找到了数据的网址，那里给的却还是网页"),
    ],
)
def test_a_first_step_that_fails_is_said(page: str, detail: str) -> None:
    document = make_document(page, NEA_SOURCE.url)
    assert read(document, NEA_SOURCE) == Reading(outcome=Outcome.NO_MATCH, detail=detail)


def test_a_source_of_one_step_has_no_next() -> None:
    assert next_request(make_document(NEA), page_source()) is None


def test_an_rsshub_is_asked_as_a_gateway() -> None:
    assert first_request(make_source(kind=SourceKind.RSSHUB)).gateway
    assert not first_request(page_source()).gateway


# Whatever comes

SOURCES = (page_source(summary="p"), json_source(summary="s"), MIIT_SOURCE, NEA_SOURCE)
PIECES = st.sampled_from(
    [
        "<ul class=list>",
        "<li>",
        "<a href='/1'>",
        "<a href='javascript:x'>",
        "甲",
        "</li>",
        "<span>",
        "2026-11-20",
        "\0",
        "<table>",
        "<!--",
        "<base href='\ud800'>",
        "&#x110000;",
        "{'data':",
        '{"data": {"list": [',
        "]}",
        "\\ud800",
        "]]>",
        "<?xml?>",
        '<ul id="showData0" data="',
        '<script querydata="{',
        "'a':'b\\'",
        '">',
        "http://[",
        "\u202e",
        "99999999999999999999",
    ]
)


@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(PIECES, max_size=25).map(lambda some: "".join(some).encode("utf-8", "surrogatepass")),
    )
)
@example(b"<" * 50_000)
@example(b"<div>" * 3_000)
@example(b'{"data":{"list":[{"title":' + b"9" * 5_000 + b',"url":1e999}]}}')
@example(b"{" + b"'a':'" * 4_000)
def test_whatever_a_server_sends_is_an_outcome(content: bytes) -> None:
    for source in SOURCES:
        document = make_document(content, source.url)
        request = next_request(document, source)
        reading = read(document, source)
        assert (reading.outcome in HEALTHY) == bool(reading.entries)
        assert reading.entries or reading.detail
        assert request is None or request.url.startswith("http")
        for entry in reading.entries:
            f"{entry.title}{entry.url}{entry.summary}{entry.text}".encode()


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["title", "url", "time", "x"]), inner)
        ),
    )
)
def test_whatever_json_holds_is_an_outcome(value: Any) -> None:
    content = json.dumps({"data": {"list": [value, {"title": value, "url": value, "time": value}]}})
    reading = read(make_document(content), json_source(summary="x", link="/{url}"))
    assert (reading.outcome in HEALTHY) == bool(reading.entries)
