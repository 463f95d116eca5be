"""Figures of an issue: tables, headlines, two values, what was printed, what the source says."""

from collections.abc import Iterator
from pathlib import Path
from time import process_time

import pytest
from conftest import CORPUS, REAL_TEXTS, ROOT, make_article

from xcbulletin import usage
from xcbulletin.cli import app
from xcbulletin.manuscript.read import read_issue
from xcbulletin.model import IssueId, Printed
from xcbulletin.proofing.findings import Finding
from xcbulletin.proofing.numbers import find
from xcbulletin.proofing.passages import Passage, passages
from xcbulletin.settings import Workspace, open_workspace

SAMPLE_ISSUES = ("2021-01", "2021-02", "2021-03", "ai-governance-2021")


def article(
    body: str, *, title: str = "标题", summary: str | None = None, number: int = 1
) -> dict[str, tuple[Passage, ...]]:
    file = f"issues/2021-01/news/{number:02}.md"
    front = f"---\ntitle: {title}\n" + (f"summary: {summary}\n" if summary else "") + "---\n"
    made = make_article(body, file=file, title=title, summary=summary, body_line=front.count("\n") + 1)
    return {file: passages(made, front + body)}


def said(found: Iterator[Finding]) -> list[str]:
    return [f"{one.place.line} {one.rule.id}: {one.message}" for one in found]


def issue_at(root: Path, issue: str) -> dict[str, tuple[Passage, ...]]:
    read, _problems = read_issue(open_workspace(root, {}), IssueId(issue))
    return {one.file: passages(one, (root / one.file).read_text("utf-8")) for one in read.articles}


# Tables


def test_a_total_row_is_added_up() -> None:
    table = "| 类型 | 装机（万千瓦） | 同比（%） |\n|---|--:|--:|\n| 水电 | 370 | 4.1 |\n| 风电 | 281 | 15.0 |\n| 光伏 | 253 | 16.1 |\n| 合计 | 940 | 8.4 |\n"
    assert said(find(article(table))) == [
        "9 table-total-wrong: “装机（万千瓦）”一列各行相加，应为904，印成940"
    ]


def test_a_total_column_is_added_up() -> None:
    table = "| 项目 | 甲公司 | 乙公司 | 合计 |\n|---|--:|--:|--:|\n| 收入 | 7681 | 3936 | 11617 |\n| 开支 | 1806 | 848 | 2564 |\n"
    assert said(find(article(table))) == ["7 table-total-wrong: “开支”一行各列相加，应为2654，印成2564"]


def test_growth_of_two_years_is_worked_out() -> None:
    table = "| 产品 | 2019年（台） | 2020年（台） | 增长（%） |\n|---|--:|--:|--:|\n| 甲 | 1200 | 1500 | 25.0 |\n| 乙 | 800 | 720 | −10.0 |\n| 丙 | 640 | 800 | 20.0 |\n"
    assert said(find(article(table))) == ["8 table-growth-wrong: 800与640相比，应为25.0，印成20.0"]


def test_shares_are_worked_out_from_the_total() -> None:
    table = "| 国家 | 企业（家） | 占比（%） |\n|---|--:|--:|\n| 甲国 | 2257 | 38.3 |\n| 乙国 | 1454 | 42.7 |\n| 其他 | 2185 | 37.1 |\n| 合计 | 5896 | 100 |\n"
    assert said(find(article(table)))[-1] == "7 table-share-wrong: 1454占5896，应为24.7，印成42.7"


def test_shares_up_to_the_others_make_a_hundred() -> None:
    table = "| 类别 | 占比（%） |\n|---|--:|\n| 机器人 | 39 |\n| 芯片 | 29 |\n| 其他 | 42 |\n"
    assert said(find(article(table))) == ["8 table-share-wrong: “占比（%）”一列各项加起来是110%，不是 100%"]


