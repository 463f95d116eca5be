"""Corrections of articles that were printed: made on a day that has come."""

import datetime
import re
from collections.abc import Iterator

from xcbulletin.model import Article, Place, Severity
from xcbulletin.proofing.findings import Family, Finding, Rule

FUTURE = Rule(
    id="correction-future",
    family=Family.STRUCTURE,
    name="更正的日期还没有到",
    severity=Severity.ERROR,
    why="更正写的是已经改正的那一天；日期还没有到，一定写错了，归档和订阅源也会照着它说。",
    basis="本快递的编辑约定",
)
RULES = (FUTURE,)


def find(article: Article, text: str, today: datetime.date) -> Iterator[Finding]:
    """Yield the corrections of an article that are of a later day than `today`."""
    for date in sorted({one.date for one in article.corrections if one.date > today}):
        yield Finding(
            rule=FUTURE,
            place=Place(file=article.file, line=_line_of(date, article, text)),
            excerpt=f"{date}",
            message=f"更正的日期 {date} 还没有到，今天是 {today}",
            suggestion="请把 corrections 里的 date 写成改正的那一天",
        )


def _line_of(date: datetime.date, article: Article, text: str) -> int:
    """Return the line on which a date stands, however it is written, or else the one on which corrections begin."""
    front = text.split("\n")[: article.body_line - 1]
    first = next((row for row, line in enumerate(front, 1) if re.match(r"corrections\s*[:：]", line)), 1)
    written = re.compile(rf"{date.year}\D+0?{date.month}\D+0?{date.day}(?!\d)")
    return next((row for row, line in enumerate(front, 1) if row >= first and written.search(line)), first)
