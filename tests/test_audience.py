"""Who gets which letter: one an address, of what the recipient wants."""

from typing import Any

import pytest
from conftest import AI, ROBOT
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.delivery.mailing import PdfChoice, Planned, Recipient, Variant, key_of
from xcbulletin.delivery.recipients.audience import plan
from xcbulletin.delivery.recipients.merging import merge
from xcbulletin.errors import UsageMistakeError

INDUSTRIES = (AI, ROBOT)
EVERYTHING = {"ai", "robot"}


def person(address: str | None = "a@example.org", **fields: Any) -> Recipient:
    return Recipient(**{"name": "张三", "line": 2, **fields, "address": address})


def planned(*recipients: Recipient, **options: Any) -> tuple[Planned, ...]:
    return plan(recipients, options.pop("printed", EVERYTHING), INDUSTRIES, **options)


def test_a_letter_is_planned_for_each_address_in_the_order_of_the_list() -> None:
    letters = planned(
        person("b@x.cn", name="李四", pdf=PdfChoice.LINK), person(None, copies=1), person("a@x.cn")
    )
    assert letters == (
        Planned(address="b@x.cn", name="李四", variant=Variant((), PdfChoice.LINK)),
        Planned(address="a@x.cn", name="张三", variant=Variant((), PdfChoice.ATTACH)),
    )


def test_industries_stand_in_their_order_and_all_of_them_are_the_whole_issue() -> None:
    one, both = planned(person("a@x.cn", industries=("robot",)), person("b@x.cn", industries=("robot", "ai")))
    assert one.variant.selection == ("robot",)
    assert both.variant.selection == ()


def test_an_address_written_twice_gets_one_letter() -> None:
    first = person("A@x.cn", name="", industries=("robot",), pdf=PdfChoice.NONE, copies=1, lists=("甲",))
    second = person("a@X.cn", industries=("ai",), pdf=PdfChoice.LINK, copies=2, lists=("乙", "甲"), line=3)
    assert merge([first, second]) == Recipient(
        name="张三",
        address="A@x.cn",
        industries=("robot", "ai"),
        pdf=PdfChoice.LINK,
        copies=3,
        lists=("甲", "乙"),
        line=2,
    )
    assert planned(first, second) == (
        Planned(address="A@x.cn", name="张三", variant=Variant((), PdfChoice.LINK)),
    )


def test_whoever_wants_the_whole_issue_once_gets_it() -> None:
    (letter,) = planned(person(industries=("ai",)), person(industries=()))
    assert letter.variant.selection == ()


def test_an_issue_with_nothing_for_a_recipient_is_told() -> None:
    letters = planned(
        person("a@x.cn", industries=("robot",)),
        person("b@x.cn", industries=("ai",)),
        person("c@x.cn"),
        printed={"ai"},
    )
    assert [one.is_empty for one in letters] == [True, False, False]


def test_the_whole_issue_is_never_empty() -> None:
    (letter,) = planned(person(), printed=set())
    assert not letter.is_empty


def test_copy_numbers_run_over_those_who_get_the_pdf_attached() -> None:
    letters = planned(
        person("a@x.cn"),
        person("b@x.cn", pdf=PdfChoice.LINK),
        person("c@x.cn", industries=("robot",)),
        person("d@x.cn", pdf=PdfChoice.NONE),
        person("e@x.cn"),
        printed={"ai"},
        copy_numbers_from=51,
    )
    assert [one.copy_number for one in letters] == [51, None, None, None, 52]


def test_a_list_gets_its_letters_alone_with_the_numbers_they_would_have_had() -> None:
    recipients = (
        person("a@x.cn", lists=("园区",)),
        person("b@x.cn", lists=("领导", "园区")),
        person("c@x.cn"),
    )
    letters = planned(*recipients, list_name=" 领导 ", copy_numbers_from=1)
    assert [(one.address, one.copy_number) for one in letters] == [("b@x.cn", 2)]


def test_whoever_is_on_a_list_with_one_of_his_lines_gets_what_all_of_them_want() -> None:
    (letter,) = planned(
        person("a@x.cn", lists=("领导",), industries=("ai",)), person("A@x.cn"), list_name="领导"
    )
    assert letter.variant.selection == ()


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        (("领导", "园区"), "--list 没有“领到”这个名单；已有的名单：领导、园区"),
        ((), "--list 没有“领到”这个名单；recipients.csv 的“lists”（名单）一列还是空的"),
    ],
)
def test_a_list_that_nobody_is_on_is_a_mistake(lists: tuple[str, ...], expected: str) -> None:
    with pytest.raises(UsageMistakeError) as error:
        planned(person(lists=lists), list_name="领到")
    assert str(error.value) == expected


PEOPLE = st.builds(
    Recipient,
    name=st.sampled_from(["", "张三"]),
    address=st.sampled_from([None, "a@x.cn", "A@x.cn", "b@x.cn", "c@x.cn"]),
    industries=st.sampled_from([(), ("ai",), ("robot",), ("ai", "robot")]),
    pdf=st.sampled_from(PdfChoice),
    copies=st.integers(0, 3),
    lists=st.just(()),
    line=st.integers(2, 99),
)


@given(people=st.lists(PEOPLE), printed=st.sets(st.sampled_from(["ai", "robot"])))
def test_nobody_is_forgotten_and_nobody_planned_twice(people: list[Recipient], printed: set[str]) -> None:
    letters = plan(people, printed, INDUSTRIES, copy_numbers_from=1)
    keys = [key_of(one.address) for one in letters]
    assert keys == list(dict.fromkeys(key_of(one.address) for one in people if one.address))
    numbers = [one.copy_number for one in letters if one.copy_number is not None]
    assert numbers == list(range(1, len(numbers) + 1))
