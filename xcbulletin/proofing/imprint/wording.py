"""What the bulletin may not call itself, and what it may not offer: 本刊, 本报, 记者, 协办, prices, advertisements.

What others say of themselves stays: within quotes, and after the name of who said it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xcbulletin.model import Article, Issue, Place, Severity
from xcbulletin.proofing.findings import Family, Finding, Rule
from xcbulletin.proofing.imprint.naming import place_of_value
from xcbulletin.proofing.passages import Passage, PassageKind

_LAW = "《内部资料性出版物管理办法》（2015）"

SELF = Rule(
    id="wording-self",
    family=Family.IMPRINT,
    name="自称本报、本刊",
    severity=Severity.ERROR,
    why="内部资料不得自称“本报”“本刊”；常是从报刊上抄来没有改写的。",
    basis=f"{_LAW}第十四条",
)
REPORTER = Rule(
    id="wording-reporter",
    family=Family.IMPRINT,
    name="记者",
    severity=Severity.WARNING,
    why="内部资料没有记者；“记者获悉”“（记者 ××）”是从报刊上抄来没有改写的，写明是哪家媒体的记者即可。",
    basis=f"{_LAW}第十四条",
)
CO_ORGANISER = Rule(
    id="wording-co-organiser",
    family=Family.IMPRINT,
    name="协办",
    severity=Severity.ERROR,
    why="内部资料不得承包、转让编印，也不得以“协办”的名义与其他单位合作。",
    basis=f"{_LAW}第十五条",
)
SALES = Rule(
    id="wording-sales",
    family=Family.IMPRINT,
    name="定价、征订和广告",
    severity=Severity.ERROR,
    why="内部资料不得定价、征订、收费，不得刊登广告或从事经营。",
    basis=f"{_LAW}第十五条",
)
RULES = (SELF, REPORTER, CO_ORGANISER, SALES)

OWN_PARTS = frozenset(("editorial", "copyright", "foreword", "contributors", "contact"))
"""Columns in which an institute speaks of its own publication."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wording:
    rule: Rule
    pattern: re.Pattern[str]
    message: str
    suggestion: str
    own_parts: bool = False
    """Whether it is only looked for where the institute speaks of itself."""


