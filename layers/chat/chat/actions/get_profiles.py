from chat.actions.authorization import require_session_within_rate
from chat.actions.paging import fitting
from chat.actions.services import Services
from chat.protocol.ids import ConnectionId
from chat.protocol.profile_frames import GetProfiles
from chat.protocol.server_profiles import Profiles, ProfilesData
from chat.storage.database import gather_two
from chat.storage.profiles import find_profiles


def get_profiles(frame: GetProfiles, connection_id: ConnectionId, services: Services) -> Profiles:
    """Return how users are shown, in the order of the frame, and their pictures if asked.

    Names fit one frame. Pictures may not: then the frame names those who are left out.

    Everybody who is authenticated may know that of a user whose id they know. Ids cannot be
    guessed: one learns them in conversations and in the directory.
    """
    user_ids = dict.fromkeys(frame.data.user_ids)
    _, profiles = gather_two(
        lambda: require_session_within_rate("lists", connection_id, services),
        lambda: find_profiles(user_ids, pictures=frame.data.pictures),
    )
    found = [profiles[each] for each in user_ids if each in profiles]
    ids = [each.user_id for each in found]
    shown = fitting(found, beside=ids) if frame.data.pictures else found
    return Profiles(data=ProfilesData(shown, ids[len(shown) :]))
