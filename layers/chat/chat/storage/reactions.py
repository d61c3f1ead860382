"""The rows of reactions, one for each reaction of each user to each message.

Only they are counted. What a message shows of them is their sum.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Struct
from pynamodb.exceptions import DeleteError, PutError

from chat.protocol.ids import ConversationId, UserId, Username
from chat.protocol.server_frames import Person
from chat.protocol.server_messages import Reaction, Reactions
from chat.storage.database import is_condition_failure
from chat.storage.tables import ReactionRow

MAX_REACTIONS_OF_MESSAGE = 20
MAX_REACTIONS_OF_USER = 5
SHOWN_USERS = 3


class ReactionGiven(Struct, frozen=True, kw_only=True):
    """A reaction of a user to the message with a number."""

    conversation_id: ConversationId
    message_seq: int
    by: Person
    reaction: str
    reacted_at: int

    def is_same_as(self, other: "ReactionGiven") -> bool:
        """Tell whether it is the same reaction of the same user, whenever it was given."""
        return (self.by.user_id, self.reaction) == (other.by.user_id, other.reaction)


def put_reaction(given: ReactionGiven) -> bool:
    """Store a reaction; False if the user has given it already."""
    row = ReactionRow(*_key(given), username=given.by.username, reacted_at=given.reacted_at)
    try:
        row.save(condition=ReactionRow.reacted_by.does_not_exist())
    except PutError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def take_reaction_back(given: ReactionGiven) -> bool:
    """Delete a reaction; False if the user has not given it."""
    try:
        ReactionRow(*_key(given)).delete(condition=ReactionRow.reacted_by.exists())
    except DeleteError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def find_reactions(conversation_id: ConversationId, message_seq: int) -> list[ReactionGiven]:
    """Read all reactions to a message, in one request for each megabyte."""
    prefix = ReactionRow.reacted_by.startswith(f"{message_seq}#")
    return list(map(_given, ReactionRow.query(conversation_id, prefix, consistent_read=True)))


def reactions_by_user(
    conversation_id: ConversationId, message_seq: int, after: UserId | None, page_size: int
) -> Iterator[list[ReactionGiven]]:
    """Read the reactions to a message user by user, in the order of their ids, as they are taken.

    A request reads so many rows.
    """
    # Behind the last reaction of a user: no text is higher than the last character.
    start = f"{message_seq}#{after}#\U0010ffff" if after else f"{message_seq}#"
    rows = ReactionRow.query(
        conversation_id,
        ReactionRow.reacted_by.between(start, f"{message_seq}$"),  # which follows on '#'
        consistent_read=True,
        page_size=page_size,
    )
    return (list(group) for _, group in groupby(map(_given, rows), lambda each: each.by.user_id))


def delete_reactions(conversation_id: ConversationId, message_seq: int) -> None:
    """Delete all reactions to a message."""
    prefix = ReactionRow.reacted_by.startswith(f"{message_seq}#")
    with ReactionRow.batch_write() as batch:
        for row in ReactionRow.query(conversation_id, prefix, consistent_read=True):
            batch.delete(row)


def summary_of(reactions: Iterable[ReactionGiven], version: int) -> Reactions:
    """Sum reactions up under a number, each kind and its users in the order they came."""
    kinds = _kinds(reactions)
    items = [
        Reaction(kind, len(by), [each.username for each in by[:SHOWN_USERS]])
        for kind, by in kinds.items()
    ]
    return Reactions(version, sum(map(len, kinds.values())), items[:MAX_REACTIONS_OF_MESSAGE])


def is_too_many(given: ReactionGiven, reactions: Iterable[ReactionGiven], *, is_new: bool) -> bool:
    """Tell whether one of a message's reactions is more than the message, or its user, may have.

    Of two new ones at the same time, each of which would be the last that may be, at least one is
    too many: at least one of their writers has read both.
    """
    kinds = _kinds(reactions)
    own = [kind for kind, by in kinds.items() if given.by.user_id in _ids(by)]
    first_by = _ids(kinds.get(given.reaction, []))[:1]
    if is_new:
        begins = first_by == [given.by.user_id] and len(kinds) > MAX_REACTIONS_OF_MESSAGE
        return begins or len(own) > MAX_REACTIONS_OF_USER or _is_beyond(given, kinds, own)
    return _is_beyond(given, kinds, own)


def _is_beyond(given: ReactionGiven, kinds: Iterable[str], own: list[str]) -> bool:
    return given.reaction in [*kinds][MAX_REACTIONS_OF_MESSAGE:] or (
        given.reaction in own[MAX_REACTIONS_OF_USER:]
    )


def _ids(people: Iterable[Person]) -> list[UserId]:
    return [each.user_id for each in people]


def _kinds(reactions: Iterable[ReactionGiven]) -> dict[str, list[Person]]:
    """List by whom each kind of reaction was given; the kinds and the users as they came."""
    kinds: dict[str, list[Person]] = {}
    for each in sorted(reactions, key=lambda each: (each.reacted_at, each.by.user_id)):
        kinds.setdefault(each.reaction, []).append(each.by)
    return kinds


def _key(given: ReactionGiven) -> tuple[ConversationId, str]:
    return given.conversation_id, f"{given.message_seq}#{given.by.user_id}#{given.reaction}"


def _given(row: ReactionRow) -> ReactionGiven:
    message_seq, user_id, reaction = row.reacted_by.split("#", 2)
    return ReactionGiven(
        conversation_id=ConversationId(row.conversation_id),
        message_seq=int(message_seq),
        by=Person(UserId(user_id), Username(row.username)),
        reaction=reaction,
        reacted_at=int(row.reacted_at),
    )
