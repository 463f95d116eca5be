from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storypairs import CORPUS, Pair, labelled_pairs, pairs_with_text

from xcbulletin.collecting.stories.samestory import Gist, Kind, boilerplate, compare, gist, strip_agencies

TITLE = "某市发布新型储能发展实施方案，明确2026年装机目标"
LONG_TITLE = "某市发展和改革委员会关于开展年度工业通信业节能减排和储能电站专项资金项目申报工作的有关安排"
TEXT = (
    "6月16日，某市发展改革委印发新型储能高质量发展实施方案。方案提出，到2026年全市新型储能装机达到350万千瓦，"
    "建成12个独立共享储能电站，培育3家以上龙头企业，形成从电芯、变流器到系统集成的完整产业链。"
    "为此将安排专项资金8亿元，对先行示范项目按照放电量给予每千瓦时0.2元的补贴，期限不超过2年。"
)
OTHER_TEXT = (
    "近日，工程院院士团队在钙钛矿叠层电池上取得进展，稳态效率刷新纪录。论文指出，界面钝化层减少了复合损失，"
    "在连续光照一千小时之后仍然保持九成以上的初始性能，为规模化制备提供了新的思路，相关成果已经发表。"
)


def likeness(one: str | Gist, other: str | Gist) -> tuple[str, str]:
    """Compare two titles or gists, in both orders, which are to agree."""
    left, right = (gist(side, "") if isinstance(side, str) else side for side in (one, other))
    found, mirrored = compare(left, right), compare(right, left)
    assert (found.kind, found.score) == (mirrored.kind, mirrored.score)
    return found.kind.value, found.reason


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (TITLE, f"【行业观察】{TITLE}", "标题相同"),
        (TITLE, f"重磅！{TITLE}（附全文）", "标题相同"),
        (TITLE, TITLE.replace("，", " "), "标题相同"),
        (TITLE, TITLE[:17], "标题只是长短不同"),
        (TITLE, f"这项{TITLE}", "标题只是长短不同"),
        (TITLE, TITLE.replace("储能发展", "储能高质量发展"), "标题相近（0.82），数字一致"),
        ("华为发布昇腾芯片", "华为昇腾芯片正式发布", "标题相同"),
        ("国务院办公厅印发《场景培育实施意见》", "国办印发《场景培育实施意见》", "标题相同"),
        (
            "某市推进新型储能产业发展实施方案出台",
            "某市推进新型储能产业高发展实施方案出台",
            "标题相近（0.84）",
        ),
    ],
)
def test_a_reprint_is_known_by_its_title(one: str, other: str, reason: str) -> None:
    assert likeness(one, other) == ("same", reason)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("【财经早餐】6.16", "【财经早餐】6.17", "标题只有栏目和日期"),
        ("【行情动态】——及时 准确", "【行情动态】——及时 准确", "标题只有栏目和日期"),
        ("某某汽车5月新能源车销量", "某某汽车6月新能源车销量", "数字不同（5、6）"),
        ("学习储能政策心得体会（一）", "学习储能政策心得体会（二）", "期次不同（1、2）"),
        ("储能产业发展观察第3期", "储能产业发展观察第四期", "期次不同（3期、4期）"),
        ("甲省纪委通报4起典型问题", "乙市纪委通报4起典型问题", "名称不同（乙市、甲省）"),
        ("华能股份签订储能设备采购合同", "昇兴股份签订储能设备采购合同", "名称不同（华能、昇兴）"),
        ("某市发布储能方案", "院士谈钙钛矿电池", "标题不相近"),
        ("长葛再生铝项目开工", "长葛再生铜项目开工", "用词不同（铜、铝）"),
        ("长葛大周再生铝深加工项目开工", "长葛大周再生不锈钢深加工项目开工", "用词不同（不锈钢、铝）"),
        ("多晶硅周评：价格持稳", "多晶硅周评：价格下跌", "用词不同（下跌、持稳）"),
        ("某市储能电站建设提速明显加快", "某市储能电站建设提速明显放缓", "用词不同（加快、放缓）"),
        (LONG_TITLE, LONG_TITLE.replace("储能电站", "充电桩站"), "用词不同（储能、充）"),
    ],
)
def test_a_template_is_no_reprint(one: str, other: str, reason: str) -> None:
    assert likeness(one, other) == ("different", reason)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("新型储能发展实施方案", "《新型储能发展实施方案》解读"),
        ("某某股份拟收购储能设备公司控股权", "某某股份终止收购储能设备公司控股权"),
        ("关于申报节能减排项目的通知", "关于申报节能减排项目（清洁生产）的通知"),
        ("观察 | 某市储能电站建设提速", "专栏 | 某市储能电站建设提速"),
        (LONG_TITLE, LONG_TITLE.replace("项目", "项目（清洁生产）")),
        (LONG_TITLE, LONG_TITLE.replace("开展", "暂停开展")),
    ],
)
def test_one_event_told_otherwise_is_shown_with_it(one: str, other: str) -> None:
    kind, reason = likeness(one, other)
    assert kind == "event"
    assert reason.startswith("标题部分相近（")


def test_a_new_title_does_not_hide_an_old_text() -> None:
    one = gist(TITLE, f"财联社6月16日电，{TEXT}")
    other = gist("三百五十万千瓦！储能实施方案定了", f"转自：行业观察 | {TEXT}责任编辑：王小明")
    assert likeness(one, other) == ("same", "摘要全部相同")


