"""The type foundry: makes the printing fonts from two Debian packages, once a machine, the same bytes everywhere.

The sources are pinned by version and SHA-256. Their CFF outlines become TrueType ones: WeasyPrint
embeds CFF with twice the memory and twice the size (facts/typesetting.md 3.2), and rebuilds WOFF2 in minutes.
The families get names of our own, because the Open Font License reserves "Source" and "LXGW".
"""

import asyncio
import hashlib
import io
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from xcbulletin.errors import FontError

Report = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """A Debian package, exactly this version with exactly these bytes."""

    name: str
    version: str
    sha256: str

    @property
    def pinned(self) -> str:
        """The package as apt-get wants it named."""
        return f"{self.name}={self.version}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Face:
    """A font file to make: what it is called, and which glyphs of which source go into it."""

    family: str
    weight: int
    package: Package
    source: str
    index: int = 0
    extension: bool = False  # only the hanzi that the family's core face leaves out
    quotes_from: str | None = None

    @property
    def style(self) -> str:
        """The style name that goes with the weight."""
        return "Bold" if self.weight == 700 else "Regular"

    @property
    def file_name(self) -> str:
        """Such as `XCSong-Regular.ttf`."""
        return f"{self.family.replace(' ', '')}-{self.style}.ttf"


NOTO = Package(
    name="fonts-noto-cjk",
    version="1:20220127+repack1-1",
    sha256="4a2515eb6db3978b897fef9709ed0d2b1f4c6c4df4d83d6c4ef65f71f1b1f502",
)
WENKAI = Package(
    name="fonts-lxgw-wenkai",
    version="1.250+repack-1",
    sha256="6d1e4c4aac78ad32062aefa2c836ee4d6e58f9dcf8b3f4407c9eefe304615318",
)
PACKAGES = (NOTO, WENKAI)

_NOTO_FOLDER = "usr/share/fonts/opentype/noto"
_SERIF, _SERIF_BOLD = f"{_NOTO_FOLDER}/NotoSerifCJK-Regular.ttc", f"{_NOTO_FOLDER}/NotoSerifCJK-Bold.ttc"
_SANS, _SANS_BOLD = f"{_NOTO_FOLDER}/NotoSansCJK-Regular.ttc", f"{_NOTO_FOLDER}/NotoSansCJK-Bold.ttc"
_KAI = "usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf"
_SC = 2  # the simplified Chinese face of the collections

# The longest work first, so that two processes end together.
FACES = (
    Face(family="XC Song Ext", weight=400, package=NOTO, source=_SERIF, index=_SC, extension=True),
    Face(family="XC Hei Ext", weight=400, package=NOTO, source=_SANS, index=_SC, extension=True),
    Face(family="XC Song", weight=400, package=NOTO, source=_SERIF, index=_SC),
    Face(family="XC Song", weight=700, package=NOTO, source=_SERIF_BOLD, index=_SC),
    Face(family="XC Hei", weight=400, package=NOTO, source=_SANS, index=_SC),
    Face(family="XC Hei", weight=700, package=NOTO, source=_SANS_BOLD, index=_SC),
    Face(family="XC Kai", weight=400, package=WENKAI, source=_KAI, quotes_from=_SERIF),
)

_FEATURES = ("calt", "ccmp", "chws", "fwid", "halt", "hwid", "kern", "liga", "mark", "mkmk", "palt", "pwid")
_LEGAL_NAMES = (0, 13, 14)  # copyright, licence, where the licence is
_TABLES_TO_DROP = ("BASE", "VORG", "gasp", "vhea", "vmtx")  # upright setting and hinting: we do neither
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
_SPACES = "\u0020\u00a0\u3000"  # Pango sets a blank in the font of the character before it
_QUOTES = "“”‘’"
_FIGURES = "0123456789+−=()"
_SUPERSCRIPTS, _SUBSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"

_LISTS = ("coverage.json", "sizes.json", "SHA256SUMS")

