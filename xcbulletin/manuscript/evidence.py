"""The texts that articles draw on, kept as they were fetched: `issues/ISSUE/evidence/*.txt`.

Front matter says which file is an article's own and what its SHA-256 is, so that `sha256sum` alone can tell
years later whether it is still the text that the editor saw.
"""

import datetime
import hashlib

from xcbulletin.model import Evidence

EVIDENCE_FOLDER = "evidence"
TO_BE_REWRITTEN = "（待改写"
"""Opens the line that stands above another's words in a draft."""


def format_evidence(
    text: str, *, url: str | None, title: str, source: str, fetched: datetime.datetime, remark: str = ""
) -> bytes:
    """Return the file for a text: head lines with where it is from, a blank line, the text.

    `remark` says, if need be, why it is not the page itself.
    """
    head = {
        "网址": url or "（没有）",
        "标题": title,
        "信息源": source,
        "抓取时间": fetched.isoformat(timespec="seconds"),
        "正文 SHA-256（空行以下；整个文件的在稿件的 evidence.sha256）": digest(text.encode()),
        **({"说明": remark} if remark else {}),
    }
    lines = (f"{name}：{' '.join(value.split())}\n" for name, value in head.items())
    return f"{''.join(lines)}\n{text}".encode()


def make_evidence(name: str, content: bytes, fetched: datetime.datetime) -> Evidence:
    """Return the word of front matter for a file of evidence."""
    return Evidence(file=f"{EVIDENCE_FOLDER}/{name}", sha256=digest(content), fetched=fetched)


def digest(content: bytes) -> str:
    """Return what front matter must say of a file of evidence."""
    return hashlib.sha256(content).hexdigest()
