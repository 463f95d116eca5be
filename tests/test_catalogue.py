"""Search in the database: the same on both, and the same as looking for the words in every text."""

import datetime
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from searched import make_filed_article, read_all
from searched import make_filed_issue as make_issue_of
from sqlalchemy import Connection, Engine, update

from xcbulletin.archive.catalogue import fts, grams, places, tables
from xcbulletin.archive.catalogue.finding import find
from xcbulletin.archive.catalogue.keeping import drop, put, stamps
from xcbulletin.archive.catalogue.queries import Found, Hit, Order, Query, parse_words
from xcbulletin.archive.filed import FiledArticle, FiledIssue
from xcbulletin.archive.folding import _Folds, fold
from xcbulletin.database import DatabaseError, open_engine, reading
from xcbulletin.model import IssueId

JANUARY = datetime.date(2021, 1, 29)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database of each kind, in which no test leaves anything."""
    url = "sqlite:///desk.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").format("postgres")
    engine = open_engine(url, tmp_path_factory.mktemp("catalogue"))
    yield engine
    engine.dispose()


@pytest.fixture
def connection(database: Engine) -> Iterator[Connection]:
    """A transaction that is not kept."""
    with passing(database) as connection:
        yield connection


@contextmanager
def passing(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def make_filed(title: str = "标题", text: str = "正文。", **fields: object) -> FiledArticle:
    return make_filed_article(1, text, title, **fields)


def make_filed_issue(
    *articles: FiledArticle, id: str = "2021-01", date: datetime.date = JANUARY
) -> FiledIssue:
    return make_issue_of("2021-01", *articles, id=IssueId(id), date=date)


def put_all(connection: Connection, *issues: FiledIssue) -> None:
    for issue in issues:
        put(connection, issue, "1")


def found(connection: Connection, typed: str = "", **asked: object) -> list[str]:
    """Return the titles found, all of them."""
    answer = find(connection, Query(words=parse_words(typed), **{"limit": 999, **asked}))  # type: ignore[arg-type]
    assert answer.total == len(answer.hits) or "limit" in asked
    return [hit.title for hit in answer.hits]


# Words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("光伏 许昌", ("光伏", "许昌")),
        ("　光伏　\t许昌\n", ("光伏", "许昌")),
        ("ＮＥＶ 5G", ("nev", "5g")),
        ("“产业 链” 芯片", ("产业 链", "芯片")),
        ('"产业   链"芯片', ("产业 链", "芯片")),
        ("＂产业 链＂", ("产业 链",)),
        ("“十四五”规划", ("十四五", "规划")),
        ("光伏 光伏", ("光伏",)),
        ("“没有关上 的", ("没有关上", "的")),
        ('“” "" ”', ()),
        ("", ()),
        ("a*b -c (d OR e)", ("a*b", "-c", "(d", "or", "e)")),
        ("坏\0\udc80字", ("坏��字",)),
    ],
)
def test_blanks_part_words_and_quotation_marks_keep_them_together(typed: str, words: tuple[str, ...]) -> None:
    assert parse_words(typed) == words


@given(some.text())
def test_whatever_is_typed_gives_words_that_every_database_takes(typed: str) -> None:
    for word in parse_words(typed):
        assert word
        assert "\n" not in word
        assert "\0" not in word.encode().decode()


def test_what_pieces_are_written_with_stands_in_no_folded_text() -> None:
    """So no two characters are written alike: what is written otherwise becomes what fold would have folded."""
    folds = _Folds()  # not the program's own, which would keep them all
    folded = {folds[code] for code in range(0x110000) if not 0xD800 <= code < 0xE000}
    written = set(map(chr, grams.WRITTEN.values()))
    assert len(written) == len(grams.WRITTEN)
    assert not {*written, "ｉ", "ｃ"} & set("".join(folded))
    assert not {"ｉ", "ｃ"} & written
    assert "" not in folded, "a place in a folded text is found in the text by their lengths"


def test_what_pieces_are_written_with_is_kept_by_sqlite_and_never_folded_to_something_else() -> None:
    """Its tokenizer `ascii` keeps letters and digits, and all above ASCII; it folds large letters of ASCII only."""
    for code in range(0x80):
        written = chr(code).translate(grams.WRITTEN)
        assert not written.isascii() or written in "abcdefghijklmnopqrstuvwxyz0123456789"


# Finding


def test_nothing_is_found_where_nothing_was_put(connection: Connection) -> None:
    assert find(connection, Query(words=("光伏",))) == Found(total=0, hits=())
    assert stamps(connection) == {}


def test_a_hit_tells_all_that_a_door_shows(connection: Connection) -> None:
    article = make_filed("光伏装机", "今年装机增长。", industries=("power", "nev"))
    put_all(connection, make_filed_issue(article, id="2021-01A"))
    assert find(connection, Query(words=("装机",))).hits == (
        Hit(
            issue=IssueId("2021-01A"),
            file="issues/x/news/001.md",
            slug="news-001",
            title="光伏装机",
            column="news",
            industries=("power", "nev"),
            date=JANUARY,
            snippet="今年装机增长。",
        ),
    )
    assert find(connection, Query()).hits[0].page == "issues/2021-01a/news-001.html"


def test_words_of_any_length_are_found_in_title_and_text(connection: Connection) -> None:
    put_all(
        connection,
        make_filed_issue(make_filed("许昌智能电网", "产业链供应链\n安全。"), make_filed("别的", "别的")),
    )
    for word in ("许", "网", "昌智", "智能电网", "产业链供应链", "链", "安全。", "。"):
        assert found(connection, word) == ["许昌智能电网"], word
    for word in ("昌能", "网产", "链安", "供应链安", "产链", "全。别"):
        assert found(connection, word) == [], word


def test_every_word_must_be_there_in_title_or_text(connection: Connection) -> None:
    put_all(
        connection,
        make_filed_issue(
            make_filed("光伏", "储能。"), make_filed("储能", "光伏。"), make_filed("光伏", "电网。")
        ),
    )
    assert found(connection, "光伏 储能") == ["光伏", "储能"]
    assert found(connection, "光伏 储能 电网") == []


def test_letters_and_digits_are_found_however_they_are_typed(connection: Connection) -> None:
    put_all(connection, make_filed_issue(make_filed("ＮＥＶ销量", "5Ｇ基站㈱")))
    for typed in ("nev", "NEV", "ｎｅｖ", "5g", "５Ｇ", "(株)", "株"):
        assert found(connection, typed) == ["ＮＥＶ销量"], typed


def test_marks_count_as_they_stand(connection: Connection) -> None:
    put_all(
        connection,
        make_filed_issue(make_filed("增长5.3%", "C++ 与 c# 不同，a_b"), make_filed("增长533", "c d")),
    )
    for typed in ("5.3%", "c++", "c#", "“++ 与”", "a_b", ".", "%"):
        assert found(connection, typed) == ["增长5.3%"], typed
    assert found(connection, "“c d”") == ["增长533"]
    assert found(connection, "c") == ["增长5.3%", "增长533"]


HOSTILE = (
    *(
        "'",
        "*",
        "光*",
        "%",
        "_",
        "^光",
        "title:光",
        "title : 光",
        "-光",
        "“光 AND NOT 伏”",
        "“NEAR(光 伏)”",
        "{a}",
        "\\",
        "/",
        ";--",
    ),
    *("\0", "光\0伏", "\x7f", "🚀", "\ufeff", "\u0301", "𠀀", "！", "光\udce5", "ｉai", "ｃnews", "“光\n伏”"),
)


@pytest.mark.parametrize("order", Order)
def test_a_word_means_no_more_than_its_characters(connection: Connection, order: Order) -> None:
    article = make_filed("光伏", "title 光\n伏 and not or near", industries=("ai",))
    put_all(connection, make_filed_issue(article, make_filed("芯片", "别的")))
    for typed in HOSTILE:
        assert found(connection, typed, order=order) == [], typed


@pytest.mark.parametrize("typed", ["", "　", '"', '""', "“”", "“ ”", "”"])
def test_where_no_word_was_typed_all_are_found(connection: Connection, typed: str) -> None:
    put_all(connection, make_filed_issue(make_filed("光伏"), make_filed("芯片")))
    assert found(connection, typed) == ["光伏", "芯片"]


def test_very_long_and_very_many_words_are_looked_for_too(connection: Connection) -> None:
    text = "".join(chr(0x4E00 + number * 7 % 9973) for number in range(10_000))
    put_all(connection, make_filed_issue(make_filed("长", text)))
    assert found(connection, text) == ["长"]
    assert found(connection, text + "光") == []
    assert found(connection, " ".join(text[:3000])) == ["长"]


def test_what_no_database_keeps_is_kept_as_a_sign_that_it_was_there(connection: Connection) -> None:
    put_all(connection, make_filed_issue(make_filed("坏\0字", "坏\ud800字")))
    assert found(connection, "坏\0字") == ["坏\ufffd字"]


ALPHABET = "光伏芯片电网aAｂ5５０.。,，“\"'*%_-（( 　\n🚀\u0301é\u0130ǅ㈱…𠀀ｉ！\x7f"
texts = some.text(alphabet=ALPHABET, max_size=12)
words = some.text(alphabet=ALPHABET, min_size=1, max_size=4).map(fold)


@settings(max_examples=60)
@given(
    articles=some.lists(some.tuples(texts, texts), max_size=5),
    queries=some.lists(some.lists(words, min_size=1, max_size=3), min_size=1, max_size=4),
)
def test_what_is_found_is_what_has_the_words(
    database: Engine, articles: Sequence[tuple[str, str]], queries: Sequence[Sequence[str]]
) -> None:
    filed = [
        make_filed(title.replace("\n", " "), text, slug=str(number))
        for number, (title, text) in enumerate(articles)
    ]
    with passing(database) as connection:
        put_all(connection, make_filed_issue(*filed))
        for query in queries:
            for order in Order:
                answer = find(connection, Query(words=tuple(query), order=order))
                assert [hit.slug for hit in answer.hits] == expected(filed, query, order)


def expected(articles: Sequence[FiledArticle], query: Sequence[str], order: Order) -> list[str]:
    """Return what is found by looking into every text."""
    hits = read_all([make_filed_issue(*articles)], query, relevance=order is Order.RELEVANCE)
    return [slug for _issue, slug in hits]


# Filters


@pytest.fixture
def shelf(connection: Connection) -> Connection:
    articles = [
        ("甲", ("ai",), "news", "2020-12"),
        ("乙", ("ai", "5g"), "reports", "2020-12"),
        ("丙", ("5g",), "news", "2021-01"),
        ("丁", (), "finance", "2021-02"),
        ("戊", ("a",), "new", "2021-02"),
    ]
    for number, (title, industries, column, month) in enumerate(articles):
        date = datetime.date.fromisoformat(f"{month}-{28 if month == '2021-02' else 31}")
        article = make_filed(title, "光伏。", industries=industries, column=column)
        put_all(connection, make_filed_issue(article, id=f"i{number}", date=date))
    return connection


@pytest.mark.parametrize("typed", ["", "光伏", "光"])
@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({}, "戊丁丙乙甲"),
        ({"industries": ("ai",)}, "乙甲"),
        ({"industries": ("ai", "5g")}, "丙乙甲"),
        ({"industries": ("bio",)}, ""),
        ({"columns": ("news",)}, "丙甲"),
        ({"columns": ("news", "finance")}, "丁丙甲"),
        ({"columns": ("ai",)}, ""),
        ({"industries": ("5g",), "columns": ("news",)}, "丙"),
        ({"since": "2021-01"}, "戊丁丙"),
        ({"until": "2021-01"}, "丙乙甲"),
        ({"since": "2020-12", "until": "2021-01"}, "丙乙甲"),
        ({"since": "2021-02", "until": "2020-12"}, ""),
        ({"since": "0001-01", "until": "9999-12"}, "戊丁丙乙甲"),
        ({"since": "2021-01", "industries": ("5g",), "columns": ("news",)}, "丙"),
    ],
)
def test_filters_are_joined_with_words_and_with_one_another(
    shelf: Connection, typed: str, asked: dict[str, object], titles: str
) -> None:
    assert "".join(found(shelf, typed, **asked)) == titles


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("typed", ["", "光伏", "丁 光伏", "光"])
def test_in_some_issues_it_may_not_be_looked(shelf: Connection, order: Order, typed: str) -> None:
    query = Query(words=parse_words(typed), order=order)
    every = find(shelf, query).hits
    for without in ("i0", "i3"), ("i2", "i4", "unknown"), ("unknown",), ("i0", "i1", "i2", "i3", "i4"):
        hits = tuple(hit for hit in every if hit.issue not in without)
        assert find(shelf, query, set(map(IssueId, without))) == Found(total=len(hits), hits=hits)


@pytest.mark.parametrize("order", Order)
def test_a_page_is_a_part_of_the_whole(shelf: Connection, order: Order) -> None:
    for typed in ("", "光伏", "光伏 丙"):
        whole = found(shelf, typed, order=order)
        for offset in range(7):
            answer = find(shelf, Query(words=parse_words(typed), order=order, limit=2, offset=offset))
            assert [hit.title for hit in answer.hits] == whole[offset : offset + 2]
            assert answer.total == len(whole)


def test_codes_are_told_apart_whatever_they_are_made_of(connection: Connection) -> None:
    codes = ("a b", "a", "A", "a-b", "a_b", "产业", '"')
    put_all(connection, make_filed_issue(*(make_filed(code, industries=(code,)) for code in codes)))
    for code in codes:
        assert found(connection, industries=(code,)) == [code]


# Order


def test_the_newest_issue_comes_first_and_its_articles_as_printed(connection: Connection) -> None:
    def three(id: str, month: int) -> FiledIssue:
        return make_filed_issue(
            *(make_filed(f"{id}{n}") for n in "312"), id=id, date=JANUARY.replace(month=month)
        )

    put_all(connection, three("b", 3), three("c", 1), three("a", 7))
    assert (
        found(connection, "正文")
        == found(connection)
        == ["a3", "a1", "a2", "b3", "b1", "b2", "c3", "c1", "c2"]
    )


@pytest.mark.parametrize("coming", ["abcd", "dcba", "bdac", "cadb", "acdb"])
def test_issues_of_one_date_stand_by_their_names_in_whatever_order_they_come(
    connection: Connection, coming: str
) -> None:
    for id in coming:
        put_all(connection, make_filed_issue(make_filed(f"{id}1"), make_filed(f"{id}2"), id=id))
    put_all(connection, make_filed_issue(make_filed("e"), id="a0"))
    titles = ["d1", "d2", "c1", "c2", "b1", "b2", "e", "a1", "a2"]
    assert found(connection, "正文") == found(connection) == titles
    for id in "bac":
        put(connection, make_filed_issue(make_filed(f"{id}1"), make_filed(f"{id}2"), id=id), "2")
    assert found(connection, "正文") == found(connection) == titles


def test_titles_with_more_of_the_words_come_first_by_relevance(connection: Connection) -> None:
    old = make_filed_issue(make_filed("光伏储能", "电网"), id="old", date=JANUARY.replace(year=2019))
    new = make_filed_issue(
        make_filed("电网", "光伏储能"), make_filed("储能", "光伏"), make_filed("光", "光伏储能")
    )
    put_all(connection, old, new)
    assert found(connection, "光伏 储能", order=Order.RELEVANCE) == ["光伏储能", "储能", "电网", "光"]
    assert found(connection, "光", order=Order.RELEVANCE) == ["光", "光伏储能", "电网", "储能"]
    assert found(connection, "", order=Order.RELEVANCE) == ["电网", "储能", "光", "光伏储能"]


# Changes


def test_an_issue_that_changed_takes_the_place_of_what_it_was(connection: Connection) -> None:
    put_all(connection, make_filed_issue(make_filed("光伏", "旧的。"), make_filed("储能", "旧的。")))
    put(connection, make_filed_issue(make_filed("电网", "新的。"), date=datetime.date(2022, 1, 1)), "2")
    assert found(connection, "旧的") == found(connection, "光伏") == []
    assert found(connection, "新的") == found(connection, since="2022-01") == ["电网"]
    assert stamps(connection) == {"2021-01": "2"}


def test_under_the_stamp_it_has_an_issue_is_left_as_it_is(connection: Connection) -> None:
    put(connection, make_filed_issue(make_filed("甲")), "1")
    put(connection, make_filed_issue(make_filed("乙")), "1")
    assert found(connection) == ["甲"]


def test_an_issue_that_is_dropped_is_found_no_more(connection: Connection) -> None:
    put_all(
        connection, make_filed_issue(make_filed("甲"), id="a"), make_filed_issue(make_filed("乙"), id="b")
    )
    drop(connection, IssueId("a"))
    drop(connection, IssueId("unknown"))
    assert found(connection, "正文") == ["乙"]
    assert stamps(connection) == {"b": "1"}
    drop(connection, IssueId("b"))
    assert found(connection, "正文") == found(connection) == []


def test_an_issue_may_have_no_article(connection: Connection) -> None:
    put_all(connection, make_filed_issue())
    assert found(connection) == []
    assert stamps(connection) == {"2021-01": "1"}


def test_two_articles_may_have_one_title(connection: Connection) -> None:
    put_all(connection, make_filed_issue(make_filed("甲" * 300), make_filed("甲" * 300)))
    assert found(connection, "甲" * 299) == ["甲" * 300] * 2


def test_what_was_cut_in_another_way_is_put_anew(connection: Connection) -> None:
    put_all(
        connection, make_filed_issue(make_filed("甲"), id="a"), make_filed_issue(make_filed("乙"), id="b")
    )
    connection.execute(update(tables.issue).values(scheme="0"))
    assert stamps(connection) == {}
    put_all(connection, make_filed_issue(make_filed("丙"), id="b"))
    assert stamps(connection) == {"b": "1"}
    assert found(connection, "正文") == ["丙"]


@given(some.lists(some.tuples(some.sampled_from("abcd"), some.integers(0, 2), some.booleans()), max_size=12))
@settings(max_examples=40)
def test_after_any_changes_it_is_as_if_made_anew(
    database: Engine, changes: Sequence[tuple[str, int, bool]]
) -> None:
    there: dict[str, datetime.date] = {}
    with passing(database) as connection:
        for stamp, (id, month, dropped) in enumerate(changes):
            date = datetime.date(2021, 1 + month // 2, 1)
            there.pop(id, None)
            if dropped:
                drop(connection, IssueId(id))
            else:
                there[id] = date
                put(
                    connection, make_filed_issue(make_filed(id), make_filed(id), id=id, date=date), str(stamp)
                )
        titles = [
            id for _, id in sorted(((date, id) for id, date in there.items()), reverse=True) for _ in range(2)
        ]
        assert found(connection, "正文") == found(connection) == titles


def test_two_at_once_do_no_harm(engine: Engine) -> None:
    issues = [make_filed_issue(make_filed(f"{n}"), make_filed(f"{n}"), id=f"{n:02}") for n in range(12)]
    failed: list[BaseException] = []

    def fill(mine: Sequence[FiledIssue]) -> None:
        try:
            for issue in mine:
                with engine.begin() as connection:
                    put(connection, issue, "1")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=fill, args=(mine,)) for mine in (issues, issues[::-1], issues[6:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with reading(engine) as connection:
        assert found(connection, "正文") == [str(n) for n in reversed(range(12)) for _ in range(2)]


def test_a_put_that_fails_leaves_what_was(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.begin() as connection:
        put_all(connection, make_filed_issue(make_filed("甲")))
    monkeypatch.setattr(places, "ARTICLES", 1)
    with pytest.raises(DatabaseError) as caught, engine.begin() as connection:
        put(connection, make_filed_issue(make_filed("乙"), make_filed("丙")), "2")
    assert str(caught.value) == "issues/2021-01: 一期有 2 篇，检索最多收 1 篇"
    with reading(engine) as connection:
        assert found(connection, "正文") == ["甲"]


def test_too_many_issues_of_one_date_are_told(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "SLOTS", 2)
    put_all(connection, *(make_filed_issue(make_filed(), id=id) for id in "bc"))
    with pytest.raises(DatabaseError) as caught:
        put_all(connection, make_filed_issue(make_filed(), id="a"))
    assert str(caught.value) == "issues/a: 2021-01-29 这一天的刊期太多，检索最多收 2 期"


def test_sqlite_without_full_text_search_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fts, "_MODULE", "fts9")
    engine = open_engine("sqlite:///desk.db", tmp_path)
    with pytest.raises(DatabaseError) as caught, engine.begin() as connection:
        put_all(connection, make_filed_issue(make_filed()))
    engine.dispose()
    assert str(caught.value) == (
        "这台机器上的 SQLite 没有全文检索（FTS5），不能检索；请换用带 FTS5 的 Python（python.org 和各 Linux 发行版的都有），"
        "或在 bulletin.yaml 的 database 里改用 PostgreSQL"
    )
