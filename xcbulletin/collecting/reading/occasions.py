"""What a day in a text is the day of, told by the words beside it: of publication, or of a deadline, an event, a plan."""

import re

_REST = r"(?:时\s?间|日\s?期|于|为|是|在|北京|\b(?:date|time|on|at)\b|\W)*$"
_OF_PUBLICATION = re.compile(
    r"(?:发布(?!会)|发表|发文|发稿|发帖|刊发|刊登|印发|成文|公布|发行日期|published?|posted|pub_?date)"
    + _REST,
    re.IGNORECASE,
)
_OF_THE_PAGE = re.compile(
    r"(?:更新|修改|编辑|录入|上传|添加|提交|创建|生成|形成|制发|签发|签署|公告|公开|上网|挂网|推送|转载|收录|入库"
    r"|文章|新闻|信息|稿件|报道|资讯|出版|来源|updated?|modified|created|issued|submitted)" + _REST,
    re.IGNORECASE,
)
_NAMELESS = re.compile(r"(?:^|\W)(?:北京)?(?:时\s?间|日\s?期|date|time|on|at)\W*$", re.IGNORECASE)
"""时间, and it may be of whatever was spoken of before."""
_LABEL = re.compile(r"(?:[^\W\d_]\s?:|时间|日期|次数|\bdate)\W*$", re.IGNORECASE)
_TERM = (
    r"截止|截至|到期|期满|有效期?|失效|生效|施行|实施|执行|废止|恢复|报名|开标|投标|竞价|会期|展期|距离?|工期|公示期|任期|保质期"
    r"|征求意见|下架|停牌|复牌|交付|预售|deadline|expir(?:y|es)|valid|due|until|before|effective"
)
_EVENT = (
    r"召开|举办|举行|开幕|闭幕|开展|开始|结束|开赛|开考|竞赛|比赛|会议|活动|投产|竣工|完工|开工|建成|通车|上市|上线"
    r"|启动|启用|开放|开馆|开业|直播|完成|达产|并网|投运|还有|倒计时"
)
_SPOKEN_OF = re.compile(rf"{_TERM}|{_EVENT}|地点|地址|论坛|event|closing", re.IGNORECASE)
_BEFORE = re.compile(
    rf"(?:{_TERM})(?:之?日|期限?|时间)?[至到于为是在]?\W*$"
    r"|(?:预计|计划|拟|将|暂定|定|自|从|截|不晚|不迟|最迟|最晚|到|至)[于在到至]?$"
    r"|(?:浏览|访问|阅读|点击|编号|文号|电话|传真|版本|[第№#¥$])\W*$",
    re.IGNORECASE,
)
_CLOCK = (
    r"(?:\s?(?:\([^()]{1,8}\)|(?:上午|下午|中午|晚上|晚间|凌晨|早上|\d{1,2}[:时点])[\d:时点分秒半整]*+))*+"
)
_AFTER = re.compile(
    rf"{_CLOCK}(?:[之以]?[前后起止](?![瞻沿浪点])|\s*(?:截止|截至|到期|期满|后恢复)|(?:{_TERM})|[^\W\d]{{0,6}}(?:{_EVENT})|\.(?:pdf|docx?|xlsx?|zip|rar|jpg|png)\b)",
    re.IGNORECASE,
)
_CLOCK_BEFORE = re.compile(r"\s*\d{1,2}:\d{2}(?::\d{2})?\s*$")
_TOMORROW = re.compile(r"明天|\b明日|后天")
"""Not 光明日报."""
_ALONE_BEFORE = re.compile(r"^[\s(\[<|·-]*$")
_ALONE_AFTER = re.compile(
    rf"{_CLOCK}\s*(?:[A-Za-z]{{1,4}})?(?:[+-]\d{{1,2}}(?::?\d{{2}})?)?(?:[\s)\]>|·,-]*$|\s+(?:来源|作者|编辑|发布))"
)
_PLAINLY_PAST = re.compile(
    r"$|\s|[^\w\s]|\d|上午|下午|午后|中午|晚|夜间|傍晚|凌晨|清晨|早|发[布表]|更新|编辑|修改|上传|来自"
)


def is_of_publication(text: str, start: int) -> bool:
    """Tell whether a word of publication stands before the day at `start`."""
    return _OF_PUBLICATION.search(_label(text, start)) is not None


def is_of_another_thing(text: str, start: int, end: int) -> bool:
    """Tell whether the day from `start` to `end` is when something else is due, planned or held."""
    before = _label(text, start)
    if _OF_PUBLICATION.search(before):
        return False
    if _LABEL.search(before) and not _is_of_the_page(before):
        return True
    return bool(_BEFORE.search(before) or _AFTER.match(text, end) or _TOMORROW.search(text))


def is_mere_number(text: str, start: int, end: int) -> bool:
    """Tell whether eight digits from `start` to `end` have neither a label nor the text to themselves."""
    before = _label(text, start)
    if _OF_PUBLICATION.search(before) or _is_of_the_page(before):
        return False
    return not (_ALONE_BEFORE.search(before) and _ALONE_AFTER.match(text, end))


def is_plainly_past(text: str, end: int) -> bool:
    """Tell whether 今天 or 3天前, ending at `end`, is all there is to it, and not 今日头条 or 3天前截止."""
    return _PLAINLY_PAST.match(text, end) is not None


def _is_of_the_page(before: str) -> bool:
    if nameless := _NAMELESS.search(before):
        return not _SPOKEN_OF.search(before[: nameless.start()])
    return _OF_THE_PAGE.search(before) is not None


def _label(text: str, start: int) -> str:
    """Return what stands before a day, without the time between."""
    return _CLOCK_BEFORE.sub(" ", text[:start])
