"""What is done to a user, in an order that can be done again wherever it was cut off."""

from chat.actions.membership_removal import withdraw
from chat.actions.renaming import leave_former_name
from chat.actions.services import Services
from chat.actions.session_end import end_sessions
from chat.protocol.errors import NotAMember
from chat.protocol.ids import Username
from chat.storage import accounts, identities
from chat.storage.memberships import memberships_of
from chat.storage.messages import erase_message, messages_of
from chat.storage.users import User
from cli.refusals import Refused

ATTEMPTS = 5


def set_password(user: User, password_hash: str, services: Services) -> None:
    """Replace the password first, so that nobody comes back by the old one."""
    accounts.set_password_hash(user.username, password_hash)
    end_sessions(user, "password_changed", services)


def disable(user: User, services: Services) -> None:
    accounts.disable(user.username)
    end_sessions(user, "disabled", services)


def rename(user: User, to: Username, services: Services) -> User:
    """Give a user another name, everywhere but on what they wrote.

    Live sessions carry the old name, so they end; where nothing but the name of the memberships is
    left to do, it is done.

    Raises:
        Refused: a provider says what they are called, and would bring the old name back.
        UsernameTaken, NoSuchUser
    """
    if accounts.get_account(user.username).identity:
        raise Refused("This user is called as their OpenID provider says. Rename them there.")
    renamed = identities.rename(user, to) if to != user.username else user
    leave_former_name(renamed, services)
    return renamed


def delete(user: User, services: Services) -> int:
    """Delete a user; how many conversations they have left."""
    _keep_out(user, services)
    return _leave_and_delete(user, services)


def erase(user: User, services: Services) -> tuple[int, int]:
    """Delete a user and forget what they wrote; how many conversations and messages that were."""
    _keep_out(user, services)
    left = _leave_all(user, services)
    erased = 0
    for message in messages_of(user.user_id):
        erase_message(message)
        erased += 1
    return left + _leave_and_delete(user, services), erased


def _keep_out(user: User, services: Services) -> None:
    accounts.disable(user.username)
    end_sessions(user, "deleted", services)


def _leave_and_delete(user: User, services: Services) -> int:
    """Delete a user once they are in no conversation; others may add them until then.

    Raises:
        Refused: they are a member of one still.
    """
    left = 0
    for _ in range(ATTEMPTS):
        left += _leave_all(user, services)
        if accounts.delete(user):
            return left
    raise Refused(f"{user.username} is added to conversations again and again. Try again.")


def _leave_all(user: User, services: Services) -> int:
    """End every membership of a user's; how many those were."""
    left = 0
    for each in list(memberships_of(user.user_id)):
        try:
            withdraw(each.conversation_id, user, services)
        except NotAMember:
            continue  # somebody removed them just now
        left += 1
    return left
