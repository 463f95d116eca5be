"""Word documents (.docx, OOXML) to blocks, as Word shows them: numbers, notes, merged cells, accepted changes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from lxml import etree

from xcbulletin.manuscript.importing.blocks import (
    Asset,
    Block,
    Document,
    Footnote,
    Heading,
    Item,
    Origin,
    Paragraph,
    Picture,
    Table,
    even_rows,
)
from xcbulletin.manuscript.importing.docx_numbering import Counter, integer, read_numbering, value
from xcbulletin.manuscript.importing.docx_package import Package, Relations, open_package
from xcbulletin.manuscript.importing.formulas import linear
from xcbulletin.manuscript.importing.html import HIDDEN_TEXT, formula_remark, merged_cells, quoting_remark
from xcbulletin.manuscript.importing.inline import Inline, Script, Span, literal, plain, tidy
from xcbulletin.manuscript.importing.numbering import NumberingClass, numbering
from xcbulletin.manuscript.importing.pictures import keep
from xcbulletin.model import Problem

_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_TITLE_STYLES = {"title": 1, "标题": 1, "subtitle": 2, "副标题": 2}
_OFF = frozenset(("0", "false", "off", "none"))
_WIDEST = 200
_GONE = frozenset(
    ("del", "moveFrom", "Fallback", "instrText", "delText", "rPr", "pPr", "tblPr", "trPr", "tcPr")
)
_BLOCKS = frozenset(("p", "tbl"))
_LIST_STYLE = re.compile(r"(?:list|列表|列表项目符号|列表编号)(?: bullet| number)?\s*([2-5])", re.IGNORECASE)
_SCRIPTS = {"superscript": Script.SUPER, "subscript": Script.SUB}
_PLAIN_NUMBER = re.compile(r"(\d{1,9})[.．)）]\s*")
_HEADING_NUMBERS = frozenset(
    (NumberingClass.CHAPTER, NumberingClass.SECTION, NumberingClass.HAN, NumberingClass.HAN_BRACKETS)
)
_PLACEHOLDERS = {"chart": "图表对象", "relIds": "SmartArt 图形"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """What a paragraph style says of its paragraphs."""

    level: int | None = None
    list_id: str = ""
    depth: int = 0
    """The level of the list that an entry is counted in."""
    indent: int = 0
    """How deep a style like “List Bullet 2” stands, which is a list of its own."""


@dataclass(kw_only=True)
class _Reader:
    """Reads the text of one package, counting paragraphs and lists as it goes."""

    package: Package
    relations: Relations
    styles: Mapping[str, Style]
    counter: Counter
    labels: Mapping[tuple[str, str], str]
    paragraph: int = 0
    merged: list[int] = field(default_factory=list)
    nested: list[int] = field(default_factory=list)
    hidden: list[tuple[int, str]] = field(default_factory=list)
    formulas: list[tuple[int, str]] = field(default_factory=list)
    characters: Mapping[str, etree._Element] = field(default_factory=dict)
    """The character styles, by their ids."""
    assets: dict[str, Asset | None] = field(default_factory=dict)
    """Pictures by the name of their part: a few kilobytes may refer to the same large part ten thousand times."""


def read_docx(content: bytes, origin: Origin) -> Document:
    """Return the blocks of a .docx file. Raises ImportFailedError where it cannot be read."""
    package = open_package(content)
    root = package.xml(package.document)
    assert root is not None
    styles = package.related("styles")
    characters = {} if styles is None else _character_styles(styles)
    notes = list(_notes(package, characters))
    reader = _Reader(
        package=package,
        relations=package.relations(package.document),
        styles=_read_styles(styles),
        characters=characters,
        counter=Counter(numbering=read_numbering(package.related("numbering"))),
        labels={key: note.label for key, note in notes},
    )
    blocks = tuple(_blocks(root, reader))
    return Document(
        origin=origin,
        blocks=blocks,
        notes=tuple(note for _, note in notes),
        remarks=tuple(_remarks(root, reader, origin)),
    )


def _remarks(root: etree._Element, reader: _Reader, origin: Origin) -> Iterator[Problem]:
    if reader.merged:
        yield merged_cells(origin, reader.merged)
    if reader.nested:
        message = f"表格里还有表格（{origin.where(reader.nested)}），里面各格的文字并进了外面的一格"
        yield origin.remark(reader.nested[0], "nested-table", message, "请核对，需要时另列一张表")
    yield from formula_remark(origin, reader.formulas)
    yield from _note_formulas(reader, origin)
    yield from quoting_remark(origin, "hidden", HIDDEN_TEXT, reader.hidden, "如是正文，请补进文稿")
    if next(root.iter("{*}del", "{*}ins", "{*}moveFrom"), None) is not None:
        yield origin.remark(
            None, "revisions", "文档里有修订，已按“接受全部修订”导入", "如有不同，请在 Word 中处理后再导入"
        )
    comments = reader.package.related("comments")
    if comments is not None and len(comments):
        yield origin.remark(
            None, "comments", f"文档里的 {len(comments)} 条批注没有导入", "请在 Word 中查看批注"
        )
    lines = list(dict.fromkeys(_header_lines(reader)))
    if lines:
        shown = "、".join(f"“{line}”" for line in lines)
        yield origin.remark(
            None, "residue", f"页眉、页脚没有导入：{shown}", "页眉页脚由程序生成；如是正文，请补进文稿"
        )


def _note_formulas(reader: _Reader, origin: Origin) -> Iterator[Problem]:
    for kind in ("footnotes", "endnotes"):
        root = reader.package.related(kind)
        found = [] if root is None else list(filter(None, map(linear, root.iter("{*}oMath"))))
        if found:
            shown = "、".join(f"“{text}”" for text in found)
            yield origin.remark(None, "formula", f"脚注里的公式按文字导入：{shown}", "请核对")


def _header_lines(reader: _Reader) -> Iterator[str]:
    for target in reader.relations.values():
        if not re.fullmatch(r"word/(?:header|footer)\d*\.xml", target):
            continue
        root = reader.package.xml(target)
        for paragraph in () if root is None else root.iter("{*}p"):
            text = plain(tidy(_texts(paragraph, reader.characters)))
            if text and not text.isdecimal():
                yield text


def _read_styles(root: etree._Element | None) -> dict[str, Style]:
    if root is None:
        return {}
    elements = {value(element, "styleId"): element for element in root.iterfind("{*}style")}
    return {style_id: _style(style_id, elements) for style_id in elements}


def _style(style_id: str, elements: Mapping[str, etree._Element]) -> Style:
    """Return a style with what it takes over from those it is based on."""
    style, seen = Style(), set[str]()
    while style_id in elements and style_id not in seen:
        seen.add(style_id)
        element = elements[style_id]
        own = _own_style(element)
        style = Style(
            level=own.level if style.level is None else style.level,
            list_id=style.list_id or own.list_id,
            depth=style.depth or own.depth,
            indent=style.indent or own.indent,
        )
        style_id = _value_at(element, "basedOn")
    return style


def _own_style(element: etree._Element) -> Style:
    name = _value_at(element, "name").strip().lower()
    heading = _HEADING_STYLE.fullmatch(name)
    level = int(heading[1]) if heading else _TITLE_STYLES.get(name) or _outline_level(element)
    listed = _LIST_STYLE.fullmatch(name)
    return Style(
        level=level,
        list_id=_value_at(element, "pPr/numPr/numId"),
        depth=integer(_value_at(element, "pPr/numPr/ilvl")),
        indent=int(listed[1]) - 1 if listed else 0,
    )


def _character_styles(root: etree._Element) -> dict[str, etree._Element]:
    styles = (style for style in root.iterfind("{*}style") if value(style, "type") == "character")
    return {value(style, "styleId"): style for style in styles}


def _outline_level(element: etree._Element) -> int | None:
    level = _value_at(element, "pPr/outlineLvl")
    return int(level) + 1 if level in tuple("012345678") else None


def _value_at(element: etree._Element, path: str) -> str:
    found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    return "" if found is None else value(found, "val")


def _notes(
    package: Package, characters: Mapping[str, etree._Element]
) -> Iterator[tuple[tuple[str, str], Footnote]]:
    """Yield footnotes and endnotes, numbered in one row, with the kind and id that the text refers to."""
    number = 0
    for kind in ("footnote", "endnote"):
        root = package.related(f"{kind}s")
        for element in () if root is None else root.iterfind(f"{{*}}{kind}"):
            if value(element, "type") not in ("", "normal"):
                continue
            number += 1
            text = _one_text(tidy(_texts(paragraph, characters)) for paragraph in element.iter("{*}p"))
            yield (kind, value(element, "id")), Footnote(line=number, label=str(number), text=text)


def _one_text(parts: Iterable[Inline]) -> Inline:
    spans = [span for part in parts if part for span in (Span(text=" "), *part)]
    return tidy(spans)


def _texts(paragraph: etree._Element, characters: Mapping[str, etree._Element]) -> Iterator[Span]:
    """Yield the text of a paragraph outside the main text, without bold and italic."""
    steps = etree.iterwalk(paragraph, events=("start",))
    dress = Span(text="")
    for _, element in steps:
        match _name(element):
            case "oMath":
                steps.skip_subtree()
                yield Span(text=linear(element))
            case "r":
                dress = replace(_run_dress(element, dress, characters), strong=False, emphasis=False)
            case "t":
                yield replace(dress, text=element.text or "")
            case "tab":
                yield Span(text=" ")


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    """A paragraph that Word numbers or gives a bullet; the label of a bullet is empty."""

    block: Heading | Paragraph
    bare: Inline
    """The text without the label."""
    label: str
    depth: int


def _blocks(parent: etree._Element, reader: _Reader) -> Iterator[Block]:
    """Yield the blocks of a body, a cell or a text box, with entries of lists as such."""
    for is_entry, group in groupby(_found(parent, reader), key=lambda found: isinstance(found, _Entry)):
        if is_entry:
            yield from _entries([entry for entry in group if isinstance(entry, _Entry)])
        else:
            yield from (block for block in group if not isinstance(block, _Entry))


def _entries(entries: list[_Entry]) -> Iterator[Block]:
    """Yield bullets as entries of a list; numbers as they stand, but within a list of several levels."""
    is_list = _is_nested_list(entries)
    for entry in entries:
        if isinstance(entry.block, Heading) or not plain(entry.bare) or (entry.label and not is_list):
            yield entry.block
            continue
        number = _PLAIN_NUMBER.fullmatch(entry.label)
        text = entry.bare if number or not entry.label else entry.block.text
        yield Item(
            line=entry.block.line,
            text=text,
            depth=entry.depth,
            number=int(number[1]) if number else None,
        )


def _is_nested_list(entries: list[_Entry]) -> bool:
    """Say whether entries are of several levels, and no headings that stand right above each other."""
    depths = [entry.depth for entry in entries]
    are_headings = any(
        isinstance(entry.block, Heading) or _heading_number(entry.label) in _HEADING_NUMBERS
        for entry in entries
    )
    steps_deeper = all(first < second for first, second in pairwise(depths))
    return len(set(depths)) > 1 and not are_headings and (not entries[0].label or not steps_deeper)


def _heading_number(label: str) -> NumberingClass | None:
    found = numbering(label)
    return None if found is None else found[0]


def _found(parent: etree._Element, reader: _Reader) -> Iterator[Block | _Entry]:
    for element in _members(parent):
        if _name(element) == "p":
            yield from _paragraph(element, reader)
        else:
            yield from _table(element, reader)


def _members(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield the paragraphs and tables directly within, however they are wrapped."""
    for element in parent:
        if _name(element) in _BLOCKS:
            yield element
        elif _name(element) not in _GONE:
            yield from _members(element)


