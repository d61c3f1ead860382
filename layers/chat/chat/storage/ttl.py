"""When rows about live connections end by themselves."""

from chat.protocol.limits import MAX_CONNECTION_SECONDS

SLACK_SECONDS = 15 * 60
"""For `$connect` still being answered, functions that run late, and clocks that differ."""

SENT_SECONDS = 24 * 60 * 60
"""How long a `clientMessageId` makes sending idempotent."""


def connection_row_expires_at(now_ms: int) -> int:
    """Return when a row about a live connection is of no use any longer, in seconds since 1970.

    DynamoDB deletes late (usually within days), so readers filter by it too:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
    """
    return now_ms // 1000 + MAX_CONNECTION_SECONDS + SLACK_SECONDS
