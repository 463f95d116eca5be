"""Wrong words: those on the institute's list, and those that only their neighbours show to be wrong."""

import re
from collections.abc import Callable, Iterator, Sequence

from xcbulletin.model import Severity
from xcbulletin.proofing.chinese.marking import around, mark, quoted
from xcbulletin.proofing.chinese.wordlist import Word, WordList
from xcbulletin.proofing.findings import Family, Finding, Rule
from xcbulletin.proofing.passages import Passage

CONFUSED = Rule(
    id="word-confused",
    family=Family.TEXT,
    name="错别字",
    severity=Severity.ERROR,
    why="形近、音近或用法相近而误的字词；清单在 sources/proofing.yaml 的 confusions。",
    basis="《现代汉语词典》第7版；GF 1001—2001《第一批异形词整理表》；《图书质量管理规定》附件（错字、别字 1 个差错）",
    weight=1,
)
NAMED = Rule(
    id="name-garbled",
    family=Family.TEXT,
    name="法律、政策、机构名称有误",
    severity=Severity.ERROR,
    why="法律、规划和机构的名称以正式文本为准；清单在 sources/proofing.yaml 的 names。",
    basis="公布该名称的文件（见清单里各组的 source）",
    weight=1,
)
PARTICLE = Rule(
    id="word-particle",
    family=Family.TEXT,
    name="“的”“地”“得”用错",
    severity=Severity.WARNING,
    why="状语后面用“地”，补语前面用“得”；只报有把握的几种。",
    basis="《现代汉语词典》第7版；《图书质量管理规定》附件（别字 1 个差错）",
    weight=1,
)
DEADLINE = Rule(
    id="word-until",
    family=Family.TEXT,
    name="“截止”与“截至”用错",
    severity=Severity.ERROR,
    why="“截止”是到期停止（报名截止），后面不接时间；到某时为止用“截至”。",
    basis="《现代汉语词典》第7版“截止”“截至”条",
    weight=1,
)
MISSING = Rule(
    id="word-missing",
    family=Family.TEXT,
    name="漏字",
    severity=Severity.ERROR,
    why="这个写法不成话，多半漏了字；只报有把握的几种。",
    basis="《图书质量管理规定》附件（漏字 1 个差错）",
    weight=1,
)
REPEATED = Rule(
    id="word-repeated",
    family=Family.TEXT,
    name="重字",
    severity=Severity.ERROR,
    why="同一个词接连写了两遍。",
    basis="《图书质量管理规定》附件（多字 1 个差错）",
    weight=1,
)
REDUNDANT = Rule(
    id="word-redundant",
    family=Family.TEXT,
    name="数量的说法自相矛盾",
    severity=Severity.WARNING,
    why="“约”与“左右”、“超过”与“以上”意思重复，“近”与“余”意思相反；减少不能用“倍”。",
    basis="GB/T 15835—2011 5.1.5 概数；《现代汉语词典》第7版“倍”条",
    weight=1,
)
RULES = (CONFUSED, NAMED, DEADLINE, PARTICLE, MISSING, REPEATED, REDUNDANT)

_UNTIL = re.compile(
    r"(?<!报名)(?<!申报)(?<!时间)(?<!日期)(?<!征集)(?<!受理)(?<!投递)(?<!认购)截止(?:到|于)?(?=(?:\d{2,4}年|\d{1,2}月|[二一][〇零九][〇零一二三四五六七八九]{2}年|今年|去年|上年|本年|本月|上月|目前|当前|年底|月底|发稿))"
)
_VERBS = "推动|推进|促进|落实|贯彻|加强|满足|适应|发挥|服务于|融入|把握|调动|带动|引导|利用|完成|统筹|拓展|释放|激发|夯实|落地应用"
_NOUNS = "力|作用|机制|措施|方式|方案|效应|效果|路径|办法|手段|工作|政策|策略|率|效率|性|剂|者|到位|空间|点|程度|情况"
_ADVERB = re.compile(
    r"(?:更好|更快|更有效|更加有效|更充分|更加充分|进一步|飞速|迅速|稳步|扎实|大力|有力|有效|恰当|不断|深入|充分|有序|全力|加快)"
    rf"(的)(?=(?:{_VERBS})(?!{_NOUNS})[\u4e00-\u9fff])"
)
_COMPLEMENT = re.compile(
    r"(?:发展|做|办|抓|建设|执行|完成|运行|落实|推进|进行|开展|准备|增长|表现|掌握|结合|解决|走|跑|干|变)(的)"
    r"(?=(?:比较|非常|十分|很|更|更加|不够|越来越|相当|较为|极为|最)(?:成熟|好|快|顺利|完善|充分|到位|扎实|深入|出色|突出|明显|漂亮|稳|远|迅速|彻底|细|实|慢|差|紧密)(?:[，。；、！]|但|而|，|\Z))"
)
_EARLY = re.compile(
    r"(?:(?<=[，。；])|\A)早(?=(?![在于就已期前些日年先晚餐])[\u4e00-\u9fff]{1,6}(?:政府|国会|议会|委员会|部|院|局)在[《“])"
)
_SHORTENED = re.compile(r"人工智(?![能慧商库力])|(?<!创)新能(?=汽车|发电)")
_LONGER = re.compile("法(?:[律治制案庭院人学定官]|规(?!定))|部门")
"""What shows that a word only looks like the name of a law or a ministry, as in 知识产权保护法规."""
_WHOLE = {"人工智": "人工智能", "新能": "新能源"}
_TWICE = re.compile(
    r"(进一步|通过|为了|以及|由于|因为|根据|随着|对于|关于|按照|截至|目前|其中|同时|推动|推进|促进|提升|加快|我国|我们|他们|是否|已经|正在|将会|能够|可以|如果|因此|但是|并且|或者|不断|持续|积极|发展|建设|增长|提高|实现|开展|完善|支持|要求|认为|表示|指出)\1"
    r"|(?!一)([\u4e00-\u9fff]{4,12})\2"
    r"|(?<![目标有中])(的)的(?!确|士)|(?<![不罢为])(了)了(?![解之结然如])|(?<![共饱总缓温平祥柔随谐])(和)和(?![平谐睦气美])"
    r"|(?<![现存所潜内外实])(在)在(?![线校职建场座])|(?<![参赋给])(与)与(?!会)|(?<![行作成认因])(为)为(?!了|何|主|止)|(?<![应针面反相])(对)对(?![于策手接象标应方称])|(?<![以普涉波])(及)及(?![时格])"
)
_ABOUT = re.compile(
    r"(?:大约|约|近|将近|大概)[\d.,]+[%％万亿千百]*[\u4e00-\u9fff]{0,3}?(?:左右|上下)|(?:超过|超|突破|不少于|不低于|至少|高于)[\d.,]+[%％万亿千百]*[\u4e00-\u9fff]{0,3}?以上(?![的]?(?:企业|单位|机构|学历))|(?:近|将近)[\d.,]+[万亿千百]*余"
)
_TIMES_LESS = re.compile(
    r"(?:下降|减少|降低|缩小|缩减|缩短|下跌|回落|减小)(?:了|近|超过|约)*\d+(?:\.\d+)?(?:多)?倍"
)


