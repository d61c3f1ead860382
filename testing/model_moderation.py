"""What the model of the chat does about mutes, bans and slow mode."""

from chat.protocol.encoding import rfc3339
from testing.model_state import Conversation, Membership, ModelRefusal, person
from testing.sockets import Frame

RANKS = ("member", "moderator", "owner")


def check_moderates(conversation: Conversation, name: str, other: str | None = None) -> None:
    """Check that a member leads a group, and ranks above another user."""
    if conversation.kind == "direct":
        raise ModelRefusal("conflict")
    own = RANKS.index(conversation.members[name].role)
    theirs = conversation.members.get(other or "", Membership("member", 0)).role
    if not own or (other and own <= RANKS.index(theirs)):
        raise ModelRefusal("forbidden")


def check_not_muted(membership: Membership, now: int) -> None:
    if membership.muted_until > now:
        raise ModelRefusal("muted")


def check_turn(conversation: Conversation, name: str, key: str | None, now: int) -> None:
    """Check that a member may send a new message, and note it if there is slow mode."""
    membership = conversation.members[name]
    check_not_muted(membership, now)
    if not conversation.slow_seconds:
        return
    is_sent_again = key and membership.slow_for == key
    if membership.role == "member" and membership.slow_until > now and not is_sent_again:
        raise ModelRefusal("rate_limited")
    membership.slow_until = now + conversation.slow_seconds * 1000
    membership.slow_for = key


def mute(membership: Membership, until: int, now: int) -> bool:
    """Mute a member, or end that; False if it is so already."""
    if membership.muted_until == until or max(membership.muted_until, until) <= now:
        return False
    membership.muted_until = until if until > now else 0
    return True


def about_mute(name: str, until: int, now: int) -> Frame:
    return person(name) | ({"muted_until": rfc3339(until)} if until > now else {})


def shown_mute(membership: Membership) -> Frame:
    return {"muted_until": rfc3339(membership.muted_until)} if membership.muted_until else {}
