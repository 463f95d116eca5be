"""The gallery looks as it was approved; what it shows can be read on paper and on screens."""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from conftest import write
from gallery import __main__ as command
from gallery.comparing import compare
from gallery.elements import Element, compare_elements, format_elements, parse_elements
from gallery.layout import Piece, format_layout, parse_layout, read_layout
from gallery.printing import VARIANTS, Variant, compose_all, compose_gallery, print_variants, web_files
from gallery.screens import CHROMIUM, VIEWS, Screen, View, look
from textblock import check_text_block, lost_characters

from xcbulletin.publishing.layout import lay_out_page
from xcbulletin.publishing.typesetting.press import Press
from xcbulletin.workshop import Composed

REPORT = VARIANTS[-1]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gallery")


@pytest.fixture(scope="module")
def editions(press: Press, root: Path) -> dict[str, Composed]:  # noqa: ARG001  skipped without fonts
    return compose_gallery(root)


@pytest.fixture(scope="module")
def pdfs(editions: Mapping[str, Composed], press: Press) -> dict[str, bytes]:
    return print_variants(editions, press)


@pytest.fixture(scope="module")
def layouts(pdfs: Mapping[str, bytes]) -> dict[str, list[Piece]]:
    return {name: read_layout(pdf) for name, pdf in pdfs.items()}


each_variant = pytest.mark.parametrize("variant", VARIANTS, ids=[variant.name for variant in VARIANTS])


# On paper


@each_variant
def test_the_gallery_looks_as_approved(layouts: Mapping[str, list[Piece]], variant: Variant) -> None:
    approved = parse_layout(variant.approved.read_text(encoding="utf-8"))
    changes = compare(approved, layouts[variant.name])
    assert not changes, "\n".join(
        [
            f"{variant.title}的版面变了：",
            *changes[:30],
            "看过 make gallery，认可就运行 make gallery APPROVE=1",
        ]
    )


@each_variant
def test_nothing_stands_outside_of_the_text_block(
    editions: Mapping[str, Composed], pdfs: Mapping[str, bytes], variant: Variant
) -> None:
    layout = lay_out_page(variant.page, editions[variant.issue].edition.kind, large=variant.large)
    assert check_text_block(pdfs[variant.name], layout) == []


@each_variant
def test_nothing_is_lost(
    editions: Mapping[str, Composed], pdfs: Mapping[str, bytes], variant: Variant
) -> None:
    assert not lost_characters(pdfs[variant.name], editions[variant.issue].edition)


def test_a_changed_rule_of_a_template_is_found(
    layouts: Mapping[str, list[Piece]], press: Press, root: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(root, tmp_path / "copy"))
    with (copy / "templates" / "report" / "print.css").open("a", encoding="utf-8") as css:
        css.write("\nblockquote { margin-left: 3em; color: #b3261e; }\n")
    pdf = print_variants(compose_all(copy), press, (REPORT,))[REPORT.name]
    (change,) = [one for one in compare(layouts[REPORT.name], read_layout(pdf)) if "报告里的引" in one]
    assert "线。”由 #1f2328 变为 #b3261e，右移" in change


# What is written down


@each_variant
def test_what_is_written_down_is_what_is_compared(
    layouts: Mapping[str, list[Piece]], variant: Variant
) -> None:
    layout = layouts[variant.name]
    assert parse_layout(format_layout(variant.title, layout)) == layout


def test_a_layout_is_a_line_for_each_piece() -> None:
    text = Piece(page=2, kind="文字", x0=72, top=96.5, x1=108, bottom=96.5, size=12, face="Song", text="正文")
    rule = Piece(page=3, kind="线", x0=72, top=100, x1=500.5, bottom=100, colour="c9ced6")
    note = replace(text, page=3, colour="5b6470")
    assert format_layout("报告", [text, note, rule]).splitlines()[2:] == [
        "第2页",
        "t 72 108 96.5 12 Song 正文",
        "第3页",
        "t 72 108 96.5 12 Song#5b6470 正文",
        "l 72 100 500.5 100 c9ced6",
    ]


# What has changed


def line(text: str = "正文", page: int = 1, y: float = 100.0, **fields: object) -> Piece:
    own = {"kind": "文字", "x0": 72.0, "x1": 96.0, "size": 12.0, "face": "Song"}
    return Piece(page=page, text=text, top=y, bottom=y, **{**own, **fields})  # type: ignore[arg-type]


def box(y: float = 50.0, height: float = 20.0, colour: str = "27496d", page: int = 1) -> Piece:
    return Piece(page=page, kind="色块", x0=72, top=y, x1=500, bottom=y + height, colour=colour)


