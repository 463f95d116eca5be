import json
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from itertools import cycle
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from conftest import CORPUS
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from xcbulletin.collecting.following.sources import Source, SourceKind
from xcbulletin.collecting.items import DateSource, Document, Entry, Outcome, Reading
from xcbulletin.collecting.reading.feeds import parse_feed

DATA = Path(__file__).parent / "data" / "feeds"
FEEDS = CORPUS / "feeds"
SHANGHAI = ZoneInfo("Asia/Shanghai")
FETCHED = datetime(2024, 5, 7, 12, 0, tzinfo=SHANGHAI)
SOURCE = Source(name="示例", kind=SourceKind.FEED, url="https://feeds.example.org/a.xml", key="a")


def read(content: bytes | str, content_type: str = "", fetched: datetime = FETCHED) -> Reading:
    content = content.encode() if isinstance(content, str) else content
    document = Document(
        url="https://feeds.example.org/dir/a.xml", content=content, content_type=content_type, fetched=fetched
    )
    return parse_feed(document, SOURCE)


def rss(items: str, head: str = "<link>http://site.cn/news/</link>") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        f'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>源</title>{head}{items}</channel></rss>'
    )


def only(reading: Reading) -> Entry:
    assert len(reading.entries) == 1
    return reading.entries[0]


def local(entry: Entry) -> str:
    return f"{entry.published.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if entry.published else ""


def test_atom():
    reading = read((DATA / "atom.xml").read_bytes())
    first, second = reading.entries
    assert (reading.outcome, reading.title, reading.detail) == (Outcome.OK, "示例实验室", "")
    assert first.title == "硅片 A&B 两线投产"
    assert first.url == "https://lab.example.org/news/2024/1.html"
    assert (first.guid, first.ident, first.ident_kind) == ("tag:lab.example.org,2024:1",) * 2 + ("guid",)
    assert first.summary == (
        '<p>第一段见<a href="https://lab.example.org/news/more.html" rel="nofollow noopener">此处</a>。</p><p>第二段。</p>'
    )
    assert first.text == "第一段见此处。\n第二段。"
    assert (local(first), first.date_source) == ("2024-05-05 09:00", DateSource.FEED)
    assert second.url == "https://other.example.org/2"
    assert second.text == "当 x < y 时 <b> 照写。"
    assert local(second) == "2024-05-06 22:30"


def test_rdf():
    reading = read((DATA / "rdf.xml").read_bytes())
    entry = only(reading)
    assert reading.title == "示例公报"
    assert (entry.title, entry.url, local(entry)) == (
        "第一号公告",
        "https://rdf.example.org/1",
        "2024-05-06 14:30",
    )


def test_json_feed():
    reading = read((DATA / "jsonfeed.json").read_bytes(), "application/feed+json")
    first, second = reading.entries
    assert (reading.outcome, reading.title) == (Outcome.OK, "示例 JSON 源")
    assert reading.detail == "1 条没有标题和正文，已略去"
    assert (first.title, first.url, first.guid) == ("甲厂扩产", "https://json.example.org/a/1", "1")
    assert (first.summary, first.text, local(first)) == ("<p>正文。</p>", "正文。", "2024-05-06 14:30")
    assert (second.title, second.url) == ("没有标题的快讯", "https://json.example.org/a/2")
    assert (second.text, local(second)) == ("没有标题的快讯。\n第二行 <b>。", "2024-05-06 00:00")


