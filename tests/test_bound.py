"""What is bound is whole and in order: contents, captions, numbers, heads, and every word once (§7: 15, 17-19, 27)."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice, pairwise
from pathlib import Path
from random import Random

import pytest
import weasyprint
from bound import Bound, Char, Element, Page, read_bound, unspaced
from conftest import ROOT, make_article, make_issue, make_workspace, pdf_of, write
from lxml import etree

from xcbulletin.model import Imprint, IssueId, Kind, Source
from xcbulletin.publishing.documents import Material, print_job
from xcbulletin.publishing.edition import Edition, Entry, PrintedColumn, compose
from xcbulletin.publishing.figures import Picture
from xcbulletin.publishing.layout import Layout, lay_out_page
from xcbulletin.publishing.nodes import (
    Bullets,
    Figure,
    Image,
    KeyFigure,
    KeyFigures,
    Node,
    Note,
    Numbers,
    Reference,
    Table,
    walk,
)
from xcbulletin.publishing.pages import Templates, chinese_date, issue_label
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting import notes
from xcbulletin.publishing.typesetting.press import Job, Press
from xcbulletin.settings import PageSettings
from xcbulletin.starter import template_folders
from xcbulletin.workshop import Workshop

WEIGHT = 600 * 1024  # bytes
SAMPLES = ("2021-01", "2021-02", "2021-03", "ai-governance-2021")
REAL = ("real-bulletin", "real-report")
GALLERY = ("gallery", "gallery-report")
LISTS = ("本期要目", "目录", "图目录", "表目录")
HALVED = "，。、；：！？》〉）】〕」』”’"
HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")


@dataclass(frozen=True, kw_only=True)
class Work:
    """An edition, and the PDF that was made of it."""

    edition: Edition
    layout: Layout
    all_industries: int
    pictures: Mapping[str, Picture]
    bound: Bound

    @property
    def is_report(self) -> bool:
        return self.edition.kind is Kind.REPORT

    @property
    def sections(self) -> list[Element]:
        """Chapters or columns, and lists of contents, as far as they have a heading."""
        found = self.bound.root.of("Sect")
        return [one for one in found if any(kid.type == "H2" for kid in one.kids if isinstance(kid, Element))]

    @property
    def lists(self) -> dict[str, Element]:
        return {heading(one): one for one in self.sections if heading(one) in LISTS}


def heading(section: Element) -> str:
    return section.of("H2")[0].text


@pytest.fixture(scope="session")
def workshop(printed: Path) -> Iterator[Workshop]:
    """The workspace of `printed`, and the gallery's issues in it."""
    root = printed.parent
    for folder in (ROOT / "tests" / "gallery" / "issues").iterdir():
        if not (root / "issues" / folder.name).exists():
            (root / "issues" / folder.name).symlink_to(folder)
    with Workshop(root, {}) as running:
        yield running


@pytest.fixture(scope="module", params=(*SAMPLES, *REAL, *GALLERY))
def work(request: pytest.FixtureRequest, printed: Path, workshop: Workshop) -> Work:
    if request.param in GALLERY:
        workshop.build(IssueId(request.param), ["pdf"])
    pdf = pdf_of(printed, request.param)
    composed = workshop.compose(IssueId(request.param))
    return Work(
        edition=composed.edition,
        layout=composed.material.layout,
        all_industries=len(workshop.workspace.industries),
        pictures={**composed.material.pictures, **composed.material.charts(composed.edition)},
        bound=read_bound(pdf),
    )


# Contents and links (15)


def test_every_link_leads_somewhere(work: Work) -> None:
    links = [link for one in work.bound.root for link in one.links]
    assert links
    assert [link for link in links if link.target not in work.bound.targets] == []


def test_every_number_in_the_contents_is_that_of_the_page(work: Work) -> None:
    for name, titles in expected_lists(work).items():
        entries = work.lists[name].of("Link")
        assert len(entries) == len(titles)
        for entry, (title, marked) in zip(entries, titles, strict=True):
            (target,) = {link.target for link in entry.links}
            place = work.bound.targets[target]
            assert place.page in [one.first.page for one in standing(work.bound.root, title, marked)]
            page = work.bound.pages[place.page - 1]
            assert entry.text == unspaced(title) + printed_number(work, page) == unspaced(title) + page.label


