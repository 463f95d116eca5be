from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.items import Entry
from xcbulletin.collecting.reading.identity import identified

DAY = datetime(2024, 5, 6, tzinfo=UTC)


def make_entry(number: int = 1, **given: object) -> Entry:
    known: dict[str, object] = {
        "title": f"第{number}条消息说的事情",
        "url": f"https://x.cn/{number}",
        "published": DAY,
    }
    return Entry(**{**known, **given})  # type: ignore[arg-type]


def kinds(entries: list[Entry]) -> list[str]:
    return [entry.ident_kind for entry in identified(entries)]


def test_a_guid_is_what_an_entry_is_known_by():
    one, other = identified([make_entry(1, guid="g-1"), make_entry(2, guid="g-2")])
    assert (one.ident, one.ident_kind) == ("g-1", "guid")
    assert (other.ident, other.ident_kind) == ("g-2", "guid")


def test_a_guid_that_is_an_address_is_compared_as_one():
    tracked = make_entry(1, guid="http://X.cn/1?utm_source=rss")
    assert identified([tracked])[0].ident == identified([make_entry(1)])[0].ident == "https://x.cn/1"


def test_few_bad_guids_leave_the_others_their_worth():
    entries = [make_entry(n, guid=f"g-{n}") for n in range(19)] + [make_entry(19)]
    assert kinds(entries) == ["guid"] * 19 + ["url"]


def test_guids_are_not_believed_where_many_are_missing():
    entries = [make_entry(n, guid=f"g-{n}") for n in range(18)] + [make_entry(18), make_entry(19)]
    assert kinds(entries) == ["url"] * 20


def test_guids_are_not_believed_where_many_stand_for_several_articles():
    entries = [make_entry(n, guid="same") for n in range(3)] + [
        make_entry(n, guid=f"g-{n}") for n in range(3, 20)
    ]
    assert kinds(entries) == ["url"] * 20


def test_an_entry_given_twice_is_kept_once_and_its_guid_is_believed():
    entries = [make_entry(n, guid=f"g-{n}") for n in range(3)]
    assert kinds([*entries, *entries]) == ["guid"] * 3


def test_without_guid_the_address_counts_and_tracking_does_not():
    one, *others = identified([make_entry(1), make_entry(1, url="http://x.cn/1?spm=1&from=timeline")])
    assert (one.ident, one.ident_kind, others) == ("https://x.cn/1", "url", [])


def test_without_address_it_is_title_and_day():
    entries = [make_entry(1, url=None), make_entry(1, url=None), make_entry(2, url=None)]
    assert kinds(entries) == ["title", "title"]
    next_day = make_entry(1, url=None, published=datetime(2024, 5, 7, tzinfo=UTC))
    assert len(identified([*entries, next_day])) == 3


def test_an_address_that_all_share_is_no_identity():
    entries = [make_entry(n, url="https://x.cn/list.html") for n in range(5)]
    assert kinds(entries) == ["title"] * 5
    assert len(identified([make_entry(n, url="https://x.cn") for n in range(2)])) == 2


def test_a_story_whose_title_was_changed_is_still_the_same():
    old, new = make_entry(1, title="旧的题目在这里"), make_entry(1, title="新的题目在这里")
    assert [entry.title for entry in identified([new, old])] == ["新的题目在这里"]


def test_an_endless_guid_is_cut_and_still_tells_entries_apart():
    one, other = identified([make_entry(1, guid="g" * 5000 + "1"), make_entry(2, guid="g" * 5000 + "2")])
    assert one.ident != other.ident
    assert len(one.ident) < 200


TEXTS = st.one_of(st.none(), st.text(), st.just("http://[::1"), st.just("https://x.cn/1"))


@given(st.lists(st.builds(Entry, title=st.text(min_size=1), url=TEXTS, guid=TEXTS)))
def test_any_entries_are_identified_once_and_in_the_same_way(entries: list[Entry]):
    found = identified(entries)
    assert len({entry.ident for entry in found}) == len(found)
    assert all(entry.ident and entry.ident_kind in ("guid", "url", "title") for entry in found)
    assert identified(entries) == found
