"""YAML that office staff typed, to values that know their lines; every mistake found at once.

Scalars stay text (YAML 1.2 failsafe schema, with lists and mappings), so `2021-01`, `5g` and `no` mean
what they look like; pydantic makes dates and numbers of them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from xcbulletin.errors import ProblemsError
from xcbulletin.model import Place, Problem

Path = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

_KEY = r"[A-Za-z][A-Za-z0-9_]*"
_FULL_WIDTH_COLON = re.compile(rf"^(\s*(?:- )?)({_KEY})\s*：\s*")
_NO_BLANK_AFTER_COLON = re.compile(rf"^(\s*(?:- )?)({_KEY}):(?![\s/]|$)")
_ORDINARY = re.compile(rf"(?: *(?:- )?{_KEY}: [^#|>\n]*(?:\n|\Z)|\n)*")
"""Rows in which `_mend` finds nothing, as most texts have no others; told at once, for there are thousands."""
_DEEPEST = 50
_SUSPECTS = 20
"""Rows among which one is looked for that is wrong."""
_DASH = re.compile(r" *-(?: |$)")
_KEYED = re.compile(rf" *(?:- )?{_KEY}:(?: |$)")
_SWALLOWED = re.compile(rf"^\s*(?:- )?({_KEY}):\s+([^\s'\"\[{{|>#][^#]*\s#[^#\s].*?)\s*$")
_OPENS_BLOCK = re.compile(r":\s*[|>][+-]?\d*\s*$")
_CHINESE_COLON = re.compile(rf"{_KEY}：")
_NULLS = frozenset({"", "~", "null"})


@dataclass(frozen=True, kw_only=True, slots=True)
class YamlText:
    """A parsed YAML text."""

    file: str
    data: Any
    lines: Mapping[Path, int] = field(repr=False)
    """The line of each key or list entry, by its path."""
    elsewhere: Mapping[Path, Place] = field(default_factory=dict, repr=False)
    """Where a value came from that is not from the file."""
    problems: tuple[Problem, ...] = ()

    def place(self, path: Path) -> Place:
        """Return where `path` stands, or the nearest thing above it."""
        while path and path not in self.lines and path not in self.elsewhere:
            path = path[:-1]
        return self.elsewhere.get(path) or Place(file=self.file, line=self.lines.get(path))


def encoding_of(content: bytes, file: str) -> str:
    """Return what `content` is written in: UTF-16 or UTF-8 with a mark, UTF-8, or GB 18030.

    Raises ProblemsError where it is none of these.
    """
    return _decoded(content, file)[0]


def _decoded(content: bytes, file: str) -> tuple[str, str]:
    """Return what `content` is written in, and what is written."""
    bad = 0
    if content.startswith(_OFFICE_FILES):
        raise ProblemsError([_no_text(Place(file=file))])
    for encoding in _candidates(content):
        try:
            return encoding, content.decode(encoding)
        except UnicodeDecodeError as error:
            bad = max(bad, error.start)
    raise ProblemsError([_unreadable(Place(file=file, line=content.count(b"\n", 0, bad) + 1))])


_OFFICE_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""What files of Word, Excel and WPS begin with, those of today and those of old."""


def _no_text(place: Place) -> Problem:
    return _problem(
        place,
        "encoding",
        "这是 Word、Excel 一类的文件，不是纯文本，改了扩展名也读不了",
        "请用原来的程序打开：文稿把文字复制进 .md 文件，表格另存为 CSV",
    )