def find(passages: Sequence[Passage], words: WordList) -> Iterator[Finding]:
    """Yield wrong words."""
    for passage in passages:
        for word, start in words.confusions.find(passage.text):
            yield listed(CONFUSED, passage, word, start)
        for word, start in words.names.find(passage.text):
            if not _LONGER.match(passage.text, start + len(word.wrong) - 1):
                yield listed(NAMED, passage, word, start)
        for pattern, tell in _BY_CONTEXT:
            for match in pattern.finditer(passage.text):
                yield tell(passage, match)


def listed(rule: Rule, passage: Passage, word: Word, start: int, *, safe: bool = True) -> Finding:
    """Return what is told of a word on a list; `safe` is whether it may be replaced without asking."""
    end = start + len(word.wrong)
    why = f"（{word.why}）" if word.why else ""
    if word.right is None:
        return mark(
            rule,
            passage,
            (start, end),
            f"{quoted(word.wrong)}应避免{why}",
            "请改写；说法确实合适的，可在这一行写明不检查",
        )
    change = (start, end, word.right) if safe else None
    return mark(
        rule,
        passage,
        (start, end),
        f"{quoted(word.wrong)}应为{quoted(word.right)}{why}",
        f"请改为{quoted(word.right)}",
        change=change,
    )


def _until(passage: Passage, match: re.Match[str]) -> Finding:
    message = f"“{around(passage, *match.span())}”里“{match[0]}”后面接了时间"
    return mark(DEADLINE, passage, match.span(), message, "请改为“截至”", change=(*match.span(), "截至"))


def _adverb(passage: Passage, match: re.Match[str]) -> Finding:
    message = f"“{around(passage, *match.span())}”里修饰动词的“的”应为“地”"
    return mark(
        PARTICLE, passage, match.span(), message, f"请改为“{match[0][:-1]}地”", change=(*match.span(1), "地")
    )


def _complement(passage: Passage, match: re.Match[str]) -> Finding:
    message = f"“{around(passage, *match.span())}”里补语前的“的”应为“得”"
    return mark(
        PARTICLE, passage, match.span(), message, f"请改为“{match[0][:-1]}得”", change=(*match.span(1), "得")
    )


def _early(passage: Passage, match: re.Match[str]) -> Finding:
    message = f"“{around(passage, *match.span())}”里的“早”不成话，像是漏了字"
    return mark(MISSING, passage, match.span(), message, "请核对原文；是否想写“早前”“早先”？")


def _shortened(passage: Passage, match: re.Match[str]) -> Finding:
    message = f"“{around(passage, *match.span())}”里的“{match[0]}”像是漏了字"
    return mark(MISSING, passage, match.span(), message, f"是否想写“{_WHOLE[match[0]]}”？")


def _twice(passage: Passage, match: re.Match[str]) -> Finding:
    once = next(group for group in match.groups() if group)
    message = f"“{around(passage, *match.span())}”里“{once}”写了两遍"
    return mark(REPEATED, passage, match.span(), message, f"请删去一个“{once}”")


def _about(passage: Passage, match: re.Match[str]) -> Finding:
    message = f"“{match[0]}”里两个表示约数的词重复或矛盾"
    return mark(REDUNDANT, passage, match.span(), message, "请删去其中一个")


def _times_less(passage: Passage, match: re.Match[str]) -> Finding:
    message = f"“{match[0]}”：减少不能用“倍”，减少一倍就没有了"
    return mark(REDUNDANT, passage, match.span(), message, "请改用百分数或几分之几")


_BY_CONTEXT: tuple[tuple[re.Pattern[str], Callable[[Passage, re.Match[str]], Finding]], ...] = (
    (_UNTIL, _until),
    (_ADVERB, _adverb),
    (_COMPLEMENT, _complement),
    (_EARLY, _early),
    (_SHORTENED, _shortened),
    (_TWICE, _twice),
    (_ABOUT, _about),
    (_TIMES_LESS, _times_less),
)
