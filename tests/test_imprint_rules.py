"""Rules of the imprint, the name and the wording, with what they say and what they leave alone."""

import datetime

import pytest
from conftest import make_article, make_issue

from xcbulletin.model import Imprint, Issue, Kind, Severity
from xcbulletin.proofing.context import Context
from xcbulletin.proofing.imprint import items, naming, wording
from xcbulletin.proofing.passages import passages

FILE = "issues/2021-01/issue.yaml"
WHOLE = Imprint(
    permit_number="豫许内资准字第000号",
    recipients="市、县两级领导",
    printer="样例印刷厂",
    print_date=datetime.date(2021, 1, 29),
    copies=200,
)
TEXTS = {
    FILE: "kind: bulletin\ntitle: 许昌日报\nimprint:\n  copies: 200\n",
    "bulletin.yaml": "masthead:\n  title: 许昌日报\n",
}


def imprint(issue: Issue, **context: object) -> list[str]:
    own = {"notice": "内部资料　免费交流", **context}
    return [str(one.problem) for one in items.find(issue, TEXTS, Context(**own))]  # type: ignore[arg-type]


def whole(**fields: object) -> Issue:
    own = {"publishers": ("科技情报研究所",), "number": 1, "imprint": WHOLE, **fields}
    return make_issue(**own)


def said(body: str, column: str = "news") -> list[str]:
    article = make_article(body, column=column)
    text = f"---\ntitle: 标题\n---\n{body}"
    return [str(one.problem) for one in wording.find(article, passages(article, text))]


@pytest.mark.parametrize("profile", ["permit", "brief"])
def test_a_whole_imprint_is_left_alone(profile: str) -> None:
    assert imprint(whole(), profile=profile) == []


def test_what_the_law_wants_is_told_in_one_line_for_the_items_and_one_for_each_of_the_cover() -> None:
    assert imprint(whole(imprint=Imprint(), number=None, publishers=()), notice=None) == [
        f"{FILE}:3: 版记缺少准印证号（permit_number）；"
        "请填写准印证上的编号；按公文性简报印行的，请在 bulletin.yaml 写 profile: brief",
        "bulletin.yaml:1: 封面没有“内部资料，免费交流”；请在 bulletin.yaml 的 masthead 里写 notice: 内部资料，免费交流",
        f"{FILE}:3: 版记还缺编印单位（publisher）、期号（number）、发送对象（recipients）、印刷单位（printer）、"
        "印刷日期（print_date）、印数（copies）；请在 issue.yaml 里补上；每期都一样的，写在 bulletin.yaml 里",
    ]


def test_a_brief_wants_what_its_custom_does() -> None:
    assert imprint(whole(imprint=Imprint()), profile="brief", notice=None) == [
        f"{FILE}:3: 版记还缺报、送、发（recipients）、共印份数（copies）；"
        "请在 issue.yaml 里补上；每期都一样的，写在 bulletin.yaml 里"
    ]


def test_other_words_on_the_cover_are_told() -> None:
    assert imprint(whole(), notice="内部资料，注意保存") == [
        "bulletin.yaml: 封面的提示语应含“内部资料，免费交流”，现为“内部资料，注意保存”；"
        "请在 bulletin.yaml 的 masthead 里写 notice: 内部资料，免费交流"
    ]


def test_an_unfinished_imprint_is_no_error() -> None:
    found = items.find(whole(imprint=Imprint()), TEXTS, Context())
    assert {one.problem.severity for one in found} == {Severity.WARNING}


def test_an_issue_whose_file_cannot_be_read_is_not_said_to_lack_an_imprint() -> None:
    assert imprint(whole(imprint=Imprint(), date=datetime.date.min)) == []


@pytest.mark.parametrize(
    ("title", "word"),
    [("许昌日报", "××报"), ("科技月刊", "××刊"), ("许昌情报杂志", "杂志"), ("许昌记者之窗", "记者")],
)
def test_a_name_that_the_law_forbids_is_an_error(title: str, word: str) -> None:
    (found,) = naming.find(whole(title=title), TEXTS, Context())
    assert found.message == f"名称“{title}”用了“{word}”，内部资料不得这样取名"
    assert found.problem.severity is Severity.ERROR
    assert list(naming.find(whole(title=title), TEXTS, Context(profile="brief"))) == []