def _candidates(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return ("utf-8-sig",) if content.startswith(b"\xef\xbb\xbf") else ("utf-8", "gb18030")


def _unreadable(place: Place) -> Problem:
    return _problem(
        place,
        "encoding",
        "有无法辨认的字节，既不是 UTF-8 也不是 GBK 编码",
        "请用记事本打开，另存为 UTF-8 编码",
    )


def decode(content: bytes, file: str) -> str:
    """Return the text of `content` with LF line ends. Raises ProblemsError, see `encoding_of`.

    Marks that nobody sees, which come along when text is copied from pages and chats, are left out.
    """
    _encoding, text = _decoded(content, file)
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
"""Soft hyphen, zero-width space, marks of direction, word joiner, byte order mark."""


def parse_yaml(text: str, file: str, first_line: int = 1) -> YamlText:
    """Parse one YAML document; what cannot be read is in `problems`, and the rest is still read.

    `first_line` is the line of the file on which `text` begins.
    """
    problems: list[Problem] = []
    rows = text.split("\n")
    if not _ORDINARY.fullmatch(text):
        rows = list(_mend(rows, file, first_line, problems))
    node = _compose(rows, file, first_line, problems)
    builder = _Builder(file, first_line, problems)
    data = None if node is None else builder.build(node, ())
    return YamlText(file=file, data=data, lines=builder.lines, problems=tuple(problems))


def _compose(rows: list[str], file: str, first_line: int, problems: list[Problem]) -> Any:
    """Return the document's node; a line that breaks it is reported and left out, so that more is found."""
    for _attempt in range(10):
        text = "\n".join(rows)
        try:
            if (deep := _too_deep(text)) is not None:
                problems.append(_depth_problem(Place(file=file, line=deep + first_line)))
                return None
            return yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            line = min(_line_of(error), len(rows) - 1)
            while line and not rows[line].strip():
                line -= 1
            if "nesting depth" in str(error):  # libyaml's own limit, from PyYAML 6.0.4 on
                problems.append(_depth_problem(Place(file=file, line=line + first_line)))
                return None
            line, rows = _without_mistake(rows, line)
            problems.append(_syntax_problem(Place(file=file, line=line + first_line)))
    return None


def _without_mistake(rows: list[str], line: int) -> tuple[int, list[str]]:
    """Return the row that is wrong, at `line` or above it, and the rows without it: those of which most can be read.

    Where a row opens an entry or a block, what is told is often a row far below that fits no more.
    """
    near = range(line, max(-1, line - _SUSPECTS), -1)
    suspects = [one for one in near if rows[one].strip() and rows[one].lstrip()[0] != "#"] or [line]
    tries = ((number, others) for number in suspects for others in _left_out(rows, number))
    # Of two that help as much, rather the one that is no "key: value" than the one that is; the first of equals.
    return max(tries, key=lambda one: (_readable_rows(one[1]), not _KEYED.match(rows[one[0]])))


def _left_out(rows: list[str], number: int) -> Iterator[list[str]]:
    """Yield the rows without one of them: its dash kept for what stands below it, or nothing kept, nor what is below."""
    before, row, after = rows[:number], rows[number], rows[number + 1 :]
    below = next((place for place, one in enumerate(after) if _indent(one) <= _indent(row)), len(after))
    if below and _DASH.match(row):
        margin = min((_indent(one) for one in (*before, *after) if _DASH.match(one)), default=0)
        yield from ([*before, f"{' ' * indent}-", *after] for indent in sorted({_indent(row), margin}))
    yield [*before, "", *after]
    yield [*before, *[""] * (below + 1), *after[below:]]


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip(" "))


def _readable_rows(rows: list[str]) -> int:
    """Return how many rows can be read; more than there are where nothing is wrong with them."""
    try:
        for _event in yaml.parse("\n".join(rows), Loader=yaml.CSafeLoader):
            pass
    except yaml.YAMLError as error:
        return _line_of(error)
    return len(rows) + 1


def _line_of(error: yaml.YAMLError) -> int:
    """Return the row on which an error is: where a bracket or quote opens that nothing closes, or else where it ends."""
    begin, end = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    # A block begins with its first key, far above the row with another indent that does not belong to it.
    is_in_block = (getattr(error, "context", None) or "").startswith("while parsing a block")
    mark = (end or begin) if is_in_block else (begin or end)
    return 0 if mark is None else int(mark.line)


def _too_deep(text: str) -> int | None:
    """Return the row on which lists and mappings stand deeper in one another than the composer can climb.

    Raises YAMLError for what the parser cannot read, which is told before what the composer would not take.
    """
    if _is_simple(text):
        return None
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            return int(event.start_mark.line) if event.start_mark else 0
    return None


def _is_simple(text: str) -> bool:
    """Tell whether a text has too few marks to be too deep, and none that only a composer takes exception to.

    Each list and mapping takes one of the first marks; the others make anchors, aliases and further documents.
    """
    is_flat = sum(map(text.count, "[{:-?")) <= _DEEPEST
    return is_flat and not any(mark in text for mark in ("&", "*", "---", "..."))


