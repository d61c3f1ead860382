"""Relays: how far the events of each conversation were sent to a sink, and by which run.

A run claims a relay before it sends, so that one conversation is sent by one run at a time. What
keeps the order is not the lease but the position: a run sends a number only after the sink has
accepted all numbers before it.

A relay that waits for a run has `due_at`, which the index lists. A wake that finds a run at work
counts itself; a run that was woken meanwhile cannot release the relay, and reads again.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import Struct
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chat.protocol.ids import ConversationId
from chat.storage.database import is_condition_failure
from chat.storage.tables import RelayRow

LEASE_SECONDS = 60
"""Longer than what a run does between two writes: one request to a sink, and reading a page."""

EVERY = ConversationId("*")
"""No conversation has this id: the rows under it are about all conversations."""


class RelayKey(NamedTuple):
    conversation_id: ConversationId
    sink: str


class Claim(Struct, frozen=True):
    """What a run knows of the relay that it holds."""

    key: RelayKey
    run: str
    position: int
    """The sink has accepted all numbers up to it."""
    wakes: int
    failures: int
    is_replayed: bool
    """Whether an operator asked for these numbers, however old they are."""


class Waiting(Struct, frozen=True):
    key: RelayKey
    due_at: int
    since: int


class RelayState(Struct, frozen=True, kw_only=True):
    position: int
    failures: int
    due_at: int | None
    waits_since: int | None
    lease_ends_at: int | None


class LeaseLost(Exception):
    """Another run holds the relay, or an operator has set its position."""


def claim(key: RelayKey, run: str, now_ms: int) -> Claim | None:
    """Hold a relay for a run; None if another run holds it, or if it is not due yet."""
    is_free = RelayRow.lease_ends_at.does_not_exist() | (RelayRow.lease_ends_at <= now_ms)
    is_due = RelayRow.due_at.does_not_exist() | (RelayRow.due_at <= now_ms)
    held = [RelayRow.run.set(run), _lease(now_ms)]
    row = _update(key, held, is_free & is_due)
    return _claim(row, key, run) if row else None


def wake(key: RelayKey, now_ms: int) -> bool:
    """Have the run that holds a relay read again; True if nobody holds it and it can be claimed."""
    row = _find(key)
    if row is None or (row.run is None and (row.due_at is None or row.due_at <= now_ms)):
        return True
    if row.run is not None:
        put_in_line(key, now_ms)
    return False


def put_in_line(key: RelayKey, now_ms: int) -> None:
    """Note that a relay has something to send; a run that holds it reads again."""
    _update(key, [RelayRow.wakes.add(1), *_waits(now_ms)])


def renew(held: Claim, position: int, now_ms: int) -> Claim:
    """Note how far a run came, and hold the relay for another while.

    Raises:
        LeaseLost
    """
    actions = [RelayRow.position.set(position), _lease(now_ms), RelayRow.failures.remove()]
    row = _update(held.key, actions, _is_held_by(held))
    if row is None:
        raise LeaseLost
    return _claim(row, held.key, held.run)


def release(held: Claim, position: int) -> bool:
    """End a run that has sent everything; False if the relay was woken or lost meanwhile."""
    seen = RelayRow.wakes == held.wakes if held.wakes else RelayRow.wakes.does_not_exist()
    done = [
        RelayRow.position.set(position),
        *_no_run(),
        RelayRow.due_at.remove(),
        RelayRow.waits_since.remove(),
        RelayRow.failures.remove(),
    ]
    return _update(held.key, done, _is_held_by(held) & seen) is not None


def put_off(held: Claim, position: int, failures: int, due_at: int, now_ms: int) -> None:
    """End a run that has more to send, until an instant; nothing is done if the lease was lost."""
    since = RelayRow.waits_since
    actions = [
        RelayRow.position.set(position),
        *_no_run(),
        RelayRow.failures.set(failures),
        RelayRow.due_at.set(due_at),
        since.set(since | now_ms),
    ]
    _update(held.key, actions, _is_held_by(held))


def forget_relay(held: Claim) -> None:
    """Forget a relay whose conversation was deleted."""
    RelayRow(*held.key).delete()


def rewind(key: RelayKey, position: int, now_ms: int) -> None:
    """Have a relay send everything after a number again; a run that holds it loses it."""
    actions = [
        RelayRow.position.set(position),
        RelayRow.is_replayed.set(True),
        RelayRow.wakes.add(1),
        RelayRow.due_at.set(now_ms),
        RelayRow.waits_since.set(now_ms),
        RelayRow.failures.remove(),
        *_no_run(),
    ]
    _update(key, actions)


def waiting(sink: str, most: int, due_by: int | None = None) -> list[Waiting]:
    """List relays that wait for a run, those that are due first; the index may be a moment late."""
    until = None if due_by is None else RelayRow.due_at <= due_by
    rows = RelayRow.by_due.query(sink, until, limit=most)
    return [
        Waiting(_key(row), int(row.due_at or 0), int(row.waits_since or row.due_at or 0))
        for row in rows
    ]


def find_relay(key: RelayKey) -> RelayState | None:
    row = _find(key)
    return _state(row) if row else None


def find_relays(keys: Iterable[RelayKey]) -> dict[RelayKey, RelayState]:
    """Read relays, perhaps as they were a moment ago; those that do not exist are left out."""
    return {_key(row): _state(row) for row in RelayRow.batch_get(list(keys))}


def stop_sink(sink: str, address: str, now_ms: int) -> None:
    """Note that nothing is to be sent to an address of a sink any more."""
    actions = [RelayRow.stopped_address.set(address), RelayRow.stopped_at.set(now_ms)]
    _update(RelayKey(EVERY, sink), actions)


def retry_now(key: RelayKey, now_ms: int) -> None:
    """Make a relay that waits due."""
    _update(key, [RelayRow.due_at.set(now_ms)], RelayRow.due_at.exists())


def find_stops() -> dict[str, int]:
    """Name the sinks that were stopped, and since when, whatever their address was."""
    rows = RelayRow.query(EVERY, consistent_read=True)
    return {row.sink: int(row.stopped_at) for row in rows if row.stopped_at}


def resume_sink(sink: str) -> None:
    RelayRow(EVERY, sink).delete()


def find_stop(sink: str, address: str) -> int | None:
    """Return since when an address of a sink is stopped, or None."""
    row = _find(RelayKey(EVERY, sink))
    return int(row.stopped_at) if row and row.stopped_address == address else None


def find_sweep_cursor() -> str | None:
    row = _find(_SWEEP)
    return row.swept_up_to if row else None


def move_sweep_cursor(swept_up_to: str | None) -> None:
    """Note after which conversation the next sweep goes on; None for the first one."""
    cursor = RelayRow.swept_up_to
    _update(_SWEEP, [cursor.set(swept_up_to) if swept_up_to else cursor.remove()])


_SWEEP = RelayKey(EVERY, "sweep")


def _find(key: RelayKey) -> RelayRow | None:
    try:
        return RelayRow.get(*key, consistent_read=True)
    except RelayRow.DoesNotExist:
        return None


def _update(
    key: RelayKey, actions: Sequence[Action], condition: Condition | None = None
) -> RelayRow | None:
    """Update a row; None if the condition does not hold."""
    row = RelayRow(*key)
    try:
        row.update(actions=[*actions], condition=condition)
    except UpdateError as error:
        if is_condition_failure(error):
            return None
        raise
    return row


def _lease(now_ms: int) -> Action:
    return RelayRow.lease_ends_at.set(now_ms + LEASE_SECONDS * 1000)


def _no_run() -> list[Action]:
    return [RelayRow.run.remove(), RelayRow.lease_ends_at.remove()]


def _waits(now_ms: int) -> list[Action]:
    """Put into the index what is not in it."""
    due_at, since = RelayRow.due_at, RelayRow.waits_since
    return [due_at.set(due_at | now_ms), since.set(since | now_ms)]


def _is_held_by(held: Claim) -> Condition:
    condition: Condition = RelayRow.run == held.run
    return condition


def _claim(row: RelayRow, key: RelayKey, run: str) -> Claim:
    return Claim(
        key,
        run,
        int(row.position or 0),
        int(row.wakes or 0),
        int(row.failures or 0),
        bool(row.is_replayed),
    )


def _state(row: RelayRow) -> RelayState:
    return RelayState(
        position=int(row.position or 0),
        failures=int(row.failures or 0),
        due_at=int(row.due_at) if row.due_at else None,
        waits_since=int(row.waits_since) if row.waits_since else None,
        lease_ends_at=int(row.lease_ends_at) if row.lease_ends_at else None,
    )


def _key(row: RelayRow) -> RelayKey:
    return RelayKey(ConversationId(row.conversation_id), row.sink)
