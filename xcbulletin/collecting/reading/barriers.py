"""What stands where a feed or list should be: walls against robots, logins, shells without content."""

import re

from xcbulletin.collecting.items import Outcome
from xcbulletin.collecting.reading.cleaning import plain_text

FEW_WORDS = 800
"""Characters of text beyond which a page is a list or an article, whatever words are in it."""
FEW_LINKS = 12
"""Links from which on a page is a list."""
_NOTICE = 300
"""Characters of text up to which the words of a page are taken for a notice to its visitor."""
_PASSING = 60
"""Characters of text up to which a page that sends its visitor elsewhere is for nothing else."""
_SHELL = 20
"""Characters of text below which a page with scripts is an empty shell."""
_LOOKED_AT = 200_000

_MARKS = {
    "加速乐": r"__jsl_clearance|jsl_clearance_s|加速乐",
    "Cloudflare": r"_cf_chl_opt|cf-browser-verification|<title>\s*(?:Just a moment|Attention Required! \| Cloudflare)",
    "瑞数": r"\$_ts\s*=\s*window\[|\$_ts\.(?:nsd|cd)\s*=|_\$[a-z0-9]{1,2}\s*=\s*window\[['\"]\$_ts",
    "阿里云防火墙": r"acw_sc__v\d|aliyun_waf|_waf_bd8ce2ce37|errors\.aliyun\.com",
    "创宇盾": r"创宇盾|yunaq\.com|jiasule",
    "安全狗": r"安全狗|safedog\.cn|safedogsite",
    "腾讯云防火墙": r"waf\.tencent|TencentWAF|T-Sec-Waf|EdgeOne",
    "百度安全验证": r"<title>\s*百度安全验证|wappass\.baidu\.com/static/captcha",
    "360网站卫士": r"wangzhan\.360\.(?:com|cn)|360网站卫士",
    "云锁": r"yunsuo_session|云锁",
    "D盾": r"D盾_拦截|d99net",
    "Incapsula": r"_Incapsula_Resource",
    "PerimeterX": r"px-captcha|_pxAppId",
    "宝塔防火墙": r"宝塔\s*(?:网站|云)?\s*(?:防火墙|WAF)|btwaf",
    "滑块验证": r"[\"'/]_guard/[\w.]+\.js|js=slider",
    "DataDome": r"geo\.captcha-delivery\.com",
}
_WALLS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _MARKS.items())
_REFUSED = re.compile(
    r"(?:访问|请求|操作|查询)[^。]{0,6}(?:过于|太)?(?:频繁|过快)|(?:访问|请求|操作)[^。]{0,12}(?:被拦截|已?被阻断|被拒绝|受限|不合法|存在(?:威胁|风险|异常))"
    r"|(?:请|需要?)[^。]{0,10}(?:完成|进行|通过|输入|拖动|拖动下方|点击)[^。]{0,12}(?:验证码|验证|滑块|拼图)|人机(?:验证|识别|校验)|安全(?:验证|检查|校验)中"
    r"|(?:禁止|拒绝|无权)访问|防火墙[^。]{0,6}(?:检查|检测|拦截|阻断)|正在(?:检查|检测|验证)[你您]的\s*(?:访问|浏览器|请求|环境)"
    r"|(?:请|需要?)(?:先)?(?:开启|启用|打开|允许)\s*JavaScript[^。]{0,6}(?:刷新|重试|再试|重新)"
    r"|(?:当前|您的|你的)\s*(?:IP|访问|环境|网络|浏览器)[^。]{0,16}(?:异常|封禁|禁止|拉黑|限制)|网站防火墙|Web应用防火墙|疑似(?:黑客)?攻击"
    r"|unusual traffic|access denied|verify (?:that )?you(?:'re| are) (?:a )?human|enable javascript and cookies"
    r"|complete the (?:security check|captcha)|request (?:has been )?blocked|too many requests",
    re.IGNORECASE,
)
_REFUSED_TITLE = re.compile(
    r"^(?:\d{3}\s*)?(?:安全验证|访问验证|人机验证|滑动验证|身份验证|验证码|验证中心|安全检查|访问(?:被)?(?:拦截|拒绝|禁止|异常|受限)|禁止访问"
    r"|forbidden|access denied|robot check|ddos-guard|请求拦截)",
    re.IGNORECASE,
)
_LOGIN_TITLE = re.compile(
    r"^(?:用户|会员|账号|统一|系统|请|微信)?(?:身份)?(?:登录|登陆|认证)|^(?:log ?in|sign ?in)\b|[-_ |](?:登录|登陆|login|sign in)$",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"<input\b[^<>]{0,300}?type\s*=\s*[\"']?password", re.IGNORECASE)
