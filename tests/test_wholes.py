from itertools import pairwise

import pytest

from xcbulletin.publishing.wholes import unbroken


def pieces(text: str) -> list[str]:
    whole = unbroken(text)
    places = [0, *(place for place in range(1, len(text)) if place not in whole), len(text)]
    return [text[start:end] for start, end in pairwise(places)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("新一代人工智能产业发展规划", "新一代|人工智能|产业|发展|规划"),
        ("工业和信息化部办公厅", "工业和信息化部|办公厅"),
        ("超超临界二次再热", "超超临界|二次|再热"),
        ("2021年度省级智能制造", "2021年度|省级|智能|制造"),
        ("二〇二〇年度中国工业", "二〇二〇年度|中国|工业"),
        ("截至2021年12月31日", "截至|2021年12月31日"),
        ("第二次全体会议", "第二次|全体|会议"),
        ("突破1500亿元", "突破|1500亿元"),
        ("《“十四五”规划》", "《|“十四五”|规划|》"),
        ("新建5nm生产线", "新建|5nm|生产线"),
        ("5G+工业互联网", "5G+工业互联网"),
        ("Artificial Intelligence", "Artificial| |Intelligence"),
    ],
)
def test_words_numbers_and_short_quotations_are_whole(text: str, expected: str) -> None:
    assert "|".join(pieces(text)) == expected


def test_two_or_three_characters_that_are_in_no_word_are_taken_for_one() -> None:
    assert pieces("与鑫淼的合作") == ["与", "鑫淼", "的", "合作"]


def test_of_what_is_unknown_nothing_is_kept() -> None:
    assert len(pieces("鑫淼焱垚犇骉麤")) == 7
