"""The frames by which users say how they are shown, and find others."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from chat.protocol import fields
from chat.protocol.client_frames import ClientFrame
from chat.protocol.limits import MAX_DISPLAY_NAME

MAX_PROFILES = 50


class SetProfileData(Struct, frozen=True, kw_only=True):
    display_name: Annotated[str, fields.composed_to(MAX_DISPLAY_NAME)] | UnsetType | None = UNSET
    picture: bytes | UnsetType | None = UNSET


class SetProfile(ClientFrame, frozen=True, kw_only=True):
    """Says how the user is shown to others. `null` removes what was set; what is left out stays."""

    type_name = "set_profile"
    data: SetProfileData


class GetProfilesData(Struct, frozen=True):
    user_ids: Annotated[list[fields.UserId], Meta(min_length=1, max_length=MAX_PROFILES)]
    pictures: bool = False


class GetProfiles(ClientFrame, frozen=True, kw_only=True):
    """Asks how users are shown, by their ids, and for their pictures with `pictures`."""

    type_name = "get_profiles"
    data: GetProfilesData


class FindPeopleData(Struct, frozen=True):
    prefix: Annotated[str, fields.composed_to(MAX_DISPLAY_NAME)]


class FindPeople(ClientFrame, frozen=True, kw_only=True):
    """Asks for users whose username or display name begins with a text."""

    type_name = "find_people"
    data: FindPeopleData