_LOGIN = re.compile(
    r"(?:请|需要?|须)[^。]{0,4}(?:先|重新)?\s*(?:登录|登陆|扫码登录)|登录(?:已)?(?:过期|失效|超时)|未登录|login required|please (?:log|sign) in|unauthorized",
    re.IGNORECASE,
)
_PORTAL = re.compile(
    r"(?:上网|无线|校园网|Wi-?Fi|网络)(?:接入)?(?:认证|登录)|captive portal|ac_portal|eportal/(?:index\.jsp|InterFace)|drcom|srun_portal|wifidog",
    re.IGNORECASE,
)
_SENT_ON = re.compile(
    r"<meta\b(?=[^<>]{0,300}?\brefresh\b)[^<>]{0,300}?\burl\s*=\s*[\"']?(?P<meta>[^\"'<>]{1,500})"
    r"|\blocation(?:\.href)?\s*=\s*[\"'](?P<set>[^\"']{1,500})|\blocation\.(?:replace|assign)\(\s*[\"'](?P<call>[^\"']{1,500})",
    re.IGNORECASE,
)
_TO_LOGIN = re.compile(r"log-?in|sign-?in|logon|passport|[/.](?:auth|sso|cas)\b|portal", re.IGNORECASE)
_TO_PORTAL = re.compile(
    r"^(?:https?:)?//(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.[\d.]+(?=[:/]|$)|wlan|webauth|captive",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"\b404\b|(?:网页|页面|文件|文章|内容|地址|网址|资源)[^。]{0,6}(?:不存在|找不到|没有找到|未找到|已(?:被)?删除)"
    r"|(?:找不到|没有找到|未找到)[^。]{0,8}(?:网页|页面|文件|文章|内容|资源)|(?:page|file) not found|not found on this server",
    re.IGNORECASE,
)
_MAINTENANCE = re.compile(
    r"(?:网站|系统|服务器?|站点|平台)[^。]{0,8}(?:维护|升级)(?:中|期间|公告)?|(?:正在|停机)(?:维护|升级)|(?:under|scheduled|down for) maintenance"
    r"|service (?:temporarily )?unavailable|暂时无法(?:访问|提供服务)|服务(?:暂时)?不可用|稍后再(?:试|访问)",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"(?:网站|站点)[^。]{0,8}(?:已?(?:关闭|关停|停止服务|暂停服务|过期|到期)|未备案)|域名[^。]{0,8}(?:出售|转让|过期|到期|未备案)|domain (?:is )?for sale",
    re.IGNORECASE,
)
_NEEDS_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)

