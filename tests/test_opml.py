"""OPML of other readers comes in, and goes out again; hostile files do no harm."""

from contextlib import suppress

import pytest
from conftest import AI, ROBOT
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.following.opml import Imported, Outline, format_opml, read_opml
from xcbulletin.collecting.following.sources import Fields, Source, SourceKind
from xcbulletin.errors import ImportFailedError

INDUSTRIES = (AI, ROBOT)
BASE = "http://10.0.0.5:1200"

NESTED = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>订阅</title></head><body>
 <outline text="工业机器人"><outline text="国产">
  <outline type="rss" text="机器人网" title="机器人网 新闻" xmlUrl="https://r.example.cn/rss?a=1&b=2" htmlUrl="https://r.example.cn/"/>
 </outline></outline>
 <outline text="杂"><outline text="某刊" xmlurl="http://m.example.cn/feed" category="/科技/人工智能,/工业机器人"/></outline>
 <outline text="无地址"/>
 <outline type="rss" xmlUrl="https://x.example.cn/atom.xml"/>
</body></opml>"""


def make_source(name: str, url: str, **fields: object) -> Source:
    own = {"name": name, "kind": SourceKind.FEED, "url": url, "key": url}
    return Source(**{**own, **fields})  # type: ignore[arg-type]


def read(content: str | bytes, *sources: Source, rsshub: str | None = None) -> Imported:
    return read_opml(
        content.encode() if isinstance(content, str) else content, "a.opml", sources, INDUSTRIES, rsshub
    )


def opml(*urls: str) -> str:
    return "<opml><body>" + "".join(f'<outline text="源" xmlUrl="{url}"/>' for url in urls) + "</body></opml>"


def test_folders_and_categories_give_industries_where_they_are_names_of_such() -> None:
    assert read(NESTED) == Imported(
        outlines=(
            Outline(name="机器人网 新闻", url="https://r.example.cn/rss?a=1&b=2", industries=("robot",)),
            Outline(name="某刊", url="http://m.example.cn/feed", industries=("ai", "robot")),
            Outline(name="x.example.cn", url="https://x.example.cn/atom.xml"),
        )
    )


def test_a_file_in_gbk_is_read() -> None:
    gbk = NESTED.replace("UTF-8", "GB2312").encode("gb18030")
    assert read(gbk) == read(NESTED)


def test_what_is_there_already_is_left_out_and_told() -> None:
    imported = read(
        opml("https://a.cn/1", "http://a.cn/1#x", "https://a.cn/2"), make_source("甲", "https://a.cn/2")
    )
    assert [outline.url for outline in imported.outlines] == ["https://a.cn/1"]
    assert imported.remarks == (
        "略去“源”：网址已经有了（“源”）",
        "略去“源”：网址已经有了（“甲”）",
    )


def test_names_are_made_different() -> None:
    imported = read(opml("https://a.cn/1", "https://a.cn/2"), make_source("源", "https://a.cn/0"))
    assert [outline.name for outline in imported.outlines] == ["源（2）", "源（3）"]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "javascript:x", "ftp://a.cn/x", "feed:", "https://", "甲"]
)
def test_what_is_no_web_address_is_left_out_and_told(url: str) -> None:
    assert read(opml(url)) == Imported(
        outlines=(), remarks=(f"略去“源”：“{url}”不是 http:// 或 https:// 开头的网址",)
    )


@pytest.mark.parametrize("url", ["feed://a.cn/x", "feed:http://a.cn/x"])
def test_the_feed_scheme_is_http(url: str) -> None:
    assert read(opml(url)).outlines[0].url == "http://a.cn/x"


@pytest.mark.parametrize(
    "url", [f"{BASE}/gov/nea?limit=5", "https://rsshub.app/gov/nea?limit=5", "rsshub://gov/nea?limit=5"]
)
def test_an_rsshub_is_known_by_its_route(url: str) -> None:
    (outline,) = read(opml(url), rsshub=BASE + "/").outlines
    assert outline.entry == {"name": "源", "kind": "rsshub", "route": "/gov/nea?limit=5"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "a.opml: 不是 OPML 文件；请在阅读器里选“导出 OPML”"),
        ("<html><body>登录</body></html>", "a.opml: 不是 OPML 文件；请在阅读器里选“导出 OPML”"),
        ("{}", "a.opml: 不是 OPML 文件；请在阅读器里选“导出 OPML”"),
        ("<opml><body/></opml>", "a.opml: 里面一个订阅也没有（outline 都没有 xmlUrl）；请从阅读器重新导出"),
        (
            '<!DOCTYPE opml [<!entity a "aaaa"><!ENTITY b "&a;&a;">]><opml><body><outline text="&b;" xmlUrl="https://a.cn"/></body></opml>',
            "a.opml: 里面有实体声明（<!ENTITY …>），不安全，没有读；请从阅读器重新导出",
        ),
        ("<opml>" + " " * (5 * 2**20), "a.opml: 文件太大（超过 5 MB），不像订阅列表；请检查是否选错了文件"),
    ],
    ids=["empty", "html", "json", "no feeds", "entities", "large"],
)
def test_what_is_no_list_is_refused(content: str, message: str) -> None:
    with pytest.raises(ImportFailedError) as caught:
        read(content)
    assert str(caught.value) == message


def test_nothing_is_fetched_for_a_file() -> None:
    hostile = '<!DOCTYPE opml SYSTEM "file:///etc/passwd">' + opml("https://a.cn/1") + "&xxe;"
    assert len(read(hostile).outlines) == 1


def test_folders_stand_as_deep_as_they_like() -> None:
    deep = "<opml><body>" + '<outline text="x">' * 5_000 + '<outline text="源" xmlUrl="https://a.cn/1"/>'
    with suppress(ImportFailedError):
        assert len(read(deep).outlines) <= 1


def test_a_broken_file_is_read_as_far_as_it_goes() -> None:
    assert len(read(NESTED[: NESTED.index(' <outline text="无地址"')]).outlines) == 2


# Out again

SOURCES = (
    make_source("量子位", "https://q.example.cn/feed?a=1&b=<2>", industries=("ai", "robot")),
    make_source("综合", "https://z.example.cn/feed"),
    make_source(
        "能源局", f"{BASE}/gov/nea", kind=SourceKind.RSSHUB, key="rsshub:/gov/nea", industries=("robot",)
    ),
    make_source("等着", "rsshub:/gov/x", kind=SourceKind.RSSHUB, key="rsshub:/gov/x", paused=True),
    make_source("网页", "https://p.example.cn/", kind=SourceKind.PAGE, fields=Fields(items="li")),
)


def test_what_goes_out_comes_in_the_same() -> None:
    content, left_out = format_opml(SOURCES, INDUSTRIES, "快递")
    assert left_out == ("等着", "网页")
    assert {(one.name, one.key, one.industries) for one in read(content, rsshub=BASE).outlines} == {
        (source.name, source.key, source.industries) for source in SOURCES[:3]
    }


def test_the_file_is_in_folders_by_industry() -> None:
    content, _ = format_opml(SOURCES[:2], INDUSTRIES, "快递")
    assert content.decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<opml version="2.0">\n  <head>\n    <title>快递</title>\n  </head>\n  <body>\n'
        '    <outline text="人工智能" title="人工智能">\n'
        '      <outline type="rss" text="量子位" title="量子位" xmlUrl="https://q.example.cn/feed?a=1&amp;b=&lt;2&gt;" category="人工智能,工业机器人"/>\n'
        "    </outline>\n"
        '    <outline type="rss" text="综合" title="综合" xmlUrl="https://z.example.cn/feed"/>\n'
        "  </body>\n</opml>\n"
    )


@given(
    st.binary(max_size=300)
    | st.lists(
        st.sampled_from([*NESTED.split("\n"), "<opml>", "<outline xmlUrl='", "\0", "&", "<![CDATA["]),
        max_size=10,
    ).map(lambda rows: "".join(rows).encode())
)
def test_any_file_is_read_or_refused(content: bytes) -> None:
    try:
        imported = read(content)
    except ImportFailedError:
        return
    assert imported.outlines or imported.remarks