def expected_lists(work: Work) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Return what stands in each list, and as what it is marked where it stands itself."""
    edition = work.edition
    if not work.is_report:
        return {"本期要目": [(entry.title, ("H2", "H3")) for entry in edition.entries]}
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {"目录": []}
    for column in edition.columns:
        for entry in column.entries if column.code not in ("copyright", "foreword") else ():
            found["目录"].append((entry.title, ("H2",)))
            inner = [one for one in entry.headings if one.level == 1]
            found["目录"] += [
                (one.text, ("H3",)) for one in inner if column.code not in ("contributors", "contact")
            ]
    for name, listed in (("图目录", edition.figures), ("表目录", edition.tables)):
        if listed:
            found[name] = [(f"{one.label}{one.caption}", ("Caption",)) for one in listed]
    return found


def standing(root: Element, title: str, marked: Sequence[str]) -> list[Element]:
    return [one for one in root.of(*marked) if one.text == unspaced(title)]


# Captions (17)


def captions(work: Work) -> list[Element]:
    return work.bound.root.of("Caption")


def test_captions_are_those_of_the_lists_in_their_order(work: Work) -> None:
    texts = [one.text for one in captions(work)]
    figures = [unspaced(one.label + one.caption) for one in work.edition.figures]
    tables = [unspaced(one.label + one.caption) for one in work.edition.tables]
    assert [text for text in texts if text in figures] == figures
    assert [text for text in texts if text in tables] == tables
    assert len(texts) == len(figures) + len(tables)


def test_a_figure_has_its_caption_below_it_on_the_same_page(work: Work) -> None:
    found = [one for one in work.bound.root.of("Div") if one.of("Caption")]
    assert len(found) == len(work.edition.figures)
    for figure in found:
        assert len(figure.pages) == 1
        (caption,) = figure.of("Caption")
        assert max(one.box[3] for one in figure.of("Figure")) <= caption.first.top


def test_a_table_has_its_caption_above_it_on_its_first_page(work: Work) -> None:
    found = [one for one in work.bound.root.of("Table") if one.of("Caption")]
    assert len(found) == len(work.edition.tables)
    for table in found:
        (caption,) = table.of("Caption")
        row = table.of("TR")[0]
        assert caption.pages == [row.first.page]
        assert max(char.bottom for char in caption.chars) <= row.first.top + 1


def test_a_table_that_goes_on_says_so_on_every_page(work: Work) -> None:
    for table in work.bound.root.of("Table"):
        name = unspaced("".join(one.text for one in table.of("Caption")))
        for page in table.pages[1:]:
            aside = unspaced(
                "".join(char.text for char in work.bound.pages[page - 1].chars if not char.is_content)
            )
            heads = "".join(one.text for one in table.of("TH") if one in table.of("THead")[0].of("TH"))
            assert aside.count(f"续{name}{heads}" if name else heads) == 1


def test_every_reference_names_what_it_leads_to(work: Work) -> None:
    in_lists = [id(link) for one in work.lists.values() for link in one.of("Link")]
    listed = {one.anchor: one.label for one in (*work.edition.figures, *work.edition.tables)}
    found = [
        (link.text, target.target)
        for link in work.bound.root.of("Link")
        for target in link.links[:1]
        if target.target in listed and id(link) not in in_lists
    ]
    references = [
        node for entry in work.edition.entries for node in walk(entry.body) if isinstance(node, Reference)
    ]
    assert sorted(found) == sorted((node.label, node.id) for node in references if node.id)
    assert all(listed[anchor] == label for label, anchor in found)


MENTION = re.compile(r"(?:见|如|由)(?:下|上)?((?:附表|图|表)\s?\d+)")


def test_no_text_speaks_of_a_figure_that_is_not_there(work: Work) -> None:
    labels = {one.label for one in (*work.edition.figures, *work.edition.tables)}
    mentioned = {unspaced(label) for label in MENTION.findall(work.bound.root.text)}
    assert mentioned <= labels


# Page breaks (11)


def test_no_heading_ends_a_page(work: Work) -> None:
    last = {char.page: char for char in printed_text(work)}
    assert [one.text for one in work.bound.root.of(*HEADINGS) if last_char(one) in last.values()] == []


def test_no_table_begins_with_a_caption_alone(work: Work) -> None:
    last = {char.page: char for char in printed_text(work)}
    found = [one for table in work.bound.root.of("Table") for one in table.of("Caption")]
    assert [one.text for one in found if last_char(one) in last.values()] == []


def test_no_source_begins_a_page(work: Work) -> None:
    first: dict[int, Char] = {}
    for char in printed_text(work):
        first.setdefault(char.page, char)
    found = [one for one in work.bound.root.of("P") if re.match(".{0,20}来源：", one.text)]
    assert [one.text for one in found if one.first in first.values()] == []


def printed_text(work: Work) -> list[Char]:
    return [char for char in outside_notes(work.bound.root) if char.text.strip()]


def last_char(element: Element) -> Char:
    return [char for char in element.chars if char.text.strip()][-1]


# Numbers (18)


ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def test_pages_are_numbered_without_a_gap(work: Work) -> None:
    numbers = [printed_number(work, page) for page in work.bound.pages]
    if work.is_report:
        front = 1 + sum(number in ROMAN for number in numbers)
        assert numbers[0] == numbers[-1] == ""
        assert numbers[1:front] == list(ROMAN[: front - 1])
        numbers = numbers[front:-1]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]


def test_a_body_begins_with_page_1(work: Work) -> None:
    first = next(one for one in work.sections if heading(one) not in LISTS)
    if work.is_report:
        parts = [column for column in work.edition.columns if column.code not in ("copyright", "foreword")]
        (first,) = (one for one in work.sections if heading(one) == unspaced(parts[0].entries[0].title))
    assert printed_number(work, work.bound.pages[first.first.page - 1]) == "1"


def printed_number(work: Work, page: Page) -> str:
    bottom = work.layout.bottom
    return "".join(
        char.text
        for char in page.chars
        if (char.x1 < bottom if page.is_turned else char.top > page.height - bottom) and not char.is_content
    ).strip("— ")


# Running heads (19)


def test_a_head_names_the_section_that_the_page_begins_in(work: Work) -> None:
    label = unspaced(issue_label(work.edition))
    sections = sections_by_page(work)
    wrong = [
        (page.number, right, sections[page.number])
        for page in work.bound.pages
        for left, right in [heads(work, page)]
        if not is_bare(work, page)
        and not (
            reads(left, work.edition.title)
            and reads(right, sections[page.number] if work.is_report else label + sections[page.number])
        )
    ]
    assert wrong == []


def test_covers_and_first_pages_have_no_head(work: Work) -> None:
    assert {heads(work, page) for page in work.bound.pages if is_bare(work, page)} == {("", "")}


def is_bare(work: Work, page: Page) -> bool:
    return page.number in ((1, len(work.bound.pages)) if work.is_report else (1,))


def sections_by_page(work: Work) -> dict[int, str]:
    """Return the heading of the section in which the first text of each page stands."""
    found: dict[int, str] = {}
    for section in work.sections:
        name = "" if heading(section) == "本期要目" else heading(section)
        for page in Element(type="", kids=tuple(outside_notes(section))).pages:
            found.setdefault(page, name)
    for page in range(1, len(work.bound.pages) + 1):
        found.setdefault(page, found.get(page - 1, ""))
    return found


def outside_notes(element: Element) -> Iterator[Char]:
    for kid in element.kids:
        if isinstance(kid, Char):
            yield kid
        elif kid.type != "Note":
            yield from outside_notes(kid)


def heads(work: Work, page: Page) -> tuple[str, str]:
    """Return what stands above the text, left and right; on a turned page it is at the right, and read downwards."""
    top, share = work.layout.top, 0.5 if work.is_report else 0.45
    middle = work.layout.side + share * work.layout.characters * work.layout.body - 1
    chars = [
        (char.top if page.is_turned else char.x0, char.text)
        for char in page.chars
        if not char.is_content and (char.x0 > page.width - top if page.is_turned else char.bottom < top)
    ]
    left = "".join(text for place, text in chars if place < middle)
    return unspaced(left), unspaced("".join(text for place, text in chars if place >= middle))


def reads(printed: str, whole: str) -> bool:
    whole = unspaced(whole)
    return printed == whole or (printed.endswith("…") and whole.startswith(printed[:-1]))


# Words


def test_every_word_is_there_once_in_its_order(work: Work) -> None:
    assert [lost for entry, text in articles(work) if (lost := not_in_order(entry, text))] == []


def articles(work: Work) -> list[tuple[list[tuple[str, bool]], str]]:
    """Return what each article should say, and what it says."""
    if work.is_report:
        found = [one for one in work.sections if heading(one) not in LISTS]
    else:
        found = work.bound.root.of("Art")
    entries = [(column, entry) for column in work.edition.columns for entry in column.entries]
    assert len(found) == len(entries)
    return [
        (pieces(work, column, entry), spoken(element))
        for (column, entry), element in zip(entries, found, strict=True)
    ]


def spoken(element: Element) -> str:
    """Return the text of an element without that of its pictures, without blanks and hyphens."""
    return plain("".join(char.text for char in outside_pictures(element)))


def outside_pictures(element: Element) -> Iterator[Char]:
    for kid in element.kids:
        if isinstance(kid, Char):
            yield kid
        elif kid.type != "Figure":
            yield from outside_pictures(kid)


def plain(text: str) -> str:
    return re.sub(r"[\s\u00ad‐−-]", "", text)


def not_in_order(expected: Sequence[tuple[str, bool]], text: str) -> str:
    """Return where a text leaves the pieces of which it should be made; text may pass figures and tables."""
    pending = [(piece, floats) for piece, floats in expected if piece]
    while pending:
        passed = False
        for index, (piece, floats) in enumerate(pending):
            if text.startswith(piece) and not (floats and passed):
                text = text.removeprefix(piece)
                del pending[index]
                break
            if not floats:
                return f"expected {piece[:40]}, found {text[:40]}"
            passed = True
        else:
            return f"expected {pending[0][0][:40]}, found {text[:40]}"
    return text


def pieces(work: Work, column: PrintedColumn, entry: Entry) -> list[tuple[str, bool]]:
    """Return the text of an article piece by piece, and of each whether others may pass it."""
    at_end = work.layout.columns > 1
    tags = [one.short_name for one in entry.industries]
    if work.is_report:
        around = [entry.title, entry.author or ""]
    else:
        around = [
            *(["全部产业"] if len(tags) == work.all_industries > 1 else tags),
            entry.title if entry.title != column.name else "",
        ]
    source = source_line(entry)
    if not work.is_report:
        source = (entry.author or "") + source
    notes = [f"{note.number}.{words(note.children, at_end)}" for note in entry.notes] if at_end else []
    return [
        *((plain(one), False) for one in around),
        *((plain(words([node], at_end)), isinstance(node, Figure | Table)) for node in entry.body),
        *((plain(one), False) for one in (*notes, source)),
    ]


def source_line(entry: Entry) -> str:
    if entry.source is None:
        return ""
    date = f"，{chinese_date(entry.source.date)}" if entry.source.date else ""
    return f"来源：{entry.source.name}{date}"


BULLETS = "•◦▪"


def words(nodes: Iterable[Node], at_end: bool, depth: int = 0) -> str:
    """Return what is printed of nodes."""
    return "".join(_words(node, at_end, depth) for node in nodes)


def _words(node: Node, at_end: bool, depth: int) -> str:
    inside = words(node.children, at_end, depth + isinstance(node, Bullets | Numbers))
    match node:
        case Bullets():
            mark = BULLETS[min(depth, 2)]
            return "".join(mark + words(item.children, at_end, depth + 1) for item in node.children)
        case Numbers():
            items = enumerate(node.children, node.start)
            return "".join(f"{number}.{words(item.children, at_end, depth + 1)}" for number, item in items)
        case Reference():
            return node.label
        case Note():
            return f"{node.number}" if at_end else f"{node.number}{node.number}{inside}"
        case Figure():
            return node.label + inside + (node.source or "")
        case Image():
            return "［图片待补］" if node.src == "待补" else ""
        case Table():
            return (node.label or "") + (node.caption if node.label else "") + inside + (node.source or "")
        case KeyFigures():
            return (node.title or "") + inside + (node.source or "")
        case KeyFigure():
            return node.label + node.value + node.unit + (node.note or "")
    return node.text + inside


def test_what_is_read_later_stands_later(work: Work) -> None:
    middle = work.layout.width / 2
    blocks = [block for one in work.sections for block in blocks_of(one)]
    backwards = [
        (before.text[:20], after.text[:20])
        for before, after in pairwise(blocks)
        if (before.first.page, before.first.top) > (after.first.page, after.first.top + 2)
        and not (
            work.layout.columns > 1
            and before.first.page == after.first.page
            and before.first.x0 < middle <= after.first.x0
        )
    ]
    assert backwards == []


def blocks_of(element: Element) -> Iterator[Element]:
    """Yield the blocks that stand one below the other."""
    for kid in element.kids:
        if isinstance(kid, Char) or not any(char.text.strip() for char in kid.chars):
            continue
        if kid.type in ("P", "Caption", "TR", "Figure", "LI", *HEADINGS):
            yield kid
        else:
            yield from blocks_of(kid)


def test_a_note_stands_on_the_page_of_its_call(work: Work) -> None:
    for parent in work.bound.root:
        kids = [kid for kid in parent.kids if isinstance(kid, Element)]
        for call, note in pairwise(kids):
            if note.type == "Note":
                assert note.first.page == call.first.page, note.text


def test_drawings_can_be_read_word_for_word(work: Work) -> None:
    figures = [one for one in work.bound.root.of("Div") if one.of("Caption")]
    nodes = [one for entry in work.edition.entries for one in entry.pictures if isinstance(one, Figure)]
    for figure, node in zip(figures, nodes, strict=True):
        drawn = drawn_words(work.pictures.get(node.src))
        text = "".join(one.text for one in figure.of("Figure"))
        assert [word for word in drawn if word not in text] == []
        assert not drawn or sorted(text) == sorted("".join(drawn))


def drawn_words(picture: Picture | None) -> list[str]:
    """Return what a drawing says, line by line."""
    if picture is None or picture.media_type != "image/svg+xml":
        return []
    lines = etree.fromstring(picture.content).iter("{*}text", "{*}tspan")
    return [unspaced(text) for line in lines for text in line.xpath("text()") if unspaced(text)]


# The page


def test_nothing_stands_outside_the_text(work: Work) -> None:
    outside = [
        (page.number, what, box)
        for page in work.bound.pages
        for what, box, may_be_above in boxes_of(page)
        if not is_inside(work.layout, page, box, may_be_above=may_be_above)
    ]
    assert outside == []


def boxes_of(page: Page) -> Iterator[tuple[str, tuple[float, float, float, float], bool]]:
    """Yield all that is seen and where; not running heads and page numbers, but the rules below the heads."""
    for char in page.chars:
        if char.is_content and char.text.strip():
            empty = 0.5 * (char.x1 - char.x0) if char.text in HALVED else 0
            yield char.text, (char.x0, char.top, char.x1 - empty, char.bottom), False
    for box in page.drawn:
        yield "drawn", box, True


def is_inside(
    layout: Layout, page: Page, box: tuple[float, float, float, float], *, may_be_above: bool
) -> bool:
    x0, top, x1, bottom = box
    if page.is_turned:
        x0, x1, top, bottom = top, bottom, page.width - x1, page.width - x0
    above = layout.top * 0.72 if page.number == 1 else layout.top
    is_end_mark = x1 - x0 < 0.55 * layout.body and bottom - top < 0.55 * layout.body
    right = layout.width - layout.side + (1.1 * layout.body if is_end_mark else 0)
    in_text = above - 1 <= top and bottom <= layout.height - layout.bottom + 1
    return (in_text or (may_be_above and bottom < above)) and layout.side - 1 <= x0 and x1 <= right + 1


def test_a_sample_is_small(printed: Path) -> None:
    for issue in SAMPLES:
        assert pdf_of(printed, issue).stat().st_size <= WEIGHT


# Texts of all lengths: columns and pages end everywhere in them


PAGES = {
    "one column": (PageSettings(), False),
    "two columns": (PageSettings(columns=2), False),
    "16K": (PageSettings(size="16K"), False),
    "16K in two columns": (PageSettings(size="16K", columns=2), False),
    "large print": (PageSettings(), True),
}


ARTICLES = 16


@pytest.fixture(scope="module")
def varied(fonts: FontSet, press: Press, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Work]:
    """The same articles on each kind of page."""
    folder = tmp_path_factory.mktemp("varied")
    source = Source(name="某报")
    issue = make_issue(
        *(make_article(body(Random(seed)), title=f"标题{seed}", source=source) for seed in range(ARTICLES))
    )
    edition, _ = compose(issue, ())
    tickets = {}
    for name, (page, large) in PAGES.items():
        layout = lay_out_page(page, Kind.BULLETIN, large=large)
        material = make_material(folder, fonts, layout)
        tickets[name] = layout, press.submit(print_job(edition, material))
    return {
        name: Work(
            edition=edition,
            layout=layout,
            all_industries=0,
            pictures={},
            bound=read_bound(write(folder / f"{name}.pdf", press.result(ticket))),
        )
        for name, (layout, ticket) in tickets.items()
    }


def make_material(folder: Path, fonts: FontSet, layout: Layout) -> Material:
    settings = make_workspace(folder / "快递").settings
    return Material(
        templates=Templates(template_folders(folder / "快递"), settings, ()),
        fonts=fonts,
        mail=settings.mail,
        layout=layout,
        pictures=PICTURES,
        drawings=folder,
    )


PICTURES = {
    f"assets/{height}.svg": Picture(
        name=f"assets/{height}.svg",
        content=f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="{height}"><rect width="300" height="{height}"/></svg>'.encode(),
        media_type="image/svg+xml",
        width=300,
        height=height,
    )
    for height in (200, 1200)
}


def body(random: Random) -> str:
    """Return an article whose sentences are all different."""
    sentence = (f"第{random.randrange(10**6)}句说明各地情况，" for _ in count())
    calls = count(1)

    def text(most: int) -> str:
        return "".join(islice(sentence, random.randint(1, most)))

    def block() -> str:
        match random.choices(range(8), weights=(8, 2, 1, 2, 2, 2, 1, 1))[0]:
            case 0:
                return f"{text(30)}完。"
            case 1:
                return "\n".join(f"- {text(6)}" for _ in range(random.randint(1, 6)))
            case 2:
                return "\n".join(f"{n}. {text(6)}\n   - {text(3)}" for n in range(1, random.randint(2, 5)))
            case 3:
                more = random.choice((0, 0, 0, 10))
                rows = "\n".join(
                    f"|{text(1)}|{text(4)}|{'|'.join([str(n)] * (more + 1))}|"
                    for n in range(random.choice((2, 5, 12, 40)))
                )
                head = f"|项|说明|数|{'数|' * more}\n|---|---|---|{'---|' * more}"
                return f"表：{text(1)}\n\n{head}\n{rows}"
            case 4:
                return f"![{text(1)}](assets/{random.choice((200, 200, 1200))}.svg)"
            case 5:
                call = next(calls)
                return f"{text(9)}有注[^{call}]。{text(9)}\n\n[^{call}]: {text(5)}"
            case 6:
                return f"{'#' * random.randint(1, 4)} {text(2)}\n\n{text(9)}"
            case _:
                return f"> {text(8)}"

    return "\n\n".join(block() for _ in range(random.randint(1, 9)))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    "holds",
    [
        test_every_word_is_there_once_in_its_order,
        test_what_is_read_later_stands_later,
        test_every_link_leads_somewhere,
        test_every_number_in_the_contents_is_that_of_the_page,
        test_a_figure_has_its_caption_below_it_on_the_same_page,
        test_a_table_has_its_caption_above_it_on_its_first_page,
        test_a_table_that_goes_on_says_so_on_every_page,
        test_no_heading_ends_a_page,
        test_no_table_begins_with_a_caption_alone,
        test_no_source_begins_a_page,
        test_a_note_stands_on_the_page_of_its_call,
        test_nothing_stands_outside_the_text,
        test_pages_are_numbered_without_a_gap,
    ],
)
def test_it_holds_wherever_pages_end(
    varied: dict[str, Work], name: str, holds: Callable[[Work], None]
) -> None:
    holds(varied[name])


def test_an_imprint_has_text_above_it_on_its_page(fonts: FontSet, press: Press, tmp_path: Path) -> None:
    material = make_material(tmp_path, fonts, lay_out_page(PageSettings(), Kind.BULLETIN))
    own = Imprint(recipients="各有关单位", editor="张三")
    issues = [make_issue(make_article("字" * 38 * lines), imprint=own) for lines in range(10, 26, 3)]
    tickets = [press.submit(print_job(compose(one, ())[0], material)) for one in issues]
    found = [read_bound(write(tmp_path / "page.pdf", press.result(ticket))) for ticket in tickets]
    assert {len(one.pages) for one in found} == {1, 2}
    for bound in found:
        (label,) = (one for one in bound.root.of("Lbl") if one.text == "编辑")
        assert label.first.page in [page for article in bound.root.of("Art") for page in article.pages]


# Notes


@pytest.fixture
def print_body(press: Press, tmp_path: Path) -> Callable[[str, str], Bound]:
    def print_body(body: str, css: str) -> Bound:
        style = f'html {{ font: 12pt/20pt "XC Song" }} body, p {{ margin: 0; orphans: 2; widows: 2 }} {css}'
        html = (
            f'<!doctype html><html lang="zh-CN"><title>标题</title><style>{style}</style><body>{body}</body>'
        )
        return read_bound(write(tmp_path / "page.pdf", press.result(press.submit(Job(html=html)))))

    return print_body


LINE = "一二三四五六七八九十"
NOTE = "<span class=note>注</span>"


@pytest.mark.parametrize("before", range(6))
def test_a_paragraph_does_not_send_the_notes_of_others_away(
    print_body: Callable[[str, str], Bound], before: int
) -> None:
    """A page of ten lines; the second line of the last paragraph would fit if the notes above it went."""
    body = f"<p>{LINE}{NOTE}<p>{NOTE}{LINE * before}<p>{LINE * 8}"
    bound = print_body(
        body, "@page { size: 120pt 200pt; margin: 0 } .note { float: footnote; footnote-policy: line }"
    )
    found = bound.root.of("Note")
    assert [note.first.page for note in found] == [call.first.page for call in bound.root.of("Reference")]
    assert len(found) == 2
    assert spoken(bound.root).count("十") == before + 9


def test_another_weasyprint_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    with caplog.at_level(logging.WARNING):
        assert not notes.install()
    assert caplog.messages == ["WeasyPrint 71.0 is not 70.*: notes may follow a page late"]


# What is cut off


def test_a_head_that_is_cut_off_ends_with_an_ellipsis_and_so_does_what_is_not(
    print_body: Callable[[str, str], Bound],
) -> None:
    head = f'@page {{ @top-left {{ content: "{LINE}"; width: 70pt; font: 12pt "XC Song"; {CUT_OFF} }} }}'
    bound = print_body("<p>上<p style='break-before: page'>待续……", head)
    for page in bound.pages:
        assert "".join(char.text for char in page.chars if not char.is_content) == "一二三四…"
    assert bound.root.text == "上待续……"


CUT_OFF = "white-space: nowrap; overflow: hidden; text-overflow: ellipsis"
