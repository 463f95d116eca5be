import json
import subprocess
import sys
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.classifying.classifier import Classification, Classifier
from xcbulletin.collecting.classifying.columns import COLUMNS
from xcbulletin.collecting.classifying.examples import Example, read_examples
from xcbulletin.collecting.classifying.features import (
    BY_LEXICON,
    FIRST_POINTS,
    PER_POINT,
    ROUND_UP,
    WIDTH,
    describe,
    row,
)
from xcbulletin.collecting.classifying.lexicon import Lexicon
from xcbulletin.collecting.classifying.training import Model, ModelError, dot, train
from xcbulletin.errors import BulletinError
from xcbulletin.model import Column, Industry

POWER = Industry(
    code="power",
    name="智能电力装备产业",
    short_name="智能电力",
    sub_sectors=("特高压", "换流站", "储能"),
    companies=("许继电气", "平高电气"),
    words=("电网", "新能源"),
    stop_contexts=("新能源汽车", "用电量"),
)
ROBOT = Industry(
    code="robot",
    name="工业机器人产业",
    short_name="工业机器人",
    sub_sectors=("机器人", "减速器"),
    stop_contexts=("聊天机器人",),
)
LEXICON = Lexicon([POWER, ROBOT])


def classify(
    title: str, summary: str = "", hint: tuple[str, ...] = (), model: Model | None = None
) -> Classification:
    return Classifier(LEXICON, model).classify(title, summary, hint)


def labelled(found: Classification) -> dict[str, str]:
    return {label.code: label.reason for label in found.labels}


def unsure(found: Classification) -> dict[str, str]:
    return {label.code: label.reason for label in found.unsure}


def make_example(title: str, *industries: str, summary: str = "", column: str | None = "news") -> Example:
    return Example(title=title, summary=summary, industries=industries, column=column if industries else None)


PLACES = ("许昌", "长葛", "禹州", "鄢陵", "襄城", "魏都", "建安", "郑州")
EXAMPLES = (
    *(make_example(f"{place}试验超导限流装置", "power") for place in PLACES),
    *(make_example(f"{place}建特高压工程", "power") for place in PLACES),
    *(make_example(f"{place}机器人下线", "robot") for place in PLACES),
    *(make_example(f"{place}聊天室举行相亲会") for place in PLACES),
    *(make_example(f"{place}中学生机器人夏令营") for place in PLACES),
    *(make_example(f"{place}机器人公司股价", "robot", column="finance") for place in PLACES),
)
MODEL = train(EXAMPLES, LEXICON)


# Before anything is learnt


def test_a_title_is_labelled_with_the_term_that_says_so() -> None:
    found = classify("特高压工程开工")
    assert labelled(found) == {"power": "标题里有“特高压”"}
    assert found.labels[0].sure


def test_the_reason_names_the_two_weightiest_terms() -> None:
    assert labelled(classify("许继电气供货换流站")) == {"power": "公司：许继电气，标题里有“换流站”"}
    assert labelled(classify("特高压与换流站")) == {"power": "标题里有“特高压”“换流站”"}
    assert labelled(classify("许继电气、平高电气中标")) == {"power": "公司：许继电气、平高电气"}
    assert labelled(classify("两家公司签约", "共建特高压与储能")) == {"power": "正文里有“特高压”“储能”"}


def test_results_of_a_company_follow_its_main_business() -> None:
    found = classify("许继电气：净利润增长两成")
    assert labelled(found) == {"power": "公司：许继电气"}
    assert (found.column, found.column_reason) == ("finance", "标题里有“净利”")


def test_two_subjects_are_two_labels_and_the_plainer_is_first() -> None:
    found = classify("机器人进变电站", "机器人带减速器，为特高压与储能设备巡检")
    assert [label.code for label in found.labels] == ["robot", "power"]
    assert found.labels[0].score > found.labels[1].score >= 0.5


def test_what_is_named_in_passing_is_shown_as_unsure() -> None:
    found = classify("市政府召开会议", f"{'议' * 40}特高压")
    assert labelled(found) == {}
    assert unsure(found) == {"power": "正文里有“特高压”"}
    assert not found.unsure[0].sure
    assert 0.25 <= found.unsure[0].score < 0.5


def test_words_by_themselves_do_not_label() -> None:
    assert labelled(classify("电网与新能源")) == {}


def test_look_alikes_are_left_alone() -> None:
    assert labelled(classify("聊天机器人陪人说话")) == {}
    assert labelled(classify("新能源汽车销量")) == {}


