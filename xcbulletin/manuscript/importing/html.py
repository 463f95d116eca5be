"""HTML to blocks: what a reader of the page would see, in the page's order."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import etree, html

from xcbulletin.errors import ImportFailedError
from xcbulletin.manuscript.importing.blocks import (
    Block,
    Document,
    Footnote,
    Heading,
    Item,
    Origin,
    Paragraph,
    Picture,
    Rule,
    Table,
    even_rows,
    text_of,
)
from xcbulletin.manuscript.importing.formulas import linear
from xcbulletin.manuscript.importing.furniture import UNSEEN, control_text, find_left_out, main_part
from xcbulletin.manuscript.importing.inline import Inline, Script, Span, clean, plain, tidy
from xcbulletin.manuscript.importing.pictures import picture
from xcbulletin.manuscript.importing.scripts import in_characters
from xcbulletin.model import Problem

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "ruby",
        "rb",
        "rp",
        "rt",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_BOLD = frozenset(("b", "strong"))
_ITALIC = frozenset(("i", "em"))
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_WIDEST = 200
_HAN = "[\u2e80-\u9fff\u3000-\u303f\uff00-\uffef]"
_STRUCK = frozenset(("del", "s", "strike"))
_STRUCK_STYLE = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.IGNORECASE)
_SCRIPTS = {"sup": Script.SUPER, "super": Script.SUPER, "sub": Script.SUB}
_SCRIPT_STYLE = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)
_LONGEST_QUOTE = 60
_NOTE_MARK = re.compile(r"[\[［(（]?(?:\d{1,3}|[ivx]{1,5}|[*†‡①-⑳])[\])］）]?")
_NOTE_TARGET = re.compile(r"#_?(?:fn|ftn|edn|note|footnote|endnote|cite_note)(?!ref)", re.IGNORECASE)
_NOTE_BODIES = frozenset(("p", "li", "div", "aside", "dd"))
_ENTRIES = frozenset(("li",))
_SPANS = ("colspan", "rowspan")
_OTHER_CHARSETS = ("big5", "utf-16", "iso-8859-1", "windows-1252", "shift_jis")

Marks = Mapping[html.HtmlElement, str]
"""The elements that refer to a footnote, with its label."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Text:
    """Text within one block; `holder` is the element that holds it."""

    holder: html.HtmlElement
    span: Span


@dataclass(frozen=True, kw_only=True, slots=True)
class _Break:
    """The end of whatever block was open, or within a paragraph only of its line."""

    is_line: bool = False


_BREAK = _Break()
_LINE_BREAK = _Break(is_line=True)
_Piece = _Text | _Break | Picture | Table | Rule
_Placed = tuple[int, str]
"""Text that was found, and its line."""


