"""One frame on its way to one connection."""

from chat.protocol.ids import ConnectionId


class Post:
    __slots__ = (
        "connection_id",
        "expires_at",
        "had_second_chance",
        "request",
        "throttled",
        "tries",
    )

    def __init__(self, connection_id: ConnectionId) -> None:
        self.connection_id = connection_id
        self.request = b""
        """Signed when it is first sent."""
        self.expires_at = 0.0
        self.tries = 0
        """Those that failed."""
        self.throttled = False
        """Whether the last try was refused with 429."""
        self.had_second_chance = False
        """Whether a try died with a channel that had been idle, which tells nothing of the post."""
