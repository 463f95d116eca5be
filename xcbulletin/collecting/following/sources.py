"""The sources followed: `sources/feeds.yaml`, read and checked."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator

from xcbulletin.collecting.following.entries import parse_entries
from xcbulletin.collecting.following.selectors import SelectorError, parse_path, parse_selector, placeholders
from xcbulletin.errors import WorkspaceError, reason
from xcbulletin.model import Column, Industry, Place, Problem, Severity
from xcbulletin.settings import Section, Text, TextList, Workspace, as_list, resolve_industries
from xcbulletin.workspace import SETTINGS_FILE
from xcbulletin.yamltext import Path, YamlText, decode, validate
from xcbulletin.zone import SHANGHAI

SOURCES_FILE = "sources/feeds.yaml"


class SourceKind(StrEnum):
    """How a source is read."""

    FEED = "feed"
    RSSHUB = "rsshub"
    PAGE = "page"
    JSON = "json"


class Authority(StrEnum):
    """How near a source stands to what it tells of; the nearest leads a story."""

    GOVERNMENT = "government"
    COMPANY = "company"
    ASSOCIATION = "association"
    MEDIA = "media"
    PORTAL = "portal"
    """Takes over what others wrote."""


AUTHORITY_NAMES = {
    "政府": Authority.GOVERNMENT,
    "企业": Authority.COMPANY,
    "协会": Authority.ASSOCIATION,
    "媒体": Authority.MEDIA,
    "门户": Authority.PORTAL,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fields:
    """Where the parts of an entry stand: CSS selectors in a page, dotted paths in JSON."""

    items: str
    title: str | None = None
    """None, in a page: the title or the text of the item's link."""
    link: str | None = None
    """None, in a page: the item's first link."""
    date: str | None = None
    summary: str | None = None
    html: str | None = None
    """Path of the HTML inside JSON in which the others are CSS selectors."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DataStep:
    """How the page of a two-step source names the address of its data."""

    find: str
    """CSS selector of the element that names it."""
    url: str
    """Address of the data, relative to the page, with {attribute} for the element's attributes.

    An attribute that holds an object, like `{'webId': '1'}`, stands for a query.
    """
    after: str | None = None
    """Mark up to whose last place an attribute's value is left out."""
    kind: SourceKind = SourceKind.JSON
    """What the data is: JSON or a PAGE."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A feed or page followed."""

    name: str
    kind: SourceKind
    url: str
    """Absolute; for RSSHub base and route joined."""
    key: str
    """What the source is known by in the database: its address or route, however it is named."""
    zone: ZoneInfo = SHANGHAI
    industries: tuple[str, ...] = ()
    """Hints for items that say nothing themselves."""
    column: str | None = None
    authority: Authority = Authority.MEDIA
    fields: Fields | None = None
    data: DataStep | None = None
    evidence: str | None = None
    """Where the address was seen to work, for whoever keeps the list."""
    note: str | None = None
    paused: bool = False
    """Not to be asked: because its entry says so, or because it needs an RSSHub and there is none."""
    line: int | None = None
    """In sources/feeds.yaml."""

    @property
    def needs_rsshub(self) -> bool:
        """Tell whether it is paused only because bulletin.yaml names no RSSHub."""
        return self.kind is SourceKind.RSSHUB and not self.url.startswith("http")


def _web_address(value: str) -> str:
    if not is_web_address(value):
        raise ValueError(f"应为 http:// 或 https:// 开头的网址，现为“{value}”")
    return value


def is_web_address(value: str) -> bool:
    """Tell whether `value` is an absolute http or https address."""
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _route(value: str) -> str:
    route = "/" + re.sub(r"^rsshub:", "", value).lstrip("/")
    if re.search(r"\s|^/?https?:", route) or route == "/":
        raise ValueError(f"应为 RSSHub 的路由（如 /gov/nea/sjzz/dls），现为“{value}”")
    return route


def _zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f"应为时区名（如 Asia/Shanghai、America/New_York），现为“{value}”") from error


