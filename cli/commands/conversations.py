import click

from chat.protocol.encoding import rfc3339
from chat.protocol.ids import ConversationId
from chat.storage.memberships import members_page
from chat.storage.roster import read_roster
from cli.admin import conversations as admin
from cli.admin.users import get_user, get_users
from cli.context import CommandContext, pass_context
from cli.output import Row, help_epilog


@click.group()
def conversations() -> None:
    """Create and show conversations, add and remove members."""


@conversations.command(
    epilog=help_epilog(
        "--local conversations create --title Tea --owner alice --member bob --member carol"
    )
)
@click.option("--title", help="Title of the conversation.")
@click.option("--owner", required=True, help="User who may add and remove members.")
@click.option("--member", "members", multiple=True, help="Another member; may be repeated.")
@pass_context
def create(
    context: CommandContext, title: str | None, owner: str, members: tuple[str, ...]
) -> None:
    """Create a group, and show it to the members who are connected."""
    state = admin.create_group(title, get_users([owner, *members]), context.services)
    context.output.message(
        f"Created {state.conversation_id}.",
        conversation_id=state.conversation_id,
        title=state.title,
    )


@conversations.command(epilog=help_epilog("--local conversations show general"))
@click.argument("conversation_id")
@pass_context
def show(context: CommandContext, conversation_id: str) -> None:
    """Show a conversation and its members."""
    state = admin.get_conversation(ConversationId(conversation_id))
    online = read_roster(state.conversation_id, context.services.now_ms()).online()
    members: list[Row] = [
        {
            "username": each.username,
            "role": each.role,
            "joined_at": rfc3339(each.joined_at),
            "last_read_seq": each.last_read_seq,
            "online": each.user_id in online,
        }
        for each in members_page(state.conversation_id)
    ]
    about: Row = {
        "conversation_id": state.conversation_id,
        "kind": state.kind,
        "title": state.title,
        "created_at": rfc3339(state.created_at),
        "last_activity_at": rfc3339(state.last_activity_at),
        "last_seq": state.last_seq,
    }
    if context.output.as_json:
        context.output.record({**about, "members": members})
    else:
        context.output.record(about)
        context.output.table(members)


@conversations.command(
    "add-member", epilog=help_epilog("conversations add-member general dora erin")
)
@click.argument("conversation_id")
@click.argument("usernames", nargs=-1, required=True)
@pass_context
def add_member(context: CommandContext, conversation_id: str, usernames: tuple[str, ...]) -> None:
    """Add users to a group, in its owner's name. Present members stay as they are."""
    state = admin.get_conversation(ConversationId(conversation_id))
    added = admin.add_members(state, get_users(usernames), context.services)
    context.output.message(f"Added {', '.join(added) or 'nobody'}.", added=added)


@conversations.command(
    "remove-member", epilog=help_epilog("conversations remove-member general mallory")
)
@click.argument("conversation_id")
@click.argument("username")
@pass_context
def remove_member(context: CommandContext, conversation_id: str, username: str) -> None:
    """Remove a member from a group, as if the member left."""
    state = admin.get_conversation(ConversationId(conversation_id))
    user = get_user(username)
    admin.remove_member(state, user, context.services)
    context.output.message(f"Removed {user.username}.", removed=user.username)
