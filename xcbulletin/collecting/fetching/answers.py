"""What the status of an answer means; pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from xcbulletin.collecting.fetching.schedule import DAY
from xcbulletin.collecting.items import FetchError, Outcome

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
_WALLS = frozenset({412, 521, 567})
"""With which Chinese hosts' and CDNs' walls turn programs away."""
_WORDS = {
    400: "看不懂这个请求",
    403: "拒绝访问，可能不许程序读取",
    404: "没有这个页面",
    405: "不许这样读取",
    406: "给不出我们能读的格式",
    408: "嫌请求来得太慢",
    451: "因法律原因不提供",
    500: "内部出错",
    502: "网关后面的程序出错",
    504: "网关等后面的程序超时",
    520: "CDN 从源站得到怪异的答复",
    522: "CDN 连不上源站",
    523: "CDN 找不到源站",
    524: "CDN 等源站超时",
}


def failure(status: int, headers: Mapping[str, str], now: datetime) -> FetchError | None:
    """Return what a status of failure means; None for 2xx. `headers` ignore case or are in lower case."""
    if 200 <= status < 300:
        return None
    if "challenge" in headers.get("cf-mitigated", "").lower():
        return FetchError(Outcome.BLOCKED, f"被 Cloudflare 的人机验证挡住（{status}）", status=status)
    if status in _WALLS:
        return FetchError(Outcome.BLOCKED, f"被防爬虫的墙挡住（{status}）", status=status)
    if status in (401, 407):
        return FetchError(Outcome.LOGIN, f"要登录才给看（{status}）", status=status)
    if status == 410:
        return FetchError(Outcome.GONE, "说这个地址已经永久撤掉（410）", status=status)
    if status in (429, 503):
        return _later(status, retry_after(headers.get("retry-after"), now))
    words = _WORDS.get(status, "内部出错" if status >= 500 else "不给内容")
    return FetchError(Outcome.HTTP, f"服务器{words}（{status}）", status=status)


def _later(status: int, seconds: float | None) -> FetchError:
    why = "嫌请求太多" if status == 429 else "暂时不能服务"
    wait = f"，要求 {_duration(seconds)}后再来" if seconds else ""
    if seconds and seconds > DAY.total_seconds():
        wait += "；程序一天后就会再试"
    return FetchError(Outcome.LATER, f"服务器{why}（{status}）{wait}", status=status, retry_after=seconds)


def _duration(seconds: float) -> str:
    for length, unit in ((86400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} 秒"


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, given in seconds or as a date; None if it cannot be read."""
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds())
