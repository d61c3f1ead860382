"""The frames the service sends about users and how they are shown."""

from msgspec import Struct

from chat.protocol.ids import UserId, Username
from chat.protocol.server_frames import ServerFrame


class Profile(Struct, frozen=True, omit_defaults=True):
    """How a user is shown. Display names are not unique; usernames are."""

    user_id: UserId
    username: Username
    display_name: str | None = None


class ProfileSet(ServerFrame, frozen=True, tag="profile_set"):
    """How the user is shown from now on."""

    data: Profile


class ProfilesData(Struct, frozen=True):
    items: list[Profile]


class Profiles(ServerFrame, frozen=True, tag="profiles"):
    """How the users are shown that were asked for, without those that do not exist."""

    data: ProfilesData


class PeopleData(Struct, frozen=True, omit_defaults=True):
    items: list[Profile]
    has_more: bool = False


class People(ServerFrame, frozen=True, tag="people"):
    """Users whose username or display name begins with the text."""

    data: PeopleData
