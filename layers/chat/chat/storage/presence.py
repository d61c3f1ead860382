"""What the watchers of a user know: whether the user is online, and under which version.

A version begins unsettled, before the sessions are read and before anybody hears of it, and is
settled once it was pushed to all watchers. So a function that changes a session and then finds a
settled version that says the same has nothing to do, and one that dies half-way leaves an unsettled
version.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chat.protocol.ids import UserId
from chat.storage.database import is_condition_failure
from chat.storage.tables import WatcherRow
from chat.storage.watches import KNOWN

KEPT_SECONDS = 30 * 24 * 60 * 60
"""How long after the last watch the presence of a user is kept."""

REFRESHED_SECONDS = 24 * 60 * 60
"""How much of that passes before a watch begins it again: so watching writes once a day."""


class Known(Struct, frozen=True):
    """What the watchers of a user know. `last_seen_at` is 0 if that is not known."""

    user_id: UserId
    version: int
    is_settled: bool
    is_online: bool
    last_seen_at: int
    expires_at: int

    def says(self, *, is_online: bool) -> bool:
        """Tell whether all watchers know this, and nothing else."""
        return self.is_settled and self.is_online == is_online


def find_known(user_id: UserId, now_ms: int) -> Known | None:
    """Find what the watchers of a user know; None if nobody has watched for 30 days."""
    try:
        row = WatcherRow.get(user_id, KNOWN, consistent_read=True)
    except WatcherRow.DoesNotExist:
        return None
    return _known(row) if _is_kept(row, now_ms) else None


def find_known_among(user_ids: Iterable[UserId], now_ms: int) -> dict[UserId, Known]:
    """Find the same of up to 100 users, in one request."""
    rows = WatcherRow.batch_get([(each, KNOWN) for each in user_ids], consistent_read=True)
    return {UserId(row.watched): _known(row) for row in rows if _is_kept(row, now_ms)}


def begin_version(user_id: UserId, former: Known | None, now_ms: int) -> Known | None:
    """Begin the next version; None if another one began meanwhile, or was kept all along.

    Versions rise even if the row was deleted between two of them.
    """
    version = WatcherRow.version
    next_version = max(now_ms, former.version + 1 if former else 0)
    actions = [version.set(next_version), WatcherRow.is_settled.set(False)]
    if former:
        condition = version == former.version
    else:
        condition = version.does_not_exist() | (WatcherRow.expires_at <= now_ms // 1000)
        actions += [
            WatcherRow.is_online.set(False),
            WatcherRow.expires_at.set(now_ms // 1000 + KEPT_SECONDS),
        ]
    row = WatcherRow(user_id, KNOWN)
    return _known(row) if _update(row, actions, condition) else None


def settle(begun: Known, now_ms: int, *, is_online: bool) -> None:
    """Note what all watchers know now, unless another version has begun."""
    actions = [WatcherRow.is_settled.set(True), WatcherRow.is_online.set(is_online)]
    if is_online:
        actions.append(WatcherRow.last_seen_at.set(now_ms))
    _update(WatcherRow(begun.user_id, KNOWN), actions, WatcherRow.version == begun.version)


def see(user_id: UserId, now_ms: int) -> None:
    """Note that a user, who is watched, has just been there."""
    actions = [WatcherRow.last_seen_at.set(now_ms)]
    _update(WatcherRow(user_id, KNOWN), actions, WatcherRow.version.exists())


def keep_longer(known: Known, now_ms: int) -> None:
    """Keep what is known of a user for 30 days from now, give or take a day."""
    expires_at = now_ms // 1000 + KEPT_SECONDS
    if known.expires_at < expires_at - REFRESHED_SECONDS:
        actions = [WatcherRow.expires_at.set(expires_at)]
        _update(WatcherRow(known.user_id, KNOWN), actions, WatcherRow.version.exists())


def forget_presence(user_id: UserId) -> None:
    """Delete who watches a user, and what they know."""
    with WatcherRow.batch_write() as batch:
        for row in WatcherRow.query(user_id, consistent_read=True):
            batch.delete(row)


def _update(row: WatcherRow, actions: Sequence[Action], condition: Condition) -> bool:
    try:
        row.update(actions=[*actions], condition=condition)
    except UpdateError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def _is_kept(row: WatcherRow, now_ms: int) -> bool:
    return int(row.expires_at) * 1000 > now_ms


def _known(row: WatcherRow) -> Known:
    return Known(
        UserId(row.watched),
        int(row.version or 0),
        bool(row.is_settled),
        bool(row.is_online),
        int(row.last_seen_at or 0),
        int(row.expires_at),
    )
