"""What mail systems write where they send no report for machines: in sentences, tables, and several languages."""

import re

from xcbulletin.delivery.reasons import code_in, says_why
from xcbulletin.delivery.returns.addresses import ADDRESS, addresses_in, unique
from xcbulletin.delivery.returns.received import ReceivedLetter

_HEAD = 2000
"""Characters in which a mail system comes to the point."""
_LABELLED = re.compile(
    r"(?:(?:收件人|收信人|接收人|收件地址|recipient|final recipient|to)[ \t]*(?:地址|邮箱|address)?[ \t]*[:：][^\S\n]*|"
    r"无法(?:发送|投递|送达)到?[ \t]*[:：]?[^\S\n]*)"
    rf"[<\"'“（(]{{0,3}}({ADDRESS})",
    re.IGNORECASE | re.ASCII,
)
_LISTED = re.compile(rf"^[ \t*•·-]{{0,6}}<?({ADDRESS})>?[ \t]*(?::|：|$|\(|（)", re.MULTILINE | re.ASCII)
_DAEMON = re.compile(
    r"^(?:mailer-?daemon|postmaster|post_master|mdaemon|mail-?daemon|mailerdaemon|bounces?)(?:[+@-]|$)"
)
_RETURNED = re.compile(
    r"退信|退回|未送达|未能送达|无法送达|未能投递|无法投递|投递失败|发送失败|传递失败|传递状态|未传递|"
    r"undeliver|returned mail|returned to sender|delivery (?:status|fail|has failed|error|problem)|"
    r"fail(?:ure|ed)? (?:notice|delivery)|mail (?:delivery )?(?:failed|failure|error)|"
    r"could ?n[o']t be delivered|returning message|non[- ]?deliver|mail system error|delivery subsystem",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"\bdelay(?:ed)?\b|still being retried|will (?:be retried|keep trying|continue to (?:be )?(?:try|attempt|retr))|"
    r"warning: could not send|not yet been delivered|do not need to resend|"
    r"延迟|延时投递|继续尝试|稍后.{0,6}重试|无需重新发送|尚未送达",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"(?:英文说明|退信原因|失败原因|拒收原因|错误原因|错误信息|错误提示|退信代码|远程响应|诊断信息|退回原因|原因|reason|"
    r"remote host said|diagnostic[- ]code|reported error|error details?|the response (?:from the remote server )?was|"
    r"the error that the other server returned was)[ \t]*[:：][ \t\n]{0,40}([^\n]{1,600}(?:\n(?![^\n：:]{0,12}[：:])[^\n]{1,200}){0,3})",
    re.IGNORECASE,
)
_REMEDY = re.compile(
    r"^[ \t]*(?:建议|解决方案|解决办法|处理建议|帮助|how to fix|如何解决|修复方法)",
    re.IGNORECASE | re.MULTILINE,
)
_REPLY_LINE = re.compile(r"[^\n]{0,200}(?<![\d.:/-])[45]\d\d[ -][^\n]{1,500}(?:\n[ \t][^\n]{1,200}){0,3}")


def is_from_daemon(letter: ReceivedLetter) -> bool:
    """Tell whether a mail system wrote a letter, by its sender."""
    writer = letter.headers.get("from", "").lower()
    addresses = addresses_in(writer) or (writer.strip(' <>"'),)
    return (
        any(_DAEMON.match(address) for address in addresses[-1:])
        or "mail delivery s" in writer
        or "x-failed-recipients" in letter.headers
        or _is_without_return(letter)
    )


def _is_without_return(letter: ReceivedLetter) -> bool:
    """Tell a letter that nobody may answer, and that says in its subject that something came back."""
    path = letter.headers.get("return-path", "").replace(" ", "")
    return path == "<>" and bool(_RETURNED.search(letter.headers.get("subject", "")))


def says_returned(letter: ReceivedLetter, report: str) -> bool:
    """Tell whether a mail system says that it gave a letter up; `report` is its text."""
    subject = letter.headers.get("subject", "")
    says_it = bool(_RETURNED.search(subject) or _RETURNED.search(report[:_HEAD]))
    return says_it and not _is_delay(subject, report)


def _is_delay(subject: str, report: str) -> bool:
    return bool(_DELAYED.search(subject)) or (bool(_DELAYED.search(report)) and not _RETURNED.search(subject))


def why(report: str) -> str:
    """Return the sentence that says why, or all that the report says where none stands out."""
    report = report[: found.start()] if (found := _REMEDY.search(report)) else report
    reasons = [" ".join(found[1].split()) for found in _WHY.finditer(report)]
    if telling := [each for each in reasons if says_why(each) or code_in(each)]:
        return telling[-1] if code_in(telling[-1]) else telling[0]
    if found := _REPLY_LINE.search(report):
        return " ".join(found[0].split())
    return reasons[0] if reasons else " ".join(report.split())


def failed_addresses(letter: ReceivedLetter, report: str) -> tuple[str, ...]:
    """Return the addresses that a text says a letter did not reach."""
    if named := addresses_in(letter.headers.get("x-failed-recipients", "")):
        return named
    own = addresses_in(" ".join(letter.headers.get(name, "").lower() for name in ("to", "from")))
    named, listed, any_at_all = (
        unique(address for address in found if address.lower() not in own)
        for found in (_LABELLED.findall(report), _LISTED.findall(report), addresses_in(report))
    )
    return named or listed or any_at_all[:1]
