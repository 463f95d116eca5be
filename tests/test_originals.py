"""Pages kept as evidence: what is none is said to be none."""

from datetime import UTC, datetime
from random import Random

import pytest

from xcbulletin.collecting.items import Document
from xcbulletin.collecting.suggesting.originals import read_page

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
WORDS = "国家能源局今天印发了新型储能发展实施方案，提出到2027年的目标。"


def page(content: bytes, content_type: str = "text/html") -> tuple[str, str]:
    read = read_page(
        Document(url="https://example.org/a", content=content, fetched=NOW, content_type=content_type)
    )
    return read.text, read.failure


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_words_of_a_page_are_kept(encoding: str) -> None:
    assert page(f"<html><body><p>{WORDS}</p></body></html>".encode(encoding)) == (WORDS, "")


def test_a_few_bad_bytes_do_not_spoil_a_page() -> None:
    text, failure = page(f"<html><body><p>{WORDS * 20}</p></body></html>".encode() + b"\xff")
    assert text.startswith(WORDS)
    assert failure == ""


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 \x00", "是 PDF 文件"),
        (b"PK\x03\x04\x14\x00", "是 Office 文件或压缩包"),
        (b"\x89PNG\r\n\x1a\n" + Random(1).randbytes(3000), "是图片"),
        (Random(2).randbytes(3000), "不是文字"),
        (b"", "内容为空"),
        (b"<html><body><p>404</p></body></html>", "网页说没有这个页面，状态码却是 200（“404”）"),
        (b"<html><body><div id=app></div></body></html>", "里面没有文字，可能要用浏览器看"),
    ],
)
def test_what_is_no_page_is_not_kept(content: bytes, what: str) -> None:
    assert page(content, "application/octet-stream") == ("", f"网页没有取到（{what}）")