def _authority(value: Any) -> Authority:
    if str(value) in set(Authority):
        return Authority(str(value))
    if str(value) in AUTHORITY_NAMES:
        return AUTHORITY_NAMES[str(value)]
    known = "、".join(f"{code}（{name}）" for name, code in AUTHORITY_NAMES.items())
    raise ValueError(f"应为 {known}之一，现为“{value}”")


class DataFields(Section):
    """The `data:` of a two-step source."""

    find: Text
    url: Text
    after: str | None = None
    kind: Literal["json", "page"] = "json"


class SourceFields(Section):
    """One entry of `sources/feeds.yaml`."""

    name: Text
    kind: SourceKind = SourceKind.FEED
    url: Annotated[Text, AfterValidator(_web_address)] | None = None
    route: Annotated[Text, AfterValidator(_route)] | None = None
    industries: TextList = ()
    column: Text | None = None
    zone: Annotated[ZoneInfo, BeforeValidator(_zone)] = SHANGHAI
    authority: Annotated[Authority, BeforeValidator(_authority)] = Authority.MEDIA
    items: Text | None = None
    title: Text | None = None
    link: Text | None = None
    date: Text | None = None
    summary: Text | None = None
    html: Text | None = None
    data: DataFields | None = None
    evidence: Text | None = None
    note: Text | None = None
    paused: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    """One entry of the file, as typed, with a way to say what is wrong with it."""

    data: Mapping[str, Any]
    text: YamlText

    @property
    def kind(self) -> str:
        return str(self.data.get("kind") or "feed")

    def problem(self, path: Path, message: str, suggestion: str | None = None) -> Problem:
        return Problem(place=self.text.place(path), rule="source", message=message, suggestion=suggestion)


def read_sources(
    text: str,
    file: str,
    industries: Sequence[Industry],
    columns: Sequence[Column],
    rsshub: str | None,
) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """Return the sources whose entries are right, and everything that is wrong with the others.

    Without the address of an RSSHub, sources that need one are paused, and one warning says so.
    """
    parts = parse_entries(text, file)
    problems = [problem for part in parts for problem in part.problems]
    entries = [entry for part in parts for entry in _entries(part, problems)]
    repeated = _repeated(entries)
    problems += repeated.values()
    base = rsshub.rstrip("/") if rsshub and is_web_address(rsshub) else None
    read = [_read_entry(entry, industries, columns, base, problems) for entry in entries]
    sources = tuple(
        source for index, source in enumerate(read) if source is not None and index not in repeated
    )
    problems += _without_rsshub(sources, file, rsshub)
    return sources, tuple(sorted(problems, key=lambda one: one.place.line or 0))


def sources_of(workspace: Workspace) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """Return the sources of a workspace, see `read_sources`; without a file there are none.

    Raises ProblemsError where the file is not text, WorkspaceError where it cannot be read.
    """
    return read_sources(
        _text_of(workspace.root / SOURCES_FILE),
        SOURCES_FILE,
        workspace.industries,
        workspace.columns,
        workspace.settings.collector.rsshub,
    )


def _text_of(path: FilePath) -> str:
    try:
        return decode(path.read_bytes(), SOURCES_FILE)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise WorkspaceError(f"{SOURCES_FILE}: 读不到这个文件（{reason(error)}）；请检查权限") from error


def _entries(parsed: YamlText, problems: list[Problem]) -> Iterator[_Entry]:
    data = [] if parsed.data is None else parsed.data
    if not isinstance(data, list):
        problems.append(
            Problem(
                place=parsed.place(()),
                rule="source",
                message="这里应是一列信息源",
                suggestion="每个以“- name: 名称”开头",
            )
        )
        return
    lines: dict[str | int, dict[Path, int]] = defaultdict(dict)
    for path, line in parsed.lines.items():
        if path:
            lines[path[0]][path[1:]] = line
    for index, entry in enumerate(data):
        text = YamlText(file=parsed.file, data=entry, lines=lines[index])
        if isinstance(entry, dict):
            yield _Entry(data=entry, text=text)
        else:
            problems.append(
                Problem(
                    place=text.place(()),
                    rule="source",
                    message="每个信息源应是“名称: 内容”的若干行",
                    suggestion="例如 - {name: 名称, url: https://…}",
                )
            )


