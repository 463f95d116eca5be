"""A block of key figures: a few numbers that a reader should not miss, with what they count."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from xcbulletin.model import Place, Problem
from xcbulletin.publishing.nodes import KeyFigure, KeyFigures
from xcbulletin.settings import Section, Text
from xcbulletin.yamltext import YamlText, parse_yaml, validate

KEY_FIGURES_WORDS = ("keyfigures", "数字")
"""What an editor writes behind the fence."""

_MOST = 6
_LONGEST_VALUE = 10
_LONGEST_UNIT = 6
_KEYS = "value|unit|label|note"
_CHINESE_COMMA = re.compile(rf"，\s*(?=(?:{_KEYS})\s*[:：])")
_BARE = re.compile(
    rf"\b({_KEYS}):[ ]+(\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|(?:[%@&*!]|[>|](?=[\d.]))[^,，}}'\"]*)(?=\s*(?:[,}}]|\Z))"
)
"""What YAML would take apart or refuse where no quotes stand: 4,636 and %."""
_WITH_UNIT = re.compile(r"(\D{0,2}\d[\d,.]*)\s*([\u4e00-\u9fff%％‰℃]{1,4})")


def _short(value: str) -> str:
    if len(value) > _LONGEST_VALUE:
        raise ValueError(f"太长（{len(value)} 个字符，最多 {_LONGEST_VALUE} 个）；请换大一级的单位，如万、亿")
    return value


def _short_unit(unit: str) -> str:
    if len(unit) > _LONGEST_UNIT:
        raise ValueError(f"太长（{len(unit)} 个字符，最多 {_LONGEST_UNIT} 个）；请把说明写进 label 或 note")
    return unit


class KeyFigureFields(Section):
    """One figure."""

    value: Annotated[Text, AfterValidator(_short)]
    unit: Annotated[Text, AfterValidator(_short_unit)] | None = None
    label: Text
    note: Text | None = None


def _listed(value: Any) -> Any:
    if not isinstance(value, list):
        raise ValueError("应为若干行，每行一个数字；例如“  - {value: 12, unit: 家, label: 说明}”")
    return value


def _counted(value: tuple[KeyFigureFields, ...]) -> tuple[KeyFigureFields, ...]:
    if not 1 <= len(value) <= _MOST:
        raise ValueError(f"应有 1 到 {_MOST} 项，现有 {len(value)} 项")
    return value


class KeyFiguresFields(Section):
    """The block."""

    title: Text | None = None
    figures: Annotated[tuple[KeyFigureFields, ...], BeforeValidator(_listed), AfterValidator(_counted)]
    source: Text | None = None


def read_key_figures(text: str, file: str, first_line: int) -> tuple[KeyFigures | None, tuple[Problem, ...]]:
    """Return the block whose YAML begins on `first_line` of `file`, or None, and all that is wrong with it."""
    problems = list(_chinese_commas(text, file, first_line))
    parsed = parse_yaml(_as_meant(text), file, first_line)
    fields, found = validate(KeyFiguresFields, parsed)
    if _is_cut_off(parsed):
        found = parsed.problems
    problems += (replace(problem, rule="keyfigures") for problem in found)
    if fields is None or problems:
        return None, tuple(sorted(problems, key=lambda problem: problem.place.line or 0))
    figures = tuple(
        _figure(figure, parsed.place(("figures", index)).line) for index, figure in enumerate(fields.figures)
    )
    source = fields.source
    if source and not re.match(r"(?:数据|资料)?来源\s*[：:]", source):
        source = f"数据来源：{source}"
    return KeyFigures(children=figures, title=fields.title, source=source, line=first_line - 1), ()


def _is_cut_off(parsed: YamlText) -> bool:
    """Tell whether there are no figures only because their rows could not be read."""
    is_broken = any(problem.rule in ("yaml-syntax", "yaml-depth") for problem in parsed.problems)
    return is_broken and not (isinstance(parsed.data, dict) and parsed.data.get("figures"))


def _chinese_commas(text: str, file: str, first_line: int) -> Iterator[Problem]:
    for line, row in enumerate(text.split("\n"), start=first_line):
        if _CHINESE_COMMA.search(row):
            yield Problem(
                place=Place(file=file, line=line),
                rule="keyfigures",
                message="各项之间用了中文逗号“，”",
                suggestion="请改为英文逗号加一个空格“, ”",
            )


def _as_meant(text: str) -> str:
    rows = (_CHINESE_COMMA.sub(", ", row.rstrip()) for row in text.split("\n"))
    return "\n".join(_BARE.sub(lambda bare: f"{bare[1]}: '{bare[2].rstrip()}'", row) for row in rows)


def _figure(fields: KeyFigureFields, line: int | None) -> KeyFigure:
    """Return a figure with its unit apart, which is set smaller: 8.2 and 倍."""
    value, unit = fields.value, fields.unit
    if unit is None and (match := _WITH_UNIT.fullmatch(value)):
        value, unit = match.groups()
    return KeyFigure(value=value, unit=unit or "", label=fields.label, note=fields.note, line=line)
