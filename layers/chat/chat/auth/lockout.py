"""How failed logins are counted, and how long the next attempt waits.

They are counted for a user and a network together, so that nobody can lock another person out. Much
higher ceilings bound the failures of one user from all networks, and of one network for all users.
"""

from ipaddress import ip_address, ip_network

FREE_ATTEMPTS = 5
FIRST_LOCKOUT_SECONDS = 30
MAX_LOCKOUT_SECONDS = 15 * 60
FORGOTTEN_AFTER_SECONDS = 24 * 60 * 60

_IPV6_PREFIX = 64  # the least that a provider gives one customer (RFC 6177)


def lockout_seconds(failures: int) -> int:
    """Say how long after so many failures the next one is refused.

    Not at all up to four, then half a minute, doubling, up to a quarter of an hour.
    """
    if failures < FREE_ATTEMPTS:
        return 0
    return min(FIRST_LOCKOUT_SECONDS << min(failures - FREE_ATTEMPTS, 10), MAX_LOCKOUT_SECONDS)


def client_network(address: str) -> str:
    """Return the network that an address belongs to, for counting failures."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:  # noqa: PLR2004 -- the Internet Protocol's versions are 4 and 6
        return str(parsed)
    return str(ip_network((parsed, _IPV6_PREFIX), strict=False))
