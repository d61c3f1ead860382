"""The frames the service sends about devices and notifications."""

from msgspec import Struct

from chat.protocol.ids import ConversationId, DeviceId
from chat.protocol.server_conversations import Notifications
from chat.protocol.server_frames import ServerFrame


class DeviceData(Struct, frozen=True):
    device_id: DeviceId


class DeviceRegistered(ServerFrame, frozen=True, tag="device_registered"):
    """Notifications are sent to the device from now on."""

    data: DeviceData


class DeviceUnregistered(ServerFrame, frozen=True, tag="device_unregistered"):
    """No more notifications are sent to the device."""

    data: DeviceData


class NotificationsSetData(Notifications, frozen=True, kw_only=True, omit_defaults=True):
    conversation_id: ConversationId


class NotificationsSet(ServerFrame, frozen=True, tag="notifications_set"):
    """Of which messages of a conversation the user is notified from now on.

    Pushed to every other connection of the user.
    """

    data: NotificationsSetData
