"""Addresses that a reader cannot open: on this machine, in a network of one's own, or gone. Nothing is fetched here."""

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
DEAD = Rule(
    id="link-dead",
    family=Family.STRUCTURE,
    name="打不开的网址",
    severity=Severity.WARNING,
    why="网页没有了，读者无从核对；只在 check --links 时上网查。",
    basis="本快递的编辑约定",
)
RULES = (PRIVATE, LOCAL, DEAD)

_ADDRESS = re.compile(
    r"(?:https?|ftp)://[^\s<>()\[\]\"'“”‘’（）《》，。；、]+|file:/[^\s<>()\"'“”（）]+", re.IGNORECASE
)
_DISK = re.compile(r"(?<![\w/])[A-Za-z]:\\(?:[^\s\\\"<>|]+\\)*[^\s\\\"<>|（），。]+")
_PRIVATE_ENDS = (".local", ".lan", ".internal", ".intranet", ".corp", ".home.arpa")


def find(article: Article, text: str) -> Iterator[Finding]:
    """Yield the addresses, in front matter and body, that lead nowhere outside."""
    for place, address in addresses(article, text):
        rule = _rule_for(address)
        if rule is not None:
            yield Finding(
                rule=rule,
                place=place,
                excerpt=address,
                message=f"{rule.name}读者打不开：{address}",
                suggestion="请换成公开的网址；没有的，只写来源的名称",
            )


def public(article: Article, text: str) -> Iterator[tuple[Place, str]]:
    """Yield the places of addresses on the web that anybody might open, and the addresses."""
    for place, address in addresses(article, text):
        if address[:4].lower() == "http" and _rule_for(address) is None:
            yield place, address


def addresses(article: Article, text: str) -> Iterator[tuple[Place, str]]:
    """Yield the places of addresses in front matter and body, and the addresses."""
    for number, line in enumerate(text.split("\n"), start=1):
        for match in (*_ADDRESS.finditer(line), *_DISK.finditer(line)):
            yield Place(file=article.file, line=number, column=match.start() + 1), match[0]


def dead(article: Article, place: Place, address: str, why: str) -> Finding:
    """Return what an editor is told of an address that was asked for, and is not there."""
    kept = "原文已存在 evidence 里，可以照登；" if article.evidence else ""
    return Finding(
        rule=DEAD,
        place=place,
        excerpt=address,
        message=f"网址打不开：{address}（{why}）",
        suggestion=f"{kept}请换成还在的网址，或只写来源的名称",
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
