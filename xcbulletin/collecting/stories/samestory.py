"""Whether two items tell the same story. Pure: two gists in, a likeness with its reason out.

A wrong merge loses a story, a missed reprint is only noise; so everything that speaks against outweighs what is like.
Method and thresholds: reprints keep their title or their opening words, templates keep both but change the numbers,
the ordinal or one name.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property

from xcbulletin.collecting.titles import (
    Title,
    bare,
    letters,
    normal,
    numbers,
    ordinals,
    take_apart,
    weight,
)

LETTERS_READ = 800
"""Of a text, after which it is not read on."""
SHINGLE = 6

_LEAST_WEIGHT = 6
_TITLE_SAME = 0.8
_TITLE_EVENT = 0.5
_TITLE_WITH_TEXT = 0.25
_TEXT_SAME = 0.5
_TEXT_ALONE = 0.75
_TEXT_REWORDED = 0.2
_TEMPLATE = 0.3
_NUMBERS_SHARED = 0.6
_OPENING = 240
"""Letters of a text that its sketch is drawn from."""
_SKETCH = 8
_LEAST_SHINGLES = 12
_MANY_SHINGLES = 40
_LONG_SHINGLES = 300
_SUPPORTED = 0.5
_COMMON_LEAST, _COMMON_SHARE = 4, 0.05
_LONGEST_WORD = 4
"""Letters beyond which what stands in another's place is a clause told otherwise, no word of another story."""
_SHORT_NAMES = {
    "国务院办公厅": "国办",
    "中共中央办公厅": "中办",
    "工业和信息化部": "工信部",
    "国家发展和改革委员会": "国家发改委",
    "国家发展改革委": "国家发改委",
    "国家市场监督管理总局": "市场监管总局",
    "国家药品监督管理局": "国家药监局",
    "国家卫生健康委员会": "国家卫健委",
    "国家卫生健康委": "国家卫健委",
    "正式": "",
}
_LONG_NAME = re.compile("|".join(_SHORT_NAMES))
_TOLD = re.compile("发布|印发|公布|出台|推出")
"""Words of telling, which one outlet puts before what is told and another behind it."""


class Kind(StrEnum):
    """How two items stand to each other."""

    SAME = "same"
    EVENT = "event"
    """Alike enough to be shown together, not to be folded."""
    DIFFERENT = "different"


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """What a comparison found."""

    kind: Kind
    score: float
    """0 to 1."""
    reason: str
    """For the editor, in Chinese, a few words."""


@dataclass(frozen=True, kw_only=True)
class Gist:
    """What is compared of an item; the costly parts are made when they are first asked for."""

    title: Title
    text: str
    boilerplate: frozenset[int]
    link: str | None = None
    """The canonical address (`urls.url_key`)."""
    source: int | None = None

    @cached_property
    def letters(self) -> str:
        """The core title without anything but letters and digits, bodies by their short names."""
        return _LONG_NAME.sub(lambda name: _SHORT_NAMES[name[0]], bare(self.title.core))

    @cached_property
    def told(self) -> str:
        """What the core title tells of; all of it where else too little is left."""
        rest = _TOLD.sub("", self.letters)
        return rest if len(rest) >= _LEAST_WEIGHT else self.letters

    @cached_property
    def bigrams(self) -> frozenset[str]:
        """Of the core title."""
        return frozenset(grams(self.letters, 2))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Of the title and what was taken off it."""
        return numbers(" ".join((*self.title.asides, self.title.core)))

    @cached_property
    def ordinals(self) -> frozenset[str]:
        """Of the title and what was taken off it."""
        return ordinals(" ".join((*self.title.asides, self.title.core)))

    @cached_property
    def weight(self) -> int:
        """How many letters of the core title say something."""
        return weight(self.title.core)

    @cached_property
    def plain(self) -> str:
        """The text without agencies and editors, as far as it is read."""
        return strip_agencies(self.text[: 2 * LETTERS_READ])

    @cached_property
    def body(self) -> str:
        """The letters of the text; where a feed repeats the title as its text, or before it, without that."""
        return bare(self.plain).removeprefix(bare(self.title.whole))[:LETTERS_READ]

    @cached_property
    def shingles(self) -> frozenset[int]:
        """The 6-grams of the text that are the item's own."""
        return frozenset(shingles(self.body)) - self.boilerplate

    @cached_property
    def sketch(self) -> frozenset[int]:
        """The smallest shingles of the opening, of which texts that are alike share some (Broder 1997)."""
        return frozenset(sorted(set(shingles(self.body[:_OPENING])) - self.boilerplate)[:_SKETCH])

    @cached_property
    def telling(self) -> frozenset[str]:
        """The numbers that are no year, no date and no small count, which others would not have by chance."""
        return frozenset(
            one
            for one in self.figures | self.numbers
            if "-" not in one and not (one.isdigit() and (int(one) <= 31 or 1990 <= int(one) <= 2040))
        )

    @cached_property
    def figures(self) -> frozenset[str]:
        """The numbers of the text."""
        return numbers(self.plain)


