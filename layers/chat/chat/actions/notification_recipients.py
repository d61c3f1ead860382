"""Whom new messages concern, by what the members set."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from chat.actions.mentions import EVERYBODY
from chat.protocol.ids import ConversationId, MessageId, UserId, find_message_key
from chat.protocol.server_messages import Message
from chat.storage.conversations import ConversationState
from chat.storage.devices import find_owned
from chat.storage.memberships import Membership, standing_in
from chat.storage.messages import find_messages


class News(Struct, frozen=True):
    """New messages of a conversation, ascending, and who wrote what they reply to."""

    messages: Sequence[Message]
    replied_to: dict[int, UserId]
    """The authors by the numbers of the replies."""

    def addresses(self, user_id: UserId, message: Message) -> bool:
        """Tell whether a message mentions a user, or replies to one."""
        is_mentioned = user_id in message.mentions or EVERYBODY in message.mentions
        return is_mentioned or self.replied_to.get(message.seq) == user_id

    def for_member(self, member: Membership, now_ms: int) -> list[Message]:
        """Give what a member has to be notified of: unread, of another, and as the member set."""
        if member.notify_level == "none" or member.notify_muted_until > now_ms:
            return []
        return [
            each
            for each in self.messages
            if each.seq > member.last_read_seq
            and each.user_id != member.user_id
            and (member.notify_level == "all" or self.addresses(member.user_id, each))
        ]


def read_news(conversation_id: ConversationId, seqs: Iterable[int]) -> News:
    """Read the messages of some numbers, without those that were deleted meanwhile."""
    found = find_messages(conversation_id, seqs)
    messages = [found[seq] for seq in sorted(found) if not found[seq].deleted_at]
    replies = {each.seq: _seq_of(each.reply_to) for each in messages if each.reply_to}
    targets = find_messages(conversation_id, set(replies.values()) - {0})
    authors = {seq: targets[to].user_id for seq, to in replies.items() if to in targets}
    return News(messages, authors)


def find_recipients(state: ConversationState, news: News, most_members: int) -> list[UserId]:
    """Find who may have to be notified: members who registered devices.

    Reads one row for each member, in requests of a hundred. In a conversation of more than
    `most_members` only those who are mentioned by name or replied to are looked at, so the work for
    a message has a bound.
    """
    authors = {each.user_id for each in news.messages}
    candidates: set[UserId] = set(news.replied_to.values())
    if state.member_count > most_members:
        mentioned = (each for message in news.messages for each in message.mentions)
        candidates |= {UserId(each) for each in mentioned if each != EVERYBODY}
    else:
        candidates |= {each.user_id for each in standing_in(state.conversation_id)}
    if len(authors) == 1:
        candidates -= authors
    return sorted(find_owned(candidates)) if candidates else []


def find_owners(state: ConversationState, most_members: int) -> list[UserId]:
    """Find the members who registered devices; nobody in a conversation of more members."""
    if state.member_count > most_members:
        return []
    return sorted(find_owned({each.user_id for each in standing_in(state.conversation_id)}))


def _seq_of(message_id: str) -> int:
    key = find_message_key(MessageId(message_id))
    return key[1] if key else 0
