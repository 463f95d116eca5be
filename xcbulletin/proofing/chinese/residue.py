"""What copying leaves behind: note marks, page headers, buttons, letters that no face has."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from xcbulletin.model import Severity
from xcbulletin.proofing.chinese.marking import HAN, around, mark
from xcbulletin.proofing.chinese.wordlist import WordList
from xcbulletin.proofing.findings import Family, Finding, Rule
from xcbulletin.proofing.passages import Passage, PassageKind

NOTE_MARK = Rule(
    id="residue-note",
    family=Family.TEXT,
    name="残留的注释号",
    severity=Severity.ERROR,
    why="复制来的文字把原文的上标注释号变成了普通数字，注释本身却没有带来。",
    basis="《图书质量管理规定》附件（多字 1 个差错）",
    weight=1,
)
PAGE = Rule(
    id="residue-page",
    family=Family.TEXT,
    name="残留的页码、页眉",
    severity=Severity.ERROR,
    why="页码和页眉页脚属于原来的版面，留在正文里会把句子切断。",
    basis="《图书质量管理规定》附件（多字 1 个差错）",
    weight=1,
)
WEB = Rule(
    id="residue-web",
    family=Family.TEXT,
    name="残留的网页文字",
    severity=Severity.ERROR,
    why="“责任编辑”“点击查看”一类是网页的版面和按钮，不是文章。",
    basis="《图书质量管理规定》附件（多字 1 个差错）；清单在 sources/proofing.yaml 的 copied",
    weight=1,
)
LATIN = Rule(
    id="residue-latin",
    family=Family.TEXT,
    name="夹在中文里的外文词",
    severity=Severity.WARNING,
    why="中文句子里单独一个小写的外文词，多半是漏译或复制时带进来的。",
    basis="《出版物汉字使用管理规定》；国家通用语言文字法第十一条（需用外文的，应加中文注释）",
    weight=1,
)
UNREADABLE = Rule(
    id="residue-character",
    family=Family.TEXT,
    name="无法显示的字符",
    severity=Severity.ERROR,
    why="这些字符没有字形，印出来是空白或方框，多半是复制或转码时坏了的字。",
    basis="《图书质量管理规定》附件（错字 1 个差错）",
    weight=1,
)
HYPHEN = Rule(
    id="residue-hyphen",
    family=Family.TEXT,
    name="残留的连字符",
    severity=Severity.ERROR,
    why="汉字之间或引号开头的半角连字符，多半是认错的字（如“一”）或断行留下的。",
    basis="《图书质量管理规定》附件（错字 1 个差错）；GB/T 15834—2011 4.13",
    weight=1,
)
RULES = (NOTE_MARK, PAGE, WEB, LATIN, UNREADABLE, HYPHEN)

_MEASURES = "年月日天个家项次台套件位名篇届期版代号倍人只条种类款点级层级核卡强组轮块张部所支批万亿百千"
_ACRONYM = re.compile(rf"(?<![A-Za-z0-9])([A-Za-z][A-Za-z&-]*?)(\d{{1,3}})(?=([{'一'}-鿿，。、；：）]))")
_AFTER_STOP = re.compile(
    r"(?<=[。！？”])\d{1,3}(?=我国|中国|其中|其次|该|这|此外|据|目前|同时|而|但|因此|随着|近年|从|在|对)"
)
_BRACKETED = re.compile(
    r"(?<=[\u4e00-\u9fff，。”》）])(?:[\[［]\d{1,3}(?:[,，-]\d{1,3})*[\]］]|[¹²³⁴-⁹⁰]+|[①-⑳](?=[，。；]))|(?<=[A-Za-z\d%])[\[［]\d{1,2}[\]］](?=[，。；、])"
)
_POWERS = re.compile(r"[米厘分毫里寸尺m]\Z")
_PAGE = re.compile(
    r"第\s*\d{1,4}\s*页(?:\s*[，,/]?\s*共\s*\d{1,4}\s*页)?|[-—–]\s*\d{1,4}\s*[-—–]|\d{1,3}\s*/\s*\d{1,3}|\d{1,3}"
)
_LATIN = re.compile(
    rf"(?<={HAN})(?<!英语中的)(?<!英文)(?<!单词)(?<!称为)(?<!名为)(?<!外媒)(?<!外媒 )(?<!网站)(?<!网站 )[ ]?([a-z]{{3,}})[ ]?(?=[一-鿿，。、；！？]|\Z)"
)
_ENGLISH = re.compile(
    r"[a-z]{3,}(?:tion|sion|ment|ness|ity|ance|ence|ship|able|ible|tive|sive|ology|ture|ism)"
)
_UNREADABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200c\u200d\u2028\u2029\ufffd\ue000-\uf8ff]+|锟斤拷|烫烫烫"
)
_UNSEEN = re.compile(r"[\u200c\u200d]+")
_HYPHEN = re.compile(rf"(?<=[“《（])[-－](?={HAN})|(?<={HAN})[-－](?=[”》），。、])")


def find(passages: Sequence[Passage], words: WordList) -> Iterator[Finding]:
    """Yield what copying has left behind."""
    copied = re.compile("|".join(map(re.escape, words.copied)) or r"(?!)")
    latin = Counter(match[1] for passage in passages for match in _LATIN.finditer(passage.text))
    yield from _running_heads(passages)
    for passage in passages:
        yield from _note_marks(passage, words.acronyms)
        yield from _pages(passage)
        yield from _copied(passage, copied)
        for match in _LATIN.finditer(passage.text):
            is_english = match[1] in words.untranslated or _ENGLISH.fullmatch(match[1])
            if is_english and latin[match[1]] == 1 and match[1] not in words.latin:
                yield _stray_word(passage, match)
        yield from _broken(passage)


def _note_marks(passage: Passage, acronyms: frozenset[str]) -> Iterator[Finding]:
    text = passage.text
    for match in _ACRONYM.finditer(text):
        if match[1].upper() in acronyms and match[3] not in _MEASURES:
            yield _note_mark(passage, match.start(2), match.end(2))
    for match in _AFTER_STOP.finditer(text):
        yield _note_mark(passage, *match.span())
    for match in _BRACKETED.finditer(text):
        is_power = match[0][0] in "²³" and _POWERS.search(text[: match.start()])
        if not is_power and passage.kind is not PassageKind.CELL:
            yield _note_mark(passage, *match.span())


def _note_mark(passage: Passage, start: int, end: int) -> Finding:
    number = passage.text[start:end]
    message = f"“{around(passage, start, end)}”里的“{number}”像是原文的注释号"
    return mark(NOTE_MARK, passage, (start, end), message, f"请删去“{number}”；要保留注释的，请写成 [^1]")


def _pages(passage: Passage) -> Iterator[Finding]:
    is_alone = passage.kind is PassageKind.PARAGRAPH and _PAGE.fullmatch(passage.text.strip())
    if is_alone:
        span = (0, len(passage.text))
        yield mark(PAGE, passage, span, f"单独一行的“{passage.text.strip()}”像是页码", "请删去这一行")


def _running_heads(passages: Sequence[Passage]) -> Iterator[Finding]:
    """Yield short paragraphs that come again and again, without a stop, as heads and feet of pages do."""
    lines = [passage for passage in passages if _is_like_a_head(passage)]
    times = Counter((passage.file, passage.text.strip()) for passage in lines)
    for passage in lines:
        count = times[passage.file, passage.text.strip()]
        if count >= 3:
            message = f"“{passage.text.strip()}”单独成段出现 {count} 次，像是页眉或页脚"
            yield mark(PAGE, passage, (0, len(passage.text)), message, "请删去这一行")


def _is_like_a_head(passage: Passage) -> bool:
    text = passage.text.strip()
    return (
        passage.kind is PassageKind.PARAGRAPH
        and 4 <= len(text) <= 30
        and not re.search(r"[。！？；：，]", text)
    )


def _copied(passage: Passage, copied: re.Pattern[str]) -> Iterator[Finding]:
    for match in copied.finditer(passage.text):
        message = f"“{around(passage, *match.span())}”是网页上带来的文字"
        yield mark(WEB, passage, match.span(), message, "请删去")


def _stray_word(passage: Passage, match: re.Match[str]) -> Finding:
    message = f"“{around(passage, *match.span(1))}”里夹着外文词“{match[1]}”"
    suggestion = "请译成中文；确实要用的，请加进 sources/proofing.yaml 的 latin"
    return mark(LATIN, passage, match.span(1), message, suggestion)


def _broken(passage: Passage) -> Iterator[Finding]:
    for match in _UNREADABLE.finditer(passage.text):
        codes = " ".join(f"U+{ord(character):04X}" for character in match[0][:3])
        if _UNSEEN.fullmatch(match[0]):
            message = f"“{around(passage, *match.span())}”里有看不见的多余字符（{codes}）"
            change = (*match.span(), "")
            yield mark(UNREADABLE, passage, match.span(), message, "请删去", change=change)
            continue
        message = f"“{around(passage, *match.span())}”里有无法显示的字符（{codes}）"
        yield mark(UNREADABLE, passage, match.span(), message, "请对照原文改正")
    for match in _HYPHEN.finditer(passage.text):
        message = f"“{around(passage, *match.span())}”里的“{match[0]}”不是连接号"
        yield mark(HYPHEN, passage, match.span(), message, "请核对是否认错的字（如“一”），或删去")
