"""What of presence is sent: of one user, or of a big room."""

from chat.protocol.encoding import rfc3339
from chat.protocol.server_presence import Presence, PresenceData, UserPresence
from chat.storage.presence import Known
from chat.storage.roster import Roster


def presence_of_one(known: Known, *, is_online: bool) -> UserPresence:
    """Say whether a user is online; if not, since when."""
    seen_at = 0 if is_online else known.last_seen_at
    return UserPresence(
        user_id=known.user_id,
        is_online=is_online,
        version=known.version,
        last_seen_at=rfc3339(seen_at) if seen_at else None,
    )


def online_count(roster: Roster) -> Presence:
    """Say how many members are online, of a roster that is whole."""
    count = len(roster.online())
    return Presence(data=PresenceData(conversation_id=roster.conversation_id, online_count=count))
