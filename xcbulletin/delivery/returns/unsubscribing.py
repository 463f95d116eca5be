"""Letters that ask to be sent no more: by the link of List-Unsubscribe, or in a reader's own words."""

import re
from dataclasses import dataclass

from xcbulletin.delivery.mailing import TEST_TOKEN
from xcbulletin.delivery.returns.addresses import addresses_in
from xcbulletin.delivery.returns.plaintext import written
from xcbulletin.delivery.returns.received import ReceivedLetter


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsubscribe:
    """A reader's wish to get no more letters."""

    token: str | None
    """What stands before the @ of the Message-ID of the letter they had, from List-Unsubscribe."""
    address: str
    """Who asks, which need not be the address that the letter went to."""
    message_id: str | None
    """Of the letter that is answered, with its angle brackets."""
    words: str
    """What they wrote, shortened, for who decides."""


_WORDS_LIMIT = 120
_TOKEN = re.compile(
    r"\s*unsubscribe[\s_:]+<?([0-9A-Za-z][\w.+-]{7,63})(?:@[\w.-]{1,255})?>?\s*", re.IGNORECASE | re.ASCII
)
_TEST = re.compile(rf"\s*unsubscribe\s+{TEST_TOKEN}\s*", re.IGNORECASE)
_ANSWER = re.compile(r"^(?:\s*(?:re|fw|fwd|回复|答复|回覆|转发)\s*(?:\[\d{1,3}\])?\s*[:：])+", re.IGNORECASE)
_GREETING = (
    r"(?:(?:您好|你好|大家好|尊敬的[^，,。！!：:\n]{0,20}|各位[^，,。！!：:\n]{0,10}|hi|hello)?[\s，,。！!：:、~～“”\"'《「]*)"
    r"(?:(?:请|麻烦|烦请|劳驾|谢谢|我想|我要|我|本人|申请|要求|希望|贵刊|贵处|给我|帮我|将我|把我|以后|今后|please)[\s，,“”\"'「]*){0,4}"
)
_WISH = re.compile(
    rf"^\s*{_GREETING}(?:退订|取消订阅|取消订閱|不再接收|不再订阅|不(?:想|希望|愿)再(?:收|接收)|(?:不要|不用|不必|无需|勿|别)再(?:给我)?(?:发|寄)|停止(?:发送|投递)|unsubscribe\b)",
    re.IGNORECASE,
)
_ID = re.compile(r"<[^<>\s@]{1,250}@[^<>\s@]{1,250}>")
_AUTOMATIC_SUBJECT = re.compile(
    r"^\s*\[?(?:自动(?:回复|答复|应答)|automatic reply|auto(?:matic)?[- ]?(?:reply|response|answer)|auto:|out of (?:the )?office)",
    re.IGNORECASE,
)
_AUTOMATIC_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-response",
    "x-qq-autoreply",
    "feedback-id",
)
_LIST_HEADERS = ("list-id", "list-post", "list-help", "list-unsubscribe", "x-mailman-version", "x-loop")


def read_request(letter: ReceivedLetter) -> Unsubscribe | None:
    """Return what a letter asks, if a person wrote it or their mail program for them."""
    sender = addresses_in(letter.headers.get("from", ""))
    if not sender or _is_from_list(letter):
        return None
    subject = letter.headers.get("subject", "")
    if _TEST.fullmatch(subject):
        return None
    if token := _TOKEN.fullmatch(subject[:400]):
        return _request(letter, sender[-1], token[1], subject)
    if _is_automatic(letter):
        return None
    text = written(letter)
    wish = next((words for words in (_ANSWER.sub("", subject[:400]), text[:400]) if _WISH.match(words)), None)
    return None if wish is None else _request(letter, sender[-1], None, text.strip() or wish)


def _request(letter: ReceivedLetter, sender: str, token: str | None, words: str) -> Unsubscribe:
    words = " ".join(words[: 4 * _WORDS_LIMIT].split())
    answered = _ID.findall(letter.headers.get("in-reply-to", "")) or _ID.findall(
        letter.headers.get("references", "")
    )
    return Unsubscribe(
        token=token.lower() if token else None,
        address=sender,
        message_id=answered[-1] if answered else None,
        words=words if len(words) <= _WORDS_LIMIT else words[: _WORDS_LIMIT - 1] + "…",
    )


def _is_from_list(letter: ReceivedLetter) -> bool:
    precedence = letter.headers.get("precedence", "").strip().lower()
    return precedence in ("list", "bulk", "junk") or any(name in letter.headers for name in _LIST_HEADERS)


def _is_automatic(letter: ReceivedLetter) -> bool:
    submitted = letter.headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    return (
        submitted != "no"
        or any(name in letter.headers for name in _AUTOMATIC_HEADERS)
        or letter.headers.get("precedence", "").strip().lower() == "auto_reply"
        or bool(_AUTOMATIC_SUBJECT.search(letter.headers.get("subject", "")[:400]))
    )
