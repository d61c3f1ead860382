"""Withdrawing notifications of what was read on another device."""

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
        notice = Notice(conversation_id=conversation_id, user_ids=(user_id,), is_read=True)
        services.publisher().publish_notices([notice], 0)


def withdraw(user_id: UserId, conversation_id: ConversationId, sender: DeviceSender) -> None:
    """Withdraw what a member's devices show of what the member has read, on each device once."""
    shown, member = gather_two(
        lambda: notified_of(user_id, conversation_id),
        lambda: find_membership(user_id, conversation_id),
    )
    read_up_to = member.last_read_seq if member else 0
    read = {each.device_id: each for each in shown if each.seq <= read_up_to}
    if not read:
        return
    body = read_notification(conversation_id, read_up_to)
    for device in find_devices(read, sender.now_ms):
        if device.user_id == user_id and take(read[device.device_id]) and _may_be_silent(device):
            _send(device, read[device.device_id], body, sender)


def _send(device: Device, shown: Notified, body: bytes, sender: DeviceSender) -> None:
    if sender.send(device, shown.conversation_id, body, "normal") is Outcome.LATER:
        put_back(shown)


def _may_be_silent(device: Device) -> bool:
    return urlsplit(device.endpoint).hostname not in SHOW_EVERY_MESSAGE
