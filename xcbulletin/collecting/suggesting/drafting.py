"""From an item to what an editor starts from: fields of the front matter, a quotation, the text kept as evidence."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from xcbulletin.collecting.following.sources import is_web_address
from xcbulletin.collecting.suggesting.ranking import Judgement
from xcbulletin.zone import SHANGHAI

_QUOTED = 600
_ENOUGH = 40
_SLUG = 20
_SENTENCE = re.compile(r"[。！？!?；;]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
"""Characters without a shape, some of which turn round the direction of what follows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """The text of an item's page as it was fetched, or why there is none."""

    text: str
    at: datetime
    """UTC."""
    failure: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What becomes a file in an issue."""

    column: str
    slug: str
    fields: dict[str, Any]
    """Of the front matter, without draft and evidence."""
    quotation: str
    evidence: str
    fetched: datetime
    """In the source's zone."""
    remark: str
    """Why the evidence is not the page, where it is not."""


def draft(
    *,
    title: str,
    url: str | None,
    text: str,
    published: datetime | None,
    source: str,
    judgement: Judgement,
    column: str,
    page: Page,
    zone: ZoneInfo = SHANGHAI,
) -> Draft:
    """Return the draft of an article on an item; `text` is what the source gave."""
    title = _line(title) or "无题"
    address = url if url and is_web_address(url) else None
    day = published.astimezone(zone).date() if published else None
    told = {"name": _line(source) or "来源不明", "url": address, "date": day}
    return Draft(
        column=column,
        slug=slug(title),
        fields={
            "title": title,
            "industries": [label.code for label in judgement.labels if label.sure],
            "source": {key: value for key, value in told.items() if value is not None},
        },
        quotation=_quotation(_clean(text), _clean(page.text)),
        evidence=_clean(page.text) if not page.failure else _clean(text) or title,
        fetched=page.at.astimezone(zone),
        remark=f"{page.failure}，以下是信息源给出的文字" if page.failure else "",
    )


def default_column(judgement: Judgement, columns: Sequence[str]) -> str:
    """Return the column of an article on an item where the editor names none."""
    for column in (judgement.column, "news", "body"):
        if column in columns:
            return str(column)
    return columns[min(1, len(columns) - 1)]


def slug(title: str) -> str:
    """Return a word for the name of a file by which an editor knows the article."""
    words = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", title).lower()).strip("-")
    return words[:_SLUG].strip("-") or "item"


def _line(text: str) -> str:
    return " ".join(_UNSEEN.sub("", _clean(text)).split())


def _clean(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _quotation(text: str, page: str) -> str:
    """Return how the text begins, up to a sentence's end; the page's sentences where the source gave no text."""
    if len(text) < _ENOUGH:
        sentences = [line for line in page.splitlines() if len(line) >= _ENOUGH and _SENTENCE.search(line)]
        text = "\n".join(sentences) or text
    if len(text) <= _QUOTED:
        return text
    ends = [match.end() for match in _SENTENCE.finditer(text, 0, _QUOTED)]
    return text[: ends[-1]] if ends else f"{text[:_QUOTED]}……"
