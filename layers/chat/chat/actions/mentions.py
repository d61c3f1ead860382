"""Whom a message mentions, and which message it replies to."""

from collections.abc import Sequence

from msgspec import UnsetType

from chat.protocol.errors import BadRequest, Forbidden
from chat.protocol.ids import ConversationId, MessageId, UserId, find_message_key
from chat.protocol.server_messages import Mention
from chat.storage.memberships import members_among

EVERYBODY = "*"


def resolve_mentions(
    mentions: Sequence[Mention],
    conversation_id: ConversationId,
    sender: UserId,
    *,
    is_operator: bool = False,
) -> list[Mention]:
    """Keep the mentions of members, each once; one request if there are any.

    Raises:
        Forbidden: a member who is neither owner nor moderator mentions everybody.
    """
    if not mentions:
        return []
    wanted = dict.fromkeys(mentions)
    mentions_all = EVERYBODY in wanted
    asked = {*wanted, sender} if mentions_all else {*wanted}
    found = members_among(conversation_id, [UserId(each) for each in asked if each != EVERYBODY])
    leads = is_operator or (sender in found and found[sender].role != "member")
    if mentions_all and not leads:
        raise Forbidden("Only an owner or a moderator may mention everybody.")
    return [each for each in wanted if each == EVERYBODY or each in found]


def check_reply(reply_to: MessageId | UnsetType, conversation_id: ConversationId) -> None:
    """Check that the message that is replied to can be one of the same conversation.

    Raises:
        BadRequest
    """
    if isinstance(reply_to, UnsetType):
        return
    key = find_message_key(reply_to)
    if key is None or key[0] != conversation_id or not key[1]:
        raise BadRequest("It is no message of this conversation.", "data.reply_to")
