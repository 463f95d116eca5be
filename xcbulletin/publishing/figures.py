"""Pictures: found, proved to be what they claim, and sized for paper, web and letter."""

import io
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from xcbulletin.model import Place, Problem, Severity
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.fonts import FontSet
from xcbulletin.publishing.markup import PENDING_PICTURE, Node

SVG, PNG, JPEG = "image/svg+xml", "image/png", "image/jpeg"
WEB_WIDTH = 1600
LETTER_WIDTH = 592
"""CSS pixels that a picture is shown at in a letter; its file has twice as many."""

_MAX_PIXELS = 80_000_000
_MAX_BYTES = 40_000_000
_TALLEST = 20
"""Times its width: a letter's picture is drawn at a fixed width, and has to fit into memory."""
_SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?![\s'\"#]|data:)|@import", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9.]+)\s*(px|pt|mm|cm|in)?\s*")
_PIXELS = {None: 1.0, "px": 1.0, "pt": 4 / 3, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture that has been read."""

    name: str
    """Path inside the issue's folder, with forward slashes."""
    content: bytes
    media_type: str
    width: float
    height: float
    """CSS pixels."""


class _UnusableError(Exception):
    """Why a picture cannot be used, and what would help."""

    def __init__(self, message: str, suggestion: str) -> None:
        self.message, self.suggestion = message, suggestion


def read_pictures(folder: Path, edition: Edition) -> tuple[dict[str, Picture], tuple[Problem, ...]]:
    """Return the pictures that an edition shows, by their address in the text, and what is wrong with them."""
    pictures: dict[str, Picture] = {}
    problems: list[Problem] = []
    for file, node in _shown(edition):
        place = Place(file=file, line=node.line)
        if node.src == PENDING_PICTURE:
            problems.append(_pending(place, node))
        elif node.src not in pictures:
            try:
                pictures[node.src] = _read(folder, node.src)
            except _UnusableError as error:
                problems.append(
                    Problem(place=place, rule="picture", message=error.message, suggestion=error.suggestion)
                )
    return pictures, tuple(problems)


def _shown(edition: Edition) -> Iterable[tuple[str, Node]]:
    for entry in edition.entries:
        for node in entry.pictures:
            yield entry.file, node


def _pending(place: Place, node: Node) -> Problem:
    label = f"{node.label}还没有图片" if node.kind == "figure" else "这里还没有图片"
    return Problem(
        place=place,
        rule="pending-picture",
        severity=Severity.WARNING,
        message=f"{label}，印出来是空框",
        suggestion=f"请把图片放进 assets 文件夹，把“({PENDING_PICTURE}”改为“(assets/文件名”",
    )


def _read(folder: Path, src: str) -> Picture:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", src) or src.startswith(("/", "\\")):
        raise _UnusableError(
            f"图片不能用网址或绝对路径：{src}", "请把图片存进 assets 文件夹，写 assets/文件名"
        )
    try:
        path = (folder / src).resolve()
        path.is_file()
    except (OSError, ValueError, RuntimeError) as error:  # a name too long, a NUL, a link to itself
        raise _UnusableError(f"找不到图片 {src}", "请改正文件名") from error
    if not path.is_relative_to(folder.resolve()):
        raise _UnusableError(f"图片在这一期的文件夹之外：{src}", "请把图片复制进 assets 文件夹")
    if not path.is_file():
        raise _UnusableError(f"找不到图片 {src}", _nearby(folder, path))
    if path.stat().st_size > _MAX_BYTES:
        raise _UnusableError(f"图片 {src} 太大（超过 40 MB）", "请先缩小")
    return identify(src, path.read_bytes())


def _nearby(folder: Path, path: Path) -> str:
    present = sorted(other.name for other in path.parent.glob("*.*")) if path.parent.is_dir() else []
    same = [name for name in present if name.lower() == path.name.lower() or Path(name).stem == path.stem]
    if same:
        return f"是否想写 {path.parent.relative_to(folder.resolve()).as_posix()}/{same[0]}？（大小写和扩展名也要一致）"
    return "请把图片放到这个位置，或改正文件名" + (f"；那里现有：{'、'.join(present[:6])}" if present else "")


def identify(name: str, content: bytes) -> Picture:
    """Return `content` as a picture, by what it is and not by its name. Raises _UnusableError."""
    if content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
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
    return Picture(
        name=name, content=content, media_type=media_type, width=turned.width, height=turned.height
    )


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
    _refuse_outside(name, root)
    width, height = _size(name, root)
    root.set("width", f"{width:g}")
    root.set("height", f"{height:g}")
    cleaned = etree.tostring(root, encoding="utf-8")
    return Picture(name=name, content=cleaned, media_type=SVG, width=width, height=height)


def _refuse_outside(name: str, root: etree._Element) -> None:
    """Take scripts out; refuse what would be fetched from elsewhere, or be lost on paper."""
    for element in list(root.iter(etree.Element)):
        tag, parent = etree.QName(element).localname, element.getparent()
        if tag in ("script", "set", "animate", "animateTransform") and parent is not None:
            parent.remove(element)
        if tag == "foreignObject":
            raise _UnusableError(
                f"图片 {name} 里嵌有网页内容（foreignObject），印不出来", "请把文字转为 SVG 文字或路径"
            )
        addresses = [str(element.get(key, "#")) for key in _HREFS]
        css = " ".join([*element.attrib.values(), (element.text or "") if tag == "style" else ""])
        if any(not one.startswith(("#", "data:image/")) for one in addresses) or _OUTSIDE.search(css):
            raise _UnusableError(f"图片 {name} 引用了外面的文件", "请在作图软件里选择“嵌入图像”后重新导出")
        for key in [key for key in map(str, element.attrib) if key.startswith("on")]:
            del element.attrib[key]


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


def for_letter(pictures: Mapping[str, Picture], fonts: FontSet) -> dict[str, Picture]:
    """Return the pictures for a letter: PNG or JPEG, twice as many pixels as they are shown at."""
    return {
        address: _drawn(picture, fonts) if picture.media_type == SVG else _narrowed(picture, LETTER_WIDTH * 2)
        for address, picture in pictures.items()
    }


def _with_fonts(picture: Picture, fonts: FontSet) -> Picture:
    """Return an SVG that carries the glyphs it needs: as an image it cannot use the fonts of its page."""
    import base64

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


def _drawn(picture: Picture, fonts: FontSet) -> Picture:
    import resvg_py

    width = round(LETTER_WIDTH * 2)
    png = resvg_py.svg_to_bytes(
        svg_string=picture.content.decode(),
        width=width,
        font_dirs=[str(fonts.directory)],
        skip_system_fonts=True,
        font_family="XC Hei",
        sans_serif_family="XC Hei",
        serif_family="XC Song",
        background="white",
    )
    name = picture.name.rpartition(".")[0] + ".png"
    height = picture.height * width / picture.width
    return Picture(name=name, content=bytes(png), media_type=PNG, width=width, height=round(height))


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
