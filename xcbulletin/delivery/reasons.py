"""Why a relay or a letter that came back says that a letter was not taken: one table for both.

A code alone does not tell. QQ answers its limits with 550, NetEase with 421, 450 and 451 and two letters
(RP:DRC, DT:SPM); so what is said is read first, then the enhanced status (RFC 3463), then the code. Only
what plainly says that there is no such mailbox is `unknown-user`, since an address may be given up for it.
"""

import re

from xcbulletin.delivery.mailing import Reason

DETAILS = {
    Reason.UNKNOWN_USER: "没有这个邮箱",
    Reason.FREQUENCY: "发得太多或太快，对方暂时不收",
    Reason.MAILBOX_FULL: "收件人的邮箱满了",
    Reason.CONTENT: "信的内容被当作垃圾邮件",
    Reason.SIZE: "信太大，超过服务器的上限",
    Reason.TEMPORARY: "对方暂时不收",
    Reason.POLICY: "对方拒收",
}
"""Why a letter was refused, for people."""
_READ = 4000
"""Characters of what was said that are read."""
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_LINK = re.compile(r"https?://\S+")
"""Links to help pages name what the letter was not refused for."""
_CODE = re.compile(r"(?<![\d.:/-])([45]\d\d)(?=[ \-,;:]|$)")


def reason_of(text: str, code: int | None = None, enhanced: str | None = None) -> Reason:
    """Return why a letter was refused: `text` is what was said, `code` and `enhanced` as far as known."""
    said = text[:_READ].lower()
    code = code or code_in(said)
    enhanced = enhanced or enhanced_in(said)
    reason = _named(said) or _BY_STATUS.get((enhanced or "")[2:]) or _by_code(code, enhanced)
    return Reason.TEMPORARY if reason is Reason.UNKNOWN_USER and is_passing(code, enhanced) else reason


def says_why(text: str) -> bool:
    """Tell whether a text has any of the words of the table."""
    return _named(text[:_READ].lower()) is not None


def is_passing(code: int | None, enhanced: str | None) -> bool:
    """Tell whether a status says that a later try may do; the enhanced one is the more exact of the two."""
    return enhanced.startswith("4.") if enhanced else code is not None and 400 <= code < 500


def enhanced_in(text: str) -> str | None:
    """Return the first enhanced status in a text, such as 5.1.1; an address of a machine is none."""
    return found[1] if (found := _ENHANCED.search(text)) else None


def code_in(text: str) -> int | None:
    """Return the first reply code in a text that tells of a failure, such as 550."""
    return int(found[1]) if (found := _CODE.search(text)) else None


def _named(said: str) -> Reason | None:
    plain = _LINK.sub(" ", said)
    return next((reason for reason, pattern in _TABLE if pattern.search(plain)), None)


