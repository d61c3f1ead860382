"""When a user has to be looked at: only if somebody watches, and does not know."""

from chat.actions.services import Services
from chat.storage.presence import Known, see


def look_now(known: Known | None, services: Services) -> None:
    """Have the presence of a user pushed who has just come online."""
    if known and not known.says(is_online=True):
        services.publisher().publish_presence(known.user_id, 0)


def look_later(known: Known | None, services: Services) -> None:
    """Have a user looked at again who has just lost a connection."""
    if known is None:
        return
    see(known.user_id, services.now_ms())
    if not known.says(is_online=False):
        services.publisher().publish_presence(known.user_id, services.limits.offline_seconds)
