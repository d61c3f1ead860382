import json
from typing import TextIO

import click

from cli.admin.backend import Backend, Frame
from cli.context import CommandContext, pass_context
from cli.errors import CommandRefused
from cli.output import help_epilog

as_user = click.option("--as", "user", required=True, help="User in whose name it is sent.")
as_operator = click.option(
    "--as-operator", is_flag=True, help="Membership and roles are no condition."
)
create_user = click.option(
    "--create-user", is_flag=True, help="Create the user if there is none of this name."
)

subject = click.option(
    "--subject", help="The user's subject at the OpenID provider, which decides who that is."
)


@click.command(epilog=help_epilog("--local send general 'Hello, everybody' --as alice"))
@click.argument("conversation_id")
@click.argument("content")
@as_user
@click.option("--type", "kind", default="text", show_default=True, help="Type of the message.")
@click.option("--id", "client_message_id", help="Your id; one that was sent before is stored once.")
@as_operator
@create_user
@subject
@pass_context
def send(  # noqa: PLR0913 -- an argument each
    context: CommandContext,
    /,
    *,
    conversation_id: str,
    content: str,
    user: str,
    kind: str,
    client_message_id: str | None,
    as_operator: bool,
    create_user: bool,
    subject: str | None,
) -> None:
    """Send a message in a user's name."""
    frame: Frame = {
        "type": "chat_message",
        "conversationId": conversation_id,
        "data": {"content": content, "type": kind},
    }
    if client_message_id:
        frame["clientMessageId"] = client_message_id
    [reply] = _backend(context).send(
        user, [frame], as_operator=as_operator, create_users=create_user, subject=subject
    )
    if reply["type"] == "error":
        raise CommandRefused(reply["message"])
    context.output.message(f"Sent {reply['data']['message_id']}.", **reply["data"])


@click.command(
    epilog=help_epilog(
        """--local frames --as alice <<< '{"type":"list_conversations"}'""",
        "--local frames --as shop --create-user --as-operator frames.jsonl",
    )
)
@click.argument("file", type=click.File(), default="-")
@as_user
@as_operator
@create_user
@subject
@pass_context
def frames(  # noqa: PLR0913 -- an argument each
    context: CommandContext,
    /,
    *,
    file: TextIO,
    user: str,
    as_operator: bool,
    create_user: bool,
    subject: str | None,
) -> None:
    """Send frames in a user's name, one JSON object a line, and print the reply to each.

    docs/protocol.md describes the frames. Without FILE they come from standard input.
    """
    asked = [_read(number, line) for number, line in enumerate(file, 1) if line.strip()]
    replies = _backend(context).send(
        user, asked, as_operator=as_operator, create_users=create_user, subject=subject
    )
    for reply in replies:
        click.echo(json.dumps(reply, ensure_ascii=False))
    failed = sum(reply["type"] == "error" for reply in replies)
    if failed:
        raise CommandRefused(f"{failed} of {len(replies)} frames were rejected.")


def _backend(context: CommandContext) -> Backend:
    function = context.deployment.outputs.get("BackendFunction")
    if function is None:
        raise CommandRefused("The deployment has no function for backends: deploy this version.")
    return Backend(context.deployment.session, function)


def _read(number: int, line: str) -> object:
    try:
        return json.loads(line)
    except ValueError as error:
        raise CommandRefused(f"Line {number} is not JSON: {error}.") from error