# One ascent and descent for all families, or a line with two of them would sit lower than its neighbours.
_ASCENT, _DESCENT = 1160, -288

_REMEDY = "也可以在一台 Debian 12 机器上运行 xcbulletin fonts，把做好的文件夹复制过来，并让环境变量 XCBULLETIN_FONTS 指向它。"


def prepare(destination: Path, report: Report) -> None:
    """Make the fonts in `destination`, all of them or none; what is there and sound is left alone.

    Needs Debian's apt-get and dpkg-deb and about 110 MB from its archive; raises FontError with a remedy.
    """
    if _is_sound(destination):
        report(f"字体已经就绪：{destination}")
        return
    started = time.monotonic()
    try:
        _refuse_foreign(destination)
        destination.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".xcbulletin-fonts-", dir=destination.parent) as folder:
            _prepare_in(Path(folder), destination, report)
    except OSError as error:
        raise FontError(f"无法准备字体（{destination}）：{error}。{_REMEDY}") from error
    report(f"字体做好了，用时 {time.monotonic() - started:.0f} 秒：{destination}")


def _prepare_in(folder: Path, destination: Path, report: Report) -> None:
    sources, made = folder / "sources", folder / "fonts"
    sources.mkdir()
    made.mkdir(mode=0o755)
    _fetch(PACKAGES, sources, report)
    _make_faces(sources, made, report)
    _write_licences(sources, made)
    _write_lists(made)
    _install(made, destination, folder)


# Getting the packages ------------------------------------------------------------------------------


def _fetch(packages: Sequence[Package], folder: Path, report: Report) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise FontError(f"这台机器没有 apt-get 和 dpkg-deb，取不到字体软件包。{_REMEDY}")
    report(f"下载字体软件包：{'，'.join(package.pinned for package in packages)}")
    _download(packages, folder)
    for package in packages:
        archive = _archive(package, folder)
        _check(package, archive)
        _run(["dpkg-deb", "-x", str(archive), str(folder)], folder)
        archive.unlink()


def _download(packages: Sequence[Package], folder: Path) -> None:
    download = ["apt-get", "download", "-q", *(package.pinned for package in packages)]
    try:
        _run(download, folder)
    except FontError:
        if os.geteuid() != 0:
            raise
        _run(["apt-get", "update", "-q"], folder)
        _run(download, folder)


def _run(command: Sequence[str], folder: Path) -> None:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (
            " ".join(line for line in done.stderr.splitlines() if line.startswith("E:"))
            or done.stderr.strip()
        )
        raise FontError(
            f"“{' '.join(command)}” 没有成功：{said}\n"
            f"请检查网络和软件源（需要 Debian 12 的 main），以 root 运行 apt-get update 后再试。{_REMEDY}"
        )


def _archive(package: Package, folder: Path) -> Path:
    found = sorted(folder.glob(f"{package.name}_*.deb"))
    if len(found) != 1:
        raise FontError(f"apt-get 没有留下软件包 {package.pinned}。{_REMEDY}")
    return found[0]


def _check(package: Package, archive: Path) -> None:
    digest = _sha256(archive)
    if digest != package.sha256:
        raise FontError(
            f"软件包 {package.pinned} 与登记的不符：SHA-256 应为 {package.sha256}，实为 {digest}。"
            f"请换一个软件源再试。{_REMEDY}"
        )


# Making the faces ----------------------------------------------------------------------------------


def _make_faces(sources: Path, made: Path, report: Report) -> None:
    with _two_processes() as pool:
        futures = {pool.submit(make_face, face, sources, made): face for face in FACES}
        for future in as_completed(futures):
            face = futures[future]
            report(f"做好 {face.family} {face.weight}（{future.result():.1f} 秒）")


def _two_processes() -> Executor:
    try:
        # Fresh processes, not forked ones: whoever calls may have threads (a progress display).
        return ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    except OSError:  # no shared semaphores, as in a container without /dev/shm
        return ThreadPoolExecutor(1)


