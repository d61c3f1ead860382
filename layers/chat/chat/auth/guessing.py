"""How guesses at passwords are counted, and how long a guesser waits.

They are counted for a user and a network together, so that nobody can lock another person out.
Ceilings a great deal higher bound what is guessed at one user from everywhere, and by one network
at everybody.
"""

from ipaddress import ip_address, ip_network

FREE_GUESSES = 5
FIRST_WAIT_SECONDS = 30
LONGEST_WAIT_SECONDS = 15 * 60
FORGOTTEN_AFTER_SECONDS = 24 * 60 * 60

_IPV6_PREFIX = 64  # what a provider gives one customer at the least (RFC 6177)


def wait_seconds(guesses: int) -> int:
    """Say how long after so many guesses the next one is refused.

    Not at all up to four, then half a minute, doubling, up to a quarter of an hour.
    """
    if guesses < FREE_GUESSES:
        return 0
    return min(FIRST_WAIT_SECONDS << min(guesses - FREE_GUESSES, 10), LONGEST_WAIT_SECONDS)


def network_of(address: str) -> str:
    """Name the network that guesses from an address are counted for."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:  # noqa: PLR2004 -- the Internet Protocol's versions are 4 and 6
        return str(parsed)
    return str(ip_network((parsed, _IPV6_PREFIX), strict=False))
