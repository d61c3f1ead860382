from msgspec import UnsetType

from chat.actions.authorization import require_session_within_rate
from chat.actions.services import Services
from chat.protocol.errors import BadRequest, NotAuthenticated
from chat.protocol.ids import ConnectionId
from chat.protocol.limits import MAX_DISPLAY_NAME
from chat.protocol.profile_frames import SetProfile
from chat.protocol.server_profiles import Profile, ProfileSet
from chat.protocol.text import displayable
from chat.storage.profiles import find_profiles, set_display_name


def set_profile(frame: SetProfile, connection_id: ConnectionId, services: Services) -> ProfileSet:
    """Set how the user is shown to others, who see it when they ask next.

    Raises:
        BadRequest: the display name shows nothing, is too long, or turns text around.
        NotAuthenticated: the user was deleted or renamed meanwhile.
    """
    session = require_session_within_rate("changes", connection_id, services)
    name = frame.data.display_name
    if isinstance(name, UnsetType):
        shown = find_profiles([session.user_id]).get(session.user_id)
        return ProfileSet(data=shown or Profile(session.user_id, session.username))
    display_name = None if name is None else _displayable(name)
    if not set_display_name(session.user_id, session.username, display_name):
        raise NotAuthenticated
    return ProfileSet(data=Profile(session.user_id, session.username, display_name))


def _displayable(name: str) -> str:
    shown = displayable(name, MAX_DISPLAY_NAME)
    if shown is None:
        raise BadRequest(
            f"A display name is 1 to {MAX_DISPLAY_NAME} characters, and shows.",
            "data.display_name",
        )
    return shown
