"""The command line: its flags, its groups of commands, and how each failure ends it."""

from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError
from pynamodb.exceptions import PynamoDBException

from chat.protocol.errors import ProtocolError
from chat.storage.users import NoSuchUser, UsernameTaken
from cli.commands.backend import frames, send
from cli.commands.connections import connections
from cli.commands.conversations import conversations
from cli.commands.data import data
from cli.commands.doctor import doctor
from cli.commands.events import events
from cli.commands.moderation import reports
from cli.commands.page import page
from cli.commands.tokens import tokens
from cli.commands.users import users
from cli.context import GlobalOptions
from cli.deployment import Deployment
from cli.errors import CommandRefused, ExitCode
from cli.output import Output, help_epilog
from cli.target import Target

EPILOG = (
    "Exit codes: 0 done; 1 AWS or the network failed; 2 the command line is wrong; 3 rejected, "
    "such as a name that is taken; 4 the doctor found something wrong.\n\n"
) + help_epilog(
    "--local users create dora",
    "--stack parley --region eu-central-1 --profile ops doctor",
    "--local --json users list",
)
AWS_FAULTS = (BotoCoreError, ClientError, PynamoDBException, OSError)


class _Guarded(click.Group):
    """Ends with the exit code of the failure, and without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 -- click's
        try:
            return super().invoke(ctx)
        except CommandRefused as refused:
            _end(ctx, ExitCode.REFUSED, str(refused))
        except NoSuchUser as missing:
            _end(ctx, ExitCode.REFUSED, f"There is no user {missing.args[0]!r}.")
        except UsernameTaken as taken:
            _end(ctx, ExitCode.REFUSED, f"The username {taken.args[0]!r} is taken.")
        except ProtocolError as refusal:
            _end(ctx, ExitCode.REFUSED, refusal.message)
        except AWS_FAULTS as fault:
            _end(ctx, ExitCode.FAILED, _explain(fault))


def _end(ctx: click.Context, code: ExitCode, reason: str) -> None:
    ctx.obj.output.error(reason)
    ctx.exit(code)


def _explain(fault: BaseException) -> str:
    if isinstance(fault, EndpointConnectionError):
        return f"{fault} The local stack answers while `make run` runs, with the same AWS_PORT."
    return str(fault)


@click.group(
    cls=_Guarded,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EPILOG,
)
@click.option("--local", is_flag=True, help="Work on the local stack (`make run`) at AWS_PORT.")
@click.option("--stack", default="parley", show_default=True, help="Name of the deployed stack.")
@click.option("--region", help="Region of the stack, if the profile has another or none.")
@click.option("--profile", help="Profile of your AWS configuration to use.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value instead of sentences.")
@click.pass_context
def parley(ctx: click.Context, /, *, as_json: bool, **flags: Any) -> None:  # noqa: ANN401 -- click's
    """Operate a deployed Parley, or the one of the local stack."""
    if ctx.obj is None:
        target = Target(**flags)

        def find_deployment() -> Deployment:
            target.activate()
            return Deployment.find(target)

        ctx.obj = GlobalOptions(find_deployment, Output(as_json=as_json))
    ctx.obj.output.as_json = as_json


GROUPS = (users, conversations, reports, tokens, connections, data, events, page, doctor)
for each in (*GROUPS, send, frames):
    parley.add_command(each)
