"""Where a line of Chinese may break, and where it may not.

UAX #14 is nearly right for Chinese. What CLREQ (https://www.w3.org/TR/clreq/) asks for beyond it is written into the
text: the blank between Han and Latin (中西混排, CLREQ 3.2), and invisible marks that allow or forbid a break (CLREQ
3.1.4, 3.1.5, 3.4.4). This room knows text only; `lines` applies it to pages, so that HTML stays clean.

As in UAX #14 characters have classes, a letter each, and rules are written in classes:

    H Han, kana      U Han that is a unit   F full-width alphanumeric
    D digit          L Latin letter         P per cent and the like
    O opening mark   C closing mark         T full-width sign             W other full-width mark
    o “ ‘            c ”                    a ’ (also the apostrophe)     M middle dot
    m —              n – −                  e …                           # note call
    S blank          Z other white space    R line break                  ? anything else
    B G N            the marks inserted here: BREAK, GLUE, NARROW
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from xcbulletin.publishing.wholes import unbroken

BREAK = "\u200b"  # ZWSP, UAX #14 LB8: a line may end here
GLUE = "\u2060"  # WJ, UAX #14 LB11: it may not
NARROW = "\ufeff"  # ZWNBSP, also LB11: the quote before it is a Latin one
MARKS = BREAK + GLUE + NARROW
NO_MARKS = dict.fromkeys(map(ord, MARKS))
OBJECT = "\ufffc"  # stands for an inline box that holds no text of ours
CALL = "\ufff9"  # stands for a note call
CODE = "x"  # stands for code: Latin, and not to be touched

CLOSING = "，。、；：！？》〉）】〕」』"
MEMBERS = {
    "U": "年月日号时分秒点岁度天周期倍次个件项家所种类名位人篇款台套座条批元万亿千百吨米克升公平立小美欧港瓦",
    "D": "0123456789",
    "P": "%‰℃°+",
    "O": "《〈（【〔「『",
    "C": CLOSING,
    "T": "～＋－＝／",
    "o": "“‘",
    "c": "”",
    "a": "’",
    "M": "·・",
    "m": "—",
    "n": "–−",
    "e": "…",
    "#": CALL,
    "S": " ",
    "R": "\n",
    "B": BREAK,
    "G": GLUE,
    "N": NARROW,
}
RANGES = {
    "L": (
        *("AZ", "az", "ÀÖ", "Øö", "ø\u024f", "\u0370\u03ff", "\u0400\u04ff"),
        *("²³", "¹¹", "\u2070\u209c"),  # m², H₂O, 10⁻³
    ),
    "Q": ("\u3380\u33df",),  # ㎡
    "F": ("０９", "Ａ\uff3a", "ａ\uff5a"),
    "H": (
        *("\u2e80\u2fdf", "\u3005\u3007", "\u3021\u3029", "\u3038\u303b", "\u3041\u30ff"),
        *("\u3400\u4dbf", "\u4e00\u9fff", "\uf900\ufaff", "\U00020000\U0003ffff"),
    ),
    "W": ("\u3001\u3003", "\u3008\u3011", "\u3014\u301b", "\uff01\uff65", "\uffe0\uffe6"),
}


class _Classes(dict[int, str]):
    """The class of every character met so far, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        found = (
            name for name, ranges in RANGES.items() for ends in ranges if ends[0] <= character <= ends[1]
        )
        self[code] = "Z" if character.isspace() else next(found, "?")
        return self[code]


CLASSES = _Classes({ord(character): name for name, members in MEMBERS.items() for character in members})


class Rule(NamedTuple):
    """Where something is inserted or replaced, and by what; rules look around the place, in classes if not said."""

    pattern: re.Pattern[str]
    replacement: str
    reads_text: bool = False
    within: re.Pattern[str] | None = None
    """Where to look, if not everywhere."""

    def spans(self, text: str, classes: str) -> list[tuple[int, int]]:
        """Return the places in a text."""
        source = text if self.reads_text else classes
        if self.within is None:
            return [match.span() for match in self.pattern.finditer(source)]
        areas = [area.span() for area in self.within.finditer(text)]
        return [match.span() for area in areas for match in self.pattern.finditer(source, *area)]


