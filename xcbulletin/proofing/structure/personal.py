"""Personal data: numbers of identity cards, mobile telephones and bank cards.

A number is only told where it proves itself: by its date and check digit (GB 11643), or by Luhn's (ISO/IEC 7812-1).
"""

import datetime
import re
from collections.abc import Iterator, Sequence

from xcbulletin.model import Article, Severity
from xcbulletin.proofing.findings import Family, Finding, Rule
from xcbulletin.proofing.passages import Passage

_LAW = "《个人信息保护法》第二十五条、第二十八条"

IDENTITY = Rule(
    id="personal-identity",
    family=Family.STRUCTURE,
    name="身份证号",
    severity=Severity.ERROR,
    why="公民身份号码是个人信息，未经本人单独同意不得公开。",
    basis=f"{_LAW}；GB 11643—1999",
)
MOBILE = Rule(
    id="personal-mobile",
    family=Family.STRUCTURE,
    name="手机号",
    severity=Severity.WARNING,
    why="个人的手机号未经同意不得公开；单位的联系方式请用座机或邮箱。",
    basis=_LAW,
)
BANK = Rule(
    id="personal-bank",
    family=Family.STRUCTURE,
    name="银行卡号",
    severity=Severity.ERROR,
    why="银行卡号是敏感个人信息，不得公开。",
    basis=f"{_LAW}；ISO/IEC 7812-1",
)
RULES = (IDENTITY, MOBILE, BANK)

_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z.])([1-8]\d{5})((?:19|20)\d{2})(\d{2})(\d{2})\d{3}[\dXx](?![0-9A-Za-z])"
)
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z.,/=_-])(?:\+?86[ -]?)?1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])"
    r"(?:\d{8}|[ -]\d{4}[ -]\d{4})(?![0-9A-Za-z./_-]|\s*[%％元万亿件台吨辆人次美个户千])"
)
_BANK = re.compile(
    r"(?<![0-9A-Za-z.])(?:62\d{14,17}|62\d{2}(?:[ -]\d{4}){3}(?:[ -]\d{1,3})?|[45]\d{3}(?:[ -]\d{4}){3})(?![0-9A-Za-z])"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PROVINCES = frozenset(
    (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    )
)


def find(article: Article, passages: Sequence[Passage]) -> Iterator[Finding]:
    """Yield the numbers that belong to a person; the telephone of the office itself may stand under 联系方式."""
    for passage in passages:
        for match in _IDENTITY.finditer(passage.text):
            if is_identity_number(match[0]):
                yield _finding(IDENTITY, passage, match, f"身份证号 {_masked(match[0])}")
        for match in _BANK.finditer(passage.text):
            if is_luhn(match[0]) and not is_identity_number(match[0]):
                yield _finding(BANK, passage, match, f"像是银行卡号 {_masked(match[0])}")
        if article.column != "contact":
            for match in _MOBILE.finditer(passage.text):
                yield _finding(MOBILE, passage, match, f"像是个人手机号 {_masked(match[0])}")


def is_identity_number(text: str) -> bool:
    """Tell whether 18 characters are a resident's number: region, a real birthday, and the check of GB 11643."""
    match = _IDENTITY.fullmatch(text)
    if match is None or int(text[:2]) not in _PROVINCES:
        return False
    try:
        datetime.date(int(match[2]), int(match[3]), int(match[4]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return "10X98765432"[total % 11] == text[-1].upper()


def is_luhn(text: str) -> bool:
    """Tell whether the digits of a number end with the check of ISO/IEC 7812-1."""
    digits = [int(digit) for digit in reversed(text) if digit.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _masked(number: str) -> str:
    """Return a number as it may be told on a screen and in a report."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def _finding(rule: Rule, passage: Passage, match: re.Match[str], what: str) -> Finding:
    return Finding(
        rule=rule,
        place=passage.place(match.start()),
        excerpt=match[0],
        message=f"有{what}" if rule is IDENTITY else what,
        suggestion="请删去，或只留姓氏和单位",
    )
