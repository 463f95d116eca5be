"""Which addresses belong to the public internet; pure."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
_MAPPED, _NAT64, _SIX_TO_FOUR = map(IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96", "2002::/16"))


def is_public(address: str | IPv4Address | IPv6Address) -> bool:
    """Tell whether an address may be reached by anybody, by IANA's special-purpose registries (RFC 6890).

    An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) decides for both; Teredo is not public. Raises ValueError
    for what is no address.
    """
    ip = ip_address(address)
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_4)
    if (inner := _embedded(ip)) is not None:
        return is_public(inner)
    return ip in _GLOBAL_UNICAST and not any(ip in network for network in _NOT_PUBLIC_6)


def is_address(host: str) -> bool:
    """Tell an address from a name that has to be looked up."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    if ip in _MAPPED or ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return IPv4Address(int(ip) >> 80 & 0xFFFFFFFF) if ip in _SIX_TO_FOUR else None
