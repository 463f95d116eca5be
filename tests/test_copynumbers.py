"""Copy numbers on real PDFs: readable, the same every time, the PDF otherwise as it was and as valid as before."""

import io
import random
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import page as validation
import pdfplumber
import pikepdf
import pytest
from conftest import pdf_of, write
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.delivery.paper.copynumbers import CopyNumberError, Stamp, number_text, span_text
from xcbulletin.model import IssueId, Kind
from xcbulletin.publishing.documents import print_job
from xcbulletin.publishing.layout import Layout, lay_out_page
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting.press import Job, Press
from xcbulletin.settings import PageSettings
from xcbulletin.workshop import Workshop

LAYOUT = lay_out_page(PageSettings(), Kind.BULLETIN)
PROFILES = (validation.ValidationProfile.PDF_A_2A, validation.ValidationProfile.PDF_UA_1)
ISSUES = {"2021-01": Kind.BULLETIN, "ai-governance-2021": Kind.REPORT}
UNUSABLE = "这份 PDF 不完整，或不是本程序印的，编不上份号；请用 xcbulletin build 重新生成"
each_issue = pytest.mark.parametrize("issue", ISSUES)


@pytest.fixture(scope="module")
def small(press: Press) -> bytes:
    html = (
        "<!doctype html><html lang=zh-CN><title>题</title><body style='font-family:\"XC Song\"'><p>人工智能"
    )
    return press.result(press.submit(Job(html=html)))


def stamp(pdf: bytes, number: int, fonts: FontSet, layout: Layout) -> bytes:
    return Stamp(pdf, fonts, layout).numbered(number)


def compliance(path: Path) -> list[Any]:
    reports = [validation.validate_pdf(str(path), profile=profile) for profile in PROFILES]
    return [failure for report in reports if not report.is_compliant for failure in report.failures]


def text_of(path: Path) -> str:
    return subprocess.run(
        ["pdftotext", "-l", "1", path, "-"], capture_output=True, check=True
    ).stdout.decode()


def number_chars(path: Path) -> list[Any]:
    with pdfplumber.open(path) as pdf:
        chars = pdf.pages[0].chars
        start = max(index for index, char in enumerate(chars) if char["text"] == "№")
        return chars[start:]


@each_issue
def test_a_numbered_issue_bears_its_number_and_is_as_valid_as_before(
    printed: Path, fonts: FontSet, tmp_path: Path, issue: str
) -> None:
    pdf = pdf_of(printed, issue).read_bytes()
    path = write(tmp_path / "a.pdf", stamp(pdf, 123, fonts, LAYOUT))
    assert "№ 000123" in text_of(path)
    assert compliance(path) == []
    with pikepdf.open(path) as opened, pikepdf.open(io.BytesIO(pdf)) as before:
        assert opened.check_pdf_syntax() == []
        assert opened.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert dict(opened.docinfo) == dict(before.docinfo)
        assert opened.trailer.ID[0] == before.trailer.ID[0]
        assert opened.trailer.ID[1] != before.trailer.ID[1]
        assert len(opened.pages) == len(before.pages)


@each_issue
def test_the_pdf_stands_in_the_copy_as_it_was_printed(printed: Path, fonts: FontSet, issue: str) -> None:
    pdf = pdf_of(printed, issue).read_bytes()
    copy = stamp(pdf, 7, fonts, LAYOUT)
    assert copy.startswith(pdf)
    assert len(copy) - len(pdf) < 8000


def test_a_number_is_the_same_bytes_every_time_and_another_number_is_not(
    small: bytes, fonts: FontSet
) -> None:
    one = Stamp(small, fonts, LAYOUT)
    assert one.numbered(5) == one.numbered(5) == stamp(small, 5, fonts, LAYOUT) == small + one.tail(5)
    assert one.numbered(5) != one.numbered(6)


@pytest.mark.parametrize("number", [1, 999_999, 1_000_000, 12_345_678])
def test_numbers_have_six_digits_or_more(small: bytes, fonts: FontSet, tmp_path: Path, number: int) -> None:
    path = write(tmp_path / "a.pdf", stamp(small, number, fonts, LAYOUT))
    assert f"№ {number:06}" in text_of(path)
    assert compliance(path) == []


def layouts() -> dict[str, tuple[dict[str, Any], bool]]:
    return {
        "A4": ({}, False),
        "16K": ({"size": "16K"}, False),
        "two columns": ({"columns": 2}, False),
        "large print": ({}, True),
    }


