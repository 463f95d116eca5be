"""Markdown to nodes: CommonMark with tables, footnotes, captioned figures and tables, references.

What is HTML, PDF or letter is decided later, by templates that are handed these nodes.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_cjk_friendly import cjk_friendly, is_cjk
from mdit_py_plugins.footnote import footnote_plugin

from xcbulletin.model import Article, Place, Problem, Severity
from xcbulletin.publishing.slips import slips

PENDING_PICTURE = "待补"

_DEEPEST = 40

_LONGEST_BARE_CAPTION = 40

_ID = r"\s*(?:\{#([\w-]+)\})?"
_NUMBER = r"(?:\d+(?:[-—–.]\d+)?)"
_TABLE_CAPTION = re.compile(rf"(附?表)\s*{_NUMBER}?\s*[：:]\s*(.+?){_ID}")
_BARE_TABLE_CAPTION = re.compile(rf"(附?表)\s*{_NUMBER}\s+(.*[^。！？；：，、\s]){_ID}")
_FIGURE_CAPTION = re.compile(rf"图\s*{_NUMBER}(?:\s*[：:]\s*|\s+)(?=.*[^。！？；：，、\s]\Z)")
_FIGURE_SETTINGS = re.compile(r"\s*\{([^{}]*)\}\s*")
_WIDTH = re.compile(r"width=[\"']?(.*?)[\"']?")
_PER_CENT = re.compile(r"(\d{1,3})[%％]?")
_SOURCE_LINE = re.compile(r"(?:数据|资料|图片)?来源\s*[：:].+")
_REFERENCE = re.compile(r"\[@([\w-]+)\]")
_NOTE_MARK = re.compile(r"\[\^[^\]\s]+\]")
_RAW_HTML = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>|<!--")


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A piece of marked-up text; `kind` is the name of the template macro that renders it.

    Blocks: paragraph, source_line (of the table above, with notes in it), heading (level), bullets, numbers (start), item, quote, code, rule, figure (src,
    source, id, width in per cent of the text's; its children are the caption), table (caption, source, label, id), row (head), cell (head, align).
    Inline: text, space, line_break, strong, emphasis, struck, literal, link (href), image (src, alt),
    reference (target), note (its children are the note).
    """

    kind: str
    children: tuple["Node", ...] = ()
    text: str = ""
    attrs: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = None

    def __getattr__(self, name: str) -> Any:
        try:
            return self.attrs[name]
        except KeyError:
            raise AttributeError(name) from None


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield all nodes, parents before children, in reading order."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def rewrite(nodes: Iterable[Node], change: Callable[[Node], Node]) -> tuple[Node, ...]:
    """Return the nodes with `change` applied to each, parents before children, in reading order."""
    return tuple(_rewritten(change(node), change) for node in nodes)


def _rewritten(node: Node, change: Callable[[Node], Node]) -> Node:
    return replace(node, children=rewrite(node.children, change)) if node.children else node


def plain(nodes: Iterable[Node]) -> str:
    """Return the running text of nodes, without notes."""
    return "".join(_plain(node) for node in nodes)


def _plain(node: Node) -> str:
    if node.kind in ("space", "line_break"):
        return " "
    if node.kind == "reference":
        return str(node.attrs.get("label", ""))
    return "" if node.kind == "note" else node.text + plain(node.children)


def parse(article: Article) -> tuple[tuple[Node, ...], tuple[Problem, ...]]:
    """Return the nodes of an article's body, and what in it will not be printed as its editor may think."""
    environment: dict[str, Any] = {}
    tokens = _markdown().parse(article.body, environment)
    reader = _Reader(article)
    if (deep := _too_deep(tokens)) is not None:
        reader.report(
            deep + article.body_line, "depth", "引用、列表或粗体套得太深", "请减少层次", Severity.ERROR
        )
        return (Node(kind="code", text=article.body, attrs={"info": ""}),), tuple(reader.problems)
    reader.report_notes(environment)
    nodes = _with_captions(reader.blocks(SyntaxTreeNode(tokens).children), reader)
    return _levelled(nodes), tuple(reader.problems)


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST})
    # A line like “[注]: ……” is text to an editor; CommonMark would swallow it as a link's definition.
    # Four blanks before a paragraph are its indent to an editor, and no code.
    markdown.enable(["table", "strikethrough"]).disable(["reference", "code"])
    markdown.use(cjk_friendly).use(footnote_plugin, inline=False)
    markdown.core.ruler.before("footnote_tail", "defined_notes", _note_definitions)
    return markdown


