"""Made-up articles, as many as are wanted: what stands in them is nobody's news, but is spread as in real text.

Frequent words are the trade's (those of sources/industries.yaml and some of our own); the long tail, where most of the
different bigrams of real Chinese come from, is words and names put together of the 3,755 common characters of GB 2312.
Same number, same articles.
"""

import datetime
import json
import random
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, repeat
from pathlib import Path

import workspaces
import yaml

ROOT = Path(__file__).resolve().parent.parent
_QUERIES = (
    "芯片 储能 氢能 光伏 许昌 智造 算力 量子 电网 机器人 新能源 特高压 高纯硅 车联网 信通院 独角兽 路线图 人工智能 自动驾驶 动力电池 "
    "知识产权 专精特新 再生金属 风电光伏 智能电网 新能源汽车 工业机器人 粤港澳大湾区 智能网联汽车 产业链供应链"
)
QUERIES = tuple(_QUERIES.split())
"""The thirty that searches of Chinese text were measured with."""
COLUMNS = ("news", "trends", "reports", "finance")
LENGTH = 1_500
"""How many characters an article has on average."""

_TAIL = 60_000
"""How many words there are that only chance has made."""
_SUBJECTS = 12
"""How many terms of its industry an article keeps speaking of."""
_PLACES = (
    "全国 河南省 郑州市 江苏省 广东省 深圳市 北京市 上海市 浙江省 合肥市 安徽省 四川省 内蒙古 新疆 青海省 宁德市 常州市 西安市 "
    "武汉市 长沙市 山东省 长三角 京津冀 欧洲 美国 日本 德国 韩国 东南亚 国内 全省 全球 长葛市 禹州市 许昌市"
)
_BODIES = (
    "国家能源局 工业和信息化部 国家发展改革委 财政部 科技部 市场监管总局 行业协会 研究机构 龙头企业 多家企业 科研团队 "
    "试点城市 产业园区 联合实验室 上市公司 地方政府 有关部门 国家统计局 中国科学院 清华大学 供应商 主机厂"
)
_VERBS = (
    "发布 推出 建设 启动 完成 推进 加快 印发 签约 投产 突破 提出 支持 布局 开展 带动 形成 打造 实施 扩大 降低 提高 采用 研发 "
    "量产 交付 中标 融资 收购 出台 培育 引进 淘汰 替代 应用 覆盖 攻克 验证 公布 下调 上调 组建 完善 优化 升级 规范 鼓励 限制"
)
_ADVERBS = "将 已 正 率先 计划 全面 加快 继续 预计 首次 有望 仍 进一步 逐步 大力 联合 集中 同步 再次 自主 深入 稳步 明显 基本 着力"
_NOUNS = (
    "项目 技术 产品 市场 产业 生产线 标准 方案 政策 平台 企业 资金 成本 产能 订单 需求 规模 能力 水平 "
    "数据 材料 设备 系统 网络 模型 服务 应用场景 基金 人才 园区 示范区 意见 规划 报告 "
    "指标 价格 出口 投资 融资 补贴 电价 供应 库存 渠道 品牌 专利 工艺 良率 效率 寿命 安全 质量 风险 机遇 优势 短板 瓶颈 格局 趋势 "
    "试点 工程 基地 集群 体系 机制 中心 实验室 联盟 论坛 目录 名单 合同 协议 股权 利润 营收 毛利 份额 增速 结构 模式 生态 环节 领域"
)
_QUALITIES = "新型 高端 关键 智能 绿色 低碳 自主 国产 先进 核心 传统 海外 重点 大型 中小 优质 高效 专用 新一代 数字化 规模化"
_CONNECTIVES = "同时， 此外， 其中， 目前， 据了解， 业内人士认为， 数据显示， 值得注意的是， 与此同时， 从区域看， 受此影响， 下一步，"
_SUFFIXES = "科技 股份 集团 电气 新材料 智能 生物 能源 装备 环保 通信 电子"
_UNITS = "亿元 万吨 万辆 万千瓦 % 个百分点 家 项 台 亿美元 万套 兆瓦时 公里 元/吨 万人"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
_CLAUSES = (
    "pbdvqn wb在pdvtw twn的qw nw和wn yw，b的nw达x pwdvwn wn与tw nw、wn和tw均dv c宣布dvqtn 由c和c vw的tx 较上年vwx "
    "mb对nw的w提出wnv h表示，qnwdv 在wn的w方面，bdvwn w与tn有待v mnw为x，w则为x 以n为w，dvt wdvw nwv w的nqw占x c第z期nwdv "
    "bvwtn w从x升到x，n不足 既要vw，也要wvn 凡wn不得vt 让wv于n"
)
"""What the letters stand for is in `_slots`; anything else stands for itself."""
_TITLES = "pbdvtnw bdvtw的n pmt nwvx cdvqtnw tnw：qwdvn pvz个twn twn与nw：pdvw bvtn wdvw"


