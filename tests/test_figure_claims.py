"""Figures of a sentence worked out again."""

from random import Random

import pytest
from figuredamage import SLIPS, Sample, samples
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.model import Severity
from xcbulletin.proofing.numbers import RULES
from xcbulletin.proofing.numbers.finding import sentence_ends, sentence_slips
from xcbulletin.proofing.numbers.quantities import quantities
from xcbulletin.proofing.numbers.sentences import split
from xcbulletin.proofing.numbers.slips import Slip

SAMPLES = tuple(samples())


def slips(text: str) -> list[Slip]:
    """Return what does not add up within the sentences of a text."""
    return list(sentence_slips(split(text, quantities(text), sentence_ends(text))))


def said(text: str) -> list[str]:
    return [f"{slip.rule.id}: {slip.message}" for slip in slips(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "甲省的申请量以 72737 件位居第一，比居第二的乙市（50906 件）多出 42.8%。",
            "comparison-wrong: 72737件与50906件相比，应为42.9%，印成42.8%，似是截尾",
        ),
        (
            "一车间合格率为 98.6%，比二车间的 95.2%高 4.3 个百分点。",
            "comparison-wrong: 98.6%与95.2%相比，应为3.4个百分点，印成4.3个百分点",
        ),
        (
            "用工 5230 人，比上季度的 4810 人增加 240 人。",
            "comparison-wrong: 5230人与4810人相比，应为420人，印成240人",
        ),
        (
            "甲镇有 1286 户，比乙镇的 1530 户多 244 户。",
            "comparison-wrong: 1286户与1530户相比，应为244户（方向相反），印成244户",
        ),
        (
            "投入由 18.42 亿元增至 22.73 亿元，增长 32.4%。",
            "growth-wrong: 22.73亿元与18.42亿元相比，应为23.4%，印成32.4%",
        ),
        (
            "次品率由 3.2%降至 1.9%，下降 1.9 个百分点。",
            "growth-wrong: 1.9%与3.2%相比，应为1.3个百分点，印成1.9个百分点",
        ),
        ("比重由 44.8%升至 43.7%。", "growth-wrong: 从44.8%到43.7%是降，句中却说升"),
        (
            "2020年成交 57.3 亿元，2019年为 41.9 亿元，增长 63.8%。",
            "growth-wrong: 57.3亿元与41.9亿元相比，应为36.8%，印成63.8%",
        ),
        (
            "甲市有基站 8400 个，是乙市（3000 个）的 2.3 倍。",
            "multiple-wrong: 8400个除以3000个，应为2.8倍，印成2.3倍",
        ),
        (
            "日本每万人有 364 台。我国为 187 台，约为日本的 61.4%。",
            "multiple-wrong: 187台除以364台，应为51.4%，印成61.4%",
        ),
        ("全国有 1250 家，其中我省 175 家，占 41.0%。", "share-wrong: 175家占1250家，应为14.0%，印成41.0%"),
        (
            "全球有企业 5896 家。甲国 2257 家，乙国 1454 家，两国合计占 69.2%。",
            "share-wrong: （2257家＋1454家）占5896家，应为62.9%，印成69.2%",
        ),
        (
            "甲厂 3.2 万吨，乙厂 2.9 万吨，两厂合计 6.7 万吨。",
            "sum-wrong: 3.2万吨＋2.9万吨，应为6.1万吨，印成6.7万吨",
        ),
        (
            "风电 28153 万千瓦，光伏 25343 万千瓦，合计 54396 万千瓦。",
            "sum-wrong: 28153万千瓦＋25343万千瓦，应为53496万千瓦，印成54396万千瓦",
        ),
        ("完成项目 96 项，其中智能化改造 580 项。", "sum-wrong: “其中”的580项比总数96项还大"),
        (
            "价格由 8600 元下跌至 6450 元，跌幅为 35%。",
            "growth-wrong: 6450元与8600元相比，应为25%，印成35%",
        ),
        (
            "2019年营收为 45.3 亿元，2020年为 51.8 亿元，增幅达 24.3%。",
            "growth-wrong: 51.8亿元与45.3亿元相比，应为14.3%，印成24.3%",
        ),
        (
            "授权量由 1200 件增加到 4800 件，是原来的 3 倍。",
            "multiple-wrong: 4800件除以1200件，应为4倍，印成3倍",
        ),
        (
            "甲国融资额为 318.5 亿美元，乙国为 142.6 亿美元，甲国是乙国的 3.2 倍。",
            "multiple-wrong: 318.5亿美元除以142.6亿美元，应为2.2倍，印成3.2倍",
        ),
        (
            "研发人员 86 人，占员工总数 400 人的 31.5%。",
            "share-wrong: 86人占400人，应为21.5%，印成31.5%",
        ),
        (
            "在 526 项成果中，国际先进的有 84 项，占 26%。",
            "share-wrong: 84项占526项，应为16%，印成26%",
        ),
        (
            "三家公司分别投资 5 亿元、8 亿元。",
            "respectively-uneven: “分别”前面说有三个，后面有 2 个数，对不上",
        ),
        (
            "铜、铝、锌分别上涨 5.1%和 2.2%。",
            "respectively-uneven: “分别”前面有 3 项（铜、铝、锌），后面有 2 个数，对不上",
        ),
    ],
)
def test_a_wrong_figure_is_told_with_the_right_one(text: str, expected: str) -> None:
    assert said(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "产量 2522.5 万辆，销量 2531.1 万辆，同比分别下降 2.0%和 1.9%。",
        "密度平均为 113 台，比三年前的 74 台多出一半以上。",
        "2020年销售 136.7 万辆，按调整后的基数增长 10.9%，2019年为 120.6 万辆。",
        "营收 42.55 亿美元，与去年同期的 42.76 亿美元基本持平，产品销量下滑 6%。",
        "工资 8200 元，比上年增长 6.5%，高于全省 1.2 个百分点。",
        "A720 处理器的主频 2.8GHz，性能比天玑9200处理器提升 10%。",
        "城乡居民人均收入 2.6 万元，其中城镇 3.8 万元。",
        "甲的产量 12 万吨，同比增长 5%；乙的产量 20 万吨，占全省的 31%。",
        "从 25 家增至 40 余家，增长六成。",
        "全年新建 60 万个，累计超过 71.8 万个，占 23.1%。",
        "软件、硬件、服务合计 1565 亿美元，比上年增长 12.3%。",
        "价格由 8600 元下跌至 6450 元，跌幅为 25%，是原来的 75%。",
        "2019年营收为 45.3 亿元，2020年为 51.8 亿元，增幅达 14.3%。",
        "授权量由 1200 件增加到 4800 件，是原来的 4 倍，增长 3 倍。",
        "甲国融资额为 318.5 亿美元，乙国为 142.6 亿美元，甲国是乙国的 2.2 倍。",
        "甲国融资额为 318.5 亿美元，乙国为 142.6 亿美元；从估值看，甲国是乙国的 5 倍。",
        "研发人员 86 人，占员工总数 400 人的 21.5%。",
        "在 526 项成果中，国际先进的有 84 项，占 16%。",
        "三家公司一、二季度分别投资 5 亿元、8 亿元。",
        "由约 1757 亿元增至约 1847 亿元，增长约 5.1%。",
    ],
)
def test_what_cannot_be_known_or_may_be_rounding_is_let_be(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.right)
def test_right_sentences_are_let_be(sample: Sample) -> None:
    assert said(sample.right) == []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.right)