@pytest.mark.parametrize(
    "after", [line(), line(y=100.9), line(x0=71.1, x1=95.1), line(size=12.4), line(x1=97)]
)
def test_what_has_hardly_moved_has_not_changed(after: Piece) -> None:
    assert compare([line()], [after]) == []


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        ([line(y=106.2)], "第 1 页：“正文”下移 6 磅"),
        ([line(y=98, x0=75, x1=99)], "第 1 页：“正文”右移 3 磅、上移 2 磅"),
        ([line(x1=99.0)], "第 1 页：“正文”宽了 3 磅"),
        ([line(size=13.0, x1=96.5)], "第 1 页：“正文”由 12 磅 变为 13 磅"),
        ([line(face="Hei")], "第 1 页：“正文”由 Song 变为 Hei"),
        ([line(page=2)], "第 1 页：“正文”移到了第 2 页"),
        ([], "第 1 页：“正文”没有了"),
        ([line(), line(text="另文")], "第 1 页：“另文”是新有的"),
        ([line(), box()], "第 1 页：一个色块是新有的"),
    ],
)
def test_a_change_is_a_sentence(after: list[Piece], sentence: str) -> None:
    assert compare([line()], after) == [sentence]


def test_what_has_changed_alike_is_one_sentence() -> None:
    before = [line(text=text, y=100 + 21 * number) for number, text in enumerate("甲乙丙")]
    after = [replace(piece, top=piece.top + 7, bottom=piece.bottom + 7) for piece in before]
    assert compare(before, after) == ["第 1 页：“甲”等 3 处下移 7 磅"]


def test_of_equal_pieces_only_the_one_that_moved_is_named() -> None:
    before = [box(y) for y in (50, 150, 250)]
    assert compare(before, [box(250), box(50), box(155)]) == ["第 1 页：一个色块下移 5 磅"]
    assert compare(before, [box(50), box(250)]) == ["第 1 页：一个色块没有了"]
    assert compare([box()], [box(height=30)]) == ["第 1 页：一个色块高了 10 磅"]


# On screens


@pytest.fixture(scope="module")
def screens(editions: Mapping[str, Composed], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Screen]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    return look(tmp_path_factory.mktemp("screens"), web_files(editions), VIEWS)


each_view = pytest.mark.parametrize("view", VIEWS, ids=[view.name for view in VIEWS])


@each_view
def test_a_page_can_be_seen_read_and_tapped(screens: Mapping[str, Screen], view: View) -> None:
    assert screens[view.name].wrong == []


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_what_cannot_be_seen_read_or_tapped_is_told(tmp_path: Path) -> None:
    body = """<body style="margin: 0"><p style="width: 2000px">宽</p><p style="font-size: 8px">小</p>
    <div style="overflow-x: auto"><table style="width: 900px"><tr><td>表</table></div><nav>
    <a href="#" style="display: block; width: 16px; height: 18px">甲</a><a href="#" style="display: block; height: 30px">乙</a>
    </nav>"""
    page = f"<!doctype html><meta charset=utf-8><head></head>{body}".encode()
    view = View(page="bad", title="坏的", width=375)
    assert look(tmp_path, [("bad/index.html", page)], [view])[view.name].wrong == [
        "the page is 2000 px wide",
        "p. “宽”: stands outside of the screen",
        "p. “小”: text of 8.0 px",
        "a. “甲”: a target of 16 × 18 px beside another",
    ]


@each_view
def test_a_page_looks_as_approved(screens: Mapping[str, Screen], view: View) -> None:
    approved = parse_elements(view.approved.read_text(encoding="utf-8"))
    changes = compare_elements(approved, screens[view.name].elements)
    assert not changes, "\n".join(
        [
            f"{view.title}的版面变了：",
            *changes[:30],
            "看过 make gallery，认可就运行 make gallery APPROVE=1",
        ]
    )


@each_view
def test_what_is_written_down_of_a_page_is_what_is_compared(
    screens: Mapping[str, Screen], view: View
) -> None:
    elements = screens[view.name].elements
    assert parse_elements(format_elements(view.title, elements)) == elements


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("body { font-size: 3rem; color: #ddd }", "body 字号由 18 变为 54，颜色由 #1f2328 变为 #dddddd"),
        ("article { max-width: 12rem }", "article 等 6 处窄了 540 像素"),
        (":root { --slate: #276d49 }", "blockquote 边线由 左3#27496d 变为 左3#276d49"),
        ("figure { margin-top: 3rem }", "figure.chart 离上面远了 27 像素"),
    ],
)
def test_a_changed_rule_of_the_page_is_found(
    screens: Mapping[str, Screen],
    editions: Mapping[str, Composed],
    tmp_path: Path,
    rule: str,
    sentence: str,
) -> None:
    files = [
        (name, content.replace(b"</style>", f"{rule}</style>".encode(), 1))
        for name, content in web_files(editions)
    ]
    view = next(view for view in VIEWS if view.name == "web-report-1280")
    after = look(tmp_path, files, [view])[view.name].elements
    changes = compare_elements(screens[view.name].elements, after)
    assert sentence in changes, "\n".join(changes)


STYLE = {
    "size": 18,
    "weight": 400,
    "face": "Song",
    "leading": 1.8,
    "indent": 0,
    "colour": "#1f2328",
    "ground": "-",
    "border": "-",
    "align": "start",
}


def element(name: str = "p", depth: int = 1, text: str = "正文", **values: object) -> Element:
    style = tuple(str(values.pop(key, value)) for key, value in STYLE.items())
    own = {"x": 20, "gap": 10, "width": 300, "height": 40, **values}
    return Element(depth=depth, name=name, text=text, style=style, **own)  # type: ignore[arg-type]


