"""When rows about live connections end by themselves."""

from chat.protocol.limits import MAX_CONNECTION_SECONDS

SLACK_SECONDS = 15 * 60
"""For `$connect` still being answered, functions that run late, and clocks that differ."""

SENT_SECONDS = 24 * 60 * 60
"""How long a `clientMessageId` makes sending idempotent."""

UPLOAD_SECONDS = 23 * 60 * 60
"""How long a message may take an upload.

An hour less than the file stays at least: the bucket's lifecycle rule counts whole days.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
"""

TOTAL_SECONDS = 48 * 60 * 60
"""How long what a user uploaded in a day is kept: longer than the day."""


DEVICE_SECONDS = 60 * 24 * 60 * 60
"""How long after its last registration a device is notified."""


NOTIFIED_SECONDS = 28 * 24 * 60 * 60
"""How long it is known what a device shows. Push services keep messages for a day."""


def connection_row_expires_at(now_ms: int) -> int:
    """Return when a row about a live connection is of no use any longer, in seconds since 1970.

    DynamoDB deletes late (usually within days), so readers filter by it too:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
    """
    return now_ms // 1000 + MAX_CONNECTION_SECONDS + SLACK_SECONDS