def test_a_round_up_of_the_market_is_not_about_what_it_names() -> None:
    assert labelled(classify("A股三大指数收涨，机器人板块领涨")) == {}


@pytest.mark.parametrize("model", [None, MODEL])
def test_a_digest_gets_no_label_and_shows_what_it_names_as_unsure(model: Model | None) -> None:
    found = classify("沪指收涨，特高压、换流站与储能走强", "许继电气涨停", model=model)
    assert labelled(found) == {}
    assert unsure(found).keys() == {"power"}


def test_the_industry_of_the_source_tips_the_scale_but_does_not_make_a_label() -> None:
    assert labelled(classify("招聘启事", hint=("power",))) == {}
    doubtful = ("两地签约", "共建储能项目，接入电网")
    assert labelled(classify(*doubtful)) == {}
    assert labelled(classify(*doubtful, hint=("power",))) == {"power": "正文里有“储能”“电网”"}


def test_what_is_about_no_industry_has_no_column() -> None:
    found = classify("小区业主大会召开")
    assert (found.labels, found.unsure, found.column) == ((), (), None)
    assert found.column_reason == "与各产业无关，也不是宏观或市场消息"


def test_news_of_the_economy_goes_under_finance_without_an_industry() -> None:
    found = classify("央行开展逆回购操作")
    assert (found.labels, found.column) == ((), "finance")
    assert found.column_reason == "标题里有“央行”，是宏观或市场消息"


@pytest.mark.parametrize(
    ("title", "summary", "column", "reason"),
    [
        ("特高压工程", "", "news", "没有业绩、行情、研报或展望的字样"),
        ("特高压工程投产", "", "news", "标题里有“投产”"),
        ("特高压设备走强", "", "finance", "标题里有“走强”"),
        ("特高压投资增长20%", "", "finance", "标题里有“增长2”"),
        ("甲证券：特高压将提速", "", "trends", "机构的看法：“甲证券”"),
        ("特高压建设有望提速", "", "trends", "标题里有“有望”"),
        ("特高压产业白皮书", "", "reports", "像研究报告：“白皮书”"),
        ("特高压设备公司", "维持公司“买入”评级", "reports", "像研究报告：“维持公司“买入”评级”"),
    ],
)
def test_a_column_is_chosen_by_wording(title: str, summary: str, column: str, reason: str) -> None:
    found = classify(title, summary)
    assert (found.column, found.column_reason) == (column, reason)


# After learning


def test_wording_that_the_lexicon_does_not_know_is_learnt() -> None:
    title = "许昌再试验超导限流装置"
    assert labelled(classify(title)) == {}
    assert labelled(classify(title, model=MODEL)) == {"power": "与编辑收下的《许昌试验超导限流装置》相近"}


def test_what_editors_put_away_is_learnt_and_stays_in_sight_as_unsure() -> None:
    title = "开封中学生机器人夏令营"
    assert labelled(classify(title)) == {"robot": "标题里有“机器人”"}
    found = classify(title, model=MODEL)
    assert labelled(found) == {}
    assert unsure(found) == {"robot": "标题里有“机器人”"}


def test_what_the_lexicon_knew_is_still_known() -> None:
    assert labelled(classify("开封建特高压工程", model=MODEL)) == {"power": "标题里有“特高压”"}


def test_the_lexicon_keeps_a_say_beside_what_was_learnt() -> None:
    ignorant = replace(MODEL, evidence=(0.0,) * WIDTH, bias=(0.0,) * len(MODEL.bias), wording={})
    assert labelled(classify("开封建特高压换流站和储能电站", model=ignorant)).keys() == {"power"}
    assert labelled(classify("开封举行相亲会", model=ignorant)) == {}


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("特高压工程开工", ""),
        ("许继电气：用电量公布", "电网与新能源"),
        ("两地签约", "共建储能项目，接入电网"),
        ("特高压ETF上市", "跟踪许继电气等"),
    ],
)
def test_who_has_seen_no_example_says_what_the_lexicon_says(title: str, summary: str) -> None:
    features = describe(title, summary, LEXICON)
    worth = features.points["power"] * (ROUND_UP if features.text.is_round_up else 1)
    evidence = train((), LEXICON).evidence
    assert evidence == pytest.approx(BY_LEXICON, abs=0.001)
    assert dot(evidence, row(features, "power")) == pytest.approx(
        PER_POINT * (worth - FIRST_POINTS), abs=0.01
    )


