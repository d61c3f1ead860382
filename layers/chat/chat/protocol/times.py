"""Instants: whole milliseconds since 1970 inside the service, RFC 3339 text on the wire."""

from datetime import UTC, datetime


def rfc3339(at_ms: int) -> str:
    """Write an instant as `2026-11-22T18:19:14.123Z`: UTC, always three digits of a second."""
    at = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"
