"""User lookup: the users that a frame names."""

from collections.abc import Sequence

from chat.protocol.errors import BadRequest
from chat.protocol.ids import Username
from chat.protocol.text import case_mapped
from chat.storage.users import User, find_users


def resolve_usernames(usernames: Sequence[Username], field: str) -> list[User]:
    """Resolve usernames in any width and case, each user once, in the order they were named.

    Raises:
        BadRequest: nobody has one of them; the refusal names which by its place in `field`.
    """
    wanted = [case_mapped(each) for each in usernames]
    found = find_users(wanted) if wanted else {}
    for place, username in enumerate(wanted):
        if username not in found:
            raise BadRequest(f"There is no user {usernames[place]!r}.", f"{field}[{place}]")
    return list(dict.fromkeys(found[username] for username in wanted))