def _repeated(entries: Sequence[_Entry]) -> dict[int, Problem]:
    """Return a problem for each entry, by its index, whose name or address an earlier one has."""
    seen: dict[tuple[str, str], _Entry] = {}
    problems: dict[int, Problem] = {}
    for index, entry in enumerate(entries):
        for key, what in (("name", "同名"), ("url", "同网址"), ("route", "同路由")):
            value = entry.data.get(key)
            if not isinstance(value, str):
                continue
            earlier = seen.setdefault((key, _same(key, value)), entry)
            if earlier is not entry:
                line = earlier.text.place(()).line
                message = f"与第 {line} 行的信息源{what}（{value}）"
                problems[index] = entry.problem((), message, "请删去一个，或改正")
    return problems


def _same(key: str, value: str) -> str:
    if key == "name":
        return value.strip()
    return route_key(value) if key == "route" else address_key(value).partition("://")[2]


def route_key(route: str) -> str:
    """Return what a source with this RSSHub route is known by."""
    return "rsshub:/" + re.sub(r"^rsshub:", "", route.strip()).lstrip("/")


def address_key(url: str) -> str:
    """Return what a source at this address is known by."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "") + ("" if parts.port in (None, 80, 443) else f":{parts.port}")
    except ValueError:
        return url.strip()
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{host}{parts.path or '/'}{query}"


def _read_entry(
    entry: _Entry,
    industries: Sequence[Industry],
    columns: Sequence[Column],
    base: str | None,
    problems: list[Problem],
) -> Source | None:
    fields, found = validate(SourceFields, entry.text)
    codes, unknown = resolve_industries(_industry_names(entry), industries)
    wrong = [
        *found,
        *_wrong_keys(entry),
        *_unreadable_selectors(entry),
        *(entry.problem(("industries",), f"没有“{name}”这个产业", advice) for name, advice in unknown),
        *_unknown_column(entry, columns),
    ]
    problems += wrong
    if fields is None or wrong:
        return None
    url, key = _address(fields, base)
    return Source(
        name=fields.name,
        kind=fields.kind,
        url=url,
        key=key,
        zone=fields.zone,
        industries=codes,
        column=_column_code(fields.column, columns),
        authority=fields.authority,
        fields=_fields(fields),
        data=_data(fields),
        evidence=fields.evidence,
        note=fields.note,
        paused=fields.paused or not url.startswith("http"),
        line=entry.text.place(()).line,
    )


def _industry_names(entry: _Entry) -> list[str]:
    names = as_list(entry.data.get("industries"))
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _address(fields: SourceFields, base: str | None) -> tuple[str, str]:
    """Return the address of a source, and what it is known by."""
    if fields.kind is SourceKind.RSSHUB:
        assert fields.route is not None
        key = route_key(fields.route)
        return (f"{base}{fields.route}" if base else key), key
    assert fields.url is not None
    return fields.url, address_key(fields.url)


def _fields(fields: SourceFields) -> Fields | None:
    if fields.items is None:
        return None
    return Fields(
        items=fields.items,
        title=fields.title,
        link=fields.link,
        date=fields.date,
        summary=fields.summary,
        html=fields.html,
    )


def _data(fields: SourceFields) -> DataStep | None:
    if fields.data is None:
        return None
    step = fields.data
    return DataStep(find=step.find, url=step.url, after=step.after, kind=SourceKind(step.kind))


_SELECTING = ("items", "title", "link", "date", "summary")
_NEEDED = {
    "feed": {"url": "https://……"},
    "rsshub": {"route": "/gov/nea/sjzz/dls"},
    "page": {"url": "https://……", "items": "ul.list li"},
    "json": {"url": "https://……", "items": "data.list", "title": "title", "link": "url"},
}
_ONLY_FOR = {
    "url": ("feed", "page", "json"),
    "route": ("rsshub",),
    **dict.fromkeys((*_SELECTING, "html"), ("page", "json")),
    "data": ("page",),
}


def _wrong_keys(entry: _Entry) -> Iterator[Problem]:
    """Yield what the kind of source needs and has not, and what it cannot have."""
    kind = entry.kind
    for key, example in _needed(entry).items():
        if key in entry.data and entry.data[key] is None:
            advice = f"请写上，如 {key}: {example}；内容以 # 开头的要加英文引号，否则算说明"
            yield entry.problem((key,), f"“{key}”后面没有内容", advice)
        elif entry.data.get(key) is None:
            yield entry.problem((), f"{kind} 类的信息源缺少“{key}”", f"请加一行“{key}: {example}”")
    for key, kinds in _ONLY_FOR.items():
        if key in entry.data and kind in _NEEDED and kind not in kinds:
            yield entry.problem(
                (key,),
                f"“{key}”不能用在 {kind} 类的信息源里",
                f"它用于 {'、'.join(kinds)} 类；请删去，或改 kind",
            )


def _needed(entry: _Entry) -> Mapping[str, str]:
    if entry.kind not in ("page", "json"):
        return _NEEDED.get(entry.kind, {})
    return _NEEDED["json" if _by_paths(entry) else "page"]


def _by_paths(entry: _Entry) -> bool:
    """Tell whether the entry's fields are paths in JSON; else they are CSS selectors."""
    data = entry.data.get("data")
    step = data.get("kind", "json") if isinstance(data, dict) else None
    return (step or entry.kind) == "json" and entry.data.get("html") is None


