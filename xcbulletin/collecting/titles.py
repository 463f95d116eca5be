"""What a title says once its wrapping is off: the core, its numbers, its ordinals, its weight."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_LEAST = 6
"""Letters that a core must keep; a wrapping is left on where less would remain."""

_CRIES = (
    "重磅|突发|快讯|最新|刚刚|独家|定了|官宣|注意|速看|速览|好消息|重要|关注|提醒|扩散|权威发布|权威|喜报|喜讯|转发|"
    "原创|头条|聚焦|利好|紧急|热点|特别关注|重磅消息|最新消息|快看|收藏"
)
_SURNAMES = (
    "习王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟"
    "汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_NO_PEOPLE = (
    "江[苏西门阴]|石家|万[科达华宁]|高[通盛新]|金[山川华]|康佳|常[州德熟]|方正|雷诺|白[云银]|马[钢来鞍]|梁平|史上|周[一二三四五六日末]|"
    "贺州|温州|汤臣|乔治|梅州|尹江|武[汉夷威]|龙[岩源湖]|段子|钟表|孟加|余额|薛店|黄[山石冈]|徐州|吴[江忠]|宋城|唐山|韩国|许[昌继]"
)
_HONOURS = "院士|教授|专家|主任|研究员|博士|部长|省长|市长|书记|总理|主席|董事长|总裁|理事长|会长|局长|司长"
_HEADS = tuple(
    re.compile(pattern)
    for pattern in (
        r"^[【\[〔]([^】\]〕]{1,12})[】\]〕]\s*[-—:|丨·,]*\s*",
        r"^([^|丨│┃∣:,!?。]{1,12}?)\s*(?:[|丨│┃∣]+|\s[lI]\s)\s*",
        rf"^((?:{_CRIES})[一-鿿]?)\s*(?:[!:]+|[|丨]+)\s*",
        rf"^((?!{_NO_PEOPLE})(?:[{_SURNAMES}][一-鿿]{{1,2}})(?:{_HONOURS})?|[一-鿿]{{2,8}}(?:{_HONOURS})(?:[{_SURNAMES}][一-鿿]{{1,2}})?):\s*",
        r"^(作者:?\s*[一-鿿]{2,4})\s*[:|丨]\s*",
    )
)
_TAILS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\s*[(【\[]((?:附|含|内附|文末|全文|完整|视频|图|组图|多图|来源|转载|原创|下载|收藏|pdf|[^()]{0,4}(?:版|全文|名单|下载|视频))[^()【】\[\]]{0,12})[)】\]]$",
        r"\s*[|丨│┃∣]+\s*([^|丨│┃∣,。!?]{1,14})$",
        r"(?:_+|\s-+\s|\s*——)\s*([^_\-—]{1,12}(?:网|报|社|在线|频道|新闻|资讯|客户端|氪|杂志|财经))$",
    )
)
_FURNITURE = re.compile(r"\s+(?:(?:热点|置顶|最新|推荐)\s*)?(?:\d+\s*(?:分钟|小时|天)前|刚刚)$")
"""What list pages put after a title."""

_PERIODIC = re.compile(
    "早报|晚报|午报|日报|周报|月报|周刊|早餐|早读|晚读|早茶|早间|晚间|盘前|盘后|午间|复盘|收评|资讯|快讯|简报|简讯|盘点|汇总|"
    "速览|速递|要闻|新闻|今日|每日|昨日|本周|一周|上周|本月|动态|行情|星期[一二三四五六日天]|周[一二三四五六日天]|头条|热点|早知道|"
    "播报|精选|导读|摘要|目录|价格|报价|日历|财经|行业|市场"
)

_DATE = re.compile(
    r"(?:(?P<y>(?:19|20)\d{2})\s*[年./-]\s*)?(?<!\d)(?P<m>1[0-2]|0?[1-9])\s*(?:月\s*|[./-])(?P<d>3[01]|[12]\d|0?[1-9])(?!\s*[\d.%万亿千百元美吨个台倍点件项GgMmKkVvWwTt])\s*[日号]?"
)
_NUMBER = re.compile(r"(?<![\d.])(\d+(?:,\d{3})*(?:\.\d+)?)\s*(%|万亿|亿|万|千)?")
_SCALE = {"": 1.0, "千": 1e3, "万": 1e4, "亿": 1e8, "万亿": 1e12}
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_COUNT = r"(\d+|[零〇一二三四五六七八九十百]{1,5})"
_ORDINALS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"第\s*{_COUNT}\s*([期届批次轮季章集讲回号弹场篇部辑]?)",
        rf"[(（]\s*{_COUNT}\s*[)）]()",
        rf"(?:之|[系连]列)\s*{_COUNT}(?![一-鿿])()",
        r"(?:part|no\.?|vol\.?|ep\.?|issue|#)\s*(\d+)()",
        r"\s-\s*(\d{1,3})(?=[\s一-鿿])()",
        r"[a-z)]-(\d{1,3})\s()",
    )
)
_HALVES = re.compile(r"[(（]\s*([上中下])\s*[)）]|([上中下])[篇集]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Title:
    """A title taken apart."""

    core: str
    asides: tuple[str, ...]
    """What was taken off: column, author, cry, name of the paper."""
    whole: str
    """The title as given, in NFKC."""


@lru_cache(maxsize=4096)
def core_title(title: str) -> str:
    """Return the title without column, author, cry and name of the paper, in NFKC."""
    return take_apart(title).core


def take_apart(title: str) -> Title:
    """Take the wrapping off a title, as far as enough is left."""
    whole = normal(title)
    core, asides = _FURNITURE.sub("", whole), []
    while (found := _wrapping(core)) is not None:
        core, aside = found
        asides.append(aside)
    return Title(core=core, asides=tuple(asides), whole=whole)


def _wrapping(title: str) -> tuple[str, str] | None:
    for pattern in (*_HEADS, *_TAILS):
        match = pattern.search(title)
        if match:
            rest = (title[: match.start()] + title[match.end() :]).strip()
            if len(letters(rest)) >= _LEAST:
                return rest, match[1]
    return None


def normal(text: str) -> str:
    """Return the text in NFKC, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def letters(text: str) -> str:
    """Return the letters and digits of the text in lower case, without anything between them."""
    return bare(unicodedata.normalize("NFKC", text))


