"""How users are shown, and finding users by the beginnings of their names.

Each user has a row from the beginning. The rows of one first letter are one partition of an index:
that is a few hundred writes of new names a second at least, and thousands of reads.
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec import UnsetType
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chat.protocol.ids import UserId, Username
from chat.protocol.server_profiles import Profile
from chat.protocol.text import folded
from chat.storage.database import failed_conditions, gather_two, transaction
from chat.storage.tables import ByDisplayName, ByUsername, ProfileRow, UserRow

type Wish[T] = T | UnsetType | None
"""What a user sets: UNSET leaves it as it is, None removes it."""

_WITHOUT_PICTURE = ["user_id", "username", "display_name", "picture_id"]


def profile_row(user_id: UserId, username: Username) -> ProfileRow:
    """Make the row of a new user."""
    return ProfileRow(user_id, username=username, username_initial=username[0])


def rename_profile(
    writes: TransactWrite, user_id: UserId, to: Username, *, is_hidden: bool
) -> None:
    """Give a user another username in a transaction."""
    renamed: list[Action] = [ProfileRow.username.set(to)] if is_hidden else _named(to)
    writes.update(ProfileRow(user_id), actions=renamed)


def hide_profile(writes: TransactWrite, user_id: UserId, username: Username) -> None:
    """Let nobody find a user any more, in a transaction; the user is shown as before."""
    initials = (ProfileRow.username_initial, ProfileRow.name_initial)
    hidden = [each.remove() for each in initials]
    # A user of an older version may have no row yet.
    named = [ProfileRow.username.set(username), ProfileRow.is_hidden.set(True)]
    writes.update(ProfileRow(user_id), actions=[*named, *hidden])


def unhide_profile(writes: TransactWrite, row: ProfileRow) -> None:
    """Let others find a user again, in a transaction."""
    found = [*_named(Username(row.username)), ProfileRow.is_hidden.remove()]
    if row.folded_name:
        found.append(ProfileRow.name_initial.set(row.folded_name[0]))
    writes.update(ProfileRow(row.user_id), actions=found)


def update_profile(
    user_id: UserId, username: Username, name: Wish[str], picture: Wish[bytes]
) -> bool:
    """Set what is given, and remove what is None.

    Returns False if there is no such user any more, or the user is disabled.
    """
    try:
        with transaction() as writes:
            writes.condition_check(UserRow, username, condition=UserRow.user_id == user_id)
            # A user of an older version may have no row yet.
            actions = [*_named(username), *_shown_as(name), *_pictured(picture)]
            seen = ProfileRow.is_hidden.does_not_exist()
            writes.update(ProfileRow(user_id), actions=actions, condition=seen)
    except TransactWriteError as error:
        if any(failed_conditions(error)):
            return False
        raise
    return True


def find_profiles(
    user_ids: Iterable[UserId], *, pictures: bool = False, consistently: bool = False
) -> dict[UserId, Profile]:
    """Find how up to 100 users are shown, perhaps a moment ago; unknown ids are left out."""
    wanted = list(dict.fromkeys(user_ids))
    if not wanted:
        return {}
    attributes = [*_WITHOUT_PICTURE, "picture"] if pictures else _WITHOUT_PICTURE
    rows = ProfileRow.batch_get(wanted, consistent_read=consistently, attributes_to_get=attributes)
    return {UserId(row.user_id): _profile(row) for row in rows}


def picture_id(content: bytes) -> str:
    """Name a picture: another one has another id, and the same one always the same."""
    return hashlib.sha256(content).hexdigest()[:16]


def find_called(prefix: str, most: int) -> Iterator[Profile]:
    """Find users by a folded prefix of the username, and by one of the display name.

    Up to so many by each, perhaps without those whose name was set a moment ago. Users may be found
    by both.
    """
    by_username, by_name = gather_two(
        lambda: list(
            ProfileRow.by_username.query(
                prefix[0], ByUsername.username.startswith(prefix), limit=most
            )
        ),
        lambda: list(
            ProfileRow.by_display_name.query(
                prefix[0], ByDisplayName.folded_name.startswith(prefix), limit=most
            )
        ),
    )
    return map(_profile, chain(by_username, by_name))


def _named(username: Username) -> list[Action]:
    return [ProfileRow.username.set(username), ProfileRow.username_initial.set(username[0])]


def _shown_as(name: Wish[str]) -> list[Action]:
    match name:
        case UnsetType():
            return []
        case None:
            names = (ProfileRow.display_name, ProfileRow.folded_name, ProfileRow.name_initial)
            return [each.remove() for each in names]
        case _:
            return [
                ProfileRow.display_name.set(name),
                ProfileRow.folded_name.set(folded(name)),
                ProfileRow.name_initial.set(folded(name)[0]),
            ]


def _pictured(picture: Wish[bytes]) -> list[Action]:
    match picture:
        case UnsetType():
            return []
        case None:
            return [ProfileRow.picture.remove(), ProfileRow.picture_id.remove()]
        case _:
            named = ProfileRow.picture_id.set(picture_id(picture))
            return [ProfileRow.picture.set(picture), named]


def _profile(row: ProfileRow) -> Profile:
    user_id, username = UserId(row.user_id), Username(row.username)
    return Profile(user_id, username, row.display_name, row.picture_id, row.picture)