def test_sloppy_rss():
    reading = read((DATA / "sloppy.xml").read_bytes())
    amp, cdata, control, untitled = reading.entries
    assert reading.title == "示例 源"
    assert reading.detail == (
        "XML 有误，已修补；1 条没有标题和正文，已略去；1 条的日期读不出（如“0000-00-00 00:00:00”）"
    )
    assert (amp.title, amp.url) == (
        "A&B 公司 © 与 R&D",
        "https://sloppy.example.org/news/list.asp?id=1&class=2",
    )
    assert (cdata.title, cdata.text, local(cdata)) == ("红头文件", "没有关上的正文", "2024-05-06 14:30")
    assert (control.title, control.url, local(control)) == (
        "带控制符的标题",
        "https://sloppy.example.org/3",
        "2024-05-06 14:30",
    )
    assert (untitled.title, untitled.url, untitled.published) == ("没有标题，取第一句的话", None, None)
    assert untitled.date_text == "0000-00-00 00:00:00"


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "utf-8", "big5", None])
def test_gb2312_however_it_is_declared(declared: str | None):
    content = (DATA / "gb2312.xml").read_bytes()
    content = content.replace(b' encoding="gb2312"', f' encoding="{declared}"'.encode() if declared else b"")
    reading = read(content, "text/xml")
    assert [entry.title for entry in reading.entries] == ["镕金炉改造方案公布", "铝棒价格下调"]
    assert [local(entry) for entry in reading.entries] == ["2024-05-06 14:33", "2024-05-06 09:03"]
    assert reading.entries[0].ident == "https://bbs.example.cn/show.asp?BoardID=1&ID=2"


def test_a_bad_byte_in_the_markup_costs_no_item():
    content = rss("<item><title>甲</title></item><item><title>乙</title></item>").encode("gb18030")
    reading = read(content.replace(b"</item><item>", b"</it\xffem><\xffitem>"))
    assert [entry.title for entry in reading.entries] == ["甲", "乙"]


def test_bad_bytes_in_a_title_cost_themselves_and_are_shown():
    items = "<item><title>许继集团与平高签约；变压器、开关柜订单增长</title></item><item><title>储能变流器</title></item>"
    content = rss(items).encode("gb18030")
    middle = content.index("签约".encode("gb18030"))
    reading = read(content[:middle] + b"\xff\xfe" + content[middle:])
    assert [entry.title for entry in reading.entries] == [
        "许继集团与平高\ufffd签约；变压器、开关柜订单增长",
        "储能变流器",
    ]
    assert reading.detail.endswith(
        "有 1 处字节无法解读，已用 � 代替；1 条的标题有读不出的字（如“许继集团与平高\ufffd签约；变压器、”）"
    )


@pytest.mark.parametrize(
    "comment", ["<!-- <rss> old <item> -->", "<!-- <html> <item><title>旧</title></item> -->"]
)
def test_a_comment_holds_no_items(comment: str):
    item = "<item><title>甲<![CDATA[<!-- 乙 -->]]></title></item>"
    content = rss(f"{comment}{item}").replace("?><rss", f"?>{comment}<rss")
    assert read(content) == read(rss(item))
    assert len(read(content).entries) == 1


def test_a_comment_without_end_hides_nothing():
    assert len(read(rss("<item><title>甲</title></item><!-- <item><title>乙</title></item>")).entries) >= 1