@pytest.mark.parametrize(
    "title", ["许昌竞争情报快递", "科技情报", "科技快报", "情况通报", "工作简报", "专报", "快递增刊"]
)
def test_names_that_only_end_like_a_newspaper_are_left_alone(title: str) -> None:
    assert list(naming.find(whole(title=title), TEXTS, Context())) == []


def test_the_name_of_a_report_is_its_own() -> None:
    assert list(naming.find(whole(title="科技期刊年报", kind=Kind.REPORT), TEXTS, Context())) == []


HERE = "issues/2021-01/news/01.md"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "本报讯　新能源汽车销量增长。\n",
            f"{HERE}:4: 不能自称“本报”；"
            "请改为“本期”“《快递》”或编印单位的名称；引自报刊的请改写，或放进引号并写明出处",
        ),
        (
            "欢迎读者向本刊投稿。\n",
            f"{HERE}:4: 不能自称“本刊”；"
            "请改为“本期”“《快递》”或编印单位的名称；引自报刊的请改写，或放进引号并写明出处",
        ),
        (
            "产量增长一成（记者 张三）。\n",
            f"{HERE}:4: “（记者 张三）”像是本期自己的记者；请写明是哪家媒体的记者，或改为“据……报道”",
        ),
        (
            "9月3日，记者从市工信局获悉，产量增长。\n",
            f"{HERE}:4: “记者”像是本期自己的记者；请写明是哪家媒体的记者，或改为“据……报道”",
        ),
        (
            "协办单位：某某公司\n",
            f"{HERE}:4: 不能以“协办”的名义编印；请删去；确属资料提供单位的，请写“资料提供”",
        ),
        ("定价：10元\n", f"{HERE}:4: 内部资料不得定价、征订或登广告：“定价：”；请删去"),
        ("广告热线：0374-0000000\n", f"{HERE}:4: 内部资料不得定价、征订或登广告：“广告热线：”；请删去"),
    ],
)
def test_what_the_bulletin_may_not_call_itself_is_told(body: str, expected: str) -> None:
    assert said(body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "本报告由编写组编写，本报表不含税，本报价含运费。\n",
        "竞争情报、快报和人民日报社的评论。\n",
        "日本报纸和日本刊物都有报道，样本报送时间另行通知。\n",
        "基本报酬不变，版本报错已修复，成本报价上调。\n",
        "据新华社北京1月5日电（记者 张三），产量增长。\n",
        "上证报讯（记者 张三），产量增长。\n",
        "中国证券网讯（记者 张三）产量增长。\n",
        "央视网消息（新闻联播）：记者从市工信局了解到，产量增长。\n",
        "据新华社记者了解到的情况，产量增长。\n",
        "央视记者从现场了解到，水位回落。\n",
        "该负责人答记者问时表示，政策不变。记者会定于周五。\n",
        "《人民日报》的评论说：“本报记者多次走访。”\n",
        "大会由工业和信息化部主办，省政府协办。\n",
        "新车定价24.99万元，订阅量增长，广告收入下降，欢迎各方订阅云服务。\n",
        "国债定价：市场化改革的方向\n\n本期刊登三篇报告。\n",
    ],
)
def test_words_that_only_look_like_it_are_left_alone(body: str) -> None:
    assert said(body) == []


def test_selling_is_looked_for_where_the_institute_speaks_of_itself() -> None:
    body = "欢迎各单位订阅，每份收工本费五元。\n"
    assert said(body) == []
    assert [one.rpartition("：")[2] for one in said(body, column="editorial")] == [
        "“欢迎各单位订阅”；请删去",
        "“工本费”；请删去",
    ]


def test_what_the_imprint_itself_may_not_say_is_told_on_its_line() -> None:
    texts = {
        FILE: "publisher: [科技情报研究所, 某公司（协办）]\nimprint:\n  contact: 广告热线：0374-0000000\n"
    }
    issue = whole(
        publishers=("科技情报研究所", "某公司（协办）"), imprint=Imprint(contact="广告热线：0374-0000000")
    )
    assert [str(one.problem) for one in wording.find_in_imprint(issue, texts)] == [
        f"{FILE}:1: 不能以“协办”的名义编印；请删去；确属资料提供单位的，请写“资料提供”",
        f"{FILE}:3: 内部资料不得定价、征订或登广告：“广告热线：”；请删去",
    ]
    assert list(wording.find_in_imprint(whole(imprint=Imprint(contact="意见请寄 a@b.cn")), texts)) == []
