"""Domains of addresses: those abroad, and those that look like a big one misspelt."""

import re
from functools import lru_cache


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SERVICES_ABROAD = _names("""
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com rocketmail.com aol.com
    proton.me protonmail.com pm.me tuta.com tutanota.com tuta.io fastmail.com hey.com zoho.com mail.com gmx.com gmx.net
    web.de mail.ru yandex.com naver.com hanmail.net daum.net
""")
"""Mail for everybody, run from abroad. Not icloud.com: what mainland users have there is kept in Guizhou since 2018."""

_GENERIC_COUNTRIES = _names("ad ai as bz cc cd co dj fm io la me ms nu sc sr su tk tv ws")
"""Domains of countries that are sold to all comers, and that Google too takes for generic ones.

See tld-list.com/blog/gcctlds-by-google (2026-05).
"""

_UNITED_STATES = _names("edu gov mil")

_BEYOND_THE_BORDER = {
    **dict.fromkeys(_names("hk xn--j6w193g"), "香港"),
    **dict.fromkeys(_names("mo xn--mix891f"), "澳门"),
    **dict.fromkeys(_names("tw xn--kpry57d xn--kprw13d"), "台湾"),
}
"""Whoever goes there from the mainland goes 出境: 出境入境管理法 §89."""

_BIG = _names("""
    qq.com foxmail.com 163.com 126.com yeah.net 188.com 139.com 189.cn sina.com sohu.com aliyun.com 21cn.com 263.net
    gmail.com outlook.com hotmail.com icloud.com
""")
_OTHERS = _names("""
    163.net 263.net.cn sina.cn sina.com.cn sogou.com tom.com wo.cn wo.com.cn live.cn live.com qq.com.cn vip.qq.com
    vip.163.com vip.126.com vip.188.com vip.sina.com aliyun-inc.com ymail.com mail.com email.com gmx.com
""")
"""Not to be taken for a slip of the pen."""


def why_abroad(domain: str) -> str | None:
    """Return, in Chinese, why mail to a domain goes abroad; None as far as its name tells nothing of the kind."""
    last = domain.rpartition(".")[2]
    if domain in _SERVICES_ABROAD:
        return f"{domain} 是境外的邮箱服务"
    if last in _BEYOND_THE_BORDER:
        return f"{domain} 是{_BEYOND_THE_BORDER[last]}的域名，也算境外（《出境入境管理法》第八十九条）"
    if last in _UNITED_STATES:
        return f"{domain} 是美国的域名"
    if re.fullmatch("[a-z]{2}", last) and last != "cn" and last not in _GENERIC_COUNTRIES:
        return f"{domain} 是别国的域名（.{last}）"
    return None


@lru_cache
def likely_meant(domain: str) -> tuple[str, ...]:
    """Return the big mail domains that a domain is likely a slip of the pen for."""
    if domain in _BIG or domain in _OTHERS or domain in _SERVICES_ABROAD:
        return ()
    same_name = [big for big in _BIG if _name(big) == _name(domain)]  # qq.con, 126.net
    return tuple(same_name or (big for big in _BIG if _is_slip(domain, big)))


def _name(domain: str) -> str:
    return domain.rpartition(".")[0]


def _is_slip(written: str, meant: str) -> bool:
    """Tell whether a letter is missing, doubled or wrong, or two stand in the wrong order."""
    name = _name(meant)
    if len(name) < 3:  # of qq.com many another name is one letter off
        return set(_name(written)) == set(name) and written.endswith(".com")
    one, other = _unlike(written, meant)
    is_swapped = len(one) == 2 and one == other[::-1]
    is_missing = len(one) + len(other) == 1
    is_wrong = len(one) == len(other) == 1 and len(name) != 4  # sika.com is no sina.com
    return is_swapped or is_missing or is_wrong


def _unlike(one: str, other: str) -> tuple[str, str]:
    """Return what is left of two texts without what they begin and end with in common."""
    start = _shared(one, other)
    one, other = one[start:], other[start:]
    end = _shared(one[::-1], other[::-1])
    return one[: len(one) - end], other[: len(other) - end]


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))
