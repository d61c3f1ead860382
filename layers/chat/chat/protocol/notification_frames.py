"""The frames by which users say where and of what they are notified.

As in `client_frames`, the docstring of a frame says what it is for.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from chat.protocol import fields
from chat.protocol.client_frames import ClientFrame
from chat.protocol.ids import DeviceId
from chat.protocol.limits import MAX_ENDPOINT, MAX_ID
from chat.protocol.server_conversations import NotificationLevel

_PUBLIC_KEY = r"^B[A-Za-z0-9_-]{86}=?\Z"  # an uncompressed point of P-256 in base64url
_AUTH = r"^[A-Za-z0-9_-]{22}(==)?\Z"  # 16 bytes in base64url


class SubscriptionKeys(Struct, frozen=True):
    """With what notifications are encrypted for a device (RFC 8291)."""

    p256dh: Annotated[str, Meta(pattern=_PUBLIC_KEY)]
    auth: Annotated[str, Meta(pattern=_AUTH)]


class Subscription(Struct, frozen=True):
    """What a browser's `PushSubscription` says as JSON."""

    endpoint: Annotated[str, Meta(min_length=1, max_length=MAX_ENDPOINT)]
    keys: SubscriptionKeys


class RegisterDeviceData(Struct, frozen=True):
    kind: Literal["web_push"]
    subscription: Subscription


class RegisterDevice(ClientFrame, frozen=True, kw_only=True):
    """Has notifications sent to this device, also while no client is connected."""

    type_name = "register_device"
    data: RegisterDeviceData


class UnregisterDeviceData(Struct, frozen=True):
    device_id: Annotated[DeviceId, Meta(min_length=1, max_length=MAX_ID)]


class UnregisterDevice(ClientFrame, frozen=True, kw_only=True):
    """Has no more notifications sent to a device of the user."""

    type_name = "unregister_device"
    data: UnregisterDeviceData


class SetNotificationsData(Struct, frozen=True, kw_only=True):
    level: NotificationLevel
    muted_until: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET


class SetNotifications(ClientFrame, frozen=True, kw_only=True):
    """Says of which messages of a conversation the user wants to be notified, on all devices."""

    type_name = "set_notifications"
    conversation_id: fields.ConversationId
    data: SetNotificationsData
