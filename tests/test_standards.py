"""Produced PDFs as archives and screen readers find them: PDF/A-2a, PDF/UA-1, structure, labels, metadata."""

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import page as validation
import pdfplumber
import pikepdf
import pydyf
import pytest
import weasyprint
import weasyprint.pdf
from conftest import pdf_of, write
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting import standards
from xcbulletin.publishing.typesetting.press import Job, Press

ISSUES = ("2021-01", "2021-02", "2021-03", "ai-governance-2021", "real-bulletin", "real-report")
PROFILES = (validation.ValidationProfile.PDF_A_2A, validation.ValidationProfile.PDF_UA_1)
HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")


# What a reader finds in a PDF


@dataclass(frozen=True, kw_only=True)
class Element:
    """A structure element; `kids` are elements and texts, in reading order."""

    type: str
    kids: tuple["Element | str", ...] = ()
    entries: dict[str, Any] = field(default_factory=dict)
    links: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "".join(kid if isinstance(kid, str) else kid.text for kid in self.kids)

    def __iter__(self) -> Iterator["Element"]:
        yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid

    def __str__(self) -> str:
        inside = [kid if isinstance(kid, str) else str(kid) for kid in self.kids]
        return f"{self.type}({''.join(inside)})"


@cache
def read_structure(path: Path) -> Element:
    """Return the document element with all below it."""
    texts = _marked_texts(path)
    with pikepdf.open(path) as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        return _element(pdf.Root.StructTreeRoot.K, None, texts, pages)


def _element(node: Any, page: Any, texts: dict[tuple[int, int], str], pages: dict[Any, int]) -> Element:
    page = node.get("/Pg", page)
    kids: list[Element | str] = []
    links = []
    for kid in node.get("/K", []):
        if isinstance(kid, int):
            kids.append(texts.get((pages[page.objgen], kid), ""))
        elif kid.get("/Type") == "/MCR":
            kids.append(texts.get((pages[kid.Pg.objgen], int(kid.MCID)), ""))
        elif kid.get("/Type") == "/OBJR":
            links.append(str(kid.Obj.Contents))
        else:
            kids.append(_element(kid, page, texts, pages))
    own = {name[1:]: value for name, value in node.items() if name not in ("/K", "/P", "/Pg", "/S", "/Type")}
    entries = {name: str(value) for name, value in own.items() if name != "A"}
    entries |= {name[1:]: _plain(value) for name, value in dict(own.get("A", {})).items() if name != "/O"}
    return Element(type=str(node.S)[1:], kids=tuple(kids), entries=entries, links=tuple(links))


def _plain(value: Any) -> Any:
    if isinstance(value, pikepdf.Array):
        return [round(float(one)) for one in value]
    return value if isinstance(value, int) else str(value)[1:]


def _marked_texts(path: Path) -> dict[tuple[int, int], str]:
    texts: dict[tuple[int, int], str] = {}
    for page, mcid, _, text, _ in characters(path):
        if mcid is not None:
            texts[page, mcid] = texts.get((page, mcid), "") + text
    return texts


@cache
def characters(path: Path) -> list[tuple[int, int | None, str, str, bool]]:
    """Return page, MCID, mark and text of each character, and whether it stands below all text."""
    with pdfplumber.open(path) as pdf:
        return [
            (page.page_number, char["mcid"], char["tag"], char["text"], char["top"] > page.height - 60)
            for page in pdf.pages
            for char in page.chars
        ]


def aside(path: Path, page: int) -> str:
    """Return the text of a page that is no content."""
    return "".join(
        text for number, _, tag, text, _ in characters(path) if (number, tag) == (page, "Artifact")
    )


def kinds(path: Path) -> set[str]:
    """Return what kinds of text a PDF has: `content`, kinds of artifact, `unmarked`."""
    found = set()
    with pikepdf.open(path) as pdf:
        for page in pdf.pages:
            open_marks: list[str] = []
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) in ("BDC", "BMC"):
                    open_marks.append(_kind(operands))
                elif str(operator) == "EMC":
                    open_marks.pop()
                elif str(operator) in ("TJ", "Tj", "Do"):
                    found.add(open_marks[-1] if open_marks else "unmarked")
    return found


def _kind(operands: Any) -> str:
    if operands[0] != "/Artifact":
        return "content" if "/MCID" in operands[1] else "unmarked"
    properties = operands[1] if len(operands) > 1 else {}
    return "".join(str(properties[name]) for name in ("/Type", "/Subtype") if name in properties)


