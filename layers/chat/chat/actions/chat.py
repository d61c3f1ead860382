"""What actions work with besides the tables: clock, chance, pushes, queues, tokens, limits."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

from chat.protocol.ids import ConnectionId, ConversationId
from chat.push.limits import INLINE, Allowance
from chat.push.outcome import Outcome

if TYPE_CHECKING:
    from chat.auth.cursors import Cursors
    from chat.auth.external import ExternalIssuer
    from chat.auth.passwords import Passwords
    from chat.auth.tokens import Tokens
    from chat.storage.roster import Spoken


type Charged = Literal["authentications", "history", "lists", "changes"]
"""What one connection may do only so often a minute: authenticate, ask for pages of messages or
of lists, create conversations or change who is in them."""


class Push(Protocol):
    """Pushes over `@connections`; what became of each push is a value, never an exception."""

    def push(
        self,
        connection_ids: Iterable[ConnectionId],
        frame: bytes,
        allowance: Allowance = INLINE,
    ) -> dict[ConnectionId, Outcome]: ...

    def close_connection(
        self, connection_id: ConnectionId, allowance: Allowance = INLINE
    ) -> Outcome: ...


class Deferred(Protocol):
    """Pushes that another function makes, from a queue."""

    def greet(self, connection_id: ConnectionId) -> None: ...

    def auth_deadline(self, connection_id: ConnectionId, delay_seconds: int) -> None: ...

    def shard(
        self, conversation_id: ConversationId, connection_ids: Sequence[ConnectionId], frame: bytes
    ) -> None: ...


class Limits(Struct, frozen=True, kw_only=True):
    """The deployment's numbers, each a parameter of the template."""

    allowed_origins: frozenset[str] = frozenset()
    edge_key: str = ""
    heartbeat_seconds: int = 30
    auth_deadline_seconds: int = 30
    session_seconds: int = 12 * 60 * 60
    big_room_connections: int = 500
    inline_push_limit: int = 500
    guesses_of_user_per_hour: int = 100
    guesses_of_network_per_hour: int = 1000
    authentications_per_minute: int = 30
    history_per_minute: int = 300
    lists_per_minute: int = 120
    changes_per_minute: int = 60
    conversations_per_user: int = 1000
    members_per_conversation: int = 10_000
    messages_per_minute: int = 600
    typing_per_minute: int = 240
    receipts_per_minute: int = 600
    connections_per_user: int = 100

    def a_minute(self, what: "Charged | Spoken") -> int:
        """Say how often a minute one connection may do something, or send it."""
        # Each limit is named after what it limits.
        limit: int = getattr(self, f"{what}_per_minute")
        return limit


class Chat(Struct, frozen=True, kw_only=True):
    """The parts of one function.

    What only some functions need is a callable that makes it on first use, so that the others pay
    neither its import nor its client.
    """

    limits: Limits
    now_ms: Callable[[], int]
    new_id: Callable[[], str]
    chance: Callable[[], float]
    pause: Callable[[float], None]
    count: Callable[[str, int], None]
    push: Callable[[], Push]
    deferred: Callable[[], Deferred]
    passwords: "Callable[[], Passwords]"
    tokens: "Callable[[], Tokens]"
    cursors: "Callable[[], Cursors]"
    external_issuer: "Callable[[], ExternalIssuer | None]"