def test_the_figure_that_follows_is_looked_at(sample: Sample) -> None:
    wrong = sample.wrong(Random(1))
    assert [slip.rule.id for slip in slips(wrong)] == [sample.rule], wrong


def test_slips_of_the_hand_are_found() -> None:
    wrong = [(sample, sample.wrong(Random(seed))) for sample in SAMPLES for seed in range(2 * len(SLIPS))]
    found = [sample.rule in {slip.rule.id for slip in slips(text)} for sample, text in wrong]
    assert sum(found) / len(found) > 0.97


def test_only_a_plain_contradiction_is_an_error() -> None:
    def severities(text: str) -> list[Severity | None]:
        return [slip.severity for slip in slips(text)]

    assert severities("有 412 家，比前年的 305 家多 53.1%。") == [Severity.ERROR]
    assert severities("有 72737 件，比乙市的 50906 件多 42.8%。") == [Severity.WARNING]
    assert severities("约有 412 家，比前年的 305 家多约 53.1%。") == [Severity.WARNING]
    assert severities("2020年销售 57.3 亿元，2019年为 41.9 亿元，增长 63.8%。") == [Severity.WARNING]


@given(
    st.text(
        alphabet=[*"0123456789.%万亿家件倍比由至增降占共合计其中分别为多少，。、（）同上年个百分点年"],
        max_size=80,
    )
)
def test_any_text_is_gone_through(text: str) -> None:
    for slip in slips(text):
        assert 0 <= slip.start < slip.end <= len(text)


@given(st.integers(100, 99999), st.integers(100, 99999))
def test_a_growth_rightly_rounded_is_never_wrong(old: int, new: int) -> None:
    change = round(abs(new - old) / old * 100 + 1e-9, 1)
    verb = "增加" if new >= old else "减少"
    assert said(f"企业由 {old} 家{verb}到 {new} 家，{verb} {change}%。") == []


def test_every_rule_says_why_and_on_what_it_rests() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.why and rule.basis and rule.name for rule in RULES)
