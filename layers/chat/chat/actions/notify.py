"""Notifying members of messages that none of their connections has read for some seconds.

Each notification is claimed before it is sent, so it is never tried twice for a device; one that a
push service certainly did not accept is released and tried again. The membership, what it has read
the message and the device are read after the claim. A receipt moves the read mark first and looks
for claims then, and so does a deletion: so one of the two sees the other, and nothing that was read
or deleted stays on a screen.
"""

from collections.abc import Sequence
from functools import partial
from itertools import batched

from msgspec import Struct
from msgspec.structs import replace

from chat.actions.device_sending import DeviceSender, try_later
from chat.actions.notification_content import is_urgent, message_notification
from chat.actions.notification_recipients import News, find_owners, find_recipients, read_news
from chat.actions.notification_withdrawal import withdraw
from chat.actions.services import Services
from chat.protocol.ids import UserId
from chat.protocol.server_messages import Message
from chat.push.notices import Notice
from chat.push.web_push_outcomes import Outcome, Urgency
from chat.storage.conversations import ConversationState, find_conversation
from chat.storage.database import gather, gather_two
from chat.storage.devices import Device, device_ids_of, find_devices
from chat.storage.memberships import Membership, find_membership, members_among
from chat.storage.messages import find_messages
from chat.storage.notified import Claim, Notified, claim, put_back, release

MAX_RECIPIENTS = 16
"""How many members one message of the queue is about, all at once; others get their own."""

LONGEST_SECONDS = 60
"""What one message of the queue may take: ten devices of a member, each of which takes 5 s."""


class Round(Struct, frozen=True):
    """One conversation's news, and who sends them."""

    state: ConversationState
    news: News
    sender: DeviceSender


def notify(notice: Notice, services: Services) -> None:
    """Notify members of new messages, or withdraw what is over. Can be repeated."""
    web_push = services.web_push()
    if web_push is None:
        return
    sender = DeviceSender(web_push, services, services.now_ms())
    if notice.is_withdrawal:
        _withdraw_all(notice, sender)
    else:
        _notify_all(notice, sender)


def _withdraw_all(notice: Notice, sender: DeviceSender) -> None:
    if not notice.user_ids:
        state = find_conversation(notice.conversation_id)
        big = sender.services.limits.big_room_connections
        owners = find_owners(state, big) if state else []
        notice = _addressed(notice, owners, sender.services)
    for user_id in notice.user_ids:
        withdraw(user_id, notice.conversation_id, sender)
    try_later(notice, sender)


def _notify_all(notice: Notice, sender: DeviceSender) -> None:
    news, state = gather_two(
        lambda: read_news(notice.conversation_id, notice.seqs),
        lambda: find_conversation(notice.conversation_id),
    )
    if state is None or not news.messages:
        return
    if not notice.user_ids:
        big = sender.services.limits.big_room_connections
        notice = _addressed(notice, find_recipients(state, news, big), sender.services)
    members = members_among(notice.conversation_id, notice.user_ids) if notice.user_ids else {}
    unread = [each for each in members.values() if news.for_member(each, sender.now_ms)]
    round_ = Round(state, news, sender)
    gather(*(partial(_notify_member, each, round_) for each in unread))
    try_later(notice, sender)


def _addressed(notice: Notice, user_ids: Sequence[UserId], services: Services) -> Notice:
    """Address a notice to the first members, and queue others for the rest."""
    parts = [*batched(user_ids, MAX_RECIPIENTS, strict=False)]
    others = [replace(notice, user_ids=some) for some in parts[1:]]
    if others:
        services.publisher().publish_notices(others, 0)
    return replace(notice, user_ids=parts[0] if parts else ())


def _notify_member(member: Membership, round_: Round) -> None:
    """Notify the devices of one member."""
    claims = _claim(member, round_)
    if not claims:
        return
    now_ms, device_ids = round_.sender.now_ms, [each.notified.device_id for each in claims]
    devices, is_wanted = gather_two(
        lambda: find_devices(device_ids, now_ms), lambda: _is_still_wanted(claims[0], round_)
    )
    theirs = {each.device_id: each for each in devices if each.user_id == member.user_id}
    sent = []
    for each in claims:
        device = theirs.get(each.notified.device_id)
        if device and is_wanted and _is_sent(device, each, round_):
            sent.append(each.notified)
        else:
            release(each)
    if sent:
        _withdraw_if_over(sent, round_.sender)


def _claim(member: Membership, round_: Round) -> list[Claim]:
    """Claim the notification of the newest message for each device of a member."""
    wanted = round_.news.for_member(member, round_.sender.now_ms)
    notified = (
        Notified(
            user_id=member.user_id,
            conversation_id=member.conversation_id,
            device_id=device_id,
            seq=wanted[-1].seq,
            number=len(wanted),
        )
        for device_id in sorted(device_ids_of(member.user_id))
    )
    return [taken for each in notified if (taken := claim(each, round_.sender.now_ms))]


def _is_still_wanted(taken: Claim, round_: Round) -> bool:
    """Look once more, after the claim, whether the member is to be notified of the message."""
    notified, news = taken.notified, round_.news
    member, found = _look(notified)
    message = found.get(notified.seq)
    if member is None or message is None:
        return False
    left = [each for each in news.messages if each.seq != notified.seq or not message.deleted_at]
    wanted = replace(news, messages=left).for_member(member, round_.sender.now_ms)
    return bool(wanted) and wanted[-1].seq == notified.seq


def _look(notified: Notified) -> tuple[Membership | None, dict[int, Message]]:
    member = find_membership(notified.user_id, notified.conversation_id)
    return member, find_messages(notified.conversation_id, [notified.seq])


def _is_sent(device: Device, taken: Claim, round_: Round) -> bool:
    """Send; False if the push service certainly did not accept it."""
    news = {each.seq: each for each in round_.news.messages}
    newest, services = news[taken.notified.seq], round_.sender.services
    body = message_notification(round_.state, newest, taken.notified.number, services)
    urgency: Urgency = "high" if is_urgent(round_.state, newest) else "normal"
    outcome = round_.sender.send(device, round_.state.conversation_id, body, urgency)
    return outcome in (Outcome.SENT, Outcome.UNKNOWN)


def _withdraw_if_over(sent: Sequence[Notified], sender: DeviceSender) -> None:
    """Withdraw what was read or deleted while it was sent: the withdrawal may have overtaken it."""
    user_id, conversation_id, seq = sent[0].user_id, sent[0].conversation_id, sent[0].seq
    member, found = _look(sent[0])
    message = found.get(seq)
    is_read = member is not None and member.last_read_seq >= seq
    if is_read or (message and message.deleted_at):
        for each in sent:
            put_back(each)
        withdraw(user_id, conversation_id, sender)