def test_a_page_is_a_line_for_each_element() -> None:
    elements = [element("body", 0, ""), element(colour="#b3261e"), element("p.note", size=14.4, text="")]
    assert format_elements("快递网页", elements).splitlines()[2:] == [
        "20 10 300 40 body size=18 weight=400 face=Song leading=1.8 indent=0 colour=#1f2328 ground=- border=- align=start",
        " 20 10 300 40 p colour=#b3261e “正文",
        " 20 10 300 40 p.note size=14.4",
    ]


@pytest.mark.parametrize(
    ("after", "sentences"),
    [
        (element(gap=14, x=17, height=44), []),
        (element(gap=15), ["p “正文”离上面远了 5 像素"]),
        (element(x=10, width=320), ["p “正文”左移 10 像素，宽了 20 像素"]),
        (element(height=80), ["p “正文”高了 40 像素"]),
        (element(weight=700, height=80), ["p “正文”字重由 400 变为 700"]),
        (element(indent=36), ["p “正文”缩进由 0 变为 36"]),
        (element(align="center"), ["p “正文”对齐由 start 变为 center"]),
        (element(text="另文"), ["p “正文”没有了", "p “另文”是新有的"]),
    ],
)
def test_a_change_of_an_element_is_a_sentence(after: Element, sentences: list[str]) -> None:
    body = element("body", 0, "")
    assert compare_elements([body, element()], [body, after]) == sentences


def test_what_follows_from_a_change_is_not_told() -> None:
    before = [element("body", 0, ""), *(element(text=text) for text in "甲乙")]
    paler = [replace(one, style=(*one.style[:5], "#dddddd", *one.style[6:])) for one in before]
    assert compare_elements(before, paler) == ["body 颜色由 #1f2328 变为 #dddddd"]
    narrower = [replace(one, width=200, height=one.height * 2) for one in before]
    assert compare_elements(before, narrower) == ["body 窄了 100 像素"]
    taller = [replace(before[0], height=60), replace(before[1], height=60), before[2]]
    assert compare_elements(before, taller) == ["p “甲”高了 20 像素"]


# The command


def test_the_command_shows_the_gallery_and_approves_of_it(
    editions: Mapping[str, Composed],
    pdfs: Mapping[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(command, "compose_gallery", lambda _root: editions)
    monkeypatch.setattr(command, "print_variants", lambda *_: pdfs)
    monkeypatch.setattr(command, "VARIANTS", (REPORT,))
    monkeypatch.setattr(command, "CHROMIUM", None)
    monkeypatch.setattr("gallery.printing.APPROVED", tmp_path / "approved")

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["make gallery", str(tmp_path / "out"), *words])
        command.main()
        return capsys.readouterr().out

    assert run().startswith("报告：还没有认可过的版面；看过以后运行 make gallery APPROVE=1\n")
    assert run("--approve").startswith("报告：已认可，记在 report.txt\n")
    assert run().startswith("报告：与认可的版面相同\n")
    write(REPORT.approved, REPORT.approved.read_text(encoding="utf-8").replace("版权声明", "版权申明"))
    assert run() == (
        "报告：有 2 类改动\n"
        "  第 2 页：“版权申明”等 2 处没有了\n"
        "  第 2 页：“版权声明”等 2 处是新有的\n"
        "网页：没有装 chromium，没有比较\n"
        f"印出来的：{tmp_path}/out/gallery.pdf\n"
        f"网页：{tmp_path}/out/index.html\n"
    )
    with pikepdf.open(tmp_path / "out" / "gallery.pdf") as whole, whole.open_outline() as outline:
        assert [item.title for item in outline.root] == ["报告"]
    assert (tmp_path / "out" / "report" / "index.html").exists()


def test_the_command_tells_of_pages(
    editions: Mapping[str, Composed],
    pdfs: Mapping[str, bytes],
    screens: Mapping[str, Screen],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(command, "compose_gallery", lambda _root: editions)
    monkeypatch.setattr(command, "print_variants", lambda *_: pdfs)
    monkeypatch.setattr(command, "look", lambda *_: screens)
    monkeypatch.setattr("gallery.screens.APPROVED", tmp_path / "approved")
    monkeypatch.setattr(command, "VARIANTS", ())
    monkeypatch.setattr(command, "VIEWS", VIEWS[-1:])

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["make gallery", str(tmp_path / "out"), *words])
        command.main()
        return capsys.readouterr().out.splitlines()[0]

    assert run() == "报告网页 375 像素：还没有认可过的版面；看过以后运行 make gallery APPROVE=1"
    assert run("--approve") == "报告网页 375 像素：已认可，记在 web-report-375.txt"
    assert run() == "报告网页 375 像素：与认可的版面相同"
    write(VIEWS[-1].approved, VIEWS[-1].approved.read_text(encoding="utf-8").replace("b3261e", "27496d"))
    assert run().startswith("报告网页 375 像素：有 ")
