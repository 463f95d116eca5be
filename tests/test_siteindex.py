"""The index that the search page reads: what is in it is found, and it changes only where texts do."""

import hashlib
import json
import re
from dataclasses import replace
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from searched import INDUSTRIES, SHELVES, files_of, make_filed_article, make_filed_issue, read_all

from xcbulletin.archive.filed import FiledIssue
from xcbulletin.archive.folding import fold
from xcbulletin.archive.siteindex import pieces, shards
from xcbulletin.archive.siteindex.files import READERS
from xcbulletin.archive.siteindex.numbers import numbers, read_numbers
from xcbulletin.archive.siteindex.pieces import cut, gram_hash

TEXT = st.text('光伏芯片储能ab12 ，。\nＡ①…\U00020bb7👍\u2028|#"\\<é\u0301', max_size=30)


def called(content: bytes) -> list[Any]:
    match = re.fullmatch(r"archiveSearch\.\w+\((.*)\);\n", content.decode(), re.DOTALL)
    assert match
    return list(json.loads(f"[{match[1]}]"))


class Index:
    """Reads the files as search.js does."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        (self.meta,) = called(files["search/meta.js"])
        (self.lists,) = called(files["search/articles.js"])
        self.rooms = read_numbers(self.lists["rooms"])
        self.texts = dict(called(content) for name, content in files.items() if "/t/" in name)

    def find(self, word: str) -> list[tuple[str, str]]:
        starts = (
            [0] if len(word) == 1 else [*range(0, len(word) - 1, 2), *([len(word) - 2] * (len(word) % 2))]
        )
        grams = [word + "\n"] if len(word) == 1 else [word[start : start + 2] for start in starts]
        looked = [self.blocks(gram) for gram in grams]
        hits = []
        for order in sorted(set.intersection(*(set(one) for one in looked)), reverse=True):
            moved = [
                {place - start for place in one[order]} for one, start in zip(looked, starts, strict=True)
            ]
            hits += [self.name(order, article) for article in self.articles(order, set.intersection(*moved))]
        return hits

    def blocks(self, gram: str) -> dict[int, list[int]]:
        shard = gram_hash(gram) % self.meta["shards"]
        number, postings = called(self.files[f"search/g/{shard}.js"])
        assert number == shard
        blocks = {}
        for block in postings.get(gram, "").split("|")[1:]:
            order, *gaps = read_numbers(block)
            blocks[order] = list(accumulate(gaps))
        return blocks

    def articles(self, order: int, places: set[int]) -> list[int]:
        first = sum(one[3] for one in self.meta["issues"][:order])
        found, start = [], 0
        for article in range(first, first + self.meta["issues"][order][3]):
            end = start + pieces.ROOM * self.rooms[article]
            if any(start <= place < end for place in places):
                found.append(article)
            start = end
        return found

    def name(self, order: int, article: int) -> tuple[str, str]:
        first = sum(one[3] for one in self.meta["issues"][:order])
        issue, files = self.meta["issues"][order][0], read_numbers(self.lists["file"])
        at = sum(one == files[article] for one in files[first:article])
        page = self.texts[f"{issue}-{files[article]}"][at][1]
        return issue, page.rpartition("/")[2].removesuffix(".html")


@given(st.lists(st.integers(0, 10**9)))
def test_numbers_are_read_back(values: list[int]) -> None:
    written = numbers(values)
    assert read_numbers(written) == values
    assert not set(written) & set('"\\|\n\r\u2028\u2029 ')


@pytest.mark.parametrize(
    ("number", "size"), [(0, 2), (1887, 2), (1888, 3), (107_615, 3), (107_616, 4), (10**9, 6)]
)
def test_a_number_takes_few_bytes(number: int, size: int) -> None:
    assert len(numbers([number]).encode()) == size


@given(st.lists(st.lists(st.tuples(TEXT, TEXT), max_size=3), max_size=3), st.data())
def test_every_word_is_found_that_reading_finds(
    texts: list[list[tuple[str, str]]], data: st.DataObject
) -> None:
    issues = [
        make_filed_issue(
            f"2021-{month:02}",
            *(
                make_filed_article(n, text, title.replace("\n", ""))
                for n, (title, text) in enumerate(articles)
            ),
        )
        for month, articles in enumerate(texts, 1)
    ]
    lines = [
        line for one in texts for pair in one for text in pair for line in fold(text).split("\n") if line
    ]
    word = data.draw(TEXT.map(lambda text: fold(text).replace("\n", "")).filter(bool))
    if lines and data.draw(st.booleans()):
        line = data.draw(st.sampled_from(lines))
        start = data.draw(st.integers(0, len(line) - 1))
        word = line[start : data.draw(st.integers(start + 1, len(line)))]
    index = Index(files_of(*issues))
    assert index.find(word) == read_all(issues, [word])


def test_long_articles_and_many_articles_are_found() -> None:
    long = make_filed_issue(
        "2021-01",
        make_filed_article(1, "前" * 60_000 + "光伏"),
        make_filed_article(2, "后" * 108_000 + "芯片"),
    )
    many = make_filed_issue("2021-02", *(make_filed_article(n, f"第{n}篇光伏") for n in range(3_000)))
    index = Index(files_of(long, many))
    for word in ("光伏", "芯片", "前光", "第2999篇", "片", "篇光伏"):
        assert index.find(word) == read_all((long, many), [word])


@pytest.mark.parametrize("length", [pieces.ROOM - 3, pieces.ROOM - 2, pieces.ROOM - 1, pieces.ROOM])
def test_an_article_that_fills_its_room_does_not_run_into_the_next(length: int) -> None:
    first = make_filed_article(1, "前" * (length - 4) + "光伏", "题")
    issue = make_filed_issue("2021-01", first, make_filed_article(2, "文", "芯片"))
    index = Index(files_of(issue))
    for word in ("光伏芯片", "光伏", "芯片", "伏芯"):
        assert index.find(word) == read_all([issue], [word])


def test_what_no_article_has_is_not_found() -> None:
    issue = make_filed_issue(
        "2021-01", make_filed_article(1, "风电\n光伏", "产业"), make_filed_article(2, "芯片")
    )
    index = Index(files_of(issue))
    assert [index.find(word) for word in ("电光", "业风", "光芯", "伏芯片", "伏标")] == [[]] * 5


def test_meta_tells_of_issues_and_articles() -> None:
    articles = (
        make_filed_article(1, "文", "Ａ…", column="editorial", industries=("nev", "ai")),
        make_filed_article(2, "二", column="report"),
    )
    files = files_of(make_filed_issue("2021-01", *articles), make_filed_issue("2021-02", label=""))
    (meta,) = called(files["search/meta.js"])
    assert meta["issues"] == [
        ["2021-01", "2021-01-25", "2021年第1期", 2],
        ["2021-02", "2021-02-25", "快递", 0],
    ]
    assert (meta["industries"], meta["columns"]) == (list(INDUSTRIES), list(SHELVES))
    (lists,) = called(files["search/articles.js"])
    assert {name: read_numbers(written) for name, written in lists.items()} == {
        "column": [0, 2],
        "industry": [0b1010, 0],
        "title": [4, 2],
        "rooms": [1, 1],
        "file": [0, 0],
    }


def test_texts_are_shown_as_they_were_written_in_files_of_a_size() -> None:
    issue = make_filed_issue(
        "2021-01", *(make_filed_article(n, "汉" * 1_000, "<b>”\u2028") for n in range(3))
    )
    files = {name: content for name, content in files_of(issue).items() if "/t/" in name}
    assert sorted(files) == ["search/t/2021-01-0.js", "search/t/2021-01-1.js"]
    name, articles = called(files["search/t/2021-01-1.js"])
    assert (name, articles) == ("2021-01-1", [["<b>”\u2028", "issues/2021-01/news-002.html", "汉" * 1_000]])
    assert "\u2028" not in files["search/t/2021-01-1.js"].decode()


def varied(month: str, seed: int) -> FiledIssue:
    """An issue of 20 articles with 300 characters of their own each."""
    return make_filed_issue(
        month,
        *(
            make_filed_article(
                n, "".join(chr(0x4E00 + (seed + n * 7 + at * at) % 3_000) for at in range(300))
            )
            for n in range(20)
        ),
    )


def test_a_changed_article_changes_few_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "_BYTES", 500)
    issues = [varied(f"2021-{month:02}", month * 100) for month in range(1, 7)]
    first, *others = issues[2].articles
    longer = replace(first, text=f"{first.text}光伏板")
    changed = replace(issues[2], articles=(longer, *others))
    before, after = files_of(*issues), files_of(*issues[:2], changed, *issues[3:])
    different = [name for name in before if before[name] != after.get(name)]
    assert before.keys() == after.keys()
    assert 0 < len(different) <= 16
    assert len([name for name in before if "/g/" in name]) >= 256


@pytest.mark.parametrize("size", [500, 100_000_000])
@pytest.mark.parametrize("together", [2, 3])
def test_shares_make_up_the_whole(monkeypatch: pytest.MonkeyPatch, size: int, together: int) -> None:
    monkeypatch.setattr(shards, "_BYTES", size)
    issues = [varied(f"2021-{month:02}", month) for month in (1, 2)]
    parts = [files_of(*issues, share=share, shares=together) for share in range(together)]
    assert sum(map(len, parts)) == len(files_of(*issues))
    assert {name: content for part in parts for name, content in part.items()} == files_of(*issues)


@pytest.mark.parametrize("size", [500, 2_000, 100_000])
def test_grams_are_found_in_the_shard_of_their_hash(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(shards, "_BYTES", size)
    issues = [varied(f"2021-{month:02}", month) for month in (1, 2)]
    index = Index(files_of(*issues))
    for word in ("一丁", issues[0].articles[3].text[50:57], issues[1].articles[9].text[-1]):
        assert index.find(word) == read_all(issues, [word])


def test_an_empty_archive_has_its_files() -> None:
    files = files_of()
    assert sorted(files) == ["search/articles.js", "search/g/0.js", "search/meta.js"]
    assert cut(make_filed_issue("2021-01")) == pieces.NOTHING
    assert called(files["search/g/0.js"]) == [0, {}]


def test_the_same_issues_make_the_same_bytes() -> None:
    assert cut(varied("2021-01", 5)) == cut(varied("2021-01", 5))
    assert files_of(varied("2021-01", 5)) == files_of(varied("2021-01", 5))


FORM = "2f92edb4e6f7c89891ff4570fcddc915013a6d5fc0fe5162dd2af13235be4bb4"
"""SHA-256 of the index of the issues below."""


def test_an_index_of_another_form_has_readers_known_by_other_words() -> None:
    """Where this fails, the index has another form, and search pages that workspaces have copied cannot read it.

    Let READERS name words that only the new templates have; then write down here what both are now.
    """
    first = make_filed_article(1, "光伏与储能。\n光", "芯片", column="editorial", industries=("nev", "ai"))
    second = make_filed_article(2, "前" * 5_000 + "光伏", column="report")
    files = files_of(make_filed_issue("2021-01", first, second), make_filed_issue("2021-02", second))
    digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
    assert (digest, READERS) == (
        FORM,
        {"archive/search.html": b"search/articles.js", "archive/search.js": b"takeArticles"},
    )


def test_grams_are_spread_over_sections() -> None:
    found = [
        gram_hash(chr(0x4E00 + one) + chr(0x4E00 + other)) % pieces.SECTIONS
        for one in range(100)
        for other in range(100)
    ]
    counts = [found.count(section) for section in range(pieces.SECTIONS)]
    assert min(counts) > 100
    assert max(counts) < 220


ISSUES = [
    make_filed_issue(f"2021-{month:02}", *(make_filed_article(number, "") for number in range(2)))
    for month in (1, 2, 3)
]
TEXTS = st.lists(st.text("光伏芯片a|。", max_size=8), min_size=2, max_size=2)


def with_texts(issue: FiledIssue, texts: list[str]) -> FiledIssue:
    return replace(
        issue,
        articles=tuple(
            replace(article, text=text) for article, text in zip(issue.articles, texts, strict=True)
        ),
    )


@given(st.lists(TEXTS, min_size=3, max_size=3), st.dictionaries(st.integers(0, 3), TEXTS, max_size=3))
def test_a_shard_that_is_changed_is_what_it_would_be_made_anew(
    before: list[list[str]], changed: dict[int, list[str]]
) -> None:
    old = [cut(with_texts(issue, texts)) for issue, texts in zip(ISSUES, before, strict=True)]
    late = make_filed_issue("2021-04", *ISSUES[0].articles)
    new = [*old, cut(late)] if 3 in changed else list(old)
    for order, texts in changed.items():
        new[order] = cut(with_texts((*ISSUES, late)[order], texts))
    had = [*old, pieces.NOTHING]
    grams = {order: pieces.changed_grams(had[order], new[order]) for order in changed}
    was, now = (dict(shards.shard_files(some, 0, 1)) for some in (old, new))
    ((path, content),) = was.items()
    changes = shards.by_shard(grams, 1).get(0, {})
    assert shards.change_shard(content, 0, changes) == now[path]
    assert bool(changes) == (was != now)


def test_only_what_moved_is_told_as_changed() -> None:
    old, new = (
        make_filed_issue("2021-01", make_filed_article(1, text), make_filed_article(2, "光伏"))
        for text in ("光伏，储能", "光伏，储能芯片")
    )
    changed = pieces.changed_grams(cut(old), cut(new))
    assert set(changed) == {"能芯", "芯片", "芯\n", "片\n"}
    assert set(pieces.changed_grams(cut(new), cut(old)).values()) == {""}
