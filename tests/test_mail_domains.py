"""Domains abroad, and domains that look misspelt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.delivery.recipients.domains import likely_meant, why_abroad


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("gmail.com", "gmail.com 是境外的邮箱服务"),
        ("proton.me", "proton.me 是境外的邮箱服务"),
        ("hku.hk", "hku.hk 是香港的域名，也算境外（《出境入境管理法》第八十九条）"),
        ("x.com.tw", "x.com.tw 是台湾的域名，也算境外（《出境入境管理法》第八十九条）"),
        ("x.xn--mix891f", "x.xn--mix891f 是澳门的域名，也算境外（《出境入境管理法》第八十九条）"),
        ("mit.edu", "mit.edu 是美国的域名"),
        ("u-tokyo.ac.jp", "u-tokyo.ac.jp 是别国的域名（.jp）"),
        ("example.co.uk", "example.co.uk 是别国的域名（.uk）"),
    ],
)
def test_a_domain_abroad_is_told(domain: str, expected: str) -> None:
    assert why_abroad(domain) == expected


@pytest.mark.parametrize(
    "domain",
    [
        "qq.com",
        "icloud.com",
        "xc.gov.cn",
        "zzu.edu.cn",
        "example.org",
        "start.ai",
        "x.cc",
        "x.xn--fiqs8s",
        "jp.com",
    ],
)
def test_a_domain_that_tells_nothing_is_not_abroad(domain: str) -> None:
    assert why_abroad(domain) is None


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("qq.con", ("qq.com",)),
        ("qq.cn", ("qq.com",)),
        ("qqq.com", ("qq.com",)),
        ("136.com", ("163.com", "126.com", "139.com")),
        ("126.cm", ("126.com",)),
        ("gmial.com", ("gmail.com",)),
        ("foxmai.com", ("foxmail.com",)),
        ("fxomail.com", ("foxmail.com",)),
        ("sian.com", ("sina.com",)),
        ("yeah.com", ("yeah.net",)),
        ("189.com", ("189.cn",)),
        ("hotmai.com", ("hotmail.com",)),
        ("aliyun.con", ("aliyun.com",)),
    ],
)
def test_a_slip_of_the_pen_is_seen(domain: str, meant: tuple[str, ...]) -> None:
    assert likely_meant(domain) == meant


@pytest.mark.parametrize(
    "domain",
    [
        "qq.com",
        "vip.qq.com",
        "163.net",
        "sina.com.cn",
        "tom.com",
        "mail.com",
        "sika.com",
        "soho.com",
        "qh.com",
        "xj.com",
        "xuji.com",
        "example.org",
    ],
)
def test_a_domain_of_its_own_is_no_slip(domain: str) -> None:
    assert likely_meant(domain) == ()


@given(st.from_regex(r"[a-z0-9.-]{0,12}", fullmatch=True))
def test_any_domain_is_judged(domain: str) -> None:
    assert why_abroad(domain) != ""
    assert domain not in likely_meant(domain)
