"""Sending to devices, and what follows from each outcome."""

from chat.actions.services import Services, WebPush
from chat.protocol.ids import ConversationId, UserId
from chat.push.notices import Notice
from chat.push.web_push_outcomes import Outcome, Urgency
from chat.storage.devices import Device, forget_device

MAX_ATTEMPTS = 6
FIRST_RETRY_SECONDS = 10
MAX_RETRY_SECONDS = 900
"""The longest delay of a queue."""


class DeviceSender:
    """Sends what one message of the queue asks for, and notes for whom to try again later.

    A device that is gone is forgotten.
    """

    def __init__(self, web_push: WebPush, services: Services, now_ms: int) -> None:
        self.services = services
        self.now_ms = now_ms
        self.waiting: dict[UserId, int] = {}
        """Users whose push services were too busy, and how many seconds those ask to wait."""
        self._web_push = web_push

    def send(
        self, device: Device, conversation_id: ConversationId, body: bytes, urgency: Urgency
    ) -> Outcome:
        result = self._web_push.send(device, body, f"{device.device_id}{conversation_id}", urgency)
        self.services.add_metric(f"Notification{result.outcome.name.title()}", 1)
        if result.outcome is Outcome.GONE:
            forget_device(device.device_id, device.user_id)
        if result.outcome is Outcome.LATER:
            waits = self.waiting.get(device.user_id, 0)
            self.waiting[device.user_id] = max(waits, result.retry_after_seconds)
        return result.outcome


def try_later(notice: Notice, sender: DeviceSender) -> None:
    """Queue again what push services were too busy for, six times at most."""
    if not sender.waiting:
        return
    if notice.attempt + 1 >= MAX_ATTEMPTS:
        sender.services.add_metric("NotificationGivenUp", len(sender.waiting))
        return
    again = Notice(
        conversation_id=notice.conversation_id,
        seqs=notice.seqs,
        user_ids=tuple(sorted(sender.waiting)),
        attempt=notice.attempt + 1,
        is_withdrawal=notice.is_withdrawal,
    )
    asked = max(*sender.waiting.values(), FIRST_RETRY_SECONDS << notice.attempt)
    sender.services.publisher().publish_notices([again], min(asked, MAX_RETRY_SECONDS))
