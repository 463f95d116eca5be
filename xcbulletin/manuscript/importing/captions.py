"""Captions and source lines brought together with the tables and figures that they belong to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from xcbulletin.manuscript.importing.blocks import (
    Block,
    Figure,
    Heading,
    Origin,
    Paragraph,
    Picture,
    Table,
    text_of,
)
from xcbulletin.manuscript.importing.inline import Inline, cut, literal, plain, undressed
from xcbulletin.manuscript.importing.numbering import is_closed
from xcbulletin.model import Problem

_NUMBER = r"[A-Z]?\d+(?:[-–—.]\d+)*"
_CAPTION = re.compile(rf"(附?表|附?图)(?:\s*{_NUMBER}\s*[：:、．.]?|\s*[：:])\s*(?=\S)")
_PLAIN_CAPTION = re.compile(r"(附[表图])\s+(?=\S)")
_SOURCE = re.compile(r"(?:数据|资料|图片)来源\s*[：:]\s*\S")
_UNIT = re.compile(r"[（(]?单位\s*[：:]")
_LONGEST_CAPTION = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """Blocks in which tables and figures have their captions and sources."""

    blocks: tuple[Block, ...]
    remarks: tuple[Problem, ...]


def caption_length(text: str) -> int | None:
    """Return the length of the “表 1” that a caption begins with, or None where a line is no caption."""
    match = _CAPTION.match(text) or _PLAIN_CAPTION.match(text)
    return None if match is None or len(text) > _LONGEST_CAPTION or is_closed(text) else match.end()


def is_table_caption(text: str) -> bool:
    """Say whether a line is the caption of a table."""
    return caption_length(text) is not None and text.lstrip("附").startswith("表")


def is_figure_caption(text: str) -> bool:
    """Say whether a line is the caption of a figure."""
    return caption_length(text) is not None and text.lstrip("附").startswith("图")


def is_source_line(text: str) -> bool:
    """Say whether a line names where the figures of a table or chart come from."""
    return _SOURCE.match(text) is not None


def bind(blocks: Sequence[Block], origin: Origin) -> Bound:
    """Return the blocks with pieces of tables joined and captions bound."""
    whole, remarks = _joined_tables([_own_caption(block) for block in blocks], origin)
    binder = _Binder(origin=origin, remarks=remarks)
    position = 0
    while position < len(whole):
        position = binder.take(whole, position)
    return Bound(blocks=tuple(binder.done), remarks=tuple(binder.remarks))


def _joined_tables(blocks: Sequence[Block], origin: Origin) -> tuple[list[Block], list[Problem]]:
    """Return the blocks with each table in one piece, and a remark for each later piece."""
    whole: list[Block] = []
    remarks: list[Problem] = []
    for block in blocks:
        last = whole[-1] if whole else None
        if isinstance(block, Table) and isinstance(last, Table) and _continues(last, block):
            again = _repeats_head(last, block)
            whole[-1] = replace(last, rows=last.rows + block.rows[again:])
            remarks.append(_table_remark(block, again, origin))
        else:
            whole.append(block)
    return whole, remarks


def _continues(first: Table, second: Table) -> bool:
    return len(first.rows[0]) == len(second.rows[0]) and not second.caption


def _repeats_head(first: Table, second: Table) -> bool:
    """Say whether the later piece of a table begins with the head once more."""
    return second.rows[0] == first.rows[0] and min(len(first.rows), len(second.rows)) > 1


def _table_remark(piece: Table, again: bool, origin: Origin) -> Problem:
    head = "、".join(plain(cell) for cell in piece.rows[0] if cell)
    dropped = f"，重复的表头“{head}”只留一次" if again else ""
    message = f"这里的几行与上面的表格列数相同，已接成一张表{dropped}"
    return origin.remark(piece.line, "joined-table", message, "请核对；如是另一张表，请分开并加表题")


class _Binder:
    """Takes blocks one after the other, and knows what came before."""

    def __init__(self, *, origin: Origin, remarks: list[Problem]) -> None:
        self.origin = origin
        self.remarks = remarks
        self.done: list[Block] = []

    def take(self, blocks: Sequence[Block], position: int) -> int:
        """Take the block at a position, and what belongs to it; return where to go on."""
        block = blocks[position]
        text = text_of(block)
        if is_table_caption(text) and isinstance(block, Heading | Paragraph):
            return self._take_table_caption(blocks, position)
        if isinstance(block, Table):
            return self._take_table(block, blocks, position + 1)
        if is_figure_caption(text) and isinstance(block, Heading | Paragraph):
            return self._take_figure_caption(block, blocks, position + 1)
        if isinstance(block, Picture) and not self._has_caption_below(blocks, position + 1):
            self._add_bare_picture(block)
            return position + 1
        self.done.append(block)
        return position + 1

    def _take_table_caption(self, blocks: Sequence[Block], position: int) -> int:
        caption = blocks[position]
        assert isinstance(caption, Heading | Paragraph)
        after = position + 1
        if _UNIT.match(_text_at(blocks, after)):
            self.done.append(blocks[after])
            after += 1
        table = blocks[after] if after < len(blocks) else None
        if isinstance(table, Table):
            return self._take_table(_captioned(table, caption), blocks, after + 1)
        last = self.done[-1] if self.done else None
        if isinstance(last, Table) and not last.caption:
            self.done[-1] = _captioned(last, caption)
            return position + 1
        message = f"表题“{plain(caption.text)}”旁边没有表格"
        self._remark(caption, "table-missing", message, "请在表题下面补上表格，或删去表题")
        self.done.append(Paragraph(line=caption.line, text=caption.text))
        return position + 1

    def _take_table(self, table: Table, blocks: Sequence[Block], after: int) -> int:
        source = blocks[after] if after < len(blocks) else None
        is_of_figure = is_figure_caption(_text_at(blocks, after + 1))
        if isinstance(source, Paragraph) and is_source_line(text_of(source)) and not is_of_figure:
            self.done.append(replace(table, source=undressed(source.text)))
            return after + 1
        self.done.append(table)
        return after

    def _take_figure_caption(self, caption: Heading | Paragraph, blocks: Sequence[Block], after: int) -> int:
        source = self._pop_source()
        picture = self._pop_picture()
        if picture is None and after < len(blocks) and isinstance(blocks[after], Picture):
            found = blocks[after]
            picture = found if isinstance(found, Picture) else None
            after += 1
        if not source and is_source_line(_text_at(blocks, after)):
            source = undressed(_inline_at(blocks, after))
            after += 1
        self._add_figure(caption, picture, source)
        return after

    def _pop_source(self) -> Inline:
        """Take back a source line that stands right above a figure's caption."""
        last = self.done[-1] if self.done else None
        if isinstance(last, Paragraph) and is_source_line(text_of(last)):
            self.done.pop()
            return undressed(last.text)
        return ()

    def _pop_picture(self) -> Picture | None:
        last = self.done[-1] if self.done else None
        if isinstance(last, Picture):
            self.done.pop()
            return last
        return None

    def _add_figure(self, caption: Heading | Paragraph, picture: Picture | None, source: Inline) -> None:
        label = plain(caption.text)
        text = undressed(cut(caption.text, caption_length(label) or 0))
        asset = None if picture is None else picture.asset
        self.done.append(Figure(line=caption.line, caption=text, label=label, asset=asset, source=source))
        if asset is None:
            self._remark_missing(caption.line, f"“{label}”", picture)

    def _has_caption_below(self, blocks: Sequence[Block], after: int) -> bool:
        if is_source_line(_text_at(blocks, after)):
            after += 1
        return is_figure_caption(_text_at(blocks, after))

    def _add_bare_picture(self, picture: Picture) -> None:
        length = caption_length(picture.alt)
        caption = literal(picture.alt[length or 0 :])
        figure = Figure(line=picture.line, caption=caption, label=picture.alt, asset=picture.asset)
        self.done.append(figure)
        if picture.asset is None:
            self._remark_missing(
                picture.line, f"图片“{picture.alt}”" if picture.alt else "这里的图片", picture
            )
        if not picture.alt:
            message = "图片没有图题"
            self.remarks.append(
                self.origin.remark(
                    picture.line, "figure-caption", message, "请在文稿里的 ![] 方括号中写上图题"
                )
            )

    def _remark_missing(self, line: int, name: str, picture: Picture | None) -> None:
        reason = (
            "" if picture is None or not picture.reference else f"（原文件里是“{picture.reference[:60]}”）"
        )
        message = f"{name}没有随文件带来可用的图{reason}，留了“待补”的位置"
        remedy = "请把图（PNG 或 JPEG）放进 assets 文件夹，再把“待补”改成 assets/文件名"
        self.remarks.append(self.origin.remark(line, "figure-missing", message, remedy))

    def _remark(self, block: Heading | Paragraph, rule: str, message: str, suggestion: str) -> None:
        self.remarks.append(self.origin.remark(block.line, rule, message, suggestion))


def _captioned(table: Table, caption: Heading | Paragraph) -> Table:
    label = plain(caption.text)
    text = undressed(cut(caption.text, caption_length(label) or 0))
    return replace(table, caption=text, label=label, kind="附表" if label.startswith("附") else "表")


def _inline_at(blocks: Sequence[Block], position: int) -> Inline:
    block = blocks[position] if position < len(blocks) else None
    return block.text if isinstance(block, Heading | Paragraph) else ()


def _text_at(blocks: Sequence[Block], position: int) -> str:
    return plain(_inline_at(blocks, position))


def _own_caption(block: Block) -> Block:
    """Return a table without the number in the caption that came inside it."""
    if not isinstance(block, Table) or not (length := caption_length(block.label)):
        return block
    kind = "附表" if block.label.startswith("附") else "表"
    return replace(block, caption=cut(block.caption, length), kind=kind)