def gist(
    title: str,
    text: str,
    boilerplate: frozenset[int] = frozenset(),
    *,
    link: str | None = None,
    source: int | None = None,
) -> Gist:
    """Return what is compared of an item; `boilerplate` holds the shingles common to its source."""
    return Gist(title=take_apart(title), text=text, boilerplate=boilerplate, link=link, source=source)


def compare(one: Gist, other: Gist) -> Likeness:
    """Return how two items stand to each other, in either order."""
    title = _jaccard(one.bigrams, other.bigrams)
    found = _by_link(one, other, title) or _by_title(one, other, title) or _by_text(one, other, title)
    return found or _apart(one, other, title)


def _by_link(one: Gist, other: Gist, title: float) -> Likeness | None:
    # Some sites publish each day's news under one address, so that the address alone is no proof.
    series = _periodical(one, other) or _one_source(one, other)
    if not one.link or one.link != other.link or (series and _numbers_differ(one, other)):
        return None
    if title >= 0.2 or (_containment(one, other) or 0) >= 0.3:
        return _same(1, "网址相同")
    return None


def _by_title(one: Gist, other: Gist, title: float) -> Likeness | None:
    if _periodical(one, other):
        return None
    if one.told == other.told:
        return _same_title(one, other)
    cut = _is_cut(one, other)
    if (title < _TITLE_SAME and not cut) or _objection(one, other) or _texts_differ(one, other):
        return None
    if cut:
        return _same(max(title, 0.8), "标题只是长短不同")
    agree = "，数字一致" if one.numbers and one.numbers == other.numbers else ""
    return _same(title, f"标题相近（{title:.2f}）{agree}")


def _same_title(one: Gist, other: Gist) -> Likeness | None:
    if one.ordinals != other.ordinals or _asides_differ(one, other):
        return None
    alike = (_containment(one, other) or 0) >= _TEMPLATE
    short = min(one.weight, other.weight) < 2 * _LEAST_WEIGHT
    if (alike and _figures_differ(one, other)) or (
        (short or _one_source(one, other)) and _texts_differ(one, other)
    ):
        return None
    return _same(1, "标题相同")


def _by_text(one: Gist, other: Gist, title: float) -> Likeness | None:
    if _ordinals_differ(one, other) or (title < _TITLE_WITH_TEXT and not one.sketch & other.sketch):
        return None
    text = _containment(one, other)
    if text is None or text < _TEXT_REWORDED or _figures_differ(one, other):
        return None
    if title >= _TITLE_EVENT and _name_swapped(one, other):
        return None
    if text >= _TEXT_SAME:
        enough = _own_text if _one_source(one, other) else _others_text
        return _same(text, f"摘要{_tenths(text)}相同") if enough(one, other, title, text) else None
    return None if _one_source(one, other) else _reworded(one, other, title, text)


