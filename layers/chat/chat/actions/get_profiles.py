from chat.actions.authorization import require_session_within_rate
from chat.actions.services import Services
from chat.protocol.ids import ConnectionId
from chat.protocol.profile_frames import GetProfiles
from chat.protocol.server_profiles import Profiles, ProfilesData
from chat.storage.database import gather_two
from chat.storage.profiles import find_profiles


def get_profiles(frame: GetProfiles, connection_id: ConnectionId, services: Services) -> Profiles:
    """Return how users are shown, in the order of the frame.

    Everybody who is authenticated may know that of a user whose id they know. Ids cannot be
    guessed: one learns them in conversations and in the directory.
    """
    user_ids = dict.fromkeys(frame.data.user_ids)
    _, found = gather_two(
        lambda: require_session_within_rate("lists", connection_id, services),
        lambda: find_profiles(user_ids),
    )
    return Profiles(data=ProfilesData([found[each] for each in user_ids if each in found]))
