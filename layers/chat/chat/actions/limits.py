"""The deployment's numbers, each a parameter of the template with the default that it has there."""

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from chat.storage.roster import MeteredEvent

type MeteredRequest = Literal[
    "authentications", "history", "searches", "lists", "changes", "uploads"
]
"""What one connection may do only so often a minute: authenticate, read pages of messages or of
lists, search, create conversations or change their members, upload files."""


class Limits(Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    allowed_origins: frozenset[str] = frozenset()
    edge_key: str = ""
    external_issuer: str = ""
    heartbeat_seconds: int = 30
    auth_deadline_seconds: int = 30
    session_seconds: int = 12 * 60 * 60
    offline_seconds: int = 60
    big_room_connections: int = 500
    inline_push_limit: int = 500
    batch_room_connections: int = 2_000
    failed_logins_per_user_per_hour: int = 100
    failed_logins_per_network_per_hour: int = 1000
    authentications_per_minute: int = 30
    history_per_minute: int = 300
    searches_per_minute: int = 30
    lists_per_minute: int = 120
    changes_per_minute: int = 60
    conversations_per_user: int = 1000
    members_per_conversation: int = 10_000
    uploads_per_minute: int = 60
    upload_bytes_per_day: int = 1_073_741_824
    max_upload_bytes: int = 26_214_400
    upload_media_types: frozenset[str] = frozenset({"*/*"})
    messages_per_minute: int = 600
    typing_per_minute: int = 240
    receipts_per_minute: int = 600
    connections_per_user: int = 100
    edit_seconds: int = 0
    delete_seconds: int = 0
    people_directory: str = "false"
    web_push: str = "false"
    web_push_may_be_local: str = ""
    notify_seconds: int = 10
    notification_content: str = "sender"
    events_since: str = ""

    @property
    def has_web_push(self) -> bool:
        return self.web_push == "true"

    @property
    def has_people_directory(self) -> bool:
        return self.people_directory == "true"

    def per_minute(self, what: "MeteredRequest | MeteredEvent") -> int:
        """Return how often a minute one connection may do something, or send it."""
        # Each limit has the name of what it limits.
        limit: int = getattr(self, f"{what}_per_minute")
        return limit
