"""How well `check` finds what is wrong, and how fast: sentences damaged by rule, and whole ones.

The sentences are our own: those of the sample issues, and those below. Where the feeds of the corpus are at hand, what
is said of their sentences is told apart: nobody has proofed them. Goals per family: precision .95, recall .85; an issue
of 30,000 characters in under 2 seconds.
"""

import datetime
import html
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from xcbulletin.manuscript.read import read_issue
from xcbulletin.model import Article, Imprint, Issue, IssueId, Kind, Source
from xcbulletin.proofing.checking import check
from xcbulletin.proofing.chinese.wordlist import parse_words
from xcbulletin.proofing.context import Context
from xcbulletin.proofing.findings import Family, Finding
from xcbulletin.proofing.passages import PassageKind, passages
from xcbulletin.proofing.structure.personal import is_identity_number, is_luhn
from xcbulletin.settings import open_workspace
from xcbulletin.workspace import issue_ids

ROOT = Path(__file__).parents[1]
FEEDS = ROOT.parent / "shared" / "corpus" / "feeds"
FRONT = "---\ntitle: 一月新闻\n---\n"
OF_ONE_KIND = 12
"""Sentences damaged in one way."""
WHOLE = 200
CHARACTERS = 30_000

_OWN = """
截至去年底，全市建成充电桩三千多个，覆盖所有乡镇。
会议部署了下一阶段的工作，要求各县区作为重点事项来抓。
企业已经与高校签订协议，联合建设中试基地。
即使原料涨价，合同价格仍然不变。
新设备安装调试完毕，已经投入试运行。
园区制定了三年行动方案，把节能改造当作头等大事。
“一带一路”沿线的订单占到出口的一半。
《中华人民共和国数据安全法》对数据分类分级提出了要求。
座谈会上，企业提出“用工难”“融资难”两个问题。
方案（征求意见稿）向社会公开，意见可以通过邮箱反馈。
他说：“先把场景做好，再谈算法。”这句话得到了多数企业的认同。
过渡期结束以后，新旧标准不再并行。
全年计划投资20亿元～25亿元，重点投向储能和再生金属。
专家认为，增长5%～8%是比较稳妥的目标。
《快递》每月编印一期，送有关部门参阅。
项目既然已经批准，就要按期开工，避免重复建设。
研究院提出三项建议：一是摸清底数，二是统一口径，三是按月更新。
这家企业的产品通过了欧盟认证，出口到三十多个国家。
两部门印发的《工业能效提升行动计划》明确了七项任务。
本报告所称“规模以上”，指年主营业务收入2000万元及以上。
人民日报社评论说，情报工作要走在决策前面。
有关情况已编入快报，供领导参阅。
据新华社记者报道，港口吞吐量恢复到上年同期水平。
新车定价低于预期，订阅服务另行收费。
大会由省工业和信息化厅主办，市人民政府协办。
日本报纸和学术刊物都报道了这项试验。
联系电话0374-0000000，邮编461000。
标准编号为GB/T 39733—2020，2021年1月1日起实施。
"""
_WORDS = (
    ("截至", "截止至"),
    ("部署", "布署"),
    ("作为", "做为"),
    ("签订", "签定"),
    ("即使", "既使"),
    ("安装", "按装"),
    ("已经", "己经"),
    ("当作", "当做"),
    ("覆盖", "复盖"),
    ("座谈会", "坐谈会"),
    ("过渡期", "过度期"),
    ("既然", "即然"),
    ("数据安全法", "数字安全法"),
    ("一带一路", "-带一路"),
    ("重复", "重复重复"),
)
_HAN = "[\u4e00-\u9fff]"


Damage = Callable[[str, Random], str]


def _replaced(pattern: str, new: str) -> Damage:
    """Return what puts `new` for one of the places that a pattern matches."""

    def damage(text: str, random: Random) -> str:
        matches = list(re.finditer(pattern, text))
        if not matches:
            return text
        match = random.choice(matches)
        return text[: match.start()] + match.expand(new) + text[match.end() :]

    return damage


def _put_before(words: str) -> Damage:
    return lambda text, _random: f"{words}{text}"


def _put_behind(words: Callable[[Random], str]) -> Damage:
    return lambda text, random: f"{text.rstrip('。')}，{words(random)}。"


def _identity(random: Random) -> str:
    day = datetime.date(1950, 1, 1) + datetime.timedelta(days=random.randrange(20_000))
    body = f"41100{random.randrange(1, 4)}{day:%Y%m%d}{random.randrange(1000):03}"
    return next(number for end in "0123456789X" if is_identity_number(number := f"身份证号{body}{end}"[4:]))


