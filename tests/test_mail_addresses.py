"""Addresses as relays take them, and what is said of others."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.delivery.recipients.addresses import AddressError, parse_address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("a@b.cn", "a@b.cn"),
        ("zhang.san_1-x+bulletin@mail.xc.gov.cn", "zhang.san_1-x+bulletin@mail.xc.gov.cn"),
        ("10001@qq.com", "10001@qq.com"),
        ("O'Neil/x=%!#$&*?^`{|}~@example.org", "O'Neil/x=%!#$&*?^`{|}~@example.org"),
        (" 　Zhang＠ＱＱ。ｃｏｍ ", "Zhang@QQ.com"),
        ("a@xn--55qx5d.cn", "a@xn--55qx5d.cn"),
        (
            f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.cn",
            f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.cn",
        ),
    ],
)
def test_what_a_relay_takes_is_an_address(written: str, address: str) -> None:
    assert parse_address(written) == address


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", "“”不是邮件地址，没有 @；如 zhangsan@example.org"),
        ("zhangsan", "“zhangsan”不是邮件地址，没有 @；如 zhangsan@example.org"),
        ("a@@b.cn", "“a@@b.cn”里有不止一个 @；如 zhangsan@example.org"),
        ("张三 <a@b.cn>", "“张三 <a@b.cn>”不只是地址；只写 a@b.cn，姓名另写一列"),
        ("a@b.cn、c@d.cn", "“a@b.cn、c@d.cn”不止一个地址；一行只写一个，请各写一行"),
        ("a@b.cn c@d.cn", "“a@b.cn c@d.cn”不止一个地址；一行只写一个，请各写一行"),
        ("zhang san@b.cn", "“zhang san@b.cn”中间有空格；是否想写 zhangsan@b.cn？"),
        ('"a b"@b.cn', '“"a b"@b.cn”中间有空格；如 zhangsan@example.org'),
        ("a@b.cn> SIZE=1", "“a@b.cn> SIZE=1”中间有空格；如 zhangsan@example.org"),
        ("@b.cn", "“@b.cn”的 @ 前面没有内容；如 zhangsan@example.org"),
        ("张三@b.cn", "“张三@b.cn”的 @ 前面有“张三”；只能用英文字母、数字和 . _ - 等符号"),
        (".a@b.cn", "“.a@b.cn”的 @ 前面点号的位置不对；点号不能在头尾，也不能连用"),
        ("a..b@b.cn", "“a..b@b.cn”的 @ 前面点号的位置不对；点号不能在头尾，也不能连用"),
        ("a,b@b.cn", "“a,b@b.cn”的 @ 前面不能有“,”；只能用英文字母、数字和 . _ - 等符号"),
        ('"a"@b.cn', '“"a"@b.cn”的 @ 前面不能有“"”；只能用英文字母、数字和 . _ - 等符号'),
        ("-a@b.cn", "“-a@b.cn”以“-”开头，发信服务器不收；请核对地址"),
        (f"{'a' * 65}@b.cn", "@ 前面有 65 个字符，太长；@ 前面最长 64 个字符"),
        ("a@b", "“a@b”的域名“b”不完整；域名里要有点号，如 example.org"),
        ("a@", "“a@”的域名“”不完整；域名里要有点号，如 example.org"),
        ("a@b.cn.", "“a@b.cn.”的域名里点号的位置不对；点号不能在头尾，也不能连用"),
        ("a@b_c.cn", "“a@b_c.cn”的域名里“_”不对；域名只用英文字母、数字和点号，连字符不能在一段的头尾"),
        ("a@-b.cn", "“a@-b.cn”的域名里“-”不对；域名只用英文字母、数字和点号，连字符不能在一段的头尾"),
        ("a@10.0.0.1", "“a@10.0.0.1”的域名以数字结尾；域名以字母结尾，如 example.org"),
        (f"a@{'b' * 64}.cn", "域名里有一段太长；点号之间最长 63 个字符"),
        (f"a@{'b.' * 126}cn", "地址有 256 个字符，太长；地址最长 254 个字符"),
        ("a@公司.中国", "“a@公司.中国”的域名不是英文；中文域名要写成 a@xn--55qx5d.xn--fiqs8s"),
        ("a@\x1b公.cn", "“a@ 公.cn”的域名不是英文；如 zhangsan@example.org"),
    ],
)
def test_what_is_no_address_is_told_with_what_would_be_right(written: str, expected: str) -> None:
    with pytest.raises(AddressError) as error:
        parse_address(written)
    assert str(error.value) == expected


@given(st.text(max_size=80) | st.from_regex(r"[^@\s]{0,70}@[^@]{0,70}"))
def test_any_text_is_an_address_fit_for_an_envelope_or_is_told(written: str) -> None:
    with suppress(AddressError):
        address = parse_address(written)
        assert parse_address(address) == address
        assert address.isascii()
        assert not set(address) & set(' <>,;:"()[]\\\r\n\0')
        assert len(address) <= 254


@given(st.text(max_size=80) | st.from_regex(r"[^@\s]{0,70}@[^@]{0,70}"))
def test_nothing_that_a_terminal_obeys_is_said(written: str) -> None:
    with suppress(AddressError):
        parse_address(written)
        return
    with pytest.raises(AddressError) as error:
        parse_address(written)
    assert str(error.value).isprintable()
