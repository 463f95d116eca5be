"""Which column an item belongs in, by its wording; a learner takes it from there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xcbulletin.collecting.classifying.lexicon import Text

COLUMNS = ("news", "trends", "reports", "finance")
"""Those that an item from outside can stand in; the editorial is the editors' own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A column with the reason for it."""

    column: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rule:
    """A wording by which an item belongs in a column."""

    column: str
    wording: re.Pattern[str]
    reason: str
    in_body: bool = False


def _rule(column: str, wording: str, reason: str = "标题里有“{}”", *, in_body: bool = False) -> _Rule:
    return _Rule(column=column, wording=re.compile(wording), reason=reason, in_body=in_body)


_REPORT = (
    r"^(?:事件|要点|投资要点|业绩简评|报告导读|盈利预测|核心观点|公司发布|公司公告)[::\s]|盈利预测与估值|"
    r"(?:维持|给予|上调|下调|首次覆盖).{0,14}评级|目标价.{0,6}元|我们(?:预计|认为|预测|看好|维持)|对应(?:20\d\d年)?.{0,8}(?:pe|市盈率)|"
    r"发布.{0,24}(?:白皮书|蓝皮书|研究报告)"
)
_RULES = (
    _rule(
        "reports",
        r"白皮书|蓝皮书|研究报告|深度报告|行业报告|发展报告|调研报告|年度报告发布|指数报告|首次覆盖|投资评级|业绩简评|盈利预测|"
        r"报告导读|投资要点|投资亮点|点评报告|公司点评|事件点评",
        "像研究报告：“{}”",
    ),
    _rule("reports", _REPORT, "像研究报告：“{}”"),
    _rule("reports", _REPORT, "像研究报告：“{}”", in_body=True),
    _rule(
        "trends",
        r"^.{0,8}(?:证券|中金(?:公司)?|中信建投|高盛|摩根士丹利|大摩|小摩|摩根大通|瑞银|花旗|野村|国君|申万宏源|平安|招商|东吴|国金|"
        r"券商|机构|美银|汇丰|巴克莱|德银|杰富瑞|里昂|idc|trendforce|集邦|gartner|彭博新能源|伍德麦肯兹)[^,。]{0,14}?[::]|"
        r"^.{0,8}(?:高盛|大摩|摩根士丹利|瑞银|花旗|摩根大通|idc|gartner|trendforce|集邦咨询|机构)(?:称|表示|指出|预计|预测|认为|上调|下调)",
        "机构的看法：“{}”",
    ),
    _rule(
        "finance",
        r"净利|净亏|营收|营业收入|业绩|预增|预盈|预亏|预减|扭亏|财报|季报|年报|半年报|中报|业绩快报|分红|派息|毛利|"
        r"涨停|跌停|[涨跌](?:超|逾|幅|近)|大涨|大跌|暴涨|暴跌|走强|走弱|走高|走低|拉升|反弹|异动|领涨|领跌|收[涨跌]|高开|低开|开盘|收盘|连板|狂飙|"
        r"股价|市值|概念股?|板块|龙头[!!]|融资|募资|定增|配股|可转债|发债|债券|ipo|招股|上市首日|过会|挂牌|递表|入股|参股|增持|减持|"
        r"收购|并购|重组|要约|回购|股权|控股权|举牌|领投|跟投|[a-f]\+?轮|天使轮|估值|etf|"
        r"价格|报价|涨价|降价|均价|同比|环比|增速|产量|销量|出货量|出口量|出口额|交付量|总数|创.{0,6}新[高低]|暴增|"
        r"统计数据|截至.{0,6}月底|前\d{1,2}个?月|1[-—–~至]\d{1,2}月|前三季度|[一二三四]季度|上半年|增资|工商变更|新增股东|登陆.{0,3}板|聆讯|"
        r"[上深港]交所|关注函|问询函|质押|解禁|套现|中签|打新",
    ),
    _rule(
        "trends",
        r"有望|趋势|展望|前景|可期|拐点|机遇|看好|或将|或[出迎成]|或(?:加速|提速|受益|推动|带动)|迎来.{0,6}(?:风口|春天|时代|期)|下一个|未来(?!产业|能源|工厂|城)|"
        r"怎么|如何|为何|为什么|吗[??]|[??]$|大有可为|(?:进入|步入|迈入).{0,8}(?:快车道|周期|阶段|时代|元年|爆发期)|蓝海|专家|解读|深度[::]|院士|谁在|谁能|生逢其时|"
        r"国产替代|高增长|(?:建议|认为|呼吁)|重点转向|困局|变局|下半场|出路|浪潮|预计.{0,16}(?:将|达|超|增长|市场|规模)|"
        r"将(?:达到?|超过?|成为|迎来|进入|带动|催生|突破)|市场规模|千亿|万亿(?:级|市场|赛道)|受益|景气|渗透率|重塑|赛道|风口|逻辑|时刻",
    ),
    _rule(
        "trends",
        r"^.{0,40}(?:研报|分析师|(?:证券|中金公司|中信建投|高盛|大摩|瑞银|花旗|机构)(?:研究)?(?:指出|认为|表示|预计|称|发布))",
        "正文开头是机构的看法",
        in_body=True,
    ),
    _rule(
        "news",
        r"印发|发布会|意见|规划|方案|办法|条例|通知|政策|投产|开工|开建|竣工|并网|投运|投用|启用|签约|签署|签订|合作|中标|招标|获批|批准|上市$|注册证|"
        r"临床|审评|推出|发布|亮相|开幕|举行|举办|召开|调研|成立|揭牌|启动|建成|下线|首[台套次个座]|突破|布局|试点|验收|研发|落地|全面|标准|互动平台|投资者问",
    ),
    _rule("finance", r"增长\d|下降\d|[增降]\d|\d%|亿[元美]|万[台辆吨个]|资金|进口|出口|盈利|亏损|增发"),
    _rule(
        "trends",
        r"研报|分析师|(?:证券|机构|分析人士|业内人士|专家)(?:指出|认为|表示|预计|称)|中金公司|有望|(?:预计|预测)(?:到)?20[2-4]\d年|"
        r"市场规模(?:将|有望|预计)|渗透率(?:将|有望)|行业(?:将|有望)|未来.{0,4}年",
        "正文里有“{}”",
        in_body=True,
    ),
)
"""The first that applies decides."""