def test_examples_that_only_confirm_the_lexicon_hardly_raise_its_say() -> None:
    examples = [
        one
        for place in PLACES + PLACES
        for one in (make_example(f"许继电气中标{place}工程", "power"), make_example(f"{place}举行相亲会"))
    ]
    evidence = train(examples, LEXICON).evidence
    moved = [abs(after - before) for after, before in zip(evidence, BY_LEXICON, strict=True)]
    assert max(moved[2:]) < 0.5


def test_examples_that_are_all_alike_leave_the_weights_small() -> None:
    model = train([*EXAMPLES, make_example("某地试验超导限流装置并举行观摩会", "power")], LEXICON)
    assert max(map(abs, model.evidence)) < 10


def test_a_learnt_column_says_that_it_is_learnt() -> None:
    examples = [make_example(f"{place}特高压工程走强", "power", column="news") for place in PLACES + PLACES]
    found = classify("洛阳特高压工程走强", model=train(examples, LEXICON))
    assert (found.column, found.column_reason) == ("news", "用词与编辑归入这一栏的相近")


def test_a_long_title_is_shortened_in_a_reason() -> None:
    title = "某地试验超导限流装置并同时举行规模很大的观摩会和座谈会"
    model = train([*EXAMPLES, make_example(title, "power")], LEXICON)
    found = classify(title, model=model)
    assert labelled(found)["power"] == "与编辑收下的《某地试验超导限流装置并同时举行规模很大的观摩会…》相近"


def test_the_same_examples_teach_the_same_in_any_process() -> None:
    script = (
        "import sys; sys.path.insert(0, 'tests'); import hashlib, test_classifier as t;"
        "print(hashlib.sha256(t.MODEL.to_bytes()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_examples_do_no_harm(count: int) -> None:
    model = train(EXAMPLES[:count], LEXICON)
    classify("特高压工程开工", model=Model.from_bytes(model.to_bytes()))


def test_a_model_outlives_an_industry_that_was_taken_out() -> None:
    found = Classifier(Lexicon([POWER]), MODEL).classify("开封机器人下线", "")
    assert {label.code for label in (*found.labels, *found.unsure)} <= {"power"}


def test_versions_tell_lexicons_and_models_apart() -> None:
    assert LEXICON.version == Lexicon([POWER, ROBOT]).version != Lexicon([POWER]).version
    assert MODEL.version != replace(MODEL, bias=tuple(one + 1 for one in MODEL.bias)).version


# Models as bytes


def test_a_model_is_the_same_after_it_was_stored() -> None:
    content = MODEL.to_bytes()
    assert Model.from_bytes(content) == MODEL
    assert Model.from_bytes(content).to_bytes() == content


def test_a_damaged_model_says_what_to_do() -> None:
    with pytest.raises(ModelError) as caught:
        Model.from_bytes(MODEL.to_bytes()[:-9])
    assert str(caught.value) == "归类用的模型读不出来，已损坏或出自别的版本；请重新运行 xcbulletin learn"
    assert isinstance(caught.value, BulletinError)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_model_or_our_own_error(content: bytes) -> None:
    with pytest.raises(ModelError):
        Model.from_bytes(content)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", 1),
        ("bias", [0, 0]),
        ("bias", [float("nan")] * (2 + len(COLUMNS))),
        ("bias", [float("inf")] * (2 + len(COLUMNS))),
        ("bias", [10**400] * (2 + len(COLUMNS))),
        ("bias", [True] * (2 + len(COLUMNS))),
        ("titles", {"power": ["\ud800"]}),
        ("titles", {"power": "特高压"}),
        ("wording", {"特高": [1]}),
    ],
)
def test_a_model_that_cannot_be_used_is_refused(key: str, value: object) -> None:
    with pytest.raises(ModelError):
        Model.from_bytes(json.dumps({**json.loads(MODEL.to_bytes()), key: value}).encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(sorted(json.loads(MODEL.to_bytes()))), JSON)
def test_a_model_with_anything_in_it_classifies_or_is_refused(key: str, value: object) -> None:
    content = json.dumps({**json.loads(MODEL.to_bytes()), key: value}).encode()
    try:
        model = Model.from_bytes(content)
    except ModelError:
        return
    classify("许继电气试验机器人", model=model)
    assert model.version


# Examples


def read(*lines: str) -> tuple[tuple[Example, ...], list[str]]:
    columns = [Column(code="news", name="行业动态"), Column(code="editorial", name="编者的话")]
    examples, problems = read_examples("\n".join(lines), "decisions.jsonl", [POWER, ROBOT], columns)
    return examples, [str(problem) for problem in problems]


