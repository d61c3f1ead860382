"""What an operator does to conversations and their members, by the rules of the service."""

from collections.abc import Sequence
from itertools import batched

from chat.actions.add_members import bring_in
from chat.actions.create_conversation import new_group, open_conversation
from chat.actions.membership_removal import delete_leftovers, end_membership, get_membership
from chat.actions.services import Services
from chat.protocol.errors import NotAMember
from chat.protocol.ids import ConversationId, Username
from chat.protocol.limits import MAX_ID
from chat.protocol.server_frames import Person
from chat.storage.conversations import ConversationState, find_conversation
from chat.storage.membership_changes import MAX_ADDED_AT_ONCE, MAX_INITIAL_MEMBERS
from chat.storage.memberships import members_page
from chat.storage.tables import (
    BanRow,
    ChangeRow,
    ConversationRow,
    MessageRow,
    ReactionRow,
    ReportRow,
)
from chat.storage.users import User
from cli.admin.files import delete_files_of_conversation
from cli.errors import CommandRefused


def get_conversation(conversation_id: ConversationId) -> ConversationState:
    """Read a conversation.

    Raises:
        CommandRefused: it does not exist.
    """
    state = find_conversation(conversation_id) if 0 < len(conversation_id) <= MAX_ID else None
    if state is None:
        raise CommandRefused(f"There is no conversation {conversation_id!r}.")
    return state


def create_group(title: str | None, users: Sequence[User], services: Services) -> ConversationState:
    """Create a group, which the first of the users owns, and push it to their connections.

    Raises:
        CommandRefused: there are too many users for one transaction.
        BadRequest: the title cannot be displayed.
        Conflict: a limit of the deployment leaves no room.
    """
    if len(users) > MAX_INITIAL_MEMBERS:
        raise CommandRefused(
            f"A conversation starts with at most {MAX_INITIAL_MEMBERS} members. Add the others "
            "later."
        )
    state, _ = open_conversation(new_group(title, services), users, None, services)
    return state


def add_members(
    state: ConversationState, users: Sequence[User], services: Services
) -> list[Username]:
    """Add users to a group in its owner's name; return those who were not members.

    Raises:
        CommandRefused: it is a direct conversation, or its last member has left.
        Conflict: a limit of the deployment leaves no room. Some may have been added.
    """
    if state.kind == "direct":
        raise CommandRefused("A direct conversation gets no more members.")
    owner = get_owner(state.conversation_id)
    added: list[Username] = []
    for some in batched(users, MAX_ADDED_AT_ONCE, strict=False):
        reply = bring_in(state, some, owner, None, services)
        added += [each.username for each in reply.data.members]
    return added


def remove_member(state: ConversationState, user: User, services: Services) -> None:
    """Remove a member from a group, and push that to the members and the one who is removed.

    Raises:
        CommandRefused: it is a direct conversation, or the user is not a member.
    """
    if state.kind == "direct":
        raise CommandRefused("Members of a direct conversation cannot be removed.")
    try:
        end_membership_of(user, state.conversation_id, services)
    except NotAMember as error:
        raise CommandRefused(f"{user.username} is not a member.") from error


def end_membership_of(user: User, conversation_id: ConversationId, services: Services) -> None:
    """End a membership as if the member left, of a direct conversation too.

    Can be repeated if it was cut off.

    Raises:
        NotAMember
    """
    member = Person(user.user_id, user.username)
    try:
        end_membership(lambda: get_membership(user, conversation_id), member, None, services)
    except NotAMember:
        delete_leftovers(user, conversation_id, services)
        raise


def delete_conversation(conversation_id: ConversationId, services: Services) -> None:
    """Delete a conversation that has no members, and all that is stored of it."""
    delete_files_of_conversation(conversation_id, services)
    for model in (MessageRow, ChangeRow, ReactionRow, BanRow, ReportRow):
        with model.batch_write() as batch:
            for row in model.query(conversation_id, consistent_read=True):
                batch.delete(row)
    ConversationRow(conversation_id).delete()


def get_owner(conversation_id: ConversationId) -> Person:
    """Find an owner, in whose name an operator acts.

    Raises:
        CommandRefused: the last member has left.
    """
    for each in members_page(conversation_id):
        if each.role == "owner":
            return Person(each.user_id, each.username)
    raise CommandRefused("The conversation is closed: its last member has left.")