@dataclass(kw_only=True)
class _Gathered:
    """What was found in a paragraph: its lines, and pictures and text boxes to come after it."""

    lines: list[list[Span]] = field(default_factory=lambda: [[]])
    pictures: list[Picture] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)


def _paragraph(element: etree._Element, reader: _Reader) -> Iterator[Block | _Entry]:
    reader.paragraph += 1
    line = reader.paragraph
    gathered = _Gathered()
    _gather(element, Span(text=""), gathered, reader)
    texts = [text for text in map(tidy, gathered.lines) if text]
    style = _paragraph_style(element, reader)
    label = reader.counter.next(style.list_id, style.depth) if texts and style.list_id else None
    for index, text in enumerate(texts):
        block = _block(text, (label or "") if index == 0 else "", style, line)
        if isinstance(block, Paragraph) and index + 1 < len(texts):
            block = replace(block, is_cut=True)
        if index == 0 and label is not None:
            yield _Entry(block=block, bare=text, label=label, depth=style.depth or style.indent)
        else:
            yield block
    yield from gathered.pictures
    for box in gathered.boxes:
        yield from _blocks(box, reader)


def _block(text: Inline, label: str, style: Style, line: int) -> Heading | Paragraph:
    if label:
        text = tidy((Span(text=f"{label} " if label[-1].isalnum() else label), *text))
    if style.level is not None:
        return Heading(line=line, text=text, level=min(style.level, 6))
    return Paragraph(line=line, text=text)


