"""What the foundry makes: from which packages, which faces, and which characters go into each.

The families get names of our own, because the Open Font License reserves "Source" and "LXGW".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from xcbulletin.publishing.typefaces.packages import Package

NOTO = Package(
    name="fonts-noto-cjk",
    version="1:20220127+repack1-1",
    sha256="4a2515eb6db3978b897fef9709ed0d2b1f4c6c4df4d83d6c4ef65f71f1b1f502",
    megabytes=57,
    licence="SIL Open Font License, Version 1.1",
    licence_files=("usr/share/doc/fonts-noto-cjk/copyright",),
)
WENKAI = Package(
    name="fonts-lxgw-wenkai",
    version="1.250+repack-1",
    sha256="6d1e4c4aac78ad32062aefa2c836ee4d6e58f9dcf8b3f4407c9eefe304615318",
    megabytes=52,
    licence="SIL Open Font License, Version 1.1",
    licence_files=("usr/share/doc/fonts-lxgw-wenkai/copyright",),
)
FANDOL = Package(
    name="texlive-lang-chinese",
    version="2022.20230122-1",
    sha256="9cfa07bd44e7b9098e26f0ecac1b5ad210d2249d474c8074d53de92d650b0ec0",
    megabytes=49,
    licence="GNU General Public License, Version 3, with the font exception",
    licence_files=(
        "usr/share/doc/texlive-doc/fonts/fandol/README",
        "usr/share/doc/texlive-doc/fonts/fandol/COPYING.gz",
    ),
)
PACKAGES = (NOTO, WENKAI, FANDOL)


class Repertoire(StrEnum):
    """Which characters a face draws."""

    FULL = "the hanzi in use, and everything else a page prints"
    RARE = "the hanzi beyond those in use"
    CHINESE = "the hanzi in use and the marks among them; Latin and figures are left to the next family"
    HANZI = "the hanzi in use; marks, Latin, figures and symbols are left to the next family"


@dataclass(frozen=True, kw_only=True, slots=True)
class Face:
    """A font file to make: what it is called, and which glyphs of which source go into it."""

    family: str
    weight: int
    package: Package
    source: str
    index: int = 0
    repertoire: Repertoire = Repertoire.FULL
    borrowed: str = ""
    """Characters that XC Song draws better."""
    blank: int | None = None
    """Width of a blank in thousandths of an em, where the source's own does not fit."""
    rise: int = 0
    """Thousandths of an em by which the outlines move up, to stand level with the other families."""

    @property
    def style(self) -> str:
        """The style name that goes with the weight."""
        return "Bold" if self.weight == 700 else "Regular"

    @property
    def file_name(self) -> str:
        """Such as `XCSong-Regular.ttf`."""
        return f"{self.family.replace(' ', '')}-{self.style}.ttf"


_NOTO_FOLDER = "usr/share/fonts/opentype/noto"
SERIF, _SERIF_BOLD = f"{_NOTO_FOLDER}/NotoSerifCJK-Regular.ttc", f"{_NOTO_FOLDER}/NotoSerifCJK-Bold.ttc"
_SANS, _SANS_BOLD = f"{_NOTO_FOLDER}/NotoSansCJK-Regular.ttc", f"{_NOTO_FOLDER}/NotoSansCJK-Bold.ttc"
_KAI = "usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf"
_FANG = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolFang-Regular.otf"
SC = 2  # the simplified Chinese face of Noto's collections

# The longest work first, so that two processes end together.
FACES = (
    Face(family="XC Song Ext", weight=400, package=NOTO, source=SERIF, index=SC, repertoire=Repertoire.RARE),
    Face(family="XC Hei Ext", weight=400, package=NOTO, source=_SANS, index=SC, repertoire=Repertoire.RARE),
    Face(family="XC Song", weight=400, package=NOTO, source=SERIF, index=SC),
    Face(family="XC Song", weight=700, package=NOTO, source=_SERIF_BOLD, index=SC),
    Face(family="XC Hei", weight=400, package=NOTO, source=_SANS, index=SC),
    Face(family="XC Hei", weight=700, package=NOTO, source=_SANS_BOLD, index=SC),
    # Of this one the hanzi only: its ￥ is a dollar sign, its ……, ～ and 〇 are too short, its Latin is coarse.
    # No glyph of Noto's is put into it either, for the GPL and the OFL do not mix in one font.
    Face(
        family="XC Fang",
        weight=400,
        package=FANDOL,
        source=_FANG,
        repertoire=Repertoire.HANZI,
        blank=256,
        rise=72,
    ),
    # Its quotation marks are a third of an em wide, its figures and letters nearly as wide as its hanzi.
    Face(
        family="XC Kai",
        weight=400,
        package=WENKAI,
        source=_KAI,
        repertoire=Repertoire.CHINESE,
        borrowed="“”‘’",
        blank=256,
    ),
)

_HANZI = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
_OTHER = (
    (0x0020, 0x10FF),  # Latin, Greek, Cyrillic
    (0x1E00, 0x2E7F),  # more of them, punctuation, superscripts, symbols, arrows, boxes, circled numbers
    (0x2FF0, 0x312F),  # CJK punctuation, kana, bopomofo
    (0x3190, 0x31FF),
    (0x3220, 0x325F),  # ㈠ ㉑
    (0x3280, 0x33FF),  # ㊀ ㊿ ㎡
    (0xFE10, 0xFF9F),  # full-width forms
    (0xFFE0, 0xFFEE),
)
_LATIN = ((0x0021, 0x009F), (0x00A1, 0x1FFF), (0x2070, 0x209F))
"""Letters, figures, and the small figures among them."""
_SPACES = "\u0020\u00a0\u3000"  # Pango sets a blank in the font of the character before it


def files_wanted(package: Package) -> frozenset[str]:
    """Return the files of a package that fonts and licences are made from."""
    return frozenset(package.licence_files) | {face.source for face in FACES if face.package == package}


def characters(repertoire: Repertoire) -> set[int]:
    """Return the code points that a face may draw, if its source has them."""
    match repertoire:
        case Repertoire.FULL:
            return _hanzi_in_use() | _within(_OTHER)
        case Repertoire.RARE:
            return (_within(_HANZI) - _hanzi_in_use()) | set(map(ord, _SPACES))
        case Repertoire.CHINESE:
            return (_hanzi_in_use() | _within(_OTHER) | set(map(ord, _SPACES))) - _within(_LATIN)
        case Repertoire.HANZI:
            return _hanzi_in_use() | set(map(ord, _SPACES))


def _hanzi_in_use() -> set[int]:
    """GB 2312, and what 通用规范汉字表 (2013, 8105 characters) has beyond it."""
    beyond = Path(__file__).with_name("tgh_beyond_gb2312.txt").read_text(encoding="utf-8")
    pairs = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return {ord(character) for pair in pairs for character in pair.decode("gb2312", "ignore")} | {
        ord(character) for character in beyond if not character.isspace()
    }


def _within(ranges: Iterable[tuple[int, int]]) -> set[int]:
    return {code for first, last in ranges for code in range(first, last + 1)}
