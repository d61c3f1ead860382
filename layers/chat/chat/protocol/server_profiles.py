"""The frames the service sends about users and how they are shown."""

from msgspec import Struct

from chat.protocol.ids import UserId, Username
from chat.protocol.server_frames import ServerFrame


class Profile(Struct, frozen=True, omit_defaults=True):
    """How a user is shown. Display names are not unique; usernames are.

    `picture_id` is there if the user has a picture, and another one if it is another picture. The
    picture itself is there only if it was asked for: a still WebP, JPEG or PNG.
    """

    user_id: UserId
    username: Username
    display_name: str | None = None
    picture_id: str | None = None
    picture: bytes | None = None


class ProfileSet(ServerFrame, frozen=True, tag="profile_set"):
    """How the user is shown from now on."""

    data: Profile


class ProfilesData(Struct, frozen=True, omit_defaults=True):
    items: list[Profile]
    left_out: list[UserId] = []


class Profiles(ServerFrame, frozen=True, tag="profiles"):
    """How the users are shown that were asked for, without those that do not exist.

    `left_out` names those whose pictures did not fit one frame: ask again for them.
    """

    data: ProfilesData


class PeopleData(Struct, frozen=True, omit_defaults=True):
    items: list[Profile]
    has_more: bool = False


class People(ServerFrame, frozen=True, tag="people"):
    """Users whose username or display name begins with the text."""

    data: PeopleData
