"""Keeping groups in order: commands of `conversations`, and the group `reports`."""

import click
import msgspec

from chat.protocol.encoding import rfc3339
from chat.protocol.ids import ConversationId, MessageId
from cli.admin import moderation as admin
from cli.admin.conversations import get_conversation
from cli.admin.users import get_user
from cli.commands.conversations import conversations
from cli.context import CommandContext, pass_context
from cli.output import help_epilog

MAX_MINUTES = 10 * 365 * 24 * 60


@conversations.command(
    "set-title", epilog=help_epilog('conversations set-title general "All of us"')
)
@click.argument("conversation_id")
@click.argument("title")
@pass_context
def set_title(context: CommandContext, conversation_id: str, title: str) -> None:
    """Give a group another title, in its owner's name."""
    state = get_conversation(ConversationId(conversation_id))
    shown = admin.set_title(state, title, context.services)
    context.output.message(f"The title is {shown!r} now.", title=shown)


@conversations.command(epilog=help_epilog("conversations ban general mallory"))
@click.argument("conversation_id")
@click.argument("username")
@pass_context
def ban(context: CommandContext, conversation_id: str, username: str) -> None:
    """Remove a user from a group for good: nobody can add the user again."""
    state, user = get_conversation(ConversationId(conversation_id)), get_user(username)
    is_new = admin.ban(state, user, context.services)
    context.output.message(
        f"{user.username} is banned{'' if is_new else ' already'}.", banned=user.username
    )


@conversations.command(epilog=help_epilog("conversations unban general mallory"))
@click.argument("conversation_id")
@click.argument("username")
@pass_context
def unban(context: CommandContext, conversation_id: str, username: str) -> None:
    """Let a banned user be added again."""
    state, user = get_conversation(ConversationId(conversation_id)), get_user(username)
    was_banned = admin.unban(state, user, context.services)
    context.output.message(
        f"{user.username} is {'no longer' if was_banned else 'not'} banned.", unbanned=was_banned
    )


@conversations.command(epilog=help_epilog("conversations mute general mallory --minutes 60"))
@click.argument("conversation_id")
@click.argument("username")
@click.option(
    "--minutes",
    type=click.IntRange(min=0, max=MAX_MINUTES),
    required=True,
    help="How long the member sends nothing; 0 ends a mute.",
)
@pass_context
def mute(context: CommandContext, conversation_id: str, username: str, minutes: int) -> None:
    """Let a member of a group send nothing for a time."""
    state, user = get_conversation(ConversationId(conversation_id)), get_user(username)
    until = rfc3339(admin.mute(state, user, minutes, context.services))
    context.output.message(
        f"{user.username} is muted until {until}." if minutes else f"{user.username} may send.",
        muted=user.username,
        until=until if minutes else None,
    )


@click.group()
def reports() -> None:
    """Show and resolve what members reported."""


@reports.command("list", epilog=help_epilog("--local reports list"))
@pass_context
def list_(context: CommandContext) -> None:
    """List the reports that are not resolved. Reads the whole table of reports."""
    context.output.table(map(msgspec.to_builtins, admin.list_reports()))


@reports.command(epilog=help_epilog("reports resolve general:42"))
@click.argument("message_id")
@pass_context
def resolve(context: CommandContext, message_id: str) -> None:
    """Delete the reports of a message, and leave the message as it is."""
    resolved = admin.resolve_reports(MessageId(message_id))
    context.output.message(f"Resolved {resolved} reports.", resolved=resolved)
