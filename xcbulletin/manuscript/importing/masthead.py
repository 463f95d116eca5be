"""What stands above the first column of a bulletin: title, numbers, date, publisher, imprint."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from xcbulletin.manuscript.importing.blocks import Block, Heading, Paragraph, text_of
from xcbulletin.manuscript.importing.dates import (
    find_date,
    find_number,
    find_total_number,
    without_numbers,
)
from xcbulletin.manuscript.importing.numbering import is_organisation, is_short_line, squeezed

_LABELLED = re.compile(r"\s*([^：:]{2,8})\s*[：:]\s*(\S.*)$")
_PUBLISHER_LABELS = frozenset(("编印单位", "编印", "主办", "主办单位", "主编单位", "编制单位"))
_LABELS = {
    "准印证号": "permit_number",
    "发送对象": "recipients",
    "发送": "recipients",
    "印刷单位": "printer",
    "印刷": "printer",
    "责任编辑": "editor",
    "编辑": "editor",
    "审核": "reviewer",
    "审签": "reviewer",
    "联系电话": "contact",
}
_NO_TITLE = re.compile("：|内部|免费|准印证|欢迎")
_NOTICE = re.compile("内部(?:资料|刊物)[，、,]?(?:免费交流|注意保存|免费赠阅)?")
_TITLE = re.compile(r"《?([^《》]{2,20})》?")


@dataclass(kw_only=True)
class Masthead:
    """The fields found, and the blocks that are none."""

    fields: dict[str, Any] = field(default_factory=dict)
    imprint: dict[str, Any] = field(default_factory=dict)
    rest: list[Block] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    """Lines like “内部资料 免费交流”."""
    has_day: bool = True


def read_masthead(blocks: Iterable[Block]) -> Masthead:
    """Return what the blocks above the first column say of the issue."""
    masthead = Masthead()
    for block in blocks:
        text = text_of(block)
        if not isinstance(block, Heading | Paragraph) or not any(take(masthead, text) for take in _TAKERS):
            masthead.rest.append(block)
    return masthead


def _take_labelled(masthead: Masthead, text: str) -> bool:
    match = _LABELLED.match(text)
    label = squeezed(match[1]) if match else ""
    if match is None:
        return False
    if label in _PUBLISHER_LABELS and "publisher" not in masthead.fields:
        masthead.fields["publisher"] = [match[2].strip()]
        return True
    if label == "印数" and (copies := re.fullmatch(r"(\d{1,6})\s*[份册本]?", match[2].strip())):
        masthead.imprint["copies"] = int(copies[1])
        return True
    if label == "印刷日期" and (found := find_date(match[2])) and found[1]:
        masthead.imprint["print_date"] = found[0]
        return True
    if label not in _LABELS or _LABELS[label] in masthead.imprint:
        return False
    masthead.imprint[_LABELS[label]] = match[2].strip()
    return True


def _take_numbers(masthead: Masthead, text: str) -> bool:
    """Take a line of numbers, a date and perhaps the publisher, if nothing else stands in it."""
    found = find_date(text)
    numbers = {"number": find_number(text), "total_number": find_total_number(text)}
    rest = without_numbers(text)
    known = not rest or is_organisation(rest)
    if not (found or any(numbers.values())) or not known or len(text) > 60:
        return False
    masthead.fields |= {key: number for key, number in numbers.items() if number}
    if found is not None:
        masthead.fields["date"], masthead.has_day = found
    if rest:
        masthead.fields.setdefault("publisher", [rest])
    return True


def _take_publisher(masthead: Masthead, text: str) -> bool:
    if "publisher" in masthead.fields or not is_organisation(text) or "title" not in masthead.fields:
        return False
    masthead.fields["publisher"] = [text]
    return True


def _take_title(masthead: Masthead, text: str) -> bool:
    match = _TITLE.fullmatch(text)
    if "title" in masthead.fields or match is None or not is_short_line(text) or _NO_TITLE.search(text):
        return False
    masthead.fields["title"] = match[1].strip()
    return True


def _take_notice(masthead: Masthead, text: str) -> bool:
    """Leave out the notice that every issue carries: the program prints the one in `bulletin.yaml`."""
    if _NOTICE.fullmatch(squeezed(text)) is None:
        return False
    masthead.notices.append(text.strip())
    return True


_TAKERS: tuple[Callable[[Masthead, str], bool], ...] = (
    _take_notice,
    _take_labelled,
    _take_numbers,
    _take_publisher,
    _take_title,
)
