"""Tokens that an operator issues."""

from chat.actions.services import Services
from chat.auth.tokens import Claims
from chat.storage.users import NoSuchUser, User, find_credential
from cli.errors import CommandRefused


def issue(user: User, seconds: int | None, services: Services) -> tuple[str, int]:
    """Issue a token that authenticates as the user; return it and when it expires.

    It is valid for `seconds`, or as long as a session. It expires at a whole second.

    Raises:
        NoSuchUser
        CommandRefused: the user is disabled.
    """
    credential = find_credential(user.username)
    if credential is None:
        raise NoSuchUser(user.username)
    if credential.is_disabled:
        raise CommandRefused(f"The user {user.username!r} is disabled.")
    now_ms = services.now_ms()
    expires_at = (now_ms // 1000 + (seconds or services.limits.session_seconds)) * 1000
    claims = Claims(user.user_id, user.username, credential.token_generation, expires_at)
    return services.tokens().issue(claims, now_ms), expires_at