_SUGGESTION_SELF = "请改为“本期”“《快递》”或编印单位的名称；引自报刊的请改写，或放进引号并写明出处"
_WORDINGS = (
    _Wording(
        rule=SELF,
        # 日本报业, 样本报告, 本报告, 本报价, 本刊登: characters that only stand side by side.
        pattern=re.compile(
            "(?<![日样版成资基文根课脚读剧标副抄誊原正底蓝])"
            r"(?:本报(?=讯|记者|编辑|社|[，。：、；（(“\s]|将|特|今|此前|曾|也|从|由|在|为|与|不|认为|读者|特约)"
            "|本刊(?![登发载出物]|例)|本刊(?:发表|刊登)|本杂志|我刊|敝刊)"
        ),
        message="不能自称“{}”",
        suggestion=_SUGGESTION_SELF,
    ),
    _Wording(
        rule=SELF,
        pattern=re.compile(r"本[网台](?:讯|记者)"),
        message="“{}”是别家媒体的自称",
        suggestion=_SUGGESTION_SELF,
    ),
    _Wording(
        rule=REPORTER,
        pattern=re.compile(
            r"[（(](?:实习|见习)?记者[ 　:：]*[\u4e00-\u9fff]{2,3}(?:[ 　、，][\u4e00-\u9fff]{2,3})*[）)]"
            r"|^(?:文/)?记者[ 　]*[:：/]|(?:文|图)[/／]记者"
            r"|(?<![A-Za-z0-9\u4e00-\u9fff])记者(?=(?:[今昨]?日|近日)?(?:从|在|了解到|获悉|走访|注意到|采访|看到))"
        ),
        message="“{}”像是本期自己的记者",
        suggestion="请写明是哪家媒体的记者，或改为“据……报道”",
    ),
    _Wording(
        rule=CO_ORGANISER,
        pattern=re.compile(
            r"^协[ 　]*办(?:单位)?[ 　]*[：:]|(?:本期|快递》?|快报》?|简报》?)由[^，。]{2,30}协办"
        ),
        message="不能以“协办”的名义编印",
        suggestion="请删去；确属资料提供单位的，请写“资料提供”",
    ),
    _Wording(
        rule=SALES,
        pattern=re.compile(
            r"^(?:每[期册份本]|全年|零售|单期)?[定订售]价[ 　]*[：:]|^工本费[ 　]*[：:]"
            r"|订阅(?:热线|电话|办法)[ 　]*[：:]|(?:广告|招商)(?:热线|咨询|合作|招商|部)(?:电话)?[ 　]*[：:]"
            r"|广告经营许可证"
        ),
        message="内部资料不得定价、征订或登广告：“{}”",
        suggestion="请删去",
    ),
    _Wording(
        rule=SALES,
        pattern=re.compile(
            r"(?:欢迎|敬请|如需|诚邀|可)[^，。；]{0,8}(?:订阅|征订|刊登广告|投放广告)|(?:承接|刊登|代理)[^，。；]{0,4}广告"
            r"|工本费|版面费|赞助费|每[期册份本][定售]价"
        ),
        message="内部资料不得定价、征订或登广告：“{}”",
        suggestion="请删去",
        own_parts=True,
    ),
)
_CO_ORGANISED = re.compile("协[ 　]*办")
_QUOTED = re.compile("“[^”]*”|‘[^’]*’|「[^」]*」|《[^》]*》")
_SAID_BY = re.compile(
    r"(?:社|日报|晚报|时报|早报|周刊|杂志|电视台|网站)[^。！？]{0,12}\Z|据[^。！？]{2,40}\Z|(?<![本])[\u4e00-\u9fff]{2,8}(?<![本])[报网台刊社](?:讯|电|消息)(?:（[^）]{2,12}）)?[：:]?\Z"
)


def find(article: Article, passages: Sequence[Passage]) -> Iterator[Finding]:
    """Yield the wordings that an article may not have, one of a kind at a place."""
    for passage in passages:
        if passage.kind is PassageKind.SOURCE:
            continue
        quoted = [match.span() for match in _QUOTED.finditer(passage.text)]
        for wording in _WORDINGS:
            if not wording.own_parts or article.column in OWN_PARTS:
                yield from _find(wording, passage, quoted)


def find_in_imprint(issue: Issue, texts: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the wordings that may not stand in the imprint, nor among those who publish."""
    imprint = issue.imprint
    values = (
        *(("publisher", name) for name in issue.publishers),
        ("recipients", imprint.recipients),
        ("printer", imprint.printer),
        ("contact", imprint.contact),
    )
    for key, value in values:
        for wording in _WORDINGS if value else ():
            if match := (_CO_ORGANISED if wording.rule is CO_ORGANISER else wording.pattern).search(
                value or ""
            ):
                yield _finding(wording, place_of_value(issue, key, value or "", texts), match)


def _find(wording: _Wording, passage: Passage, quoted: Sequence[tuple[int, int]]) -> Iterator[Finding]:
    for match in wording.pattern.finditer(passage.text):
        if any(start < match.start() < end for start, end in quoted) or _is_said_by_others(
            wording, passage.text, match
        ):
            continue
        yield _finding(wording, passage.place(match.start()), match)


def _finding(wording: _Wording, place: Place, match: re.Match[str]) -> Finding:
    return Finding(
        rule=wording.rule,
        place=place,
        excerpt=match[0],
        message=wording.message.format(match[0]),
        suggestion=wording.suggestion,
    )


def _is_said_by_others(wording: _Wording, text: str, match: re.Match[str]) -> bool:
    """Tell whether a reporter belongs to a paper that is named before, as in 据新华社北京电（记者 …）."""
    return wording.rule is REPORTER and bool(_SAID_BY.search(text[: match.start()]))
