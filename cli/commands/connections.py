import click

from chat.protocol.encoding import rfc3339
from chat.push.post import Outcome
from chat.storage.connections import sessions_of
from cli.admin.connections import close_connections
from cli.admin.users import get_user
from cli.context import CommandContext, pass_context
from cli.output import help_epilog


@click.group()
def connections() -> None:
    """List and close a user's live connections."""


@connections.command("list", epilog=help_epilog("--local connections list alice"))
@click.argument("username")
@pass_context
def list_connections(context: CommandContext, username: str) -> None:
    """List the connections on which a user is authenticated."""
    sessions = sessions_of(get_user(username).user_id, context.services.now_ms())
    context.output.table(
        {
            "connection_id": each.connection_id,
            "session_ends_at": rfc3339(each.session_ends_at),
            "gone_by": rfc3339(each.expires_at * 1000),
        }
        for each in sessions
    )


@connections.command(
    epilog=help_epilog("connections close alice", "connections close alice Zo1q8dW3FiACFtA=")
)
@click.argument("username")
@click.argument("connection_ids", metavar="[CONNECTION]...", nargs=-1)
@pass_context
def close(context: CommandContext, username: str, connection_ids: tuple[str, ...]) -> None:
    """Close some or all of a user's connections. Their clients reconnect by themselves."""
    outcomes = close_connections(get_user(username), connection_ids, context.services)
    if not set(outcomes.values()) <= {Outcome.DELIVERED, Outcome.GONE}:
        raise OSError("API Gateway did not close all of them: try again, or run `doctor`.")
    closed: list[str] = list(outcomes)
    context.output.message(f"Closed {len(closed)} connections.", closed=closed)
