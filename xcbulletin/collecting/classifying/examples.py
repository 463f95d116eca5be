"""What editors decided, as a learner reads it; `learn FILE.jsonl`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xcbulletin.collecting.classifying.columns import COLUMNS
from xcbulletin.model import Column, Industry, Place, Problem
from xcbulletin.settings import resolve_industries

_LONGEST = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """An item with the industries and the column that an editor gave it; with none, it was put away."""

    title: str
    summary: str
    industries: tuple[str, ...]
    column: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What a line may name."""

    industries: Sequence[Industry]
    columns: Mapping[str, str] = field(default_factory=dict)
    """Codes by code and by name, of those that an item from outside can stand in."""


def read_examples(
    text: str, file: str, industries: Sequence[Industry], columns: Iterable[Column] = ()
) -> tuple[tuple[Example, ...], tuple[Problem, ...]]:
    """Read one JSON object a line; industries and columns go by their codes or by the names that sources may use.

    Keys other than title, summary, industries and column are ignored. A line that is wrong is left out, and
    every mistake is returned with its line.
    """
    names = {one.name: one.code for one in columns if one.code in COLUMNS}
    known = _Known(industries=industries, columns={**{code: code for code in COLUMNS}, **names})
    examples: list[Example] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not line.strip():
            continue
        value, mistakes = _read_line(line, known)
        examples += [value] if value else []
        problems += [
            Problem(place=Place(file=file, line=number), rule="example", message=message, suggestion=remedy)
            for message, remedy in mistakes
        ]
    return tuple(examples), tuple(problems)


_Mistake = tuple[str, str]


def _read_line(line: str, known: _Known) -> tuple[Example | None, list[_Mistake]]:
    try:
        value = json.loads(line) if len(line) <= _LONGEST else None
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair cannot be kept
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return None, [
            ("这一行不是一个 JSON 对象", '每行应如 {"title": "……", "industries": ["ai"], "column": "news"}')
        ]
    mistakes = [*_check_texts(value), *_check_industries(value, known), *_check_column(value, known)]
    return None if mistakes else _example(value, known), mistakes


def _check_texts(value: dict[str, Any]) -> Iterable[_Mistake]:
    title, summary = value.get("title"), value.get("summary")
    if title is not None and not isinstance(title, str):
        yield f"标题（title）应为文字，现为“{title}”", "请加引号"
    elif not (title and title.strip()):
        yield "缺少标题（title）", '请加上 "title": "……"'
    if not isinstance(summary, str | None):
        yield "摘要（summary）应为文字", "请加引号，没有摘要时可以不写"
    if "\x00" in f"{title}{summary}":
        yield "标题或摘要里有空字符", "请删去 \\u0000"


def _check_industries(value: dict[str, Any], known: _Known) -> Iterable[_Mistake]:
    names = value.get("industries")
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        yield "缺少产业（industries）", '应为列表，如 ["ai", "智能电力"]；不属于任何产业的写 []'
        return
    for name, advice in resolve_industries(names, known.industries)[1]:
        yield f"没有“{name}”这个产业", advice


def _check_column(value: dict[str, Any], known: _Known) -> Iterable[_Mistake]:
    column = value.get("column")
    if column not in (None, "", "none") and _column(column, known) is None:
        yield f"没有“{column}”这个栏目", f"可用：{'、'.join(known.columns)}；不进快递的写 none"


def _column(name: Any, known: _Known) -> str | None:
    return known.columns.get(name.strip()) if isinstance(name, str) else None


def _example(value: dict[str, Any], known: _Known) -> Example:
    return Example(
        title=value["title"].strip(),
        summary=(value.get("summary") or "").strip(),
        industries=resolve_industries(value["industries"], known.industries)[0],
        column=_column(value.get("column"), known),
    )
