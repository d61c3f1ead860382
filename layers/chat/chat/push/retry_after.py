"""How long a server asks to be left alone: the field Retry-After (RFC 9110, section 10.2.3)."""

from email.utils import parsedate_to_datetime


def retry_after_seconds(value: bytes | None, now_ms: int) -> float:
    """Return how many seconds a field asks to wait; 0 if it asks for none or cannot be read.

    It is a number of seconds or a date, and may be as long as the server likes.
    """
    if value is None:
        return 0.0
    if value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value.decode("ascii")).timestamp()
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, until - now_ms / 1000)
