"""The command itself: its flags, its groups, and how each failure ends it."""

from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError
from pynamodb.exceptions import PynamoDBException

from chat.protocol.errors import ProtocolError
from chat.storage.users import NoSuchUser, UsernameTaken
from cli.connections import connections
from cli.conversations import conversations
from cli.data import data
from cli.deployment import Deployment
from cli.doctor.command import doctor
from cli.examples import examples
from cli.operating import Setting
from cli.page.command import page
from cli.place import Place
from cli.refusals import ExitCode, Refused
from cli.telling import Teller
from cli.tokens import tokens
from cli.users import users

EPILOG = (
    "Exit codes: 0 done; 1 AWS or the network failed; 2 the command line is wrong; 3 refused, such "
    "as a name that is taken; 4 the doctor found something wrong.\n\n"
) + examples(
    "--local users create dora",
    "--stack parley --region eu-central-1 --profile ops doctor",
    "--local --json users list",
)
AWS_FAULTS = (BotoCoreError, ClientError, PynamoDBException, OSError)


class _Guarded(click.Group):
    """Ends with the exit code of whatever went wrong, and without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 -- click's
        try:
            return super().invoke(ctx)
        except Refused as refused:
            _end(ctx, ExitCode.REFUSED, str(refused))
        except NoSuchUser as missing:
            _end(ctx, ExitCode.REFUSED, f"There is no user {missing.args[0]!r}.")
        except UsernameTaken as taken:
            _end(ctx, ExitCode.REFUSED, f"Somebody is called {taken.args[0]!r} already.")
        except ProtocolError as refusal:
            _end(ctx, ExitCode.REFUSED, refusal.message)
        except AWS_FAULTS as fault:
            _end(ctx, ExitCode.FAILED, _explained(fault))


def _end(ctx: click.Context, code: ExitCode, reason: str) -> None:
    ctx.obj.teller.complain(reason)
    ctx.exit(code)


def _explained(fault: BaseException) -> str:
    if isinstance(fault, EndpointConnectionError):
        return f"{fault} A local run is reached while `make run` runs, with the same AWS_PORT."
    return str(fault)


@click.group(
    cls=_Guarded,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EPILOG,
)
@click.option("--local", is_flag=True, help="Work on the local run (`make run`) at AWS_PORT.")
@click.option("--stack", default="parley", show_default=True, help="Name of the deployed stack.")
@click.option("--region", help="Region of the stack, where the profile has another or none.")
@click.option("--profile", help="Profile of your AWS configuration to work with.")
@click.option("--json", "as_json", is_flag=True, help="Tell one JSON value instead of sentences.")
@click.pass_context
def parley(ctx: click.Context, /, *, as_json: bool, **flags: Any) -> None:  # noqa: ANN401 -- click's
    """Operate a deployed Parley, or the one that runs here."""
    if ctx.obj is None:
        place = Place(**flags)

        def find() -> Deployment:
            place.choose()
            return Deployment.find(place)

        ctx.obj = Setting(find, Teller(as_json=as_json))
    ctx.obj.teller.as_json = as_json


for group in (users, conversations, tokens, connections, data, page, doctor):
    parley.add_command(group)