_TITLE = re.compile(r"<title[^<>]{0,100}>(.{0,500}?)</title", re.IGNORECASE | re.DOTALL)
_NOSCRIPT = re.compile(r"<noscript[^<>]{0,100}>([^<>]{1,300})", re.IGNORECASE)
_MARKUP = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|script|div|form|h1|center|iframe)\b", re.IGNORECASE
)
_COMMENT = re.compile(r"<!--(?:[^-]|-(?!->))*-->")
_LINK = re.compile(r"<a\s", re.IGNORECASE)
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF|[\w-]+:(?:rss|feed|RDF)|channel|opml)\b", re.IGNORECASE)
_JSON_NOTICE = 600
_FILES = (
    (b"%PDF-", " PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"RIFF", "图片或音像"),
    (b"PK\x03\x04", " Office 文件或压缩包"),
    (b"\xd0\xcf\x11\xe0", " Office 文件"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
)


def file_kind(content: bytes) -> str | None:
    """Return what a document is that is no text at all, as it follows 是 in Chinese; None where it may be text."""
    return next((kind for start, kind in _FILES if content.startswith(start)), None)


def is_cut_short(text: str) -> bool:
    """Tell whether a text that is no JSON, or JSONP, begins as such and closes less than it opens."""
    begins = re.match(r"\s*(?:[\w.$]+\s*\(\s*)?[{\[]", text) is not None
    return begins and text.count("{") + text.count("[") > text.count("}") + text.count("]")


def is_html(text: str) -> bool:
    """Tell whether a text is a web page rather than a feed or data."""
    head = _COMMENT.sub("", text[:2000])
    feed, page = _FEED.search(head), _MARKUP.search(head)
    return page is not None and (feed is None or page.start() < feed.start())


def barrier(text: str, content_type: str) -> tuple[Outcome, str] | None:
    """Return what keeps us out, with a line in Chinese; None where the text may be what was asked for."""
    if not text.strip():
        return Outcome.EMPTY, "内容为空"
    text = text.lstrip()[:_LOOKED_AT]
    if text[0] in "{[":
        return _in_notice(text, text) if len(text) <= _JSON_NOTICE else None
    if is_html(text) or ("html" in content_type.lower() and not _FEED.search(text[:2000])):
        return _in_page(text)
    return _in_notice(text, text) if len(text) <= _JSON_NOTICE and not _FEED.search(text) else None


def page_title(html: str) -> str:
    """Return the title of a page as plain text, "" without one."""
    found = _TITLE.search(html[:_LOOKED_AT])
    return plain_text(found[1]).replace("\n", " ") if found else ""


def _in_page(html: str) -> tuple[Outcome, str] | None:
    words, title = plain_text(html), page_title(html)
    if len(words) > FEW_WORDS or len(_LINK.findall(html)) >= FEW_LINKS:
        return None
    for name, pattern in _WALLS:
        if pattern.search(html):
            return Outcome.BLOCKED, f"被{name}拦截{_named(title)}"
    if _REFUSED_TITLE.search(title):
        return Outcome.BLOCKED, f"网站要求验证或拒绝访问{_named(title)}"
    if _PASSWORD.search(html) or _LOGIN_TITLE.search(title):
        if _PORTAL.search(html):
            return Outcome.LOGIN, f"被上网认证页截住{_named(title)}"
        return Outcome.LOGIN, f"得到的是登录页{_named(title)}"
    if len(words) <= _NOTICE and (notice := _notice(words, title, html)):
        return notice
    if len(words.removeprefix(title)) < _SHELL and _NEEDS_SCRIPT.search(html):
        return Outcome.UNREADABLE, f"网页只有脚本，没有文字，内容要由浏览器运行脚本才有{_named(title)}"
    return None


def _in_notice(words: str, html: str) -> tuple[Outcome, str] | None:
    """Read a notice: few words, of which some give the reason."""
    for outcome, reason, pattern, where in (
        (Outcome.BLOCKED, "网站要求验证或拒绝访问", _REFUSED, words),
        (Outcome.LOGIN, "被上网认证页截住", _PORTAL, html),
        (Outcome.LOGIN, "网站要求登录", _LOGIN, words),
        (Outcome.GONE, "网站已关闭或域名已失效", _CLOSED, words),
        (Outcome.LATER, "网站维护中", _MAINTENANCE, words),
    ):
        if found := pattern.search(where):
            return outcome, f"{reason}{_named(found[0] if where is words else '')}"
    return None


def _notice(words: str, title: str, html: str) -> tuple[Outcome, str] | None:
    without_script = " ".join(plain_text(found[1]) for found in _NOSCRIPT.finditer(html))
    notice = _in_notice(f"{words} {without_script}", html)
    return notice or (_elsewhere(html) if len(words) <= _PASSING else None) or _missing(title, words)


def _elsewhere(html: str) -> tuple[Outcome, str] | None:
    """Tell where a page sends its visitor, if that is to a login."""
    for found in _SENT_ON.finditer(html):
        target = (found["meta"] or found["set"] or found["call"]).strip()
        if _TO_PORTAL.search(target):
            return Outcome.LOGIN, f"被上网认证页截住{_named(target)}"
        if _TO_LOGIN.search(target):
            return Outcome.LOGIN, f"网页转到登录页{_named(target)}"
    return None


def _missing(title: str, words: str) -> tuple[Outcome, str] | None:
    found = _MISSING.search(title) or _MISSING.search(words)
    return (Outcome.HTTP, f"网页说没有这个页面，状态码却是 200{_named(title or found[0])}") if found else None


def _named(words: str) -> str:
    return f"（“{words[:40]}”）" if words else ""
