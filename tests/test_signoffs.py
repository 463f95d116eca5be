"""Which stages stand over a text, what voids them, and who may sign: decided without a disk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signatures import PEOPLE, SETTINGS, STAGES, Texts, chain, rejected, stand, states

from xcbulletin.proofing.signoffs.changes import corrected_characters, differences, shown_difference
from xcbulletin.proofing.signoffs.entries import Decision
from xcbulletin.proofing.signoffs.standing import Signing, SigningError, expect_may_sign
from xcbulletin.settings import ReviewSettings


def may_sign(stage: str, now, by: str | None = None, settings: ReviewSettings = SETTINGS, **more) -> str:
    """Return why a stage may not be signed; empty where it may."""
    asked = Signing(stage=stage, by=PEOPLE.get(stage, "某人") if by is None else by, **more)
    try:
        expect_may_sign(asked, now, settings)
    except SigningError as error:
        return str(error)
    return ""


# What stands


def test_stages_are_signed_in_their_order() -> None:
    texts = Texts()
    now = stand(chain(texts.files, "一审"), texts)
    assert states(now) == "signed open open open open open"
    assert (now.complete, now.next_stage, now.missing) == (False, "二审", STAGES[1:])
    assert may_sign("二审", now) == ""
    assert may_sign("三审", now) == "还没轮到三审；下一级是二审"
    assert may_sign("一审", now) == "张三已在 2021-01-29 09:00 签了一审，文字没有再改；下一级是二审"


def test_with_all_stages_signed_an_issue_is_complete() -> None:
    texts = Texts()
    now = stand(chain(texts.files, *STAGES), texts)
    assert (now.complete, now.next_stage, now.missing) == (True, None, ())
    assert may_sign("三校", now) == "孙八已在 2021-01-29 09:05 签了三校，文字没有再改；各级都已签完"


def test_a_change_voids_the_stages_that_were_signed_before_it_and_no_others() -> None:
    texts = Texts()
    before = chain(texts.files, "一审")
    texts.write({"news/01.md": "正文换成了另外一句话，而且长得多，超过了能算错字的限度。\n"})
    signoffs = chain(texts.files, {"stage": "二审"}, after=before)
    now = stand(signoffs, texts)
    assert states(now) == "voided signed open open open open"
    assert now.of("一审").why == "签后有改动：news/01.md 改过"
    assert now.of("二审").why is None


def test_a_text_put_back_as_it_was_stands_again() -> None:
    texts = Texts()
    signoffs = chain(texts.files, "一审", "二审")
    texts.write({"news/01.md": "换了。\n"})
    assert states(stand(signoffs, texts)).startswith("voided voided open")
    texts.write({"news/01.md": "正文一句话。\n"})
    assert states(stand(signoffs, texts)).startswith("signed signed open")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"news/02.md": "又一篇。\n"}, "签后有改动：news/02.md 新加"),
        ({"news/01.md": None}, "签后有改动：news/01.md 删去"),
        (
            {"news/01.md": None, "news/03.md": "正文一句话。\n"},
            "签后有改动：news/01.md 改名为 news/03.md（内容没变）",
        ),
        ({"assets/a.png": "另一张"}, "签后有改动：assets/a.png 改过（图片或数据换过）"),
        ({"issue.yaml": "date: 2021-02-01\n"}, "签后有改动：issue.yaml 改过"),
    ],
)
def test_files_added_taken_away_renamed_and_pictures_swapped_are_told(files, told: str) -> None:
    texts = Texts(**{"assets/a.png": "一张"})
    signoffs = chain(texts.files, *STAGES)
    texts.write(files)
    now = stand(signoffs, texts)
    assert states(now) == " ".join(["voided"] * 6)
    assert now.of("三校").why == told


# Sent back


def test_a_review_that_sends_back_voids_everything_and_the_first_stage_is_next() -> None:
    texts = Texts()
    now = stand(chain(texts.files, "一审", "二审", rejected("三审")), texts)
    assert states(now) == "voided voided rejected open open open"
    assert now.next_stage == "一审"
    assert now.of("一审").why == "三审（王五）退回：数字与来源不符"
    assert now.of("三审").why == "数字与来源不符"


def test_a_proof_that_sends_back_leaves_the_reviews() -> None:
    texts = Texts()
    now = stand(chain(texts.files, *STAGES[:4], rejected("二校")), texts)
    assert states(now) == "signed signed signed voided rejected open"
    assert now.next_stage == "一校"


def test_after_being_sent_back_the_stages_are_signed_again() -> None:
    texts = Texts()
    now = stand(chain(texts.files, "一审", rejected("二审"), "一审", "二审"), texts)
    assert states(now) == "signed signed open open open open"


def test_sending_back_needs_a_reason() -> None:
    now = stand((), Texts())
    told = "退回要写明理由，如 --reject --why 第二篇的数字与来源不符"
    assert may_sign("一审", now, decision=Decision.REJECTED) == told
    assert may_sign("一审", now, decision=Decision.REJECTED, why=" \n") == told
    assert may_sign("一审", now, decision=Decision.REJECTED, why="太长") == ""


def test_who_has_signed_may_take_it_back_but_nobody_sends_back_before_his_turn() -> None:
    texts = Texts()
    now = stand(chain(texts.files, "一审", "二审"), texts)
    assert may_sign("一审", now, decision=Decision.REJECTED, why="有误") == ""
    assert may_sign("一校", now, decision=Decision.REJECTED, why="有误") == "还没轮到一校；下一级是三审"


# Who


@pytest.mark.parametrize("name", ["张三", "张　三", " 张 三 ", "张·三", "张\ufe00三"])
def test_one_person_does_not_sign_two_reviews(name: str) -> None:
    texts = Texts()
    now = stand(chain(texts.files, "一审"), texts)
    assert may_sign("二审", now, by=name) == "张三已签了一审，不能再签二审：一个人不能审两级"


def test_one_person_may_sign_several_proofs_and_a_review_too() -> None:
    texts = Texts()
    now = stand(chain(texts.files, *STAGES[:3], {"stage": "一校", "by": "张三"}), texts)
    assert may_sign("二校", now, by="张三") == ""


def test_whose_signature_was_voided_may_sign_another_review() -> None:
    texts = Texts()
    signoffs = chain(texts.files, "一审")
    texts.write({"news/01.md": "改过的一句话，与原来的很不一样，要从头再审。\n"})
    signoffs = chain(texts.files, {"stage": "一审", "by": "李四"}, after=signoffs)
    assert may_sign("二审", stand(signoffs, texts), by="张三") == ""


def test_only_those_named_sign_a_stage() -> None:
    settings = ReviewSettings(people={"一审": ("张三", "李 四")})
    now = stand((), Texts(), settings)
    assert may_sign("一审", now, by="王五", settings=settings) == (
        "一审只能由张三、李 四签（bulletin.yaml 的 review.people），现为“王五”"
    )
    assert may_sign("一审", now, by="李四", settings=settings) == ""


def test_a_signature_of_somebody_not_named_any_more_does_not_count() -> None:
    texts = Texts()
    signoffs = chain(texts.files, *STAGES)
    settings = ReviewSettings(people={"二审": ("周九",), "三审": ("王五", "郑十")})
    now = stand(signoffs, texts, settings)
    assert (now.missing, now.of("二审").why) == (
        ("二审",),
        "现在点名只准周九签（bulletin.yaml 的 review.people）",
    )
    assert may_sign("二审", now, by="周九", settings=settings) == ""
    assert stand(
        chain(texts.files, {"stage": "二审", "by": "周九"}, after=signoffs), texts, settings
    ).complete


def test_slips_put_right_do_not_bring_back_a_signature_of_somebody_not_named() -> None:
    texts = Texts()
    settings = ReviewSettings(people={"二审": ("周九",)})
    signoffs = chain(texts.files, *STAGES[:3])
    texts.write({"news/01.md": "正文壹句话。\n"})
    now = stand(signoffs, texts, settings)
    assert may_sign("一校", now, settings=settings, correction=True).startswith("还没轮到一校")


def test_a_stage_that_there_is_not_is_named() -> None:
    told = may_sign("初审", stand((), Texts()))
    assert told == "没有“初审”这一级；现有：一审、二审、三审、一校、二校、三校"


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("　", "--by 后面要写签审人的姓名"),
        ("。", "--by 后面要写签审人的姓名"),
        ("张\x07三", "姓名和理由里不能有看不见的控制字符"),
    ],
)
def test_a_name_has_to_be_one(by: str, told: str) -> None:
    assert may_sign("一审", stand((), Texts()), by=by) == told


def test_stages_are_the_institutes_own() -> None:
    settings = ReviewSettings(stages=("初审", "终审", "核红"))
    texts = Texts()
    now = stand(chain(texts.files, "初审", "终审"), texts, settings)
    assert now.next_stage == "核红"


# Slips put right


def test_slips_put_right_after_everything_was_signed_need_only_the_last_proof_again() -> None:
    texts = Texts()
    signoffs = chain(texts.files, *STAGES)
    texts.write({"news/01.md": "正文壹句话。\n"})
    now = stand(signoffs, texts)
    assert states(now) == "signed signed signed signed signed voided"
    assert now.next_stage == "三校"
    assert now.of("一审").why == "其后错字改正 1 字"
    assert now.of("三校").why == "签后有改动：news/01.md 改过，改动 1 字"
    again = chain(texts.files, "三校", after=signoffs)
    assert stand(again, texts).complete


def test_corrections_add_up_from_what_was_signed() -> None:
    texts = Texts(**{"news/01.md": f"{'甲' * 40}。\n"})
    signoffs = chain(texts.files, *STAGES)
    texts.write({"news/01.md": f"{'乙' * 15}{'甲' * 25}。\n"})
    signoffs = chain(texts.files, "三校", after=signoffs)
    assert stand(signoffs, texts).complete
    texts.write({"news/01.md": f"{'乙' * 20}{'甲' * 20}。\n"})
    assert stand(signoffs, texts).missing == ("三校",)
    texts.write({"news/01.md": f"{'乙' * 21}{'甲' * 19}。\n"})
    assert stand(signoffs, texts).missing == STAGES


def test_before_everything_was_signed_the_smallest_change_voids() -> None:
    texts = Texts()
    signoffs = chain(texts.files, *STAGES[:4])
    texts.write({"news/01.md": "正文壹句话。\n"})
    now = stand(signoffs, texts)
    assert states(now) == "voided voided voided voided open open"
    assert may_sign("二校", now) == (
        "还没轮到二校；下一级是一审（签后有改动：news/01.md 改过，改动 1 字）；如果只是校对时改了错字，请加上 --correction"
    )


def test_a_proofreader_may_say_that_slips_were_put_right() -> None:
    texts = Texts()
    signoffs = chain(texts.files, *STAGES[:4])
    texts.write({"news/01.md": "正文壹句话。\n"})
    assert may_sign("二校", stand(signoffs, texts), correction=True) == ""
    assert may_sign("三校", stand(signoffs, texts), correction=True).startswith("还没轮到三校")
    signoffs = chain(texts.files, {"stage": "二校", "correction": True}, after=signoffs)
    assert states(stand(signoffs, texts)) == "signed signed signed signed signed open"
    texts.write({"news/01.md": "正文壹句语。\n"})
    assert states(stand(signoffs, texts)) == "voided voided voided voided voided open"


def test_slips_that_no_proofreader_speaks_of_are_not_forgiven() -> None:
    texts = Texts()
    signoffs = chain(texts.files, *STAGES[:3])
    texts.write({"news/01.md": "正文壹句话。\n"})
    now = stand(chain(texts.files, "一校", after=signoffs), texts)
    assert states(now) == "voided voided voided signed open open"


def test_the_last_proof_is_always_over_the_very_text() -> None:
    texts = Texts()
    signoffs = chain(texts.files, *STAGES)
    texts.write({"news/01.md": "正文壹句话。\n"})
    now = stand(chain(texts.files, {"stage": "二校", "correction": True}, after=signoffs), texts)
    assert now.missing == ("三校",)


def test_what_is_no_slip_cannot_be_called_one() -> None:
    texts = Texts()
    signoffs = chain(texts.files, *STAGES[:3])
    texts.write({"news/02.md": "新的一篇。\n"})
    told = "还没轮到一校；下一级是一审（签后有改动：news/02.md 新加）"
    assert may_sign("一校", stand(signoffs, texts), correction=True) == told
    assert may_sign("一审", stand(signoffs, texts), correction=True) == (
        "--correction（错字改正）只用于校对，一审是审，要看全文"
    )


def test_without_proofs_or_with_the_limit_at_none_there_is_no_small_correction() -> None:
    for settings in (ReviewSettings(stages=("一审", "二审")), ReviewSettings(small_correction=0)):
        texts = Texts()
        signoffs = chain(texts.files, *settings.stages)
        texts.write({"news/01.md": "正文壹句话。\n"})
        assert stand(signoffs, texts, settings).missing == settings.stages


CHART = "```chart\ntitle: 企业数\ndata: assets/a.csv\nhighlight: 甲国\n```\n"
FRONT = "---\ntitle: 标题\nindustries: [ai]\nsource: {name: 某部, date: 2021-01-01}\n---\n"


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ("截止至目前，", "截至目前，", 1),
        ("数字安全法", "数据安全法", 1),
        ("了了", "了", 1),
        ("一句。\n二句。\n", "一句。二句。\n", 1),
        (f"{FRONT}正文", f"{FRONT.replace('标题', '题目')}正文", 2),
        ("同一句", "统一句", 1),
        ("十分重要", "非常重要", 2),
        ("增长12.5%", "增长12.6%", None),
        ("达到30万辆", "达到30亿辆", None),
        ("三十万辆", "三十亿辆", None),
        ("提高两倍", "提高三倍", None),
        ("增加－5%", "增加5％", None),
        ("概括起来有三条", "概括起来有五条", None),
        ("居第二", "居第三", None),
        ("有一个问题", "有一种问题", 1),
        ("进一步完善", "进一步改善", 1),
        ("![图题](assets/a.svg)", "![图题](assets/b.svg)", None),
        ("![图题](assets/a.svg)", "![图名](assets/a.svg)", 1),
        ("见[原文](https://a.example)", "见[全文](https://a.example)", 1),
        ("见[@fig-a]。", "见[@fig-b]。", None),
        (CHART, CHART.replace("a.csv", "b.csv"), None),
        (CHART, CHART.replace("甲国", "乙国"), None),
        (CHART, CHART.replace("企业数", "企业家"), 1),
        (FRONT, FRONT.replace("[ai]", "[robot]"), None),
        (FRONT, FRONT.replace("某部", "某局"), None),
    ],
)
def test_figures_and_facts_of_the_front_matter_are_no_slips(
    before: str, after: str, count: int | None
) -> None:
    texts = Texts(**{"news/01.md": before})
    signed = dict(texts.files)
    texts.write({"news/01.md": after})
    assert corrected_characters(differences(signed, texts.files), texts.of) == count


def test_the_difference_in_data_is_shown() -> None:
    texts = Texts(**{"assets/a.csv": "甲,1\n"})
    signed = dict(texts.files)
    texts.write({"assets/a.csv": "甲,2\n"})
    assert shown_difference(differences(signed, texts.files), texts.of, "一审 张三")[-2:] == (
        "-甲,1",
        "+甲,2",
    )


def test_data_and_the_head_of_an_issue_are_no_slips() -> None:
    for file in ("assets/a.csv", "issue.yaml"):
        texts = Texts(**{file: "甲,乙\n"})
        signed = dict(texts.files)
        texts.write({file: "甲,丙\n"})
        assert corrected_characters(differences(signed, texts.files), texts.of) is None


@given(st.text("甲乙丙。\n", max_size=30), st.text("甲乙丙。\n", max_size=30))
def test_a_text_is_never_less_changed_than_its_length(before: str, after: str) -> None:
    texts = Texts(**{"news/01.md": before})
    signed = dict(texts.files)
    texts.write({"news/01.md": after})
    count = corrected_characters(differences(signed, texts.files), texts.of)
    lines = abs(len(before.splitlines()) - len(after.splitlines()))
    assert count is not None
    assert count >= abs(len(before.replace("\n", "")) - len(after.replace("\n", ""))) - lines
    assert count <= len(before) + len(after)


def test_a_text_written_anew_is_measured_at_once() -> None:
    texts = Texts(**{"news/01.md": "甲乙丙丁" * 5000})
    signed = dict(texts.files)
    texts.write({"news/01.md": "丁丙乙甲" * 5000})
    assert (corrected_characters(differences(signed, texts.files), texts.of) or 0) > 200


# The difference


def test_the_difference_is_shown_line_by_line() -> None:
    texts = Texts(**{"news/01.md": "第一行。\n第二行。\n第三行。\n", "assets/a.png": "一张"})
    signed = dict(texts.files)
    texts.write(
        {"news/01.md": "第一行。\n第二句。\n第三行。\n", "assets/a.png": "两张", "news/02.md": "新。\n"}
    )
    shown = shown_difference(differences(signed, texts.files), texts.of, "一审 张三 2021-01-29 09:00")
    assert shown == (
        "assets/a.png 改过（图片或数据换过）",
        "news/01.md 改过",
        "--- news/01.md（一审 张三 2021-01-29 09:00 签过的）",
        "+++ news/01.md（现在的）",
        "@@ 原第 1 行起，现第 1 行起 @@",
        " 第一行。",
        "-第二行。",
        "+第二句。",
        " 第三行。",
        "news/02.md 新加",
        "--- news/02.md（一审 张三 2021-01-29 09:00 签过的）",
        "+++ news/02.md（现在的）",
        "@@ 原第 0 行起，现第 1 行起 @@",
        "+新。",
    )


def test_where_the_signed_text_is_lost_that_is_said() -> None:
    texts = Texts()
    shown = shown_difference(
        differences({"news/01.md": "0" * 64, "issue.yaml": texts.files["issue.yaml"]}, texts.files),
        texts.of,
        "",
    )
    assert shown == ("news/01.md 改过", "  （签过的文字没有留存，看不出改了哪里）")


def test_a_text_with_other_line_ends_only_is_told_so() -> None:
    texts = Texts()
    signed = dict(texts.files)
    texts.write({"news/01.md": "正文一句话。\r\n"})
    assert (
        shown_difference(differences(signed, texts.files), texts.of, "")[-1]
        == "  （文字一样，只是换行或编码变了）"
    )