_FINANCE_BODY = re.compile(
    r"净利润|营业收入|同比(?:增长|下降)|环比(?:增长|下降)|涨停|涨超|涨幅|跌幅|股价|报\d+(?:\.\d+)?(?:元|美元)|融资|募集资金|定增|增资|工商变更|新增股东|ipo|收购|股权|拟定增"
)
_MACRO = re.compile(
    r"a股|港股|美股|沪指|深成指|创业板指|股指|央行|逆回购|lpr|降息|降准|加息|美联储|cpi|ppi|gdp|pmi|社融|m2|汇率|人民币|美元指数|"
    r"国债|专项债|外贸|进出口|规上工业|固定资产投资|统计局|财政收入|两市|两融|公募|北向资金|沪深交易所|证监会|期货|国际金价|金价|油价"
)

SIGNALS = 2 + len(_RULES) + len(COLUMNS)
"""Numbers that `signals` returns."""


def signals(text: Text) -> tuple[float, ...]:
    """Return what speaks for each column, as numbers of 0 and 1 for a learner."""
    found = tuple(_matches(text))
    chosen = next((rule.column for rule, match in zip(_RULES, found, strict=True) if match), "news")
    return (
        1.0,
        float(bool(_FINANCE_BODY.search(text.body))),
        *(float(bool(match)) for match in found),
        *(float(column == chosen) for column in COLUMNS),
    )


def choose(text: Text) -> Choice:
    """Return the column of an item that is about an industry, by its wording alone."""
    for rule, match in zip(_RULES, _matches(text), strict=True):
        if match:
            return Choice(column=rule.column, reason=rule.reason.format(match.group().strip(" :")))
    return Choice(column="news", reason="没有业绩、行情、研报或展望的字样")


def choose_without_industry(text: Text) -> Choice | None:
    """Return finance for what is about the economy or the markets as a whole, else None."""
    match = _MACRO.search(text.title)
    return Choice(column="finance", reason=f"标题里有“{match.group()}”，是宏观或市场消息") if match else None


def _matches(text: Text) -> Iterator[re.Match[str] | None]:
    for rule in _RULES:
        yield rule.wording.search(text.body if rule.in_body else text.title)