def _mobile(random: Random) -> str:
    return f"联系人手机{random.choice(('138', '159', '177', '186', '199'))}{random.randrange(10**8):08}"


def _card(random: Random) -> str:
    body = f"6222{random.randrange(10**14):014}"
    return next(number for end in range(10) if is_luhn(number := f"{body}{end}"))


DAMAGES: dict[Family, dict[str, Damage]] = {
    Family.IMPRINT: {
        "本报讯": _put_before("本报讯　"),
        "本刊": _replaced(r"^", "本刊认为，"),
        "记者获悉": _put_before("记者从有关部门获悉，"),
        "（记者 ××）": _replaced(r"。$", "（记者 张三）。"),
        "协办单位": _put_before("协办单位：某某公司。"),
        "定价": _put_before("定价：12元。"),
        "广告热线": _put_before("广告热线：0374-0000000。"),
    },
    Family.TEXT: {
        "引号重复": _replaced("”", "””"),
        "缺后引号": _replaced("”", ""),
        "缺前引号": _replaced("“", ""),
        "括号一全一半": _replaced("）", ")"),
        "缺后括号": _replaced("）", ""),
        "半角逗号": _replaced(f"(?<={_HAN})，(?={_HAN})", ","),
        "句号重复": _replaced("。$", "。。"),
        "逗号句号": _replaced("。$", "，。"),
        "全角数字": _replaced(r"(?<=\d)5(?=\d)|(?<=\d)1(?=\d)", "５"),
        "汉字间空格": _replaced(f"({_HAN})({_HAN})(?={_HAN})", r"\1 \2"),
        "乱码": _replaced(f"(?<={_HAN})({_HAN})", "\ufffd"),
        "范围": _replaced(r"(\d)%～(\d+)%", r"\1-\2%"),
        **{f"{right}→{wrong}": _replaced(right, wrong) for right, wrong in _WORDS},
    },
    Family.STRUCTURE: {
        "身份证号": _put_behind(_identity),
        "手机号": _put_behind(_mobile),
        "银行卡号": _put_behind(_card),
        "内网网址": _put_behind(lambda random: f"详见http://192.168.{random.randrange(256)}.8/a"),
        "本机地址": _put_behind(lambda _random: "详见http://localhost:8000/a"),
        "地图": lambda text, _random: f"{text}\n\n![许昌市行政区划图](assets/a.svg)",
        "无题表格": lambda text, _random: f"{text}\n\n| 甲 | 乙 |\n|---|---|\n| 丙 | 丁 |",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """A sentence, and what was done to it."""

    text: str
    family: Family | None = None
    how: str = ""


def proofreading(_folder: Path, rounds: int) -> None:
    """Print precision and recall per family, what was missed and what was wrongly told, and the speed."""
    whole = [Sentence(text=text) for text in own_sentences()]
    damaged = [*damage(whole), *wrong_figures()]
    clean = [*Random(11).sample(whole, min(WHOLE, len(whole))), *right_figures()]
    print(f"{len(damaged)} damaged sentences, {len(clean)} whole ones; goals: precision .95, recall .85\n")
    _tell(damaged, clean)
    _tell_feeds()
    _tell_speed(rounds)


def own_sentences() -> list[str]:
    """Return the sentences of the sample issues, and those above, each once."""
    workspace = open_workspace(ROOT, {})
    found = [line for line in _OWN.split("\n") if line]
    for issue_id in issue_ids(ROOT):
        for article in read_issue(workspace, issue_id)[0].articles:
            text = (ROOT / article.file).read_text(encoding="utf-8")
            for passage in passages(article, text):
                if passage.kind is PassageKind.PARAGRAPH:
                    found += [passage.text[start:end] for start, end in passage.sentences()]
    fit = re.compile(f"(?s).*{_HAN}.*。[”）]*")
    return list(dict.fromkeys(one for one in found if 16 <= len(one) <= 160 and fit.fullmatch(one)))


def damage(sentences: list[Sentence]) -> Iterator[Sentence]:
    """Yield sentences damaged in each way, as many as there are, but no more than OF_ONE_KIND."""
    for family, ways in DAMAGES.items():
        for how, way in ways.items():
            random = Random(how)
            made = 0
            for sentence in random.sample(sentences, len(sentences)):
                text = way(sentence.text, random)
                if text != sentence.text and made < OF_ONE_KIND:
                    made += 1
                    yield Sentence(text=text, family=family, how=how)


def _figures() -> list[tuple[str, str, str]]:
    sys.path.insert(0, str(ROOT / "tests"))
    from figuredamage import samples

    random = Random(5)
    return [(one.rule, one.right, one.wrong(random)) for one in samples()]


def wrong_figures() -> list[Sentence]:
    """Return sentences whose figures do not agree."""
    return [Sentence(text=wrong, family=Family.NUMBERS, how=rule) for rule, _right, wrong in _figures()]


def right_figures() -> list[Sentence]:
    """Return the same sentences as they should be."""
    return [Sentence(text=right) for _rule, right, _wrong in _figures()]


_ISSUE = Issue(
    id=IssueId("2021-01"),
    kind=Kind.BULLETIN,
    title="许昌竞争情报快递",
    date=datetime.date(2021, 1, 29),
    columns=(),
    articles=(),
    publishers=("科技情报研究所",),
    number=1,
    imprint=Imprint(
        permit_number="样例",
        recipients="有关部门",
        printer="样例",
        print_date=datetime.date(2021, 1, 29),
        copies=200,
    ),
)
_CONTEXT = Context(
    notice="内部资料，免费交流",
    word_list=parse_words((ROOT / "sources" / "proofing.yaml").read_text(encoding="utf-8")),
)


def found_in(text: str) -> tuple[Finding, ...]:
    """Return what all families find in an article of one paragraph."""
    article = Article(
        file="issues/2021-01/news/01.md",
        title="一月新闻",
        column="news",
        body=f"{text}\n",
        body_line=4,
        industries=("ai",),
        source=Source(name="某局", url="https://example.org/a.html", date=datetime.date(2021, 1, 20)),
    )
    issue = replace(_ISSUE, articles=(article,))
    return check(issue, {article.file: f"{FRONT}{article.body}"}, _CONTEXT).findings


def _tell(damaged: list[Sentence], clean: list[Sentence]) -> None:
    right, false, missed = (
        Counter[Family](),
        defaultdict[Family, list[str]](list),
        Counter[tuple[Family, str]](),
    )
    for sentence in (*damaged, *clean):
        found = found_in(sentence.text)
        families = {one.rule.family for one in found}
        if sentence.family in families:
            right[sentence.family] += 1
        elif sentence.family:
            missed[sentence.family, sentence.how] += 1
        for one in found:
            if one.rule.family is not sentence.family:
                false[one.rule.family].append(f"{one.rule.id}: {one.message} | {sentence.text[:60]}")
    for family in Family:
        of_it = [one for one in damaged if one.family is family]
        told = right[family] + len(false[family])
        precision = right[family] / told if told else 1
        print(
            f"{family.value}\t{len(of_it)} damaged\tprecision {precision:.3f}\trecall {right[family] / len(of_it):.3f}"
        )
    for (family, how), times in missed.most_common():
        print(f"  missed\t{family.value}\t{how}\t×{times}")
    for family, messages in false.items():
        for message in messages:
            print(f"  false\t{family.value}\t{message}")


def _tell_feeds() -> None:
    """Print how often the rules speak on sentences of feeds, which are right for the most part."""
    sentences = list(dict.fromkeys(_feed_sentences()))
    if not sentences:
        print("\nno feeds of the corpus here")
        return
    sample = Random(3).sample(sentences, min(600, len(sentences)))
    told = Counter(one.rule.id for text in sample for one in found_in(text))
    print(f"\n{len(sample)} sentences of feeds, as collected: {sum(told.values())} findings")
    print("  " + ", ".join(f"{rule} ×{times}" for rule, times in told.most_common()))


def _feed_sentences() -> Iterator[str]:
    for path in sorted(FEEDS.rglob("*.xml")) if FEEDS.is_dir() else ():
        text = html.unescape(html.unescape(path.read_text(encoding="utf-8", errors="ignore")))
        for line in re.sub(r"<[^>]+>", "\n", text).split("\n"):
            for sentence in re.findall(f"[^。！？]*{_HAN}[^。！？]*。", line):
                sentence = sentence.strip()
                if 20 <= len(sentence) <= 160 and not re.search(r"[|*_`#\[\]<>\s]", sentence):
                    yield sentence


def _tell_speed(rounds: int) -> None:
    """Print how long proofing takes over an issue of 30,000 characters made of the sample issues."""
    workspace = open_workspace(ROOT, {})
    articles: list[Article] = []
    texts: dict[str, str] = {}
    for issue_id in issue_ids(ROOT):
        for article in read_issue(workspace, issue_id)[0].articles:
            if sum(map(len, texts.values())) < CHARACTERS:
                articles.append(article)
                texts[article.file] = (ROOT / article.file).read_text(encoding="utf-8")
    issue = replace(_ISSUE, articles=tuple(articles))
    times = []
    for _round in range(rounds):
        begun = perf_counter()
        check(issue, texts, _CONTEXT)
        times.append(perf_counter() - begun)
    print(f"\n{sum(map(len, texts.values()))} characters proofed in {median(times):.2f} s (goal 2 s)")