def compliance(path: Path) -> list[Any]:
    """Return what a checker says against a PDF as PDF/A-2a and as PDF/UA-1."""
    reports = [validation.validate_pdf(str(path), profile=profile) for profile in PROFILES]
    return [failure for report in reports if not report.is_compliant for failure in report.failures]


def labels(path: Path) -> list[str]:
    with pikepdf.open(path) as pdf:
        return [page.label for page in pdf.pages]


def printed_numbers(path: Path) -> list[str]:
    """Return the number that stands below each page."""
    with pikepdf.open(path) as pdf:
        numbers = [""] * len(pdf.pages)
    for page, _, _, text, is_below in characters(path):
        if is_below and text in "0123456789IVXLC":
            numbers[page - 1] += text
    return numbers


# Whole issues


@pytest.mark.parametrize("issue", ISSUES)
def test_an_issue_is_pdf_a_and_pdf_ua(printed: Path, issue: str) -> None:
    path = pdf_of(printed, issue)
    assert compliance(path) == []
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == []


@pytest.mark.parametrize("issue", ISSUES)
def test_all_of_an_issue_is_content_or_furniture(printed: Path, issue: str) -> None:
    path = pdf_of(printed, issue)
    assert "unmarked" not in kinds(path)
    content = "".join(text for _, _, tag, text, _ in characters(path) if tag != "Artifact")
    heard = read_structure(path).text
    assert sorted(heard.replace(" ", "")) == sorted(content.replace(" ", ""))


@pytest.mark.parametrize("issue", ISSUES)
def test_an_issue_is_drawn_in_the_order_in_which_it_is_read(printed: Path, issue: str) -> None:
    with pikepdf.open(pdf_of(printed, issue)) as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        marks = list(_marks_but_of_notes(pdf.Root.StructTreeRoot.K, None, pages))
    assert len(marks) > 100
    assert sorted(marks) == sorted(marks, key=lambda mark: mark[0])


def _marks_but_of_notes(node: Any, page: Any, pages: dict[Any, int]) -> Iterator[tuple[int, int]]:
    """Yield page and MCID of each text; a note is read after its call, and stands at the end of the page."""
    page = node.get("/Pg", page)
    for kid in node.get("/K", ()) if node.S != "/Note" else ():
        if isinstance(kid, int):
            yield pages[page.objgen], kid
        elif kid.get("/Type") == "/MCR":
            yield pages[kid.Pg.objgen], int(kid.MCID)
        elif kid.get("/Type") != "/OBJR":
            yield from _marks_but_of_notes(kid, page, pages)


@pytest.mark.parametrize("issue", ISSUES)
def test_headings_of_an_issue_never_skip_a_level(printed: Path, issue: str) -> None:
    levels = [int(one.type[1]) for one in read_structure(pdf_of(printed, issue)) if one.type in HEADINGS]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(after - before for before, after in pairwise(levels)) <= 1


@pytest.mark.parametrize("issue", ISSUES)
def test_bookmarks_of_an_issue_are_its_headings(printed: Path, issue: str) -> None:
    path = pdf_of(printed, issue)
    headings = [(one.type, one.text) for one in read_structure(path) if one.type in HEADINGS]
    with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
        bookmarks = list(_bookmarks(outline.root, 1))
    bare = [(kind, "".join(text.split())) for kind, text in headings]
    assert [(kind, "".join(title.split())) for kind, title, _ in bookmarks] == bare
    assert all(is_closed == (kind > "H2") for kind, _, is_closed in bookmarks if is_closed is not None)


def _bookmarks(items: Any, level: int) -> Iterator[tuple[str, str, bool | None]]:
    """Yield level, title, and whether what is below it is hidden (None where there is nothing)."""
    for item in items:
        yield f"H{level}", item.title, item.is_closed if item.children else None
        yield from _bookmarks(item.children, level + 1)


@pytest.mark.parametrize("issue", ISSUES)
def test_elements_of_an_issue_say_what_they_must(printed: Path, issue: str) -> None:
    elements = list(read_structure(pdf_of(printed, issue)))
    for one in elements:
        required = {"Figure": ("Alt", "BBox"), "TH": ("Scope",), "L": ("ListNumbering",), "Note": ("ID",)}
        assert all(one.entries.get(entry) for entry in required.get(one.type, ())), one
        assert one.type != "Link" or one.links, one
    identifiers = [one.entries["ID"] for one in elements if one.type == "Note"]
    assert len(set(identifiers)) == len(identifiers)


