"""What was dismissed is known again under another headline, and nothing else is taken for it."""

import pytest

from xcbulletin.collecting.stories.retelling import Dismissed, DismissedStories

TITLE = "许继集团中标国家电网特高压换流阀项目 总金额12.5亿元"


@pytest.mark.parametrize(
    "title",
    [
        "特高压换流阀大单：许继集团中标12.5亿",
        "12.5亿！许继集团拿下国网特高压换流阀大单",
        "许继集团中标国网特高压换流阀项目 总金额12.5亿元",
        "125000万元，许继集团中标换流阀",
        TITLE,
    ],
)
def test_a_story_told_again_is_known(title: str) -> None:
    assert DismissedStories([Dismissed(id=2, title=TITLE, text="")]).find(9, title, "") == 2


@pytest.mark.parametrize(
    "title",
    [
        "特高压换流阀大单：平高集团中标12.5亿",
        "平高电气中标国家电网特高压换流阀项目 总金额12.5亿元",
        "许继集团中标国家电网特高压换流阀项目 总金额8.3亿元",
        "许继集团上半年净利润12.5亿元",
        "许继集团中标国家电网特高压变压器项目",
        "12.5亿元",
        "人形机器人走进工厂",
    ],
)
def test_another_story_is_not(title: str) -> None:
    assert DismissedStories([Dismissed(id=2, title=TITLE, text="")]).find(9, title, "") is None


def test_what_an_editor_split_from_it_is_not() -> None:
    known = DismissedStories([Dismissed(id=2, title=TITLE, text="", apart=frozenset({9}))])
    assert known.find(9, TITLE, "") is None
    assert known.find(8, TITLE, "") == 2


def test_nothing_dismissed_is_nothing_told_again() -> None:
    assert DismissedStories([]).find(9, TITLE, "") is None
