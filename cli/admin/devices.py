"""The devices of a user, and what was sent to them."""

from typing import Any

from chat.protocol.encoding import rfc3339
from chat.protocol.ids import UserId
from chat.storage.devices import device_ids_of, find_devices
from chat.storage.tables import NotifiedRow


def devices_of_user(user_id: UserId) -> list[dict[str, Any]]:
    """List the devices that a user registered, without the keys that messages are encrypted for."""
    return [
        {
            "device_id": each.device_id,
            "endpoint": each.endpoint,
            "registered_at": rfc3339(each.registered_at),
        }
        # Also those that have expired and are not removed yet.
        for each in find_devices(device_ids_of(user_id), now_ms=0)
        if each.user_id == user_id
    ]


def erase_notified(user_id: UserId) -> None:
    """Forget of which conversations the devices of a user show notifications."""
    for row in NotifiedRow.query(user_id, consistent_read=True):
        row.delete()