@pytest.mark.parametrize("issue", ISSUES)
def test_pages_of_an_issue_are_labelled_as_they_are_numbered(printed: Path, issue: str) -> None:
    path = pdf_of(printed, issue)
    expected = printed_numbers(path)
    found = labels(path)
    assert [label for label, number in zip(found, expected, strict=True) if number] == list(
        filter(None, expected)
    )
    assert "1" in found
    if not expected[0]:
        assert found[:2] == ["封面", "I"]


@pytest.mark.parametrize("issue", ["2021-03", "ai-governance-2021"])
def test_an_issue_says_what_it_is(printed: Path, issue: str) -> None:
    with pikepdf.open(pdf_of(printed, issue)) as pdf:
        assert pdf.Root.Lang == "zh-CN"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.Root.MarkInfo.Marked
        assert {str(page.obj.Tabs) for page in pdf.pages} == {"/S"}
        information = {name[1:]: str(value) for name, value in pdf.docinfo.items()}
        metadata = {str(name).rpartition("}")[2]: value for name, value in pdf.open_metadata().items()}
    expected = {
        "2021-03": {
            "Title": "许昌竞争情报快递 2021年第3期（总第39期）",
            "CreationDate": "D:20210331",
            "Keywords": "5G产业, 智能电力装备产业, ",
        },
        "ai-governance-2021": {"Title": "全球人工智能治理与产业合作观察", "Keywords": "新一代人工智能产业"},
    }[issue]
    assert {name: information[name][: len(value)] for name, value in expected.items()} == expected
    assert information["ModDate"] == information["CreationDate"]
    assert information["Author"].startswith("许昌市科学技术情报研究所")
    assert metadata["title"] == information["Title"]
    assert (metadata["part"], metadata["conformance"]) == ("1", "A")


# Pages

CSS = """
@page { size: 100mm 100mm; margin: 20mm;
  @top-left { content: "书眉"; border-bottom: 1pt solid } @bottom-center { content: "— " counter(page) " —" } }
html { font: 12pt/20pt "XC Song" } body, p { margin: 0 } .footnote { float: footnote }
nav a { display: block } nav a::after { content: leader("·") " " target-counter(attr(href), page) }
"""


@pytest.fixture
def print_body(press: Press, tmp_path: Path) -> Callable[..., Path]:
    def print_body(body: str, css: str = "", **pictures: tuple[str, bytes]) -> Path:
        html = f'<!doctype html><html lang="zh-CN"><title>题</title><style>{CSS}{css}</style><body>{body}'
        pdf = press.result(press.submit(Job(html=html, pictures=pictures)))
        return write(tmp_path / "page.pdf", pdf)

    return print_body


STRUCTURES = {
    "text of no paragraph": ("<div><span>甲</span> <b>乙</b></div>", "P(甲\u3000乙)"),
    "no trace of inline markup": ("<p>甲<strong>乙</strong>丙<em>丁</em>", "P(甲乙丙丁)"),
    "code": ("<p>见<code>a</code>", "P(见 Code(a))"),
    "headings": ("<h1>甲</h1><h3>乙</h3><h4>丙</h4><h2>丁</h2>", "H1(甲)H2(乙)H3(丙)H2(丁)"),
    "sections": ("<main><section><h1>甲</h1><article><p>乙", "Sect(H1(甲)Art(P(乙)))"),
    "quotation": ("<blockquote><p>甲</p></blockquote>", "BlockQuote(P(甲))"),
    "list": ("<ul><li>甲<li><p>乙</ul>", "L(LI(Lbl(• )LBody(甲))LI(Lbl(• )LBody(P(乙))))"),
    "list in a list": (
        "<ol><li>甲<ol><li>乙</ol></ol>",
        "L(LI(Lbl(1. )LBody(甲L(LI(Lbl(1. )LBody(乙))))))",
    ),
    "names and values": ("<dl><dt>甲<dd>1<dt>乙<dd>2</dl>", "L(LI(Lbl(甲)LBody(1))LI(Lbl(乙)LBody(2)))"),
    "names below their values": (
        "<dl><div style='display: flex'><dt style='order: 2'>甲<dd>1</div></dl>",
        "L(LI(Lbl(甲)LBody(1)))",
    ),
    "value without a name": ("<dl><dd>1</dl>", "L(LI(LBody(1)))"),
    "table": (
        "<table><caption>甲<thead><tr><th>乙<th>丙<tbody><tr><th scope=row>丁<td></table>",
        "Table(Caption(甲)THead(TR(TH(乙)TH(丙)))TBody(TR(TH(丁)TD())))",
    ),
    "note": (
        "<p>甲<span class=footnote>注</span>乙",
        "P(甲Reference(1)Note(Lbl(1. )注)乙)",
    ),
    "contents": (
        "<nav><h1>目录</h1><p><a href=#a>甲</a></nav><h2 id=a>甲</h2>",
        "Sect(H1(目录)TOC(TOCI(Reference(Link(甲 1)))))H2(甲)",
    ),
    "nothing": ("<p></p><div><ul></ul></div><h1>甲</h1>", "H1(甲)"),
    "picture of words": ('<div role="img" aria-label="图">待补</div>', "Figure(待补)"),
}


