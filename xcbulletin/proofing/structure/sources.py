"""Industry, source, date and link of an article, and whether its source fits the issue's period."""

import datetime
import re
from collections.abc import Iterator
from datetime import timedelta

from xcbulletin.model import Article, Issue, Kind, Place, Severity
from xcbulletin.proofing.findings import Family, Finding, Rule

INDUSTRY = Rule(
    id="article-industry",
    family=Family.STRUCTURE,
    name="没有标产业",
    severity=Severity.WARNING,
    why="读者按产业选读，没有标产业的文章在分产业的版本和检索里都找不到。",
    basis="本快递的编辑约定",
)
SOURCE = Rule(
    id="article-source",
    family=Family.STRUCTURE,
    name="来源不全",
    severity=Severity.WARNING,
    why="每篇文章都要能查到出处：来源名称、发布日期、原文网址。",
    basis="《著作权法》第二十四条（指明作者姓名、作品名称）；本快递的编辑约定",
)
OLD = Rule(
    id="source-old",
    family=Family.STRUCTURE,
    name="来源过旧",
    severity=Severity.WARNING,
    why="快递按月编印，动态和趋势的来源不宜早于出刊日前 60 天；行业报告不限。",
    basis="本快递的编辑约定",
)
FUTURE = Rule(
    id="source-future",
    family=Family.STRUCTURE,
    name="来源晚于出刊",
    severity=Severity.ERROR,
    why="来源的日期晚于出刊日期，两者必有一个写错。",
    basis="本快递的编辑约定",
)
RULES = (INDUSTRY, SOURCE, OLD, FUTURE)

OLDEST = timedelta(days=60)
_OWN_WORDS = "editorial"
_ANY_AGE = frozenset((_OWN_WORDS, "reports"))


def find(issue: Issue, article: Article, text: str) -> Iterator[Finding]:
    """Yield what is missing or does not fit; the parts of a report are its author's own, and of any age."""
    if issue.kind is Kind.BULLETIN and article.column != _OWN_WORDS:
        yield from _missing(article, text)
    if article.source and article.source.date and issue.date != datetime.date.min:
        yield from _age(issue, article, article.source.date, text)


def _missing(article: Article, text: str) -> Iterator[Finding]:
    if not article.industries:
        yield Finding(
            rule=INDUSTRY,
            place=_place(article, "industries", text),
            excerpt=article.title,
            message="没有标产业（industries）",
            suggestion="请写上所属产业的代码或名称，如 industries: [ai]",
        )
    source = article.source
    wanted = (
        ("名称（name）", source and source.name),
        ("日期（date）", source and source.date),
        ("网址（url）", source and source.url),
    )
    missing = [name for name, value in wanted if not value]
    if missing:
        message = "没有来源（source）" if source is None else f"来源缺{'、'.join(missing)}"
        yield Finding(
            rule=SOURCE,
            place=_place(article, "source", text),
            excerpt=article.title,
            message=message,
            suggestion="请写成 source: {name: 发布机构, url: https://……, date: 2021-01-20}",
        )


def _age(issue: Issue, article: Article, date: datetime.date, text: str) -> Iterator[Finding]:
    place = _place(article, "source", text)
    if date > issue.date:
        yield Finding(
            rule=FUTURE,
            place=place,
            excerpt=f"{date}",
            message=f"来源的日期 {date} 晚于出刊日期 {issue.date}",
            suggestion="请核对来源的日期和 issue.yaml 里的 date",
        )
    elif issue.kind is Kind.BULLETIN and article.column not in _ANY_AGE and issue.date - date > OLDEST:
        yield Finding(
            rule=OLD,
            place=place,
            excerpt=f"{date}",
            message=f"来源的日期 {date} 比出刊日期 {issue.date} 早 {(issue.date - date).days} 天",
            suggestion=f"请换新的来源（{OLDEST.days} 天以内）；确有必要的，可移到行业报告",
        )


def _place(article: Article, key: str, text: str) -> Place:
    """Return the line of a field of the front matter, or the first line where it is not there."""
    front = text.split("\n")[: article.body_line - 1]
    line = next((row for row, line in enumerate(front, 1) if re.match(rf"{key}\s*[:：]", line)), 1)
    return Place(file=article.file, line=line)
