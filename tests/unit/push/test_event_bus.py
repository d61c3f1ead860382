"""Events on a bus: requests that EventBridge accepts, and what becomes of rejected entries."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from chat.push.event_bus import MAX_BYTES, MAX_ENTRIES, EventBus, entry_bytes, into_batches
from chat.push.events import Delivery, Event
from testing.event_fixtures import event


class Bus:
    """EventBridge's answers, in botocore's form."""

    def __init__(self, *rejected: str) -> None:
        self.requests: list[list[dict[str, Any]]] = []
        self.rejected = set(rejected)
        self.error: Exception | None = None

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 -- AWS's name
        self.requests.append(Entries)
        if self.error:
            raise self.error
        ids = [json.loads(entry["Detail"])["id"] for entry in Entries]
        results = [
            {"ErrorCode": "ThrottlingException"} if each in self.rejected else {"EventId": each}
            for each in ids
        ]
        return {"FailedEntryCount": len(self.rejected), "Entries": results}


def send(bus: Bus, events: list[Event]) -> Delivery:
    return EventBus("chat", "parley.test", lambda: bus).send(events)


def test_entry_is_the_cloud_event_under_its_type() -> None:
    bus = Bus()

    assert send(bus, [event(7)]) == Delivery(1)

    ((entry,),) = bus.requests
    detail = json.loads(entry.pop("Detail"))
    assert entry == {
        "EventBusName": "chat",
        "Source": "parley.test",
        "DetailType": "parley.chat_message",
        "Time": "2026-11-22T18:19:14.123Z",
    }
    assert (detail["id"], detail["data"]["seq"]) == ("general:7", 7)


def test_only_entries_before_a_rejected_one_count_as_accepted() -> None:
    bus = Bus("general:3")

    delivery = send(bus, [event(seq) for seq in (1, 2, 3, 4)])

    assert delivery == Delivery(2, "ThrottlingException")


def test_nothing_follows_a_request_with_a_rejected_entry() -> None:
    bus = Bus("general:1")

    delivery = send(bus, [event(seq) for seq in range(1, 13)])

    assert delivery == Delivery(0, "ThrottlingException")
    assert len(bus.requests) == 1


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (ClientError({"Error": {"Code": "AccessDenied"}}, "PutEvents"), "AccessDenied"),
        (EndpointConnectionError(endpoint_url="https://events"), "EndpointConnectionError"),
    ],
)
def test_request_that_fails_is_a_fault(error: Exception, fault: str) -> None:
    bus = Bus()
    bus.error = error

    assert send(bus, [event(1)]) == Delivery(0, fault)


@given(st.lists(st.integers(0, 200_000), max_size=25))
def test_requests_fit_eventbridge_and_keep_the_order(sizes: list[int]) -> None:
    entries = [
        {"Source": "s", "DetailType": "t", "Detail": "x" * size, "at": at}
        for at, size in enumerate(sizes)
    ]

    batches = list(into_batches(entries))

    assert [each for batch in batches for each in batch] == entries
    for batch in batches:
        assert len(batch) <= MAX_ENTRIES
        assert len(batch) == 1 or sum(map(entry_bytes, batch)) <= MAX_BYTES


def test_largest_event_fits_an_entry() -> None:
    largest = event(1, content="\x7f" * 16_384)
    bus = Bus()

    send(bus, [largest])

    ((entry,),) = bus.requests
    assert entry_bytes(entry) < MAX_BYTES