@pytest.mark.parametrize("issue", ISSUES)
@pytest.mark.parametrize(("page", "large"), layouts().values(), ids=layouts())
def test_the_number_stands_free_at_the_right_edge_of_the_text(
    workshop: Workshop, fonts: FontSet, press: Press, tmp_path: Path, issue: str, page: Any, large: bool
) -> None:
    layout = lay_out_page(PageSettings(**page), ISSUES[issue], large=large)
    path = write(tmp_path / "a.pdf", stamp(printed_with(workshop, press, issue, layout), 123, fonts, layout))
    number = number_chars(path)
    assert "".join(char["text"] for char in number) == "№ 000123"
    with pdfplumber.open(path) as pdf:
        others = [char for char in pdf.pages[0].chars if char["fontname"] != number[0]["fontname"]]
        width = float(pdf.pages[0].width)
    top, bottom = min(char["top"] for char in number), max(char["bottom"] for char in number)
    assert number[-1]["x1"] == pytest.approx(width - layout.side, abs=0.1)
    assert top > 25  # points: printers reach it
    assert all(char["top"] > bottom + 3 for char in others)


@pytest.fixture(scope="module")
def workshop(printed: Path) -> Workshop:
    return Workshop(printed.parent, {})


def printed_with(workshop: Workshop, press: Press, issue: str, layout: Layout) -> bytes:
    composed = workshop.compose(IssueId(issue))
    return press.result(press.submit(print_job(composed.edition, replace(composed.material, layout=layout))))


def test_the_number_is_furniture_in_an_embedded_font_that_reads_as_text(
    small: bytes, fonts: FontSet, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.pdf", stamp(small, 42, fonts, LAYOUT))
    assert {char["tag"] for char in number_chars(path)} == {"Artifact"}
    with pikepdf.open(path) as pdf:
        font = pdf.pages[0].Resources.Font.CopyNumber
        assert str(font.BaseFont).endswith("+XC-Hei")
        assert b"<2116>" in font.ToUnicode.read_bytes()
        assert font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()[:4] == b"\x00\x01\x00\x00"


def test_a_checker_would_see_a_font_that_does_not_read(small: bytes, fonts: FontSet, tmp_path: Path) -> None:
    broken = stamp(small, 42, fonts, LAYOUT).replace(b"/ToUnicode", b"/NoUnicode")
    assert compliance(write(tmp_path / "a.pdf", broken)) != []


def test_a_pdf_has_one_number(small: bytes, fonts: FontSet) -> None:
    copy = stamp(small, 1, fonts, LAYOUT)
    with pytest.raises(CopyNumberError) as caught:
        stamp(copy, 2, fonts, LAYOUT)
    assert str(caught.value) == "这份 PDF 已经有份号了，不能再编一个；请用没有编号的那一份"


def saved(pdf: bytes, **options: Any) -> bytes:
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(stream, **options)
    return stream.getvalue()


def without_pages(pdf: bytes) -> bytes:
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        del opened.pages[0]
        opened.save(stream)
    return stream.getvalue()


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _pdf: b"",
    "no PDF": lambda _pdf: "人工智能".encode(),
    "cut off": lambda pdf: pdf[: len(pdf) // 2],
    "its end cut off": lambda pdf: pdf[:-10],
    "more after its end": lambda pdf: pdf + b"more",
    "its references out of place": lambda pdf: b"%PDF-1.7\n" + pdf,
    "encrypted": partial(saved, encryption=pikepdf.Encryption(owner="a", user="")),
    "references in a table": partial(saved, object_stream_mode=pikepdf.ObjectStreamMode.disable),
    "no pages": without_pages,
}


@pytest.mark.parametrize("spoil", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_numbered_is_told(
    small: bytes, fonts: FontSet, spoil: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(CopyNumberError) as caught:
        stamp(spoil(small), 1, fonts, LAYOUT)
    assert str(caught.value) == UNUSABLE


@given(data=st.data())
def test_any_damage_is_told_or_does_not_matter(small: bytes, fonts: FontSet, data: st.DataObject) -> None:
    damaged = bytearray(small)
    for _ in range(data.draw(st.integers(1, 20))):
        damaged[data.draw(st.integers(0, len(small) - 1))] = data.draw(st.integers(0, 255))
    try:
        copy = stamp(bytes(damaged), 1, fonts, LAYOUT)
    except CopyNumberError:
        return
    assert copy.startswith(damaged)


def test_a_large_pdf_is_numbered_in_no_time(small: bytes, fonts: FontSet) -> None:
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(small)) as opened:
        opened.Root.Noise = opened.make_stream(random.Random(1).randbytes(800_000))
        opened.save(stream, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    pdf = stream.getvalue()
    assert len(pdf) > 800_000
    best = min(seconds(lambda: stamp(pdf, 1, fonts, LAYOUT)) for _ in range(5))
    assert best < 0.03


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def test_numbers_are_written_with_six_digits() -> None:
    assert number_text(42) == "000042"
    assert [span_text(range(*ends)) for ends in ((1, 1), (1, 2), (9, 12))] == ["", "000001", "000009～000011"]
