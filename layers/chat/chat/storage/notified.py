"""Which notifications were sent to which devices: so that none is sent twice, and each withdrawn.

A notification is claimed before it is sent. A device shows one notification for a conversation, so
one row is enough: that of the newest message.
"""

from typing import Any

from msgspec import Struct, json
from msgspec.structs import replace
from pynamodb.exceptions import DeleteError, PutError, UpdateError

from chat.protocol.ids import ConversationId, DeviceId, UserId
from chat.storage.database import is_condition_failure, table
from chat.storage.tables import NotifiedRow
from chat.storage.ttl import NOTIFIED_SECONDS


class Notified(Struct, frozen=True, kw_only=True):
    """The notification of a conversation that a device shows, up to which message."""

    user_id: UserId
    conversation_id: ConversationId
    device_id: DeviceId
    seq: int
    number: int
    """How many messages it stands for."""
    expires_at: int = 0
    """In seconds since 1970."""


class Claim(Struct, frozen=True):
    """The right to send a notification, and the one that it replaces."""

    notified: Notified
    former: Notified | None


def claim(wanted: Notified, now_ms: int) -> Claim | None:
    """Take the right to send a notification; only one caller ever gets it, before it is released.

    None if this or a newer one was claimed. The claim's `number` counts what the former stood for.
    """
    seq = NotifiedRow.seq
    expires_at = now_ms // 1000 + NOTIFIED_SECONDS
    try:
        answer = table(NotifiedRow).update_item(
            wanted.user_id,
            range_key=_place(wanted),
            actions=[
                seq.set(wanted.seq),
                NotifiedRow.number.add(wanted.number),
                NotifiedRow.expires_at.set(expires_at),
            ],
            condition=seq.does_not_exist() | (seq < wanted.seq),
            return_values="ALL_OLD",
        )
    except UpdateError as error:
        if is_condition_failure(error):
            return None
        raise
    former = _former(wanted, answer.get("Attributes"))
    number = wanted.number + (former.number if former else 0)
    return Claim(replace(wanted, number=number, expires_at=expires_at), former)


def release(taken: Claim) -> None:
    """Give a claim back: nothing was sent. The device shows what it did before."""
    if taken.former is None:
        take(taken.notified)
        return
    try:
        _row(taken.former).save(condition=NotifiedRow.seq == taken.notified.seq)
    except PutError as error:
        if not is_condition_failure(error):
            raise


def take(notified: Notified) -> bool:
    """Forget what a device shows, to withdraw it; False if that was forgotten or replaced."""
    try:
        NotifiedRow(notified.user_id, _place(notified)).delete(
            condition=NotifiedRow.seq == notified.seq
        )
    except DeleteError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def put_back(notified: Notified) -> None:
    """Note again what a device shows, which could not be withdrawn, unless it shows another."""
    try:
        _row(notified).save(condition=NotifiedRow.seq.does_not_exist())
    except PutError as error:
        if not is_condition_failure(error):
            raise


def notified_of(user_id: UserId, conversation_id: ConversationId) -> list[Notified]:
    """List what a user's devices show of a conversation, seeing every claim before this call."""
    prefix = _prefix(conversation_id)
    rows = NotifiedRow.query(user_id, NotifiedRow.shown_on.startswith(prefix), consistent_read=True)
    return [
        Notified(
            user_id=user_id,
            conversation_id=conversation_id,
            device_id=DeviceId(row.shown_on.removeprefix(prefix)),
            seq=int(row.seq),
            number=int(row.number),
            expires_at=int(row.expires_at),
        )
        for row in rows
    ]


def _former(wanted: Notified, attributes: dict[str, Any] | None) -> Notified | None:
    if not attributes:
        return None
    return replace(
        wanted,
        seq=int(attributes["seq"]["N"]),
        number=int(attributes["number"]["N"]),
        expires_at=int(attributes["expires_at"]["N"]),
    )


def _row(notified: Notified) -> NotifiedRow:
    return NotifiedRow(
        notified.user_id,
        _place(notified),
        seq=notified.seq,
        number=notified.number,
        expires_at=notified.expires_at,
    )


def _place(notified: Notified) -> str:
    return f"{_prefix(notified.conversation_id)}{notified.device_id}"


def _prefix(conversation_id: ConversationId) -> str:
    # In quotation marks no id is a prefix of another.
    return f"{json.encode(conversation_id).decode()}#"
