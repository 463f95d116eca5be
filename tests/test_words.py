"""Wrong words, garbled names, and what only the neighbours show to be wrong."""

import pytest
from proofed import mended, said

from xcbulletin.errors import ProblemsError
from xcbulletin.proofing.chinese.wordlist import parse_words


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("截止至2020年年底", "word-confused: “截止至”应为“截至”（“截至”已有“到”的意思）；请改为“截至”"),
        ("人工智能做为工具", "word-confused: “做为”应为“作为”；请改为“作为”"),
        ("参与“-带一路”建设", "word-confused: “-带一路”应为“一带一路”；请改为“一带一路”"),
        (
            "依据数字安全法、专利法",
            "name-garbled: “数字安全法”应为“数据安全法”（全称《中华人民共和国数据安全法》，2021年6月10日通过）；请改为“数据安全法”",
        ),
        ("工业与信息化部印发", "name-garbled: “工业与信息化部”应为“工业和信息化部”；请改为“工业和信息化部”"),
        (
            "知识产权保护法规定",
            "name-garbled: “知识产权保护法”应避免（我国没有这部法律，可能指专利法、商标法或著作权法）；"
            "请改写；说法确实合适的，可在这一行写明不检查",
        ),
        ("截止2021年3月", "word-until: “截止2021年3月”里“截止”后面接了时间；请改为“截至”"),
        ("截止到目前，公司", "word-until: “截止到目前，公司”里“截止到”后面接了时间；请改为“截至”"),
        ("可更好的推动转型", "word-particle: “可更好的推动转型”里修饰动词的“的”应为“地”；请改为“更好地”"),
        ("建设的比较完善，但", "word-particle: “建设的比较完善，但”里补语前的“的”应为“得”；请改为“建设得”"),
        (
            "就此而言，早德国政府在《白皮书》中",
            "word-missing: “就此而言，早德国政府在《白皮”里的“早”不成话，像是漏了字；请核对原文；是否想写“早前”“早先”？",
        ),
        ("开展人工智应用", "word-missing: “开展人工智应用”里的“人工智”像是漏了字；是否想写“人工智能”？"),
        ("推动推动产业发展", "word-repeated: “推动推动产业发展”里“推动”写了两遍；请删去一个“推动”"),
        ("产业的的发展", "word-repeated: “产业的的发展”里“的”写了两遍；请删去一个“的”"),
        ("全面贯撤新理念", "word-confused: “贯撤”应为“贯彻”；请改为“贯彻”"),
        ("稳中向好的态式", "word-confused: “态式”应为“态势”；请改为“态势”"),
        ("约30家左右企业", "word-redundant: “约30家左右”里两个表示约数的词重复或矛盾；请删去其中一个"),
        (
            "下降了2倍",
            "word-redundant: “下降了2倍”：减少不能用“倍”，减少一倍就没有了；请改用百分数或几分之几",
        ),
    ],
)
def test_a_slip_is_told(body: str, expected: str) -> None:
    assert said(body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "截至2021年3月，报名截止2021年4月，截止日期为5月。",
        "应当做好工作，适合做这件事，限制做法，把它看作机会。",
        "数据安全法、反垄断法、反不正当竞争法。",
        "优势得到更好的发挥，是更好的推动力，提供更好的服务，取得更快的发展，寻找更好的解决办法。",
        "实现更高质量的发展，建设的重点是发展的质量。",
        "最早英国政府在《报告》中提出，早在2018年，早期部署在《纲要》里。",
        "人工智能、人工智慧、人工智库。",
        "为了了解情况，的的确确，不了了之，和和气气，存在在线服务，作为为民服务的目的的说明，面对对手，参与与会。",
        "完善知识产权保护法律法规，个人信息安全法治，通过《终止平台垄断法案》，各级工业信息化部门。",
        "按装机容量计算，按装备类别统计，过度期望，深证成份指数和成份股，一座落户许昌的工厂，签定向协议。",
        "一个项目一个项目地落实，一家企业一家企业地走访，动态式管理。",
        "约30家，20家左右，超过50%，近20家，减少一半。",
    ],
)
def test_what_is_right_stays_without_a_word(body: str) -> None:
    assert said(body) == []


def test_sure_words_are_put_right_in_the_file() -> None:
    assert mended("**截止至**今，做为数字安全法，更好的推动它") == "**截至**今，作为数据安全法，更好地推动它"


def test_a_list_with_a_slip_is_told_with_its_line() -> None:
    text = "confusions:\n  - source: 词典\n    words:\n      - {wrong: 甲, right: 乙, unles: [丙]}\n"
    with pytest.raises(ProblemsError) as caught:
        parse_words(text)
    assert [str(problem) for problem in caught.value.problems] == [
        "sources/proofing.yaml:4: 不认识的项目“confusions.1.words.1.unles”；是否想写“unless”？"
    ]


def test_an_exception_holds_only_where_the_word_stands_in_it() -> None:
    words = parse_words(
        "confusions:\n  - source: 词典\n    words: [{wrong: 乙丙, right: 丁, unless: [甲乙丙, 乙丙戊]}]\n"
    )
    assert said("甲乙丙，乙丙戊，己乙丙己", words=words) == ["word-confused: “乙丙”应为“丁”；请改为“丁”"]


def test_no_list_finds_nothing() -> None:
    assert parse_words("").confusions.words == ()
    assert said("截止至今", words=parse_words("")) == []
