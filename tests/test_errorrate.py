"""The error rate, counted as the annex of the quality rules for periodicals does."""

import pytest
from conftest import make_article
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.model import Place, Severity
from xcbulletin.proofing.errorrate import ErrorRate, error_rate
from xcbulletin.proofing.findings import Family, Finding, Rule
from xcbulletin.proofing.passages import Passage, passages


def rule(id_: str, weight: float) -> Rule:
    return Rule(
        id=id_, family=Family.TEXT, name="名", severity=Severity.WARNING, why="因", basis="据", weight=weight
    )


WORD, MARK, ADVICE = rule("word", 1), rule("mark", 0.1), rule("advice", 0)


def slip(of: Rule, excerpt: str) -> Finding:
    return Finding(rule=of, place=Place(file="a.md", line=1), excerpt=excerpt, message="错")


def text_of(characters: int) -> tuple[Passage, ...]:
    """Passages with so many characters, the title included."""
    body = f"{'字' * (characters - 3)}。\n"
    return passages(make_article(body, title="标题"), f"---\ntitle: 标题\n---\n{body}")


def test_the_worked_example_comes_out_as_it_was_marked() -> None:
    words = [slip(WORD, word) for word in ("漏", "错", "数")]
    marks = [slip(MARK, mark) for mark in ("，", "。", "；", "格式", "词形", "转行")]
    rate = error_rate([*words, *marks], text_of(30_000))
    assert (rate.slips, rate.characters, round(rate.rate, 6), rate.passes) == (3.6, 30_000, 1.2, True)
    assert str(rate) == "差错率约 1.2/万，合格线 2/万"


def test_one_slip_counts_three_times_at_most() -> None:
    same = [slip(WORD, "截止至")] * 5
    assert error_rate(same, text_of(10_000)).slips == 3
    assert error_rate([*same, slip(WORD, "布署")], text_of(10_000)).slips == 4


def test_advice_does_not_count() -> None:
    assert error_rate([slip(ADVICE, "甲")] * 9, text_of(1000)).slips == 0


def test_marks_count_as_characters_and_blanks_do_not() -> None:
    article = make_article("甲 ，A 1。\n", title="题")
    assert error_rate([], passages(article, "---\ntitle: 题\n---\n甲 ，A 1。\n")).characters == 6


def test_an_issue_over_the_yardstick_does_not_pass() -> None:
    rate = error_rate([slip(WORD, "甲"), slip(WORD, "乙")], text_of(5000), yardstick=1.5)
    assert str(rate) == "差错率约 4.0/万，合格线 1.5/万，不合格"


def test_an_empty_issue_has_no_rate() -> None:
    assert error_rate([slip(WORD, "甲")], ()).rate == 0


@pytest.mark.parametrize(("slips", "passes"), [(2.0, True), (2.1, False)])
def test_the_yardstick_itself_passes(slips: float, passes: bool) -> None:
    assert ErrorRate(slips=slips, characters=10_000).passes is passes


@given(st.lists(st.sampled_from([slip(WORD, "甲"), slip(WORD, "乙"), slip(MARK, "，")])))
def test_the_order_of_slips_does_not_matter_and_more_are_never_fewer(found: list[Finding]) -> None:
    text = text_of(100)
    assert error_rate(found, text) == error_rate(found[::-1], text)
    assert error_rate(found[1:], text).slips <= error_rate(found, text).slips