@pytest.mark.parametrize(
    "table",
    [
        "| 指标 | 全年 |\n|---|--:|\n| 用电量 | 75110 |\n| 其中：工业 | 51215 |\n| 居民 | 10949 |\n| 合计 | 75110 |\n",
        "| 县 | 增速（%） |\n|---|--:|\n| 甲 | 3.1 |\n| 乙 | 2.7 |\n| 合计 | 2.9 |\n",
        "| 类型 | 装机（亿千瓦） |\n|---|--:|\n| 水电 | 3.70 |\n| 风电 | 2.81 |\n| 光伏 | 2.53 |\n| 合计 | 9.05 |\n",
        "| 县 | 企业（家） |\n|---|--:|\n| 甲 | 12 |\n| 乙 | — |\n| 合计 | 15 |\n",
        "| 类别 | 占比（%） |\n|---|--:|\n| 机器人 | 33.3 |\n| 芯片 | 33.3 |\n| 其他 | 33.3 |\n",
    ],
)
def test_tables_that_may_be_right_are_let_be(table: str) -> None:
    assert said(find(article(table))) == []


# Headlines


def test_a_headline_that_the_body_does_not_bear_out_is_told() -> None:
    found = article(
        "我市申请 3890 件，约占全省的 7.4%。\n", title="申请量是邻市的8.2倍", summary="全年申请 3890 件。"
    )
    [finding] = find(found)
    assert (finding.place.line, finding.place.column, finding.excerpt) == (2, 15, "8.2倍")
    assert finding.message == "“8.2倍”在正文里找不到，也算不出来"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("销量增长2.4倍", "销量 17.9万辆，同比增长 238.5%。"),
        ("产量突破23万台", "产量 237068台（套）。"),
        ("五年增加约100万辆", "2015年为 33.1万辆，2020年为 136.7万辆。"),
        ("占三成多，甲国是乙国的2.5倍", "甲国 250 家，乙国 100 家。"),
        ("两项投资合计9943亿元", "电源投资 5244 亿元，电网投资 4699 亿元。"),
        ("发布18个新职业，第3批", "新职业列出如下。"),
        ("投资下降6.2%", "| 项目 | 同比（%） |\n|---|--:|\n| 投资 | −6.2 |"),
        ("装机22.0亿千瓦", "| 项目 | 万千瓦 |\n|---|--:|\n| 装机 | 220058 |"),
    ],
)
def test_a_headline_may_round_convert_or_work_out(title: str, body: str) -> None:
    assert said(find(article(f"{body}\n", title=title))) == []


def test_a_chart_bears_out_a_headline() -> None:
    [file] = found = article("见图。\n", title="密度升至每万人113台")
    assert said(find(found)) == ["2 headline-unsupported: “113台”在正文里找不到，也算不出来"]
    assert said(find(found, data={file: "国家,密度\n世界平均,113\n"})) == []


# The same quantity twice


def test_one_quantity_with_two_values_is_told_at_the_second() -> None:
    first = article("领先的中国，机器人专利申请量为389571件，占全球申请量的74.7%。\n", number=1)
    second = article(
        "我国创新活跃，专利申请总量达30.1万件，占全球总量的39%。\n", title="机器人产业的机遇", number=2
    )
    assert said(find(first | second)) == [
        "4 two-values: “机器人专利申请”在 issues/2021-01/news/01.md:4 是389571件（占全球74.7%），这里是30.1万件（占全球39%）"
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2020年新能源汽车销量为136.7万辆。", "2020年新能源汽车销量达163.7万辆。"),
        ("2020年，我国工业机器人产量为237068台。", "全国工业机器人产量2020年达到21.7万台。"),
        ("2020年河南省规上企业数量为2.1万家。", "2020年，河南规上企业达1.2万家。"),
    ],
)
def test_the_same_year_place_and_subject_have_one_value(first: str, second: str) -> None:
    found = article(f"{first}\n", number=1) | article(f"{second}\n", number=2)
    assert [one.rule.id for one in find(found)] == ["two-values"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2020年新能源汽车销量为136.7万辆。", "2019年新能源汽车销量为120.6万辆。"),
        ("2020年新能源汽车销量为136.7万辆。", "2020年新能源汽车产量为126.6万辆。"),
        ("2020年新能源汽车销量为136.7万辆。", "2020年1月新能源汽车销量为4.4万辆。"),
        ("2020年新能源汽车销量为136.7万辆。", "2020年新能源汽车销量约137万辆。"),
        ("2020年新能源汽车销量为136.7万辆。", "2020年新能源汽车销量超过100万辆。"),
        ("2020年，全国新建5G基站超过60万个。", "2020年，全国累计开通5G基站71.8万个。"),
        ("2020年，全国新增规上企业数为1.2万家。", "新增放缓，2020年，全国规上企业数为2.1万家。"),
        ("2020年全球工业机器人产量为38万台。", "2020年我国工业机器人产量为23万台。"),
        ("2020年人工智能市场规模为1565亿美元。", "另一份报告口径不同，2020年人工智能市场规模为501亿美元。"),
        ("2020年新能源汽车销量为136.7万辆。", "2020年新能源汽车销量预计为180万辆。"),
        ("某公司2020年营业收入为12亿元。", "2020年营业收入为15亿元。"),
    ],
)
def test_another_year_place_or_subject_may_have_another_value(first: str, second: str) -> None:
    found = article(f"{first}\n", number=1) | article(f"{second}\n", number=2)
    assert said(find(found)) == []