def _unreadable_selectors(entry: _Entry) -> Iterator[Problem]:
    if entry.kind not in ("page", "json"):
        return
    for key in _SELECTING:
        template = key == "link" and _by_paths(entry)
        yield from _unreadable(entry, (key,), parse_path if _by_paths(entry) else parse_selector, template)
    yield from _unreadable(entry, ("html",), parse_path)
    data = entry.data.get("data")
    if isinstance(data, dict):
        yield from _unreadable(entry, ("data", "find"), parse_selector)
        if isinstance(data.get("url"), str) and not placeholders(data["url"]):
            yield entry.problem(
                ("data", "url"),
                "“data.url”里没有写用哪个属性",
                "请把元素的属性名写在花括号里，如 ds_{data}.json",
            )


def _unreadable(
    entry: _Entry, path: tuple[str, ...], parse: Callable[[str], Any], template: bool = False
) -> Iterator[Problem]:
    value: Any = entry.data
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, str) or not value.strip():
        return
    for one in placeholders(value) if template and "{" in value else [value]:
        try:
            parse(one)
        except SelectorError as error:
            message, _, suggestion = str(error).partition("；")
            yield entry.problem(path, f"“{'.'.join(path)}”{message}", suggestion)


def _unknown_column(entry: _Entry, columns: Sequence[Column]) -> Iterator[Problem]:
    name = entry.data.get("column")
    if isinstance(name, str) and _column_code(name, columns) is None:
        known = "、".join(f"{column.code}（{column.name}）" for column in columns)
        yield entry.problem(("column",), f"没有“{name}”这个栏目", f"可用：{known}")


def _column_code(name: str | None, columns: Sequence[Column]) -> str | None:
    return next((one.code for one in columns if name and name.strip() in (one.code, one.name)), None)


def _without_rsshub(sources: Iterable[Source], file: str, rsshub: str | None) -> Iterator[Problem]:
    waiting = [source for source in sources if source.needs_rsshub]
    if waiting and rsshub:
        yield Problem(
            place=Place(file=SETTINGS_FILE),
            rule="rsshub",
            message=f"“collector.rsshub”应为 http:// 或 https:// 开头的网址，现为“{rsshub}”",
        )
    elif waiting:
        yield Problem(
            place=Place(file=file, line=waiting[0].line),
            rule="rsshub",
            message=f"有 {len(waiting)} 个 rsshub 类的信息源没有采集，因为还没有设置 RSSHub 的地址",
            suggestion=f"自建 RSSHub 后，在 {SETTINGS_FILE} 的 collector 里写 rsshub: http://……",
            severity=Severity.WARNING,
        )
