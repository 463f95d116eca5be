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
    assert points("电网用电量公布")["power"] == 0.0


def test_a_stop_context_weighs_less_further_back_and_never_nothing() -> None:
    weights = [
        points("电网用电量公布"),
        points("电网公布数字", "用电量见下"),
        points("电网公布数字", f"{'字' * 80}用电量"),
        points("电网公布数字"),
    ]
    assert [one["power"] for one in weights] == [0.0, 1.5, 2.6, 3.0]


@pytest.mark.parametrize(
    "title",
    [
        "甲公司：未开展特高压业务",
        "甲公司：目前未与许继电气签署合同",
        "甲公司：产品不能应用于特高压领域",
        "甲公司：暂无在电网等领域并购的意向",
        "甲公司：没有从事特高压设备生产",
    ],
)
def test_what_a_company_says_that_it_does_not_do_does_not_count(title: str) -> None:
    assert found(title) == {}


def test_a_denial_ends_with_its_clause_and_leaves_whom_it_is_about() -> None:
    assert found("许继电气：未开展储能业务，主营特高压")["power"] == [
        ("许继电气", Place.SUBJECT),
        ("特高压", Place.TITLE),
    ]
    assert found("未来特高压建设提速") == {"power": [("特高压", Place.SUBJECT)]}


def test_latin_words_are_not_cut_and_width_and_case_do_not_matter() -> None:
    assert found("MAIN FAIRY 与 OpenAI2") == {}
    assert found("ＡＩ与hvdc") == {"ai": [("AI", Place.SUBJECT)], "power": [("HVDC", Place.SUBJECT)]}


def test_of_terms_inside_one_another_the_longest_counts() -> None:
    assert found("AI芯片发布") == {"ai": [("AI芯片", Place.SUBJECT)]}


def test_a_word_whose_end_begins_another_only_seems_to_stand() -> None:
    chips = Industry(code="chips", name="芯片", short_name="芯片", words=("芯片",))
    cells = Industry(code="cells", name="电池", short_name="电池", words=("电芯",), companies=("许昌智能",))
    grid = Industry(code="grid", name="智能电网", short_name="智能电网")
    lexicon = Lexicon([chips, cells, grid])
    assert found("光通信电芯片", lexicon=lexicon).keys() == {"chips"}
    assert found("许昌智能电网园开园", lexicon=lexicon).keys() == {"grid"}
    assert found("电芯与芯片", lexicon=lexicon).keys() == {"chips", "cells"}
    assert found("许昌智能中标", lexicon=lexicon).keys() == {"cells"}


def test_agency_tags_and_the_repeated_title_do_not_push_the_lead_back() -> None:
    tag = "财联社8月10日电，"
    assert found("消息一则", f"{tag}{'线' * 60}特高压")["power"] == [("特高压", Place.LEAD)]
    assert read_text("甲公司中标", "甲公司中标。另据乙报").body == "另据乙报"


def test_a_sentence_after_the_first_is_no_title() -> None:
    assert found("甲公司公告。公司还生产特高压设备")["power"] == [("特高压", Place.LEAD)]


@pytest.mark.parametrize(
    "title", ["A股三大指数集体收涨", "电池ETF大涨", "【公告全知道】光纤+芯片", "甲公司：未涉足储能"]
)
def test_round_ups_are_known_by_their_titles(title: str) -> None:
    assert read_text(title, "").is_round_up
    assert not read_text("特高压工程开工", "").is_round_up


@pytest.mark.parametrize(
    "title",
    [
        "沪指收涨，特高压走强",
        "创业板指低开，电网设备活跃",
        "道指跌百点，电网股承压",
        "恒生科技指数午后转涨",
        "热门中概股盘前普涨",
        "沪深京三市成交放量",
        "今日早间新闻精选：特高压等",
        "下周大事提醒：特高压会议",
        "投资日历：电网大会开幕",
        "阳光照常，30股获增持",
        "机构调研热情升温",
        "行业资金流出榜：电网设备",
    ],
)
def test_digests_are_known_by_their_titles(title: str) -> None:
    assert read_text(title, "").is_digest


@pytest.mark.parametrize(
    "title",
    [
        "特高压工程开工",
        "电视频道指南上线",
        "专家意见获采纳指日可待",
        "输电铁塔加装避雷针",
        "郑许两市共建特高压产业园",
        "机器人上岗食堂，早餐不再排队",
        "创业板指数ETF上市",
        "两股获批资金投向电网",
    ],
)
def test_look_alikes_of_digests_are_not_taken_for_them(title: str) -> None:
    assert not read_text(title, "").is_digest


@pytest.mark.parametrize(
    "title",
    [
        "许昌一男子酒驾被查",
        "一女子走失",
        "长葛市气象台提醒",
        "禹州发布大雾橙色预警",
        "明日有强降雨",
        "讣告：许昌电业局离休干部逝世",
        "禹州药王庙会开幕",
        "许继集团乒乓球赛圆满落幕",
        "许继集团职工篮球队出征",
        "平高电气职工运动会",
        "求职商场的刑满释放人员",
        "电网员工登山比赛",
    ],
)
def test_daily_life_is_known_by_its_titles(title: str) -> None:
    assert read_text(title, "").is_daily_life


