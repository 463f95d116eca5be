"""Pictures and tables: fine enough for print, with captions, and maps with their number."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from xcbulletin.model import Article, Place, Severity
from xcbulletin.proofing.context import Context, PictureFacts
from xcbulletin.proofing.findings import Family, Finding, Rule
from xcbulletin.proofing.passages import Passage, PassageKind
from xcbulletin.switches import switches_blanked

RESOLUTION = Rule(
    id="picture-resolution",
    family=Family.STRUCTURE,
    name="图片不够清晰",
    severity=Severity.WARNING,
    why="印刷的图片每英寸至少要有 150 个像素，宜有 300 个，否则印出来发虚。",
    basis="印刷的通行做法（图像分辨率为加网线数的 1.5～2 倍）",
)
TABLE = Rule(
    id="table-untitled",
    family=Family.STRUCTURE,
    name="表格没有表题",
    severity=Severity.WARNING,
    why="没有表题的表格编不了号，正文和目录里都无法提到它。",
    basis="GB/T 7713.3（科技报告编写规则）；CY/T 170—2019《学术出版规范 表格》",
)
MAP = Rule(
    id="map-number",
    family=Family.STRUCTURE,
    name="地图没有审图号",
    severity=Severity.ERROR,
    why="公开或内部印行的地图都要经过审核，并注明审图号；内部资料不得登未经审核的地图。",
    basis="《地图管理条例》第十五条、第二十六条；内部资料性出版物年度核验要点",
)
RULES = (RESOLUTION, TABLE, MAP)

LEAST_DPI = 150
_PICTURE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^\s)>]*)>?(?:\s+(?:\"([^\"]*)\"|'([^']*)'|（[^）]*）))?[^)]*\)")
_MAP_IN_WORDS = re.compile(
    r"(?<![识利技思能题感心觉])(?:地图|行政区划图?|区位图|政区图|区划图|疆域图|卫星影像图)(?!集|软件|导航|服务|数据)"
)
_MAP_IN_NAME = re.compile(
    r"(?:^|[-_/ ])(?:map|maps|ditu|quhua)(?=[-_. \d]|$)|地图|区划|区位图", re.IGNORECASE
)
_MAP_NUMBER = re.compile("审图号")
_AROUND = 3
"""Lines after a picture in which its number may stand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shown:
    place: Place
    caption: str
    address: str
    words: str
    """What stands in and below it: caption, source, the next lines."""


def find(article: Article, text: str, passages: Sequence[Passage], context: Context) -> Iterator[Finding]:
    """Yield what is wrong with the pictures and tables of an article."""
    for shown in _pictures(article, text):
        yield from _resolution(shown, context.pictures)
        yield from _map(shown)
    yield from _tables(passages)


def _pictures(article: Article, text: str) -> Iterator[_Shown]:
    lines = switches_blanked(text)
    fenced = False
    for row, line in enumerate(lines):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if fenced:
            continue
        for match in _PICTURE.finditer(line):
            yield _Shown(
                place=Place(file=article.file, line=row + 1, column=match.start() + 1),
                caption=match[1].strip(),
                address=match[2],
                words="\n".join(lines[row : row + 1 + _AROUND]),
            )


def _resolution(shown: _Shown, pictures: Mapping[str, PictureFacts]) -> Iterator[Finding]:
    facts = pictures.get(shown.address)
    if facts is None or facts.dots_per_inch >= LEAST_DPI:
        return
    needed = round(facts.widest / 2.54 * LEAST_DPI)
    yield Finding(
        rule=RESOLUTION,
        place=shown.place,
        excerpt=shown.address,
        message=f"图片 {shown.address} 宽 {facts.width} 像素，印成 {facts.printed_width:.1f} 厘米宽时"
        f"每英寸只有 {facts.dots_per_inch} 个像素",
        suggestion=f"请换成宽 {needed} 像素以上的原图，或改用 SVG；也可用 {{width=……%}} 印小一些",
    )


def _map(shown: _Shown) -> Iterator[Finding]:
    told = _MAP_IN_WORDS.search(shown.caption)
    named = _MAP_IN_NAME.search(unquote(shown.address.rpartition("/")[2]))
    if not (told or named) or _MAP_NUMBER.search(shown.words):
        return
    yield Finding(
        rule=MAP,
        place=shown.place,
        excerpt=shown.caption or shown.address,
        message=f"图片“{shown.caption or shown.address}”"
        + ("是地图，没有审图号" if told else "从文件名看是地图，没有审图号"),
        suggestion="请在图题或图下注明审图号；没有的，请用标准地图服务系统的地图，或删去",
        severity=None if told else Severity.WARNING,
    )


def _tables(passages: Sequence[Passage]) -> Iterator[Finding]:
    before: Passage | None = None
    table = -1
    for passage in passages:
        cell = passage.cell
        if cell is not None and cell.table != table:
            table = cell.table
            if not (before and before.kind is PassageKind.CAPTION and re.match("附?表", before.text)):
                yield Finding(
                    rule=TABLE,
                    place=passage.place(0),
                    excerpt=passage.text,
                    message="表格没有表题",
                    suggestion="请在表格上方空一行写“表：……”",
                )
        before = passage
