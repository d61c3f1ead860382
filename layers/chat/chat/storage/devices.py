"""Devices: where notifications are sent to, and for whom.

The row of a device says whose it is. A browser keeps its address when another user signs in there:
the device is the last one's then, in whatever list of a user it stands.
"""

from collections.abc import Iterable
from functools import partial

from msgspec import Struct
from pynamodb.exceptions import DeleteError, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition, size

from chat.protocol.ids import DeviceId, UserId
from chat.storage.connections import Session, assert_session
from chat.storage.database import failed_conditions, gather, is_condition_failure, transaction
from chat.storage.tables import DeviceOwnerRow, DeviceRow
from chat.storage.ttl import DEVICE_SECONDS

MAX_DEVICES = 10
"""How many devices of one user are notified."""

ATTEMPTS = 5


class Device(Struct, frozen=True, kw_only=True):
    device_id: DeviceId
    user_id: UserId
    endpoint: str
    p256dh: str
    auth: str
    registered_at: int

    @property
    def expires_at(self) -> int:
        """When it is forgotten if it is not registered again, in seconds since 1970."""
        return self.registered_at // 1000 + DEVICE_SECONDS


class TooManyAtOnce(Exception):
    """Devices of the user were registered and forgotten meanwhile, at every attempt."""


def put_device(device: Device, session: Session) -> bool:
    """Make a device the user's of a session; the one registered longest ago gives way to it.

    Returns False, and changes nothing, if the session has ended: so a device that is registered
    while the user signs out is not notified afterwards.

    Raises:
        TooManyAtOnce
    """
    for _ in range(ATTEMPTS):
        failed = _put(device, session)
        if not any(failed):
            return True
        # Puts come before updates: the device, the session, the list.
        if failed[1]:
            return False
        _make_room(device.user_id, device.registered_at)
    raise TooManyAtOnce


def find_owned(user_ids: Iterable[UserId]) -> dict[UserId, frozenset[DeviceId]]:
    """Find which devices users registered, 100 users a request; users without any are left out.

    What was registered a moment ago may be missing.
    """
    rows = DeviceOwnerRow.batch_get(list(user_ids))
    return {UserId(row.user_id): _ids(row) for row in rows if row.device_ids}


def find_devices(device_ids: Iterable[DeviceId], now_ms: int) -> list[Device]:
    """Read devices, 100 a request; those that are no longer registered are left out."""
    rows = DeviceRow.batch_get(list(device_ids), consistent_read=True)
    found = (_device(row) for row in rows)
    return [each for each in found if each.expires_at * 1000 > now_ms]


def forget_device(device_id: DeviceId, user_id: UserId) -> None:
    """Forget a device, if it is this user's."""
    _delete(device_id, user_id)
    try:
        DeviceOwnerRow(user_id).update(
            actions=[DeviceOwnerRow.device_ids.delete({device_id})],
            condition=DeviceOwnerRow.user_id.exists(),
        )
    except UpdateError as error:
        if not is_condition_failure(error):
            raise


def forget_devices_of(user_id: UserId) -> None:
    """Forget all devices of a user whose sessions have ended. Can be repeated if it was cut off."""
    owned = device_ids_of(user_id)
    if owned:
        gather(*(partial(_delete, each, user_id) for each in owned))
        DeviceOwnerRow(user_id).delete()


def device_ids_of(user_id: UserId) -> frozenset[DeviceId]:
    """Name the devices that a user registered, seeing every registration before this call."""
    try:
        row = DeviceOwnerRow.get(user_id, consistent_read=True)
    except DeviceOwnerRow.DoesNotExist:
        return frozenset()
    return _ids(row)


def devices_of(user_id: UserId, now_ms: int) -> list[Device]:
    """Read the devices of one user, seeing every one that was registered before this call."""
    return [
        each for each in find_devices(device_ids_of(user_id), now_ms) if each.user_id == user_id
    ]


def _put(device: Device, session: Session) -> list[bool]:
    """Put a device; return which conditions failed: the device's, the session's, the list's."""
    ids = DeviceOwnerRow.device_ids
    has_room = ids.does_not_exist() | ids.contains(device.device_id) | _has_less_than(MAX_DEVICES)
    try:
        with transaction() as writes:
            writes.save(_row(device))
            assert_session(writes, session)
            writes.update(
                DeviceOwnerRow(device.user_id),
                actions=[
                    ids.add({device.device_id}),
                    DeviceOwnerRow.expires_at.set(device.expires_at),
                ],
                condition=has_room,
            )
    except TransactWriteError as error:
        failed = failed_conditions(error)
        if any(failed):
            return failed
        raise
    return []


def _has_less_than(number: int) -> Condition:
    is_short: Condition = size(DeviceOwnerRow.device_ids) < number  # type: ignore[no-untyped-call]  # PynamoDB's
    return is_short


def _make_room(user_id: UserId, now_ms: int) -> None:
    """Take one device off a full list: one that is the user's no longer, or else the oldest."""
    theirs = {each.device_id: each for each in devices_of(user_id, now_ms)}
    listed = sorted(
        device_ids_of(user_id), key=lambda each: theirs[each].registered_at if each in theirs else 0
    )
    if listed:
        forget_device(listed[0], user_id)


def _delete(device_id: DeviceId, user_id: UserId) -> None:
    try:
        DeviceRow(device_id).delete(condition=DeviceRow.user_id == user_id)
    except DeleteError as error:
        if not is_condition_failure(error):
            raise


def _ids(row: DeviceOwnerRow) -> frozenset[DeviceId]:
    return frozenset(map(DeviceId, row.device_ids or ()))


def _device(row: DeviceRow) -> Device:
    return Device(
        device_id=DeviceId(row.device_id),
        user_id=UserId(row.user_id),
        endpoint=row.endpoint,
        p256dh=row.p256dh,
        auth=row.auth,
        registered_at=int(row.registered_at),
    )


def _row(device: Device) -> DeviceRow:
    return DeviceRow(
        device.device_id,
        user_id=device.user_id,
        endpoint=device.endpoint,
        p256dh=device.p256dh,
        auth=device.auth,
        registered_at=device.registered_at,
        expires_at=device.expires_at,
    )
