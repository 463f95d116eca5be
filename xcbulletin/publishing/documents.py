"""An Edition to its documents: PDF, web page and letter, all made in memory."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from xcbulletin.model import Kind, Place, Problem, Severity
from xcbulletin.publishing import letter as letters
from xcbulletin.publishing.charts.frame import IN_LETTER, NARROW, WIDE
from xcbulletin.publishing.edition import Edition, texts
from xcbulletin.publishing.figures import Picture, draw_charts, for_letter, for_web, print_charts, words_in
from xcbulletin.publishing.head import unsubscribe_links
from xcbulletin.publishing.layout import Layout
from xcbulletin.publishing.message import message
from xcbulletin.publishing.nodes import Cell, ChartFigure, Heading, KeyFigures, Pictured, Strong, plain, walk
from xcbulletin.publishing.outputs import Format
from xcbulletin.publishing.pages import Templates
from xcbulletin.publishing.tabular import torn_tables
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting.press import PICTURE_SCHEME, Job, Press
from xcbulletin.settings import MailSettings

PDF_FILE, PAGE_FILE = "bulletin.pdf", "index.html"
_FACES = (
    ("XC Song", 400, "XCSong-Regular"),
    ("XC Song", 700, "XCSong-Bold"),
    ("XC Hei", 400, "XCHei-Regular"),
    ("XC Hei", 700, "XCHei-Bold"),
)
"""What a page brings along for machines without Chinese fonts; other readers never load it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """What documents are made of besides the edition."""

    templates: Templates
    fonts: FontSet
    mail: MailSettings
    layout: Layout
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    """By their address in the text; charts are drawn for each document."""
    drawings: Path
    """The folder in which charts are kept once they are drawn."""

    def charts(self, edition: Edition) -> dict[str, Picture]:
        """Return an edition's charts by their address, each for its place on the page. Raises ChartError."""
        return print_charts(edition, self.layout, self.fonts, self.drawings)


def missing_glyphs(edition: Edition, material: Material) -> Iterator[tuple[str, Place]]:
    """Yield each character that the printing fonts cannot draw, once a file, with the place of its text."""
    seen: set[tuple[str, str]] = set()
    for place, text in (*texts(edition), *_picture_texts(edition, material.pictures)):
        for character in material.fonts.missing(text):
            if (character, place.file) not in seen:
                seen.add((character, place.file))
                yield character, place


def glyph_problem(character: str, place: Place, more_lines: Sequence[int] = ()) -> Problem:
    """Return what an editor is told of a character that the printing fonts cannot draw.

    `more_lines` are those of the same file, after its place, on which it stands as well.
    """
    shown, suggestion = _told_of(character)
    return Problem(
        place=place,
        rule="missing-glyph",
        message=f"印刷字体里没有{shown}，印出来会是空框{_also_on(more_lines)}",
        suggestion=suggestion,
    )


def _told_of(character: str) -> tuple[str, str]:
    """Return what a character is called, and what to do about it."""
    code = f"U+{ord(character):04X}"
    match unicodedata.category(character):
        case "Cc":
            return f" {code} 这个控制字符", "请删去它，多半是复制时带来的"
        case "Co":
            # Before Unicode had them, Founder and WPS gave rare characters, mostly of names, such places.
            return (
                f"这个自造字（{code}）",
                "它是旧字库里的生僻字，多半是人名，请不要删去：对照原稿换成标准的字，打不出的做成图片",
            )
    return f"“{character}”（{code}）", "请改用通行的字或符号，或做成图片"


def _also_on(lines: Sequence[int]) -> str:
    if not lines:
        return ""
    named, rest = lines[:_LINES_NAMED], len(lines) - _LINES_NAMED
    others = f"等 {len(lines)} 行" if rest > 0 else "行"
    return f"（第 {'、'.join(map(str, named))} {others}也有）"


_LINES_NAMED = 9


def _picture_texts(edition: Edition, pictures: Mapping[str, Picture]) -> Iterable[tuple[Place, str]]:
    for address, picture in pictures.items():
        yield Place(file=f"{edition.file}/{address}"), words_in(picture)


def make_documents(
    edition: Edition, formats: Iterable[Format], material: Material, press: Press | None
) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """Return the documents of the formats by file name, and what their readers will miss.

    The letter carries the PDF, so asking for the letter makes both. Raises TemplateFailedError, ChartError,
    PictureError, PrintError.
    """
    wanted = set(formats)
    assert press is not None or wanted <= {Format.HTML}
    files: dict[str, bytes] = {}
    remarks = torn_tables(edition, material.layout) if press is not None else ()
    ticket = press.submit(print_job(edition, material)) if press is not None else None
    if Format.HTML in wanted:
        files |= make_page(edition, material)
    if Format.EMAIL in wanted:
        letter = make_letter(edition, material)
        page, images = letters.as_page(letter)
        files |= {"email.html": page.encode(), "email.txt": letter.text.encode(), **images}
        remarks += letter_remarks(edition, letter)
    if press is not None and ticket is not None:
        pdf = press.result(ticket)
        files |= {PDF_FILE: pdf} if Format.PDF in wanted else {}
        if Format.EMAIL in wanted:
            files["email.eml"] = message(letter, edition, material.mail, pdf)
    return files, remarks