def read_html(content: bytes, origin: Origin) -> Document:
    """Return the blocks of a page. Raises ImportFailedError where there is no page in it."""
    root = _parse(decode_html(content))
    marks, notes = _take_notes(root)
    page = _read_page(root, marks)
    merged = [
        table.sourceline or 1
        for table in page.main.iter("table")
        if not _is_box(table) and _has_merged(table)
    ]
    formulas = [(formula.sourceline or 1, linear(formula)) for formula in page.main.iter("math")]
    remarks = [merged_cells(origin, merged)] if merged else []
    remarks += formula_remark(origin, formulas)
    return Document(
        origin=origin, blocks=page.blocks, notes=notes, remarks=(*remarks, *_left_out_remarks(page, origin))
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """A page as read: its blocks, and what was left out, each with its line."""

    main: html.HtmlElement
    blocks: tuple[Block, ...]
    furniture: tuple[_Placed, ...] = ()
    hidden: tuple[_Placed, ...] = ()


def _read_page(root: html.HtmlElement, marks: Marks) -> _Page:
    """Read what a page is about, or all of it where that is hardly more than what surrounds it."""
    main = main_part(root)
    left = find_left_out(root, (main, *(body for body, label in marks.items() if not label)))
    hidden = dict.fromkeys(left.hidden, "")
    unwanted = {**dict.fromkeys(left.furniture, ""), **hidden, **marks}
    blocks = tuple(_gathered(_pieces(main, unwanted)))
    around = () if main is root else tuple(_gathered(_pieces(root, {**unwanted, main: ""})))
    if _length(blocks) < _length(around):
        main, around, blocks = root, (), tuple(_gathered(_pieces(root, unwanted)))
    furniture = left.furniture
    if not blocks:
        main, furniture, blocks = root, (), tuple(_gathered(_pieces(root, {**hidden, **marks})))
    quoted = [*map(_quoted, furniture), *((block.line, _words((block,))) for block in around)]
    return _Page(
        main=main,
        blocks=blocks,
        furniture=tuple(sorted(quoted, key=lambda placed: placed[0])),
        hidden=tuple(map(_quoted, left.hidden)),
    )


def _length(blocks: Iterable[Block]) -> int:
    return len(_words(blocks))


def _quoted(element: html.HtmlElement) -> _Placed:
    words = control_text(element) or _words(_gathered(_pieces(element, {})))
    return element.sourceline or 1, words


def _words(blocks: Iterable[Block]) -> str:
    """Return all text of blocks on one line; a picture stands there by its name."""
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Table):
            found += [plain(cell) for row in block.rows for cell in row if cell]
        else:
            found.append(f"图片{block.alt}" if isinstance(block, Picture) else text_of(block))
    return " ".join(text for text in found if text)


def _left_out_remarks(page: _Page, origin: Origin) -> Iterator[Problem]:
    for found, rule, message in (
        (page.furniture, "left-out", "网页上正文以外的导航、按钮等没有导入"),
        (page.hidden, "hidden", HIDDEN_TEXT),
    ):
        yield from quoting_remark(origin, rule, message, found, "如是正文，请补进文稿")


HIDDEN_TEXT = "隐藏的文字没有导入"


def quoting_remark(
    origin: Origin, rule: str, message: str, found: Iterable[_Placed], remedy: str
) -> tuple[Problem, ...]:
    """Return a remark that says where something was found, and quotes it, if anything was."""
    placed = [(line, text) for line, text in found if text]
    if not placed:
        return ()
    quotes = dict.fromkeys(_shortened(text) for _, text in placed)
    shown = "、".join(f"“{quote}”" for quote in quotes)
    where = origin.where(line for line, _ in placed)
    return (origin.remark(placed[0][0], rule, f"{message}（{where}）：{shown}", remedy),)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}……（共 {len(text)} 字）"


def formula_remark(origin: Origin, found: Iterable[_Placed]) -> tuple[Problem, ...]:
    """Return the remark that formulas were written on a line."""
    return quoting_remark(origin, "formula", "公式按文字导入", found, "请核对")


def merged_cells(origin: Origin, lines: list[int]) -> Problem:
    """Return the remark that merged cells were taken apart."""
    message = f"表格中有合并的单元格（{origin.where(lines)}），已拆开：内容放在第一格，其余留空"
    return origin.remark(lines[0], "merged-cells", message, "请核对表格")


