"""What actions use besides the tables: clock, randomness, pushes, queues, tokens, limits."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from chat.actions.limits import Limits
from chat.protocol.files import File
from chat.protocol.ids import AttachmentId, ConnectionId, ConversationId, UserId, Username
from chat.push.events import Delivery, Event
from chat.push.limits import INLINE, Allowance
from chat.push.post import Outcome

if TYPE_CHECKING:
    from chat.auth.cursors import Cursors
    from chat.auth.external import ExternalIssuer
    from chat.auth.passwords import Passwords
    from chat.auth.tokens import Tokens
    from chat.files.bucket import UploadForm
    from chat.hooks.before_send import Proposal, Verdict
    from chat.push.notices import Notice
    from chat.push.queue_bodies import QueuedFrame, Shard, Wake
    from chat.push.web_push import Recipient
    from chat.push.web_push_outcomes import Result, Urgency


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


class Publisher(Protocol):
    """Publishes messages to the queues of functions that push later."""

    def publish_greet(self, connection_id: ConnectionId) -> None: ...

    def publish_auth_deadline(self, connection_id: ConnectionId, delay_seconds: int) -> None: ...

    def publish_shards(
        self,
        conversation_id: ConversationId,
        connection_ids: Sequence[ConnectionId],
        frames: "Sequence[QueuedFrame]",
    ) -> None: ...

    def publish_later(self, shard: "Shard", delay_seconds: int) -> None: ...

    def publish_wake(self, wake: "Wake", delay_seconds: int) -> None: ...

    def publish_file_deletion(self, keys: Sequence[str], delay_seconds: int) -> None: ...

    def publish_notices(self, notices: "Sequence[Notice]", delay_seconds: int) -> None: ...

    def publish_presence(self, user_id: UserId, delay_seconds: int) -> None: ...


class WebPush(Protocol):
    """Sends to devices; what became of each message is a value, never an exception."""

    def send(self, to: "Recipient", message: bytes, about: str, urgency: "Urgency") -> "Result": ...


class Files(Protocol):
    """The bucket of files, and the addresses that it is reached at."""

    def upload_form(self, file: File) -> "UploadForm": ...

    def download_url(self, file: File) -> str: ...

    def find_size(
        self, conversation_id: ConversationId, attachment_id: AttachmentId
    ) -> int | None: ...

    def take(self, file: File) -> None: ...

    def each_taken(self) -> Iterator[tuple[ConversationId, AttachmentId]]: ...

    def delete(
        self, conversation_id: ConversationId, attachment_ids: Sequence[AttachmentId]
    ) -> None: ...


NO_CONNECTION = ConnectionId("backend#")
"""In place of the connection that a caller does not have. No roster has it: ids are base64."""


class Caller(Struct, frozen=True):
    """The user in whose name the owner's backend calls, without a connection.

    To an operator neither membership nor role is a condition.
    """

    user_id: UserId
    username: Username
    is_operator: bool = False


class BeforeSend(Protocol):
    """Asks the owner's function before a message is sent or edited."""

    @property
    def allows_on_failure(self) -> bool: ...

    def ask(self, proposal: "Proposal") -> "Verdict": ...


class Sink(Protocol):
    """Where events go; what became of each is a value, never an exception."""

    @property
    def sink(self) -> str:
        """Its kind, which the positions in it are kept under."""

    @property
    def address(self) -> str: ...

    @property
    def at_once(self) -> int:
        """How many events it takes in one request."""

    def send(self, events: Sequence[Event]) -> Delivery: ...

    def close(self) -> None: ...


class Services(Struct, frozen=True, kw_only=True):
    """The services of one function.

    A service that only some functions need is a callable that makes it on first use, so that the
    others pay neither its import nor its client.
    """

    limits: Limits
    now_ms: Callable[[], int]
    new_id: Callable[[], str]
    random: Callable[[], float]
    sleep: Callable[[float], None]
    add_metric: Callable[[str, int], None]
    push: Callable[[], Push]
    publisher: Callable[[], Publisher]
    files: Callable[[], Files | None]
    web_push: Callable[[], WebPush | None]
    web_push_key: Callable[[], str | None]
    passwords: "Callable[[], Passwords]"
    tokens: "Callable[[], Tokens]"
    cursors: "Callable[[], Cursors]"
    external_issuer: "Callable[[], ExternalIssuer | None]"
    before_send: Callable[[], BeforeSend | None] = lambda: None
    sinks: Callable[[], Sequence[Sink]]
    caller: Caller | None = None
    """Whose frames these are if they come from the owner's backend."""

    @property
    def is_operator(self) -> bool:
        return self.caller is not None and self.caller.is_operator