@pytest.mark.parametrize(
    "title",
    [
        "重大风险预警平台上线",
        "资本跑步进场储能",
        "市领导游园区",
        "兰花会展中心开建",
        "勇攀登山峰",
        "价格战降温",
        "球磨机出口",
    ],
)
def test_look_alikes_of_daily_life_are_not_taken_for_it(title: str) -> None:
    assert not read_text(title, "").is_daily_life


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
        "手机器人气投票落幕",
        "工信部召开党组会议",
        "生态环境部召开党组会议",
        "国家能源局召开党组会议",
        "国家药监局召开党组会议",
        "国家医保局召开党组会议",
        "国家卫生健康委员会召开党组会议",
        "晶体异质结构图鉴",
        "芯片板块午后下挫",
        "芯片股隔夜普跌",
        "半导体板块尾盘回落",
        "费城半导体再跌",
        "旅客健康码转绿",
        "市民问健康宝弹窗",
        "甲公司设新公司，含AI业务",
        "甲公司设新公司，含多项AI业务",
    ],
)
def test_the_shipped_lexicon_is_not_caught_by_look_alikes(title: str) -> None:
    assert all(weight <= 0 for weight in points(title, lexicon=Lexicon(INDUSTRIES)).values())


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("国家电网一名经理被查", "power"),
        ("国家电网原负责人严重违纪违法", "power"),
        ("南方电网前主管接受纪律审查", "power"),
        ("岛国国家电网瘫痪，全城点蜡烛", "power"),
        ("牵引逆变器出货增长", "power"),
        ("理想汽车前总裁改行做民宿", "nev"),
        ("玩家晒出地平线3改装赛道", "nev"),
        ("玩家晒出地平线4改装赛道", "nev"),
        ("玩家晒出地平线5改装赛道", "nev"),
        ("绿色消费周派发环保餐具", "env"),
        ("诺基亚旧款真机拆箱", "5g"),
        ("诺基亚塞班系统停更", "5g"),
        ("诺基亚手机重回货架", "5g"),
        ("欧洲多国争议疫苗通行证", "bio"),
        ("旅行者须带疫苗护照", "bio"),
        ("议会否决疫苗强制接种", "bio"),
        ("本市医药大学迎新", "bio"),
        ("药科大学办制药厂史展", "bio"),
        ("医药学院更名", "bio"),
        ("医药职业学院开学", "bio"),
        ("邻里凑医药费", "bio"),
        ("防猪瘟疫苗下乡", "bio"),
        ("猪流行性腹泻疫苗下乡", "bio"),
        ("候鸟区防禽流感，疫苗到位", "bio"),
        ("兽用疫苗抽检", "bio"),
        ("全国疫苗用量达三亿剂次", "bio"),
        ("多地安排疫苗第四针", "bio"),
        ("老人可打疫苗第四剂", "bio"),
        ("周末安排新冠疫苗接种", "bio"),
        ("领队接种新冠疫苗后启程", "bio"),
        ("小区排队接种疫苗", "bio"),
        ("专家谈变种新冠与疫苗", "bio"),
        ("检测服务商递上市申请书", "bio"),
        ("公积金首付款比例下调", "bio"),
        ("美军试用机器人", "robot"),
        ("边境军演出动机器人", "robot"),
        ("机器人创意大赛落幕", "robot"),
        ("甲集团设新公司，含智能机器人业务", "robot"),
        ("小学办机器人奥运会", "robot"),
        ("机器人课程进社区", "robot"),
        ("机器人社团招新", "robot"),
        ("财务部用上RPA机器人", "robot"),
        ("炒币机器人骗局曝光", "robot"),
        ("量化机器人代客下单遭警示", "robot"),
        ("AMD新款笔记本开卖", "ai"),
        ("英伟达显示核心平板电脑亮相", "ai"),
        ("英伟达版台式机降价", "ai"),
        ("银行理财追捧算力", "ai"),
        ("理财产品挂钩算力", "ai"),
        ("国债收益率上行，算力举债增多", "ai"),
        ("主权债承压，算力举债增多", "ai"),
        ("美联储官员谈人工智能", "ai"),
        ("人工智能投资推高通胀", "ai"),
        ("算力带动覆铜板提价", "ai"),
        ("算力带动金刚石提价", "ai"),
        ("算力带动电感提价", "ai"),
        ("算力带动被动元件提价", "ai"),
        ("算力带动玻璃基板提价", "ai"),
        ("算力带动显示面板提价", "ai"),
    ],
)
def test_what_speaks_against_an_industry_outweighs_its_word(title: str, code: str) -> None:
    weights = points(title, lexicon=Lexicon(INDUSTRIES))
    assert max(weights.get(code, 0.0), 0.0) < 1.5
