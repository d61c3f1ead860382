"""The people a frame names."""

from collections.abc import Sequence

from chat.protocol.errors import BadRequest
from chat.protocol.ids import Username
from chat.storage.users import User, find_users


def named_users(usernames: Sequence[Username], field: str) -> list[User]:
    """Resolve usernames, each once, in the order they were named.

    Raises:
        BadRequest: nobody has one of them; the refusal names which by its place in `field`.
    """
    found = find_users(usernames) if usernames else {}
    for place, username in enumerate(usernames):
        if username not in found:
            raise BadRequest(f"There is no user {username!r}.", f"{field}[{place}]")
    return list(dict.fromkeys(found[username] for username in usernames))
