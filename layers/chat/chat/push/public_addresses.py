"""Which addresses belong to the internet, and not to a network that only we can reach."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")
_LOW_32_BITS = 0xFFFF_FFFF
_ASSIGNED = IPv6Network("2000::/3")
"""All that was given out of IPv6 for the internet: https://www.iana.org/assignments/ipv6-address-space."""


def is_public(host: str) -> bool:
    """Tell whether an IP address can be reached by everybody.

    An IPv6 address that stands for an IPv4 address is judged by that. A name is not an address.
    """
    try:
        address = _inner(ip_address(host))
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address not in _ASSIGNED:
        return False
    return address.is_global and not address.is_multicast


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & _LOW_32_BITS)
    return address.ipv4_mapped or address.sixtofour or address