def test_what_was_printed_before_is_compared() -> None:
    before = Printed(
        issue="2020-12",
        file="issues/2020-12/news/03.md",
        column="news",
        title="销量回升",
        text="2020年新能源汽车销量为**136.7万辆**。",
    )
    found = article("2020年新能源汽车销量为163.7万辆。\n")
    assert said(find(found, printed=[before])) == [
        "4 printed-otherwise: “新能源汽车销”在 2020-12 期《销量回升》里是136.7万辆，这里是163.7万辆"
    ]


# The source


def test_figures_that_the_source_lacks_are_told() -> None:
    [file] = found = article(
        "全年新建基站 60.3 万个，总数 718000 个，占 12.5%；业务收入 13600 亿元，增长 3.6%。\n",
        title="基站建设提速",
    )
    source = "新建 ６０.３万个，累计开通７１．８万个。\n收入1.36万亿元，比上年增长 6.3%。"
    assert said(find(found, evidence={file: source})) == [
        "4 figure-not-in-source: “12.5%”在保存的来源正文里找不到，也算不出来",
        "4 figure-not-in-source: “3.6%”在保存的来源正文里找不到，也算不出来",
    ]


def test_what_follows_from_the_source_is_let_be() -> None:
    [file] = found = article("两国合计 3711 家，甲国是乙国的 1.6 倍，多 803 家。\n")
    assert said(find(found, evidence={file: "甲国 2257 家，乙国 1454 家。"})) == []


def test_a_source_without_any_of_the_figures_is_told_once() -> None:
    [file] = found = article("收入 31.2 亿元，增长 12.3%，利润 4.5 亿元，增长 8.1%，用工 5230 人。\n")
    assert said(find(found, evidence={file: "请登录后查看全文。"})) == [
        "4 figure-not-in-source: 文中 5 个数在保存的来源正文里一个也没有，保存的可能不是全文"
    ]


# Real texts


@pytest.mark.parametrize("issue", SAMPLE_ISSUES)
def test_our_sample_issues_are_without_a_finding(issue: str) -> None:
    assert said(find(issue_at(ROOT, issue))) == []


def test_our_sample_issues_agree_with_each_other() -> None:
    def whole(issue: str) -> Iterator[Printed]:
        for file, read in issue_at(ROOT, issue).items():
            text = "\n".join(one.text for one in read)
            yield Printed(issue=issue, file=file, column="news", title=read[0].text, text=text)

    printed = [one for issue in SAMPLE_ISSUES for one in whole(issue)]
    for issue in SAMPLE_ISSUES:
        others = [one for one in printed if one.issue != issue]
        assert said(find(issue_at(ROOT, issue), printed=others)) == []


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")
def test_the_real_texts_show_their_three_slips_and_nothing_else(workspace: Workspace) -> None:
    root = workspace.root
    for file, issue, kind in REAL_TEXTS:
        words = ("import", str(CORPUS / file), issue, "--kind", kind)
        assert usage.run(app, ("--workspace", str(root), *words)) == 0
    found = [one for _, issue, _ in REAL_TEXTS for one in find(issue_at(root, issue))]
    assert [(one.rule.id, one.excerpt) for one in found] == [
        ("comparison-wrong", "42.8%"),
        ("headline-unsupported", "8.2倍"),
        ("two-values", "30.1万件"),
    ]
    assert found[0].message == "72737件与50906件相比，应为42.9%，印成42.8%，似是截尾"


def test_thirty_thousand_characters_take_less_than_half_a_second() -> None:
    issue = {file: read for name in SAMPLE_ISSUES for file, read in issue_at(ROOT, name).items()}
    assert sum(len(one.text) for read in issue.values() for one in read) > 30_000
    start = process_time()
    list(find(issue))
    assert process_time() - start < 0.5
