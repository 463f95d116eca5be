"""The words of an article as a reader sees them, each character with its place in the file.

The Markdown is read by the rules that print it; what an editor wrote for the machine (marks, addresses,
attributes, code, charts' data, switches) is left out.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkDestination, parseLinkTitle
from markdown_it.token import Token
from mdit_py_cjk_friendly import cjk_friendly, is_cjk
from mdit_py_plugins.footnote import footnote_plugin

from xcbulletin.model import Article, Place
from xcbulletin.proofing.findings import Edit
from xcbulletin.switches import without_switches

OBJECT = "\ufffc"
"""Stands in a passage for what is no words: code, a picture, a bare address, a reference like [@fig-1]."""


class PassageKind(StrEnum):
    """What a passage is in its article."""

    TITLE = "title"
    SUMMARY = "summary"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CELL = "cell"
    CAPTION = "caption"
    KEY_FIGURE = "keyfigure"
    """Label, value and unit of one figure of a ```keyfigures block."""
    NOTE = "note"
    SOURCE = "source"


Spot = tuple[int, int]
"""A line of the file and a column in it, both from 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """Where a cell stands; all from 0, the row of heads being 0."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A run of text that is printed in one piece."""

    kind: PassageKind
    text: str
    file: str
    spots: tuple[Spot, ...] = field(repr=False)
    """Where each character of `text` stands."""
    made: frozenset[int] = field(default=frozenset(), repr=False)
    """Offsets of characters that do not stand in the file like that: &amp;, a line break, OBJECT."""
    cell: Cell | None = None

    def place(self, offset: int) -> Place:
        """Return where the character at `offset` stands; at the end, where one more would."""
        line, column = self._spot(offset)
        return Place(file=self.file, line=line, column=column)

    def edit(self, start: int, end: int, new: str) -> Edit | None:
        """Return the edit that puts `new` for `text[start:end]`, or None where that is not one piece of a line."""
        line, column = self._spot(start)
        whole = [(line, column + step) for step in range(end - start)]
        if list(self.spots[start:end]) != whole or self.made & set(range(start, end)):
            return None
        return Edit(file=self.file, line=line, column=column, old=self.text[start:end], new=new)

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Yield where each sentence begins and ends, blanks around it left out."""
        for match in _SENTENCE.finditer(self.text):
            yield match.start(), match.end()

    def _spot(self, offset: int) -> Spot:
        if offset < len(self.spots):
            return self.spots[offset]
        line, column = self.spots[-1]
        return line, column + 1


_SENTENCE = re.compile(r"[^\s。！？!?](?:[^。！？!?\n]*(?:[。！？!?]+[”’」』）)》]*|(?=\n|\Z)))")


def passages(article: Article, source_text: str) -> tuple[Passage, ...]:
    """Return the passages of an article in the order of its file, whose whole text is `source_text`."""
    lines = source_text.split("\n")
    front = _Front(article.file, lines[: article.body_line - 1])
    written = (
        (PassageKind.TITLE, "title", article.title),
        (PassageKind.SUMMARY, "summary", article.summary),
        (PassageKind.SOURCE, "name", article.source.name if article.source else None),
    )
    found = [front.passage(kind, key, value) for kind, key, value in written if value]
    found.sort(key=lambda passage: passage.spots[0])
    return (*found, *_body_passages(article, lines[article.body_line - 1 :]))


class _Run:
    """A passage being written down, character by character."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.spots: list[Spot] = []
        self.made: set[int] = set()
        self.soft_break: Spot | None = None

    def add(self, character: str, spot: Spot, *, made: bool = False) -> None:
        """Write down one character, and before it the blank that a line break is between letters."""
        if self.soft_break and self.text and not (is_cjk(self.text[-1]) or is_cjk(character)):
            self._put(" ", self.soft_break, made=True)
        self.soft_break = None
        self._put(character, spot, made=made)

    def _put(self, character: str, spot: Spot, *, made: bool) -> None:
        if made:
            self.made.add(len(self.text))
        self.text.append(character)
        self.spots.append(spot)

    def passages(self, kind: PassageKind, file: str, cell: Cell | None = None) -> Iterator[Passage]:
        """Yield the passage, if anything stands in it."""
        text = "".join(self.text)
        if text.strip():
            made = frozenset(self.made)
            yield Passage(kind=kind, text=text, file=file, spots=tuple(self.spots), made=made, cell=cell)


# Front matter


class _Front:
    """The lines above an article's body."""

    def __init__(self, file: str, lines: Sequence[str]) -> None:
        self._file, self._text = file, "\n".join(lines)
        self._starts = [0, *(at + 1 for at, mark in enumerate(self._text) if mark == "\n")]

    def passage(self, kind: PassageKind, key: str, value: str) -> Passage:
        """Return a field's value, found in its lines as far as it stands there as it reads."""
        match = re.search(rf"(?:^|[{{,\s]){key}:\s*", self._text, re.MULTILINE)
        cursor = match.end() if match else 0
        run = _Run()
        whole = self._text.find(value, cursor) if "\n" not in value else -1
        for step, character in enumerate(value):
            at = whole + step if whole >= 0 else self._text.find(character, cursor)
            run.add(character, self._spot(at if at >= 0 else cursor), made=whole < 0)
            cursor = max(cursor, at + 1)
        return next(run.passages(kind, self._file))

    def _spot(self, offset: int) -> Spot:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


# Body

_CAPTION = re.compile(
    r"(?:附?表|图)\s*(?:\d+(?:[-—–.]\d+)?)?\s*[：:]|(?:附?表|图)\s*\d+(?:[-—–.]\d+)?\s[^。！？；]{1,36}\Z"
)
_SOURCE = re.compile(r"(?:数据|资料|图片)?来源\s*[：:]")
_SETTINGS = re.compile(r"\s*\{#?[\w-][^{}]*\}\s*\Z")
_REFERENCE = re.compile(r"\[@[\w-]+\]")


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": 40})
    # As publishing.markup reads it, but that characters written as \* or &amp; stay apart.
    markdown.enable(["table", "strikethrough"]).disable(["reference", "code", "text_join"])
    return markdown.use(cjk_friendly).use(footnote_plugin, inline=False, move_to_end=False)


def _body_passages(article: Article, lines: Sequence[str]) -> Iterator[Passage]:
    text, rows = without_switches("\n".join(lines))
    yield from _Body(article, text.split("\n"), rows).passages(_markdown().parse(text, {}))


class _Body:
    """Reads the blocks of a body."""

    def __init__(self, article: Article, lines: Sequence[str], rows: Sequence[int]) -> None:
        self._file, self._lines = article.file, lines
        self._numbers = [row + article.body_line for row in rows]
        self._within: list[str] = []
        self._table = -1
        self._row = self._column = 0
        self._from = 0
        """The line on which the block at hand begins, and in a table the column from which a cell is looked for."""
        self._cursor = 0

    def passages(self, tokens: Iterable[Token]) -> Iterator[Passage]:
        """Yield what the blocks hold."""
        for token in tokens:
            self._enter(token)
            if token.type == "inline":
                yield from self._inline(token)
            elif token.type == "fence" and token.map:
                yield from self._fence(token)

    def _enter(self, token: Token) -> None:
        if token.nesting > 0:
            self._within.append(token.type.removesuffix("_open"))
        elif token.nesting < 0:
            self._within.pop()
        self._from = token.map[0] if token.map else self._from
        if token.type == "table_open":
            self._table, self._row = self._table + 1, -1
        elif token.type == "tr_open":
            self._row, self._column, self._cursor = self._row + 1, -1, 0
        elif token.type in ("th_open", "td_open"):
            self._column += 1

    def _inline(self, token: Token) -> Iterator[Passage]:
        if "tr" in self._within:
            place = Cell(table=self._table, row=self._row, column=self._column)
            spots = self._spots_in_row(token.content)
            yield from self._passages(token, spots, PassageKind.CELL, place)
        else:
            yield from self._passages(token, self._spots(token.content), self._kind())

    def _kind(self) -> PassageKind:
        if "footnote_reference" in self._within:
            return PassageKind.NOTE
        if "heading" in self._within:
            return PassageKind.HEADING
        return PassageKind.ITEM if "list_item" in self._within else PassageKind.PARAGRAPH

    def _passages(
        self, token: Token, spots: Sequence[Spot], kind: PassageKind, cell: Cell | None = None
    ) -> Iterator[Passage]:
        children = token.children or []
        if children and children[0].type == "image" and _is_figure(children):
            yield from self._figure(children[0], token.content, spots)
            return
        run = _Run()
        _Spans(token.content, spots, run).read(children)
        _close(run)
        text = "".join(run.text)
        if kind in (PassageKind.PARAGRAPH, PassageKind.ITEM) and _CAPTION.match(text):
            kind = PassageKind.CAPTION
        elif kind is not PassageKind.NOTE and _SOURCE.match(text):
            kind = PassageKind.SOURCE
        yield from run.passages(kind, self._file, cell)

    def _figure(self, image: Token, raw: str, spots: Sequence[Spot]) -> Iterator[Passage]:
        caption, source = _Run(), _Run()
        cursor = _Spans(raw, spots, caption).read(image.children or [], raw.index("![") + 2)
        yield from caption.passages(PassageKind.CAPTION, self._file)
        title = str(image.attrs.get("title") or "")
        if title and (at := raw.find(title, cursor)) >= 0:
            for step, character in enumerate(title):
                source.add(character, spots[at + step])
            yield from source.passages(PassageKind.SOURCE, self._file)

    def _spots(self, content: str) -> list[Spot]:
        """Return where each character of a block's text stands: its lines have lost marks and indents."""
        spots: list[Spot] = []
        for step, row in enumerate(content.split("\n")):
            at = self._from + step
            line = self._lines[at] if at < len(self._lines) else ""
            start = _start_of(row, line)
            number = self._numbers[min(at, len(self._numbers) - 1)]
            spots += [(number, max(start + column, 0) + 1) for column in range(len(row) + 1)]
        return spots

    def _spots_in_row(self, content: str) -> list[Spot]:
        """Return where each character of a cell stands, in which \\| has become |."""
        line, spots = self._lines[self._from], []
        written = content if content in line[self._cursor :] else content.replace("|", "\\|")
        at = max(line.find(written, self._cursor), 0)
        for character in content:
            at += line[at : at + 2] == "\\|" and character == "|"
            spots.append((self._numbers[self._from], at + 1))
            at += 1
        self._cursor = at
        return spots

    def _fence(self, token: Token) -> Iterator[Passage]:
        word = next(iter(token.info.split()), "")
        assert token.map
        rows = range(token.map[0] + 1, min(token.map[1], len(self._lines)))
        if word in ("chart", "图表", "图"):
            yield from self._captions(rows)
        elif word in ("keyfigures", "数字"):
            yield from self._captions(rows)
            yield from self._key_figures(rows)

    def _captions(self, rows: Iterable[int]) -> Iterator[Passage]:
        for row in rows:
            for name, run in self._fields(row, ("title", "note", "source")):
                kind = PassageKind.SOURCE if name == "source" else PassageKind.CAPTION
                yield from run.passages(kind, self._file)

    def _key_figures(self, rows: Iterable[int]) -> Iterator[Passage]:
        figure: dict[str, _Run] = {}
        for row in rows:
            if self._lines[row].lstrip().startswith("-"):
                yield from self._key_figure(figure)
                figure = {}
            figure.update(self._fields(row, ("label", "value", "unit")))
        yield from self._key_figure(figure)

    def _key_figure(self, parts: dict[str, _Run]) -> Iterator[Passage]:
        run = _Run()
        for name in ("label", "value", "unit"):
            part = parts.get(name, _Run())
            for character, spot in zip(part.text, part.spots, strict=True):
                run.add(character, spot)
        yield from run.passages(PassageKind.KEY_FIGURE, self._file)

    def _fields(self, row: int, names: Sequence[str]) -> Iterator[tuple[str, _Run]]:
        """Yield the values of YAML fields that stand on one line."""
        line = self._lines[row]
        end = r"(?=\s*[,}])" if "{" in line else r"(?=\s*\Z|\s+#)"
        pattern = rf"(?<![\w])({'|'.join(names)}):\s*(?:\"([^\"]*)\"|'([^']*)'|(.*?){end})"
        for match in re.finditer(pattern, line):
            at = next((group for group in (2, 3, 4) if match[group] is not None), 4)
            run = _Run()
            for step, character in enumerate(match[at] or ""):
                run.add(character, (self._numbers[row], match.start(at) + step + 1))
            yield match[1], run


def _start_of(row: str, line: str) -> int:
    """Return where in a line of the file a row of a block's text begins."""
    if line.endswith(row):
        return len(line) - len(row)
    return line.find(row.strip()) - (len(row) - len(row.lstrip()))


def _is_figure(children: Sequence[Token]) -> bool:
    """Tell whether a paragraph is a picture and its settings, and nothing else."""
    rest = "".join(child.content for child in children[1:])
    return all(child.type == "text" for child in children[1:]) and not _SETTINGS.sub("", rest).strip()


def _close(run: _Run) -> None:
    """Put OBJECT for each reference, and take away the {#id} that a caption ends with."""
    text = "".join(run.text)
    if match := _SETTINGS.search(text):
        text = text[: match.start()]
    start, kept, made = 0, list[str](), set[int]()
    spots: list[Spot] = []
    for match in _REFERENCE.finditer(text):
        made |= {len(kept) + at - start for at in run.made if start <= at < match.start()}
        kept += [*text[start : match.start()], OBJECT]
        spots += run.spots[start : match.start() + 1]
        made.add(len(kept) - 1)
        start = match.end()
    made |= {len(kept) + at - start for at in run.made if start <= at < len(text)}
    run.text, run.spots, run.made = [*kept, *text[start:]], spots + run.spots[start : len(text)], made


# Within a block


class _Spans:
    """Finds the text of inline tokens in the block's own text."""

    def __init__(self, raw: str, spots: Sequence[Spot], run: _Run) -> None:
        self._raw, self._spots, self._run = raw, spots, run
        self._cursor = 0

    def read(self, tokens: Sequence[Token], cursor: int = 0) -> int:
        """Write down what the tokens show; return where in the block's text they end."""
        self._cursor = cursor
        begins_line = in_address = False
        for token in tokens:
            if token.type in ("link_open", "link_close") and token.markup in ("autolink", "linkify"):
                in_address = token.nesting > 0
                if in_address:
                    self._object(self._raw.find(">", self._cursor) + 1)
            elif not in_address:
                self._token(token, begins_line=begins_line)
            begins_line = token.type in ("softbreak", "hardbreak")
        return self._cursor

    def _token(self, token: Token, *, begins_line: bool) -> None:
        match token.type:
            case "text":
                self._text(token.content.lstrip(" 　") if begins_line else token.content)
            case "text_special":
                self._special(token)
            case "softbreak":
                self._pass("\n")
                self._run.soft_break = self._spot(self._cursor - 1)
            case "hardbreak":
                self._pass("\n")
                self._run.add("\n", self._spot(self._cursor - 1), made=True)
            case "code_inline":
                self._pass(token.markup)
                self._object(self._raw.find(token.markup, self._cursor) + len(token.markup))
            case "image":
                self._object(self._after_address(self._cursor))
            case "link_close":
                self._cursor = self._after_address(self._cursor)
            case "footnote_ref":
                self._pass(f"[^{token.meta['label']}]")
            case _:
                self._pass(token.markup)

    def _text(self, text: str) -> None:
        at = self._raw.find(text, self._cursor)
        for step, character in enumerate(text):
            self._run.add(character, self._spot(max(at, self._cursor) + step), made=at < 0)
        self._cursor = max(at, self._cursor) + len(text) * (at >= 0)

    def _special(self, token: Token) -> None:
        self._pass(token.markup)
        is_written = token.markup.endswith(token.content)
        start = self._cursor - (len(token.content) if is_written else len(token.markup))
        for step, character in enumerate(token.content):
            self._run.add(character, self._spot(start + step), made=not is_written)

    def _object(self, end: int) -> None:
        self._run.add(OBJECT, self._spot(self._cursor), made=True)
        self._cursor = max(end, self._cursor)

    def _pass(self, written: str) -> None:
        at = self._raw.find(written, self._cursor)
        self._cursor = at + len(written) if at >= 0 else self._cursor

    def _after_address(self, cursor: int) -> int:
        """Return where a link or picture ends whose text ends behind `cursor`."""
        raw = self._raw
        bracket = raw.find("](", cursor)
        if bracket < 0:
            return cursor
        address = parseLinkDestination(raw, _after_blanks(raw, bracket + 2), len(raw))
        title = parseLinkTitle(raw, _after_blanks(raw, address.pos), len(raw))
        return raw.find(")", title.pos if title.ok else address.pos) + 1

    def _spot(self, at: int) -> Spot:
        return self._spots[min(at, len(self._spots) - 1)]


def _after_blanks(raw: str, at: int) -> int:
    return at + len(raw[at:]) - len(raw[at:].lstrip())
