"""Marks: in pairs, once, and as wide as the letters they stand among."""

import re
from collections.abc import Iterator, Sequence

from xcbulletin.model import Severity
from xcbulletin.proofing.chinese.marking import HAN, around, mark
from xcbulletin.proofing.findings import Family, Finding, Rule
from xcbulletin.proofing.passages import Passage

UNPAIRED = Rule(
    id="marks-unpaired",
    family=Family.TEXT,
    name="引号、括号不成对",
    severity=Severity.ERROR,
    why="引号、括号、书名号前后各一半，缺一半读者就不知道引到哪里为止。",
    basis="GB/T 15834—2011《标点符号用法》4.8 引号、4.9 括号、4.15 书名号",
    weight=0.1,
)
MIXED = Rule(
    id="brackets-mixed",
    family=Family.TEXT,
    name="括号一全一半",
    severity=Severity.ERROR,
    why="一对括号的两半要同宽；中文里用全角。",
    basis="GB/T 15834—2011 4.9、5.1.2",
    weight=0.1,
)
DOUBLED = Rule(
    id="marks-doubled",
    family=Family.TEXT,
    name="标点重复",
    severity=Severity.ERROR,
    why="同一处只用一个点号；引文末尾的句号放在引号里或引号外，不能两处都放。",
    basis="GB/T 15834—2011 4.1～4.8、附录 A",
    weight=0.1,
)
HALF = Rule(
    id="marks-half",
    family=Family.TEXT,
    name="中文里用了半角标点",
    severity=Severity.WARNING,
    why="中文的标点占一个字宽，用半角的会与前后的字挤在一起。",
    basis="GB/T 15834—2011 5.1；《图书质量管理规定》附件",
    weight=0.1,
)
WIDE = Rule(
    id="letters-wide",
    family=Family.TEXT,
    name="全角的字母、数字和小数点",
    severity=Severity.WARNING,
    why="外文字母和阿拉伯数字用半角；全角的“．”不是句号。",
    basis="GB/T 15835—2011 5.2；《图书质量管理规定》附件",
    weight=0.1,
)
DASHES = Rule(
    id="marks-broken",
    family=Family.TEXT,
    name="破折号、省略号不合规范",
    severity=Severity.WARNING,
    why="破折号占两字（——），省略号六个点（……）。",
    basis="GB/T 15834—2011 4.10、4.11",
    weight=0.1,
)
LISTED = Rule(
    id="list-marks",
    family=Family.TEXT,
    name="并列的书名号、引号之间顿号时有时无",
    severity=Severity.WARNING,
    why="并列的书名号、引号之间通常不用顿号；同一处不能有的用、有的不用。",
    basis="GB/T 15834—2011 4.5.3.5",
    weight=0.1,
)
RULES = (UNPAIRED, MIXED, DOUBLED, HALF, WIDE, DASHES, LISTED)

_PAIRS = {
    "“": "”",
    "‘": "’",
    "（": "）",
    "《": "》",
    "〈": "〉",
    "「": "」",
    "『": "』",
    "【": "】",
    "〔": "〕",
}
_OPENINGS = {closing: opening for opening, closing in _PAIRS.items()}
_NUMBERING = re.compile(r"(?:^|[；。：，、\s“])(?:\d{1,2}|[a-zA-Z]|[一二三四五六七八九十]{1,3})[)）]\Z")
_ENGLISH = re.compile(r"(?<=[A-Za-z0-9])’(?=[a-z])|(?<=s)’(?= )|’(?=s\b|n’|\d0s\b)|(?<=’n)’")
_REVERSED = re.compile(
    r"“[^“”，。；！？\n]{1,12}(“)(?=[^“”]*(?:“|\Z))|(?:(?<=”)|\A)[^“”]*(”)[^“”，。；！？\n]{1,12}”"
)