def _reworded(one: Gist, other: Gist, title: float, text: float) -> Likeness | None:
    """Return the likeness of texts that have less than half in common, where there is another witness."""
    shared = len(one.telling & other.telling)
    if title >= _TITLE_EVENT and not _objection(one, other):
        return _same(title, f"标题相近（{title:.2f}），摘要{_tenths(text)}相同")
    if shared >= (1 if title >= _TITLE_EVENT else 2) and title >= _TITLE_WITH_TEXT:
        return _same(_TEXT_SAME, f"摘要{_tenths(text)}相同，{shared}个数字一致")
    return None


def _others_text(one: Gist, other: Gist, title: float, text: float) -> bool:
    enough = text >= _TEXT_ALONE and _own(one, other) >= _MANY_SHINGLES
    return title >= _TITLE_WITH_TEXT or (enough and _supported(one, other))


def _own_text(one: Gist, other: Gist, title: float, text: float) -> bool:
    """Tell whether a source repeats itself: it does so under a like title, or at length."""
    # Its advertisements and introductions are alike, too, before enough items were seen to know them.
    like = title >= _TITLE_EVENT and not _numbers_differ(one, other)
    return text >= _TEXT_ALONE and (like or _own(one, other) >= _LONG_SHINGLES)


def _apart(one: Gist, other: Gist, title: float) -> Likeness:
    if title < _TITLE_EVENT:
        kind, reason = Kind.DIFFERENT, "标题不相近"
    elif _periodical(one, other):
        kind, reason = Kind.DIFFERENT, "标题只有栏目和日期"
    elif other_story := _other_story(one, other) or _word_swapped(one, other):
        kind, reason = Kind.DIFFERENT, other_story
    else:
        kind, reason = Kind.EVENT, f"标题部分相近（{title:.2f}）"
    return Likeness(kind=kind, score=round(title, 3), reason=reason)


def _same(score: float, reason: str) -> Likeness:
    return Likeness(kind=Kind.SAME, score=round(score, 3), reason=reason)


def _tenths(share: float) -> str:
    return "全部" if share >= 0.99 else f"{'零一二三四五六七八九'[int(share * 10)]}成"


# What speaks against


_GENRES = re.compile(
    "解读|说明|点评|评论|答记者问|问答|答疑|图解|一图|回应|背后|专访|对话|访谈|侧记|综述|述评|社论|预告|直播|回放|实录|"
    "征求意见|招聘|培训|解析|详解|揭秘|复盘|辟谣|更正|致歉|续|签约|闭幕|开幕|开播|报名"
)
_TURNS = re.compile(
    "不|未|非|拟|终止|取消|否认|再|又|副|将|已|暂停|恢复|撤回|下架|延期|推迟|完成|启动|中止|停止|失败|成功"
)
_DOCUMENTS = re.compile("通知|通告|公告|公示|意见|办法|方案|规划|指南|名单|报告")
_FILLERS = frozenset("的了和与及并在将于对为是有等也就都还而被把让从到向中上下着过吗呢吧啊")


def _other_story(one: Gist, other: Gist) -> str | None:
    """Return what shows that two like titles come from a template, not from one event."""
    if _ordinals_differ(one, other):
        return f"期次不同（{_listed(one.ordinals ^ other.ordinals)}）"
    if _numbers_differ(one, other):
        return f"数字不同（{_listed(one.numbers ^ other.numbers)}）"
    return _name_swapped(one, other)


_NAMED = re.compile(
    "股份|公司|集团|科技|大学|学院|医院|银行|证券|研究院|协会|机器人|自治|[省市区县州局委部厅院所会盟]"
)


def _name_swapped(one: Gist, other: Gist) -> str | None:
    """Return the names that stand in each other's place: subjects at the head, or bodies by their last word."""
    for left, right, heads, after in _replaced(one.letters, other.letters):
        if min(len(left), len(right)) > 1 and (heads or any(map(_NAMED.match, after))):
            return f"名称不同（{left}、{right}）"
    return None