def test_examples_are_read_a_line_each_and_other_keys_ignored() -> None:
    line = {"title": " 标题 ", "summary": "摘要", "industries": ["power"], "column": "news", "url": "x"}
    expected = Example(title="标题", summary="摘要", industries=("power",), column="news")
    assert read("\ufeff" + json.dumps(line), "", "  ") == ((expected,), [])


def test_a_company_whose_staff_play_or_die_names_no_industry() -> None:
    assert labelled(classify("许继电气职工乒乓球赛")) == {}
    assert labelled(classify("许继电气职工乒乓球赛", model=MODEL)) == {}
    assert "robot" in labelled(classify("机器人登场乒乓球赛"))


def test_industries_and_columns_go_by_the_names_that_sources_use() -> None:
    line = {"title": "标题", "industries": ["智能电力装备产业", "Robot"], "column": "行业动态"}
    expected = Example(title="标题", summary="", industries=("power", "robot"), column="news")
    assert read(json.dumps(line)) == ((expected,), [])


def test_an_example_put_away_has_no_industry_and_no_column() -> None:
    expected = Example(title="标题", summary="", industries=(), column=None)
    for column in ("null", '"none"', '""'):
        assert read(f'{{"title": "标题", "industries": [], "column": {column}}}') == ((expected,), [])


def test_every_line_that_is_wrong_is_told_and_the_rest_read() -> None:
    examples, problems = read(
        '{"title": "好", "industries": ["robot"]}',
        "不是 JSON",
        "[1]",
        '{"industries": ["gold"], "column": "sport", "summary": 3}',
        '{"title": "甲", "industries": "power"}',
        '{"title": "甲\\u0000", "industries": []}',
        '{"title": 2026, "industries": []}',
    )
    assert [one.title for one in examples] == ["好"]
    example = '每行应如 {"title": "……", "industries": ["ai"], "column": "news"}'
    assert problems == [
        f"decisions.jsonl:2: 这一行不是一个 JSON 对象；{example}",
        f"decisions.jsonl:3: 这一行不是一个 JSON 对象；{example}",
        'decisions.jsonl:4: 缺少标题（title）；请加上 "title": "……"',
        "decisions.jsonl:4: 摘要（summary）应为文字；请加引号，没有摘要时可以不写",
        "decisions.jsonl:4: 没有“gold”这个产业；可用：power（智能电力）、robot（工业机器人）",
        "decisions.jsonl:4: 没有“sport”这个栏目；可用：news、trends、reports、finance、行业动态；不进快递的写 none",
        'decisions.jsonl:5: 缺少产业（industries）；应为列表，如 ["ai", "智能电力"]；不属于任何产业的写 []',
        "decisions.jsonl:6: 标题或摘要里有空字符；请删去 \\u0000",
        "decisions.jsonl:7: 标题（title）应为文字，现为“2026”；请加引号",
    ]


@given(
    st.text()
    | st.builds(json.dumps, JSON)
    | st.builds(
        lambda title, summary, industries, column: json.dumps(
            {"title": title, "summary": summary, "industries": industries, "column": column}
        ),
        JSON,
        JSON,
        JSON | st.lists(st.sampled_from(["power", "robot"])),
        JSON | st.sampled_from(COLUMNS),
    )
)
def test_any_text_gives_examples_or_problems(text: str) -> None:
    examples, problems = read_examples(text, "x.jsonl", [POWER, ROBOT])
    assert all(problem.place.line for problem in problems)
    for one in examples:
        assert one.title
        assert set(one.industries) <= {"power", "robot"}
        assert one.column in (None, *COLUMNS)
        assert f"{one.title}{one.summary}".encode()


@given(st.text(max_size=80), st.text(max_size=200))
def test_any_item_is_classified(title: str, summary: str) -> None:
    for model in (None, MODEL):
        found = classify(title, summary, ("robot",), model)
        assert all(label.score >= 0.5 and label.sure for label in found.labels)
        assert all(label.score < 0.5 and not label.sure for label in found.unsure)


def test_classifying_keeps_up_with_a_hundred_thousand_items() -> None:
    text = "工信部等八部门印发方案，支持特高压、储能与机器人等产业发展，电网投资有望提速，" * 8
    start = process_time()
    for number in range(300):
        classify(f"第{number}条：特高压工程与机器人", text, model=MODEL)
    assert process_time() - start < 300 / 1000  # a third of the goal, as machines are busy


def test_importing_it_is_cheap() -> None:
    heavy = "numpy", "sklearn", "scipy", "jieba", "pandas"
    script = f"import xcbulletin.collecting.classifying.classifier, sys; print({heavy!r} & sys.modules.keys())".replace(
        repr(heavy), repr(set(heavy))
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