_DOUBLED = re.compile(
    r"”{2,}|“{2,}|’{2,}(?!”)|，{2,}|、{2,}|；{2,}|：{2,}|(?<!。)。{2}(?!。)|[，、；：][，。、；：]|。[，、；：]|。[”’）]+[。，、；]"
)
_MIXED = re.compile(r"（([^（）()\n]*)\)|\(([^（）()\n]*)）")
_HALF_BRACKETS = re.compile(
    rf"(?:(?<=({HAN}))|(?<=[”》]))\(([^（）()\n]*)\)|(?<!\])\(([^（）()\n]*{HAN}[^（）()\n]*)\)"
)
_HALF_MARK = re.compile(
    rf"(?<={HAN})[,;:!?](?!//)|(?<=[”》）】])[,;:!?]|(?<=[\dA-Za-z%])(?:[,;!?](?={HAN}|[“《（])|;\s*\Z)"
)
_HALF_STOP = re.compile(rf"(?<=[\u4e00-\u9fff”》）])\.(?={HAN}|\s*\Z)|(?<=[%％])\.\s*\Z")
_HALF_QUOTES = re.compile(rf"\"([^\"\n]*{HAN}[^\"\n]*)\"")
_FULL = str.maketrans(",;:!?.()", "，；：！？。（）")
_WIDE = re.compile(r"[０-９Ａ-Ｚａ-ｚ％]+(?:[．][０-９]+[％]?)?|．")
_DASHES = re.compile(
    r"(?<=[\u4e00-\u9fff”》）])(?:--+|——-+|—-+)(?=\S)|(?<=[\u4e00-\u9fff”》）])(?:\.{3,}|。{3,}|(?<!…)…(?!…))"
)
_ITEMS = re.compile(r"《[^《》]*》(?:、?《[^《》]*》)+|“[^“”]*”(?:、?“[^“”]*”)+")


def find(passages: Sequence[Passage]) -> Iterator[Finding]:
    """Yield what is wrong with marks."""
    for index, passage in enumerate(passages):
        follower = passages[index + 1].text if index + 1 < len(passages) else ""
        yield from _doubled(passage)
        yield from _mixed(passage)
        yield from _reversed(passage)
        yield from _unpaired(passage, follower)
        yield from _half(passage)
        yield from _wide(passage)
        yield from _dashes(passage)
        yield from _listed(passage)


# Pairs


def _doubled(passage: Passage) -> Iterator[Finding]:
    for match in _DOUBLED.finditer(passage.text):
        start, end = match.span()
        right = _single(match[0])
        has_opening = right[-1] not in _OPENINGS or _is_open(passage.text[:start], right[-1])
        yield mark(
            DOUBLED,
            passage,
            (start, end),
            f"“{around(passage, start, end)}”里标点重复：{match[0]}",
            f"请改为 {right}"
            if has_opening
            else f"前面没有 {_OPENINGS[right[-1]]}，请核对原文；不是引文的，只留 {right[0]}",
            change=(start, end, right) if has_opening else None,
        )


def _single(marks: str) -> str:
    """Return what a run of marks was meant to be: the stop inside the quotes, or the stronger of two."""
    if marks[0] == "。" and marks[1] in "”’）":
        return marks[:2] if marks[1] in "”’" else marks.replace("。", "", 1)
    return max(marks, key="，、：；。“”’".index)


def _is_open(before: str, closing: str) -> bool:
    return before.count(_OPENINGS[closing]) > before.count(closing)


def _mixed(passage: Passage) -> Iterator[Finding]:
    for match in _MIXED.finditer(passage.text):
        start, end = match.span()
        is_closing = match[0].endswith(")")
        if is_closing and _NUMBERING.search(passage.text[:end]):
            continue
        at, right = (end - 1, "）") if is_closing else (start, "（")
        wide, narrow = ("前", "后") if is_closing else ("后", "前")
        yield mark(
            MIXED,
            passage,
            (at, at + 1),
            f"“{match[0]}”的括号{wide}半是全角的，{narrow}半是半角的",
            f"请把 {passage.text[at]} 改为 {right}",
            change=(at, at + 1, right),
        )


def _reversed(passage: Passage) -> Iterator[Finding]:
    for match in _REVERSED.finditer(passage.text):
        at = match.start(1) if match[1] else match.start(2)
        wrong = passage.text[at]
        right = "”" if wrong == "“" else "“"
        message = f"“{around(passage, at, at + 1)}”里的 {wrong} 写反了"
        change = (at, at + 1, right)
        yield mark(UNPAIRED, passage, (at, at + 1), message, f"请改为 {right}", change=change)


def _unpaired(passage: Passage, follower: str) -> Iterator[Finding]:
    """Yield marks that lack their other half, those aside that other rules have told."""
    text = _ENGLISH.sub(" ", _settled(passage.text))
    open_: list[int] = []
    for at, character in enumerate(text):
        if character in _PAIRS:
            if open_ and text[open_[-1]] == character == "“":
                yield _lacks(passage, open_.pop(), "”")
            open_.append(at)
        elif character in _OPENINGS:
            if open_ and text[open_[-1]] == _OPENINGS[character]:
                open_.pop()
            elif any(text[earlier] == _OPENINGS[character] for earlier in open_):
                while text[open_[-1]] != _OPENINGS[character]:
                    yield _lacks(passage, open_[-1], _PAIRS[text[open_.pop()]])
                open_.pop()
            elif not _NUMBERING.search(text[: at + 1]):
                yield _lacks(passage, at, _OPENINGS[character])
    for at in open_:
        # A quotation of several paragraphs opens each of them, and closes the last.
        if not (at == 0 and text[0] == "“" and follower.startswith("“")):
            yield _lacks(passage, at, _PAIRS[text[at]])


