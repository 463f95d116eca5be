"""The volume on paper: printed once to see on which page each name stands, and again with those pages in its indexes."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pikepdf
from markupsafe import Markup

from xcbulletin.archive.volume.indexing import make_index, number_spans
from xcbulletin.archive.volume.mentions import (
    Mentioned,
    correction_anchor,
    source_anchor,
    with_mentions,
)
from xcbulletin.archive.volume.names import Companies, Subject
from xcbulletin.archive.volume.prefixing import prefixed
from xcbulletin.errors import PrintError
from xcbulletin.model import Industry, Issue
from xcbulletin.publishing.documents import Material
from xcbulletin.publishing.edition import Edition, Entry
from xcbulletin.publishing.figures import Picture, words_in
from xcbulletin.publishing.nodes import Figure
from xcbulletin.publishing.pages import chinese_date, issue_label
from xcbulletin.publishing.typesetting.press import PICTURE_SCHEME, Job, Press

_HEADING_BASE = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Chapter:
    """An issue, ready to be bound."""

    anchor: str
    heading: str
    """2021年第1期（总第37期）."""
    edition: Edition
    """Its places named as no other issue's."""
    html: Markup
    pictures: Mapping[str, tuple[str, bytes]]
    mentioned: tuple[Mentioned, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Volume:
    """What is bound into one PDF."""

    title: str
    """The masthead's."""
    year: int
    chapters: tuple[Chapter, ...]
    """In the order of their dates; at least one."""
    reports: tuple[Issue, ...]
    """Those of the year, which are listed only."""
    industries: tuple[Industry, ...]

    @property
    def numbers(self) -> str:
        """The numbers of its issues: 第1—12期（总第37—48期）; empty where they have none."""
        editions = [chapter.edition for chapter in self.chapters]
        numbers = number_spans(one.number for one in editions if one.number is not None)
        totals = number_spans(one.total_number for one in editions if one.total_number is not None)
        return (f"第{numbers}期" if numbers else "") + (f"（总第{totals}期）" if totals else "")

    @property
    def whole(self) -> Edition:
        """All of it as one edition, for what templates want to know of an edition."""
        newest = self.chapters[-1].edition
        return replace(
            newest,
            title=self.title,
            subtitle=None,
            number=None,
            total_number=None,
            columns=tuple(column for chapter in self.chapters for column in chapter.edition.columns),
        )


def make_chapter(edition: Edition, material: Material, companies: Companies) -> Chapter:
    """Return an issue's edition as a chapter. Raises TemplateFailedError, ChartError."""
    shown = {**material.pictures, **material.charts(edition)}

    def words(figure: Figure) -> str:
        return words_in(shown[figure.src]) if figure.src in shown else ""

    own, mentioned = with_mentions(prefixed(edition), companies, words)
    names = {address: f"{edition.id}:{number}" for number, address in enumerate(shown)}
    heading = issue_label(edition) or f"{edition.title}（{chinese_date(edition.date)}）"
    html = material.templates.render(
        "volume/issue.html",
        own,
        blocks="volume/blocks.html",
        picture=lambda node: PICTURE_SCHEME + names[node.src],
        anchor=edition.id,
        heading=heading,
        source_anchor=source_anchor,
        correction_anchor=correction_anchor,
        heading_base=_HEADING_BASE,
        notes_at_end=material.layout.columns > 1,
        page=material.layout,
    )
    return Chapter(
        anchor=edition.id,
        heading=heading,
        edition=own,
        html=Markup(html),
        pictures={names[address]: _content(picture) for address, picture in shown.items()},
        mentioned=mentioned,
    )


def print_volume(volume: Volume, material: Material, press: Press) -> bytes:
    """Return the PDF of a volume. Raises TemplateFailedError, PrintError."""
    pages = pages_of(press.result(press.submit(volume_job(volume, material, {}))))
    anchors = {one.anchor for chapter in volume.chapters for one in chapter.mentioned}
    if lost := sorted(anchors - pages.keys()):
        raise PrintError(f"合订本里没有印出索引要指的位置（{lost[0]}）；{_TEMPLATES}")
    pdf = press.result(press.submit(volume_job(volume, material, pages)))
    # The indexes stand last, so that what they need moves nothing.
    after = pages_of(pdf)
    if moved := sorted(anchor for anchor in anchors if after.get(anchor) != pages[anchor]):
        raise PrintError(f"排入索引后，正文换了页（{moved[0]}），索引的页码会印错；{_TEMPLATES}")
    return pdf


_TEMPLATES = "多半是 templates/volume/ 里的模板改过：请改回原样，或删去改过的文件以改用程序自带的模板"


def volume_job(volume: Volume, material: Material, pages: Mapping[str, int]) -> Job:
    """Return a volume for the press; `pages` are those of its places, as far as they are known."""
    mentioned = [one for chapter in volume.chapters for one in chapter.mentioned]
    indexes = [make_index(subject, mentioned, pages) for subject in Subject]
    html = material.templates.render(
        "volume/print.html",
        volume.whole,
        blocks="volume/blocks.html",
        picture=lambda node: node.src,
        volume=volume,
        by_industry=_by_industry(volume),
        indexes=[index for index in indexes if index.groups],
        page=material.layout,
    )
    return Job(
        html=html,
        pictures={name: one for chapter in volume.chapters for name, one in chapter.pictures.items()},
    )


def _by_industry(volume: Volume) -> tuple[tuple[Industry, tuple[tuple[Chapter, Entry], ...]], ...]:
    """Return the articles of each industry that has any, each with its issue."""
    shelves = (
        (
            industry,
            tuple(
                (chapter, entry)
                for chapter in volume.chapters
                for entry in chapter.edition.entries
                if industry in entry.industries
            ),
        )
        for industry in volume.industries
    )
    return tuple((industry, articles) for industry, articles in shelves if articles)


def pages_of(pdf: bytes) -> dict[str, int]:
    """Return the number of the page that each named place of a PDF is on; pages without Arabic numbers are left out."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        numbers = {page.obj.objgen: str(page.label) for page in opened.pages}
        names = list(opened.Root.Names.Dests.Names)
        places = zip(map(str, names[::2]), (place[0].objgen for place in names[1::2]), strict=True)
        return {name: int(numbers[page]) for name, page in places if numbers[page].isdecimal()}


def _content(picture: Picture) -> tuple[str, bytes]:
    return picture.media_type, picture.content