def bare(text: str) -> str:
    """Return the letters of a text that is in NFKC already."""
    return "".join(filter(str.isalnum, text.casefold()))


def weight(core: str) -> int:
    """Count the letters that say something: without dates, numbers and the words of periodical columns."""
    return len(letters(_PERIODIC.sub("", _NUMBER.sub("", _DATE.sub("", normal(core))))))


def numbers(text: str) -> frozenset[str]:
    """Return the numbers and dates of a text, ordinals left out: 3.5亿 is 35000万, 6月16日 is 6.16."""
    rest = normal(text)
    for pattern in _ORDINALS:
        rest = pattern.sub(" ", rest)
    dates = {f"{int(match['m'])}-{int(match['d'])}" for match in _DATE.finditer(rest)}
    years = {match["y"] for match in _DATE.finditer(rest) if match["y"]}
    return frozenset(dates | years | set(map(_amount, _NUMBER.finditer(_DATE.sub(" ", rest)))))


def _amount(match: re.Match[str]) -> str:
    value, unit = float(match[1].replace(",", "")), match[2] or ""
    return f"{value:g}%" if unit == "%" else f"{value * _SCALE[unit]:.10g}"


def ordinals(text: str) -> frozenset[str]:
    """Return what tells the parts of a series apart: 第3期, (二), 下, Part 2."""
    rest = normal(text)
    counted = {f"{_count(match[1])}{match[2]}" for pattern in _ORDINALS for match in pattern.finditer(rest)}
    return frozenset(counted | {match[1] or match[2] for match in _HALVES.finditer(rest)})


def _count(words: str) -> int:
    if words.isdigit():
        return int(words)
    total, digit = 0, 0
    for sign in words:
        if sign in "十百":
            total, digit = total + (digit or 1) * (10 if sign == "十" else 100), 0
        else:
            digit = digit * (10 if digit else 1) + _DIGITS[sign]
    return total + digit