def _mend(rows: list[str], file: str, first_line: int, problems: list[Problem]) -> Iterator[str]:
    """Yield the rows with the slips of a Chinese keyboard put right, each reported."""
    in_block: int | None = None
    previous = ""
    for number, row in enumerate(rows, start=first_line):
        indent = len(row) - len(row.lstrip())
        if in_block is not None and (not row.strip() or indent > in_block):
            yield row
            continue
        in_block = indent if _OPENS_BLOCK.search(row) else None
        place = Place(file=file, line=number)
        if row.strip() and (strange := row[:indent].strip(" ")):
            what = "制表符（Tab）" if "\t" in strange else "全角或别的特殊空格"
            problems.append(_problem(place, "yaml-tab", f"行首用了{what}", "请改为两个空格"))
            row = _indent_after(previous) + row[indent:]
        if match := _FULL_WIDTH_COLON.match(row):
            key = match[2]
            problems.append(
                _problem(
                    place, "yaml-colon", f"“{key}”后面用了中文冒号“：”", f"请改为英文冒号加一个空格“{key}: ”"
                )
            )
            row = f"{match[1]}{key}: {row[match.end() :]}"
        elif match := _NO_BLANK_AFTER_COLON.match(row):
            key = match[2]
            problems.append(
                _problem(place, "yaml-colon", f"“{key}:”后面少一个空格", f"请写成“{key}: ”再接内容")
            )
            row = f"{match[1]}{key}: {row[match.end() :]}"
        if match := _SWALLOWED.match(row):
            problems.append(
                _problem(
                    place,
                    "yaml-comment",
                    f"“{match[1]}”从“#”起会被当作说明，不会印出来",
                    f"请给整段内容加英文引号：{match[1]}: '{match[2]}'；如果真是说明，“#”后面请空一格",
                )
            )
        previous = row if row.strip() else previous
        yield row


def _indent_after(row: str) -> str:
    indent = row[: len(row) - len(row.lstrip())]
    # A line under "- name: …" belongs to the same entry, one under "key:" below it.
    return indent + "  " if row.rstrip().endswith(":") or row.lstrip().startswith("- ") else indent


def _problem(place: Place, rule: str, message: str, suggestion: str | None = None) -> Problem:
    return Problem(place=place, rule=rule, message=message, suggestion=suggestion)