def _word_swapped(one: Gist, other: Gist) -> str | None:
    """Return the words that stand in each other's place: another metal, another turn, another project."""
    for left, right, *_ in _replaced(one.told, other.told):
        is_turn = _TURNS.fullmatch(left) and _TURNS.fullmatch(right)
        is_word = max(len(left), len(right)) <= _LONGEST_WORD and not set(left + right) <= _FILLERS
        if is_word and not is_turn:
            return f"用词不同（{left}、{right}）"
    return None


def _objection(one: Gist, other: Gist) -> str | None:
    """Return what keeps two like titles from being one story without further proof."""
    if told := _other_story(one, other):
        return told
    # What is cut off at the end may be the word for the document.
    for words in (_GENRES, _TURNS, *(() if _is_cut(one, other) else (_DOCUMENTS,))):
        if word := _only_once(one.title.core, other.title.core, words):
            return f"只有一处有“{word}”"
    if _asides_differ(one, other):
        return f"栏目不同（{_listed(one.title.asides + other.title.asides)}）"
    return _swapped(one, other) or _qualified(one, other)


def _only_once(one: str, other: str, words: re.Pattern[str]) -> str | None:
    ours, theirs = Counter(words.findall(one)), Counter(words.findall(other))
    return min((ours - theirs) + (theirs - ours), default=None)


def _swapped(one: Gist, other: Gist) -> str | None:
    """Return the words that stand in the place of others: where one name is swapped, another story is told."""
    for left, right, *_ in _replaced(one.letters, other.letters):
        if not set(left + right) <= _FILLERS:
            return f"“{left}”与“{right}”不同"
    ours, theirs = Counter(one.letters), Counter(other.letters)
    left, right = ("".join(sorted(some.keys() - _FILLERS)) for some in (ours - theirs, theirs - ours))
    return f"“{left}”与“{right}”不同" if left and right else None


def _replaced(one: str, other: str) -> Iterable[tuple[str, str, bool, tuple[str, str]]]:
    """Yield the letters of two titles that stand in each other's place, whether both begin so, and what follows."""
    # The matcher may find another way when asked the other way round.
    first, second = sorted((one, other))
    for tag, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if tag == "replace":
            yield first[a:b], second[c:d], a == c == 0, (first[b:], second[d:])


_BRACKETED = re.compile(r"[(（]([^()（）]+)[)）]")


def _qualified(one: Gist, other: Gist) -> str | None:
    """Return the bracket that only one title has: it names a part of what the other is about."""
    brackets = set(_BRACKETED.findall(one.title.core)) ^ set(_BRACKETED.findall(other.title.core))
    whole = one.letters + " " + other.letters
    apart = {words for words in brackets if whole.count(letters(words)) < 2}
    return f"只有一处有“（{min(apart)}）”" if apart else None


def _asides_differ(one: Gist, other: Gist) -> bool:
    """Tell whether both titles carry a name before or after the core, and not the same one."""
    ours, theirs = (set(map(letters, side.title.asides)) for side in (one, other))
    return bool(ours and theirs and not ours & theirs)


def _ordinals_differ(one: Gist, other: Gist) -> bool:
    return one.ordinals != other.ordinals and bool(one.ordinals and other.ordinals)


def _numbers_differ(one: Gist, other: Gist) -> bool:
    return bool(one.numbers - other.numbers and other.numbers - one.numbers)


def _figures_differ(one: Gist, other: Gist) -> bool:
    """Tell whether like texts give other numbers, as the months of one template do."""
    ours, theirs = one.numbers - other.numbers - other.figures, other.numbers - one.numbers - one.figures
    if (ours and theirs) or (
        _one_source(one, other) and one.telling - other.telling and other.telling - one.telling
    ):
        return True
    # The date is often that of the outlet, not of the news.
    left, right = ({figure for figure in side.figures if "-" not in figure} for side in (one, other))
    return len(left & right) < _NUMBERS_SHARED * min(len(left), len(right))


