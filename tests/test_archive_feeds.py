"""Feeds, read back by a feed reader."""

import datetime
import json
from dataclasses import replace
from typing import Any

import feedparser
from archivesite import SITE, archive, links, page, print_issue, templates_of
from conftest import make_article
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from xcbulletin.archive.site.feeds import MOST, format_json_feed, make_feed
from xcbulletin.archive.site.listing import list_articles
from xcbulletin.model import Correction

SERVED = replace(SITE, base_url="http://192.168.1.20/archive")
FILED = print_issue(make_article()).filed
TEMPLATES = templates_of()


def atom(files: dict[str, bytes], code: str = "all") -> Any:
    read = feedparser.parse(files[f"feeds/{code}.xml"])
    assert not read.bozo
    return read


def json_feed(files: dict[str, bytes], code: str = "all") -> Any:
    return json.loads(files[f"feeds/{code}.json"])


def test_a_feed_tells_of_an_article() -> None:
    article = make_article(title="甲", author="张三", summary="一句话。", industries=("ai",))
    files = archive(print_issue(article), site=SERVED)
    (entry,) = atom(files).entries
    address = "http://192.168.1.20/archive/issues/2021-01/news-01.html"
    assert (entry.title, entry.link, entry.summary, entry.author) == ("甲", address, "一句话。", "张三")
    assert entry.published == entry.updated == "2021-01-25T00:00:00+08:00"
    assert [tag.term for tag in entry.tags] == ["新一代人工智能产业"]
    (item,) = json_feed(files)["items"]
    assert item == {
        "id": entry.id,
        "url": address,
        "title": "甲",
        "content_text": "一句话。",
        "date_published": entry.published,
        "date_modified": entry.updated,
        "tags": ["新一代人工智能产业"],
        "authors": [{"name": "张三"}],
    }


def test_a_feed_tells_of_itself() -> None:
    files = archive(print_issue(make_article()), site=SERVED)
    read, own = atom(files, "ai").feed, json_feed(files, "ai")
    assert read.title == own["title"] == "许昌竞争情报快递：新一代人工智能产业"
    assert read.author == own["authors"][0]["name"] == "许昌市科学技术情报研究所"
    base = "http://192.168.1.20/archive"
    assert {one.rel: one.href for one in read.links} == {
        "alternate": f"{base}/industries/ai/index.html",
        "self": f"{base}/feeds/ai.xml",
    }
    assert (own["home_page_url"], own["feed_url"]) == (
        f"{base}/industries/ai/index.html",
        f"{base}/feeds/ai.json",
    )


def test_without_an_address_links_are_relative_and_none_leads_to_itself() -> None:
    files = archive(print_issue(make_article()))
    tree = etree.fromstring(files["feeds/all.xml"])
    assert tree.xpath("//@href") == ["../index.html", "../issues/2021-01/news-01.html"]
    assert json_feed(files)["items"][0]["url"] == "../issues/2021-01/news-01.html"
    assert "feed_url" not in json_feed(files)


def test_a_correction_makes_an_article_new_and_a_better_title_does_not() -> None:
    corrected = Correction(date=datetime.date(2021, 3, 1), note="数字有误")
    first = atom(archive(print_issue(make_article(title="甲"))))
    later = atom(archive(print_issue(make_article(title="乙", corrections=(corrected,)))))
    assert first.entries[0].id == later.entries[0].id
    assert first.entries[0].id.startswith("urn:uuid:")
    assert later.entries[0].updated == later.feed.updated == "2021-03-01T00:00:00+08:00"
    assert later.entries[0].published == "2021-01-25T00:00:00+08:00"


def test_a_feed_holds_the_newest_of_its_industry() -> None:
    many = [make_article(title=f"题{index}", industries=("ai",)) for index in range(MOST)]
    files = archive(
        print_issue(*many), print_issue(make_article(title="新", industries=("robot",)), month="2021-02")
    )
    assert [one.title for one in atom(files).entries] == ["新", *(f"题{index}" for index in range(MOST - 1))]
    assert [one.title for one in atom(files, "robot").entries] == ["新"]
    assert len(atom(files, "ai").entries) == len(json_feed(files, "ai")["items"]) == MOST


def test_two_articles_of_one_title_are_two_entries() -> None:
    entries = atom(archive(print_issue(make_article(title="同"), make_article(title="同")))).entries
    assert len({one.id for one in entries}) == 2


def test_no_other_bulletin_has_the_same_names() -> None:
    """Who reads two bulletins of this program's has `issues/2021-01/editorial.md` of both (RFC 4287, section 4.2.6)."""
    feeds = [atom(archive(print_issue(make_article()), site=replace(SITE, title=title))) for title in "甲乙"]
    assert feeds[0].feed.id != feeds[1].feed.id
    assert feeds[0].entries[0].id != feeds[1].entries[0].id


def test_an_empty_feed_is_one_all_the_same() -> None:
    files = archive()
    assert atom(files).entries == json_feed(files)["items"] == []
    assert atom(files).feed.updated == "1970-01-01T00:00:00+08:00"


def test_pages_name_their_feeds() -> None:
    files = archive(print_issue(make_article()))
    assert links(page(files, "index.html"), "link[rel=alternate]") == ["feeds/all.xml", "feeds/all.json"]
    assert links(page(files, "industries/ai/index.html"), "link[rel=alternate]") == [
        "../../feeds/ai.xml",
        "../../feeds/ai.json",
    ]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_feed_is_well_formed_whatever_is_written(text: str) -> None:
    article = replace(FILED.articles[0], title=text, author=text, summary=text, text=text)
    entries = list_articles([replace(FILED, articles=(article,))], SITE)
    feed = make_feed("all", text, "index.html", entries, SITE)
    assert json.loads(format_json_feed(feed))["items"][0]["title"] == feed.entries[0].title
    wanted = "".join(one for one in text if one in "\t\n\r" or (one >= " " and one not in "\ufffe\uffff"))
    assert feed.entries[0].title == wanted
    etree.fromstring(TEMPLATES.render_page("archive/atom.xml", feed=feed).encode())
