"""The short way through feeds as their specifications have them gives what feedparser gives."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import CORPUS
from hypothesis import given, settings
from hypothesis import strategies as st

from xcbulletin.collecting.following.sources import Source, SourceKind
from xcbulletin.collecting.items import Document, Reading
from xcbulletin.collecting.reading import wellformed
from xcbulletin.collecting.reading.feeds import parse_feed

DATA = Path(__file__).parent / "data" / "feeds"
FEEDS = sorted([*(CORPUS / "feeds").rglob("*.xml"), *(CORPUS / "feeds").rglob("*.rss")])
SOURCE = Source(name="示例", kind=SourceKind.FEED, url="https://feeds.example.org/a.xml", key="a")
ATOM, RSS1 = "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/"
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:terms="http://purl.org/dc/terms/" xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
)


def read(content: bytes) -> Reading:
    fetched = datetime(2024, 5, 7, 12, 0, tzinfo=UTC)
    return parse_feed(
        Document(url="https://feeds.example.org/d/a.xml", content=content, fetched=fetched), SOURCE
    )


def read_by_feedparser(content: bytes) -> Reading:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(wellformed, "parse", lambda _text: None)
        return read(content)


def rss(items: str, about: str = "<title>源</title><link>http://site.cn/news/</link>") -> str:
    return f'<rss version="2.0" xmlns:atom="{ATOM}" {NAMESPACES}><channel>{about}{items}</channel></rss>'


def atom(entries: str, about: str = '<title>源</title><link href="http://site.cn/news/"/>') -> str:
    return f'<feed xmlns="{ATOM}" {NAMESPACES}>{about}{entries}</feed>'


def rdf(items: str, about: str = "<title>源</title><link>http://site.cn/news/</link>") -> str:
    return f'<rdf:RDF xmlns="{RSS1}" {NAMESPACES}><channel rdf:about="http://site.cn/">{about}</channel>{items}</rdf:RDF>'


# The same as feedparser


@pytest.mark.parametrize("path", sorted(DATA.glob("*.xml")), ids=lambda path: path.name)
def test_our_samples_are_read_alike(path: Path) -> None:
    assert read(path.read_bytes()) == read_by_feedparser(path.read_bytes())


@pytest.mark.skipif(not FEEDS, reason="needs the real feeds of corpus/")
def test_real_feeds_are_read_alike() -> None:
    for path in FEEDS:
        assert read(path.read_bytes()) == read_by_feedparser(path.read_bytes()), path.name


words = st.sampled_from(
    (
        *(
            "许昌",
            "A &amp; B",
            "&lt;b&gt;粗&lt;/b&gt;",
            "<![CDATA[<p>段 &amp; 落</p>]]>",
            "<![CDATA[a]]>b",
            "&#20013;",
            "&amp;lt;",
        ),
        *(
            "&nbsp;",
            "\n",
            "  ",
            "&#13;",
            "",
            "<!-- 注 -->",
            "<?p i?>",
            "é",
            "Ã©",
            "\u2028",
            "&copy;",
            "x]]&gt;y",
            "“",
            "&#147;",
        ),
        *("<b>粗</b>", "<br/>", "AT&T", "&unknown;", "\ue000", "𠮷"),
    )
)
text = st.lists(words, max_size=4).map("".join)
address = st.sampled_from(
    (
        *(
            "http://site.cn/1.html",
            "/2.html?a=1&amp;b=2",
            " 3.html ",
            "http:////site.cn/4",
            "https://另.cn/5#/x",
            "",
        ),
        *(
            "urn:uuid:1",
            "?a=1&amp;copy;=2",
            "javascript:x",
            "http://site.cn/&#34;",
            "tag:site.cn,2024:1",
            "mailto:a@b.cn",
        ),
    )
)
date = st.sampled_from(
    (
        *(
            "Tue, 07 May 2024 10:00:00 GMT",
            "2024-05-07T10:00:00+08:00",
            "2024年5月6日",
            "05/06/2024",
            "昨天",
            "",
        ),
        *("<![CDATA[2024-05-06]]>", " 2024-05-05 08:00 ", "31 Feb 2024 00:00:00 GMT"),
    )
)


def element(
    names: str, value: st.SearchStrategy[str], attributes: tuple[str, ...] = ("",)
) -> st.SearchStrategy[str]:
    return st.builds(
        "<{0}{1}>{2}</{0}>".format, st.sampled_from(names.split()), st.sampled_from(attributes), value
    )


KINDS = (
    "",
    ' type="text"',
    ' type="html"',
    ' type="text/html"',
    ' type="xhtml"',
    ' type="HTML"',
    ' type="image/png"',
)
usual = st.one_of(
    element("title", text),
    element("link guid", address),
    element("description content:encoded", text),
    element("pubDate dc:date", date),
)
unusual = st.one_of(
    element(
        "title description",
        text,
        ("", ' type="text"', ' xml:base="http://o.cn/"', ' xml:lang="zh"', ' mode="base64"'),
    ),
    element(
        "dc:title media:title media:description dc:description summary content fb:origLink dc:creator author",
        text,
    ),
    element("guid", address, (' isPermaLink="false"', ' isPermaLink="true"', ' ispermalink="FALSE"')),
    element("terms:created terms:issued terms:modified pubdate updated date", date),
    element(
        "category source comments enclosure media:content image unknown dc:identifier",
        text,
        ("", ' url="http://x.cn/y"'),
    ),
    st.sampled_from(
        (
            '<atom:link href="/self" rel="self"/>',
            '<atom:link href="/other"/>',
            "<media:content><media:title>图</media:title></media:content>",
        )
    ),
    element("atom:summary atom:content atom:title", text, KINDS),
)
in_atom = st.one_of(
    element("title summary content", text, KINDS),
    element("id", address),
    element("published updated dc:date", date),
    st.builds(
        '<link{1}{2} href="{0}"/>'.format,
        address,
        st.sampled_from(("", ' rel="alternate"', ' rel="self"', ' rel="enclosure"', ' rel="ALTERNATE"')),
        st.sampled_from(
            (
                "",
                ' type="text/html"',
                ' type="application/json"',
                ' hreflang="zh"',
                ' xml:base="http://o.cn/"',
            )
        ),
    ),
    element("author", st.just("<name>某</name><uri>http://x.cn/</uri>")),
    element("source", st.just("<title>他</title><id>urn:x</id>")),
    element("content:encoded description author category unknown", text),
)


def document(form: str) -> st.SearchStrategy[str]:
    """Generate feeds, about half of them as the specification has them."""
    make, item = {"rss": (rss, "item"), "rdf": (rdf, "item"), "atom": (atom, "entry")}[form]
    part = in_atom if form == "atom" else st.one_of(usual, usual, unusual)
    about = st.lists(part, max_size=3).map("".join)
    opening = st.sampled_from(
        (f"<{item}>", f"<{item}>", f'<{item} rdf:about="http://site.cn/9">', f'<{item} xml:lang="en">')
    )
    one = st.builds(
        "{}{}{}".format, opening, st.lists(part, max_size=6).map("".join), st.just(f"</{item}>\n")
    )
    return st.builds(make, st.lists(one, max_size=3).map("".join), about)


@settings(max_examples=300)
@given(st.sampled_from(("rss", "rdf", "atom")).flatmap(document))
def test_generated_feeds_are_read_alike(written: str) -> None:
    assert read(written.encode()) == read_by_feedparser(written.encode())


LINK, GUID = "<title>a</title><link>http://site.cn/1</link>", "<title>a</title><guid>http://site.cn/2</guid>"


@pytest.mark.parametrize(
    "written",
    [
        rss(f"<item>{LINK}<guid>http://site.cn/2</guid></item>"),
        rss(f"<item>{GUID}<link>http://site.cn/1</link></item>"),
        rss(f"<item>{GUID}</item>"),
        rss(
            "<item><title>CafÃ©</title></item><item><title>Café</title></item><item><title>中Ã©</title></item>"
        ),
        rss('<item><title>a</title><guid isPermaLink="false">http://site.cn/2</guid></item>'),
        rss(f'<item>{LINK}<atom:link href="/other"/><atom:link href="/self" rel="self"/></item>'),
        rss("<item><title>a</title><content:encoded>b</content:encoded><description>c</description></item>"),
        rss(
            f"<item>{LINK}</item>",
            "<title>源</title><link>/a</link><image><title>图</title><link>/b</link></image>",
        ),
        rdf('<item rdf:about="http://site.cn/3"><title>a</title></item>'),
        atom('<entry><id>http://site.cn/2</id><title>a</title><link href="http://site.cn/1"/></entry>'),
        atom(
            '<entry><title type="html">&lt;b&gt;a</title><content>&lt;b&gt;</content></entry>',
            "<id>http://x.cn/</id>",
        ),
    ],
)
def test_what_outdoes_what_is_settled_alike(written: str) -> None:
    assert wellformed.parse(written) is not None
    assert read(written.encode()) == read_by_feedparser(written.encode())


# Which are read here


ITEM = (
    "<title>标题</title><link>http://site.cn/1</link><description><![CDATA[<p>文</p>]]></description>"
    "<content:encoded>全文</content:encoded><dc:date>2024-05-06T10:00:00+08:00</dc:date>"
)
ENTRY = (
    '<title type="html">标题</title><link href="http://site.cn/1"/><id>urn:1</id><updated>2024-05-06T10:00:00Z</updated>'
    '<author><name>某</name></author><content type="html">文</content><summary>摘要</summary>'
)


@pytest.mark.parametrize(
    "written", [rss(f"<item>{ITEM}</item>" * 2), rdf(f"<item>{ITEM}</item>"), atom(f"<entry>{ENTRY}</entry>")]
)
def test_what_is_as_specified_is_read_here(written: str) -> None:
    assert wellformed.parse(written) is not None


@pytest.mark.parametrize(
    "written",
    [
        rss(f"<item>{ITEM}"),
        rss(f"<item>{ITEM}<title>又一个</title></item>"),
        rss("<item><title>a<b>c</b></title></item>"),
        rss('<item><description type="text">a</description></item>'),
        rss("<item><media:title>图</media:title></item>"),
        rss('<item xml:base="http://o.cn/"/>'),
        rss("<item><atom:summary>&lt;b&gt;a&lt;/b&gt;</atom:summary></item>"),
        atom(
            '<entry><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a</div></content></entry>'
        ),
        atom('<entry><content type="image/png">aGFsbG8=</content></entry>'),
        f'<feed xmlns:r="{RSS1}" xmlns="{ATOM}"/>',
        "<opml/>",
        "",
        "<rss><channel>&x;</channel></rss>",
        "<rss>" * 1000,
    ],
)
def test_all_else_is_left_to_feedparser(written: str) -> None:
    assert wellformed.parse(written) is None


@given(st.text())
def test_any_text_does_no_harm(written: str) -> None:
    wellformed.parse(written)
    wellformed.parse(rss(written))
