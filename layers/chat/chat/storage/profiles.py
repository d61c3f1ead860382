"""How users are shown, and finding users by the beginnings of their names.

Each user has a row from the beginning. The rows of one first letter are one partition of an index:
that is a few hundred writes of new names a second at least, and thousands of reads.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chat.protocol.ids import UserId, Username
from chat.protocol.server_profiles import Profile
from chat.protocol.text import folded
from chat.storage.database import failed_conditions, gather_two, transaction
from chat.storage.tables import ByDisplayName, ByUsername, ProfileRow, UserRow


def profile_row(user_id: UserId, username: Username) -> ProfileRow:
    """Make the row of a new user."""
    return ProfileRow(user_id, username=username, username_initial=username[0])


def rename_profile(writes: TransactWrite, user_id: UserId, to: Username) -> None:
    """Give a user another username in a transaction."""
    writes.update(ProfileRow(user_id), actions=_named(to))


def set_display_name(user_id: UserId, username: Username, name: str | None) -> bool:
    """Set the display name of a user, or remove it; False if there is no such user any more."""
    try:
        with transaction() as writes:
            writes.condition_check(UserRow, username, condition=UserRow.user_id == user_id)
            # A user of an older version may have no row yet.
            writes.update(ProfileRow(user_id), actions=[*_named(username), *_shown_as(name)])
    except TransactWriteError as error:
        if any(failed_conditions(error)):
            return False
        raise
    return True


def find_profiles(user_ids: Iterable[UserId]) -> dict[UserId, Profile]:
    """Find how up to 100 users are shown, perhaps a moment ago; unknown ids are left out."""
    wanted = list(dict.fromkeys(user_ids))
    if not wanted:
        return {}
    rows = ProfileRow.batch_get(wanted)
    return {UserId(row.user_id): _profile(row) for row in rows}


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


def _shown_as(name: str | None) -> list[Action]:
    if name is None:
        return [
            each.remove()
            for each in (ProfileRow.display_name, ProfileRow.folded_name, ProfileRow.name_initial)
        ]
    return [
        ProfileRow.display_name.set(name),
        ProfileRow.folded_name.set(folded(name)),
        ProfileRow.name_initial.set(folded(name)[0]),
    ]


def _profile(row: ProfileRow) -> Profile:
    return Profile(UserId(row.user_id), Username(row.username), row.display_name)