def decode_html(content: bytes) -> str:
    """Return a page's text, by its byte order mark, its declared charset, else UTF-8 or GB 18030."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in _encodings(content):
        try:
            return content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return content.decode("utf-8", errors="replace")


def _encodings(content: bytes) -> list[str]:
    declared = _CHARSET.search(content[:4096])
    name = declared[1].decode("ascii").lower() if declared else ""
    if name.startswith("gb"):
        return ["gb18030", "utf-8-sig"]
    return [name, "utf-8-sig", "gb18030"] if name in _OTHER_CHARSETS else ["utf-8-sig", "gb18030"]


def _parse(text: str) -> html.HtmlElement:
    # lxml refuses NUL, and no other control character is text.
    source = "\n".join(clean(line) for line in _DECLARATION.sub("", text).split("\n"))
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return html.document_fromstring(source if source.strip() else " ", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ImportFailedError("网页里没有可读的内容；请用浏览器打开确认，再另存为网页") from error


def read_table(source: str, line: int) -> Table | None:
    """Return the first table of a piece of HTML, as text recognition puts it into Markdown."""
    element = _parse(source).find(".//table")
    if element is None or not any(any(row) for row in _rows(element, {})):
        return None
    return replace(_table(element, {}), line=line)


def _pieces(root: html.HtmlElement, marks: Marks) -> Iterator[_Piece]:
    """Yield text, breaks and whole tables in the order of the page."""
    steps = etree.iterwalk(root, events=("start", "end"))
    skipped = None
    for event, element in steps:
        if event == "start" and _is_whole(element, marks):
            skipped = element
            steps.skip_subtree()
            yield from _whole(element, marks)
        elif event == "start":
            yield from _breaks(element)
            yield from _texts(element, element.text)
        else:
            if element is not skipped:
                yield from _breaks(element)
            if element is not root:
                yield from _texts(element.getparent(), element.tail)


def _is_whole(element: html.HtmlElement, marks: Marks) -> bool:
    """Say whether an element is taken or left as a whole, without walking through it."""
    if element in marks or element.tag in ("img", "hr", "math") or not isinstance(element.tag, str):
        return True
    if element.tag == "figcaption":
        return element.getparent() is not None and element.getparent().find(".//img") is not None
    return element.tag in UNSEEN or (element.tag == "table" and not _is_box(element))


def _whole(element: html.HtmlElement, marks: Marks) -> Iterator[_Piece]:
    line = element.sourceline or 1
    if label := marks.get(element):
        yield _Text(holder=element.getparent(), span=Span(text=label, note=True))
    elif element in marks:
        yield from _breaks(element)
    elif element.tag == "math":
        yield _Text(holder=element.getparent(), span=Span(text=linear(element)))
    elif element.tag == "img":
        yield _picture(element)
    elif element.tag == "hr":
        yield from (_BREAK, Rule(line=line, text=""), _BREAK)
    elif element.tag == "table":
        yield _BREAK
        if any(any(row) for row in _rows(element, marks)):
            yield _table(element, marks)
        yield from (_picture(image) for image in _shown_images(element, marks))
        yield _BREAK


def _shown_images(table: html.HtmlElement, marks: Marks) -> Iterator[html.HtmlElement]:
    """Yield the pictures of a table that are not left out."""
    steps = etree.iterwalk(table, events=("start",))
    for _, element in steps:
        if element in marks:
            steps.skip_subtree()
        elif element.tag == "img":
            yield element


def _breaks(element: html.HtmlElement) -> Iterator[_Piece]:
    if element.tag == "br":
        yield _LINE_BREAK
    elif element.tag not in _INLINE:
        yield _BREAK


def _texts(element: html.HtmlElement, text: str | None) -> Iterator[_Piece]:
    if not text:
        return
    lines = text.split("\n") if _nearest(element, frozenset(("pre",))) is not None else [text]
    for index, line in enumerate(lines):
        if index:
            yield _BREAK
        yield _Text(holder=element, span=_span(element, _collapsed(line)))


def _collapsed(text: str) -> str:
    """Return text with runs of blanks as one blank, and no blank where a line of Han was wrapped."""
    unwrapped = re.sub(rf"(?<={_HAN})[ \t]*[\r\n]\s*(?={_HAN})", "", text)
    return re.sub(r"[ \t\r\n\f\xa0]+", " ", unwrapped)


def _span(element: html.HtmlElement, text: str) -> Span:
    inline = list(_inline_ancestors(element))
    tags = {ancestor.tag for ancestor in inline}
    link = next((ancestor for ancestor in inline if ancestor.tag == "a"), None)
    url = None if link is None else link.get("href")
    return Span(
        text=text,
        strong=bool(tags & _BOLD),
        emphasis=bool(tags & _ITALIC),
        url=url,
        strike=_is_struck(element, inline),
        script=_script(inline, link),
    )


def _is_struck(element: html.HtmlElement, inline: Iterable[html.HtmlElement]) -> bool:
    if _nearest(element, _STRUCK) is not None:
        return True
    return any(_STRUCK_STYLE.search(ancestor.get("style", "")) for ancestor in inline)


def _script(inline: Iterable[html.HtmlElement], link: html.HtmlElement | None) -> Script | None:
    """Return the small print that text stands in; a link that is nothing else only looks like it."""
    for ancestor in inline:
        if ancestor is link and link.get("href"):
            return None
        if (script := _own_script(ancestor)) is not None:
            return None if link is not None and _fills(ancestor, link) else script
    return None


def _own_script(element: html.HtmlElement) -> Script | None:
    style = _SCRIPT_STYLE.search(element.get("style", ""))
    return _SCRIPTS.get(style[1].lower() if style else element.tag)


def _fills(element: html.HtmlElement, holder: html.HtmlElement) -> bool:
    """Say whether an element is all that an element around it holds."""
    while element is not holder:
        parent = element.getparent()
        if len(parent) != 1 or (parent.text or "").strip() or (element.tail or "").strip():
            return False
        element = parent
    return bool(holder.get("href"))


def _inline_ancestors(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    current: html.HtmlElement | None = element
    while current is not None and current.tag in _INLINE:
        yield current
        current = current.getparent()


def _gathered(pieces: Iterable[_Piece]) -> list[Block]:
    """Return blocks; pictures within a paragraph come after it."""
    texts: list[_Text] = []
    pictures: list[Picture] = []
    done: list[Block] = []
    last_line: int | None = None
    for piece in (*pieces, _BREAK):
        if isinstance(piece, _Text):
            texts.append(piece)
        elif isinstance(piece, Picture):
            pictures.append(piece)
        else:
            block = _block(texts)
            if block is not None and last_line is not None:
                done[last_line] = _cut_off(done[last_line])
            is_line = isinstance(piece, _Break) and piece.is_line
            last_line = (len(done) if block is not None else last_line) if is_line else None
            done += [*([] if block is None else [block]), *pictures]
            texts, pictures = [], []
            if not isinstance(piece, _Break):
                done.append(piece)
    return done


def _cut_off(block: Block) -> Block:
    return replace(block, is_cut=True) if isinstance(block, Paragraph) else block


def _block(texts: list[_Text]) -> Block | None:
    text = _joined(piece.span for piece in texts)
    if not text:
        return None
    holder = next(piece.holder for piece in texts if piece.span.text.strip())
    line = holder.sourceline or 1
    heading = _nearest(holder, _HEADINGS)
    entry = _nearest(holder, _ENTRIES)
    if heading is not None:
        return Heading(line=line, text=text, level=int(heading.tag[1]))
    if entry is not None and plain(text):
        return Item(line=line, text=text, depth=_depth(entry), number=_number(entry))
    quoted = _nearest(holder, frozenset(("blockquote",))) is not None
    return Paragraph(line=line, text=text, quoted=quoted)


def _joined(spans: Iterable[Span]) -> Inline:
    """Return spans as one text, with a single blank where two of them met with one each."""
    kept: list[Span] = []
    for span in spans:
        before = kept[-1].text if kept else " "
        kept.append(replace(span, text=span.text.lstrip(" ")) if before.endswith(" ") else span)
        if not kept[-1].text:
            kept.pop()
    return tidy(kept)


def _nearest(element: html.HtmlElement, tags: frozenset[str]) -> html.HtmlElement | None:
    return element if element.tag in tags else next(element.iterancestors(*tags), None)


def _depth(entry: html.HtmlElement) -> int:
    return max(sum(1 for ancestor in entry.iterancestors("ul", "ol")) - 1, 0)


def _number(entry: html.HtmlElement) -> int | None:
    parent = entry.getparent()
    if parent is None or parent.tag != "ol":
        return None
    start = parent.get("start", "1")
    return (int(start) if start.isdecimal() and len(start) < 6 else 1) + len(
        list(entry.itersiblings("li", preceding=True))
    )


def _picture(element: html.HtmlElement) -> Picture:
    figure = _nearest(element, frozenset(("figure",)))
    caption = None if figure is None else figure.find(".//figcaption")
    alt = element.get("alt", "") if caption is None else plain(in_characters(_cell(caption, {})))
    return replace(picture(element.sourceline or 1, alt, element.get("src", "")), alt=_collapsed(alt).strip())


def _is_box(table: html.HtmlElement) -> bool:
    """Say whether a table only lays out the page: it has a single cell, or tables within."""
    cells = sum(1 for _ in zip(table.iter("td", "th"), range(2), strict=False))
    return cells < 2 or table.find(".//table") is not None


def _has_merged(table: html.HtmlElement) -> bool:
    return any(
        cell.get(name, "1") not in ("", "0", "1") for cell in table.iter("td", "th") for name in _SPANS
    )


def _table(element: html.HtmlElement, marks: Marks) -> Table:
    caption = element.find("caption")
    label = () if caption is None or caption in marks else _cell(caption, marks)
    rows = even_rows(_rows(element, marks))
    return Table(line=element.sourceline or 1, rows=rows, caption=label, label=plain(label))


def _rows(element: html.HtmlElement, marks: Marks) -> list[list[Inline]]:
    """Return the cells of a table; what a merged cell covers is empty."""
    covered: dict[int, int] = {}
    rows = []
    for row in element.iter("tr"):
        if row not in marks and row.getparent() not in marks:
            rows.append(_cells(row, covered, marks))
    return rows


def _cells(row: html.HtmlElement, covered: dict[int, int], marks: Marks) -> list[Inline]:
    """Return a row's cells; `covered` holds, by column, how many rows the cells above still cover."""
    cells: list[Inline] = []
    for cell in row.iterchildren("td", "th"):
        if cell in marks:
            continue
        _skip_covered(cells, covered)
        # Spans beyond any page's width would make a table grow without end.
        width, height = (_extent(cell, name) if len(cells) < _WIDEST else 1 for name in _SPANS)
        for column in range(len(cells), len(cells) + width):
            if height > 1:
                covered[column] = height - 1
        cells += [_cell(cell, marks), *[()] * (width - 1)]
    _skip_covered(cells, covered)
    return cells


