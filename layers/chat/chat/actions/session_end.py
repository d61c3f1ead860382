"""Ending all sessions of a user: on sign-out, or by an operator or a provider."""

from chat.actions.closing import close_sooner_or_later
from chat.actions.presence_looks import look_later
from chat.actions.services import Services
from chat.protocol.encoding import encode
from chat.protocol.server_frames import SignedOut, SignedOutData
from chat.storage.connections import (
    Session,
    end_latest_session,
    forget_session,
    sessions_to_end,
)
from chat.storage.devices import forget_devices_of
from chat.storage.memberships import memberships_of, rename_member
from chat.storage.presence import find_known
from chat.storage.roster_changes import delete_entries_of
from chat.storage.users import User, refuse_older_tokens
from chat.storage.watches import delete_watches_of


def end_sessions(
    user: User, reason: str, services: Services, asking: Session | None = None
) -> SignedOut:
    """Revoke every token of a user, and notify and close the user's connections.

    Tokens are refused before the sessions are read, and authenticating looks at the tokens again
    after its session is written: so no session slips through between the two. Sessions end before
    the memberships are read, and a row is put on a roster only while its session lasts: so a call
    that adds the user meanwhile cannot put back a row that is deleted here.

    A session that ended is forgotten last, and the asking one after all others. If this dies
    half-way, the next call finds what is left to do.
    """
    refuse_older_tokens(user.username)
    signed_out = SignedOut(data=SignedOutData(reason))
    sessions = sessions_to_end(user.user_id, services.now_ms())
    others = [each for each in sessions if not _is_same(each, asking)]
    services.push().push([each.connection_id for each in others], encode(signed_out))
    ended = [end_latest_session(each) for each in (*others, *([asking] if asking else []))]
    conversations = [each.conversation_id for each in memberships_of(user.user_id)]
    if services.limits.has_web_push:
        forget_devices_of(user.user_id)
    look_later(find_known(user.user_id, services.now_ms()), services)
    for each in ended:
        delete_entries_of(each, conversations)
        delete_watches_of(each.connection_id)
        if not _is_same(each, asking):
            close_sooner_or_later(each.connection_id, services)
        forget_session(each)
    return signed_out


def leave_former_name(renamed: User, services: Services) -> None:
    """End the sessions that carry a user's former name, and rename the memberships.

    If this dies half-way, it can be done again.
    """
    end_sessions(renamed, "renamed", services)
    for each in memberships_of(renamed.user_id):
        rename_member(each.user_id, each.conversation_id, renamed.username)


def _is_same(session: Session, asking: Session | None) -> bool:
    return asking is not None and session.connection_id == asking.connection_id