def _paragraph_style(element: etree._Element, reader: _Reader) -> Style:
    """Return the paragraph's style with what the paragraph itself says."""
    style = reader.styles.get(_value_at(element, "pPr/pStyle"), Style())
    level = _outline_level(element)
    list_id = _value_at(element, "pPr/numPr/numId") or style.list_id
    depth = _value_at(element, "pPr/numPr/ilvl")
    return Style(
        level=style.level if level is None else level,
        list_id="" if list_id == "0" else list_id,
        depth=integer(depth) if depth else style.depth,
        indent=style.indent,
    )


def _gather(parent: etree._Element, dress: Span, gathered: _Gathered, reader: _Reader) -> None:
    for element in parent:
        name = _name(element)
        if name in _GONE:
            continue
        if name in ("oMath", "oMathPara"):
            _gather_formula(element, dress, gathered, reader)
        elif name == "r" and _is_on(element, "vanish", reader.characters):
            _hide(plain(tidy(_texts(element, reader.characters))), reader)
        elif name == "r":
            _gather(element, _run_dress(element, dress, reader.characters), gathered, reader)
        elif name == "hyperlink":
            target = reader.relations.get(value(element, "id"))
            _gather(element, replace(dress, url=target), gathered, reader)
        elif name == "txbxContent":
            gathered.boxes.append(element)
        else:
            _gather_piece(element, name, dress, gathered, reader)
            _gather(element, dress, gathered, reader)


