from msgspec import UnsetType

from chat.actions.authorization import require_session_within_rate
from chat.actions.services import Services
from chat.protocol.errors import BadRequest, NotAuthenticated, TooLarge
from chat.protocol.ids import ConnectionId
from chat.protocol.limits import MAX_DISPLAY_NAME, MAX_PICTURE_BYTES
from chat.protocol.pictures import MAX_PICTURE_SIDE, find_picture
from chat.protocol.profile_frames import SetProfile
from chat.protocol.server_profiles import Profile, ProfileSet
from chat.protocol.text import displayable
from chat.storage.profiles import Wish, find_profiles, update_profile


def set_profile(frame: SetProfile, connection_id: ConnectionId, services: Services) -> ProfileSet:
    """Set how the user is shown to others, who see it when they ask next.

    Raises:
        BadRequest: the display name shows nothing, is too long, or turns text around; or the
            picture is not of a format that users are shown with, moves, or has too many pixels.
        TooLarge: the picture has too many bytes.
        NotAuthenticated: the user was deleted or renamed meanwhile.
    """
    session = require_session_within_rate("changes", connection_id, services)
    name, picture = _displayable(frame.data.display_name), _showable(frame.data.picture)
    is_nothing = isinstance(name, UnsetType) and isinstance(picture, UnsetType)
    user_id, username = session.user_id, session.username
    if not is_nothing and not update_profile(user_id, username, name, picture):
        raise NotAuthenticated
    shown = find_profiles([user_id], consistently=True).get(user_id)
    return ProfileSet(data=shown or Profile(user_id, username))


def _displayable(name: Wish[str]) -> Wish[str]:
    if name is None or isinstance(name, UnsetType):
        return name
    shown = displayable(name, MAX_DISPLAY_NAME)
    if shown is None:
        raise BadRequest(
            f"A display name is 1 to {MAX_DISPLAY_NAME} characters, and shows.",
            "data.display_name",
        )
    return shown


def _showable(picture: Wish[bytes]) -> Wish[bytes]:
    if picture is None or isinstance(picture, UnsetType):
        return picture
    if len(picture) > MAX_PICTURE_BYTES:
        raise TooLarge("The picture is too large.", MAX_PICTURE_BYTES)
    if find_picture(picture) is None:
        raise BadRequest(
            "A picture is a still WebP, JPEG or PNG of at most"
            f" {MAX_PICTURE_SIDE} x {MAX_PICTURE_SIDE} pixels.",
            "data.picture",
        )
    return picture