def _by_code(code: int | None, enhanced: str | None) -> Reason:
    return Reason.TEMPORARY if is_passing(code, enhanced) else Reason.POLICY


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_TABLE = (
    (
        Reason.FREQUENCY,
        _words(
            r"frequency limit",  # QQ: Connection, Domain, Sender, Ip frequency limited
            r"mailbox unavailable or access denied",  # QQ, where one mailbox gets many at once
            r"too (?:many|much) (?:\w{1,12} )?(?:messages|mails?|connections?|sessions|letters|recipients|concurrent)",
            r"(?:rate|sending|receiving|receive|connection|message|hourly|daily) (?:rate |quota )?limit",
            r"(?:sending|hourly|daily) quota exceed",
            r"rate[ -]limit|throttl|at a rate that|too (?:fast|frequent)|slow down",
            r"\b(?:hl:(?:icc|ifc|itc|mep)|mi:(?:dmc|sfq|ccl|cel|stc)|rp:(?:drc|cel|rcl|trc))\b",  # NetEase
            r"频率|频繁|过快|发信[数量]超|数量超过?限|连接数",
        ),
    ),
    (
        Reason.SIZE,
        _words(
            r"\b(?:message|mail|letter) (?:size )?(?:is )?(?:too (?:big|large)|exceed\w* [\w ]{0,25}(?:size|limit|maxim))",
            r"exceed\w* (?:the )?(?:max\w* |fixed )?(?:message |mail ?)?size|(?:message|mail) ?size (?:limit )?exceed",
            r"邮件(?:大小|体积|尺寸)?(?:过大|太大|超)|超过.{0,12}大小",
        ),
    ),
    (
        Reason.MAILBOX_FULL,
        _words(
            r"(?:mailbox|inbox|account|user|quota)\S{0,60}[\w ]{0,20} (?:full|over ?quota|exceed)",
            r"over ?quota|out of storage|quota exceed|exceed\w* (?:\w{1,12} ){0,4}quota|mailbox ?full",
            r"insufficient (?:system |disk )?(?:storage|space)|not enough (?:space|storage)|space not enough",
            r"storage (?:allocation|limit|quota)",
            r"(?:邮箱|信箱|收件箱|空间|容量|存储)[^，。；\n]{0,12}(?:已满|满了|不足|爆满|用完)|超过?容量|超容|容量满",
        ),
    ),
    (
        Reason.CONTENT,
        _words(
            r"\bspam\b|junk ?mail|\bvirus|malware|phish|dt:spm|unsolicited|suspicious|bulk mail",
            r"content[\w ]{0,20}(?:reject|den(?:y|ied)|block|refus|not accept|filter|guideline)",
            r"(?:reject|block|refus|denied)\w{0,4}[\w ]{0,12} content",
            r"垃圾邮件|垃圾信|病毒|反垃圾|内容(?:被|不|含|违|敏感|过滤|拒)|敏感(?:词|内容)|违规内容",
        ),
    ),
    (
        Reason.POLICY,
        _words(
            r"sender (?:address|domain|is)|mail from|blocked using|spamhaus|spamcop|\brbl\b|black ?list|block ?list",
            r"domain (?:name )?(?:is |does )?not (?:found|exist)|host not found(?!, try)|host unknown|dns query error|nxdomain|no mx\b",
            r"relay(?:ing)? (?:access )?denied|(?:permitted|unable|allowed) to relay|\b(?:spf|dkim|dmarc)\b",
            r"域名[^，。；\n]{0,8}(?:不存在|解析|错误)|黑名单|发件人|发信人",
        ),
    ),
    (
        Reason.UNKNOWN_USER,
        _words(
            r"(?:user|recipient|mailbox|account|address|addressee)\S{0,100}[\w ,<>@.'\"’():-]{0,60}"
            r"(?:unknown|not (?:be )?(?:found|known|exist|listed)|n['’]t (?:be )?(?:found|exist))",
            r"(?:unknown|no such|invalid|non-?existent|bad destination) "
            r"(?:local )?(?:user|recipient|mailbox|account|address(?! error)|person|email)",
            r"unknown to address|no mailbox (?:here )?by that name|not a (?:known|valid) (?:user|mailbox|recipient)",
            r"(?:doesn['’]t|does not) have an? (?:\S{1,60} )?account|no longer (?:a )?(?:valid|exists?|employed)",
            r"rec(?:ipient|ip)notfound",
            r"(?:收件人|收信人|用户|邮箱|帐号|账号|账户|地址|电子邮件)"
            r"[^，。；\n]{0,40}(?:不存在|未找到|找不到|无效|没有找到|不正确|有误)",
            r"查无此人|无此用户|没有(?:这个|该|此)(?:用户|邮箱|帐号|账号)|不存在(?:该|此|这个)(?:用户|邮箱|收件人)",
            r"(?:找不到|未找到)[^，。；\n]{0,40}(?:收件人|用户|邮箱|地址|帐号|账号)",
        ),
    ),
    (
        Reason.TEMPORARY,
        _words(
            r"gr[ea]y-?list|try (?:again|later)|temporar|deferred|timed? ?out|expired|not connect",
            r"connection (?:refused|reset|lost)|lost connection|could not be reached|too (?:long|busy)",
            r"service unavailable|超时|稍后|网络(?:不|异常|故障|原因)|无法连接|连接不上|联络上|暂时|繁忙|过期",
        ),
    ),
)
"""In this order: a limit that speaks of the mailbox is a limit, and what refuses the sender finds no user unknown."""

_BY_STATUS = {
    "1.1": Reason.UNKNOWN_USER,
    "1.10": Reason.UNKNOWN_USER,  # Office 365
    "2.2": Reason.MAILBOX_FULL,
    "2.3": Reason.SIZE,
    "3.4": Reason.SIZE,
    "4.5": Reason.TEMPORARY,
    "4.7": Reason.TEMPORARY,
    "7.28": Reason.FREQUENCY,
}