def _hide(text: str, reader: _Reader) -> None:
    """Remember hidden text; Word cuts a sentence into runs as it likes."""
    line, before = reader.hidden[-1] if reader.hidden else (0, "")
    if line == reader.paragraph:
        reader.hidden[-1] = (line, before + text)
    else:
        reader.hidden.append((reader.paragraph, text))


def _gather_formula(element: etree._Element, dress: Span, gathered: _Gathered, reader: _Reader) -> None:
    text = linear(element)
    gathered.lines[-1].append(replace(dress, text=text))
    reader.formulas.append((reader.paragraph, text))


def _run_dress(run: etree._Element, dress: Span, characters: Mapping[str, etree._Element]) -> Span:
    align = _setting(run, "vertAlign", characters)
    return replace(
        dress,
        strong=_is_on(run, "b", {}),
        emphasis=_is_on(run, "i", {}),
        strike=_is_on(run, "strike", characters) or _is_on(run, "dstrike", characters),
        script=None if align is None or dress.url else _SCRIPTS.get(value(align, "val")),
    )


def _is_on(run: etree._Element, name: str, characters: Mapping[str, etree._Element]) -> bool:
    found = _setting(run, name, characters)
    return found is not None and value(found, "val") not in _OFF


def _setting(
    run: etree._Element, name: str, characters: Mapping[str, etree._Element]
) -> etree._Element | None:
    """Return what a run says of its letters, or else its style."""
    found = run.find(f"{{*}}rPr/{{*}}{name}")
    style = characters.get(_value_at(run, "rPr/rStyle")) if found is None and characters else None
    return found if style is None else style.find(f"{{*}}rPr/{{*}}{name}")


