"""What owners and moderators change of a conversation: its title, its pins, the roles in it."""

from chat.actions.changed_frames import conversation_changed
from chat.actions.conversation_request import (
    ATTEMPTS,
    Request,
    admit,
    announce,
    get_state,
    read_request,
    require_leader,
    require_leader_now,
    too_quick,
)
from chat.actions.conversation_title import displayable_title
from chat.actions.services import Services
from chat.actions.user_lookup import resolve_usernames
from chat.protocol.conversation_frames import PinMessage, SetRole, SetTitle, UnpinMessage
from chat.protocol.errors import Conflict, Forbidden, NotAMember
from chat.protocol.ids import ConnectionId, ConversationId, MessageId, find_message_key
from chat.protocol.server_conversations import ConversationChanged, Role
from chat.storage.conversation_changes import (
    MAX_PINS,
    change_role,
    forget_pins,
    rename_conversation,
)
from chat.storage.conversation_changes import pin_message as store_pin
from chat.storage.conversation_changes import unpin_message as store_unpin
from chat.storage.conversations import ConversationState
from chat.storage.memberships import Membership, find_membership
from chat.storage.messages import find_message, find_messages
from chat.storage.numbered_changes import Rejected


def set_title(
    frame: SetTitle, connection_id: ConnectionId, services: Services
) -> ConversationChanged:
    """Give a group another title, and push it to every other connection.

    If a later title is stored meanwhile, that one is the reply. A title that it has already takes
    no number.

    Raises:
        Forbidden: the sender is neither an owner nor a moderator.
        Conflict: it is a direct conversation.
    """
    title = displayable_title(frame.data.title)
    request = admit(frame.conversation_id, connection_id, services)
    require_leader(request)
    if request.state.kind == "direct":
        raise Conflict("A direct conversation has no title.")
    change = request.change("renamed")
    if request.state.title == title:
        return conversation_changed(change, 0, title)
    outcome = rename_conversation(change, title)
    if isinstance(outcome, Rejected):
        require_leader_now(request)
        now = get_state(frame.conversation_id)
        return conversation_changed(change, now.title_version, now.title)
    return announce(conversation_changed(change, outcome, title), request, services)


def pin_message(
    frame: PinMessage, connection_id: ConnectionId, services: Services
) -> ConversationChanged:
    """Pin a message, and push that to every other connection; once pinned it takes no number.

    Raises:
        Forbidden: the sender is neither an owner nor a moderator of the group.
        Conflict: the message is deleted, or 50 others are pinned.
    """
    request, seq = _admit_to_message(frame.message_id, connection_id, services)
    change = request.change("pinned", seq)
    if seq in request.state.pins:
        return conversation_changed(change, 0)
    for _ in range(ATTEMPTS):
        outcome = store_pin(change, is_direct=request.state.kind == "direct")
        if not isinstance(outcome, Rejected):
            return announce(conversation_changed(change, outcome), request, services)
        if seq in _make_room_for_pin(request, seq):
            return conversation_changed(change, 0)
    raise too_quick()


def unpin_message(
    frame: UnpinMessage, connection_id: ConnectionId, services: Services
) -> ConversationChanged:
    """Take a pin away, and push that to every other connection; without a pin it takes no number.

    Raises:
        Forbidden: the sender is neither an owner nor a moderator of the group.
    """
    request, seq = _admit_to_message(frame.message_id, connection_id, services)
    change = request.change("unpinned", seq)
    state = request.state
    for _ in range(ATTEMPTS):
        if seq not in state.pins:
            return conversation_changed(change, 0)
        outcome = store_unpin(change, is_direct=state.kind == "direct")
        if not isinstance(outcome, Rejected):
            return announce(conversation_changed(change, outcome), request, services)
        require_leader_now(request)
        state = get_state(state.conversation_id)
    raise too_quick()


def set_role(
    frame: SetRole, connection_id: ConnectionId, services: Services
) -> ConversationChanged:
    """Make a member of a group an owner, a moderator or a member, and push that to everybody else.

    A role that the member has already takes no number.

    Raises:
        Forbidden: the sender is not an owner.
        Conflict: it is a direct conversation, the user is no member, or the only owner.
    """
    request = admit(frame.conversation_id, connection_id, services)
    _require_owner(request)
    [user] = resolve_usernames([frame.data.username], "data.username")
    for _ in range(ATTEMPTS):
        member = find_membership(user.user_id, frame.conversation_id)
        _check_role(request.state, member, frame.data.role)
        change = request.change("role", member=member, role=frame.data.role)
        if member is None or member.role == frame.data.role:
            return conversation_changed(change, 0)
        outcome = change_role(change, member, frame.data.role, request.state.owner_count)
        if not isinstance(outcome, Rejected):
            return announce(conversation_changed(change, outcome), request, services)
        request = read_request(request.session, frame.conversation_id, services)
        _require_owner(request)
    raise too_quick()


def _admit_to_message(
    message_id: MessageId, connection_id: ConnectionId, services: Services
) -> tuple[Request, int]:
    conversation_id, seq = find_message_key(message_id) or (ConversationId(message_id), 0)
    request = admit(conversation_id, connection_id, services)
    if request.state.kind == "group":
        require_leader(request)
    return request, seq


def _require_owner(request: Request) -> None:
    if request.own.role != "owner":
        raise Forbidden("Only an owner may give roles.")


def _make_room_for_pin(request: Request, seq: int) -> frozenset[int]:
    """Forget the pins of deleted messages if there is no room; return the pins that were there.

    Raises:
        Forbidden, NotAMember, Conflict: the message cannot be pinned.
    """
    require_leader_now(request)
    conversation_id = request.state.conversation_id
    message = find_message(conversation_id, seq)
    if message is None:
        raise NotAMember
    if message.deleted_at:
        raise Conflict("The message is deleted.")
    pins = get_state(conversation_id).pins
    if seq in pins or len(pins) < MAX_PINS:
        return pins
    shown = find_messages(conversation_id, sorted(pins))
    gone = frozenset(each for each in pins if each not in shown or shown[each].deleted_at)
    if not gone:
        raise Conflict(f"A conversation has {MAX_PINS} pins at most.")
    forget_pins(conversation_id, gone)
    return pins


def _check_role(state: ConversationState, member: Membership | None, role: Role) -> None:
    if state.kind == "direct":
        raise Conflict("There are no roles in a direct conversation.")
    if member is None:
        raise Conflict("That person is not a member.")
    if member.role == "owner" and role != "owner" and state.owner_count == 1:
        raise Conflict("Make another member an owner first.")