def make_face(face: Face, sources: Path, made: Path) -> float:
    """Make one font file from the unpacked packages; return the seconds it took."""
    from fontTools.ttLib import TTFont

    started = time.monotonic()
    data, localised, outlines = _subset(face, sources / face.source)
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    if "CFF " in font:
        _convert_outlines(font, outlines)
    _use_localised_forms(font, localised)
    if face.quotes_from:
        _take_glyphs(font, _QUOTES, sources / face.quotes_from)
    if not face.extension:
        _add_small_figures(font)
    _name(font, face)
    _level(font, face)
    target = made / face.file_name
    font.save(target)
    if not face.extension:
        _add_contextual_spacing(target)
    return time.monotonic() - started


def _subset(face: Face, source: Path) -> tuple[bytes, dict[int, int], Any]:
    """Return the cut font, its code points with a simplified Chinese form (new glyph ids), and its HarfBuzz font."""
    import uharfbuzz as hb

    whole = hb.Face(hb.Blob.from_file_path(str(source)), face.index)
    characters = _characters(face, set(whole.unicodes))
    localised = _localised_forms(hb.Font(whole), characters)
    wanted = hb.SubsetInput()
    wanted.unicode_set.clear()
    wanted.unicode_set.update(sorted(characters))
    wanted.glyph_set.update(sorted(localised.values()))
    wanted.layout_feature_tag_set.clear()
    wanted.layout_feature_tag_set.update(map(_tag, _FEATURES))
    wanted.name_id_set.update(_LEGAL_NAMES)
    wanted.drop_table_tag_set.update(map(_tag, _TABLES_TO_DROP))
    wanted.flags = (
        hb.SubsetFlags.NO_HINTING
        | hb.SubsetFlags.DESUBROUTINIZE
        | hb.SubsetFlags.NOTDEF_OUTLINE
        | hb.SubsetFlags.NO_BIDI_CLOSURE
    )
    plan = hb.SubsetPlan(whole, wanted)
    new_ids = plan.old_to_new_glyph_mapping
    cut = plan.execute()
    return cut.blob.data, {code: new_ids[glyph] for code, glyph in localised.items()}, hb.Font(cut)


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")


def _characters(face: Face, available: set[int]) -> set[int]:
    core = _core_hanzi()
    if face.extension:
        return available & ((_within(_HANZI) - core) | set(map(ord, _SPACES)))
    return available & (core | _within(_OTHER))


def _core_hanzi() -> set[int]:
    """GB 2312, and what 通用规范汉字表 (2013, 8105 characters) has beyond it."""
    beyond = Path(__file__).with_name("tgh_beyond_gb2312.txt").read_text(encoding="utf-8")
    pairs = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return {ord(character) for pair in pairs for character in pair.decode("gb2312", "ignore")} | {
        ord(character) for character in beyond if not character.isspace()
    }


def _within(ranges: Iterable[tuple[int, int]]) -> set[int]:
    return {code for first, last in ranges for code in range(first, last + 1)}


def _localised_forms(font: Any, characters: Iterable[int]) -> dict[int, int]:
    """Return the glyphs that simplified Chinese text has in place of the nominal ones, such as the full-width —."""
    import uharfbuzz as hb

    forms = {}
    for code in sorted(characters):
        buffer = hb.Buffer()
        buffer.add_codepoints([code])
        buffer.direction, buffer.script, buffer.language = "ltr", "Hani", "zh-Hans"
        hb.shape(font, buffer, {"ccmp": False})
        glyphs = [info.codepoint for info in buffer.glyph_infos]
        if len(glyphs) == 1 and glyphs[0] != font.get_nominal_glyph(code):
            forms[code] = glyphs[0]
    return forms


def _use_localised_forms(font: Any, forms: dict[int, int]) -> None:
    """Put them into the character map: right without a language tag, and `locl` with its variants can go."""
    order = font.getGlyphOrder()
    for table in _character_maps(font):
        table.cmap.update({code: order[glyph] for code, glyph in forms.items() if code in table.cmap})


