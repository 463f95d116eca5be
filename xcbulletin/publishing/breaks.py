"""Where a line of Chinese may break, and where it may not.

UAX #14 is nearly right for Chinese. What CLREQ (https://www.w3.org/TR/clreq/) asks for beyond it is written into the
text: the blank between Han and Latin (中西混排, CLREQ 3.2), and invisible marks that allow or forbid a break (CLREQ
3.1.4, 3.1.5, 3.4.4). This room knows text only; `lines` applies it to pages, so that HTML stays clean.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

BREAK = "\u200b"  # ZWSP, UAX #14 LB8: a line may end here
GLUE = "\u2060"  # WJ, UAX #14 LB11: it may not
NARROW = "\ufeff"  # ZWNBSP, also LB11: the quote before it is a Latin one
MARKS = BREAK + GLUE + NARROW
BLANKS = " \u00a0"
OBJECT = "\ufffc"  # stands for an inline box that holds no text of ours
CALL = "\ufff9"  # stands for a note call
CODE = "x"  # stands for code: Latin, and not to be touched

HAN = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3041-\u30fa\u30fc-\u30ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
LATIN = r"0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u03ff\u0400-\u04ff"
WIDE = r"\u3001-\u3003\u3008-\u3011\u3014-\u301b\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffe6"
CLOSING = "，。、；：！？》〉）】〕」』”’"
UNITS = "年月日号时分秒点岁度天周期倍次个件项家所种类名位人篇款台套座条批元万亿千百吨米克升"
LATIN_UNITS = r"(?:[kKMGTPcmnμ]?(?:m|g|W|Wh|Hz|B|bps|V|A|L)|nm|pt|[kMG]?Wp?)\b"

MARK = re.compile(rf"[{WIDE}“”‘’]")
CHINESE = re.compile(rf"[{HAN}{WIDE}]")

CJK = rf"(?:[{HAN}{WIDE}]|[“”‘’](?!{NARROW}))"
LETTER = f"[^{BLANKS}{MARKS}]"
# A letter or blank that may be followed by more room. Dashes and ellipses are no CJK, so that they stay whole.
GAP = re.compile(rf"(?:{CJK}|[{BLANKS}])(?=[{MARKS}]*{LETTER})|{LETTER}(?=[{MARKS}]*{CJK})")

Rule: TypeAlias = tuple[re.Pattern[str], str]

# The rules look around the place they change, so that visible characters are never part of a match.
STRAY_BLANKS: Rule = (
    re.compile(
        rf"(?<=[{HAN}]) +(?=[{HAN}“”‘’—…])|(?<=[“”‘’—…]) +(?=[{HAN}])"
        rf"| +(?=[{WIDE}])|(?<=[{WIDE}]) +"
        rf"| +(?=[“‘][{HAN}{WIDE}])|(?<=[{HAN}{WIDE}][”’]) +"
    ),
    "",
)
RULES: tuple[Rule, ...] = (
    # 中西混排 (CLREQ 3.2)
    (
        re.compile(rf"(?<=[{HAN}])(?=[{LATIN}])|(?<=[{LATIN}])(?=[{HAN}])|(?<=[{LATIN}+][%‰℃°+])(?=[{HAN}])"),
        " ",
    ),
    # UAX #14 LB19 glues curly quotes to both neighbours; between Han they are brackets (CLREQ 3.1.4).
    (
        re.compile(
            rf"(?<=[{HAN}…—”’，、。；：！？》〉）】」』])(?=[“‘])|(?<=[{LATIN}])(?=[“‘][{HAN}{WIDE}])"
        ),
        BREAK,
    ),
    (re.compile(rf"(?<=[”’])(?=[{HAN}《〈（【「『])|(?<=[{HAN}{WIDE}][”’])(?=[{LATIN}])"), BREAK),
    # 连接号, 间隔号 (CLREQ 3.1.4)
    (re.compile(rf"(?<=[^{GLUE}\n])(?=[～·・])|(?<=[0-9])(?=[–—][0-9])"), GLUE),
    # A number and its unit (CLREQ 3.1.5)
    (re.compile(rf"(?<=[0-9] )(?=[{UNITS}]|{LATIN_UNITS})|(?<=[图表第] )(?=[0-9])"), GLUE),
    (re.compile(rf"(?<=[^{GLUE}{BREAK}\n]){BREAK}?(?={CALL})"), GLUE),
    # Latin quotes share their code points with Chinese ones, and Chinese fonts have them an em wide.
    (re.compile("(?<=[A-Za-z]’)(?=[A-Za-z])"), NARROW),
)
# 孤字 (CLREQ 3.4.4)
LONELY: Rule = (
    re.compile(rf"(?<=[^{GLUE}{BREAK}\n]){BREAK}?(?=[{HAN}][{CLOSING}…—{CALL}{GLUE}\s]*\Z)"),
    GLUE,
)
LATIN_QUOTES: Rule = (re.compile(f"(?<=[“”‘’])(?!{NARROW})"), NARROW)


def prepare_text(text: str, *, end_of_paragraph: bool, keep_blanks: bool = False) -> str:
    """Return the text with blanks and invisible break marks as Chinese typesetting wants them.

    `keep_blanks` is for titles and table cells, where a blank between Han means something.
    """
    return prepare_texts([text], end_of_paragraph=end_of_paragraph, keep_blanks=keep_blanks)[0]


def prepare_texts(
    texts: Sequence[str], *, end_of_paragraph: bool, keep_blanks: bool = False, depths: Sequence[int] = ()
) -> list[str]:
    """Prepare a text that inline markup cuts in pieces, and return its pieces.

    What falls between two pieces goes to the one with the smaller depth, so that no link underlines a blank.
    """
    text, cuts = "".join(texts), _cuts(texts, depths)
    for rule in _rules(text, end_of_paragraph=end_of_paragraph, keep_blanks=keep_blanks):
        text, cuts = _apply(rule, text, cuts)
    starts = (0, *(cut.place for cut in cuts))
    return [text[start : cut.place] for start, cut in zip(starts, cuts, strict=False)]


def _rules(text: str, *, end_of_paragraph: bool, keep_blanks: bool) -> Iterator[Rule]:
    if not CHINESE.search(text):
        yield LATIN_QUOTES
    if not keep_blanks:
        yield STRAY_BLANKS
    yield from RULES
    if end_of_paragraph:
        yield LONELY


class _Cut(NamedTuple):
    place: int
    insert_before: bool


def _cuts(texts: Sequence[str], depths: Sequence[int]) -> list[_Cut]:
    depths = depths or [0] * len(texts)
    place, cuts = 0, []
    for text, depth, following in zip(texts, depths, (*depths[1:], depths[-1] if depths else 0), strict=True):
        place += len(text)
        cuts.append(_Cut(place, depth <= following))
    return cuts


def _apply(rule: Rule, text: str, cuts: list[_Cut]) -> tuple[str, list[_Cut]]:
    pattern, replacement = rule
    spans = [match.span() for match in pattern.finditer(text)]
    if not spans:
        return text, cuts
    return pattern.sub(replacement, text), [_moved(cut, spans, len(replacement)) for cut in cuts]


def _moved(cut: _Cut, spans: list[tuple[int, int]], inserted: int) -> _Cut:
    shift = 0
    for start, end in spans:
        if start < cut.place or (start == cut.place and cut.insert_before):
            shift += inserted - (min(end, cut.place) - start)
    return cut._replace(place=cut.place + shift)


@lru_cache(maxsize=1024)
def gaps(text: str) -> tuple[int, ...]:
    """Return where room may be added when a line is justified, as offsets in the UTF-8 text (CLREQ 3.5).

    That is beside every CJK character and after every blank. A line is asked for at least twice.
    """
    start = size = 0
    found = []
    for match in GAP.finditer(text):
        size += len(text[start : match.end()].encode())
        start = match.end()
        found.append(size)
    return tuple(found)
