"""What postfix wrote into its log about letters of ours.

    Nov 24 17:39:27 mail postfix/cleanup[8]: 4XyZ1: message-id=<…@example.org>
    Nov 24 17:39:28 mail postfix/smtp[9]: 4XyZ1: to=<li@example.com>, relay=…, dsn=2.0.0, status=sent (250 …)

The log is gone through twice, so that its lines may stand in any order and no more is kept of it than what
concerns the letters asked for.
"""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, cast

from xcbulletin.delivery.mailing import key_of
from xcbulletin.errors import RelayLogError, reason


class Status(StrEnum):
    """What became of a letter at the relay, the surest last."""

    DEFERRED = "deferred"
    EXPIRED = "expired"
    BOUNCED = "bounced"
    SENT = "sent"


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLine:
    """The line of the log that tells most about a letter."""

    status: Status
    address: str
    """Who it was for; empty in a line that names nobody."""
    queue_id: str
    at: str
    """Time as it is written there; syslog's has no year."""
    dsn: str | None
    """Enhanced status (RFC 3463)."""
    relay: str
    detail: str
    """What the next server said."""


class LogFiles:
    """The lines of log files, packed with gzip or not; may be gone through again and again."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths

    def __iter__(self) -> Iterator[str]:
        for path in self._paths:
            yield from _lines(path)


_LINE_LIMIT = 16 * 2**10
_LINE = re.compile(r"\bpostfix[\w./-]{0,60}/(\w{1,30})\[\d{1,10}\]: ([0-9A-Za-z]{5,30}): ")
_MESSAGE_ID = re.compile(r"(?<![\w-])message-id=(<[^>\s]{1,900}>)")
_RESULT = re.compile(
    r"(?:^|[ ,])to=<([^>]{0,900})>, (?:orig_to=<([^>]{0,900})>, )?(?:relay=([^,]{0,300}), )?"
    r".{0,400}?(?:dsn=([245]\.\d{1,3}\.\d{1,3}), )?status=([A-Za-z]{1,20}) ?(?:\((.*)\))?"
)
_EXPIRED = re.compile(r"from=<[^>]{0,900}>, status=(?:expired|force-expired), returned to sender")
_NEXT_QUEUE = re.compile(r"(?:queued as|forwarded as) ([0-9A-Za-z]{5,30})\b")


def delivered(lines: Iterable[str], letters: Mapping[str, str]) -> dict[str, LogLine]:
    """Return what became of letters: `letters` are addresses by Message-ID, with its angle brackets.

    `lines` are gone through twice: no iterator will do. Letters that the log does not name are left out.
    Queue ids come again, so only a line that names the letter's own address counts.
    """
    assert iter(lines) is not iter(lines), "a log is gone through twice"
    queues = _queues(lines, letters)
    found: dict[str, LogLine] = {}
    for line in _outcomes(lines, queues):
        message_id = queues[line.queue_id]
        if _concerns(line, letters[message_id]) and not _is_handed_on(line, message_id, queues):
            found[message_id] = max(found.get(message_id, line), line, key=_sureness)
    return found


def _sureness(line: LogLine) -> int:
    """A letter sent after it bounced was sent once more."""
    return list(Status).index(line.status)


def _queues(lines: Iterable[str], letters: Mapping[str, str]) -> dict[str, str]:
    """Return the Message-IDs asked for by the queue ids that they were given; content filters give new ones."""
    queues: dict[str, str] = {}
    for line in lines:
        named = _MESSAGE_ID.search(line) if "message-id=<" in line else None
        if named and named[1] in letters and (where := _LINE.search(line)):
            queues[where[2]] = named[1]
    return queues


def _outcomes(lines: Iterable[str], queues: Mapping[str, str]) -> Iterator[LogLine]:
    for line in lines:
        where = _LINE.search(line) if "status=" in line else None
        if where and where[2] in queues and (outcome := _outcome(line, where)):
            yield outcome


def _outcome(line: str, where: re.Match[str]) -> LogLine | None:
    rest = line[where.end() :].rstrip("\r\n")
    at = _stamp(line[: where.start()])
    if _EXPIRED.match(rest):
        return LogLine(
            status=Status.EXPIRED, address="", queue_id=where[2], at=at, dsn=None, relay="", detail=""
        )
    found = _RESULT.search(rest)
    if found is None or (status := _STATUSES.get(found[5].lower())) is None:
        return None
    return LogLine(
        status=status,
        address=found[2] or found[1],
        queue_id=where[2],
        at=at,
        dsn=found[4],
        relay=found[3] or "",
        detail=found[6] or "",
    )


_STATUSES = {**{str(status): status for status in Status}, "softbounce": Status.DEFERRED}


def _stamp(head: str) -> str:
    """Return the time at the start of a line: ISO is one word, syslog's is three."""
    words = head.split()
    return words[0] if words and words[0][:1].isdigit() else " ".join(words[:3])


def _concerns(line: LogLine, address: str) -> bool:
    return not line.address or key_of(line.address) == key_of(address)


def _is_handed_on(line: LogLine, message_id: str, queues: Mapping[str, str]) -> bool:
    """Tell a letter given to a content filter, from which it came back into another queue: that is not sent."""
    onward = _NEXT_QUEUE.search(line.detail)
    return line.status is Status.SENT and onward is not None and queues.get(onward[1]) == message_id


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file
            while line := stream.readline(_LINE_LIMIT):
                yield line.decode("utf-8", "replace")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RelayLogError(f"{path}：压缩文件已损坏，读不下去，请重新复制一份") from error
    except OSError as error:
        raise RelayLogError(f"{path}：读不了日志：{reason(error)}") from error