def _note_definitions(state: StateCore) -> None:
    """Keep the labels of all notes that are written, and take notes out of notes.

    The plugin keeps only the last of notes with one label, and breaks where one is written inside another.
    """
    defined: list[str] = []
    nested: list[str] = []
    kept: list[Token] = []
    depth = 0
    for token in state.tokens:
        is_edge = token.type in ("footnote_reference_open", "footnote_reference_close")
        if is_edge and token.nesting < 0:
            depth -= 1
        if not (is_edge and depth):
            kept.append(token)
        if is_edge and token.nesting > 0:
            defined.append(token.meta["label"])
            nested += defined[-1:] if depth else []
            depth += 1
    state.tokens = kept
    state.env["notes"] = defined, nested


def _too_deep(tokens: Iterable[Token]) -> int | None:
    """Return the row from which markdown-it may have passed text over, or nests deeper than we can climb."""
    row = 0
    for token in tokens:
        row = token.map[0] if token.map else row
        if max((token.level, *(child.level for child in token.children or ()))) >= _DEEPEST - 1:
            return row
    return None


class _Reader:
    """Turns markdown-it's tree into nodes, and notes problems on the way."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.written = article.body.split("\n")
        self.problems: list[Problem] = []
        self.notes: dict[int, tuple[Node, ...]] = {}
        self._line: int | None = None

    def blocks(self, trees: Sequence[SyntaxTreeNode]) -> tuple[Node, ...]:
        bodies = [tree for tree in trees if tree.type != "footnote_block"]
        for tree in trees:
            if tree.type == "footnote_block":
                self._read_notes(tree)
        return tuple(node for tree in bodies for node in self._block(tree))

    def _read_notes(self, tree: SyntaxTreeNode) -> None:
        for note in tree.children:
            nodes = tuple(
                node
                for index, part in enumerate(self._parts(note))
                for node in ((_SPACE, *part) if index else part)
            )
            self.notes[note.meta["id"]] = rewrite(nodes, self._without_note)

    def _parts(self, tree: SyntaxTreeNode) -> Iterator[tuple[Node, ...]]:
        """Yield what stands in a note, block by block: a note is one run of text, whatever it is made of."""
        for child in tree.children:
            self._line = self._line_of(child)
            if child.type == "fence":
                yield (Node(kind="literal", text=child.content.rstrip("\n")),)
            elif any(inner.type == "inline" for inner in child.children):
                self._report_slips(child)
                yield self._inline(child)
            else:
                yield from self._parts(child)

    def _without_note(self, node: Node) -> Node:
        if node.kind != "note":
            return node
        mark = f"[^{node.label}]"
        self.report(node.line, "note", f"脚注里又标了脚注“{mark}”", "请把内容并在一条脚注里", Severity.ERROR)
        return Node(kind="text", text=mark)

    def _block(self, tree: SyntaxTreeNode) -> Iterator[Node]:
        line = self._line = self._line_of(tree)
        children = tree.children
        match tree.type:
            case "paragraph":
                yield self._paragraph(tree, line)
            case "heading":
                level = int(tree.tag[1:])
                self._report_underlined(tree)
                yield Node(kind="heading", children=self._inline(tree), attrs={"level": level}, line=line)
            case "bullet_list" | "ordered_list":
                kind = "bullets" if tree.type == "bullet_list" else "numbers"
                self._report_numbers(children)
                items = tuple(
                    Node(
                        kind="item",
                        children=_tight(item, self.blocks(item.children)),
                        line=self._line_of(item),
                    )
                    for item in children
                )
                yield Node(kind=kind, children=items, attrs={"start": tree.attrs.get("start", 1)}, line=line)
            case "blockquote":
                yield Node(kind="quote", children=self.blocks(children), line=line)
            case "fence":
                self._report_code(tree)
                yield Node(
                    kind="code", text=tree.content.rstrip("\n"), attrs={"info": tree.info.strip()}, line=line
                )
            case "hr":
                yield Node(kind="rule", line=line)
            case "table":
                yield self._table(tree, line)
            case other:
                raise AssertionError(other)

    def _line_of(self, tree: SyntaxTreeNode) -> int | None:
        return tree.map[0] + self.article.body_line if tree.map else self._line

    def _paragraph(self, tree: SyntaxTreeNode, line: int | None) -> Node:
        image, *rest = tree.children[0].children or (None,)
        settings = _FIGURE_SETTINGS.fullmatch("".join(part.content for part in rest) or "{}")
        if image and image.type == "image" and settings and all(part.type == "text" for part in rest):
            return self._figure(image, settings[1], line)
        self._report_slips(tree)
        return Node(kind="paragraph", children=self._inline(tree), line=line)

    def _figure(self, image: SyntaxTreeNode, settings: str, line: int | None) -> Node:
        attrs = {"src": unquote(str(image.attrs["src"])), "source": image.attrs.get("title")}
        return Node(
            kind="figure",
            children=self._inlines(image.children),
            attrs={**attrs, **self._settings(settings, line)},
            line=line,
        )

    def _settings(self, written: str, line: int | None) -> dict[str, Any]:
        """Return what stands in braces behind a figure: its id, and its width in per cent of the text's."""
        settings: dict[str, Any] = {"id": None, "width": None}
        for word in written.split():
            width = _WIDTH.fullmatch(word)
            if re.fullmatch(r"#[\w-]+", word):
                settings["id"] = word[1:]
            elif width is None:
                message = f"图片后面的“{word}”不认得，不起作用"
                self.report(line, "picture-setting", message, "能写的是编号和宽度，如 {#fig-1 width=50%}")
            elif (number := _PER_CENT.fullmatch(width[1])) and 10 <= int(number[1]) <= 100:
                settings["width"] = int(number[1])
            else:
                message = f"图片宽度“{width[1]}”用不上"
                self.report(
                    line, "picture-width", message, "请写 10 到 100，即版心宽度的百分之几，如 {width=50%}"
                )
        return settings

    def _table(self, tree: SyntaxTreeNode, line: int | None) -> Node:
        rows = []
        source = None
        for part in tree.children:
            for row in part.children:
                cells = tuple(map(self._cell, row.children))
                if source is None and part.type == "tbody" and (found := _source_in(cells)):
                    source = found
                    continue
                self._report_row(row, len(tree.children[0].children[0].children))
                rows.append(Node(kind="row", children=cells, attrs={"head": part.type == "thead"}))
        attrs = {"caption": (), "source": source, "label": None, "id": None}
        return Node(kind="table", children=tuple(rows), attrs=attrs, line=line)

    def _report_row(self, row: SyntaxTreeNode, columns: int) -> None:
        """Report a row with more cells than the head, which GitHub's rules throw away, and one that is none."""
        line = self.written[row.map[0]] if row.map else ""
        surplus = _cells_in(line) - columns
        if surplus > 0:
            self.report(
                self._line_of(row),
                "table-row",
                f"这一行比表头多出 {surplus} 格，多出的不会印出来",
                "请给表头补上空格，或把内容里的“|”写成“\\|”",
                Severity.ERROR,
            )
        elif line and columns > 1 and "|" not in line:
            self.report(
                self._line_of(row),
                "table-row",
                "这一行紧接着表格，会印成表格的一行",
                "如是表格后面的文字，请在中间空一行",
            )

    def _report_slips(self, tree: SyntaxTreeNode) -> None:
        inline = tree.children[0]
        if not tree.map:
            return
        start, end = tree.map
        within = set()
        above = tree.parent
        while above is not None:
            within.add(above.type)
            above = above.parent
        lazy = [row for row, line in enumerate(self.written[start:end]) if _is_lazy(line, within)]
        # The first line has lost its indent, and so has every line what its list or quote takes.
        for slip in slips(inline.content, lazy):
            line = start + slip.row + self.article.body_line
            self.report(line, slip.rule, slip.message, slip.suggestion, slip.severity)

    def _report_underlined(self, tree: SyntaxTreeNode) -> None:
        text = tree.children[0].content
        if tree.markup in ("-", "=") and (
            len(text) > 40 or text.endswith(("。", "！", "？", "；", "：", "”"))
        ):
            mark = tree.markup * 3
            self.report(
                self._line,
                "heading-underline",
                f"这一段紧接着“{mark}”，会印成标题",
                f"如不是标题，请在“{mark}”前面空一行",
            )

    def _report_numbers(self, items: Sequence[SyntaxTreeNode]) -> None:
        """Report the first item not printed with its own number; 1 before every item is how Markdown counts."""
        numbers = [int(item.info) for item in items if item.info]
        if len(set(numbers)) > 1:
            for item, number, printed in zip(items, numbers, count(numbers[0]), strict=False):
                if number != printed:
                    self.report(
                        self._line_of(item),
                        "list-number",
                        f"这一条写的是“{number}.”，会印成“{printed}.”",
                        f"请改正编号；如要照印，请写成“{number}、”，各条之间空一行",
                    )
                    return

    def _report_code(self, tree: SyntaxTreeNode) -> None:
        if tree.info.split()[:1] == ["chart"]:
            self.report(
                self._line,
                "chart",
                "还不能画图表（chart）",
                "请先把图存成 SVG 或 PNG 放进 assets",
                Severity.ERROR,
            )
        start, end = tree.map or (0, 0)
        is_closed = end - start > 1 and self.written[end - 1].strip(" \t>").startswith(tree.markup)
        if not is_closed:
            self.report(
                self._line,
                "code",
                "代码块没有结尾，后面的内容都会按代码印出",
                f"请在代码后面另起一行写“{tree.markup}”",
                Severity.ERROR,
            )

    def _cell(self, tree: SyntaxTreeNode) -> Node:
        style = str(tree.attrs.get("style", ""))
        attrs = {"head": tree.type == "th", "align": style.partition("text-align:")[2] or None}
        return Node(kind="cell", children=self._inline(tree), attrs=attrs)

    def _inline(self, tree: SyntaxTreeNode) -> tuple[Node, ...]:
        return self._inlines(child for inline in tree.children for child in inline.children)

    def _inlines(self, trees: Iterable[SyntaxTreeNode]) -> tuple[Node, ...]:
        nodes: list[Node] = []
        begins_line = False
        for tree in trees:
            is_indented = begins_line and tree.type == "text"
            nodes += self._text(tree.content.lstrip(" 　")) if is_indented else self._span(tree)
            begins_line = tree.type in ("softbreak", "hardbreak")
        return tuple(_soft_breaks_resolved(nodes))

    def _span(self, tree: SyntaxTreeNode) -> Iterator[Node]:
        match tree.type:
            case "text":
                yield from self._text(tree.content)
            case "softbreak":
                yield _SOFT_BREAK
            case "hardbreak":
                yield Node(kind="line_break")
            case "strong" | "em" | "s":
                yield Node(kind=_SPANS[tree.type], children=self._inlines(tree.children))
            case "code_inline":
                yield Node(kind="literal", text=tree.content)
            case "link":
                yield Node(
                    kind="link",
                    children=self._inlines(tree.children),
                    attrs={"href": str(tree.attrs["href"])},
                )
            case "image":
                attrs = {"src": unquote(str(tree.attrs["src"])), "alt": plain(self._inlines(tree.children))}
                yield Node(kind="image", attrs=attrs, line=self._line)
            case "footnote_ref":
                attrs = {"key": tree.meta["id"], "label": tree.meta["label"]}
                yield Node(kind="note", attrs=attrs, line=self._line)
            case "footnote_anchor":
                return
            case other:
                raise AssertionError(other)

    def _text(self, text: str) -> Iterator[Node]:
        if _RAW_HTML.search(text):
            self.report(
                self._line, "raw-html", "正文里的 HTML 代码会按原样印成文字", "请改用 Markdown 写法，或删去"
            )
        for match in _NOTE_MARK.finditer(text):
            is_definition = text.startswith(f"{match[0]}：")
            self.report(
                self._line,
                "note",
                f"脚注“{match[0]}”后面的冒号是全角的，认不出来"
                if is_definition
                else f"脚注“{match[0]}”没有内容",
                f"请写成“{match[0]}: 脚注内容”"
                if is_definition
                else f"请另起一段写“{match[0]}: 脚注内容”，或删去标记",
                Severity.ERROR,
            )
        start = 0
        for match in _REFERENCE.finditer(text):
            yield Node(kind="text", text=text[start : match.start()])
            yield Node(kind="reference", attrs={"target": match[1]}, line=self._line)
            start = match.end()
        if start < len(text):
            yield Node(kind="text", text=text[start:])

    def report_notes(self, environment: Mapping[str, Any]) -> None:
        """Report the notes that will not be printed: called from nowhere, written twice or inside another."""
        defined, nested = environment["notes"]
        for label in dict.fromkeys(nested):
            line, *_more = self._lines_of_note(label)
            message = f"脚注“[^{label}]”写在另一条脚注里面，不会单独印出来"
            self.report(line, "note", message, "请顶格另起一段写", Severity.ERROR)
        for label, written in Counter(defined).items():
            if written > 1:
                *_first, line = self._lines_of_note(label)
                self.report(
                    line, "note", f"脚注“[^{label}]”写了两次，只会印出一次", "请换一个编号", Severity.ERROR
                )
        for key, used in environment.get("footnotes", {}).get("refs", {}).items():
            if used < 0:
                label = key.removeprefix(":")
                mark = f"[^{label}]"
                self.report(
                    self._lines_of_note(label)[0],
                    "note",
                    f"脚注“{mark}”在正文里没有标出位置，不会印出来",
                    f"请在正文该处写“{mark}”",
                    Severity.ERROR,
                )

    def _lines_of_note(self, label: str) -> list[int]:
        rows = enumerate(self.written, start=self.article.body_line)
        mark = f"[^{label}]:"
        return [n for n, row in rows if mark in row] or [self.article.body_line]

    def report(
        self,
        line: int | None,
        rule: str,
        message: str,
        suggestion: str,
        severity: Severity = Severity.WARNING,
    ) -> None:
        place = Place(file=self.article.file, line=line)
        self.problems.append(
            Problem(place=place, rule=rule, message=message, suggestion=suggestion, severity=severity)
        )


