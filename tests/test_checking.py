"""What is wrong with recipients taken together is told, each with its line."""

from typing import Any, Literal

import pytest

from xcbulletin.delivery.mailing import PdfChoice, Recipient
from xcbulletin.delivery.recipients.checking import check_recipients
from xcbulletin.model import Imprint, Problem, Severity
from xcbulletin.settings import MailSettings

FILE = "recipients.csv"
LAW = "《内部资料性出版物管理办法》第十五条"


def person(line: int, address: str | None, **fields: Any) -> Recipient:
    own = {"name": f"某{line}", "organisation": "市局", "relation": "隶属"}
    return Recipient(**{**own, **fields, "line": line, "address": address})


def check(
    *recipients: Recipient,
    profile: Literal["permit", "brief"] = "permit",
    printed: int | None = None,
    **mail: Any,
) -> tuple[Problem, ...]:
    return check_recipients(
        recipients, profile=profile, imprint=Imprint(copies=printed), mail=MailSettings(**mail)
    )


def said(problems: tuple[Problem, ...]) -> list[str]:
    return [("提醒：" if one.severity is Severity.WARNING else "") + str(one) for one in problems]


def test_a_list_in_order_has_no_problems() -> None:
    assert check(person(2, "a@x.cn"), person(3, None, copies=2), printed=50) == ()


def test_an_address_written_twice_is_told_with_what_becomes_of_it() -> None:
    problems = check(
        person(2, "Zhang@x.cn", industries=("ai",), copies=1, pdf=PdfChoice.NONE),
        person(3, "zhang@X.cn", industries=("robot", "ai"), copies=2),
        person(4, "zhang@x.cn"),
    )
    told = "合并成一封：全部产业，附 PDF，纸质共 3 份；若只要其中一行，请删去另一行"
    assert said(problems) == [
        f"提醒：{FILE}:3: 与第 2 行是同一个地址（zhang@X.cn），{told}",
        f"提醒：{FILE}:4: 与第 2 行是同一个地址（zhang@x.cn），{told}",
    ]
    assert said(check(*(person(n, "a@x.cn", industries=(c,)) for n, c in ((2, "ai"), (3, "robot"))))) == [
        f"提醒：{FILE}:3: 与第 2 行是同一个地址（a@x.cn），合并成一封：产业 ai、robot，附 PDF；若只要其中一行，请删去另一行"
    ]


def test_a_person_with_two_addresses_is_told() -> None:
    problems = check(
        person(2, "a@x.cn", name="张三", organisation="市局"),
        person(3, "b@x.cn", name="张 三", organisation="市局"),
        person(4, None, name="李四", organisation="", copies=1),
        person(5, None, name="李四", organisation="", copies=1),
        person(6, "c@x.cn", name="", organisation=""),
        person(7, "d@x.cn", name="", organisation=""),
        person(8, "e@x.cn", name="张三", organisation="县局"),
    )
    assert said(problems) == [
        f"提醒：{FILE}:3: 与第 2 行同名同单位（张 三，市局），会各收各的；若是同一个人，请合成一行；不是，就不必改",
        f"提醒：{FILE}:5: 与第 4 行同名同单位（李四），会各收各的；若是同一个人，请合成一行；不是，就不必改",
    ]


def test_a_person_written_twice_with_one_address_is_told_once() -> None:
    (problem,) = check(*(person(line, "a@x.cn", name="张三") for line in (2, 3)))
    assert problem.rule == "same-address"


def test_with_a_permit_everybody_needs_a_relation() -> None:
    people = (
        person(2, "a@x.cn", name="张三", relation=""),
        person(3, "b@x.cn", name="", relation="客户单位"),
        person(4, None, name="", relation="", copies=1),
    )
    advice = f"请写上关系（隶属或指导）；{LAW}：不得发给没有隶属和指导关系的单位"
    problems = check(*people)
    assert said(problems) == [
        f"{FILE}:2: 张三没有写关系；{advice}",
        f"{FILE}:3: 市局的关系是“客户单位”；{LAW}：不得把服务对象和社会公众作为发送对象；关系应为隶属或指导",
        f"{FILE}:4: 市局没有写关系；{advice}",
    ]
    assert {one.rule for one in problems} == {"relation"}
    assert check(*people, profile="brief") == ()


def test_many_without_a_relation_make_one_problem() -> None:
    people = [person(line, f"{line}@x.cn", relation="") for line in range(2, 32)]
    lines = "、".join(map(str, range(2, 22)))
    assert said(check(*people)) == [
        f"{FILE}:2: 有 30 位没有写关系（第 {lines} 行等）；请写上关系（隶属或指导）；{LAW}：不得发给没有隶属和指导关系的单位"
    ]


@pytest.mark.parametrize(
    ("profile", "advice"),
    [("permit", f"{LAW}：不得向境外传播；请改用境内的邮箱"), ("brief", "请改用境内的邮箱")],
)
def test_domains_abroad_are_told(profile: Literal["permit", "brief"], advice: str) -> None:
    assert said(check(person(2, "a@Gmail.com"), profile=profile)) == [
        f"提醒：{FILE}:2: gmail.com 是境外的邮箱服务；{advice}"
    ]


def test_misspelt_domains_are_told_with_what_was_likely_meant() -> None:
    assert said(check(person(2, "a@qq.con"), person(3, "a@136.com"))) == [
        f"提醒：{FILE}:2: “qq.con”像是写错了；是否想写 qq.com？没有写错就不必改",
        f"提醒：{FILE}:3: “136.com”像是写错了；是否想写 163.com、126.com、139.com？没有写错就不必改",
    ]


def test_a_link_needs_somewhere_to_lead() -> None:
    people = (person(2, "a@x.cn", pdf=PdfChoice.LINK), person(3, None, copies=1, pdf=PdfChoice.LINK))
    assert said(check(*people)) == [
        f"{FILE}:2: 有 1 位的 PDF 选了链接，bulletin.yaml 里却没有 mail.pdf_base，不知道链接到哪里；"
        "请在 bulletin.yaml 里写上，或把链接改成附件（attach）"
    ]
    assert check(*people, pdf_base="http://10.0.0.8/build/") == ()


@pytest.mark.parametrize(("printed", "wrong"), [(None, False), (3, False), (2, True), (0, True)])
def test_no_more_copies_are_given_away_than_printed(printed: int | None, wrong: bool) -> None:
    problems = check(person(2, "a@x.cn", copies=1), person(3, None, copies=2), printed=printed)
    expected = f"{FILE}: 纸质份数共 3 份，超过印数 {printed} 份；请减少份数，或改印数（imprint 里的 copies）"
    assert said(problems) == ([expected] if wrong else [])
