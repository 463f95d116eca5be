"""Addresses that a reader cannot open: on this machine, or in a network of one's own. Nothing is fetched."""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from xcbulletin.model import Article, Place, Severity
from xcbulletin.proofing.findings import Family, Finding, Rule

PRIVATE = Rule(
    id="link-private",
    family=Family.STRUCTURE,
    name="内网网址",
    severity=Severity.WARNING,
    why="内网地址外单位的读者打不开，也泄露了本单位网络的布置。",
    basis="RFC 1918、RFC 6762（.local）",
)
LOCAL = Rule(
    id="link-local",
    family=Family.STRUCTURE,
    name="本机地址",
    severity=Severity.WARNING,
    why="本机文件和 localhost 只有编辑自己的电脑打得开。",
    basis="RFC 6761、RFC 8089",
)
RULES = (PRIVATE, LOCAL)

_ADDRESS = re.compile(
    r"(?:https?|ftp)://[^\s<>()\[\]\"'“”‘’（）《》，。；、]+|file:/[^\s<>()\"'“”（）]+", re.IGNORECASE
)
_DISK = re.compile(r"(?<![\w/])[A-Za-z]:\\(?:[^\s\\\"<>|]+\\)*[^\s\\\"<>|（），。]+")
_PRIVATE_ENDS = (".local", ".lan", ".internal", ".intranet", ".corp", ".home.arpa")


def find(article: Article, text: str) -> Iterator[Finding]:
    """Yield the addresses, in front matter and body, that lead nowhere outside."""
    for number, line in enumerate(text.split("\n"), start=1):
        for match in (*_ADDRESS.finditer(line), *_DISK.finditer(line)):
            rule = _rule_for(match[0])
            if rule is not None:
                yield Finding(
                    rule=rule,
                    place=Place(file=article.file, line=number, column=match.start() + 1),
                    excerpt=match[0],
                    message=f"{rule.name}读者打不开：{match[0]}",
                    suggestion="请换成公开的网址；没有的，只写来源的名称",
                )


def _rule_for(address: str) -> Rule | None:
    if address[:5].lower() == "file:" or address[1:3] == ":\\":
        return LOCAL
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return None
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return _rule_for_name(host)
    if number.is_loopback or number.is_unspecified:
        return LOCAL
    return PRIVATE if number.is_private or number.is_link_local else None


def _rule_for_name(host: str) -> Rule | None:
    if host == "localhost" or host.endswith(".localhost"):
        return LOCAL
    is_private = host.endswith(_PRIVATE_ENDS) or (host.isascii() and "." not in host)
    return PRIVATE if is_private and host else None
