from itertools import batched

import click

from chat.actions import joining
from chat.actions.add_members import bring_in
from chat.actions.membership_removal import withdraw
from chat.protocol.ids import ConnectionId, ConversationId
from chat.protocol.limits import MAX_TITLE
from chat.protocol.server_frames import Role
from chat.protocol.text import displayable
from chat.protocol.times import rfc3339
from chat.storage.connections import Session
from chat.storage.conversations import ConversationState, find_conversation
from chat.storage.membership_changes import MAX_ADDED_AT_ONCE, MAX_INITIAL_MEMBERS
from chat.storage.memberships import Membership, members_page
from chat.storage.roster import read_roster
from chat.storage.users import User
from cli.examples import examples
from cli.operating import Operator, pass_operator
from cli.refusals import Refused
from cli.telling import Row
from cli.usernames import get_user, get_users

NO_CONNECTION = ConnectionId("")
"""An operator has none: everybody is told."""


@click.group()
def conversations() -> None:
    """Create and show conversations, add and remove members."""


@conversations.command(
    epilog=examples(
        "--local conversations create --title Tea --owner alice --member bob --member carol"
    )
)
@click.option("--title", help="What the conversation is called.")
@click.option("--owner", required=True, help="Who may add and remove members.")
@click.option("--member", "members", multiple=True, help="Somebody else in it; may be repeated.")
@pass_operator
def create(operator: Operator, title: str | None, owner: str, members: tuple[str, ...]) -> None:
    """Create a group and show it to everybody in it who is there."""
    services = operator.services
    shown = None if title is None else displayable(title, MAX_TITLE)
    if title is not None and shown is None:
        raise Refused(f"A title is 1 to {MAX_TITLE} characters that can be seen.")
    users = get_users([owner, *members])
    if len(users) > MAX_INITIAL_MEMBERS:
        raise Refused(
            f"A conversation begins with {MAX_INITIAL_MEMBERS} members at most; add the others."
        )
    now_ms = services.now_ms()
    state = ConversationState(
        conversation_id=ConversationId(services.new_id()),
        kind="group",
        title=shown,
        created_at=now_ms,
        last_activity_at=now_ms,
    )
    founders = [_founder(each, state, users[0]) for each in users]
    sessions = joining.create(state, founders, services)
    if sessions is None:
        raise Refused(f"There is a conversation {state.conversation_id} already. Try again.")
    joining.notify_created(state, founders, sessions, NO_CONNECTION, services)
    operator.teller.tell(
        f"Created {state.conversation_id}.", conversation_id=state.conversation_id, title=shown
    )


@conversations.command(epilog=examples("--local conversations show general"))
@click.argument("conversation_id")
@pass_operator
def show(operator: Operator, conversation_id: str) -> None:
    """Show a conversation's state and its members."""
    state = _get_conversation(conversation_id)
    online = read_roster(state.conversation_id, operator.services.now_ms()).online()
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
    if operator.teller.as_json:
        operator.teller.show({**about, "members": members})
    else:
        operator.teller.show(about)
        operator.teller.list(members)


@conversations.command("add-member", epilog=examples("conversations add-member general dora erin"))
@click.argument("conversation_id")
@click.argument("usernames", nargs=-1, required=True)
@pass_operator
def add_member(operator: Operator, conversation_id: str, usernames: tuple[str, ...]) -> None:
    """Add people to a group, in its owner's name. Members already stay as they are."""
    state = _get_conversation(conversation_id)
    if state.kind == "direct":
        raise Refused("Nobody is added to a direct conversation.")
    owners = [each for each in members_page(state.conversation_id) if each.role == "owner"]
    if not owners:
        raise Refused("The conversation is closed: its last member has left.")
    owner = Session(NO_CONNECTION, owners[0].user_id, owners[0].username, 0, 0)
    added: list[str] = []
    for some in batched(get_users(usernames), MAX_ADDED_AT_ONCE, strict=False):
        told = bring_in(state, some, owner, operator.services)
        added += [each.username for each in told.data.members]
    operator.teller.tell(f"Added {', '.join(added) or 'nobody'}.", added=added)


@conversations.command(
    "remove-member", epilog=examples("conversations remove-member general mallory")
)
@click.argument("conversation_id")
@click.argument("username")
@pass_operator
def remove_member(operator: Operator, conversation_id: str, username: str) -> None:
    """Remove somebody from a group, as if they left."""
    state = _get_conversation(conversation_id)
    if state.kind == "direct":
        raise Refused("Nobody leaves a direct conversation.")
    withdraw(state.conversation_id, get_user(username), operator.services)
    operator.teller.tell(f"Removed {username}.", removed=username)


def _get_conversation(conversation_id: str) -> ConversationState:
    state = find_conversation(ConversationId(conversation_id))
    if state is None:
        raise Refused(f"There is no conversation {conversation_id!r}.")
    return state


def _founder(user: User, state: ConversationState, owner: User) -> Membership:
    role: Role = "owner" if user == owner else "member"
    return Membership(
        user_id=user.user_id,
        conversation_id=state.conversation_id,
        username=user.username,
        role=role,
        joined_at=state.created_at,
    )