# An address may break after a stroke and before any other mark, with no hyphen added.
ADDRESS = re.compile(rf"(?:https?://|ftp://|www\.|[\w.+-]+@)[!-~{MARKS}]+", re.ASCII)
ADDRESSES = (
    Rule(
        re.compile(
            "(?<=[/=])(?=[!-.0-~])|(?<=[!-~])(?=[-.,_?#&%~+@;][!-~])"
            "|(?<=[0-9A-Za-z]{12})(?=[0-9A-Za-z]{4})"  # a digest or the like
        ),
        BREAK,
        True,
        ADDRESS,
    ),
    Rule(re.compile("(?<=-)(?=[!-~])"), GLUE, True, ADDRESS),
)
# A blank between two Han stays: it may part a name from a post.
STRAY_BLANKS = Rule(
    re.compile(
        r"(?<=[HU])S+(?=[oca])|(?<=[oca])S+(?=[HU])"
        r"|S+(?=[OCWT])|(?<=[OCWT])S+|S+(?=o[HUOCWT])|(?<=[HUOCWT][ca])S+"
    ),
    "",
)
RULES = (
    # 中西混排 (CLREQ 3.2)
    Rule(re.compile(r"(?<=[HU])(?=[LD])|(?<=[LD])(?=[HU])|(?<=[LDP]P)(?=[HU])"), " "),
    # UAX #14 LB19 glues curly quotes to both neighbours; between Han they are brackets (CLREQ 3.1.4).
    Rule(re.compile(r"(?<=[HUCcame])(?=o)|(?<=[LD])(?=o[HUOCWT])"), BREAK),
    Rule(re.compile(r"(?<=[ca])(?=[HUO])|(?<=[HUOCWT][ca])(?=[LD])"), BREAK),
    # 连接号, 间隔号 (CLREQ 3.1.4)
    Rule(re.compile(r"(?<=[^GR])(?=[TM])|(?<=D)(?=[nm]G?D)"), GLUE),
    # A number and its unit (CLREQ 3.1.5)
    Rule(re.compile(r"(?<=DS)(?=U)"), GLUE),
    Rule(re.compile(r"(?<=DSGU)(?=U)|(?<=D)(?=S?Q)|(?<=[LDP]P)(?=P)|(?<=F)(?=F)"), GLUE),
    Rule(
        re.compile(
            r"(?<=[0-9] )(?=(?:[kKMGTPcmnμ]?(?:m[²³]?|g|W|Wh|Hz|B|bps|V|A|L)|pt|Wp)(?![0-9A-Za-z])|[℃%‰])"
            r"|(?<=[A-Za-z]/)(?=[A-Za-z]{1,3}(?![A-Za-z]))|(?<=[①-⑳])(?=[^\s\u200b\u2060])"
        ),
        GLUE,
        reads_text=True,
    ),
    Rule(re.compile(r"(?<=[图表第] )(?=[0-9])"), GLUE, reads_text=True),
    Rule(re.compile(r"(?<=[^GBR])B?(?=#)"), GLUE),
    # Latin quotes share their code points with Chinese ones, and Chinese fonts have them an em wide.
    Rule(re.compile(r"(?<=La)(?=L)"), NARROW),
)
# The unit that ends a caption or the head of a column: （万美元）
WHOLE_UNIT = Rule(re.compile("(?<=[HU])(?=[HU])"), GLUE, within=re.compile(rf"（[^（）{MARKS} ]{{2,4}}）\Z"))
# A minus, which keyboards do not have; charts print it too. HTML keeps the hyphen, which Excel can read.
MINUS = Rule(
    re.compile("-(?=[0-9])(?:(?<=^-)|(?<=[（，、：；～<>≤≥\\n]-)|(?<=(?<![0-9A-Za-z]) -))"),
    "−",
    reads_text=True,
)
# A blank between Han that means something is seen.
WIDE_BLANK = Rule(re.compile("(?<=[HU])S+(?=[HU])"), "\u3000")
WHOLE_RANGE = Rule(re.compile(r"(?<=[nm])(?=D)"), GLUE)
LATIN_QUOTES = Rule(re.compile(r"(?<=[oca])(?!N)"), NARROW)
# 孤字 (CLREQ 3.4.4)
LONELY = Rule(re.compile(r"(?<=[^GBR])B?(?=[HU][Ccame#GSZR]*\Z)"), GLUE)