_SPACE = Node(kind="space")
_SOFT_BREAK = Node(kind="soft_break")
_SPANS = {"strong": "strong", "em": "emphasis", "s": "struck"}


def _cells_in(line: str) -> int:
    cells = escapedSplit(line.lstrip(" >").rstrip())
    return len(cells) - (cells[0] == "") - (len(cells) > 1 and cells[-1] == "")


def _is_lazy(line: str, within: Set[str]) -> bool:
    """Tell whether a line belongs to its list, note or quote only because no blank line parts them."""
    bare = re.sub(r"^(?: {0,3}> ?)+", "", line)
    is_outside_list = bool(within & {"list_item", "footnote"}) and not bare.startswith((" ", "\t"))
    return is_outside_list or ("blockquote" in within and bare == line)


def _source_in(cells: Sequence[Node]) -> str | None:
    """Return the source line that was taken for a row because no blank line parts it from its table."""
    texts = [text for cell in cells if (text := plain(cell.children).strip())]
    has_calls = any(_has_calls(cell) for cell in cells)
    return texts[0] if len(texts) == 1 and not has_calls and _SOURCE_LINE.fullmatch(texts[0]) else None


def _tight(item: SyntaxTreeNode, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return an item's nodes; in a tight list its paragraphs are bare text."""
    hidden = [child.type == "paragraph" and child.hidden for child in item.children]
    return tuple(
        part
        for node, bare in zip(nodes, hidden, strict=True)
        for part in (node.children if bare and node.kind == "paragraph" else (node,))
    )


def _soft_breaks_resolved(nodes: list[Node]) -> Iterator[Node]:
    """Yield the nodes; a line break in the source is nothing beside Han and a space elsewhere."""
    for index, node in enumerate(nodes):
        if node is not _SOFT_BREAK:
            yield node
            continue
        before, after = plain(nodes[:index])[-1:], plain(nodes[index + 1 :])[:1]
        if not (before and is_cjk(before)) and not (after and is_cjk(after)):
            yield _SPACE


def _with_captions(nodes: tuple[Node, ...], reader: _Reader) -> tuple[Node, ...]:
    """Return the blocks with captions and source lines moved into their tables, and notes into their calls."""
    result: list[Node] = []
    for node in nodes:
        before = result[-1] if result else None
        if node.kind == "table" and before and (caption := _caption_of(before, above_table=True)):
            result[-1] = replace(node, attrs={**node.attrs, **caption})
        elif before and before.kind == "table" and before.source is None and _is_source(node):
            if _has_calls(node):
                result.append(replace(node, kind="source_line"))
            else:
                result[-1] = replace(before, attrs={**before.attrs, "source": plain(node.children).strip()})
        elif before and _lacks_caption(before) and (found := _figure_caption_in(node)):
            result[-1] = replace(before, children=found)
        else:
            result.append(node)
    for node in walk(result):
        if _lacks_caption(node):
            reader.report(node.line, "figure-caption", "图片没有图题", "请写成 ![图题](assets/文件名)")
    for node in result:
        if _is_spoilt_caption(node):
            reader.report(
                node.line,
                "table-caption",
                "表题里有脚注或引用，不能作表题",
                "请把脚注标在正文里，表题只写文字",
                Severity.ERROR,
            )
        elif _caption_of(node):
            reader.report(
                node.line, "table-caption", "表题下面没有表格", "表题请紧接在表格上方；不是表题的，请改写开头"
            )
    return rewrite(result, lambda node: _with_note(node, reader))


def _caption_of(node: Node, *, above_table: bool = False) -> dict[str, Any] | None:
    match = _caption_match(node) or (_bare_caption_match(node) if above_table else None)
    if match is None or _has_calls(node):
        return None
    return {"label": match[1], "caption": match[2], "id": match[3]}


def _bare_caption_match(node: Node) -> re.Match[str] | None:
    """Match “表1　题”, which is a caption without a colon."""
    text = plain(node.children).strip()
    is_short = node.kind == "paragraph" and len(text) <= _LONGEST_BARE_CAPTION
    return _BARE_TABLE_CAPTION.fullmatch(text) if is_short else None


def _lacks_caption(node: Node) -> bool:
    return node.kind == "figure" and not plain(node.children).strip()


def _figure_caption_in(node: Node) -> tuple[Node, ...]:
    """Return the caption that a paragraph like “图1　题” is; empty if it is none."""
    text = plain(node.children)
    match = _FIGURE_CAPTION.match(text)
    is_short = node.kind == "paragraph" and len(text) <= _LONGEST_BARE_CAPTION
    if not (match and is_short and node.children[0].text.startswith(match[0])):
        return ()
    first, *more = node.children
    return (replace(first, text=first.text.removeprefix(match[0])), *more)


def _is_spoilt_caption(node: Node) -> bool:
    """Tell whether a paragraph would be a caption but for a call in it, which a caption would lose."""
    return _caption_match(node) is not None and _has_calls(node)


def _caption_match(node: Node) -> re.Match[str] | None:
    return _TABLE_CAPTION.fullmatch(plain(node.children).strip()) if node.kind == "paragraph" else None


def _has_calls(node: Node) -> bool:
    return any(inner.kind in ("note", "reference") for inner in walk(node.children))


def _is_source(node: Node) -> bool:
    return node.kind == "paragraph" and bool(_SOURCE_LINE.fullmatch(plain(node.children).strip()))


def _with_note(node: Node, reader: _Reader) -> Node:
    return replace(node, children=reader.notes.get(node.key, ())) if node.kind == "note" else node


def _levelled(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the nodes with heading levels counted from 1 below the article's title, without jumps."""
    written = sorted({node.level for node in walk(nodes) if node.kind == "heading"})
    current = 0

    def level(node: Node) -> Node:
        nonlocal current
        if node.kind != "heading":
            return node
        current = min(written.index(node.level) + 1, current + 1)
        return replace(node, attrs={**node.attrs, "level": current})

    return rewrite(nodes, level)