def _gather_piece(
    element: etree._Element, name: str, dress: Span, gathered: _Gathered, reader: _Reader
) -> None:
    match name:
        case "t":
            gathered.lines[-1].append(replace(dress, text=element.text or ""))
        case "tab" | "ptab":
            gathered.lines[-1].append(replace(dress, text=" "))
        case "noBreakHyphen":
            gathered.lines[-1].append(replace(dress, text="-"))
        case "br" | "cr":
            gathered.lines.append([])
        case "sym":
            gathered.lines[-1].append(replace(dress, text=_symbol(element)))
        case "footnoteReference" | "endnoteReference":
            label = reader.labels.get((name.removesuffix("Reference"), value(element, "id")))
            gathered.lines[-1] += [Span(text=label, note=True)] if label else []
        case "blip" | "imagedata":
            gathered.pictures.append(_picture(element, reader))
        case _ if name in _PLACEHOLDERS:
            gathered.pictures.append(Picture(line=reader.paragraph, reference=_PLACEHOLDERS[name]))


def _symbol(element: etree._Element) -> str:
    try:
        code = int(value(element, "char"), 16)
    except ValueError:
        return ""
    # Symbol fonts keep their signs in the private area, where other fonts have none.
    return "〓" if 0xE000 <= code <= 0xF8FF or code > 0x10FFFF else chr(code)


def _picture(element: etree._Element, reader: _Reader) -> Picture:
    target = reader.relations.get(value(element, "embed") or value(element, "id"), "")
    if target not in reader.assets:
        content = reader.package.read(target) if target else None
        reader.assets[target] = None if content is None else keep(content)
    return Picture(
        line=reader.paragraph,
        alt=_description(element),
        asset=reader.assets[target],
        reference=target or "链接的图片",
    )


def _description(element: etree._Element) -> str:
    """Return the alternative text of a picture."""
    for ancestor in element.iterancestors("{*}inline", "{*}anchor"):
        properties = ancestor.find("{*}docPr")
        return "" if properties is None else plain(literal(value(properties, "descr")))
    return ""


def _table(element: etree._Element, reader: _Reader) -> Iterator[Block]:
    first = reader.paragraph + 1
    rows = list(_within(element, "tr"))
    cells = [list(_within(row, "tc")) for row in rows]
    if len(rows) == 1 and len(cells[0]) == 1:
        yield from _blocks(cells[0][0], reader)
        return
    pictures: list[Block] = []
    filled = even_rows(
        [*[()] * _skipped(row), *_row(members, pictures, reader)]
        for row, members in zip(rows, cells, strict=True)
    )
    if any(_is_merged(cell) for row in cells for cell in row):
        reader.merged.append(first)
    if any(any(row) for row in filled):
        yield Table(line=first, rows=filled)
    yield from pictures


def _within(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the rows of a table or the cells of a row, however they are wrapped."""
    for element in parent:
        if _name(element) == name:
            yield element
        elif _name(element) not in (*_GONE, "tc", "tr", "tblGrid"):
            yield from _within(element, name)


def _skipped(row: etree._Element) -> int:
    return min(integer(_value_at(row, "trPr/gridBefore")), _WIDEST)


def _row(cells: list[etree._Element], pictures: list[Block], reader: _Reader) -> Iterator[Inline]:
    for cell in cells:
        first = reader.paragraph + 1
        inner = list(_blocks(cell, reader))
        if any(isinstance(block, Table) for block in inner):
            reader.nested.append(first)
        pictures += [block for block in inner if isinstance(block, Picture)]
        yield _one_text(_block_texts(inner))
        width = min(integer(_value_at(cell, "tcPr/gridSpan"), 1), _WIDEST)
        yield from [()] * (width - 1)


def _is_merged(cell: etree._Element) -> bool:
    return cell.find("{*}tcPr/{*}vMerge") is not None or _value_at(cell, "tcPr/gridSpan") not in (
        "",
        "0",
        "1",
    )


def _block_texts(blocks: Iterable[Block]) -> Iterator[Inline]:
    for block in blocks:
        if isinstance(block, Heading | Paragraph | Item):
            yield block.text
        elif isinstance(block, Table):
            yield from (cell for row in block.rows for cell in row)