def _character_maps(font: Any) -> list[Any]:
    return [table for table in font["cmap"].tables if table.isUnicode() and table.format != 14]


def _convert_outlines(font: Any, outlines: Any) -> None:
    """Replace the cubic outlines by quadratic ones, off by at most a thousandth of an em."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.ttLib import newTable

    order = font.getGlyphOrder()
    glyphs = font["glyf"] = newTable("glyf")
    glyphs.glyphOrder = order
    glyphs.glyphs = {name: _quadratic(outlines, index) for index, name in enumerate(order)}
    font["loca"] = newTable("loca")
    for name in order:
        _set_width(font, name, font["hmtx"][name][0])
    FontBuilder(font=font).setupMaxp()  # counted when the font is written
    del font["CFF "]
    font.sfntVersion = "\x00\x01\x00\x00"
    font["post"].formatType = 3.0


def _quadratic(outlines: Any, index: int) -> Any:
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    outlines.draw_glyph_with_pen(index, Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
    return pen.glyph()


def _set_width(font: Any, name: str, width: int) -> None:
    """Set a glyph's width; a TrueType side bearing has to be where the outline begins."""
    glyph = font["glyf"][name]
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (width, getattr(glyph, "xMin", 0))


def _take_glyphs(font: Any, characters: str, source: Path) -> None:
    """Draw these characters as `source` does: WenKai's quotation marks are a third of an em wide."""
    import uharfbuzz as hb

    donor = hb.Font(hb.Face(hb.Blob.from_file_path(str(source)), _SC))
    forms = _localised_forms(donor, map(ord, characters))
    for character in characters:
        glyph = forms.get(ord(character), donor.get_nominal_glyph(ord(character)))
        name = font.getBestCmap()[ord(character)]
        font["glyf"][name] = _quadratic(donor, glyph)
        _set_width(font, name, donor.get_glyph_h_advance(glyph))


def _add_small_figures(font: Any) -> None:
    """Give the sub- and superscripts that the source has not (₂, ⁻) the shapes of the figures, made smaller."""
    for characters, rise in ((_SUPERSCRIPTS, 340), (_SUBSCRIPTS, -150)):
        for character, figure in zip(characters, _FIGURES, strict=True):
            if ord(character) not in font.getBestCmap():
                _add_scaled(font, character, font.getBestCmap()[ord(figure)], rise)


def _add_scaled(font: Any, character: str, base: str, rise: int, scale: float = 0.6) -> None:
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    name = f"u{ord(character):04X}"
    pen = TTGlyphPen({base: None})
    pen.addComponent(base, (scale, 0, 0, scale, 0, rise))
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"].glyphs[name] = pen.glyph()
    font["glyf"].setGlyphOrder(font.getGlyphOrder())
    _set_width(font, name, round(font["hmtx"][base][0] * scale))
    for table in _character_maps(font):
        table.cmap[ord(character)] = name


def _name(font: Any, face: Face) -> None:
    """Name the font after our family; the original's copyright notice and licence stay."""
    names = font["name"]
    legal = {number: names.getDebugName(number) for number in _LEGAL_NAMES}
    own = {
        1: face.family,
        2: face.style,
        3: f"{face.family} {face.style}; {face.package.version}",
        4: f"{face.family} {face.style}",
        5: "Version 1.000",
        6: face.file_name.removesuffix(".ttf"),
        10: f"Cut from {Path(face.source).name} of Debian's {face.package.pinned} by xcbulletin",
    }
    names.names = []
    for number, text in sorted((legal | own).items()):
        names.setName(text, number, 3, 1, 0x409)


def _level(font: Any, face: Face) -> None:
    """Set the weight and the line metrics that all families share."""
    bold = face.weight == 700
    header, line, windows = font["head"], font["hhea"], font["OS/2"]
    header.modified = header.created
    header.macStyle = int(bold)
    line.ascent, line.descent, line.lineGap = _ASCENT, _DESCENT, 0
    windows.usWinAscent, windows.usWinDescent = _ASCENT, -_DESCENT
    windows.sTypoAscender, windows.sTypoDescender, windows.sTypoLineGap = _ASCENT, _DESCENT, 0
    windows.usWeightClass = face.weight
    windows.fsSelection = 0x20 if bold else 0x40


