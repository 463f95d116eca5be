"""What stands within a paragraph, heading or cell: markdown-it's tree to nodes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from markdown_it.tree import SyntaxTreeNode
from mdit_py_cjk_friendly import is_cjk

from xcbulletin.model import Severity
from xcbulletin.publishing.markup.remarks import Remarks
from xcbulletin.publishing.nodes import (
    Emphasis,
    Image,
    LineBreak,
    Link,
    Literal,
    Node,
    Note,
    Reference,
    Space,
    Strong,
    Struck,
    Text,
    plain,
)

_REFERENCE = re.compile(r"\[@([\w-]+)\]")
_NOTE_MARK = re.compile(r"\[\^[^\]\s]+\]")
_RAW_HTML = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>|<!--")


def inline_nodes(tree: SyntaxTreeNode, line: int, remarks: Remarks) -> tuple[Node, ...]:
    """Return what is written in a block that holds text and nothing else."""
    return spans((child for inline in tree.children for child in inline.children), line, remarks)


def spans(trees: Iterable[SyntaxTreeNode], line: int, remarks: Remarks) -> tuple[Node, ...]:
    """Return the nodes of inline trees; `line` is where their block begins."""
    return _Reader(line, remarks).nodes(trees)


@dataclass(frozen=True, kw_only=True, slots=True)
class _SoftBreak(Node):
    kind = "soft_break"


class _Reader:
    def __init__(self, line: int, remarks: Remarks) -> None:
        self._line, self._remarks = line, remarks

    def nodes(self, trees: Iterable[SyntaxTreeNode]) -> tuple[Node, ...]:
        nodes: list[Node] = []
        begins_line = False
        for tree in trees:
            is_indented = begins_line and tree.type == "text"
            nodes += self._text(tree.content.lstrip(" 　")) if is_indented else self._span(tree)
            begins_line = tree.type in ("softbreak", "hardbreak")
        return tuple(_notes_parted(list(_soft_breaks_resolved(nodes))))

    def _span(self, tree: SyntaxTreeNode) -> Iterator[Node]:
        match tree.type:
            case "text":
                yield from self._text(tree.content)
            case "softbreak":
                yield _SoftBreak()
            case "hardbreak":
                yield LineBreak()
            case "strong":
                yield Strong(children=self.nodes(tree.children))
            case "em":
                yield Emphasis(children=self.nodes(tree.children))
            case "s":
                yield Struck(children=self.nodes(tree.children))
            case "code_inline":
                yield Literal(text=tree.content)
            case "link":
                yield Link(children=self.nodes(tree.children), href=str(tree.attrs["href"]))
            case "image":
                alt = plain(self.nodes(tree.children))
                yield Image(src=unquote(str(tree.attrs["src"])), alt=alt, line=self._line)
            case "footnote_ref":
                yield Note(key=tree.meta["id"], label=tree.meta["label"], line=self._line)
            case "footnote_anchor":
                return
            case other:
                raise AssertionError(other)

    def _text(self, text: str) -> Iterator[Node]:
        if _RAW_HTML.search(text):
            message = "正文里的 HTML 代码会按原样印成文字"
            suggestion = "请改用本程序的写法（如粗体写成 **文字**），或删去"
            self._remarks.add(self._line, "raw-html", message, suggestion)
        for match in _NOTE_MARK.finditer(text):
            self._report_note_mark(match[0], is_definition=text.startswith(f"{match[0]}："))
        start = 0
        for match in _REFERENCE.finditer(text):
            yield Text(text=text[start : match.start()])
            yield Reference(target=match[1], line=self._line)
            start = match.end()
        if start < len(text):
            yield Text(text=text[start:])

    def _report_note_mark(self, mark: str, *, is_definition: bool) -> None:
        if is_definition:
            message, suggestion = f"脚注“{mark}”后面的冒号是全角的，认不出来", f"请写成“{mark}: 脚注内容”"
        else:
            message = f"脚注“{mark}”没有内容"
            suggestion = f"请另起一段写“{mark}: 脚注内容”，或删去标记"
        self._remarks.add(self._line, "note", message, suggestion, Severity.ERROR)


def _notes_parted(nodes: list[Node]) -> Iterator[Node]:
    for before, node in zip((None, *nodes), nodes, strict=False):
        if isinstance(node, Note) and isinstance(before, Note):
            yield replace(node, follows=True)
        else:
            yield node


def _soft_breaks_resolved(nodes: list[Node]) -> Iterator[Node]:
    """Yield the nodes; a line break in the source is nothing beside Han and a space elsewhere."""
    if not any(isinstance(node, _SoftBreak) for node in nodes):
        yield from nodes
        return
    texts = [plain((node,)) for node in nodes]
    for index, node in enumerate(nodes):
        if not isinstance(node, _SoftBreak):
            yield node
            continue
        before = next((texts[at] for at in range(index - 1, -1, -1) if texts[at]), "")[-1:]
        after = next((texts[at] for at in range(index + 1, len(texts)) if texts[at]), "")[:1]
        if not (before and is_cjk(before)) and not (after and is_cjk(after)):
            yield Space()
