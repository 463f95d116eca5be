"""Addresses of mailboxes, as far as relays take them: RFC 5321 §4.1.2, without quoted strings and SMTPUTF8."""

import re
import unicodedata

LONGEST, LONGEST_LOCAL, LONGEST_LABEL = 254, 64, 63
"""Characters: RFC 5321 §4.5.3.1 (256 with the angle brackets), RFC 1035 §2.3.4."""

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_SEVERAL = re.compile(r"@[^@]*[;,、/|\s][^@]*@")
_BRACKETED = re.compile(r"<([^<>@\s]+@[^<>@\s]+)>")
_LIKE = "如 zhangsan@example.org"


def shown(text: str, longest: int = 60) -> str:
    """Return a text as a message may quote it: on one line, short, and nothing in it that a terminal obeys."""
    plain = _printable(text)
    return plain if len(plain) <= longest else f"{plain[:longest]}…"


def _printable(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


class AddressError(ValueError):
    """What was written is not an address."""

    def __init__(self, message: str, suggestion: str) -> None:
        self.message, self.suggestion = _printable(message), _printable(suggestion)
        super().__init__(f"{self.message}；{self.suggestion}")


def parse_address(written: str) -> str:
    """Return an address as a relay takes it; what a Chinese keyboard made wide becomes narrow. Raises AddressError."""
    address = unicodedata.normalize("NFKC", written).strip().replace("。", ".")
    _one_address(address)
    local, _at, domain = address.rpartition("@")
    _check_domain(address, local, domain)
    _check_local(address, local)
    if len(address) > LONGEST:
        raise AddressError(f"地址有 {len(address)} 个字符，太长", f"地址最长 {LONGEST} 个字符")
    return address


def _one_address(address: str) -> None:
    if bracketed := _BRACKETED.search(address):
        raise AddressError(f"“{shown(address)}”不只是地址", f"只写 {shown(bracketed[1])}，姓名另写一列")
    if _SEVERAL.search(address):
        raise AddressError(f"“{shown(address)}”不止一个地址", "一行只写一个，请各写一行")
    if "@" not in address:
        raise AddressError(f"“{shown(address)}”不是邮件地址，没有 @", _LIKE)
    if address.count("@") > 1:
        raise AddressError(f"“{shown(address)}”里有不止一个 @", _LIKE)
    if re.search(r"\s", address):
        raise AddressError(f"“{shown(address)}”中间有空格", _without_blanks(address))


def _without_blanks(address: str) -> str:
    try:
        return f"是否想写 {shown(parse_address(''.join(address.split())))}？"
    except AddressError:
        return _LIKE


def _check_local(address: str, local: str) -> None:
    if not local:
        raise AddressError(f"“{shown(address)}”的 @ 前面没有内容", _LIKE)
    if not local.isascii():
        raise AddressError(
            f"“{shown(address)}”的 @ 前面有“{_strangers(local)}”", "只能用英文字母、数字和 . _ - 等符号"
        )
    if local[0] == "." or local[-1] == "." or ".." in local:
        raise AddressError(f"“{shown(address)}”的 @ 前面点号的位置不对", "点号不能在头尾，也不能连用")
    if wrong := "".join(dict.fromkeys(re.sub(rf"{_ATOM.pattern}|\.", "", local))):
        raise AddressError(
            f"“{shown(address)}”的 @ 前面不能有“{shown(wrong)}”", "只能用英文字母、数字和 . _ - 等符号"
        )
    if local[0] == "-":  # postconf(5): allow_min_user is off
        raise AddressError(f"“{shown(address)}”以“-”开头，发信服务器不收", "请核对地址")
    if len(local) > LONGEST_LOCAL:
        raise AddressError(f"@ 前面有 {len(local)} 个字符，太长", f"@ 前面最长 {LONGEST_LOCAL} 个字符")


def _check_domain(address: str, local: str, domain: str) -> None:
    if not domain.isascii():
        raise AddressError(f"“{shown(address)}”的域名不是英文", _in_ascii(local, domain))
    if "." not in domain.strip("."):
        raise AddressError(f"“{shown(address)}”的域名“{domain}”不完整", "域名里要有点号，如 example.org")
    if domain.startswith(".") or domain.endswith(".") or ".." in domain:
        raise AddressError(f"“{shown(address)}”的域名里点号的位置不对", "点号不能在头尾，也不能连用")
    labels = domain.split(".")
    if any(not _LABEL.fullmatch(label) for label in labels):
        wrong = "".join(dict.fromkeys(re.sub(r"[A-Za-z0-9.-]", "", domain))) or "-"
        raise AddressError(
            f"“{shown(address)}”的域名里“{wrong}”不对",
            "域名只用英文字母、数字和点号，连字符不能在一段的头尾",
        )
    if any(len(label) > LONGEST_LABEL for label in labels):
        raise AddressError("域名里有一段太长", f"点号之间最长 {LONGEST_LABEL} 个字符")
    if labels[-1].isdigit():
        raise AddressError(f"“{shown(address)}”的域名以数字结尾", "域名以字母结尾，如 example.org")


def _in_ascii(local: str, domain: str) -> str:
    """Say how a name in Chinese is written for mail: as RFC 5890 has it, since few relays know SMTPUTF8."""
    try:
        narrow = domain.encode("idna").decode()
    except UnicodeError:
        return _LIKE
    if not all(map(_LABEL.fullmatch, narrow.split("."))):
        return _LIKE
    return f"中文域名要写成 {shown(f'{local}@{narrow}')}"


def _strangers(local: str) -> str:
    return "".join(dict.fromkeys(character for character in local if not character.isascii()))[:10]