@pytest.mark.parametrize(
    ("content", "outcome", "detail"),
    [
        ("", Outcome.EMPTY, "内容为空"),
        ("  \n", Outcome.EMPTY, "内容为空"),
        (rss(""), Outcome.EMPTY, "订阅源有效，但没有条目，可能是它的上游失效"),
        (
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed>',
            Outcome.EMPTY,
            "订阅源有效，但没有条目，可能是它的上游失效",
        ),
        (
            '{"version":"https://jsonfeed.org/version/1","title":"x","items":[]}',
            Outcome.EMPTY,
            "订阅源有效，但没有条目，可能是它的上游失效",
        ),
        (rss("<item><title/></item><item/>"), Outcome.UNREADABLE, "条目都没有标题和正文"),
        (
            "<html><head><title>某部首页</title></head><body>" + "<p>新闻一则</p>" * 300,
            Outcome.NOT_A_FEED,
            "得到的是网页，不是订阅源（“某部首页”）",
        ),
        (
            "<html><title>Just a moment...</title></html>",
            Outcome.BLOCKED,
            "被Cloudflare拦截（“Just a moment...”）",
        ),
        (
            '<html><title>登录</title><input type="password"></html>',
            Outcome.LOGIN,
            "得到的是登录页（“登录”）",
        ),
        ("hello", Outcome.NOT_A_FEED, "不是 RSS、Atom 或 JSON Feed"),
        ("<opml><body><outline/></body></opml>", Outcome.NOT_A_FEED, "不是 RSS、Atom 或 JSON Feed"),
        ('{"data": [1, 2]}', Outcome.NOT_A_FEED, "得到的是 JSON 数据，不是 JSON Feed；可改用 json 类来源"),
        ('{"items": [5 6]}', Outcome.UNREADABLE, "JSON 损坏，读不出内容"),
        ('{"items": [', Outcome.UNREADABLE, "JSON 不完整，传到一半就断了"),
        ('{"items": ' + "[" * 100_000, Outcome.UNREADABLE, "JSON 不完整，传到一半就断了"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, Outcome.NOT_A_FEED, "得到的是图片，不是订阅源"),
        (b"%PDF-1.7\n" + bytes(range(256)), Outcome.NOT_A_FEED, "得到的是 PDF 文件，不是订阅源"),
        (bytes(range(128, 256)) * 9, Outcome.NOT_A_FEED, "不是 RSS、Atom 或 JSON Feed"),
    ],
)
def test_what_is_no_feed_has_a_name(content: bytes | str, outcome: Outcome, detail: str | None):
    reading = read(content)
    assert (reading.outcome, reading.entries) == (outcome, ())
    assert detail is None or reading.detail == detail


def test_the_permalink_is_the_address_where_there_is_no_link():
    assert (
        only(read(rss("<item><title>甲</title><guid>http://site.cn/1</guid></item>"))).url
        == "http://site.cn/1"
    )
    assert only(read(rss('<item><title>甲</title><guid isPermaLink="false">n1</guid></item>'))).url is None


def test_links_are_relative_to_the_site_or_else_to_the_document():
    item = "<item><title>甲</title><link>a/1.html</link></item>"
    assert only(read(rss(item))).url == "http://site.cn/news/a/1.html"
    assert only(read(rss(item, head=""))).url == "https://feeds.example.org/dir/a/1.html"
    assert only(read(rss(item, head="<link/>"))).url == "https://feeds.example.org/dir/a/1.html"


def test_a_link_that_runs_is_none():
    assert only(read(rss("<item><title>甲</title><link>javascript:alert(1)</link></item>"))).url is None


def test_the_address_before_a_redirector_is_preferred():
    item = '<item xmlns:f="http://rssnamespace.org/feedburner/ext/1.0"><title>甲</title><link>http://fb/~r/1</link><f:origLink>http://site.cn/1</f:origLink></item>'
    assert only(read(rss(item))).url == "http://site.cn/1"


def test_summary_is_what_the_source_says_in_short_and_text_the_longest():
    entry = only(
        read(
            rss(
                "<item><title>甲</title><description>短</description><content:encoded><![CDATA[<p>长一</p><p>长二</p>]]></content:encoded></item>"
            )
        )
    )
    assert (entry.summary, entry.text) == ("短", "长一\n长二")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("温度&lt;5℃ 且 a&lt;b", "温度<5℃ 且 a<b"),
        ("&lt;b&gt;粗&lt;/b&gt;体", "粗体"),
        ("A &amp;amp; B &amp;quot;C&amp;quot; &amp;#8220;D&amp;#8221;", 'A & B "C" “D”'),
        ("<![CDATA[A & B <em>C</em>]]>", "A & B C"),
        ("甲&lt;script&gt;alert(1)&lt;/script&gt;乙", "甲乙"),
        (" 多\n  空白&#12288;", "多 空白"),
        ("人\u200b工&#8203;智\u202e能", "人工智能"),
        ("长" * 1000, "长" * 300),
    ],
)
def test_titles_are_plain_text(written: str, title: str):
    assert only(read(rss(f"<item><title>{written}</title></item>"))).title == title


