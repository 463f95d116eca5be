"""Addresses: made absolute, and made alike where they lead to the same article."""

import re
from functools import lru_cache
from hashlib import sha256
from urllib.parse import SplitResult, quote, urljoin, urlsplit

_JUNK = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b\ufeff]")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|%")
_UNRESERVED = "-._~"
_PLAIN = re.compile(r"[A-Za-z0-9\-._~/:@!$'()*,;]*")
"""What needs no escape, wherever it stands."""
_PATH_SAFE = "/:@!$&'()*+,;=%"
_PARAMETER_SAFE = "/:@!$'()*,;?%"

_TRACKING = re.compile(
    r"""(?:j|php|asp)sessionid\w*|phpsessid|spm|scm|f|from|share|scene|a?scene|subscene|chksm|isappinstalled|commtag|srcid|sessionid|clicktime|enterid
    |devicetype|nettype|pass_ticket|wx_header|sharer_share\w+|share_(?:token|medium|source|from|id|app_id)|xhsshare
    |vd_source|spm_id_from|ktm_source|hm(?:sr|pl|cu|kw|ci)|[gmfyd]s?cl(?:k)?id|fbclid|igshid|mc_[ce]id|_hs(?:enc|mi)
    |tt_from|wfr|bd_vid|qhclickid|(?:utm|mtm|pk|piwik|matomo)_\w+""",
    re.VERBOSE | re.IGNORECASE,
)
_SESSION = re.compile(r";jsessionid=[^/;?#]*", re.IGNORECASE)
"""Which servers in Java write into every link, another for every visitor."""
_REFERRERS = frozenset({"source", "src", "ref"})
_REFERRED = frozenset({"rss", "feed", "atom", "weixin", "wechat", "weibo"})

_FRONT_PAGE = re.compile(r"https?://[^/?#]*/?")
_LONGEST_KEY = 500
_REMEMBERED = 4096
"""Addresses whose keys and hosts are at hand: an entry is asked for its own several times on its way."""

_WECHAT = "mp.weixin.qq.com"
_WECHAT_IDENTITY = ("__biz", "mid", "idx")

_SAME_SITE = {
    "m.huxiu.com": "www.huxiu.com",
    "m.36kr.com": "36kr.com",
    "www.36kr.com": "36kr.com",
    "m.jiemian.com": "www.jiemian.com",
    "m.thepaper.cn": "www.thepaper.cn",
    "m.sohu.com": "www.sohu.com",
    "m.cls.cn": "www.cls.cn",
}
"""Hosts that show the same articles under the same paths."""


def absolute(base: str, href: str) -> str | None:
    """Return where `href`, found in a document at `base`, leads; None unless it is http or https."""
    try:
        url, parts = _joined(base, _tidy(href))
        parts.port  # noqa: B018  (raises where it is no number)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _joined(base: str, href: str) -> tuple[str, SplitResult]:
    parts = urlsplit(href)
    if parts.scheme in ("http", "https") and parts.netloc and ";" not in href and parts.geturl() == href:
        return href, parts  # what urljoin would give, in a third of its time
    url = urljoin(_tidy(base), href)
    return url, urlsplit(url)


@lru_cache(maxsize=_REMEMBERED)
def host(url: str) -> str:
    """Return the host of an address in lower case, "" where it has none."""
    try:
        return (urlsplit(_tidy(url)).hostname or "").rstrip(".")
    except ValueError:
        return ""


@lru_cache(maxsize=_REMEMBERED)
def url_key(url: str) -> str:
    """Return what addresses of the same article have in common; for comparing, not for following.

    Always https, without tracking, fragment (but `#/` and `#!`), default port and user; parameters sorted,
    escapes written in one way. WeChat's long links keep account, message and place only.
    """
    url = _tidy(url)
    try:
        parts = urlsplit(url)
        port, name = parts.port, parts.hostname
    except ValueError:
        return url
    if parts.scheme not in ("http", "https") or not name:
        return url
    name = _host_key(name)
    place = f":{port}" if port not in (None, 80, 443) else ""
    query = "&".join(_parameters(name, parts))
    tail = f"#{_escaped(parts.fragment, _PATH_SAFE)}" if parts.fragment.startswith(("/", "!")) else ""
    return f"https://{name}{place}{_path(parts.path)}{'?' + query if query else ''}{tail}"


def item_key(url: str) -> str:
    """Return the `url_key` of an address as items are found by it in the database."""
    return bounded(url_key(url))


def bounded(key: str) -> str:
    """Return a key that an index can hold: PostgreSQL's takes 2,700 bytes."""
    if len(key) <= _LONGEST_KEY:
        return key
    return f"{key[:100]}#{sha256(key.encode(errors='replace')).hexdigest()}"


def is_front_page(key: str) -> bool:
    """Tell whether an address, as `url_key` has it, is that of a whole site."""
    return _FRONT_PAGE.fullmatch(key) is not None


def _tidy(url: str) -> str:
    return _JUNK.sub("", url).strip()


def _host_key(name: str) -> str:
    name = name.rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return name
    if ":" in name:
        return f"[{name}]"
    return _SAME_SITE.get(name, name)


def _path(path: str) -> str:
    return _escaped(_SESSION.sub("", path) or "/", _PATH_SAFE)


def _parameters(name: str, parts: SplitResult) -> list[str]:
    pairs = [pair.partition("=") for pair in parts.query.replace("&amp;", "&").split("&") if pair]
    named = [(_parameter(key), _parameter(value), equals) for key, equals, value in pairs]
    if name == _WECHAT and f"{parts.path}/".startswith("/s/"):
        kept = [each for each in named if each[0] in _WECHAT_IDENTITY]
    else:
        kept = [each for each in named if not _is_tracking(each[0], each[1])]
    return sorted(f"{key}{equals}{value}" for key, value, equals in kept)


def _is_tracking(key: str, value: str) -> bool:
    return bool(_TRACKING.fullmatch(key)) or (key.lower() in _REFERRERS and value.lower() in _REFERRED)


def _parameter(text: str) -> str:
    return _escaped(text.replace("+", "%20"), _PARAMETER_SAFE)


def _escaped(text: str, safe: str) -> str:
    """Write every escape in one way: in capitals, and only where one is needed."""
    if _PLAIN.fullmatch(text):
        return text
    return quote(_ESCAPE.sub(_escape, text), safe=safe + _UNRESERVED, errors="replace")


def _escape(match: re.Match[str]) -> str:
    if match[1] is None:
        return "%25"
    character = chr(int(match[1], 16))
    if character.isascii() and (character.isalnum() or character in _UNRESERVED):
        return character
    return f"%{match[1].upper()}"