@dataclass(frozen=True)
class Article:
    """A made-up article."""

    issue: str
    name: str
    """Of its file, without the ending; no other has it."""
    date: datetime.date
    title: str
    column: str
    industries: tuple[str, ...]
    source: str
    body: str
    """Markdown: mostly paragraphs; some subheadings, lists and tables."""


def make(number: int, months: int) -> Iterator[Article]:
    """Yield so many articles, spread evenly over so many months up to December 2021."""
    dice = random.Random(number)
    writer = _Writer(dice)
    for index in range(number):
        month = 2022 * 12 - months + index * months // number
        date = datetime.date(month // 12, month % 12 + 1, 1 + dice.randrange(25))
        yield writer.write(f"{date:%Y-%m}", f"{index:05}", date)


class _Writer:
    """Writes sentence after sentence."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._topics = {one["code"]: _drawn(dice, _terms(one)) for one in _industries()}
        self._slots = _slots(dice)
        self._clauses, self._titles = _drawn(dice, _CLAUSES.split(), 0), _drawn(dice, _TITLES.split(), 0)

    def write(self, issue: str, name: str, date: datetime.date) -> Article:
        dice = self._dice
        industries = tuple(dice.sample(sorted(self._topics), dice.choice((1, 1, 1, 2))))
        self._slots["t"] = _drawn(dice, [next(self._topics[industries[0]]) for _ in range(_SUBJECTS)])
        return Article(
            issue=issue,
            name=name,
            date=date,
            title=self._fill(next(self._titles)),
            column=dice.choice(COLUMNS),
            industries=industries,
            source=self._fill("b"),
            body="\n\n".join(self._blocks()),
        )

    def _blocks(self) -> Iterator[str]:
        left = int(self._dice.gammavariate(4, 0.22 * LENGTH))
        while left > 0:
            block = self._dice.choices(
                (self._paragraph, self._heading, self._bullets, self._table), (88, 6, 4, 2)
            )[0]()
            left -= len(block)
            yield block
            if block.startswith("## "):
                yield self._paragraph()

    def _paragraph(self) -> str:
        return "".join(self._sentence() for _ in range(self._dice.randint(2, 5)))

    def _sentence(self) -> str:
        opening = next(self._slots["k"]) if self._dice.random() < 0.25 else ""
        clauses = (self._fill(next(self._clauses)) for _ in range(self._dice.randint(1, 4)))
        return opening + "，".join(clauses) + "。"

    def _heading(self) -> str:
        return f"## {self._fill('tnqn')}"

    def _bullets(self) -> str:
        return "\n".join(f"- {self._fill(next(self._clauses))}；" for _ in range(self._dice.randint(3, 5)))

    def _table(self) -> str:
        rows = ["| 项目 | 本期 | 同比 |", "|---|---|---|"]
        return "\n".join(
            rows + [f"| {self._fill('tn')} | {self._fill('x')} | {self._fill('x')} |" for _ in range(5)]
        )

    def _fill(self, pattern: str) -> str:
        return "".join([next(self._slots[sign]) if sign in self._slots else sign for sign in pattern])


def _industries() -> list[dict[str, str]]:
    found: list[dict[str, str]] = yaml.safe_load(
        (ROOT / "sources" / "industries.yaml").read_text(encoding="utf-8")
    )
    return found


def _terms(industry: dict[str, str]) -> list[str]:
    """Return what an industry's articles speak of, most frequent first: fields of its own before companies."""
    told = " ".join(industry.get(key, "") for key in ("sub_sectors", "words", "companies"))
    return [term for term in re.split(r"[、\s]+", told) if len(term) > 1]


def _slots(dice: random.Random) -> dict[str, Iterator[str]]:
    """Return what is drawn from for each letter of a pattern."""
    common = _shuffled(dice, map(chr, _common_characters()))
    characters = _drawn(dice, common, 1.0)
    tail = ["".join(islice(characters, dice.choice((2, 2, 2, 2, 3, 4)))) for _ in range(_TAIL)]
    places = _PLACES.split()
    names = [
        f"{dice.choice(places).rstrip('市省')}{''.join(islice(characters, 2))}{dice.choice(_SUFFIXES.split())}"
        for _ in range(_TAIL // 6)
    ]
    people = [
        dice.choice(_SURNAMES) + "".join(islice(characters, dice.choice((1, 2)))) for _ in range(_TAIL // 6)
    ]
    return {
        "p": _drawn(dice, places),
        "b": _drawn(dice, _BODIES.split()),
        "d": _drawn(dice, _ADVERBS.split()),
        "v": _drawn(dice, _VERBS.split() + tail[: _TAIL // 20]),
        "n": _drawn(dice, _NOUNS.split() + tail[_TAIL // 20 : _TAIL // 4]),
        "q": _drawn(dice, _QUALITIES.split()),
        "w": _drawn(dice, [*tail[_TAIL // 4 : _TAIL // 3], *QUERIES, *tail[_TAIL // 3 :]], 0.6),
        "c": _drawn(dice, names, 0.6),
        "h": _drawn(dice, people, 0.6),
        "k": _drawn(dice, _CONNECTIVES.split()),
        "x": _quantities(dice),
        "m": (f"{dice.randint(1, 12)}月" for _ in repeat(None)),
        "y": (f"{dice.randint(2012, 2030)}年" for _ in repeat(None)),
        "z": (str(dice.randint(1, 40)) for _ in repeat(None)),
    }


def _common_characters() -> Iterator[int]:
    """Yield the code points of level 1 of GB 2312."""
    for row in range(0xB0, 0xD8):
        last = 0xFA if row == 0xD7 else 0xFF
        yield from (ord(bytes((row, cell)).decode("gb2312")) for cell in range(0xA1, last))


def _shuffled(dice: random.Random, words: Iterator[str] | Sequence[str]) -> list[str]:
    shuffled = list(words)
    dice.shuffle(shuffled)
    return shuffled


def _drawn(dice: random.Random, words: Sequence[str], steepness: float = 0.75) -> Iterator[str]:
    """Yield words without end, by Zipf's law: the first is the most frequent."""
    weights = list(accumulate((rank + 3) ** -steepness for rank in range(len(words))))
    while True:
        yield from dice.choices(words, cum_weights=weights, k=100)


def _quantities(dice: random.Random) -> Iterator[str]:
    units = _drawn(dice, _UNITS.split())
    while True:
        figure = dice.lognormvariate(4, 2)
        yield f"{figure:.1f}{next(units)}" if figure < 1000 else f"{figure:.0f}{next(units)}"


def write_workspace(articles: Sequence[Article], folder: Path) -> Path:
    """Write articles as the issues of a workspace that is this repository's otherwise."""
    workspaces.make(folder)
    shutil.rmtree(folder / "issues")
    months = list(dict.fromkeys(one.issue for one in articles))
    for number, issue in enumerate(months, 1):
        about = f"date: {issue}-28\nnumber: {int(issue[5:])}\ntotal_number: {number}\n"
        _write(folder / "issues" / issue / "issue.yaml", about)
    for one in articles:
        source = {"name": one.source, "url": f"https://news.example/{one.name}", "date": f"{one.date}"}
        head = {"title": one.title, "industries": one.industries, "source": source}
        _write(folder / "issues" / one.issue / one.column / f"{one.name}.md", headed(head, one.body))
    return folder


def headed(head: Mapping[str, object], body: str) -> str:
    """Return Markdown below front matter, which is YAML of values in JSON."""
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items())
    return "\n".join(("---", *lines, "---", "", body, ""))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
