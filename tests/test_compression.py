import gzip
import zlib
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.fetching.compression import MEGABYTE, Body, Bounds, kilobytes
from xcbulletin.collecting.items import FetchError, Outcome


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def unpack(chunks: Iterable[bytes], coding: str = "", bounds: Bounds | None = None) -> bytes:
    body = Body(coding, bounds or Bounds())
    for chunk in chunks:
        body.feed(chunk)
    return body.finish()


def failing(chunks: Iterable[bytes], coding: str = "", bounds: Bounds | None = None) -> FetchError:
    with pytest.raises(FetchError) as caught:
        unpack(chunks, coding, bounds)
    return caught.value


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


PACKERS: list[tuple[Callable[[bytes], bytes], str]] = [
    (gzip.compress, "gzip"),
    (gzip.compress, "x-gzip"),
    (gzip.compress, " GZIP "),
    (gzip.compress, ""),
    (gzip.compress, "utf-8"),
    (zlib.compress, "deflate"),
    (raw_deflate, "deflate"),
    (bytes, ""),
    (bytes, "identity"),
    (bytes, "utf-8"),
    (bytes, "gzip"),
]


@given(st.binary(max_size=5000), st.integers(1, 700), st.sampled_from(PACKERS))
def test_what_was_packed_comes_out_however_it_is_cut(
    data: bytes, size: int, packer: tuple[Callable[[bytes], bytes], str]
) -> None:
    pack, coding = packer
    if pack is bytes:
        data = b"<" + data
    assert unpack(cut(pack(data), size), coding) == data


@pytest.mark.parametrize("size", [1, 7, 65536, MEGABYTE])
def test_large_bodies_come_out_whole(size: int) -> None:
    data = b"".join(b"%d, " % number for number in range(300_000 if size > 7 else 30_000))
    assert unpack(cut(gzip.compress(data), size)) == data


def test_output_that_zlib_holds_back_is_not_lost() -> None:
    for size in range(65536 - 10, 65536 + 600):
        assert len(unpack([raw_deflate(bytes(size))], "deflate")) == size


@pytest.mark.parametrize("size", [1, 3, 50, 5000])
def test_several_members_follow_one_another_and_padding_is_passed_over(size: int) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + bytes(100)
    assert unpack(cut(packed, size), "gzip") == b"one two"


def test_what_follows_deflated_data_is_passed_over() -> None:
    assert unpack([zlib.compress(b"one"), b"\x1f", b"rest"], "deflate") == b"one"


def test_an_empty_body_is_empty() -> None:
    assert unpack([], "gzip") == unpack([b""], "deflate") == b""


@pytest.mark.parametrize(("pack", "coding"), [(gzip.compress, "gzip"), (zlib.compress, "deflate")])
def test_a_body_cut_short_is_not_taken_for_whole(pack: Callable[[bytes], bytes], coding: str) -> None:
    error = failing([pack(b"x" * 1000)[:-4]], coding)
    assert (error.outcome, error.detail) == (Outcome.UNREADABLE, "压缩的内容不完整")


def test_a_damaged_body_is_unreadable() -> None:
    packed = bytearray(gzip.compress(b"x" * 1000))
    packed[-5] ^= 1
    error = failing([bytes(packed)], "gzip")
    assert (error.outcome, error.detail) == (Outcome.UNREADABLE, "压缩的内容已损坏，解不开")


def test_a_body_may_be_15_megabytes_and_not_a_byte_more() -> None:
    limit = 15 * MEGABYTE
    noise = bytes(range(256)) * 64
    data = (noise * (limit // len(noise) + 1))[: limit + 1]
    bounds = Bounds(ratio=2000)
    assert len(unpack(cut(gzip.compress(data[:-1], 1), 65536), bounds=bounds)) == limit
    error = failing(cut(gzip.compress(data, 1), 65536), bounds=bounds)
    assert (error.outcome, error.detail) == (Outcome.TOO_LARGE, "内容解压后超过 15 MB")


def test_a_small_feed_may_pack_as_well_as_it_likes() -> None:
    assert len(unpack([gzip.compress(bytes(MEGABYTE))])) == MEGABYTE


def test_a_bomb_is_recognised_by_its_ratio_before_it_is_unpacked() -> None:
    body = Body("gzip", Bounds())
    with pytest.raises(FetchError) as caught:
        body.feed(gzip.compress(bytes(14 * MEGABYTE)))
    assert caught.value.outcome is Outcome.TOO_LARGE
    assert caught.value.detail == "压缩比超过 200（14 KB 已解出 2.75 MB），疑为压缩炸弹"


@given(
    st.binary(max_size=400), st.sampled_from(["", "gzip", "deflate"]), st.sampled_from([b"", b"\x1f\x8b\x08"])
)
def test_any_bytes_give_bytes_or_a_fetch_error(data: bytes, coding: str, start: bytes) -> None:
    try:
        unpack(cut(start + data, 50), coding)
    except FetchError as error:
        assert error.outcome is Outcome.UNREADABLE  # noqa: PT017


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 字节"), (1023, "1023 字节"), (12_000, "12 KB"), (1_572_864, "1.5 MB")]
)
def test_sizes_are_told_as_people_read_them(size: int, words: str) -> None:
    assert kilobytes(size) == words