@pytest.mark.parametrize(("body", "expected"), STRUCTURES.values(), ids=STRUCTURES)
def test_structure_is_that_of_the_html(print_body: Callable[..., Path], body: str, expected: str) -> None:
    path = print_body(body)
    assert str(read_structure(path)) == f"Document({expected})"
    assert compliance(path) == []


def test_what_goes_on_on_the_next_page_is_one_element(print_body: Callable[..., Path]) -> None:
    sentence = "这一段话很长，一页放不下。" * 40
    path = print_body(f"<section><h1>甲</h1><p>{sentence}</p><ul><li>{sentence}</ul></section>")
    expected = f"Document(Sect(H1(甲)P({sentence})L(LI(Lbl(• )LBody({sentence})))))"
    assert str(read_structure(path)) == expected
    assert len(labels(path)) > 3


def test_a_note_follows_its_call_though_it_stands_on_the_next_page(print_body: Callable[..., Path]) -> None:
    path = print_body(f"<p>甲<span class=footnote>{'这条注很长。' * 60}</span>乙</p><p>丙")
    heard = read_structure(path).text
    assert heard == f"甲11. {'这条注很长。' * 60}乙丙"
    with pikepdf.open(path) as pdf:
        names = pdf.Root.StructTreeRoot.IDTree.Names
        assert (str(names[0]), names[1].S) == ("note-0001", "/Note")


def test_running_heads_and_page_numbers_are_not_content(print_body: Callable[..., Path]) -> None:
    path = print_body("<h1>甲</h1><p>乙")
    assert aside(path, 1) == "书眉— 1 —"
    assert kinds(path) == {"content", "/Pagination/Header", "/Pagination/Footer"}


def test_a_table_is_heard_once_though_its_head_is_repeated(print_body: Callable[..., Path]) -> None:
    rows = "".join(f"<tr><td>{number}" for number in range(40))
    path = print_body(f"<table><caption>题<thead><tr><th>甲<tbody>{rows}</table>")
    (table,) = (one for one in read_structure(path) if one.type == "Table")
    assert table.text == f"题甲{''.join(map(str, range(40)))}"
    assert "/Pagination" in kinds(path)
    assert "甲" in aside(path, 2)


@pytest.mark.parametrize(
    "link",
    ["<a href=https://example.org/>甲</a>", "<a href=#a>甲</a>", "甲<sup class=note><a href=#a>1</a></sup>"],
)
def test_a_repeated_head_is_no_link(print_body: Callable[..., Path], link: str) -> None:
    rows = "".join(f"<tr><td>{number}" for number in range(40))
    path = print_body(f"<table><thead><tr><th>{link}<tbody>{rows}</table><p id=a>乙")
    with pikepdf.open(path) as pdf:
        assert [len(page.get("/Annots", ())) for page in pdf.pages][:3] == [1, 0, 0]
    assert compliance(path) == []


def test_leaders_are_not_content(print_body: Callable[..., Path]) -> None:
    path = print_body("<nav><p><a href=#a>甲</a></nav><h1 id=a>甲</h1>")
    assert "···" in aside(path, 1)


def test_cells_say_what_they_head_and_span(print_body: Callable[..., Path]) -> None:
    path = print_body(
        "<table><tr><th>甲<th colspan=2>乙<tr><th scope=row>丙<td rowspan=2>丁<td>戊<tr><td>己<td>庚</table>"
    )
    cells = {one.text: one.entries for one in read_structure(path) if one.type in ("TH", "TD")}
    assert cells == {
        "甲": {"Scope": "Column"},
        "乙": {"Scope": "Column", "ColSpan": 2},
        "丙": {"Scope": "Row"},
        "丁": {"RowSpan": 2},
        **{"戊": {}, "己": {}, "庚": {}},
    }


def test_a_picture_is_where_it_is_and_says_what_it_shows(print_body: Callable[..., Path]) -> None:
    body = '<figure style="margin: 0"><img src="picture:0" alt="红" style="width: 40px; height: 20px"><figcaption>题</figcaption></figure>'
    path = print_body(body, **{"0": ("image/png", red_png("RGB"))})
    assert str(read_structure(path)) == "Document(Div(Figure()Caption(题)))"
    (figure,) = (one for one in read_structure(path) if one.type == "Figure")
    left, top = 20 * 72 / 25.4, 80 * 72 / 25.4
    assert figure.entries["Alt"] == "红"
    assert figure.entries["BBox"] == pytest.approx([left, top - 20, left + 30, top - 5], abs=6)
    assert compliance(path) == []


