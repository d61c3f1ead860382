import click

from chat.actions.session_end import end_sessions
from chat.protocol.encoding import rfc3339
from cli.admin.tokens import issue as issue_token
from cli.admin.users import get_user
from cli.context import CommandContext, pass_context
from cli.output import help_epilog

MAX_SECONDS = 10 * 366 * 24 * 60 * 60
"""Ten years: longer than any token should be valid."""


@click.group()
def tokens() -> None:
    """Issue a user's tokens, and revoke all of them."""


@tokens.command(epilog=help_epilog("--local tokens issue alice --seconds 600"))
@click.argument("username")
@click.option(
    "--seconds",
    type=click.IntRange(min=1, max=MAX_SECONDS),
    help="How long it is valid; as long as a session if not given.",
)
@pass_context
def issue(context: CommandContext, username: str, seconds: int | None) -> None:
    """Issue a token, which authenticates as the user."""
    user = get_user(username)
    token, expires_at = issue_token(user, seconds, context.services)
    context.output.message(
        token, token=token, username=user.username, expires_at=rfc3339(expires_at)
    )


@tokens.command(epilog=help_epilog("tokens revoke alice"))
@click.argument("username")
@pass_context
def revoke(context: CommandContext, username: str) -> None:
    """Sign a user out everywhere: reject all tokens so far, and close the connections."""
    user = get_user(username)
    end_sessions(user, "revoked", context.services)
    context.output.message(f"{user.username} is signed out everywhere.", username=user.username)
