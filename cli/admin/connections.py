"""Live connections that an operator closes."""

from collections.abc import Iterable

from chat.actions.presence_looks import look_later
from chat.actions.services import Services
from chat.protocol.ids import ConnectionId
from chat.push.post import Outcome
from chat.storage.connections import Session, delete_connection, sessions_of
from chat.storage.memberships import memberships_of
from chat.storage.presence import find_known
from chat.storage.roster_changes import delete_entries
from chat.storage.users import User
from cli.errors import CommandRefused


def close_connections(
    user: User, connection_ids: Iterable[str], services: Services
) -> dict[ConnectionId, Outcome]:
    """Close some connections of a user, or all if none is named; say what became of each.

    Raises:
        CommandRefused: the user is not connected on one of them. None is closed.
    """
    wanted = set(connection_ids)
    live = {each.connection_id: each for each in sessions_of(user.user_id, services.now_ms())}
    if unknown := wanted - live.keys():
        raise CommandRefused(f"{user.username} is not connected on {', '.join(sorted(unknown))}.")
    return {each: _close(live[each], services) for each in live if each in wanted or not wanted}


def _close(session: Session, services: Services) -> Outcome:
    outcome = services.push().close_connection(session.connection_id)
    # API Gateway sends no `$disconnect` for a connection that was gone already.
    if outcome is Outcome.GONE:
        delete_connection(session.connection_id, session.user_id)
        conversations = [each.conversation_id for each in memberships_of(session.user_id)]
        delete_entries(conversations, [session.connection_id])
        look_later(find_known(session.user_id, services.now_ms()), services)
    return outcome