# About how wide a letter is in Song, in em; others are 1.
WIDTHS = {"D": 0.55, "L": 0.54, "P": 0.85, "S": 0.26, "n": 0.5, "a": 0.3, "?": 0.5}
CAPITAL_WIDER = 0.14  # em, than the letters of its class
HAN = re.compile(r"[HUFOCWT]")
CJK = r"(?:[HUFOCWT]|[oca](?!N))"
MARK = r"(?:[OCWT]|[oca](?!N))"
# A letter or blank that may be followed by more room. Dashes and ellipses are no CJK, so that they stay whole.
LETTER = re.compile(r"[^BGNme](?=[BGN]*[^BGN])")
GAP = re.compile(rf"(?:{CJK}|[SZ])(?=[BGN]*[^BGNSZ])|[^BGNSZ](?=[BGN]*{CJK})")
MARK_AND_MARK = re.compile(r"[OCWToca](?=[OCWToca])")
NUMBER_AND_UNIT = re.compile(rf"[{MARKS}]* ?[0-9.,]+ {GLUE}")
LONG_WORD = re.compile(rf"[{MARKS}]* ?\W?([A-ZÀ-Þ]?[a-zß-ÿ]{{6,}})(?![0-9A-Za-zÀ-ÿ])")
CAMEL_CASE = re.compile(rf"[{MARKS}]* ?\W?[A-Z][a-z]+(?=[A-Z][a-z]{{2}})")
COMPOUND = re.compile(rf"[{MARKS}]* ?[（《“]?[A-Za-z0-9]{{2,}}[-+&/]+(?=[A-Za-z0-9])")
LONG_RUN = re.compile(rf"[{MARKS}]* ?((?![0-9.,]{{1,19}}(?![!-~]))[!-~]{{12,}})")
PART_OF_ADDRESS = re.compile(rf"(?=[!-~{MARKS}]{{12}})[!-~{MARKS}]*?(?:[/?=@]|[a-z][{MARKS}]*\.[a-z])")
# Where a line may end, as far as UAX #14 is needed to tell how narrow a column may be.
END_OF_PIECE = re.compile("(?<=B)(?=[^B])|(?<=[SZ])(?=[HUODLF])|(?<=[HUCcTMem])(?=[HUOTDLF])|(?<=[LDP])(?=O)")
END_OF_SENSE = re.compile("(?<=[的：，、；）》”] )|(?<=[的：，、；）》” 　])|(?=[与和及暨（《“])")
# A closing mark before, an opening mark after a letter that is no mark: two marks in a row are compressed already.
GIVER = re.compile(
    rf"(?P<closing>C|[ca](?!N))(?=[BGN]*(?!{MARK})[^BGNSZ])"
    rf"|(?P<blank>S)(?=[BGN]*[^BGNSZ])"
    rf"|(?!{MARK})[^BGNSZ](?=[BGN]*(?P<opening>O|o(?!N)))"
)


def prepare_text(text: str, *, end_of_paragraph: bool, keep_blanks: bool = False) -> str:
    """Return the text with blanks and invisible break marks as Chinese typesetting wants them.

    `keep_blanks` is for titles and table cells, where a blank between Han means something, and 2019—2020 stays whole.
    """
    return prepare_texts([text], end_of_paragraph=end_of_paragraph, keep_blanks=keep_blanks)[0]


def prepare_texts(
    texts: Sequence[str], *, end_of_paragraph: bool, keep_blanks: bool = False, depths: Sequence[int] = ()
) -> list[str]:
    """Prepare a text that inline markup cuts in pieces, and return its pieces.

    What falls between two pieces goes to the one with the smaller depth, so that no link underlines a blank.
    """
    text, cuts = "".join(texts), _cuts(texts, depths)
    classes = text.translate(CLASSES)
    for rule in _rules(
        classes,
        has_address=ADDRESS.search(text) is not None,
        end_of_paragraph=end_of_paragraph,
        keep_blanks=keep_blanks,
    ):
        if spans := rule.spans(text, classes):
            text = _spliced(text, spans, rule.replacement)
            classes = _spliced(classes, spans, rule.replacement.translate(CLASSES))
            cuts = [_moved(cut, spans, len(rule.replacement)) for cut in cuts]
    starts = (0, *(cut.place for cut in cuts))
    return [text[start : cut.place] for start, cut in zip(starts, cuts, strict=False)]


def _rules(classes: str, *, has_address: bool, end_of_paragraph: bool, keep_blanks: bool) -> Iterator[Rule]:
    if not HAN.search(classes):
        yield LATIN_QUOTES
    yield MINUS
    yield from (WIDE_BLANK, WHOLE_RANGE, WHOLE_UNIT) if keep_blanks else (STRAY_BLANKS,)
    if has_address:
        yield from ADDRESSES
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


def _spliced(text: str, spans: list[tuple[int, int]], replacement: str) -> str:
    starts = (0, *(end for _, end in spans))
    ends = (*(start for start, _ in spans), len(text))
    return replacement.join(text[start:end] for start, end in zip(starts, ends, strict=True))


def _moved(cut: _Cut, spans: list[tuple[int, int]], inserted: int) -> _Cut:
    shift = 0
    for start, end in spans:
        if start < cut.place or (start == cut.place and cut.insert_before):
            shift += inserted - (min(end, cut.place) - start)
    return cut._replace(place=cut.place + shift)