def test_a_picture_that_says_nothing_is_decoration(print_body: Callable[..., Path]) -> None:
    path = print_body('<p>甲<img src="picture:0" alt="">', **{"0": ("image/png", red_png("RGB"))})
    assert str(read_structure(path)) == "Document(P(甲))"
    assert "/Layout" in kinds(path)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1"])
def test_pictures_of_all_kinds_may_be_archived(print_body: Callable[..., Path], mode: str) -> None:
    assert (
        compliance(print_body('<p><img src="picture:0" alt="红">', **{"0": ("image/png", red_png(mode))}))
        == []
    )


def red_png(mode: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").convert(mode).save(stream, "PNG")
    return stream.getvalue()


def test_a_link_says_where_it_leads_once(print_body: Callable[..., Path]) -> None:
    body = (
        '<p><a href="https://example.org/a">某处<b>网站</b></a><a href="https://example.org/">https://example.org/</a>'
        '<a href="#a"><b>见 表1</b></a><a id="a" href="#a" aria-label="注1">1</a>'
    )
    path = print_body(body)
    links = [link for one in read_structure(path) if one.type == "Link" for link in one.links]
    assert list(dict.fromkeys(links)) == [
        "某处网站（https://example.org/a）",
        "https://example.org/",
        "见 表1",
        "注1",
    ]
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages[0].Annots) == len(links)
    assert compliance(path) == []


def test_a_page_that_hides_its_number_is_counted(print_body: Callable[..., Path]) -> None:
    css = "@page :nth(2) { @bottom-center { content: none } } p { break-after: page }"
    assert labels(print_body("<p>1<p>2<p>3<p>4", css)) == ["1", "2", "3", "4"]


def test_labels_count_as_the_pages_do(print_body: Callable[..., Path]) -> None:
    css = (
        "@page :first { @bottom-center { content: none } }"
        "@page front { @bottom-center { content: counter(page, upper-roman) } }"
        "@page :nth(1 of front) { counter-reset: page 3 } @page :nth(1 of body) { counter-reset: page 1 }"
        ".front { page: front } .body { page: body; break-before: page } p { break-before: page }"
    )
    path = print_body("<div>甲</div><div class=front><p>1<p>2</div><div class=body>3<p>4</div>", css)
    assert labels(path) == ["封面", "III", "IV", "1", "2"]


@given(st.integers(min_value=1, max_value=399))
def test_roman_numbers_are_read(number: int) -> None:
    parts = (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    )
    text, rest = "", number
    for value, letters in parts:
        text, rest = text + letters * (rest // value), rest % value
    assert standards._roman(text) == number


# The file


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_weasyprint_alone_is_neither_pdf_a_nor_pdf_ua(tmp_path: Path) -> None:
    html = weasyprint.HTML(
        string='<html lang="zh"><title>t</title><style>@page{@top-left{content:"a"}}</style><p>b'
    )
    path = tmp_path / "page.pdf"
    html.write_pdf(path, pdf_variant="pdf/a-2a")
    reports = [validation.validate_pdf(str(path), profile=profile) for profile in PROFILES]
    assert [report.is_compliant for report in reports] == [False, False]


def test_the_same_page_is_the_same_file_anywhere(
    fonts: FontSet, print_body: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = '<h1>甲</h1><p>乙<span class=footnote>丙</span><a href="https://example.org/">丁</a>'
    here = print_body(body).read_bytes()
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.chdir(tmp_path)
    html = f'<!doctype html><html lang="zh-CN"><title>题</title><style>{CSS}</style><body>{body}'
    with Press(fonts, tmp_path / "elsewhere") as other:
        assert other.result(other.submit(Job(html=html))) == here


def test_a_stream_is_as_long_as_it_says_whatever_its_last_byte() -> None:
    stream = pydyf.Stream([b"a\r"])
    assert standards._written(stream) == b"<</Length 2>>\nstream\na\r\r\nendstream"


def test_another_weasyprint_tags_by_itself(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    monkeypatch.setattr(weasyprint.pdf, "add_tags", "untouched")
    with caplog.at_level(logging.WARNING):
        assert not standards.install()
    assert weasyprint.pdf.add_tags == "untouched"
    assert "71.0" in caplog.text
