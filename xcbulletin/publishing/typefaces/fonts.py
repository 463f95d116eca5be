"""The printing fonts as the rest of the house uses them: where they are, what they can draw, and nothing else's.

Making them is the type foundry's work (`xcbulletin fonts`); this module imports the standard library only.
"""

import hashlib
import html
import json
import os
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xcbulletin.errors import FontError
from xcbulletin.workspace import user_cache

Ranges = tuple[tuple[int, int], ...]

FAMILIES = ("XC Song", "XC Song Ext", "XC Hei", "XC Hei Ext", "XC Kai", "XC Fang")

RECIPE_FILE = "recipe.txt"
_RECIPE = ("cutting.py", "faces.py", "licences.py", "typefoundry.py", "tgh_beyond_gb2312.txt")
_FALLBACKS = {
    "XC Song": ("XC Song Ext",),
    "XC Hei": ("XC Hei Ext",),
    "XC Kai": ("XC Song", "XC Song Ext"),
    "XC Fang": ("XC Song", "XC Song Ext"),
}
_GENERIC = {
    "serif": "XC Song",
    "sans-serif": "XC Hei",
    "monospace": "XC Hei",
    "cursive": "XC Kai",
    "fangsong": "XC Fang",
}
_LAST_RESORT = (
    '  <match target="pattern"><edit name="family" mode="append_last">'
    f"{''.join(f'<string>{family}</string>' for family in FAMILIES)}</edit></match>\n"
)
_INVISIBLE = {"Cf", "Zl", "Zp"}  # joiners and U+200B, line and paragraph separators


@dataclass(frozen=True, kw_only=True, slots=True)
class FontSet:
    """A folder of prepared fonts, found complete."""

    directory: Path
    digest: str  # of the list of checksums: changes when any font does
    coverage: Mapping[str, Ranges]  # for each family the code points it draws in every weight

    def missing(self, text: str, families: Sequence[str] = FAMILIES) -> tuple[str, ...]:
        """Return the characters, each once and in order, that none of the families can draw."""
        chain = [self.coverage[family] for family in families if family in self.coverage]
        seen = dict.fromkeys(text)
        return tuple(char for char in seen if not _is_covered(ord(char), chain) and _is_visible(char))

    def subset(self, face: str, text: str) -> bytes:
        """Return a face (`XCSong-Regular`) cut to the characters of `text`, as TrueType; the same bytes every time."""
        import uharfbuzz as hb

        path = self.directory / f"{face}.ttf"
        if not path.is_file():
            raise FontError(f"没有名为“{face}”的字体（{self.directory}）")
        wanted = hb.SubsetInput()
        wanted.unicode_set.clear()
        wanted.unicode_set.update(sorted(set(map(ord, text))))
        wanted.layout_feature_tag_set.clear()
        wanted.layout_feature_tag_set.invert()  # nothing turned inside out: every feature
        wanted.name_id_set.update((0, 1, 2, 4, 6, 13, 14))
        wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_BIDI_CLOSURE
        cut: bytes = hb.subset(hb.Face(hb.Blob.from_file_path(str(path))), wanted).blob.data
        return cut

    def write_fontconfig(self, folder: Path) -> Path:
        """Write a FontConfig file that knows these fonts only, with a cache of its own; return its path.

        To be set as FONTCONFIG_FILE before Pango starts: then no font or setting of the machine gets in.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder.resolve() / "fonts.conf"
        content = _fontconfig(self.directory.resolve(), path.with_name("fontconfig-cache"))
        if not path.is_file() or path.read_text(encoding="utf-8") != content:
            temporary = path.with_name(f".{path.name}.{os.getpid()}")
            temporary.write_text(content, encoding="utf-8")
            temporary.replace(path)
        return path


def load_fonts(directory: Path | None = None) -> FontSet:
    """Return the prepared fonts; raises FontError with the remedy if they are absent or damaged."""
    directory = directory or fonts_directory()
    if not (directory / "SHA256SUMS").is_file():
        raise _absent(directory)
    if made_by(directory) != recipe_digest():
        raise _outdated(directory)
    try:
        _check_sizes(directory)
        return FontSet(
            directory=directory,
            digest=hashlib.sha256((directory / "SHA256SUMS").read_bytes()).hexdigest(),
            coverage=_read_coverage(directory),
        )
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise _damaged(directory, f"读不出来：{error}") from error


def fonts_directory() -> Path:
    """Return where the fonts are or should be: $XCBULLETIN_FONTS, or a cache folder that names the recipe."""
    chosen = os.environ.get("XCBULLETIN_FONTS")
    if chosen:
        return Path(chosen).expanduser()
    return user_cache() / "fonts" / recipe_digest()


def fonts_digest() -> str:
    """Return a digest of the prepared fonts: of their list of checksums, or of nothing where there is none."""
    sums = fonts_directory() / "SHA256SUMS"
    return hashlib.sha256(sums.read_bytes() if sums.is_file() else b"").hexdigest()


def recipe_digest() -> str:
    """Return a short digest of how the fonts are made: pinned packages, faces, characters and code."""
    digest = hashlib.sha256()
    for name in _RECIPE:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:12]


def made_by(directory: Path) -> str | None:
    """Return the digest of the recipe by which a folder's fonts were made, None where it does not say."""
    try:
        return (directory / RECIPE_FILE).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None