def keep_words(text: str) -> str:
    """Return a prepared title with its words, numbers and short quotations glued together."""
    wholes = unbroken(text)
    return "".join(
        f"{GLUE}{letter}" if place in wholes and _BETWEEN_LETTERS.match(text, place) else letter
        for place, letter in enumerate(text)
    )


_BETWEEN_LETTERS = re.compile(rf"(?<![ {MARKS}])(?![ {MARKS}])(?!(?<=[!-~])[!-~])")


def has_han(text: str) -> bool:
    """Return whether there is anything Chinese in a text, quotes apart."""
    return HAN.search(text.translate(CLASSES)) is not None


def is_mark(text: str) -> bool:
    """Return whether a text begins with a full-width mark."""
    return re.match("[OCWToca](?!N)", text.lstrip(MARKS)[:2].translate(CLASSES)) is not None


def is_end_of_sense(text: str, place: int) -> bool:
    """Return whether a title may well be broken before a character."""
    return END_OF_SENSE.match(text, place) is not None


def width_of(text: str) -> float:
    """Return about how wide a text is at the end of a line, in em, its marks compressed."""
    text = text.translate(NO_MARKS).rstrip(" ")
    classes = text.translate(CLASSES)
    wide = sum(letter > "\u2000" for name, letter in zip(classes, text, strict=True) if name == "?")
    halves = wide - len(MARK_AND_MARK.findall(classes)) - classes.endswith(("C", "c"))
    capitals = sum(map(str.isupper, text))
    return sum(WIDTHS.get(name, 1) for name in classes) + CAPITAL_WIDER * capitals + halves / 2


def pieces(text: str) -> tuple[str, ...]:
    """Return the text of a cell as it is set, cut wherever a line of it may end."""
    text = prepare_text(text, end_of_paragraph=True, keep_blanks=True)
    places = [match.start() for match in END_OF_PIECE.finditer(text.translate(CLASSES))]
    return tuple(
        text[start:end].translate(NO_MARKS) for start, end in zip((0, *places), (*places, None), strict=True)
    )


def last_resorts(text: str, start: int) -> list[tuple[int, str]]:
    """Return where what begins at a place may be broken rather than leave a hole in the line before, and the hyphen.

    A number parts from its unit, a word by syllables, at a capital or at a sign; twenty digits or more and what is no
    word anywhere, without a hyphen. An address does not: its lines stay as long as its parts make them.
    """
    if number := NUMBER_AND_UNIT.match(text, start):
        return [(number.end(), "")]
    if any(area.start() <= start < area.end() for area in ADDRESS.finditer(text)):
        return []
    if word := LONG_WORD.match(text, start):
        return [(word.start(1) + place, "-") for place in _syllables(word[1])]
    if first := CAMEL_CASE.match(text, start):
        return [(first.end(), "-")]
    if compound := COMPOUND.match(text, start):
        return [(compound.end(), ""), *last_resorts(text, compound.end())]
    if run := LONG_RUN.match(text, start):
        return [(place, "") for place in range(run.start(1) + 2, run.end(1) - 1)]
    return []


def _syllables(word: str) -> list[int]:
    import pyphen

    language = "de_DE" if re.search("[ÄÖÜäöüß]", word) else "en_US"
    return list(pyphen.Pyphen(lang=language, left=3, right=3).positions(word))


@lru_cache(maxsize=1024)
def gaps(text: str) -> tuple[int, ...]:
    """Return where room may be added when a line is justified, as offsets in the UTF-8 text (CLREQ 3.5).

    That is beside every CJK character and after every blank. A line is asked for at least twice.
    """
    return tuple(_offsets(text, (match.end() for match in GAP.finditer(text.translate(CLASSES)))))


def letters(text: str) -> tuple[int, ...]:
    """Return all letters but the last, as the offsets in the UTF-8 text where they end."""
    return tuple(_offsets(text, (match.end() for match in LETTER.finditer(text.translate(CLASSES)))))


def has_part_of_address(text: str) -> bool:
    """Return whether an address, or a long part of one, stands in a line."""
    return PART_OF_ADDRESS.search(text) is not None


def givers(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a line may be narrowed (CLREQ 3.1.6, 3.5), as an offset in the UTF-8 text, and the giving letter.

    That is after a closing mark or a blank, and before an opening mark, but not at the end of the text.
    """
    matches = list(GIVER.finditer(text.translate(CLASSES)))
    places = (match.start(match.lastgroup or 0) for match in matches)
    return zip(
        _offsets(text, (match.end() for match in matches)), (text[place] for place in places), strict=True
    )


def _offsets(text: str, places: Iterable[int]) -> Iterator[int]:
    start = size = 0
    for place in places:
        size += len(text[start:place].encode())
        start = place
        yield size
