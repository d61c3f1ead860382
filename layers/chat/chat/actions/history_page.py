"""A page of history while it is filled: messages and changes, as many as fit one frame."""

from msgspec import Struct, field

from chat.actions.message_content import fitting_frame
from chat.protocol.encoding import encode
from chat.protocol.limits import MAX_MESSAGE_BYTES
from chat.protocol.server_conversations import Changed
from chat.protocol.server_messages import Message

MAX_GAPS = 20
"""How many numbers are sealed at once."""


class Page(Struct):
    limit: int
    up_to: int
    messages: list[Message] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    has_more: bool = False
    newest_version: int = 0
    """The number of the last change that any state on the page shows."""
    _changes: dict[str, Changed] = field(default_factory=dict)
    _free_bytes: int = MAX_MESSAGE_BYTES

    @property
    def changes(self) -> list[Changed]:
        return list(self._changes.values())

    @property
    def is_empty(self) -> bool:
        return not self.messages and not self._changes

    def take(self, message: Message) -> bool:
        """Take a message up; False, and there is more, if it does not fit."""
        shown = fitting_frame(message)
        fits = self._has_room_for(_size(shown))
        if fits:
            self.messages.append(shown)
            self.newest_version = max(self.newest_version, message.newest_version)
        return fits

    def take_change(self, part: str, change: Changed, version: int) -> bool:
        """Take a change up in the place of an earlier one of the same part; False as in `take`."""
        earlier = self._changes.get(part)
        fits = self._has_room_for(_size(change), _size(earlier) if earlier else None)
        if fits:
            self._changes.pop(part, None)
            self._changes[part] = change
            self.newest_version = max(self.newest_version, version)
        return fits

    def note_gap(self, start: int, end: int) -> None:
        """Note numbers that were given out and have no message, change or mark."""
        self.gaps.extend(range(start, end)[: MAX_GAPS - len(self.gaps)])

    def _has_room_for(self, size: int, replaced: int | None = None) -> bool:
        free_bytes = self._free_bytes + (replaced or 0) - size
        is_counted = replaced is not None
        has_place = is_counted or len(self.messages) + len(self._changes) < self.limit
        fits = (has_place and free_bytes >= 0) or self.is_empty
        if fits:
            self._free_bytes = free_bytes
        self.has_more = not fits
        return fits


def _size(item: Struct) -> int:
    return len(encode(item)) + 1