def test_html_is_cleaned():
    entry = only(
        read(
            rss(
                '<item><title>甲</title><link>http://a.cn/1</link><description>&lt;script&gt;x()&lt;/script&gt;&lt;p onclick="x()"&gt;好&lt;img src="/i.png"&gt;&lt;/p&gt;</description></item>'
            )
        )
    )
    assert entry.summary == '<p>好<img src="http://a.cn/i.png"></p>'


@pytest.mark.parametrize("element", ["pubDate", "pubdate", "dc:date", "published", "updated", "date"])
def test_dates_are_ours_whatever_they_are_called(element: str):
    entry = only(read(rss(f"<item><title>甲</title><{element}>2024年5月6日 14:30</{element}></item>")))
    assert local(entry) == "2024-05-06 14:30"


def test_the_address_is_the_second_witness_of_the_date():
    item = "<item><title>甲</title><link>http://x.gov.cn/202404/t20240401_1.html</link>{}</item>"
    silent = only(read(rss(item.format(""))))
    assert (local(silent), silent.date_source) == ("2024-04-01 00:00", DateSource.URL)
    reading = read(rss(item.format("<pubDate>2024-05-06 14:30</pubDate>")))
    assert (local(only(reading)), only(reading).date_source) == ("2024-05-06 14:30", DateSource.FEED)
    assert reading.detail == "1 条的日期与网址中的日期相差两天以上"


ATTACKS = {
    "entities": '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><rss><channel><item><title>甲&a9;</title></item></channel></rss>",
    "files": '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>甲&x;</title></item></channel></rss>',
    "network": '<?xml version="1.0"?><!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><rss><channel><item><title>甲&x;</title></item></channel></rss>',
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_entities_are_neither_expanded_nor_fetched(attack: str):
    assert only(read(attack)).title in ("甲&a9;", "甲&x;")


def test_of_a_hundred_thousand_items_the_newest_are_read():
    def items(years: list[int]) -> str:
        return rss(
            "".join(
                f"<item><title>第{n}条</title><link>/{n}</link><pubDate>{year}-05-06</pubDate></item>"
                for n, year in enumerate(years)
            )
        )

    started = time.monotonic()
    falling = read(items([2023] * 50_000 + [2022] * 50_000))
    rising = read(items([2022] * 50_000 + [2023] * 50_000))
    assert time.monotonic() - started < 30
    assert (len(falling.entries), falling.entries[0].title) == (1000, "第0条")
    assert (len(rising.entries), rising.entries[-1].title) == (1000, "第99999条")
    assert falling.detail == "共 100000 条，只读最新的 1000 条"


def test_of_a_long_json_feed_that_is_oldest_first_the_newest_are_read():
    items = [
        {"id": str(n), "title": f"第{n}条", "date_published": f"{2022 + n // 1000}-05-06"}
        for n in range(1100)
    ]
    reading = read(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}))
    assert (len(reading.entries), reading.entries[-1].title) == (1000, "第1099条")
    assert reading.detail == "共 1100 条，只读最新的 1000 条"


@pytest.mark.parametrize(
    "content",
    [
        "<rss>" + "<" * 300000,
        "<rss><item><title>" + "&" * 300000,
        "<rss><item><title>" + "<![CDATA[" * 100000,
        "<rss><item><title>" + "<!--" * 100000,
        "<!DOCTYPE" * 100000 + "<rss><item>",
        "<rss><item>" + "<a>" * 50000,
        " " * 2000000 + "<rss><item>",
        "x " * 1000000 + "<rss><item>",
        "<rss " + "a='1' " * 20000 + "><item>",
    ],
)
def test_hostile_documents_cost_seconds_at_most(content: str):
    started = time.monotonic()
    read(content)
    assert time.monotonic() - started < 20


PIECES = st.sampled_from(
    [
        "<rss>",
        "<channel>",
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<link>",
        "http://[x",
        "<![CDATA[",
        "]]>",
        "&",
        "&#0;",
        "&#xD800;",
        "&x;",
        "<?xml version='1.0' encoding='hex'?>",
        "<!DOCTYPE x [",
        "<feed>",
        "<entry>",
        "<pubDate>",
        "9999-99-99",
        "昨天",
        "\x00",
        "\ufffe",
        "<guid>",
        "</rss>",
        "<content type='xhtml'>",
        "xml:base='http://['",
        "<a href='",
        "ÿ",
        "{",
        '"items":[',
    ]
)