def make_letter(
    edition: Edition, material: Material, pdf: letters.PdfOffer = letters.ATTACHED
) -> letters.Letter:
    """Return the letter that gives the PDF so. Raises TemplateFailedError, ChartError, PictureError."""
    charts = draw_charts(edition, IN_LETTER, material.fonts, material.drawings)
    shown = {**material.pictures, **charts}
    return letters.render_letter(
        material.templates,
        edition,
        for_letter(shown, material.fonts, material.drawings),
        unsubscribe=unsubscribe_links(material.mail)[0],
        pdf=pdf,
        large_print=material.layout.large,
    )


def print_job(edition: Edition, material: Material) -> Job:
    """Return the page that the printer gets."""
    page = material.layout
    shown = {**material.pictures, **material.charts(edition)}
    numbers = {address: str(number) for number, address in enumerate(shown)}
    html = material.templates.render(
        f"{_folder(edition)}/print.html",
        edition,
        blocks="shared/blocks.html",
        picture=lambda node: PICTURE_SCHEME + numbers[node.src],
        heading_base=_heading_base(edition),
        notes_at_end=page.columns > 1,  # WeasyPrint floats no footnotes beside columns
        page=page,
    )
    pictures = {numbers[address]: (picture.media_type, picture.content) for address, picture in shown.items()}
    return Job(html=html, pictures=pictures)


def make_page(edition: Edition, material: Material) -> dict[str, bytes]:
    """Return the web edition: `index.html` and everything that it shows, nothing of it from outside."""
    pictures, narrow = web_pictures(edition, material.pictures, material.fonts, material.drawings)

    html = material.templates.render(
        f"{_folder(edition)}/web.html",
        edition,
        blocks="shared/blocks.html",
        picture=addresses(pictures),
        narrow=addresses(narrow),
        heading_base=_heading_base(edition),
        notes_at_end=True,
        faces=_FACES,
        page=material.layout,
    )
    bold = _bold_text(edition)
    fonts = {
        f"assets/fonts/{face}.ttf": material.fonts.subset(face, html if weight == 400 else bold)
        for _family, weight, face in _FACES
    }
    images = {one.name: one.content for one in (*pictures.values(), *narrow.values())}
    return {PAGE_FILE: html.encode(), **images, **fonts}


def _bold_text(edition: Edition) -> str:
    """Return the characters that a page sets in bold."""
    names = [edition.title, *(column.name for column in edition.columns), _FURNITURE]
    names += [industry.name for industry in edition.selection]
    for entry in edition.entries:
        names.append(entry.title)
        for node in walk(entry.body):
            if isinstance(node, Heading | Strong | Cell):
                names.append(plain(node.children))
            elif isinstance(node, KeyFigures):
                names.append((node.title or "") + "".join(one.value for one in node.children))
            elif isinstance(node, ChartFigure) and node.chart:
                names += [*node.chart.rows[0], *node.chart.categories]
    return "".join(names)


_FURNITURE = "选编：、本期要目图表附目录注数据更正0123456789"


def web_pictures(
    edition: Edition, pictures: Mapping[str, Picture], fonts: FontSet, drawings: Path
) -> tuple[dict[str, Picture], dict[str, Picture]]:
    """Return an edition's pictures and charts for a page, by their address, and the charts for a narrow one.

    Raises ChartError.
    """
    wide = draw_charts(edition, WIDE, fonts, drawings)
    narrow = draw_charts(edition, NARROW, fonts, drawings, "-narrow")
    return for_web({**pictures, **wide}, fonts), for_web(narrow, fonts)


def addresses(pictures: Mapping[str, Picture]) -> Callable[[Pictured], str]:
    """Return what gives the address of a picture beside its page."""
    return lambda node: quote(pictures[node.src].name)


def _folder(edition: Edition) -> str:
    return "report" if edition.kind is Kind.REPORT else "bulletin"


def _heading_base(edition: Edition) -> int:
    """Return the level of the heading above an article's own headings."""
    return 2 if edition.kind is Kind.REPORT else 3


def letter_remarks(edition: Edition, letter: letters.Letter) -> tuple[Problem, ...]:
    """Return what an editor is told of a letter: that it holds less than the issue."""
    if letter.shortened is None:
        return ()
    if letter.pdf.attached:
        rest = "全文在所附 PDF 里"
    else:
        rest = "全文在所链接的 PDF 里" if letter.pdf.address else "PDF 没有附上，要看全文须回信索取"
    return (
        Problem(
            place=Place(file=edition.file),
            rule=_SHORTENED,
            severity=Severity.WARNING,
            message=f"全文放进邮件会被邮箱截断（超过 102 KB），{_LEFT[letter.shortened]}，{rest}",
        ),
    )


def shortened(problems: Iterable[Problem]) -> letters.Shortened | None:
    """Return what a letter holds instead of full texts, as `letter_remarks` told it of a build."""
    messages = "".join(one.message for one in problems if one.rule == _SHORTENED)
    return next((form for form, left in _LEFT.items() if left in messages), None)


_SHORTENED = "letter-shortened"
_LEFT: Mapping[letters.Shortened, str] = {"summaries": "邮件里只放了摘要", "titles": "邮件里只放了标题"}
