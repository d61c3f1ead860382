"""What an operator does to users, in steps that can be repeated if they were cut off."""

from collections.abc import Iterable

from chat.actions.services import Services
from chat.actions.session_end import end_sessions, leave_former_name
from chat.protocol.errors import NotAMember
from chat.protocol.ids import UserId, Username
from chat.protocol.text import case_mapped
from chat.storage import identities
from chat.storage.memberships import memberships_of
from chat.storage.presence import forget_presence
from chat.storage.users import NoSuchUser, User, create_user, find_users, is_username
from cli.admin import accounts
from cli.admin.conversations import end_membership_of
from cli.admin.devices import erase_notified
from cli.admin.files import erase_uploads
from cli.admin.moderation import erase_moderation
from cli.admin.personal_data import erase_message, erase_name, messages_of
from cli.admin.reactions import erase_reactions, rename_reactions
from cli.errors import CommandRefused

ATTEMPTS = 5


def get_user(username: str) -> User:
    """Find one user by name.

    Raises:
        NoSuchUser
    """
    (user,) = get_users([username])
    return user


def get_users(usernames: Iterable[str]) -> list[User]:
    """Find users by name, each once, in the order of the names.

    Raises:
        NoSuchUser: a name is nobody's.
    """
    wanted = list(dict.fromkeys(map(case_mapped, usernames)))
    found = find_users(each for each in wanted if is_username(each))
    for username in wanted:
        if username not in found:
            raise NoSuchUser(username)
    return [found[username] for username in wanted]


def create(username: Username, password: str, services: Services) -> User:
    """Create a user.

    Raises:
        UsernameTaken
    """
    user = User(UserId(services.new_id()), username)
    create_user(user, services.passwords().hash(password), services.now_ms())
    return user


def set_password(user: User, password: str, services: Services) -> None:
    """Replace the password, then end the sessions, so that no login by the old one is left."""
    accounts.set_password_hash(user.username, services.passwords().hash(password))
    end_sessions(user, "password_changed", services)


def disable(user: User, services: Services) -> None:
    """Reject the user's password and tokens from now on, and end the sessions."""
    accounts.disable(user.username)
    end_sessions(user, "disabled", services)


def rename(user: User, to: Username, services: Services) -> User:
    """Give a user another name, everywhere but on the messages that the user wrote.

    Sessions carry the old name, so they end. Renaming to the present name finishes a renaming that
    was cut off.

    Raises:
        CommandRefused: an OpenID provider gives the name, and would bring the old one back.
        UsernameTaken, NoSuchUser
    """
    if accounts.get_account(user.username).identity:
        raise CommandRefused("An OpenID provider gives this user's name. Rename the user there.")
    renamed = identities.rename(user, to) if to != user.username else user
    leave_former_name(renamed, services)
    rename_reactions(renamed, services.now_ms())
    return renamed


def delete(user: User, services: Services) -> int:
    """Delete a user; return how many conversations the user left."""
    _lock_out(user, services)
    return _leave_and_delete(user, services)


def erase(user: User, services: Services) -> tuple[int, int]:
    """Delete a user with all reactions, messages and files of the user; return two numbers.

    The first counts the conversations that the user left, the second the messages.
    """
    _lock_out(user, services)
    left = _leave_all(user, services)
    erase_reactions(user, services.now_ms())
    erase_moderation(user.user_id)
    erased = 0
    for message in messages_of(user.user_id):
        erase_message(message, services)
        erased += 1
    erase_uploads(user.user_id, services)
    left += _leave_and_delete(user, services)
    erase_name(user.user_id)
    forget_presence(user.user_id)
    return left, erased


def _lock_out(user: User, services: Services) -> None:
    accounts.disable(user.username)
    end_sessions(user, "deleted", services)
    erase_notified(user.user_id)


def _leave_and_delete(user: User, services: Services) -> int:
    """Delete a user who is in no conversation. Until then, others may still add the user to one.

    Raises:
        CommandRefused: the user was in one at every attempt.
    """
    left = 0
    for _ in range(ATTEMPTS):
        left += _leave_all(user, services)
        if accounts.delete(user):
            return left
    raise CommandRefused(f"Others keep adding {user.username} to conversations. Try again.")


def _leave_all(user: User, services: Services) -> int:
    left = 0
    for each in list(memberships_of(user.user_id)):
        try:
            end_membership_of(user, each.conversation_id, services)
        except NotAMember:
            continue  # removed by another just now
        left += 1
    return left