def _settled(text: str) -> str:
    """Return a text in which what the other rules account for is out of the way."""
    text = _REVERSED.sub(lambda match: re.sub("[“”]", " ", match[0]), text)
    text = _MIXED.sub(lambda match: " " * len(match[0]), text)

    def one_left(match: re.Match[str]) -> str:
        kept = next((at for at, character in enumerate(match[0]) if character in "“”’）"), None)
        is_due = kept is not None and (
            match[0][kept] not in _OPENINGS or _is_open(text[: match.start()], match[0][kept])
        )
        return "".join(character if is_due and at == kept else " " for at, character in enumerate(match[0]))

    return _DOUBLED.sub(one_left, text)


def _lacks(passage: Passage, at: int, other: str) -> Finding:
    text = passage.text
    return mark(
        UNPAIRED,
        passage,
        (at, at + 1),
        f"“{around(passage, at, at + 1)}”里的 {text[at]} 没有与它成对的 {other}",
        f"请补上 {other}，或删去 {text[at]}",
    )


# Width


def _half(passage: Passage) -> Iterator[Finding]:
    text = passage.text
    for match in _HALF_BRACKETS.finditer(text):
        start, end = match.span()
        if _is_formula(match[0]):
            continue
        yield mark(
            HALF,
            passage,
            (start, end),
            f"“{match[0]}”用了半角括号",
            f"请改为“{match[0].translate(str.maketrans('()', '（）'))}”",
            change=(start, end, f"（{match[0][1:-1]}）"),
        )
    for match in _HALF_QUOTES.finditer(text):
        right = f"“{match[1]}”"
        message = f"“{match[0]}”用了英文的直引号"
        yield mark(HALF, passage, match.span(), message, f"请改为{right}", change=(*match.span(), right))
    for match in (*_HALF_MARK.finditer(text), *_HALF_STOP.finditer(text)):
        start, end = match.span()
        right = match[0].translate(_FULL)
        message = f"“{around(passage, start, end)}”里用了半角的 {match[0]}"
        yield mark(HALF, passage, (start, end), message, f"请改为 {right}", change=(start, end, right))


def _is_formula(bracketed: str) -> bool:
    return bool(re.fullmatch(r"\([\s\d+\-*/=<>xyn]*\)", bracketed)) and not re.search(r"\d{4}", bracketed)


def _wide(passage: Passage) -> Iterator[Finding]:
    for match in _WIDE.finditer(passage.text):
        start, end = match.span()
        is_stop = match[0] == "．"
        if is_stop and passage.text[max(0, start - 1) : start].isdigit():
            continue  # the dot behind a heading's number
        right = "。" if is_stop else match[0].translate(_NARROW)
        message = (
            f"“{around(passage, start, end)}”里{'用“．”作点号' if is_stop else f'的“{match[0]}”是全角的'}"
        )
        suggestion = "句末请改为“。”；人名中间请改为“·”" if is_stop else f"请改为“{right}”"
        change = None if is_stop else (start, end, right)
        yield mark(WIDE, passage, (start, end), message, suggestion, change=change)


_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def _dashes(passage: Passage) -> Iterator[Finding]:
    for match in _DASHES.finditer(passage.text):
        start, end = match.span()
        is_dash = match[0][0] in "-—"
        right, name = ("——", "破折号") if is_dash else ("……", "省略号")
        message = f"“{around(passage, start, end)}”里的{name}写成了 {match[0]}"
        yield mark(DASHES, passage, (start, end), message, f"请改为 {right}", change=(start, end, right))


def _listed(passage: Passage) -> Iterator[Finding]:
    for match in _ITEMS.finditer(passage.text):
        closing, opening = ("》", "《") if match[0][0] == "《" else ("”", "“")
        with_mark, without = match[0].count(f"{closing}、{opening}"), match[0].count(closing + opening)
        if with_mark and without:
            at = match.start() + match[0].index(f"{closing}、{opening}") + 1
            yield mark(
                LISTED,
                passage,
                (at, at + 1),
                f"“{around(passage, at, at + 1)}”并列的{opening}{closing}之间有的用顿号，有的不用",
                "请都不用顿号",
                change=(at, at + 1, ""),
            )
