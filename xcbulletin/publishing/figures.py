"""Pictures: found, proved to be what they claim, and sized for paper, web and letter."""

import base64
import binascii
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lxml import etree

from xcbulletin.errors import BulletinError, reason
from xcbulletin.model import Place, Problem, Severity
from xcbulletin.publishing.charts.block import DataError, ReadData
from xcbulletin.publishing.charts.chart import Chart
from xcbulletin.publishing.charts.data import MOST_BYTES
from xcbulletin.publishing.charts.drawing import draw, kept
from xcbulletin.publishing.charts.frame import Spec
from xcbulletin.publishing.charts.spec import chart_spec
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.flow import runs
from xcbulletin.publishing.layout import Layout
from xcbulletin.publishing.nodes import (
    PENDING_PICTURE,
    Bullets,
    ChartFigure,
    Figure,
    Node,
    Numbers,
    Pictured,
    Quote,
)
from xcbulletin.publishing.typefaces.fonts import FontSet

SVG, PNG, JPEG = "image/svg+xml", "image/png", "image/jpeg"
WEB_WIDTH = 1600
LETTER_WIDTH = 592
"""CSS pixels that a picture is shown at in a letter; its file has twice as many."""

_RASTER = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""How the files of PNG and JPEG begin."""
_MAX_PIXELS = 80_000_000
_MAX_BYTES = 40_000_000
_MAX_SHAPES = 100_000
_TALLEST = 20
"""Times its width: a letter's picture is drawn at a fixed width, and has to fit into memory."""
_SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
_ACTIVE = tuple(f"{{*}}{tag}" for tag in ("script", "set", "animate", "animateTransform"))
_DRAWS_ANOTHER = frozenset(("use", "feImage", "pattern"))
_GRADIENTS = frozenset(("linearGradient", "radialGradient"))
_EMBEDDED = re.compile(r"data:image/[\w.+-]+(?:;[\w=.-]+)*;base64,", re.IGNORECASE)
_WITHIN = re.compile(r"url\(\s*['\"]?\s*#([^)'\"\s]+)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+\.?\d*|\.\d+")
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?![\s'\"#]|data:)|@import", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9.]+)\s*(px|pt|mm|cm|in)?\s*")
_PIXELS = {None: 1.0, "px": 1.0, "pt": 4 / 3, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture that has been read."""

    name: str
    """Path inside the issue's folder, with forward slashes: `assets/…`, and never what an address said."""
    content: bytes
    media_type: str
    width: float
    height: float
    """CSS pixels."""


class PictureError(BulletinError):
    """A picture cannot be drawn."""


class _UnusableError(Exception):
    """Why a picture cannot be used, and what would help."""

    def __init__(self, message: str, suggestion: str) -> None:
        self.message, self.suggestion = message, suggestion


def read_pictures(folder: Path, edition: Edition) -> tuple[dict[str, Picture], tuple[Problem, ...]]:
    """Return the pictures that an edition shows, by their address in the text, and what is wrong with them."""
    pictures: dict[str, Picture] = {}
    read: dict[Path, Picture] = {}
    problems: list[Problem] = []
    for file, node in _shown(edition):
        if isinstance(node, ChartFigure):
            continue
        place = Place(file=file, line=node.line)
        if node.src == PENDING_PICTURE:
            problems.append(_pending(place, node))
        elif node.src not in pictures:
            try:
                path = _find(folder.resolve(), node.src)
                read[path] = pictures[node.src] = read.get(path) or _read(folder.resolve(), path)
            except _UnusableError as error:
                problems.append(
                    Problem(place=place, rule="picture", message=error.message, suggestion=error.suggestion)
                )
    return pictures, tuple(problems)


def draw_charts(
    edition: Edition, width: float, fonts: FontSet, cache: Path, suffix: str = ""
) -> dict[str, Picture]:
    """Return the charts of an edition by their address, `width` pixels wide, drawn or as they are kept in `cache`.

    `suffix` goes into the names of their files. Raises ChartError.
    """
    charts = {
        node.src: node.chart
        for _file, node in _shown(edition)
        if isinstance(node, ChartFigure) and node.chart is not None
    }
    return {
        src: _chart(src.replace(".svg", f"{suffix}.svg"), chart_spec(chart, width), fonts, cache)
        for src, chart in charts.items()
    }


def print_charts(edition: Edition, page: Layout, fonts: FontSet, cache: Path) -> dict[str, Picture]:
    """Return the charts of an edition by their address, each drawn for the width that it gets on a page.

    So their letters are of one size, three quarters of the body's, in large print and in lists too. Raises ChartError.
    """
    rooms: dict[str, tuple[Chart, float]] = {}
    for entry in edition.entries:
        if any(isinstance(node, ChartFigure) for node in entry.pictures):
            for is_across, nodes in runs(entry.body, page):
                line = page.characters if is_across else (page.characters - _BETWEEN_COLUMNS) / 2
                for node, ems in _charts_in(nodes, line):
                    if node.chart is not None:
                        rooms[node.src] = node.chart, min(ems, rooms.get(node.src, (None, ems))[1])
    tallest = page.chart_height / page.body * _PIXELS_IN_EM
    return {
        src: _chart(src, chart_spec(_on_paper(chart, page), ems * _PIXELS_IN_EM, tallest), fonts, cache)
        for src, (chart, ems) in rooms.items()
    }


_PIXELS_IN_EM = 16
"""Pixels of a drawing that one em of the body is long: of twelve a chart's letters are high."""
_BETWEEN_COLUMNS = 2
_INDENT, _INDENT_WITHIN = 3.2, 2
"""Ems that a list or what is quoted is moved in, and a list in a list; as print.css has it."""


_SHORTEST = 12
"""Ems: a chart for a shorter line is drawn for this one, and scaled down."""


def _charts_in(nodes: Iterable[Node], line: float, depth: int = 0) -> Iterator[tuple[ChartFigure, float]]:
    """Yield the charts and how many ems of the body are in a line where they stand."""
    for node in nodes:
        if isinstance(node, ChartFigure):
            yield node, line
        elif isinstance(node, Bullets | Numbers | Quote):
            indent = _INDENT_WITHIN if depth and not isinstance(node, Quote) else _INDENT
            yield from _charts_in(node.children, max(line - indent, _SHORTEST), depth + 1)
        else:
            yield from _charts_in(node.children, line, depth)


def _on_paper(chart: Chart, page: Layout) -> Chart:
    """Return a chart as high on a page as its editor asked for, whatever a pixel of it is there."""
    highest = page.chart_height / _POINTS_IN_MILLIMETRE
    return replace(chart, height=chart.height and min(chart.height, highest) * _BODY / page.body)


_POINTS_IN_MILLIMETRE = 72 / 25.4
_BODY = 12
"""Points of the body at which a pixel of a drawing is a pixel of CSS."""


def _chart(name: str, spec: Spec, fonts: FontSet, cache: Path) -> Picture:
    return identify(name, draw(spec, fonts.directory, fonts.digest, cache))


def data_reader(folder: Path) -> ReadData:
    """Return what reads the data of charts out of an issue's folder: out of its `assets`, and nothing larger than 1 MB."""

    def read_data(address: str) -> bytes:
        try:
            path = _find(folder.resolve(), address, "数据文件")
            with path.open("rb") as file:
                return file.read(MOST_BYTES + 1)
        except _UnusableError as error:
            raise DataError(error.message, error.suggestion) from error
        except OSError as error:
            raise DataError(f"读不了数据文件 {address}：{reason(error)}", "请核对这个文件") from error

    return read_data


def _shown(edition: Edition) -> Iterable[tuple[str, Pictured]]:
    for entry in edition.entries:
        for node in entry.pictures:
            yield entry.file, node


def _pending(place: Place, node: Pictured) -> Problem:
    label = f"{node.label}还没有图片" if isinstance(node, Figure) else "这里还没有图片"
    return Problem(
        place=place,
        rule="pending-picture",
        severity=Severity.WARNING,
        message=f"{label}，印出来是空框",
        suggestion=f"请把图片放进 assets 文件夹，把“({PENDING_PICTURE}”改为“(assets/文件名”",
    )


def _find(folder: Path, src: str, what: str = "图片") -> Path:
    """Return the file that an address means. Its name is an output's too, so it has to lie under `assets`."""
    if not src:
        raise _UnusableError("图片没有写文件名", "请写成 ![图题](assets/文件名)")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", src) or src.startswith(("/", "\\")):
        raise _UnusableError(
            f"{what}不能用网址或绝对路径：{src}", f"请把{what}存进 assets 文件夹，写 assets/文件名"
        )
    try:
        path = (folder / src).resolve()
        path.is_file()
    except (OSError, ValueError, RuntimeError) as error:  # a name too long, a NUL, a link to itself
        raise _UnusableError(f"找不到{what} {src}", "请改正文件名") from error
    if not path.is_relative_to(folder):
        raise _UnusableError(f"{what}在这一期的文件夹之外：{src}", f"请把{what}复制进 assets 文件夹")
    if not path.is_file():
        raise _UnusableError(f"找不到{what} {src}", _nearby(folder, path, what))
    if not path.is_relative_to(folder / "assets"):
        raise _UnusableError(
            f"{what}不在 assets 文件夹里：{src}", f"{what}请放进 assets 文件夹，写 assets/文件名"
        )
    if any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts):
        raise _UnusableError(f"{what} {src} 的名字是隐藏文件的，签审时看不到", "请改名，不要以“.”或“~$”开头")
    return path


def _read(folder: Path, path: Path) -> Picture:
    name = path.relative_to(folder).as_posix()
    if path.stat().st_size > _MAX_BYTES:
        raise _UnusableError(f"图片 {name} 太大（超过 40 MB）", "请先缩小")
    return identify(name, path.read_bytes())


def _nearby(folder: Path, path: Path, what: str) -> str:
    present = sorted(other.name for other in path.parent.glob("[!.]*.*")) if path.parent.is_dir() else []
    same = [name for name in present if name.lower() == path.name.lower() or Path(name).stem == path.stem]
    if same:
        return f"是否想写 {path.parent.relative_to(folder).as_posix()}/{same[0]}？（大小写和扩展名也要一致）"
    return f"请把{what}放到这个位置，或改正文件名" + (
        f"；那里现有：{'、'.join(present[:6])}" if present else ""
    )


def identify(name: str, content: bytes) -> Picture:
    """Return `content` as a picture, by what it is and not by its name. Raises _UnusableError."""
    if content.startswith(_RASTER):
        return _raster(name, content)
    if b"<svg" in content[:4096] or content.lstrip()[:5] == b"<?xml":
        return _vector(name, content)
    raise _UnusableError(f"图片 {name} 不是 SVG、PNG 或 JPEG", "请用看图软件另存为 PNG 或 JPEG")


def _raster(name: str, content: bytes) -> Picture:
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
            if image.width * image.height > _MAX_PIXELS:
                raise _too_many_pixels(name)
            image.load()
        turned = ImageOps.exif_transpose(image)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(name) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise _UnusableError(f"图片 {name} 已损坏，打不开", "请重新导出一份") from error
    media_type = PNG if image.format == "PNG" else JPEG
    if image.mode in _FOREIGN_MODES:
        content = _converted(image, _FOREIGN_MODES[image.mode])
    return Picture(
        name=name, content=content, media_type=media_type, width=turned.width, height=turned.height
    )


_FOREIGN_MODES = {"CMYK": "RGB", "I;16": "L", "I": "L"}
"""PDF/A knows no CMYK beside RGB (ISO 19005-2, 6.2.4.3), and WeasyPrint no grey of 16 bits."""


def _converted(image: Any, mode: str) -> bytes:
    stream = io.BytesIO()
    turned = image.point(lambda value: value / 256).convert(mode) if mode == "L" else image.convert(mode)
    turned.save(stream, format=image.format, quality=95, exif=image.getexif())
    return stream.getvalue()


def _too_many_pixels(name: str) -> _UnusableError:
    return _UnusableError(f"图片 {name} 的像素太多（超过 {_MAX_PIXELS // 10_000} 万）", "请先缩小")


def _vector(name: str, content: bytes) -> Picture:
    try:
        parser = etree.XMLParser(
            resolve_entities="internal",  # type: ignore[arg-type]  # lxml 5, of which the stubs do not know
            no_network=True,
            load_dtd=False,
            remove_comments=True,
        )
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _UnusableError(
            f"图片 {name} 不是完好的 SVG（第 {error.lineno} 行）", "请重新导出一份"
        ) from error
    if root.tag != f"{{{_SVG_NAMESPACE}}}svg":
        raise _UnusableError(f"图片 {name} 不是 SVG 图", "请用作图软件另存为 SVG 或 PNG")
    etree.strip_elements(root, *_ACTIVE, with_tail=False)
    _refuse_outside(name, root)
    _refuse_endless(name, root)
    width, height = _size(name, root)
    root.set("width", f"{width:g}")
    root.set("height", f"{height:g}")
    cleaned = etree.tostring(root, encoding="utf-8")
    return Picture(name=name, content=cleaned, media_type=SVG, width=width, height=height)


def _refuse_outside(name: str, root: etree._Element) -> None:
    """Take handlers out; refuse what would be fetched from elsewhere, or be lost on paper."""
    for element in root.iter(etree.Element):
        tag = etree.QName(element).localname
        if tag == "foreignObject":
            raise _UnusableError(
                f"图片 {name} 里嵌有网页内容（foreignObject），印不出来", "请把文字转为 SVG 文字或路径"
            )
        for key in _HREFS:
            if not element.get(key, "#").startswith("#"):
                element.set(key, _embedded(name, element.get(key, "")))
        css = " ".join([*map(str, element.attrib.values()), (element.text or "") if tag == "style" else ""])
        if _OUTSIDE.search(css):
            raise _outside(name)
        for key in [key for key in map(str, element.attrib) if key.startswith("on")]:
            del element.attrib[key]


def _outside(name: str) -> _UnusableError:
    return _UnusableError(f"图片 {name} 引用了外面的文件", "请在作图软件里选择“嵌入图像”后重新导出")


def _embedded(name: str, address: str) -> str:
    """Return the address of an embedded picture as the press takes it: of the type that the picture has."""
    if not address.lower().startswith("data:image/"):
        raise _outside(name)
    match = _EMBEDDED.match(address)
    try:
        content = base64.b64decode(address[match.end() :]) if match else b""
    except binascii.Error:
        content = b""
    if not content.startswith(_RASTER):
        raise _UnusableError(
            f"图片 {name} 里嵌的图像不是 PNG 或 JPEG", "请把嵌入的图像换成 PNG 或 JPEG，或把整张图另存为 PNG"
        )
    inner = _raster(f"{name} 里嵌的图像", content)
    return f"data:{inner.media_type};base64,{base64.b64encode(content).decode()}"


def _refuse_endless(name: str, root: etree._Element) -> None:
    """Refuse a few lines that draw without end: what is drawn through many others counts for each of them."""
    parts = _parts(root)
    counts: dict[etree._Element, int] = {}
    begun: set[etree._Element] = set()
    waiting = [root]
    while waiting:
        element = waiting[-1]
        begun.add(element)
        missing = [part for part, _ in parts[element] if part not in counts]
        if any(part in begun for part in missing):
            raise _UnusableError(
                f"图片 {name} 里的图形引用了自己，画不完", "请在作图软件里展开符号后重新导出"
            )
        waiting += missing
        if not missing:
            shapes = 1 + sum(times * counts[part] for part, times in parts[element])
            counts[waiting.pop()] = min(shapes, _MAX_SHAPES + 1)
    if counts[root] > _MAX_SHAPES:
        raise _UnusableError(
            f"图片 {name} 展开后的图形太多（超过 {_MAX_SHAPES // 10_000} 万个）", "请简化，或另存为 PNG"
        )


def _parts(root: etree._Element) -> dict[etree._Element, list[tuple[etree._Element, int]]]:
    """Return what is drawn with each element, and how many times: its children, and those it refers to."""
    elements = list(root.iter(etree.Element))
    named: dict[str, list[etree._Element]] = {}
    for element in elements:
        if etree.QName(element).localname not in _GRADIENTS:
            named.setdefault(element.get("id", ""), []).append(element)
    rules = list(_rules(root))
    return {
        element: [
            *((child, 1) for child in element.iterchildren(etree.Element)),
            *((one, times) for id_, times in _references(element, rules) for one in named.get(id_, ())),
        ]
        for element in elements
    }


def _references(
    element: etree._Element, rules: Iterable[tuple[frozenset[str], str]]
) -> Iterator[tuple[str, int]]:
    """Yield the ids that an element is drawn with, and how many times."""
    tag = etree.QName(element).localname
    if tag in _DRAWS_ANOTHER:
        yield from ((element.get(key, "#")[1:], 1) for key in _HREFS if element.get(key, "#") != "#")
    classes = (f".{one}" for one in element.get("class", "").split())
    names = {"*", tag, f"#{element.get('id')}", *classes}
    styles = [element.get("style", ""), *(style for selector, style in rules if names & selector)]
    declared = [one.partition(":")[::2] for style in styles for one in style.split(";")]
    for key, value in (*element.attrib.items(), *declared):
        for id_ in _WITHIN.findall(str(value)) if key != "style" else ():
            yield id_, _times(element, str(key).strip())


def _times(element: etree._Element, key: str) -> int:
    """Return how often a property draws what it refers to: a marker at each point, a paint in each shape."""
    if key.startswith("marker"):
        points = (one.get("d", "") + one.get("points", "") + " 0" for one in element.iter(etree.Element))
        return sum(len(_NUMBER.findall(text)) for text in points)
    return sum(1 for _ in element.iter(etree.Element)) if key in ("fill", "stroke") else 1


def _rules(root: etree._Element) -> Iterator[tuple[frozenset[str], str]]:
    """Yield the words of each selector whose style refers to something, and the style."""
    for element in root.iter("{*}style"):
        for rule in (element.text or "").split("}"):
            selector, _, style = rule.rpartition("{")
            if _WITHIN.search(style):
                yield frozenset(re.findall(r"[.#]?[\w-]+|\*", selector)), style


def _size(name: str, root: etree._Element) -> tuple[float, float]:
    sides = [_pixels(root.get("width")), _pixels(root.get("height"))]
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    if None in sides and len(box) == 4:
        sides = [_pixels(box[2]), _pixels(box[3])]
    width, height = sides
    if not width or not height:
        raise _UnusableError(f"图片 {name} 没有写明大小", "请给 svg 加上 viewBox 或 width、height")
    if height > width * _TALLEST:
        raise _UnusableError(f"图片 {name} 太窄长（高是宽的 {height / width:.0f} 倍）", "请改画得宽一些")
    return width, height


def _pixels(text: str | None) -> float | None:
    match = _LENGTH.fullmatch(text or "")
    try:
        return float(match[1]) * _PIXELS[match[2]] if match else None
    except ValueError:
        return None


def words_in(picture: Picture) -> str:
    """Return the text that a picture draws with fonts."""
    if picture.media_type != SVG:
        return ""
    root = etree.fromstring(picture.content)
    parts = root.iter(f"{{{_SVG_NAMESPACE}}}text")
    return "".join(str(text) for part in parts for text in part.itertext())


def for_web(pictures: Mapping[str, Picture], fonts: FontSet) -> dict[str, Picture]:
    """Return the pictures for a page: no wider than WEB_WIDTH, SVG text in our own fonts."""
    return {
        address: _with_fonts(picture, fonts) if picture.media_type == SVG else _narrowed(picture, WEB_WIDTH)
        for address, picture in pictures.items()
    }


def for_letter(pictures: Mapping[str, Picture], fonts: FontSet, drawings: Path) -> dict[str, Picture]:
    """Return the pictures for a letter: PNG or JPEG, twice as many pixels as they are shown at.

    What is drawn is kept in the folder `drawings`. Raises PictureError.
    """
    return {
        address: _drawn(picture, fonts, drawings)
        if picture.media_type == SVG
        else _narrowed(picture, LETTER_WIDTH * 2)
        for address, picture in pictures.items()
    }


def _with_fonts(picture: Picture, fonts: FontSet) -> Picture:
    """Return an SVG that carries the glyphs it needs: as an image it cannot use the fonts of its page."""
    words = words_in(picture)
    if not words.strip():
        return picture
    root = etree.fromstring(picture.content)
    faces = []
    for family, weight, face in _SVG_FACES:
        data = base64.b64encode(fonts.subset(face, words)).decode()
        faces.append(
            f"@font-face{{font-family:'{family}';font-weight:{weight};src:url(data:font/ttf;base64,{data})}}"
        )
    style = etree.Element(f"{{{_SVG_NAMESPACE}}}style")
    style.text = "".join(faces)
    root.insert(0, style)
    return replace(picture, content=etree.tostring(root, encoding="utf-8"))


_SVG_FACES = (("XC Hei", 400, "XCHei-Regular"), ("XC Hei", 700, "XCHei-Bold"))


def _drawn(picture: Picture, fonts: FontSet, drawings: Path) -> Picture:
    from importlib.metadata import version

    width = round(LETTER_WIDTH * 2)
    svg = picture.content.decode()
    facts = (svg, str(width), fonts.digest, version("resvg-py"))
    try:
        png = kept(drawings, ".png", facts, lambda: _in_pixels(svg, width, fonts))
    except ValueError as error:
        raise PictureError(f"图片 {picture.name} 画不出来（{error}）；请简化，或另存为 PNG") from error
    name = picture.name.rpartition(".")[0] + ".png"
    height = picture.height * width / picture.width
    return Picture(name=name, content=png, media_type=PNG, width=width, height=round(height))


def _in_pixels(svg: str, width: int, fonts: FontSet) -> bytes:
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=width,
            font_dirs=[str(fonts.directory)],
            skip_system_fonts=True,
            font_family="XC Hei",
            sans_serif_family="XC Hei",
            serif_family="XC Song",
            background="white",
        )
    )


def _narrowed(picture: Picture, width: int) -> Picture:
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(picture.content)) as opened:
        fits = picture.width <= width and opened.getexif().get(0x0112, 1) == 1 and opened.mode != "CMYK"
        if fits:
            return picture
        image = ImageOps.exif_transpose(opened)
        if image.mode == "CMYK":
            image = image.convert("RGB")
        height = max(1, round(picture.height * width / picture.width))
        if picture.width > width:
            image = image.resize((width, height), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    image.save(stream, format="PNG" if picture.media_type == PNG else "JPEG", quality=85, optimize=True)
    return replace(picture, content=stream.getvalue(), width=image.width, height=image.height)