@given(
    st.one_of(st.binary(), st.lists(PIECES).map(lambda pieces: "".join(pieces).encode())),
    st.sampled_from(["", "text/html", "text/xml; charset=gbk"]),
)
def test_any_document_is_read(content: bytes, content_type: str):
    reading = read(content, content_type)
    assert (reading.outcome is Outcome.OK) == bool(reading.entries)
    assert all(entry.title and entry.ident for entry in reading.entries)


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda each: (
        st.lists(each)
        | st.dictionaries(st.sampled_from(["id", "url", "title", "content_html", "date_published"]), each)
    ),
)


@given(VALUES, st.lists(VALUES))
def test_any_json_is_read(title: object, items: list[object]):
    read(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": title, "items": items}))


# Real feeds


def real_feeds() -> list[Path]:
    return sorted(path for path in FEEDS.rglob("*") if path.suffix in (".xml", ".rss"))


needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="real feeds are not there")
LATER = datetime(2026, 11, 24, tzinfo=UTC)


@cache
def read_real(path: Path) -> Reading:
    return read(path.read_bytes(), fetched=LATER)


@needs_corpus
def test_every_real_feed_is_read():
    for path in real_feeds():
        assert read_real(path).outcome is (Outcome.EMPTY if path.name == "douyin.xml" else Outcome.OK), (
            path.name
        )


def written_dates(path: Path) -> list[datetime | None]:
    """Read dates by the standard library alone: RFC 822, ISO 8601, and the one form that kc0011 uses."""
    text = path.read_bytes().decode("gb18030" if path.suffix == ".rss" else "utf-8")
    root = etree.fromstring(re.sub(r"^\s*<\?xml.*?\?>", "", text).encode(), etree.XMLParser(recover=True))
    dates = []
    for item in root.iter("{*}item", "{*}entry"):
        found = (
            item.findtext("{*}pubDate")
            or item.findtext("{*}pubdate")
            or item.findtext("{*}published")
            or item.findtext("{*}updated")
        )
        dates.append(moment(found.strip()) if found else None)
    return dates


def moment(text: str) -> datetime | None:
    if re.match(r"\d{4}/", text):
        return datetime.strptime(text, "%Y/%m/%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    found = datetime.fromisoformat(text) if text[0].isdigit() else parsedate_to_datetime(text)
    return found if found.year >= 1995 else None


@needs_corpus
def test_the_dates_of_real_feeds_are_those_that_another_reader_reads():
    checked = 0
    for path in real_feeds():
        entries = read_real(path).entries
        written = written_dates(path)
        if path.name == "techweb.xml":
            written = written[: len(entries)]
        assert [entry.published for entry in entries] == written, path.name
        checked += len(written)
    assert checked > 2200


@needs_corpus
@pytest.mark.parametrize(("name", "rows", "stories"), [("qbitai", 600, 96), ("huxiu", 119, 112)])
def test_versions_of_a_feed_give_each_story_one_ident(name: str, rows: int, stories: int):
    versions = [read_real(path).entries for path in sorted((FEEDS / "sequence" / name).iterdir())]
    assert sum(map(len, versions)) == rows
    assert len({entry.ident for entries in versions for entry in entries}) == stories


@needs_corpus
def test_real_feeds_in_another_encoding_give_the_same_entries():
    for path, declared in zip(real_feeds(), cycle(("gb2312", "gbk", "utf-8", "big5", None)), strict=False):
        text = path.read_bytes().decode("gb18030" if path.suffix == ".rss" else "utf-8")
        attribute = f' encoding="{declared}"' if declared else ""
        recoded = re.sub(r"^<\?xml[^>]*\?>", f'<?xml version="1.0"{attribute}?>', text).encode("gb18030")
        assert read(recoded, fetched=LATER).entries == read_real(path).entries, path.name