def _one_source(one: Gist, other: Gist) -> bool:
    return one.source is not None and one.source == other.source


def _supported(one: Gist, other: Gist) -> bool:
    """Tell whether the words of one title stand in what the other says."""
    return max(_found_in(one, other), _found_in(other, one)) >= _SUPPORTED


def _found_in(one: Gist, other: Gist) -> float:
    words = frozenset(grams(other.body, 2)) | other.bigrams
    return len(one.bigrams & words) / len(one.bigrams)


def _texts_differ(one: Gist, other: Gist) -> bool:
    return _own(one, other) >= _MANY_SHINGLES and (_containment(one, other) or 0) < 0.05


def _periodical(one: Gist, other: Gist) -> bool:
    return min(one.weight, other.weight) < _LEAST_WEIGHT


def _is_cut(one: Gist, other: Gist) -> bool:
    """Tell whether one title is a piece of the other, long enough to be known by."""
    short, long = sorted((one.letters, other.letters), key=len)
    return len(short) >= 2 * _LEAST_WEIGHT and 2 * len(short) >= len(long) and short in long


def _listed(words: Iterable[str]) -> str:
    return "、".join(sorted(set(words))[:4])


# What is compared


def grams(text: str, length: int) -> Iterable[str]:
    """Yield every run of `length` letters; a shorter text whole."""
    return (text[start : start + length] for start in range(max(len(text) - length + 1, 1)))


def shingles(text: str) -> list[int]:
    """Return the 32-bit digests of the 6-grams of a text of letters, the same in every run of the program."""
    coded = text.encode("utf-32-le", "surrogatepass")
    return [zlib.crc32(coded[at : at + 4 * SHINGLE]) for at in range(0, len(coded) - 4 * SHINGLE + 4, 4)]


def boilerplate(texts: Iterable[str]) -> dict[int, int]:
    """Return the shingles found in a twentieth of a source's texts, and in four at least, with their number."""
    found, read = Counter[int](), 0
    for text in texts:
        found.update(set(shingles(bare(strip_agencies(text[: 2 * LETTERS_READ]))[:LETTERS_READ])))
        read += 1
    return {one: times for one, times in found.items() if times >= max(_COMMON_LEAST, _COMMON_SHARE * read)}


_AGENCIES = re.compile(
    r"(?:财联社|新华社|新华网|中新社|中新网|央视网|央视新闻|人民网|人民日报|证券时报|上证报|中证报|经济参考报|界面新闻|澎湃新闻|每经|e公司|"
    r"《[^》]{2,12}》)[^,。;:!?()]{0,14}?(?:\([^)]{0,30}\))?(?:电|讯|消息|获悉)[,:;]?\s*(?:\([^)]{0,30}\))?"
    r"|\((?:记者|编辑|通讯员|实习生|来源|责编|责任编辑|文|图)[^)]{0,30}\)"
    r"|(?:转自|来源|原标题|责任编辑|责编|编辑|作者|文/图|记者|校对|审核)\s*[:|/]\s*[^\s,。;|]{1,20}\s*\|?"
    r"|来源:\S{1,12}\s|本文(?:来自|转自|首发于)[^,。]{1,20}[,。]"
    r"|点击(?:上方|下方|阅读|关注)[^,。!\s]{1,20}|(?:免责)?声明:.*$"
)


def strip_agencies(text: str) -> str:
    """Return the text without agencies, editors and disclaimers, in NFKC."""
    return _AGENCIES.sub(" ", normal(text))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def _own(one: Gist, other: Gist) -> int:
    return min(len(one.shingles), len(other.shingles))


def _containment(one: Gist, other: Gist) -> float | None:
    """Return how much of the shorter text stands in the longer one; None where it is too short to tell."""
    least = _own(one, other)
    return len(one.shingles & other.shingles) / least if least >= _LEAST_SHINGLES else None
