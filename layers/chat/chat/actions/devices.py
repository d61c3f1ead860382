"""Registering the devices that are notified while their users are away."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from chat.actions.authorization import require_session, require_session_within_rate
from chat.actions.services import Services
from chat.protocol.errors import BadRequest, UnknownType
from chat.protocol.ids import ConnectionId, DeviceId
from chat.protocol.notification_frames import RegisterDevice, UnregisterDevice
from chat.protocol.server_notifications import DeviceData, DeviceRegistered, DeviceUnregistered
from chat.push.push_endpoint import PushEndpoint
from chat.storage.devices import Device, forget_device, put_device


def register_device(
    frame: RegisterDevice, connection_id: ConnectionId, services: Services
) -> DeviceRegistered:
    """Have notifications sent to a device, for as long as its user does not sign out.

    The same address again is the same device, and becomes the user's who registers it last. A user
    has ten devices at most: the one registered longest ago gives way.

    Raises:
        UnknownType: the deployment has no Web Push.
        BadRequest: the address is not one of a push service.
    """
    session = require_session_within_rate("changes", connection_id, services)
    _require_web_push(services)
    subscription = frame.data.subscription
    _check_endpoint(subscription.endpoint, services)
    device = Device(
        device_id=device_id_of(subscription.endpoint),
        user_id=session.user_id,
        endpoint=subscription.endpoint,
        p256dh=subscription.keys.p256dh.rstrip("="),
        auth=subscription.keys.auth.rstrip("="),
        registered_at=services.now_ms(),
    )
    # A session that was renewed meanwhile has ended too, but another one followed it.
    while not put_device(device, session):
        session = require_session(connection_id, services)
    return DeviceRegistered(data=DeviceData(device.device_id))


def unregister_device(
    frame: UnregisterDevice, connection_id: ConnectionId, services: Services
) -> DeviceUnregistered:
    """Have nothing more sent to a device. One that is not the user's is answered in the same way.

    Raises:
        UnknownType: the deployment has no Web Push.
    """
    session = require_session_within_rate("changes", connection_id, services)
    _require_web_push(services)
    forget_device(frame.data.device_id, session.user_id)
    return DeviceUnregistered(data=DeviceData(frame.data.device_id))


def device_id_of(endpoint: str) -> DeviceId:
    """Name a device by its address, which nobody can guess from the name."""
    return DeviceId(urlsafe_b64encode(sha256(endpoint.encode()).digest()).rstrip(b"=").decode())


def _require_web_push(services: Services) -> None:
    if not services.limits.has_web_push:
        raise UnknownType


def _check_endpoint(endpoint: str, services: Services) -> None:
    try:
        PushEndpoint.parse(endpoint, may_be_local=bool(services.limits.web_push_may_be_local))
    except ValueError as error:
        raise BadRequest(
            "The address is not one of a push service.", "data.subscription.endpoint"
        ) from error