def stack(family: str) -> tuple[str, ...]:
    """Return a family and those that draw what it has not, as a `font-family` list should name them."""
    return (family, *_FALLBACKS.get(family, ()))


def _check_sizes(directory: Path) -> None:
    """A cheap check for every start: the files of the list are there with the size they were made with."""
    sizes: dict[str, int] = json.loads((directory / "sizes.json").read_bytes())
    for name, size in sizes.items():
        path = directory / name
        if not path.is_file():
            raise _damaged(directory, f"缺少 {name}")
        if path.stat().st_size != size:
            raise _damaged(directory, f"{name} 的大小不对")


def _absent(directory: Path) -> FontError:
    neighbours = sorted(found.parent for found in directory.parent.glob("*/SHA256SUMS"))
    earlier = [neighbour for neighbour in neighbours if made_by(neighbour) != recipe_digest()]
    if earlier:
        return _outdated(earlier[-1])
    return FontError(f"没有找到排版用的字体（{directory}）。请先运行 xcbulletin fonts")


def _outdated(directory: Path) -> FontError:
    return FontError(
        f"程序更新了，字体也要重新准备（{directory} 里的是按以前的做法准备的）。请先运行 xcbulletin fonts"
    )


def _damaged(directory: Path, what: str) -> FontError:
    return FontError(f"排版用的字体不完整（{directory}）：{what}。请先运行 xcbulletin fonts")


def _read_coverage(directory: Path) -> dict[str, Ranges]:
    families = json.loads((directory / "coverage.json").read_bytes())
    return {family: tuple((first, last) for first, last in ranges) for family, ranges in families.items()}


def _is_visible(character: str) -> bool:
    return (
        character not in "\t\n\r"
        and unicodedata.category(character) not in _INVISIBLE
        and not _is_variation_selector(ord(character))
    )


def _is_variation_selector(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


def _is_covered(code: int, chain: Iterable[Ranges]) -> bool:
    return any(_contains(ranges, code) for ranges in chain)


def _contains(ranges: Ranges, code: int) -> bool:
    place = bisect_right(ranges, (code, 0x110000))
    return place > 0 and ranges[place - 1][1] >= code


def _fontconfig(fonts: Path, cache: Path) -> str:
    aliases = "".join(_alias(generic, "prefer", stack(family)) for generic, family in _GENERIC.items())
    aliases += "".join(_alias(family, "accept", others) for family, others in _FALLBACKS.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
        "<fontconfig>\n"
        f"  <dir>{html.escape(str(fonts))}</dir>\n"
        f"  <cachedir>{html.escape(str(cache))}</cachedir>\n"
        f"{aliases}"
        f"{_LAST_RESORT}"
        "</fontconfig>\n"
    )


def _alias(name: str, place: str, families: Iterable[str]) -> str:
    listed = "".join(f"<family>{family}</family>" for family in families)
    return f'  <alias binding="same"><family>{name}</family><{place}>{listed}</{place}></alias>\n'
