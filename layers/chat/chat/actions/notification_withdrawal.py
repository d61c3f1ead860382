"""Withdrawing notifications of what was read on another device, or deleted."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from chat.actions.device_sending import DeviceSender
from chat.actions.notification_content import read_notification
from chat.actions.services import Services
from chat.protocol.ids import ConversationId, UserId
from chat.push.notices import Notice
from chat.push.web_push_outcomes import Outcome
from chat.storage.database import gather_two
from chat.storage.devices import Device, find_devices
from chat.storage.memberships import find_membership
from chat.storage.messages import find_messages
from chat.storage.notified import Notified, notified_of, put_back, take

SHOW_EVERY_MESSAGE = frozenset({"web.push.apple.com"})
"""Push services whose browsers take the permission away from a page that shows nothing for a
message: https://developer.apple.com/documentation/usernotifications/sending-web-push-notifications-in-web-apps-and-browsers
"""


def withdraw_soon(
    user_id: UserId, conversation_id: ConversationId, seq: int, services: Services
) -> None:
    """Have withdrawn what a user's devices show of messages up to a number, if they show any."""
    if any(each.seq <= seq for each in notified_of(user_id, conversation_id)):
        notice = Notice(conversation_id=conversation_id, user_ids=(user_id,), is_withdrawal=True)
        services.publisher().publish_notices([notice], 0)


def withdraw_deleted_soon(conversation_id: ConversationId, seq: int, services: Services) -> None:
    """Have withdrawn what all members' devices show of a message that was deleted."""
    notice = Notice(conversation_id=conversation_id, seqs=(seq,), is_withdrawal=True)
    services.publisher().publish_notices([notice], 0)


def withdraw(user_id: UserId, conversation_id: ConversationId, sender: DeviceSender) -> None:
    """Withdraw what a member's devices show and was read or deleted, on each device once."""
    shown, member = gather_two(
        lambda: notified_of(user_id, conversation_id),
        lambda: find_membership(user_id, conversation_id),
    )
    read_up_to = member.last_read_seq if member else 0
    over = {each.device_id: each for each in _over(shown, read_up_to)}
    for device in find_devices(over, sender.now_ms) if over else ():
        each = over[device.device_id]
        if device.user_id == user_id and take(each) and _may_be_silent(device):
            body = read_notification(conversation_id, max(read_up_to, each.seq))
            _send(device, each, body, sender)


def _over(shown: Sequence[Notified], read_up_to: int) -> list[Notified]:
    """Give those whose message was read or deleted."""
    unread = [each for each in shown if each.seq > read_up_to]
    if not unread:
        return [*shown]
    found = find_messages(unread[0].conversation_id, {each.seq for each in unread})
    deleted = {seq for seq, message in found.items() if message.deleted_at}
    return [each for each in shown if each.seq <= read_up_to or each.seq in deleted]


def _send(device: Device, shown: Notified, body: bytes, sender: DeviceSender) -> None:
    if sender.send(device, shown.conversation_id, body, "normal") is Outcome.LATER:
        put_back(shown)


def _may_be_silent(device: Device) -> bool:
    return urlsplit(device.endpoint).hostname not in SHOW_EVERY_MESSAGE
