"""The fields of `issue.yaml` and of an article's front matter, and changing one without touching the rest."""

import datetime
import re
from collections.abc import Mapping
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BeforeValidator, Field

from xcbulletin.model import Kind
from xcbulletin.settings import ImprintFields, Section, Text, TextList, WebAddress, as_list

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_FENCE = re.compile(r"^---[^\S\n]*$", re.MULTILINE)


def _parse_date(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _DATE.fullmatch(value.strip())
    try:
        return datetime.date(*map(int, match.groups())) if match else _no_date(value)
    except ValueError:
        return _no_date(value)


def _no_date(value: str) -> Any:
    raise ValueError(f"应为真实存在的日期（如 2021-01-31），现为“{value}”")


def _named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def split_names(value: Any) -> Any:
    """Read the marks of a Chinese keyboard inside a list, too: [ai，robot、5G]."""
    if not isinstance(value, list):
        return as_list(value)
    return [name for part in value for name in (as_list(part) if isinstance(part, str) else [part])]


Names = Annotated[TextList, BeforeValidator(split_names)]
Date = Annotated[datetime.date, BeforeValidator(_parse_date)]


class IssueImprint(ImprintFields):
    """The imprint of one issue."""

    print_date: Date | None = None


class IssueFields(Section):
    """`issue.yaml`."""

    kind: Kind = Kind.BULLETIN
    title: Text | None = None
    subtitle: Text | None = None
    publisher: TextList = ()
    number: int | None = Field(default=None, ge=1)
    total_number: int | None = Field(default=None, ge=1)
    date: Date
    industries: Names = ()
    numbered: bool = False
    draft: bool | None = None
    """True keeps it out of the archive, false lets it in unsigned."""
    imprint: IssueImprint = IssueImprint()


class SourceFields(Section):
    """Where an article's facts come from."""

    name: Text
    url: WebAddress | None = None
    date: Date | None = None


def _evidence_file(value: str) -> str:
    if not re.fullmatch(r"evidence/[^/\\]+", value):
        raise ValueError(f"应为 evidence 文件夹里的文件（如 evidence/01.txt），现为“{value}”")
    return value


def _digest(value: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", value):
        raise ValueError("应为 SHA-256（64 个小写的十六进制数字）")
    return value


def _moment(value: Any) -> Any:
    try:
        moment = datetime.datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime.datetime) or moment.tzinfo is None:
        raise ValueError(f"应为带时区的时刻（如 2021-01-31T09:30:00+08:00），现为“{value}”")
    return moment


class EvidenceFields(Section):
    """The text of the page that an article draws on, as `pick` kept it."""

    file: Annotated[Text, AfterValidator(_evidence_file)]
    sha256: Annotated[str, AfterValidator(_digest)]
    fetched: Annotated[datetime.datetime, BeforeValidator(_moment)]


class CorrectionFields(Section):
    """What was put right after an article was printed, and when."""

    date: Date
    note: Text


def _several(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError(f"应写成 {{date: 2021-02-01, note: 更正了什么}}，现为“{value}”")
    return [value] if isinstance(value, dict) else value


class ArticleFields(Section):
    """The front matter of an article."""

    title: Text
    industries: Names = ()
    source: Annotated[SourceFields, BeforeValidator(_named)] | None = None
    author: Text | None = None
    summary: Text | None = None
    draft: bool = False
    evidence: EvidenceFields | None = None
    corrections: Annotated[tuple[CorrectionFields, ...], BeforeValidator(_several)] = ()


def split(text: str) -> tuple[str, str, int] | None:
    """Return front matter, body and the body's line, or None where `text` does not begin with front matter."""
    opening = _FENCE.match(text)
    closing = _FENCE.search(text, opening.end() + 1) if opening else None
    if opening is None or closing is None:
        return None
    body = text[closing.end() + 1 :]
    return text[opening.end() + 1 : closing.start()], body, text.count("\n", 0, closing.end()) + 2


def changed(text: str, changes: Mapping[str, Any]) -> str:
    """Return an article's text with some fields of its front matter set, and every other character as it was.

    A field set to None is taken out. `text` must have front matter that reads without a problem.
    """
    parts = split(text)
    assert parts is not None
    front, _body, _line = parts
    start = text.index("\n") + 1
    newline = "\r\n" if text[:start].endswith("\r\n") else "\n"
    return text[:start] + _with_fields(front, changes, newline) + text[start + len(front) :]


def _with_fields(front: str, changes: Mapping[str, Any], newline: str) -> str:
    spans = _field_spans(front)
    for key, value in sorted(changes.items(), key=lambda item: -spans.get(item[0], (len(front),))[0]):
        if key not in spans:
            front += "" if value is None else f"{key}: {_flow(value)}{newline}"
            continue
        start, value_start, value_end = spans[key]
        if value is None:
            line_end = front.find("\n", value_end)
            front = front[:start] + ("" if line_end < 0 else front[line_end + 1 :])
        else:
            # A list may begin in its key's own column; in one row it may not.
            blank = {"\n": "  ", " ": ""}.get(front[value_start - 1], " ")
            front = front[:value_start] + blank + _flow(value) + front[value_end:]
    return front


def _field_spans(front: str) -> dict[str, tuple[int, int, int]]:
    """Return where each field of the top level begins, and where its value begins and ends."""
    node = yaml.compose(front, Loader=yaml.SafeLoader)
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {
        key.value: (key.start_mark.index, value.start_mark.index, _end(value, front))
        for key, value in node.value
    }


def _end(node: yaml.Node, front: str) -> int:
    """Return the index after a value's last character; a block's own end mark lies in the lines after it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last, front)
    return len(front[: node.end_mark.index].rstrip())


def field_line(key: str, value: Any) -> str:
    """Return one field as a line of YAML that reads back as the same value."""
    return f"{key}: {_flow(value)}\n"


def _flow(value: Any) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    dumped = _dumped(value)
    if len(dumped.removesuffix("\n...\n").splitlines()) > 1:
        dumped = _dumped(value, default_style='"')
    return dumped.removesuffix("\n").removesuffix("\n...")


def _dumped(value: Any, default_style: str | None = None) -> str:
    dumped: str = yaml.safe_dump(
        value,
        allow_unicode=True,
        default_flow_style=True,
        default_style=default_style,
        sort_keys=False,
        width=10**6,
    )
    return dumped