def test_numbers_are_a_witness_where_the_text_was_reworded() -> None:
    reworded = (
        "记者获悉，某市近日出台文件支持储能产业：全市新型储能装机达到350万千瓦是2026年的目标，届时要有一打独立共享储能电站投运；"
        "财政拿出8亿元，对先行示范项目按照放电量给予每千瓦时0.2元的补贴，龙头企业、变流器、系统集成等环节也有支持。"
    )
    one, other = gist(TITLE, TEXT), gist("某市新型储能发展实施方案出炉，补贴每千瓦时0.2元", reworded)
    assert likeness(one, other) == ("same", "摘要三成相同，3个数字一致")


def test_like_texts_with_other_numbers_are_of_a_template() -> None:
    months = [
        gist(
            f"某某汽车公布{month}月产销",
            f"公司{month}月产量{month}2304辆，同比增长{month}7.5%，销量{month}1828辆，" + TEXT[:40],
        )
        for month in (5, 7)
    ]
    assert likeness(*months)[0] == "different"


def test_one_title_over_other_figures_is_another_month() -> None:
    def notice(month: int, price: int) -> Gist:
        text = f"各经营企业：自{month}月10日零点起，本市居民瓶装液化气基准价为每瓶{price}元，上浮不得超过约定的范围，下浮不限，特此通知。"
        return gist("关于居民瓶装液化气基准价的通知", text)

    assert likeness(notice(3, 92), notice(4, 117))[0] != "same"
    assert likeness(notice(3, 92), notice(3, 92)) == ("same", "标题相同")


def test_a_swapped_name_is_not_mended_by_a_like_text() -> None:
    one, other = (gist(f"{name}市发展改革委调整成品油价格", TEXT) for name in ("甲丙", "乙丁"))
    assert likeness(one, other)[0] == "different"


def test_a_source_that_always_opens_alike_does_not_repeat_itself() -> None:
    one = gist("多模态生成的前沿突破", TEXT, source=1)
    other = gist("智能体强化学习解析", TEXT, source=1)
    assert likeness(one, other)[0] == "different"


def test_texts_without_a_common_word_in_the_titles_prove_nothing() -> None:
    one, other = gist("多模态生成的前沿突破", TEXT, source=1), gist("肿瘤疫苗解析", TEXT, source=2)
    assert likeness(one, other)[0] == "different"


def test_boilerplate_is_no_likeness() -> None:
    common = frozenset(boilerplate(TEXT + str(number) for number in range(4)))
    one = gist("储能方案发布", TEXT + OTHER_TEXT[:60], common)
    other = gist("储能方案有望发布并见效", TEXT + OTHER_TEXT[60:], common)
    assert likeness(one, other)[0] != "same"
    assert boilerplate([TEXT] * 3) == {}


def test_a_title_that_is_repeated_as_text_is_no_text() -> None:
    one, other = (
        gist(title, title, source=1)
        for title in ("张三深入党建联系点讲授专题党课", "李四深入党建联系点讲授专题党课")
    )
    assert likeness(one, other)[0] == "different"


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (TITLE, f"{TITLE[:8]}定了", "same"),
        (TITLE, "院士谈钙钛矿电池", "different"),
        ("每日早报 6.16", "每日早报 6.17", "different"),
    ],
)
def test_an_address_is_proof_of_one_story_unless_nothing_else_agrees(one: str, other: str, kind: str) -> None:
    left, right = (gist(title, "", link="example.org/1") for title in (one, other))
    found = likeness(left, right)
    assert found[0] == kind
    assert (found[1] == "网址相同") == (kind == "same")


@pytest.mark.parametrize(
    "text",
    [
        "财联社6月16日电，装机目标明确。",
        "《科创板日报》16日讯，装机目标明确。",
        "新华社某市6月16日电（记者 王小明）装机目标明确。",
        "央视网消息：装机目标明确。",
        "装机目标明确。责任编辑：王小明",
        "装机目标明确。（编辑 王小明）",
        "装机目标明确。声明：本文仅代表作者观点。",
    ],
)
def test_agencies_and_editors_are_left_out(text: str) -> None:
    assert strip_agencies(text).strip() == "装机目标明确。"


@given(st.text(), st.text(), st.text(), st.text())
def test_any_two_items_can_be_compared(title: str, text: str, other: str, other_text: str) -> None:
    found = compare(gist(title, text), gist(other, other_text))
    assert 0 <= found.score <= 1
    assert found.reason


@given(
    st.text(alphabet="某市发布储能方案解读第一二三期5月6（）|，", max_size=30),
    st.text(alphabet="某市发布储能方案解读第一二三期5月6（）|，", max_size=30),
)
def test_order_does_not_matter(one: str, other: str) -> None:
    left, right = compare(gist(one, ""), gist(other, "")), compare(gist(other, ""), gist(one, ""))
    assert (left.kind, left.score) == (right.kind, right.score)


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("read", [labelled_pairs, pairs_with_text])
def test_labelled_pairs_are_told_apart(read: type[object], half: int) -> None:
    pairs: tuple[Pair, ...] = read()  # type: ignore[assignment]
    found = Counter[tuple[bool, bool]]()
    for pair in pairs:
        if pair.half == half:
            found[pair.same, compare(pair.one, pair.other).kind is Kind.SAME] += pair.weight
    right = found[True, True]
    assert right / (right + found[False, True]) >= 0.95
    assert right / (right + found[True, False]) >= 0.9
