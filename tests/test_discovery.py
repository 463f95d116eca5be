"""A site's feeds are found from any page of it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.items import Document, FetchError, Outcome, Request
from xcbulletin.collecting.reading.discovery import Candidate, Origin, discover, find_feeds

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PAGE = "https://www.example.cn/news/index.html"
RSS = (
    "<rss version='2.0'><channel><title>{title}</title>"
    "<item><title>标题</title><link>https://www.example.cn/1</link></item></channel></rss>"
)
USUAL = [
    f"https://www.example.cn/{folder}{path}"
    for folder in ("news/", "")
    for path in [
        "feed/",
        "rss/",
        "rss.xml",
        "feed.xml",
        "atom.xml",
        "index.xml",
        "index.rss",
        "feed.atom",
        "rss/feed.xml",
    ]
]


def make_document(content: str, url: str = PAGE) -> Document:
    return Document(url=url, content=content.encode(), fetched=NOW)


def named(content: str) -> list[tuple[str, Origin, str | None]]:
    found = find_feeds(make_document(content))
    return [(one.url, one.origin, one.title) for one in found if one.origin is not Origin.WELL_KNOWN]


def test_a_page_that_is_a_feed_is_the_only_candidate() -> None:
    assert find_feeds(make_document(RSS.format(title="科技新闻"))) == (
        Candidate(url=PAGE, origin=Origin.SELF, title="科技新闻"),
    )


def test_a_json_feed_is_a_feed() -> None:
    content = '{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "1", "title": "t", "url": "https://a.cn/1"}]}'
    assert find_feeds(make_document(content))[0].origin is Origin.SELF


def test_the_links_of_the_head_are_relative_to_the_page_or_its_base() -> None:
    link = '<link rel="alternate" type="application/rss+xml" title=" 最新 " href="feed.php?id=1">'
    assert named(f"<head>{link}</head>") == [
        ("https://www.example.cn/news/feed.php?id=1", Origin.LINK, "最新")
    ]
    assert named(f"<head><base href='/a/'>{link}</head>")[0][0] == "https://www.example.cn/a/feed.php?id=1"


@pytest.mark.parametrize(
    ("link", "is_feed"),
    [
        ('rel="alternate" type="application/atom+xml" href="/x"', True),
        ('rel="ALTERNATE home" type="Application/RSS+XML; charset=gbk" href="/x"', True),
        ('rel="alternate" type="application/feed+json" href="/x"', True),
        ('rel="feed" href="/x"', True),
        ('rel="alternate" type="text/xml" href="/rss.xml"', True),
        ('rel="alternate" type="text/xml" href="/sitemap.xml"', False),
        ('rel="alternate" type="application/json" href="/wp-json/feed/1"', False),
        ('rel="alternate" type="application/json+oembed" href="/oembed?feed"', False),
        ('rel="alternate" hreflang="en" href="/en/"', False),
        ('rel="stylesheet" type="application/rss+xml" href="/x"', False),
        ('rel="alternate" type="application/rss+xml" href="javascript:x"', False),
    ],
)
def test_only_links_to_feeds_count(link: str, is_feed: bool) -> None:
    assert bool(named(f"<head><link {link}></head>")) is is_feed


def test_links_on_the_page_to_feeds_count_less() -> None:
    page = (
        '<a href="/rss/news.xml">RSS订阅</a><a href="/news/1.html">新闻</a><a href="/feed">订阅</a>'
        '<link rel="alternate" type="application/rss+xml" href="https://feeds.example.com/x">'
        '<link rel="alternate" type="application/rss+xml" href="/own">'
    )
    assert [url for url, _, _ in named(page)] == [
        "https://www.example.cn/own",
        "https://feeds.example.com/x",
        "https://www.example.cn/rss/news.xml",
        "https://www.example.cn/feed",
    ]


def test_the_usual_places_come_last_and_no_address_twice() -> None:
    page = '<link rel="alternate" type="application/rss+xml" href="/news/feed/">'
    urls = [one.url for one in find_feeds(make_document(page))]
    assert urls == [
        "https://www.example.cn/news/feed/",
        *(url for url in USUAL if url != "https://www.example.cn/news/feed/"),
    ]


# With the network


def fetching(documents: dict[str, str]) -> tuple[Callable[[Request], Document], list[str]]:
    asked: list[str] = []

    def fetch(request: Request) -> Document:
        asked.append(request.url)
        if request.url not in documents:
            raise FetchError(Outcome.HTTP, "404", status=404)
        return make_document(documents[request.url], request.url)

    return fetch, asked


LINKS = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{n}">' for n in range(9))


def test_what_the_page_names_is_tried_and_what_cannot_be_read_is_left_out() -> None:
    documents = {
        "https://www.example.cn/1": RSS.format(title="一"),
        "https://www.example.cn/2": "<html>无</html>",
    }
    fetch, asked = fetching(documents)
    found = discover(make_document(LINKS), fetch)
    assert [(one.candidate.url, one.reading.title) for one in found] == [("https://www.example.cn/1", "一")]
    assert asked == [f"https://www.example.cn/{n}" for n in range(6)]


def test_the_usual_places_are_tried_until_the_first_feed() -> None:
    fetch, asked = fetching({"https://www.example.cn/news/rss.xml": RSS.format(title="常")})
    found = discover(make_document("<p>没有声明</p>"), fetch)
    assert [one.candidate.origin for one in found] == [Origin.WELL_KNOWN]
    assert asked == USUAL[:3]


def test_a_site_without_a_feed_has_none() -> None:
    fetch, asked = fetching({})
    assert discover(make_document("<p>没有</p>"), fetch) == ()
    assert asked == USUAL


def test_a_wall_is_not_run_against() -> None:
    fetch, asked = fetching({})
    wall = "<html><title>安全验证</title><body>请完成安全验证后继续访问</body></html>"
    assert discover(make_document(wall), fetch) == ()
    assert asked == []


def test_a_feed_is_not_fetched_again() -> None:
    fetch, asked = fetching({})
    assert len(discover(make_document(RSS.format(title="一")), fetch)) == 1
    assert asked == []


@given(st.text(max_size=200))
def test_any_page_has_candidates(content: str) -> None:
    page = make_document(
        f"<link rel=feed href='{content}'><a href='{content}/feed'>{content}".encode(
            "utf-8", "replace"
        ).decode()
    )
    assert all(one.url.startswith("http") for one in find_feeds(page))
