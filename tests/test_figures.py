"""A picture is what its bytes are; whatever would fetch, run, burst or be lost on paper is refused."""

import base64
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from conftest import make_article, make_issue, write
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image, ImageFile

from xcbulletin.model import Severity
from xcbulletin.publishing.edition import compose
from xcbulletin.publishing.figures import (
    JPEG,
    LETTER_WIDTH,
    PNG,
    SVG,
    WEB_WIDTH,
    Picture,
    PictureError,
    _UnusableError,
    for_letter,
    for_web,
    identify,
    read_pictures,
    words_in,
)
from xcbulletin.publishing.typefaces.fonts import FontSet

HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 400 300"'


@pytest.fixture(autouse=True)
def _without_weasyprint(monkeypatch: pytest.MonkeyPatch) -> None:
    # WeasyPrint, which has a process of its own in the product, makes Pillow accept half a picture.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)


def svg(inside: str = "", head: str = HEAD) -> bytes:
    return f"<svg {head}>{inside}</svg>".encode()


def raster(form: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size).save(stream, form, **options)
    return stream.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """Make a PNG that claims a size and has next to nothing inside."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def refusal(content: bytes) -> str:
    with pytest.raises(_UnusableError) as caught:
        identify("assets/a.svg", content)
    return f"{caught.value.message}；{caught.value.suggestion}"


def read(folder: Path, *addresses: str) -> tuple[dict[str, Picture], list[str]]:
    body = "\n\n".join(f"![题]({address})" for address in addresses)
    made, _problems = compose(make_issue(make_article(body)), ())
    pictures, problems = read_pictures(folder, made)
    return pictures, [str(problem) for problem in problems]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "issue" / "assets" / "图.png", raster())
    return tmp_path / "issue"


# Finding


def test_a_picture_is_found_by_its_address(folder: Path) -> None:
    pictures, problems = read(folder, "assets/图.png", "assets/%E5%9B%BE.png")
    assert problems == []
    assert list(pictures) == ["assets/图.png"]
    assert (pictures["assets/图.png"].width, pictures["assets/图.png"].height) == (40, 30)


def complaint(address: str, what: str) -> str:
    return f"issues/2021-01/news/01.md:4: {what.format(address)}"


@pytest.mark.parametrize("address", ["assets/图.PNG", "assets/图.jpg", "Assets/图.png"])
def test_a_missing_picture_is_reported_with_the_nearest_name(folder: Path, address: str) -> None:
    (found,) = read(folder, address)[1]
    assert found.startswith(complaint(address, "找不到图片 {}；"))
    if address.startswith("assets"):
        assert found.endswith("；是否想写 assets/图.png？（大小写和扩展名也要一致）")


def test_a_missing_picture_like_no_other_is_reported_with_those_there_are(folder: Path) -> None:
    assert read(folder, "assets/x.png")[1] == [
        complaint("assets/x.png", "找不到图片 {}；请把图片放到这个位置，或改正文件名；那里现有：图.png")
    ]


@pytest.mark.parametrize(
    "address",
    ["http://example.org/a.png", "file:/etc/passwd", "//example.org/a.png", "/etc/passwd", "C:/a.png"],
)
def test_a_picture_is_not_fetched_from_elsewhere(folder: Path, address: str) -> None:
    assert read(folder, address)[1] in (
        [complaint(address, "图片不能用网址或绝对路径：{}；请把图片存进 assets 文件夹，写 assets/文件名")],
        [],  # markdown-it makes no picture of file: at all
    )


@pytest.mark.parametrize("address", ["../secret.png", "assets/../../secret.png", "%2E%2E/secret.png"])
def test_a_picture_outside_the_issues_folder_is_refused(folder: Path, address: str) -> None:
    write(folder.parent / "secret.png", raster())
    shown = address.replace("%2E", ".")
    assert read(folder, address)[1] == [
        complaint(shown, "图片在这一期的文件夹之外：{}；请把图片复制进 assets 文件夹")
    ]


def test_a_link_that_leads_out_is_refused(folder: Path) -> None:
    write(folder.parent / "secret.png", raster())
    (folder / "assets" / "link.png").symlink_to(folder.parent / "secret.png")
    assert read(folder, "assets/link.png")[1] == [
        complaint("assets/link.png", "图片在这一期的文件夹之外：{}；请把图片复制进 assets 文件夹")
    ]


@pytest.mark.parametrize(
    "address", ["assets/%00.png", f"assets/{'x' * 300}.png", "assets/loop.png", "assets", "."]
)
def test_a_name_that_no_file_can_have_is_reported(folder: Path, address: str) -> None:
    (folder / "assets" / "loop.png").symlink_to("loop.png")
    (found,) = read(folder, address)[1]
    assert "找不到图片" in found


@pytest.mark.parametrize(
    "address",
    ["../issue/assets/图.png", "assets/../assets/图.png", "./assets/图.png", "news/../assets/图.png"],
)
def test_a_picture_is_named_by_where_it_is_and_not_by_its_address(folder: Path, address: str) -> None:
    pictures, problems = read(folder, address, "assets/图.png")
    assert problems == []
    assert pictures[address].name == "assets/图.png"
    assert pictures[address] is pictures["assets/图.png"]


def test_a_picture_behind_a_link_is_named_by_where_it_is(folder: Path) -> None:
    (folder / "assets" / "link.png").symlink_to("图.png")
    assert read(folder, "assets/link.png")[0]["assets/link.png"].name == "assets/图.png"


@pytest.mark.parametrize("address", ["index.html", "manifest.json", "news/a.png", "assets/../a.png"])
def test_a_picture_outside_assets_is_refused(folder: Path, address: str) -> None:
    (folder / "news").mkdir()
    write(folder / address, raster())
    assert read(folder, address) == (
        {},
        [complaint(address, "图片不在 assets 文件夹里：{}；图片请放进 assets 文件夹，写 assets/文件名")],
    )


def test_a_picture_that_is_still_to_come_is_a_warning(folder: Path) -> None:
    made, _problems = compose(make_issue(make_article("段落\n\n![题](待补)")), ())
    pictures, (problem,) = read_pictures(folder, made)
    assert pictures == {}
    assert problem.severity is Severity.WARNING
    assert str(problem) == (
        "issues/2021-01/news/01.md:6: 图1还没有图片，印出来是空框；"
        "请把图片放进 assets 文件夹，把“(待补”改为“(assets/文件名”"
    )


def test_every_picture_is_looked_at(folder: Path) -> None:
    write(folder / "assets" / "b.png", b"GIF89a")
    assert len(read(folder, "assets/a.png", "assets/b.png", "assets/图.png", "../c.png")[1]) == 3


# Raster


def test_a_picture_is_what_its_bytes_are() -> None:
    assert identify("a.png", raster("JPEG")).media_type == JPEG
    assert identify("a.jpg", raster("PNG")).media_type == PNG
    assert identify("a.png", svg()).media_type == SVG


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"%PDF-1.7", b"MZ\x90", "文字".encode()]
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    assert refusal(content) == "图片 assets/a.svg 不是 SVG、PNG 或 JPEG；请用看图软件另存为 PNG 或 JPEG"


@pytest.mark.parametrize(
    "content", [raster()[:60], raster("JPEG")[:200], b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]
)
def test_half_a_picture_is_refused(content: bytes) -> None:
    assert refusal(content) == "图片 assets/a.svg 已损坏，打不开；请重新导出一份"


@pytest.mark.parametrize("side", [10_000, 30_000, 2**31 - 1])
def test_a_picture_that_would_burst_is_refused_unopened(side: int) -> None:
    assert refusal(png_of_size(side, side)) == "图片 assets/a.svg 的像素太多（超过 8000 万）；请先缩小"


def test_a_photo_held_upright_is_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = identify("a.jpg", raster("JPEG", exif=exif))
    assert (picture.width, picture.height) == (30, 40)


# SVG


def test_a_script_is_taken_out() -> None:
    picture = identify("a.svg", svg('<script>x()</script><g onclick="x()"><text>字</text></g>'))
    assert b"script" not in picture.content
    assert b"onclick" not in picture.content
    assert words_in(picture) == "字"


@pytest.mark.parametrize("tag", ["set", "animate", "animateTransform", "script"])
def test_what_moves_is_taken_out_and_the_text_around_it_stays(tag: str) -> None:
    picture = identify("a.svg", svg(f'<text>甲<{tag} attributeName="href" to="javascript:x()"/>乙</text>'))
    assert f"<{tag}".encode() not in picture.content
    assert b"javascript" not in picture.content
    assert words_in(picture) == "甲乙"


@pytest.mark.parametrize(
    "inside",
    [
        '<image href="http://example.org/a.png"/>',
        '<image xlink:href="file:///etc/passwd"/>',
        '<image href="other.png"/>',
        '<use xlink:href="//example.org/a.svg#b"/>',
        '<a href="javascript:x()"><text>字</text></a>',
        "<style>@import url(//example.org/a.css);</style>",
        "<style>text{fill:URL( 'http://example.org/a' )}</style>",
        '<rect style="fill:url(http://example.org/a#b)"/>',
        '<rect fill="url(http://example.org/a#b)"/>',
        '<rect filter="url(other.svg#b)"/>',
    ],
)
def test_what_would_be_fetched_from_elsewhere_is_refused(inside: str) -> None:
    assert refusal(svg(inside)) == (
        "图片 assets/a.svg 引用了外面的文件；请在作图软件里选择“嵌入图像”后重新导出"
    )


@pytest.mark.parametrize(
    "inside",
    [
        '<use href="#a"/>',
        '<rect fill="url(#a)"/>',
        '<g fill="url(#a)"><linearGradient id="a" href="#b"/><linearGradient id="b"/></g>',
        '<a href="#a"><g id="a"/></a>',
        "<style>a{b:url('#c')}</style>",
    ],
)
def test_what_stands_in_the_picture_itself_may_be_used(inside: str) -> None:
    assert identify("a.svg", svg(inside)).media_type == SVG


def embedded(content: bytes, kind: str = "image/png") -> bytes:
    data = base64.b64encode(content).decode()
    return svg(f'<image width="400" height="300" xlink:href="data:{kind};base64,{data}"/>')


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_embedded_in_a_drawing_is_shown_everywhere(folder: Path, fonts: FontSet, form: str) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(stream, form)
    write(folder / "assets" / "a.svg", embedded(stream.getvalue()))
    pictures, problems = read(folder, "assets/a.svg")
    assert problems == []
    assert f"data:image/{form.lower()};base64,".encode() in for_web(pictures, fonts)["assets/a.svg"].content
    with Image.open(io.BytesIO(for_letter(pictures, fonts, folder)["assets/a.svg"].content)) as drawn:
        red, green, blue = drawn.convert("RGB").getpixel((LETTER_WIDTH, 400))
    assert (red > 250, green < 5, blue < 5) == (True, True, True)


@pytest.mark.parametrize("kind", ["image/jpg", "IMAGE/JPEG", "image/png", "image/jpeg;charset=utf-8"])
def test_an_embedded_picture_gets_the_type_that_it_has(kind: str) -> None:
    picture = identify("a.svg", embedded(raster("JPEG"), kind))
    assert b'href="data:image/jpeg;base64,' in picture.content


@pytest.mark.parametrize("content", [svg(), b"GIF89a", b""])
def test_an_embedded_picture_of_another_kind_is_refused(content: bytes) -> None:
    assert refusal(embedded(content)) == (
        "图片 assets/a.svg 里嵌的图像不是 PNG 或 JPEG；请把嵌入的图像换成 PNG 或 JPEG，或把整张图另存为 PNG"
    )


def test_an_embedded_picture_that_would_burst_is_refused() -> None:
    assert refusal(embedded(png_of_size(30_000, 30_000))) == (
        "图片 assets/a.svg 里嵌的图像 的像素太多（超过 8000 万）；请先缩小"
    )


def nested(level: str, times: int, depth: int = 12) -> bytes:
    """Make a drawing whose every level draws the one before it many times."""
    levels = "".join(
        level.format(id=n, inner="".join(level_part.format(n - 1) for level_part in [USES[level]] * times))
        for n in range(1, depth)
    )
    return svg(f"{level.format(id=0, inner='<rect/>')}{levels}{USES[level].format(depth - 1)}")


SYMBOL = '<g id="a{id}">{inner}</g>'
PATTERN = '<pattern id="a{id}">{inner}</pattern>'
MARKER = '<marker id="a{id}">{inner}</marker>'
STYLED = '<style>.a{id} {{ fill: url(#a{id}) }}</style><pattern id="a{id}">{inner}</pattern>'
MASK = '<mask id="a{id}">{inner}</mask>'
USES = {
    SYMBOL: '<use xlink:href="#a{}"/>',
    PATTERN: '<rect fill="url(#a{})"/>',
    MARKER: '<path d="M0 0 1 1 2 2 3 3 4 4" marker-mid="url(#a{})"/>',
    STYLED: '<rect class="x a{}"/>',
    MASK: "<rect style=\"mask: url('#a{}')\"/>",
}


@pytest.mark.parametrize("level", list(USES))
def test_a_few_lines_that_draw_without_end_are_refused(level: str) -> None:
    assert refusal(nested(level, 10)) == (
        "图片 assets/a.svg 展开后的图形太多（超过 10 万个）；请简化，或另存为 PNG"
    )


def test_a_paint_of_a_group_counts_for_each_shape_in_it() -> None:
    pattern = f'<pattern id="a">{"<rect/>" * 999}</pattern>'
    assert identify("a.svg", svg(f'{pattern}<g fill="url(#a)">{"<rect/>" * 50}</g>')).media_type == SVG
    assert "图形太多" in refusal(svg(f'{pattern}<g fill="url(#a)">{"<rect/>" * 100}</g>'))


@pytest.mark.parametrize(("times", "is_drawn"), [(49_999, True), (50_000, False)])
def test_a_hundred_thousand_shapes_are_drawn(times: int, is_drawn: bool) -> None:
    content = svg('<g id="a"/>' + '<use href="#a"/>' * times)
    if is_drawn:
        assert identify("a.svg", content).media_type == SVG
    else:
        assert "图形太多" in refusal(content)


@pytest.mark.parametrize(
    "inside",
    [
        '<g id="a"><use href="#a"/></g>',
        '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>',
        '<pattern id="a"><rect fill="url(#a)"/></pattern>',
    ],
)
def test_a_drawing_that_draws_itself_is_refused(inside: str) -> None:
    assert refusal(svg(inside)) == (
        "图片 assets/a.svg 里的图形引用了自己，画不完；请在作图软件里展开符号后重新导出"
    )


def test_a_long_chain_is_followed_to_its_end() -> None:
    chain = "".join(f'<g id="a{n}"><use href="#a{n + 1}"/></g>' for n in range(5_000))
    assert "图形太多" in refusal(svg(chain))


def test_a_web_page_inside_a_picture_is_refused() -> None:
    assert refusal(svg("<g><foreignObject><div/></foreignObject></g>")) == (
        "图片 assets/a.svg 里嵌有网页内容（foreignObject），印不出来；请把文字转为 SVG 文字或路径"
    )


DOCTYPE = '<?xml version="1.0"?><!DOCTYPE svg [{}]>'


def test_the_entities_of_illustrator_are_read() -> None:
    doctype = DOCTYPE.format('<!ENTITY ns "http://www.w3.org/2000/svg"><!ENTITY word "文字">')
    content = f'{doctype}<svg xmlns="&ns;" viewBox="0 0 4 3"><text>&word;</text></svg>'
    picture = identify("a.svg", content.encode())
    assert (words_in(picture), picture.width) == ("文字", 4)


def test_a_billion_laughs_are_refused() -> None:
    laughs = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    for inside in ("<text>&a11;</text>", '<g id="&a11;"/>'):
        assert refusal(DOCTYPE.format(laughs).encode() + svg(inside)).startswith(
            "图片 assets/a.svg 不是完好的 SVG"
        )


@pytest.mark.parametrize(
    "entity", ['SYSTEM "file:///etc/passwd"', 'SYSTEM "http://example.org/"', 'PUBLIC "x" "a.dtd"']
)
def test_an_entity_from_elsewhere_is_not_read(entity: str) -> None:
    content = DOCTYPE.format(f"<!ENTITY a {entity}>").encode() + svg("<text>&a;</text>")
    assert refusal(content) == "图片 assets/a.svg 不是完好的 SVG（第 1 行）；请重新导出一份"


def test_broken_xml_is_refused_with_its_line() -> None:
    assert refusal(svg("\n<g>\n</h>")) == "图片 assets/a.svg 不是完好的 SVG（第 3 行）；请重新导出一份"


def test_xml_that_is_no_svg_is_refused() -> None:
    assert refusal(b"<html><svg/></html>") == "图片 assets/a.svg 不是 SVG 图；请用作图软件另存为 SVG 或 PNG"


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ('width="96" height="48"', (96, 48)),
        ('width="25.4mm" height="1in"', (96, 96)),
        ('width="100%" height="100%" viewBox="0 0 8 6"', (8, 6)),
        ('viewBox="0,0,8,6"', (8, 6)),
        ('width="72pt" height="72pt"', (96, 96)),
    ],
)
def test_a_size_is_read_in_any_unit(size: str, shown: tuple[float, float]) -> None:
    picture = identify("a.svg", svg(head=f'xmlns="http://www.w3.org/2000/svg" {size}'))
    assert (picture.width, picture.height) == pytest.approx(shown)


@pytest.mark.parametrize(
    "size", ["", 'width="0" height="5"', 'viewBox="0 0"', 'width="." height="1..2"', 'width="9em"']
)
def test_a_picture_without_a_size_is_refused(size: str) -> None:
    assert refusal(svg(head=f'xmlns="http://www.w3.org/2000/svg" {size}')) == (
        "图片 assets/a.svg 没有写明大小；请给 svg 加上 viewBox 或 width、height"
    )


def test_a_picture_too_tall_to_draw_is_refused() -> None:
    assert refusal(svg(head='xmlns="http://www.w3.org/2000/svg" width="1" height="100000"')) == (
        "图片 assets/a.svg 太窄长（高是宽的 100000 倍）；请改画得宽一些"
    )


@given(
    st.one_of(
        st.binary(),
        st.sampled_from([raster(), raster("JPEG"), svg("<g><text>字</text></g>")]).flatmap(
            lambda whole: st.tuples(st.integers(0, len(whole)), st.binary(max_size=8)).map(
                lambda cut: whole[: cut[0]] + cut[1] + whole[cut[0] + len(cut[1]) :]
            )
        ),
    )
)
@example(b"<?xml")
@example(b"<?xml version='1.0' encoding='no-such'?><svg/>")
@example(svg(head='xmlns="http://www.w3.org/2000/svg" width="1e5" height="' + "9" * 400 + '"'))
def test_any_bytes_are_a_picture_or_refused(content: bytes) -> None:
    try:
        picture = identify("a", content)
    except _UnusableError as error:
        refused = error.message
    else:
        assert min(picture.width, picture.height) > 0
        return
    assert refused.startswith("图片 a ")


# For web and letter


def test_a_page_gets_no_more_pixels_than_it_shows(fonts: FontSet) -> None:
    wide = identify("a.png", raster(size=(3200, 100)))
    small = identify("b.png", raster())
    made = for_web({"a": wide, "b": small}, fonts)
    assert (made["a"].width, made["a"].height) == (WEB_WIDTH, 50)
    assert made["b"] is small


@pytest.mark.parametrize("mode", ["P", "I;16", "LA", "1", "RGBA", "L"])
def test_a_wide_png_of_any_mode_is_narrowed(fonts: FontSet, mode: str) -> None:
    picture = identify("a.png", raster(size=(1700, 17), mode=mode))
    assert Image.open(io.BytesIO(for_web({"a": picture}, fonts)["a"].content)).width == WEB_WIDTH


def test_a_photo_for_the_press_is_made_one_for_the_screen(fonts: FontSet) -> None:
    picture = identify("a.jpg", raster("JPEG", mode="CMYK"))
    assert Image.open(io.BytesIO(for_web({"a": picture}, fonts)["a"].content)).mode == "RGB"


def test_a_letter_gets_an_svg_drawn_twice_as_wide_as_shown(fonts: FontSet, tmp_path: Path) -> None:
    picture = identify("assets/a.svg", svg('<text x="10" y="90" font-size="90">智</text>'))
    drawn = for_letter({"a": picture}, fonts, tmp_path)["a"]
    image = Image.open(io.BytesIO(drawn.content)).convert("L")
    assert (drawn.name, drawn.media_type) == ("assets/a.png", PNG)
    assert image.size == (LETTER_WIDTH * 2, LETTER_WIDTH * 2 * 3 // 4)
    assert image.getextrema() == (0, 255)


def test_a_drawing_that_cannot_be_drawn_is_a_message(fonts: FontSet, tmp_path: Path) -> None:
    broken = Picture(name="assets/a.svg", content=b"<svg", media_type=SVG, width=4, height=3)
    with pytest.raises(PictureError, match=r"^图片 assets/a\.svg 画不出来（.*）；请简化，或另存为 PNG$"):
        for_letter({"a": broken}, fonts, tmp_path)


def test_a_letter_s_drawing_is_kept(fonts: FontSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = identify("a.svg", svg("<text>智</text>"))
    drawn = for_letter({"a": picture}, fonts, tmp_path)
    monkeypatch.setattr("resvg_py.svg_to_bytes", None)
    assert for_letter({"a": picture}, fonts, tmp_path) == drawn


def test_an_svg_carries_the_glyphs_of_its_words(fonts: FontSet) -> None:
    made = for_web({"a": identify("a.svg", svg("<text>智能</text>"))}, fonts)["a"]
    assert made.content.count(b"@font-face") == 2
    assert words_in(made) == "智能"
    assert etree.fromstring(made.content)[0].tag.endswith("style")


def test_paper_gets_no_cmyk_and_no_grey_of_16_bits() -> None:
    cmyk = Image.open(io.BytesIO(identify("a.jpg", raster("JPEG", mode="CMYK")).content))
    assert (cmyk.format, cmyk.mode) == ("JPEG", "RGB")
    stream = io.BytesIO()
    Image.new("I;16", (20, 10), 0x8000).save(stream, "PNG")
    grey = Image.open(io.BytesIO(identify("a.png", stream.getvalue()).content))
    assert (grey.format, grey.mode, grey.getpixel((3, 3))) == ("PNG", "L", 128)
