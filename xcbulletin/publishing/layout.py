"""The page: how large its body text is, and how many characters stand in a line.

A line holds a whole number of ems, so that one of Han alone is full without being opened (CLREQ 2.3.2).
"""

from dataclasses import dataclass

from xcbulletin.model import Kind
from xcbulletin.settings import PageSettings

_MILLIMETRE = 72 / 25.4
_SIZES = {"A4": (210, 297, 24), "16K": (184, 260, 18.5)}
"""Width, height and narrowest side margin in millimetres: A4 of GB/T 148, and the trim of book printers' 16K."""
_BODY, _BODY_IN_COLUMNS, _BODY_LARGE = 12.0, 10.5, 16.0
"""小四, 五号 and 三号 in points."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A printed page; lengths in points."""

    width: float
    height: float
    body: float
    """Size of the body text; a line of it is 1.75 times as high."""
    characters: int
    """How many ems of body text stand in a line across the page."""
    columns: int
    large: bool
    typeface: str
    """Of the body: song or fangsong."""

    @property
    def side(self) -> float:
        """The margin to the left and to the right."""
        return (self.width - self.characters * self.body) / 2

    @property
    def text_height(self) -> float:
        """The height of the text: a whole number of lines, with 53 mm or little more for both margins."""
        line = 1.75 * self.body
        return int((self.height - 53 * _MILLIMETRE) / line) * line

    @property
    def chart_height(self) -> float:
        """The height of the highest chart: caption and source have room below it."""
        return self.text_height * 0.88

    @property
    def top(self) -> float:
        """The margin above, a little wider than the one below."""
        return (self.height - self.text_height) * 0.52

    @property
    def bottom(self) -> float:
        """The margin below."""
        return self.height - self.text_height - self.top


def lay_out_page(page: PageSettings, kind: Kind, *, large: bool = False) -> Layout:
    """Return the layout of a page. Large print has one column, and so has a report."""
    width, height, margin = (length * _MILLIMETRE for length in _SIZES[page.size])
    columns = 1 if large or kind is Kind.REPORT else page.columns
    body = _BODY_LARGE if large else _BODY_IN_COLUMNS if columns > 1 else _BODY
    characters = int((width - 2 * margin) / body)
    return Layout(
        width=width,
        height=height,
        body=body,
        characters=characters - characters % columns,
        columns=columns,
        large=large,
        typeface=page.typeface,
    )
