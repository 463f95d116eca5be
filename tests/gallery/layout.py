"""The layout of a PDF: its pieces of text and its shapes, and how they are written down.

Lengths are in points, from the left and from the top of the page. A piece of text is what stands in one line, in one
size and colour, with no gap of an em; a long one is known by its ends and its number of characters.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import pdfplumber

INK = "1f2328"
EDGES = ("x0", "top", "x1", "bottom")
_OPPOSITE = {"x0": "x1", "x1": "x0", "top": "bottom", "bottom": "top"}
_LETTERS = {"t": "文字", "b": "色块", "l": "线", "i": "图片"}
_KINDS = {kind: letter for letter, kind in _LETTERS.items()}
_LEGEND = """\
# {title}的版面。由 make gallery APPROVE=1 写出，请不要手改。单位是点，从一页的左上角量起。
# t 左 右 基线 字号 字体[#颜色] 文字；b 色块、l 线、i 图片：左 上 右 下 颜色
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A piece of text, or a shape, on a page."""

    page: int
    kind: str
    """文字, 色块, 线 or 图片."""
    x0: float
    top: float
    """Of text the baseline, as is its bottom."""
    x1: float
    bottom: float
    colour: str = INK
    size: float = 0
    face: str = ""
    """All of them, in the order in which they appear."""
    text: str = ""


# In a PDF


def read_layout(pdf: bytes) -> list[Piece]:
    """Return the pieces of each page: text in the order in which it is painted, then shapes."""
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return [piece for page in opened.pages for piece in (*_texts(page), *_shapes(page))]


def _texts(page: Any) -> Iterator[Piece]:
    run: list[Any] = []
    for char in (char for char in page.chars if not char["text"].isspace()):
        if run and not _goes_on(run[-1], char):
            yield _text(page, run)
            run = []
        run.append(char)
    if run:
        yield _text(page, run)


def _goes_on(last: Any, char: Any) -> bool:
    return bool(
        last["non_stroking_color"] == char["non_stroking_color"]
        and abs(last["size"] - char["size"]) < 0.1
        and abs(_baseline(last) - _baseline(char)) < 0.1
        and abs(char["x0"] - last["x1"]) < char["size"]
    )


def _baseline(char: Any) -> float:
    return float(char["matrix"][5])


def _text(page: Any, run: Sequence[Any]) -> Piece:
    first = run[0]
    return _rounded(
        Piece(
            page=page.page_number,
            kind="文字",
            x0=min(char["x0"] for char in run),
            x1=max(char["x1"] for char in run),
            top=page.height - _baseline(first),
            bottom=page.height - _baseline(first),
            size=first["size"],
            face="+".join(dict.fromkeys(map(_face, run))),
            colour=_hex(first["non_stroking_color"]),
            text=shorten("".join(char["text"] for char in run)),
        )
    )


def _face(char: Any) -> str:
    return re.sub("^.*[+](XC-)?", "", char["fontname"])


def shorten(text: str) -> str:
    """Return a long text by its ends and its number of characters."""
    return text if len(text) <= 10 else f"{text[:5]}…{len(text)}…{text[-2:]}"


def _shapes(page: Any) -> Iterator[Piece]:
    for shape in (*_joined(page.rects), *_joined(page.lines), *_joined(page.curves)):
        if shape["fill"] and shape["width"] and shape["height"]:
            yield _shape(page, shape, "色块", _hex(shape["non_stroking_color"]))
        elif shape["stroke"] and shape["linewidth"]:
            yield _shape(page, shape, "线", _hex(shape["stroking_color"]))
    for image in page.images:
        yield _shape(page, image, "图片", INK)


def _joined(shapes: Iterable[Any]) -> list[Any]:
    """Return the shapes, the edges of a border taken as what lies between them, a row's rules as one."""
    joined: list[Any] = []
    for shape in shapes:
        joined[-1:] = _together(joined[-1], shape) if joined else [shape]
    return joined


def _together(last: Any, shape: Any) -> list[Any]:
    if last["evenodd"] and shape["evenodd"] and _is_within(last, shape):
        return [_border(last, shape)]
    if all(
        last[key] == shape[key] for key in ("stroke", "stroking_color", "linewidth", "top", "bottom")
    ) and (abs(last["x1"] - shape["x0"]) < 0.1):
        return [{**last, "x1": shape["x1"]}]
    return [last, shape]


def _is_within(inner: Any, outer: Any) -> bool:
    return bool(
        inner["x0"] > outer["x0"] - 0.01
        and inner["top"] > outer["top"] - 0.01
        and inner["x1"] < outer["x1"] + 0.01
        and inner["bottom"] < outer["bottom"] + 0.01
    )


def _border(inner: Any, outer: Any) -> Any:
    """Return where a border is that stands on one side; one that goes round is as large as what it frames."""
    sides = [edge for edge in EDGES if abs(inner[edge] - outer[edge]) > 0.01]
    return {**outer, _OPPOSITE[sides[0]]: inner[sides[0]]} if len(sides) == 1 else outer


def _shape(page: Any, shape: Any, kind: str, colour: str) -> Piece:
    edges = {edge: shape[edge] for edge in EDGES}
    return _rounded(Piece(page=page.page_number, kind=kind, colour=colour, **edges))


def _rounded(piece: Piece) -> Piece:
    return replace(piece, **{name: round(getattr(piece, name), 1) for name in (*EDGES, "size")})


def _hex(colour: Any) -> str:
    values = colour if isinstance(colour, tuple) else (colour,)
    return "".join(f"{round(255 * value):02x}" for value in (values * 3 if len(values) == 1 else values))


# On disk


def format_layout(title: str, pieces: Iterable[Piece]) -> str:
    """Return a layout as text, a line for each piece."""
    pages = (
        f"第{page}页\n" + "".join(map(_format, group))
        for page, group in groupby(pieces, key=lambda piece: piece.page)
    )
    return _LEGEND.format(title=title) + "".join(pages)


def _format(piece: Piece) -> str:
    if piece.kind == "文字":
        face = piece.face if piece.colour == INK else f"{piece.face}#{piece.colour}"
        return f"t {piece.x0:g} {piece.x1:g} {piece.top:g} {piece.size:g} {face} {piece.text}\n"
    edges = " ".join(f"{getattr(piece, edge):g}" for edge in EDGES)
    return f"{_KINDS[piece.kind]} {edges} {piece.colour}\n"


def parse_layout(text: str) -> list[Piece]:
    """Return the pieces that `format_layout` wrote."""
    pieces, page = [], 0
    for line in text.splitlines()[_LEGEND.count("\n") :]:
        if match := re.fullmatch("第([0-9]+)页", line):
            page = int(match[1])
        else:
            pieces.append(_parse(line, page))
    return pieces


def _parse(line: str, page: int) -> Piece:
    letter, *words = line.split(" ")
    return _parse_text(words, page) if letter == "t" else _parse_shape(_LETTERS[letter], words, page)


def _parse_text(words: Sequence[str], page: int) -> Piece:
    x0, x1, baseline, size = map(float, words[:4])
    face, _, colour = words[4].partition("#")
    return Piece(
        page=page,
        kind="文字",
        x0=x0,
        x1=x1,
        top=baseline,
        bottom=baseline,
        size=size,
        face=face,
        colour=colour or INK,
        text=words[5],
    )


def _parse_shape(kind: str, words: Sequence[str], page: int) -> Piece:
    x0, top, x1, bottom = map(float, words[:4])
    return Piece(page=page, kind=kind, x0=x0, top=top, x1=x1, bottom=bottom, colour=words[4])
