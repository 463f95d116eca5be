from pathlib import Path

import pytest

from xcbulletin.collecting.classifying.lexicon import Lexicon, Place, read_text, total
from xcbulletin.model import Industry
from xcbulletin.settings import open_workspace

POWER = Industry(
    code="power",
    name="智能电力装备产业",
    short_name="智能电力",
    sub_sectors=("特高压", "电网", "HVDC"),
    companies=("许继电气",),
    words=("新能源",),
    stop_contexts=("新能源汽车", "用电量"),
)
NEV = Industry(
    code="nev", name="新能源及网联汽车产业", short_name="新能源汽车", sub_sectors=("充电桩",), words=("汽车",)
)
AI = Industry(code="ai", name="新一代人工智能产业", short_name="人工智能", sub_sectors=("AI", "AI芯片"))
LEXICON = Lexicon([POWER, NEV, AI])


def found(title: str, summary: str = "", lexicon: Lexicon = LEXICON) -> dict[str, list[tuple[str, Place]]]:
    evidence = lexicon.find(read_text(title, summary))
    return {code: [(one.term.text, one.place) for one in some] for code, some in evidence.items()}


def points(title: str, summary: str = "", lexicon: Lexicon = LEXICON) -> dict[str, float]:
    return {code: total(some) for code, some in lexicon.find(read_text(title, summary)).items()}


def test_a_term_is_found_at_its_foremost_place() -> None:
    assert found("特高压工程开工", "特高压线路长 1000 公里") == {"power": [("特高压", Place.SUBJECT)]}
    assert found("一条跨越六省的新线路：特高压") == {"power": [("特高压", Place.TITLE)]}
    assert found("新线路开工", "这条特高压线路") == {"power": [("特高压", Place.LEAD)]}
    assert found("新线路开工", "线路" * 40 + "特高压") == {"power": [("特高压", Place.REST)]}


def test_what_stands_further_back_weighs_less() -> None:
    weights = [
        points("特高压工程开工"),
        points("新线路开工", "这条特高压线路"),
        points("新线路开工", "线路" * 40 + "特高压"),
    ]
    assert [one["power"] for one in weights] == [3.0, 1.6, 0.6]


def test_a_company_weighs_most_where_the_title_is_about_it() -> None:
    about, besides = points("许继电气：中标"), points("上半年中标企业公布，有许继电气")
    assert about["power"] > besides["power"]


def test_a_stop_context_hides_the_term_inside_it() -> None:
    assert found("新能源汽车销量") == {"nev": [("新能源汽车", Place.SUBJECT)]}


def test_a_stop_context_without_a_term_speaks_against_the_industry() -> None:
    assert points("电网用电量公布")["power"] == 1.5


def test_latin_words_are_not_cut_and_width_and_case_do_not_matter() -> None:
    assert found("MAIN FAIRY 与 OpenAI2") == {}
    assert found("ＡＩ与hvdc") == {"ai": [("AI", Place.SUBJECT)], "power": [("HVDC", Place.SUBJECT)]}


def test_of_terms_inside_one_another_the_longest_counts() -> None:
    assert found("AI芯片发布") == {"ai": [("AI芯片", Place.SUBJECT)]}


def test_agency_tags_and_the_repeated_title_do_not_push_the_lead_back() -> None:
    tag = "财联社8月10日电，"
    assert found("消息一则", f"{tag}{'线' * 60}特高压")["power"] == [("特高压", Place.LEAD)]
    assert read_text("甲公司中标", "甲公司中标。另据乙报").body == "另据乙报"


def test_a_sentence_after_the_first_is_no_title() -> None:
    assert found("甲公司公告。公司还生产特高压设备")["power"] == [("特高压", Place.LEAD)]


@pytest.mark.parametrize("title", ["A股三大指数集体收涨", "电池ETF大涨", "【公告全知道】光纤+芯片"])
def test_round_ups_are_known_by_their_titles(title: str) -> None:
    assert read_text(title, "").is_round_up
    assert not read_text("特高压工程开工", "").is_round_up


def test_the_names_of_an_industry_are_terms() -> None:
    bare = Lexicon([Industry(code="x", name="量子产业", short_name="量子", aliases=("量子科技",))])
    assert found("量子科技进步", lexicon=bare) == {"x": [("量子科技", Place.SUBJECT)]}


def test_the_version_changes_with_any_term() -> None:
    assert Lexicon([POWER]).version == Lexicon([POWER]).version
    assert Lexicon([POWER]).version != Lexicon([NEV]).version


INDUSTRIES = open_workspace(Path(__file__).parents[1], {}).industries


def test_the_shipped_lexicon_has_every_kind_of_term_for_every_industry() -> None:
    for one in INDUSTRIES:
        kinds = (one.sub_sectors, one.companies, one.words, one.stop_contexts)
        assert all(len(kind) >= 20 for kind in kinds), one.code


def test_no_shipped_term_is_a_single_character_or_stands_twice() -> None:
    for one in INDUSTRIES:
        for kind in (one.sub_sectors, one.companies, one.words, one.stop_contexts):
            assert [term for term in kind if len(term) < 2] == []
            assert len(set(kind)) == len(kind), one.code


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("许昌智能继电器公司新厂房封顶", "power"),
        ("固态电池中试线贯通", "nev"),
        ("污水处理厂提标改造完工", "env"),
        ("多晶硅新线点火", "silicon"),
        ("长葛大周：废铝分选线投运", "metal"),
        ("县城实现5G网络全覆盖", "5g"),
        ("新疫苗获批上市", "bio"),
        ("焊接机器人进车间", "robot"),
        ("大模型在政务大厅上岗", "ai"),
    ],
)
def test_the_shipped_lexicon_knows_the_nine_industries(title: str, code: str) -> None:
    weights = points(title, lexicon=Lexicon(INDUSTRIES))
    assert max(weights, key=lambda one: weights[one]) == code


@pytest.mark.parametrize(
    "title",
    [
        "硅谷工程师的一天",
        "硅基生命的猜想",
        "传承红色基因",
        "地铁里租充电宝",
        "机器人争霸赛开播",
        "退役军人服务站揭牌",
        "东南网聚焦古城",
        "北极星公园开放",
        "加强生产安全检查",
        "毕业典礼来了",
        "音乐聚会举行",
        "语文心得分享",
        "火热场面再现",
        "访问界面改版",
        "纯净水抽检",
        "晶体异质结构图鉴",
    ],
)
def test_the_shipped_lexicon_is_not_caught_by_look_alikes(title: str) -> None:
    assert all(weight <= 0 for weight in points(title, lexicon=Lexicon(INDUSTRIES)).values())
