"""Events to an EventBridge bus."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from chat.push.events import Delivery, Event, encode_event

if TYPE_CHECKING:
    from botocore.session import Session

MAX_ENTRIES = 10
"""https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html"""
MAX_BYTES = 250_000
"""Of all entries of a request: below the 256 KB of EventBridge.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
"""

_CONNECT_SECONDS = 1.0
_READ_SECONDS = 4.0
_TRIES = 3

type Entry = dict[str, Any]
type Client = Any
"""botocore's client of `events`, which carries no types."""


class EventBus:
    """Puts events on a bus, up to ten in a request.

    EventBridge may reject an entry and accept those after it. All from the rejected one on are
    put again, so a bus can get an event early and then a second time.
    """

    sink = "event_bus"
    at_once = MAX_ENTRIES

    def __init__(self, bus: str, source: str, make_client: Callable[[], Client]) -> None:
        self.address = bus
        self._source = source
        self._make_client = make_client
        self._client: Client | None = None

    def send(self, events: Sequence[Event]) -> Delivery:
        """Put events until one is not accepted."""
        accepted = 0
        for batch in into_batches([self._entry(event) for event in events]):
            delivery = self._put(batch)
            accepted += delivery.accepted
            if delivery.fault:
                return Delivery(accepted, delivery.fault)
        return Delivery(accepted)

    def close(self) -> None:
        """Keep the client: botocore looks after its connections."""

    def _put(self, batch: list[Entry]) -> Delivery:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- only if it is needed

        self._client = self._client or self._make_client()
        try:
            answer = self._client.put_events(Entries=batch)
        except ClientError as error:
            return Delivery(0, error.response["Error"]["Code"])
        except BotoCoreError as error:
            return Delivery(0, type(error).__name__)
        # The request succeeds even if EventBridge rejects some of its entries.
        for accepted, result in enumerate(answer["Entries"]):
            if "ErrorCode" in result:
                return Delivery(accepted, result["ErrorCode"])
        return Delivery(len(batch))

    def _entry(self, event: Event) -> Entry:
        return {
            "EventBusName": self.address,
            "Source": self._source,
            "DetailType": event.event_type,
            "Time": event.time,
            "Detail": encode_event(event, self._source).decode(),
        }


def into_batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Group entries into requests that EventBridge accepts."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        length = entry_bytes(entry)
        if batch and (len(batch) == MAX_ENTRIES or size + length > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += length
    if batch:
        yield batch


def entry_bytes(entry: Entry) -> int:
    """Count an entry's bytes as EventBridge does.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
    """
    texts = (entry["Source"], entry["DetailType"], entry["Detail"])
    return 14 + sum(len(text.encode()) for text in texts)


def make_client(region: str, session: "Session") -> Client:
    """Make botocore's client, whose requests end in time."""
    from botocore.config import Config  # noqa: PLC0415 -- as above

    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": _TRIES},
    )
    return cast("Any", session.create_client("events", region_name=region, config=config))
