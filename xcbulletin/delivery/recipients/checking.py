"""What is wrong with recipients taken together: written down twice, not to be sent to, more copies than are printed."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from xcbulletin.delivery.mailing import RECIPIENTS_FILE, PdfChoice, Recipient, domain_of, key_of
from xcbulletin.delivery.recipients.domains import likely_meant, why_abroad
from xcbulletin.delivery.recipients.merging import by_address, merge
from xcbulletin.model import Imprint, Place, Problem, Severity
from xcbulletin.settings import MailSettings

ARTICLE_15 = "《内部资料性出版物管理办法》第十五条"
_NO_RELATIONS = ("客户", "服务对象", "公众", "订户")
_MOST_NAMED = 20
"""Lines that are named each for itself; more of them make one problem."""

PDF_NAMES = {PdfChoice.ATTACH: "附 PDF", PdfChoice.LINK: "给 PDF 链接", PdfChoice.NONE: "不带 PDF"}
"""How a recipient gets the PDF, for people."""


def check_recipients(
    recipients: Sequence[Recipient],
    *,
    profile: Literal["permit", "brief"],
    imprint: Imprint,
    mail: MailSettings,
) -> tuple[Problem, ...]:
    """Return what is wrong with the list as a whole, in the order of its lines.

    Errors have the rules `relation` (which a person may take upon himself, 内部资料性出版物管理办法 §15), `pdf-link`
    and `copies`; all else are warnings.
    """
    problems = (
        *_same_address(recipients),
        *_same_person(recipients),
        *(_without_relation(recipients) if profile == "permit" else ()),
        *_abroad(recipients, profile),
        *_misspelt(recipients),
        *_links(recipients, mail),
        *_too_many_copies(recipients, imprint),
    )
    return tuple(sorted(problems, key=lambda one: one.place.line or 0))


def _same_address(recipients: Iterable[Recipient]) -> Iterator[Problem]:
    for same in by_address(recipients).values():
        for later in same[1:]:
            yield _warning(
                later,
                "same-address",
                f"与第 {same[0].line} 行是同一个地址（{later.address}），合并成一封：{_told(merge(same))}",
                "若只要其中一行，请删去另一行",
            )


def _told(recipient: Recipient) -> str:
    industries = f"产业 {'、'.join(recipient.industries)}" if recipient.industries else "全部产业"
    copies = f"，纸质共 {recipient.copies} 份" if recipient.copies else ""
    return f"{industries}，{PDF_NAMES[recipient.pdf]}{copies}"


def _same_person(recipients: Iterable[Recipient]) -> Iterator[Problem]:
    first: dict[tuple[str, str], Recipient] = {}
    for one in recipients:
        earlier = first.setdefault((_folded(one.name), _folded(one.organisation)), one)
        if one.name and earlier is not one and not _is_one_letter(one, earlier):
            who = f"{one.name}，{one.organisation}" if one.organisation else one.name
            yield _warning(
                one,
                "same-person",
                f"与第 {earlier.line} 行同名同单位（{who}），会各收各的",
                "若是同一个人，请合成一行；不是，就不必改",
            )


def _folded(text: str) -> str:
    return "".join(text.split()).lower()


def _is_one_letter(one: Recipient, other: Recipient) -> bool:
    return bool(one.address and other.address and key_of(one.address) == key_of(other.address))


def _without_relation(recipients: Iterable[Recipient]) -> Iterator[Problem]:
    lacking = [one for one in recipients if not one.relation]
    advice = f"请写上关系（隶属或指导）；{ARTICLE_15}：不得发给没有隶属和指导关系的单位"
    if len(lacking) > _MOST_NAMED:
        lines = "、".join(str(one.line) for one in lacking[:_MOST_NAMED])
        yield _error(lacking[0], "relation", f"有 {len(lacking)} 位没有写关系（第 {lines} 行等）", advice)
    else:
        yield from (_error(one, "relation", f"{_called(one)}没有写关系", advice) for one in lacking)
    for one in recipients:
        if any(word in one.relation for word in _NO_RELATIONS):
            yield _error(
                one,
                "relation",
                f"{_called(one)}的关系是“{one.relation}”",
                f"{ARTICLE_15}：不得把服务对象和社会公众作为发送对象；关系应为隶属或指导",
            )


def _called(recipient: Recipient) -> str:
    return recipient.name or recipient.organisation or recipient.address or ""


def _abroad(recipients: Iterable[Recipient], profile: str) -> Iterator[Problem]:
    advice = f"{ARTICLE_15}：不得向境外传播；请改用境内的邮箱" if profile == "permit" else "请改用境内的邮箱"
    for one, domain in _domains(recipients):
        if why := why_abroad(domain):
            yield _warning(one, "foreign-domain", why, advice)


def _misspelt(recipients: Iterable[Recipient]) -> Iterator[Problem]:
    for one, domain in _domains(recipients):
        if meant := likely_meant(domain):
            yield _warning(
                one,
                "misspelt-domain",
                f"“{domain}”像是写错了",
                f"是否想写 {'、'.join(meant)}？没有写错就不必改",
            )


def _domains(recipients: Iterable[Recipient]) -> Iterator[tuple[Recipient, str]]:
    return ((one, domain_of(one.address)) for one in recipients if one.address)


def _links(recipients: Iterable[Recipient], mail: MailSettings) -> Iterator[Problem]:
    linked = [one for one in recipients if one.address and one.pdf is PdfChoice.LINK]
    if linked and mail.pdf_base is None:
        yield _error(
            linked[0],
            "pdf-link",
            f"有 {len(linked)} 位的 PDF 选了链接，bulletin.yaml 里却没有 mail.pdf_base，不知道链接到哪里",
            "请在 bulletin.yaml 里写上，或把链接改成附件（attach）",
        )


def _too_many_copies(recipients: Iterable[Recipient], imprint: Imprint) -> Iterator[Problem]:
    wanted = sum(one.copies for one in recipients)
    if imprint.copies is not None and wanted > imprint.copies:
        yield Problem(
            place=Place(file=RECIPIENTS_FILE),
            rule="copies",
            message=f"纸质份数共 {wanted} 份，超过印数 {imprint.copies} 份",
            suggestion="请减少份数，或改印数（imprint 里的 copies）",
        )


def _error(recipient: Recipient, rule: str, message: str, suggestion: str) -> Problem:
    place = Place(file=RECIPIENTS_FILE, line=recipient.line)
    return Problem(place=place, rule=rule, message=message, suggestion=suggestion)


def _warning(recipient: Recipient, rule: str, message: str, suggestion: str) -> Problem:
    place = Place(file=RECIPIENTS_FILE, line=recipient.line)
    return Problem(place=place, rule=rule, message=message, suggestion=suggestion, severity=Severity.WARNING)
