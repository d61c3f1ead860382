import click

from chat.actions.session_end import end_sessions
from chat.auth.tokens import Claims
from chat.protocol.text import case_mapped
from chat.protocol.times import rfc3339
from chat.storage.users import find_credential
from cli.examples import examples
from cli.operating import Operator, pass_operator
from cli.refusals import Refused
from cli.usernames import get_user


@click.group()
def tokens() -> None:
    """Issue a user's tokens, and revoke them all."""


@tokens.command(epilog=examples("--local tokens issue alice --seconds 600"))
@click.argument("username")
@click.option(
    "--seconds",
    type=click.IntRange(min=1),
    help="How long it is good; as long as a session if not given.",
)
@pass_operator
def issue(operator: Operator, username: str, seconds: int | None) -> None:
    """Issue a token that somebody can authenticate with in the user's name."""
    services = operator.services
    credential = find_credential(case_mapped(username))
    if credential is None or credential.is_disabled:
        raise Refused(f"{username!r} is disabled." if credential else f"No user {username!r}.")
    user, now_ms = credential.user, services.now_ms()
    ends_at = (now_ms // 1000 + (seconds or services.limits.session_seconds)) * 1000
    claims = Claims(user.user_id, user.username, credential.token_generation, ends_at)
    token = services.tokens().issue(claims, now_ms)
    operator.teller.tell(token, token=token, username=username, expires_at=rfc3339(ends_at))


@tokens.command(epilog=examples("tokens revoke alice"))
@click.argument("username")
@pass_operator
def revoke(operator: Operator, username: str) -> None:
    """Sign a user out everywhere: refuse the tokens given out so far, close the connections."""
    end_sessions(get_user(username), "revoked", operator.services)
    operator.teller.tell(f"{username} is signed out everywhere.", username=username)
