"""Names written in one way throughout an issue, and words to be avoided."""

import pytest
from proofed import found, said


def test_a_name_written_two_ways_in_an_issue_is_told() -> None:
    assert said("脸书公布财报。", "百度、Facebook、腾讯。") == [
        "term-varies: “Facebook”在本期别处写作“脸书”；请统一为“脸书”"
    ]
    assert said("百度、Facebook、腾讯。") == []


def test_a_name_in_other_letters_is_told() -> None:
    assert said("OpenAI发布，OpenAI称，OpenAi的") == [
        "term-varies: “OpenAi”在本期别处写作“OpenAI”；请统一为“OpenAI”"
    ]


def test_a_name_without_its_quotes_is_told_where_others_have_them() -> None:
    assert said("“一带一路”倡议。随一带一路倡议推进，《一带一路年鉴》。") == [
        "term-quotes: “带一路”倡议。随一带一路倡议推进，《一带”里的“一带一路”没有引号，本期别处有；请改为“一带一路”"
    ]
    assert said("随一带一路倡议推进。") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "台湾等国家参加",
            "word-sensitive: “台湾等国家”应为“台湾等地区”（涉及国家主权和领土完整）；请改为“台湾等地区”",
        ),
        (
            "台湾、韩国等国家扩产",
            "word-sensitive: “台湾、韩国等国家”把港澳台与国家并列；请改为“等国家和地区”",
        ),
        (
            "日本、韩国和台湾等主要国家的企业",
            "word-sensitive: “台湾等主要国家”把港澳台与国家并列；请改为“等国家和地区”",
        ),
        (
            "书记亲自部署",
            "word-sensitive: “书记亲自”应避免（对各级领导同志的活动不用“亲自”）；请改写；说法确实合适的，可在这一行写明不检查",
        ),
    ],
)
def test_words_to_be_avoided_are_told_and_left_to_the_editor(body: str, expected: str) -> None:
    assert said(body) == [expected]
    assert [one.fix for one in found(body)] == [None]


@pytest.mark.parametrize(
    "body",
    [
        "日本、韩国、台湾等国家和地区，韩国、香港等国家与地区，台湾、福建等地，香港、日本等国家（地区）",
        "河南韩先生，台湾地区，维吾尔族，残疾人，思想解放前后，五星红旗，普京总统亲自批准",
    ],
)
def test_what_is_right_stays_without_a_word(body: str) -> None:
    assert said(body) == []
