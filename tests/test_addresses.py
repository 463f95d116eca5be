from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.fetching.addresses import is_address, is_public

NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
]
PUBLIC = ["1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "223.5.5.5", "11.0.0.1"]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_of_private_and_special_networks_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [*PUBLIC, "2400:3200::1", "2606:4700:4700::1111", "2001:4860:4860::8888"])
def test_other_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "::",
        "::1",
        "::7f00:1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00::2",
        "fec0::1",
        "ff02::1",
        "100::1",
        "64:ff9b:1::1",
        "2001:db8::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:10::1",
        "2001:20::1",
        "3fff::1",
        "5f00::1",
        "4000::1",
    ],
)
def test_ipv6_beside_global_unicast_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("form", ["::ffff:{}", "64:ff9b::{}"])
@pytest.mark.parametrize("inner", [*NOT_PUBLIC, *PUBLIC])
def test_an_ipv4_address_inside_decides(form: str, inner: str) -> None:
    assert is_public(form.format(inner)) == is_public(inner)


@given(st.ip_addresses(v=4))
def test_6to4_is_as_public_as_what_it_leads_to(inner: IPv4Address) -> None:
    assert is_public(IPv6Address(0x2002 << 112 | int(inner) << 80 | 1)) == is_public(inner)


@given(st.ip_addresses())
def test_nothing_is_public_that_python_calls_private(address: IPv4Address | IPv6Address) -> None:
    assert not (is_public(address) and (address.is_loopback or address.is_link_local or address.is_multicast))
    if isinstance(address, IPv4Address):
        assert not (is_public(address) and address.is_private)


@pytest.mark.parametrize("text", ["", "localhost", "1.2.3", "0x7f000001", "2130706433"])
def test_what_is_no_address_is_not_judged(text: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        is_public(text)


def test_addresses_are_taken_as_values_too() -> None:
    assert is_public(ip_address("1.1.1.1"))


@pytest.mark.parametrize(
    ("host", "expected"), [("1.1.1.1", True), ("::1", True), ("127.1", False), ("a.cn", False)]
)
def test_an_address_is_told_from_a_name(host: str, expected: bool) -> None:
    assert is_address(host) is expected
