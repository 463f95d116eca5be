"""New entries for `sources/feeds.yaml`; what stands there stays as it is, remarks and all."""

import codecs
import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from xcbulletin.collecting.following.sources import SOURCES_FILE, read_sources
from xcbulletin.errors import BulletinError
from xcbulletin.model import Problem
from xcbulletin.settings import Workspace
from xcbulletin.workspace import alone_in, write_whole
from xcbulletin.yamltext import decode, encoding_of, parse_yaml


def append_sources(workspace: Workspace, entries: Sequence[Mapping[str, Any]]) -> None:
    """Append entries to a workspace's feeds.yaml, written whole. Raises BulletinError where one is not right.

    Encoding and line ends of the file are kept.
    """
    path = workspace.root / SOURCES_FILE
    path.parent.mkdir(exist_ok=True)
    with alone_in(path.parent):  # or one who adds at the same moment would write over what we have added
        old = path.read_bytes() if path.exists() else b""
        write_whole(path, _with_entries(old, entries, workspace))


def _with_entries(old: bytes, entries: Sequence[Mapping[str, Any]], workspace: Workspace) -> bytes:
    text = decode(old, SOURCES_FILE)
    result = add_sources(text, entries)
    known = {problem.message for problem in _problems(text, workspace)}
    fresh = [problem for problem in _problems(result, workspace) if problem.message not in known]
    if wrong := [problem.message for problem in fresh if problem.is_error]:
        raise BulletinError("\n".join(f"没有加入：{message}" for message in wrong))
    return _written(old, text, result)


def _problems(text: str, workspace: Workspace) -> tuple[Problem, ...]:
    base = workspace.settings.collector.rsshub
    return read_sources(text, SOURCES_FILE, workspace.industries, workspace.columns, base)[1]


def _written(old: bytes, text: str, result: str) -> bytes:
    """Return the bytes of `result`, made of the `text` of `old`: byte for byte those, where it was only added to."""
    encoding = encoding_of(old, SOURCES_FILE)
    mark = next((one for one in _MARKS if old.startswith(one)), b"")
    kept, added = (old, result[len(text) :]) if result.startswith(text) else (mark, result)
    if "\r\n" in old.decode(encoding):
        added = added.replace("\n", "\r\n")
    return kept + added.encode(_MARKS.get(mark, encoding))


_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


def add_sources(text: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """Return the text of feeds.yaml with entries appended; every line that was there stays.

    An entry holds keys of `SourceFields` with texts, lists of texts or mappings of texts. Raises BulletinError
    where the text is written in a way that cannot be added to.
    """
    result = _appended(text, entries)
    before = parse_yaml(text, SOURCES_FILE)
    after = parse_yaml(result, SOURCES_FILE)
    if after.data != [*(before.data or []), *map(dict, entries)] or len(after.problems) > len(
        before.problems
    ):
        raise BulletinError(
            f"{SOURCES_FILE}: 文件的写法不便自动添加，没有改动；请先改正其中的错误，或手工加上\n"
            + "".join(_block(entry, "") for entry in entries)
        )
    return result


def _appended(text: str, entries: Sequence[Mapping[str, Any]]) -> str:
    root = _root(text)
    if isinstance(root, yaml.SequenceNode) and root.flow_style:
        return _into_brackets(text, root, entries)
    body = text if not text or text.endswith("\n") else text + "\n"
    indent = " " * root.start_mark.column if isinstance(root, yaml.SequenceNode) else ""
    return body + "".join(_block(entry, indent) for entry in entries)


def _root(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None


def _into_brackets(text: str, root: yaml.SequenceNode, entries: Sequence[Mapping[str, Any]]) -> str:
    """Return `text`, whose list stands in brackets, with `entries` in it; empty brackets give way."""
    rows = text.split("\n")
    start, end = (_offset(rows, mark) for mark in (root.start_mark, root.end_mark))
    if not root.value:
        return text[:start] + "".join(_block(entry, "") for entry in entries) + text[end:].lstrip(" \n")
    before = text[: end - 1].rstrip()
    comma = "" if before.endswith(",") else ","
    inside = ",\n".join(f"  {{{_in_line(entry)}}}" for entry in entries)
    return f"{before}{comma}\n{inside}\n]{text[end:]}"


def _offset(rows: Sequence[str], mark: yaml.Mark) -> int:
    return sum(len(row) + 1 for row in rows[: mark.line]) + mark.column


def _block(entry: Mapping[str, Any], indent: str) -> str:
    rows = [f"{key}: {_value(value)}" for key, value in entry.items()]
    return "".join(f"{indent}{'  ' if number else '- '}{row}\n" for number, row in enumerate(rows))


def _in_line(entry: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {_value(value, inside=True)}" for key, value in entry.items())


def _value(value: Any, *, inside: bool = False) -> str:
    """Return a value as YAML in one line, quoted where it must be; `inside` brackets that is more often."""
    if isinstance(value, Mapping):
        return "{" + _in_line(value) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one, inside=True) for one in value) + "]"
    dumped: str = yaml.safe_dump([value], default_flow_style=inside, allow_unicode=True, width=2**20)
    text = dumped.strip()[1:-1] if inside else dumped[2:].strip()
    return json.dumps(value) if "\n" in text else text
