"""What is shown of a text where a word was found."""

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as some

from xcbulletin.archive.catalogue.snippets import LENGTH, marked, snippet
from xcbulletin.archive.folding import fold

TEN = "一二三四五六七八九十"


def test_a_short_text_is_shown_whole_on_one_line() -> None:
    assert snippet("光伏装机增长。\n储能\t电网。", ["储能"]) == "光伏装机增长。 储能 电网。"
    assert snippet("", ["光伏"]) == ""


def test_the_beginning_is_shown_where_the_words_are_in_the_title_only() -> None:
    text = TEN * 12
    assert snippet(text, ["光伏"]) == snippet(text, []) == TEN * 10 + "…"


def test_it_begins_with_the_sentence_where_one_begins_near() -> None:
    text = f"{TEN * 5}。“末句！”{TEN}光伏{TEN * 9}"
    assert snippet(text, ["光伏"]) == f"“末句！”{TEN}光伏{(TEN * 9)[:83]}…"


def test_it_begins_a_little_before_the_word_where_none_does() -> None:
    text = f"{TEN * 5}光伏{TEN * 9}"
    assert snippet(text, ["光伏"]) == f"…{(TEN * 5)[-15:]}光伏{(TEN * 9)[:83]}…"


def test_near_the_end_of_a_text_more_stands_before_the_word() -> None:
    text = f"{TEN * 9}。{TEN * 3}。{TEN * 3}光伏"
    assert snippet(text, ["光伏"]) == f"{TEN * 3}。{TEN * 3}光伏"


def test_the_first_word_that_the_text_has_decides() -> None:
    text = f"{TEN * 9}。储能。{TEN * 9}。光伏。{TEN * 9}"
    assert snippet(text, ["题", "光伏", "储能"]).startswith("光伏。")


@pytest.mark.parametrize("before", ["……①②③㈱", "ＡＢＣ", "İİİ㍿", "𠀀🚀"])
def test_the_place_is_right_where_characters_are_folded_to_several(before: str) -> None:
    text = f"{before * 30}。光伏{TEN * 9}"
    assert snippet(text, ["光伏"]).startswith("光伏")


def test_the_search_page_shows_as_many_characters() -> None:
    script = (ROOT / "templates" / "archive" / "search.js").read_text("utf-8")
    assert f"var LENGTH = {LENGTH};" in script


def test_what_would_steer_a_terminal_is_not_shown() -> None:
    assert snippet("红\x1b[31m色\x9b", ["红"]) == "红 [31m色"


def test_words_are_marked_wherever_they_stand() -> None:
    assert marked("光伏与光伏", ["光伏"]) == ((0, 2), (3, 5))
    assert marked("ＮＥＶ和nev", ["nev"]) == ((0, 3), (4, 7))
    assert marked("㈱光伏", ["株)光"]) == ((0, 2),)
    assert marked("光伏", ["芯片", ""]) == ()


def test_marks_do_not_overlap() -> None:
    assert marked("产业链供应链", ["产业链", "业链供", "应链"]) == ((0, 6),)
    assert marked("光光光", ["光光", "光"]) == ((0, 3),)


texts = some.text(alphabet="光伏aＡ。！\n…㈱İ ”\x1b", max_size=200)


@given(text=texts, word=some.text(alphabet="光伏a.i(", min_size=1, max_size=3))
def test_a_word_of_the_text_is_shown_and_marked(text: str, word: str) -> None:
    shown = snippet(text, [word])
    assert len(shown) <= LENGTH + 2
    assert "\n" not in shown
    marks = marked(text, [word])
    assert bool(marks) == (word in fold(text))
    assert all(word in fold(text[start:end]) for start, end in marks)
    assert [*marks] == sorted(marks)
    if marks:
        assert word in fold(shown)
