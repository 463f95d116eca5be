import gzip
import time

import pytest
from conftest import CORPUS
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.decoding import Decoded, damaged, decode

WORDS = "许昌市的有色金属企业在这一年里发展了新的生产方法，电力成本比上年下降，主要产品的质量提高，对地方经济起了作用。"
TRADITIONAL = "這個國家的工業在一年裡發展了新的生產方法，電力成本下降，主要產品的質量提高，對地方經濟起了作用，也為時代所用。"


def prolog(encoding: str | None, words: str = WORDS) -> str:
    declared = f' encoding="{encoding}"' if encoding else ""
    return f'<?xml version="1.0"{declared}?><rss><title>{words}</title></rss>'


@pytest.mark.parametrize(
    "declared", ["gb2312", "GBK", "gb_2312-80", "GB18030", "utf-8", "big5", "iso-8859-1", "x-none", None]
)
def test_chinese_is_read_whatever_is_declared(declared: str | None):
    text = prolog(declared)
    assert decode(text.encode("gb18030")).text == text
    assert decode(text.encode("utf-8")).text == text


@pytest.mark.parametrize("declared", ["big5", "gb2312", "utf-8", None])
def test_big5_is_read_whatever_is_declared(declared: str | None):
    text = prolog(declared, TRADITIONAL)
    assert decode(text.encode("big5")).text == text


@pytest.mark.parametrize(
    "header", ["text/xml; charset=gb2312", "text/html;charset='GBK'", "application/xml; charset=utf-8"]
)
def test_the_header_may_be_right_or_wrong(header: str):
    text = prolog(None)
    assert decode(text.encode("gb18030"), header).text == text
    assert decode(text.encode("utf-8"), header).text == text


def test_what_gb2312_does_not_hold_is_read_all_the_same():
    text = prolog("gb2312", WORDS + "朱镕基、喆、€、㐂")
    assert decode(text.encode("gb18030")) == Decoded(text=text, encoding="gb18030", detail="")


def test_html_may_declare_in_meta():
    text = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=shift_jis"></head>{"日本語のニュース、電力と会社" * 4}'
    assert decode(text.encode("cp932")) == Decoded(text=text, encoding="cp932", detail="")


def test_a_wrong_declaration_is_named():
    text = prolog("utf-8")
    assert decode(text.encode("gb18030")).detail == "声明的编码是 utf-8，实为 GB 18030"
    assert decode(prolog("gb2312").encode()).detail == "声明的编码是 gb2312，实为 UTF-8"
    assert decode(prolog("utf-8").encode()).detail == ""


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize("declared", ["gb2312", "utf-8", "iso-8859-1", None])
def test_a_few_bad_bytes_spoil_nothing_else(encoding: str, declared: str | None):
    text = prolog(declared)
    content = text.encode(encoding)
    middle = content.index("方法".encode(encoding))
    found = decode(content[:middle] + b"\xff" + content[middle:])
    assert found.text.replace("\ufffd", "") == text
    assert found.detail.endswith("有 1 处字节无法解读，已用 � 代替")


@pytest.mark.parametrize("stray", [b"\xff", b"\x80", b"\xff\xfe", b"\xff\xff", b"\xfe\xff\x80"])
def test_stray_bytes_between_pairs_spoil_no_pair(stray: bytes):
    text = prolog("gb2312")
    content = text.encode("gb18030")
    middle = content.index("方法".encode("gb18030"))
    found = decode(content[:middle] + stray + content[middle:])
    assert found.text == text.replace("方法", "\ufffd方法")
    assert found.detail == "有 1 处字节无法解读，已用 � 代替"


def test_a_lost_byte_costs_its_character_only():
    text = prolog("gb2312")
    content = text.encode("gb18030")
    middle = content.index("方法".encode("gb18030"))
    assert decode(content[:middle] + content[middle + 1 :]).text == text.replace("方法", "\ufffd法")


def test_damage_ends_at_the_markup():
    content = (
        f"<a>{WORDS}</a>".encode("gb18030") + b"<b>\xff\xfe\xb8</b>" + f"<c>{WORDS}</c>".encode("gb18030")
    )
    assert decode(content).text == f"<a>{WORDS}</a><b>\ufffd</b><c>{WORDS}</c>"


def test_much_damage_costs_seconds_at_most():
    piece = ("年" * 400).encode("gb18030") + b"\xff<"
    started = time.monotonic()
    decode(piece * 2000)
    decode(b"\xff" + ("年" * 1_000_000).encode("gb18030"))
    assert time.monotonic() - started < 20


def test_titles_that_could_not_be_read_are_shown_where_they_broke():
    assert damaged(["许昌智能电网", "甲"]) == ""
    title = "许昌智能电网装备产业集群获批，许继集团与平高\ufffd签约；变压器、开关柜"
    assert (
        damaged(["甲", title, "乙\ufffd"])
        == "2 条的标题有读不出的字（如“，许继集团与平高\ufffd签约；变压器、”）"
    )


def test_a_character_cut_in_half_costs_itself_only():
    content = (WORDS * 3).encode()
    assert decode(content[:-1]).text == (WORDS * 3)[:-1] + "\ufffd"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_wide_encodings_and_marks(encoding: str):
    text = prolog("utf-16")
    assert decode(text.encode(encoding)).text == text


def test_characters_that_xml_forbids_go():
    found = decode("<a>甲\x00\x0b乙\ufffe丙\x1b\t\r\n丁</a>".encode())
    assert found.text == "<a>甲乙丙\t\r\n丁</a>"
    assert found.detail == "删去 4 个不允许的控制字符"


def test_gzip_that_nobody_declared_is_unpacked():
    found = decode(gzip.compress(prolog(None).encode()))
    assert found.text == prolog(None)
    assert found.detail == "内容是未声明的 gzip 压缩，已解开"


def test_a_gzip_bomb_is_unpacked_up_to_the_limit():
    assert len(decode(gzip.compress(b"a" * 50_000_000)).text) == 15 * 2**20


def test_broken_gzip_is_no_error():
    assert decode(b"\x1f\x8b\x08 not gzip at all").text


@pytest.mark.parametrize(
    "label", ["hex", "rot13", "idna", "unicode_escape", "utf-7", "zlib_codec", "undefined", "base64"]
)
def test_codecs_that_are_no_encodings_are_not_run(label: str):
    assert decode(prolog(label).encode("gb18030"), f"text/xml; charset={label}").encoding == "gb18030"


def test_western_text_stays_western():
    text = (
        '<?xml version="1.0" encoding="iso-8859-1"?><t>'
        + "A café in Zürich sells crêpes to the people of the town. " * 5
    )
    assert decode(text.encode("latin-1")).text == text


def test_nothing_is_nothing():
    assert decode(b"") == Decoded(text="", encoding="utf-8", detail="")


@given(st.binary(), st.text())
def test_any_bytes_are_text(content: bytes, header: str):
    found = decode(content, header)
    found.text.encode("utf-8")
    assert "\x00" not in found.text


@given(st.text(), st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
def test_any_text_is_text(text: str, encoding: str):
    decode(text.encode(encoding, "replace"))


@pytest.mark.skipif(not CORPUS.exists(), reason="real feeds are not there")
def test_real_feeds_read_the_same_in_either_encoding():
    for path in sorted((CORPUS / "feeds").glob("*/*.xml")):
        text = path.read_text(encoding="utf-8")
        read = decode(text.encode()).text
        assert decode(text.encode("gb18030")).text == read, path.name