def _add_contextual_spacing(path: Path) -> None:
    """Add `chws`, which sets neighbouring punctuation closer, and `halt` where there is none."""
    from east_asian_spacing import Builder, Config, Font

    font = Font.load(path)
    font.ttfont.recalcTimestamp = False
    builder = Builder(font, Config.default.for_language("ZHS"))
    asyncio.run(builder.build())
    assert builder.has_spacings
    font.save(path)


# What goes with them -------------------------------------------------------------------------------


def _write_licences(sources: Path, made: Path) -> None:
    for package in PACKAGES:
        text = (sources / "usr/share/doc" / package.name / "copyright").read_text(encoding="utf-8")
        (made / _licence_name(package)).write_text(_licence(text, package), encoding="utf-8")


def _licence_name(package: Package) -> str:
    return f"OFL-{package.name}.txt"


def _licence(copyright_file: str, package: Package) -> str:
    """Return the fonts' own notice and licence from a Debian copyright file (DEP-5)."""
    paragraphs = [paragraph.strip("\n") for paragraph in copyright_file.split("\n\n")]
    notice = next(text for text in paragraphs if text.startswith("Files: *\n"))
    licence = next(text for text in paragraphs if text.startswith("License: ") and "SIL OPEN FONT" in text)
    lines = ("" if line == " ." else line.removeprefix(" ") for line in licence.splitlines()[1:])
    head = f"Fonts cut from Debian's {package.pinned}; the original is under:\n\n{notice}\n\n"
    return head + "\n".join(lines).strip() + "\n"


def _write_lists(made: Path) -> None:
    coverage, sizes, sums = (made / name for name in _LISTS)
    _write_json(coverage, {family: _coverage(family, made) for family in _families()})
    _write_json(sizes, {path.name: path.stat().st_size for path in sorted(made.iterdir())})
    lines = [f"{_sha256(path)}  {path.name}\n" for path in sorted(made.iterdir())]
    sums.write_text("".join(lines), encoding="utf-8")


def _families() -> tuple[str, ...]:
    return tuple(sorted({face.family for face in FACES}))


def _coverage(family: str, made: Path) -> list[list[int]]:
    """Return the ranges of code points that every weight of a family can draw."""
    import uharfbuzz as hb

    files = [made / face.file_name for face in FACES if face.family == family]
    sets = [set(hb.Face(hb.Blob.from_file_path(str(file))).unicodes) for file in files]
    ranges: list[list[int]] = []
    for code in sorted(set.intersection(*sets)):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ranges


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, sort_keys=True) + "\n", encoding="utf-8")


# Putting them in place -----------------------------------------------------------------------------


def _install(made: Path, destination: Path, folder: Path) -> None:
    """Move the folder to its place; if another process was there first with sound fonts, leave those."""
    if destination.exists() and not _is_sound(destination):
        destination.rename(folder / "damaged")
    try:
        made.rename(destination)
    except OSError:
        if not _is_sound(destination):
            raise


def _refuse_foreign(destination: Path) -> None:
    """Damaged fonts are replaced, but never a folder that holds something else."""
    if not destination.exists():
        return
    ours = {face.file_name for face in FACES} | {_licence_name(package) for package in PACKAGES} | set(_LISTS)
    foreign = sorted(path.name for path in destination.iterdir() if path.name not in ours)
    if foreign:
        raise FontError(f"{destination} 里有别的文件（如 {foreign[0]}），不能放字体。请换一个新的文件夹。")


def _is_sound(folder: Path) -> bool:
    """Tell whether every file of the folder's list is there with the right content."""
    try:
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        return bool(lines) and all(_sha256(folder / name) == digest for digest, name in map(str.split, lines))
    except (OSError, ValueError):
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