class _Builder:
    """Makes plain values of YAML nodes, and notes the line of each."""

    def __init__(self, file: str, first_line: int, problems: list[Problem]) -> None:
        self.file, self.first_line, self.problems = file, first_line, problems
        self.lines: dict[Path, int] = {(): first_line}
        self._seen: set[int] = set()

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, self._line(node))
        if id(node) in self._seen:
            # An alias may stand for a billion nodes, and no editor needs one.
            self._report(
                node,
                "yaml-alias",
                "不支持 YAML 的引用写法（& 与 *）",
                "请把内容再写一遍，或给整段内容加英文引号",
            )
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return None if not node.style and node.value in _NULLS else node.value

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            key, colon, rest = key.partition("：") if _CHINESE_COLON.match(key) else (key, "", "")
            if colon:
                self._report(
                    key_node,
                    "yaml-colon",
                    f"“{key}”后面用了中文冒号“：”",
                    f"请改为英文冒号加一个空格“{key}: ”" + ("，逗号也改为英文的" if "，" in rest else ""),
                )
            if key in result:
                earlier = self.lines[(*path, key)]
                self._report(
                    key_node, "yaml-duplicate", f"“{key}”写了两次（第 {earlier} 行已有）", "请删去一处"
                )
                continue
            self.lines[(*path, key)] = self._line(key_node)
            result[key] = rest if colon else self.build(value_node, (*path, key))
        return result

    def _line(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + self.first_line

    def _report(self, node: yaml.Node, rule: str, message: str, suggestion: str) -> None:
        self.problems.append(
            _problem(Place(file=self.file, line=self._line(node)), rule, message, suggestion)
        )


def _depth_problem(place: Place) -> Problem:
    return _problem(
        place, "yaml-depth", f"嵌套太深（超过 {_DEEPEST} 层）", "请检查方括号，或给整段内容加英文引号"
    )


def _syntax_problem(place: Place) -> Problem:
    return _problem(
        place,
        "yaml-syntax",
        "这里不合 YAML 写法，读不下去",
        "请检查引号、方括号是否成对，同级各行缩进是否一样；内容里有“: ”或以符号开头时，给整段内容加英文引号",
    )


def validate(model: type[Model], parsed: YamlText) -> tuple[Model | None, tuple[Problem, ...]]:
    """Return `parsed` as a `model`, or None, with everything that is wrong with it in order of lines."""
    problems = list(parsed.problems)
    data = {} if parsed.data is None else parsed.data
    value = None
    if not isinstance(data, dict):
        place = parsed.place(())
        problems.append(_problem(place, "yaml-mapping", "这里应是“名称: 内容”的若干行", "例如 title: 标题"))
    else:
        try:
            value = model.model_validate(data)
        except ValidationError as error:
            unread = any(problem.rule in ("yaml-syntax", "yaml-depth") for problem in parsed.problems)
            found = error.errors(include_url=False)
            problems += [
                _translate(details, parsed, model)
                for details in found
                if not (unread and details["type"] == "missing") and not _is_echo(details, found)
            ]
    problems.sort(key=lambda problem: problem.place.line or 0)
    return (None if problems else value), tuple(problems)


def _is_echo(details: Any, found: Iterable[Any]) -> bool:
    """Tell whether a list is called too short only because pydantic did not count its wrong entries."""
    path = details["loc"]
    return details["type"] == "too_short" and any(
        one["loc"][: len(path)] == path and one is not details for one in found
    )


def _translate(details: Any, parsed: YamlText, model: type[BaseModel]) -> Problem:
    path = tuple(details["loc"])
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
    kind, shown = details["type"], _shown(details["input"])
    if kind == "missing":
        example = "2021-01-29" if path[-1] == "date" else "……"
        return _problem(
            parsed.place(path[:-1]), "missing-key", f"缺少“{name}”", f"请加一行“{path[-1]}: {example}”"
        )
    if kind == "extra_forbidden":
        return _problem(parsed.place(path), "unknown-key", f"不认识的项目“{name}”", _nearest_key(path, model))
    if kind == "value_error":
        message, _, suggestion = str(details["ctx"]["error"]).partition("；")
        return _problem(parsed.place(path), "value", f"“{name}”{message}", suggestion or None)
    expected = _EXPECTED.get(kind, "写法不合要求")
    if kind in ("enum", "literal_error"):
        known = str(details["ctx"]["expected"]).replace("'", "")
        expected = f"应为 {known.replace(', ', '、').replace(' or ', ' 或 ')}"
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        expected = f"{words} {details['ctx'][key]}"
    if details["input"] is None:
        return _problem(parsed.place(path), "value", f"“{name}”后面没有内容，{expected}")
    return _problem(parsed.place(path), "value", f"“{name}”{expected}，现为“{shown}”")


_EXPECTED = {
    "date_from_datetime_parsing": "应为真实存在的日期（如 2021-01-31）",
    "date_parsing": "应为真实存在的日期（如 2021-01-31）",
    "date_type": "应为真实存在的日期（如 2021-01-31）",
    "date_from_datetime_inexact": "应只写日期，不写时刻（如 2021-01-31）",
    "int_parsing": "应为整数（如 12）",
    "int_type": "应为整数（如 12）",
    "float_parsing": "应为数字（如 1.5）",
    "float_type": "应为数字（如 1.5）",
    "bool_parsing": "应为 true（是）或 false（否）",
    "bool_type": "应为 true（是）或 false（否）",
    "string_type": "应为一段文字",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "只能用小写英文字母、数字和连字符",
    "too_short": "至少要有一项",
    "list_type": "应为一列内容（如 [ai, robot]）",
    "tuple_type": "应为一列内容（如 [ai, robot]）",
    "dict_type": "应为下面缩进的若干项",
    "model_type": "应为下面缩进的若干项",
    "model_attributes_type": "应为下面缩进的若干项",
}
_BOUNDS = {
    "greater_than": ("gt", "应大于"),
    "greater_than_equal": ("ge", "不能小于"),
    "less_than_equal": ("le", "不能大于"),
}


def _shown(value: Any) -> str:
    if value is None:
        return "空"
    if isinstance(value, dict):
        value = [f"{key}: {_shown(inner)}" for key, inner in value.items()]
    text = "、".join(map(_shown, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 30 else text[:29] + "…"


def _nearest_key(path: Path, model: type[BaseModel]) -> str:
    valid = list(_fields_at(path[:-1], model))
    near = get_close_matches(str(path[-1]).lower(), valid, n=1, cutoff=0.6)
    return f"是否想写“{near[0]}”？" if near else f"这里可用：{'、'.join(valid)}"


def _fields_at(path: Path, model: type[BaseModel]) -> list[str]:
    for part in path:
        if isinstance(part, int):
            continue
        field_info = model.model_fields[part] if part in model.model_fields else _by_alias(model, part)
        model = next(inner for inner in _models_in(field_info.annotation))
    return [info.alias or name for name, info in model.model_fields.items()]


def _by_alias(model: type[BaseModel], alias: str) -> Any:
    return next(info for info in model.model_fields.values() if info.alias == alias)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)