def _skip_covered(cells: list[Inline], covered: dict[int, int]) -> None:
    while covered.get(len(cells), 0) > 0:
        covered[len(cells)] -= 1
        cells.append(())


def _extent(cell: html.HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), _WIDEST) if value.isdecimal() and len(value) < 6 else 1


def _cell(cell: html.HtmlElement, marks: Marks) -> Inline:
    pieces = (piece for piece in _pieces(cell, marks) if isinstance(piece, _Text | _Break))
    return _joined(piece.span if isinstance(piece, _Text) else Span(text=" ") for piece in pieces)


def _take_notes(root: html.HtmlElement) -> tuple[Marks, tuple[Footnote, ...]]:
    """Return what refers to footnotes, and their texts, which are not walked through again."""
    names = {
        name: element for element in root.iter() for name in (element.get("id"), element.get("name")) if name
    }
    marks: dict[html.HtmlElement, str] = {}
    bodies: dict[html.HtmlElement, str] = {}
    for link in root.iter("a"):
        body = _note_body(link, names)
        if body is not None and body not in link.iterancestors():
            marks[link] = bodies.setdefault(body, str(len(bodies) + 1))
    notes = tuple(_footnote(body, label) for body, label in bodies.items())
    return {**marks, **dict.fromkeys(bodies, "")}, notes


def _note_body(link: html.HtmlElement, names: Mapping[str, html.HtmlElement]) -> html.HtmlElement | None:
    """Return the element that holds a footnote's text, if that is what a link leads to."""
    target = link.get("href", "")
    if not _NOTE_MARK.fullmatch(link.text_content().strip()) or not _NOTE_TARGET.match(target):
        return None
    element = names.get(target[1:])
    return None if element is None else _nearest(element, _NOTE_BODIES)


def _footnote(body: html.HtmlElement, label: str) -> Footnote:
    back = {link: "" for link in body.iter("a") if link.get("href", "").startswith("#")}
    return Footnote(line=body.sourceline or 1, label=label, text=_cell(body, back))
