from chat.actions.authorization import require_session_within_rate
from chat.actions.services import Services
from chat.protocol.errors import BadRequest, UnknownType
from chat.protocol.ids import ConnectionId
from chat.protocol.limits import MAX_DISPLAY_NAME
from chat.protocol.profile_frames import FindPeople
from chat.protocol.server_profiles import People, PeopleData, Profile
from chat.protocol.text import composed, folded
from chat.storage.profiles import find_called

MAX_PEOPLE = 20
"""How many users a reply has at most; who wants others types more letters."""


def find_people(frame: FindPeople, connection_id: ConnectionId, services: Services) -> People:
    """Return users whose username or display name begins with a text, in alphabetical order.

    Raises:
        UnknownType: the deployment has no directory.
        BadRequest: the text is blank or too long.
    """
    require_session_within_rate("lists", connection_id, services)
    if not services.limits.has_people_directory:
        raise UnknownType
    prefix = _folded_prefix(frame)
    found = {each.user_id: each for each in find_called(prefix, MAX_PEOPLE + 1)}
    people = sorted(found.values(), key=_place)
    return People(data=PeopleData(people[:MAX_PEOPLE], has_more=len(people) > MAX_PEOPLE))


def _folded_prefix(frame: FindPeople) -> str:
    prefix = composed(frame.data.prefix).lstrip()
    if not 0 < len(prefix) <= MAX_DISPLAY_NAME:
        raise BadRequest(
            f"The beginning of a name is 1 to {MAX_DISPLAY_NAME} characters.", "data.prefix"
        )
    return folded(prefix)


def _place(profile: Profile) -> tuple[str, str]:
    return folded(profile.display_name or profile.username), profile.username
