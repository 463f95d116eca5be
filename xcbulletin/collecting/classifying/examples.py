"""What editors decided, as a learner reads it; `learn FILE.jsonl`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from xcbulletin.collecting.classifying.columns import COLUMNS
from xcbulletin.model import Place, Problem

_LONGEST = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """An item with the industries and the column that an editor gave it; with none, it was put away."""

    title: str
    summary: str
    industries: tuple[str, ...]
    column: str | None


def read_examples(
    text: str, file: str, industries: Iterable[str]
) -> tuple[tuple[Example, ...], tuple[Problem, ...]]:
    """Read one JSON object a line; `industries` are the codes that are known.

    Keys other than title, summary, industries and column are ignored. A line that is wrong is left out, and
    every mistake is returned with its line.
    """
    known = tuple(industries)
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


def _read_line(line: str, known: tuple[str, ...]) -> tuple[Example | None, list[_Mistake]]:
    try:
        value = json.loads(line) if len(line) <= _LONGEST else None
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair cannot be kept
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return None, [
            ("这一行不是一个 JSON 对象", '每行应如 {"title": "……", "industries": ["ai"], "column": "news"}')
        ]
    mistakes = [*_check_texts(value), *_check_industries(value, known), *_check_column(value)]
    return None if mistakes else _example(value), mistakes


def _check_texts(value: dict[str, Any]) -> Iterable[_Mistake]:
    title, summary = value.get("title"), value.get("summary")
    if not (isinstance(title, str) and title.strip()):
        yield "缺少标题（title）", '请加上 "title": "……"'
    if not isinstance(summary, str | None):
        yield "摘要（summary）应为文字", "请加引号，没有摘要时可以不写"
    if "\x00" in f"{title}{summary}":
        yield "标题或摘要里有空字符", "请删去 \\u0000"


def _check_industries(value: dict[str, Any], known: tuple[str, ...]) -> Iterable[_Mistake]:
    codes = value.get("industries")
    if not (isinstance(codes, list) and all(isinstance(code, str) for code in codes)):
        yield "缺少产业（industries）", '应为代码的列表，如 ["ai", "power"]；不属于任何产业的写 []'
        return
    if unknown := [code for code in codes if code not in known]:
        yield f"没有“{'”“'.join(unknown)}”这个产业代码", f"可用：{'、'.join(known)}"


def _check_column(value: dict[str, Any]) -> Iterable[_Mistake]:
    column = value.get("column")
    if column not in (None, "", "none", *COLUMNS):
        yield f"没有“{column}”这个栏目代码", f"可用：{'、'.join(COLUMNS)}；不进快递的写 none"


def _example(value: dict[str, Any]) -> Example:
    column = value.get("column")
    return Example(
        title=value["title"].strip(),
        summary=(value.get("summary") or "").strip(),
        industries=tuple(dict.fromkeys(value["industries"])),
        column=column if column in COLUMNS else None,
    )
