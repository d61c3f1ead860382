import click

from chat.actions.services import Services
from chat.protocol.ids import ConnectionId
from chat.protocol.times import rfc3339
from chat.push.outcome import Outcome
from chat.storage.connections import Session, delete_connection, sessions_of
from chat.storage.memberships import memberships_of
from chat.storage.roster_changes import delete_entries
from cli.examples import examples
from cli.operating import Operator, pass_operator
from cli.refusals import Refused
from cli.usernames import get_user


@click.group()
def connections() -> None:
    """List and close a user's live connections."""


@connections.command("list", epilog=examples("--local connections list alice"))
@click.argument("username")
@pass_operator
def list_connections(operator: Operator, username: str) -> None:
    """List the connections that a user is authenticated on."""
    sessions = sessions_of(get_user(username).user_id, operator.services.now_ms())
    operator.teller.list(
        {
            "connection_id": each.connection_id,
            "session_ends_at": rfc3339(each.session_ends_at),
            "gone_by": rfc3339(each.expires_at * 1000),
        }
        for each in sessions
    )


@connections.command(
    epilog=examples("connections close alice", "connections close alice Zo1q8dW3FiACFtA=")
)
@click.argument("username")
@click.argument("connection_ids", metavar="[CONNECTION]...", nargs=-1)
@pass_operator
def close(operator: Operator, username: str, connection_ids: tuple[str, ...]) -> None:
    """Close a user's connections, or some of them; their clients come back by themselves."""
    services = operator.services
    sessions = sessions_of(get_user(username).user_id, services.now_ms())
    if unknown := set(connection_ids) - {each.connection_id for each in sessions}:
        raise Refused(f"{username} is not connected by {', '.join(sorted(unknown))}.")
    chosen = [
        each for each in sessions if not connection_ids or each.connection_id in connection_ids
    ]
    outcomes = {each.connection_id: _close(each, services) for each in chosen}
    if not set(outcomes.values()) <= {Outcome.DELIVERED, Outcome.GONE}:
        raise OSError("API Gateway did not close all of them: try again, or run `doctor`.")
    closed: list[str] = list(outcomes)
    operator.teller.tell(f"Closed {len(closed)} connections.", closed=closed)


def _close(session: Session, services: Services) -> Outcome:
    """Close a connection; forget it where it was gone already, and nothing will say so again."""
    connection_id: ConnectionId = session.connection_id
    outcome = services.push().close_connection(connection_id)
    if outcome is Outcome.GONE:
        delete_connection(connection_id, session.user_id)
        conversations = [each.conversation_id for each in memberships_of(session.user_id)]
        delete_entries(conversations, [connection_id])
    return outcome
