"""The frame by which the service says who is online."""

from msgspec import UNSET, Struct, UnsetType

from chat.protocol.ids import ConversationId, UserId
from chat.protocol.server_frames import ServerFrame


class UserPresence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether a user is online. A client keeps the one of the highest `version`.

    `last_seen_at` is there if the user is offline, and somebody watched the user before.
    """

    user_id: UserId
    is_online: bool
    version: int
    last_seen_at: str | None = None


class PresenceData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    conversation_id: ConversationId
    users: list[UserPresence] | UnsetType = UNSET
    online_count: int | UnsetType = UNSET


class Presence(ServerFrame, frozen=True, tag="presence"):
    """Which of the watched members are online, or in a big room how many members are.

    Pushed to every live connection that watches one of them, and only about that one.
    """

    data: PresenceData
